// Recordings as files: the head, the index at the end, and reading chunks back. What is read may be
// anything: every number is checked before it is believed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <vector>

#include "io/chunk.hpp"
#include "io/chunk_file.hpp"
#include "io/events.hpp"
#include "io/recording.hpp"

namespace volery::io {

/// The bytes that a file starts with.
[[nodiscard]] std::vector<std::uint8_t> encode_header(const RecordingHeader& header);

/// The bytes of an index before they are packed, and what ends the file behind the packed ones.
void encode_index(const std::vector<ChunkPlace>& places, const std::vector<Mark>& marks,
                  std::vector<std::uint8_t>& out);
void append_trailer(std::uint64_t index_offset, std::vector<std::uint8_t>& out);

/// How the actions of a recording lie in its chunks, [steps][W][A][U].
[[nodiscard]] PlaneShape action_shape(const RecordingHeader& header) noexcept;

class RecordingFile {
 public:
  /// Reads head and index; without an index, which a killed run does not leave, looks through the
  /// whole file once. Throws Error(kFile): cannot be read, is no recording, of another format, or
  /// damaged in its head.
  explicit RecordingFile(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] const RecordingHeader& header() const noexcept { return header_; }
  /// Those that are whole, in order; steps of events follow each other without a gap.
  [[nodiscard]] const std::vector<ChunkPlace>& chunks() const noexcept { return chunks_; }
  [[nodiscard]] const std::vector<Mark>& marks() const noexcept { return marks_; }
  [[nodiscard]] std::uint64_t num_steps() const noexcept { return num_steps_; }
  [[nodiscard]] bool complete() const noexcept { return notice_.empty(); }
  /// Why the file ends where it ends; "" where it is complete.
  [[nodiscard]] const std::string& notice() const noexcept { return notice_; }

  /// The bytes of a chunk. Throws Error(kFile) that names file and steps where it is damaged.
  void read(const ChunkPlace& place, std::vector<std::uint8_t>& raw);
  /// The same of a chunk of events.
  void read(const ChunkPlace& place, EventChunk& chunk);
  /// The same on a thread of its own; what it throws comes with get().
  [[nodiscard]] std::future<EventChunk> read_ahead(const ChunkPlace& place);

 private:
  void read_header();
  [[nodiscard]] bool read_index();
  void scan();
  [[nodiscard]] bool accept(const ChunkPlace& place);
  /// Bytes from an offset; fewer where the file ends.
  [[nodiscard]] std::vector<std::uint8_t> bytes_at(std::uint64_t offset, std::uint64_t count);

  std::filesystem::path path_;
  std::ifstream file_;
  std::uint64_t size_ = 0;
  std::uint64_t first_chunk_ = 0;
  RecordingHeader header_;
  std::vector<ChunkPlace> chunks_;
  std::vector<Mark> marks_;
  std::uint64_t num_steps_ = 0;
  std::string notice_;
};

}  // namespace volery::io
