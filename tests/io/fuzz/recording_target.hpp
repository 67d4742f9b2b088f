// What is done with bytes that claim to be a recording: everything that a reader does. Shared by
// the fuzzer and by the test that goes through its corpus.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "io/player.hpp"
#include "io/pose_writer.hpp"
#include "io/recorder.hpp"
#include "io/recording_file.hpp"

namespace volery::io {

/// The head of a recording of one drone, which is true: fuzzing it would fuzz TOML.
class FuzzTarget {
 public:
  FuzzTarget()
      : path_(std::filesystem::temp_directory_path() /
              ("volery_fuzz_" + std::to_string(::getpid()) + ".vrec")) {
    Batch batch(BatchConfig{});
    batch.attach(std::make_shared<Recorder>(path_));
    batch.attach(nullptr);
    const std::uint64_t end = RecordingFile(path_).chunks().front().offset;
    std::ifstream file(path_, std::ios::binary);
    head_.resize(static_cast<std::size_t>(end));
    file.read(head_.data(), static_cast<std::streamsize>(end));
  }
  ~FuzzTarget() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  FuzzTarget(const FuzzTarget&) = delete;
  FuzzTarget& operator=(const FuzzTarget&) = delete;

  [[nodiscard]] std::size_t head_size() const { return head_.size(); }

  /// The first byte says whether a whole file follows (0) or what comes behind the head.
  void run(std::span<const std::uint8_t> input) const {
    if (input.empty()) return;
    write(input[0] != 0, input.subspan(1));
    try {
      RecordingFile file(path_);
      EventChunk events;
      std::vector<std::uint8_t> raw;
      for (const ChunkPlace& place : file.chunks()) {
        if (place.head.kind == ChunkKind::kEvents) {
          file.read(place, events);
        } else {
          file.read(place, raw);
        }
      }
      (void)read_poses(file);
      // building a batch costs what a thousand files cost to read
      if (file.chunks().empty()) return;
      Player player(path_, {.ring_mb = 1});
      constexpr int kMostSteps = 32;
      for (int i = 0; i < kMostSteps && player.step(); ++i) {
      }
      player.seek(player.num_steps() / 2);
      player.seek(0);
    } catch (const Error&) {
      // said what is wrong with it, as it should
    }
  }

 private:
  void write(bool with_head, std::span<const std::uint8_t> bytes) const {
    std::ofstream file(path_, std::ios::binary | std::ios::trunc);
    if (with_head) file.write(head_.data(), static_cast<std::streamsize>(head_.size()));
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

  std::filesystem::path path_;
  std::vector<char> head_;
};

}  // namespace volery::io
