// The file that a recording is written to: chunks are packed and written by a thread of their own,
// in the order in which they were handed over.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "io/chunk.hpp"
#include "io/events.hpp"

namespace volery::io {

/// Where a chunk starts in its file.
struct ChunkPlace {
  ChunkHead head;
  std::uint64_t offset = 0;
};

class ChunkFile {
 public:
  /// Creates the file with these first bytes. `actions`: one step after the other. Throws
  /// Error(kFile).
  ChunkFile(const std::filesystem::path& path, const std::vector<std::uint8_t>& first,
            PlaneShape actions, int level);
  ~ChunkFile();
  ChunkFile(const ChunkFile&) = delete;
  ChunkFile& operator=(const ChunkFile&) = delete;

  /// Hands events over and leaves an empty chunk, its memory used before; waits where too many are
  /// on their way.
  void write(EventChunk& chunk);
  /// The same of bytes as they are.
  void write(const ChunkHead& head, std::vector<std::uint8_t> raw);
  /// Writes what is left, then the index, and closes. Nothing the second time.
  void close();

  /// Why nothing is written any more; "" where all is well.
  [[nodiscard]] std::string failure() const;
  [[nodiscard]] bool failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

 private:
  struct Job {
    ChunkHead head;
    EventChunk events;              // of kEvents
    std::vector<std::uint8_t> raw;  // of others
  };
  void run();
  void write_out(Job& job);
  void write_index();
  void put(const std::vector<std::uint8_t>& bytes);
  void push(Job job);

  std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  PlaneShape actions_;
  Packer packer_;
  std::uint64_t offset_ = 0;
  std::vector<std::uint8_t> raw_, packed_;
  std::vector<ChunkPlace> places_;
  std::vector<Mark> marks_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::vector<EventChunk> spare_;
  bool stop_ = false;
  std::string failure_;
  std::atomic<bool> failed_{false};
  std::thread thread_;
};

}  // namespace volery::io
