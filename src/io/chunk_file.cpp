#include "io/chunk_file.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "io/bytes.hpp"
#include "io/recording_file.hpp"

namespace volery::io {

namespace {

// Chunks on their way to the file; beyond, whoever steps waits for the disk.
constexpr std::size_t kMostWaiting = 3;

}  // namespace

ChunkFile::ChunkFile(const std::filesystem::path& path, const std::vector<std::uint8_t>& first,
                     PlaneShape actions, int level)
    : path_(path), actions_(actions), packer_(level) {
  file_ = std::fopen(path.c_str(), "wb");
  if (file_ == nullptr) {
    throw Error(ErrorKind::kFile, path.string() + ": cannot be written: " + std::strerror(errno));
  }
  // whole chunks at a time, and on their way to the disk when the call returns
  std::setvbuf(file_, nullptr, _IONBF, 0);
  try {
    put(first);
  } catch (const Error&) {
    std::fclose(file_);
    throw;
  }
  thread_ = std::thread([this] { run(); });
}

ChunkFile::~ChunkFile() {
  close();
}

void ChunkFile::put(const std::vector<std::uint8_t>& bytes) {
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
    throw Error(ErrorKind::kFile, path_.string() + ": writing failed: " +
                                      (errno != 0 ? std::strerror(errno) : "no room"));
  }
  offset_ += bytes.size();
}

void ChunkFile::push(Job job) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return jobs_.size() < kMostWaiting || failed(); });
  // after a failure nobody reads them
  if (failed()) return;
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void ChunkFile::write(EventChunk& chunk) {
  EventChunk next;
  {
    const std::lock_guard lock(mutex_);
    if (!spare_.empty()) {
      next = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  next.first_step = chunk.first_step + chunk.num_steps;
  Job job{{ChunkKind::kEvents, chunk.first_step, chunk.num_steps}, {}, {}};
  job.events = std::exchange(chunk, std::move(next));
  push(std::move(job));
}

void ChunkFile::write(const ChunkHead& head, std::vector<std::uint8_t> raw) {
  push({head, {}, std::move(raw)});
}

void ChunkFile::write_out(Job& job) {
  packed_.clear();
  if (job.head.kind == ChunkKind::kEvents) {
    encode(job.events, actions_, raw_);
    packer_.pack(job.head, raw_, packed_, job.events.actions.size() * sizeof(float));
    marks_.insert(marks_.end(), job.events.marks.begin(), job.events.marks.end());
  } else {
    packer_.pack(job.head, job.raw, packed_);
  }
  places_.push_back({parse_head(packed_)->head, offset_});
  put(packed_);
}

void ChunkFile::write_index() {
  encode_index(places_, marks_, raw_);
  packed_.clear();
  packer_.pack({.kind = ChunkKind::kIndex}, raw_, packed_);
  append_trailer(offset_, packed_);
  put(packed_);
}

void ChunkFile::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    changed_.notify_all();
    lock.unlock();
    std::string why;
    try {
      write_out(job);
    } catch (const std::exception& error) {
      why = error.what();
    }
    job.events.clear();
    lock.lock();
    if (job.head.kind == ChunkKind::kEvents) spare_.push_back(std::move(job.events));
    if (why.empty()) continue;
    failure_ = why;
    failed_ = true;
    jobs_.clear();
    changed_.notify_all();
    return;
  }
}

void ChunkFile::close() {
  if (file_ == nullptr) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
  try {
    if (!failed()) write_index();
  } catch (const Error& error) {
    failure_ = error.what();
    failed_ = true;
  }
  if (std::fclose(std::exchange(file_, nullptr)) != 0 && !failed()) {
    failure_ = path_.string() + ": closing failed: " + std::strerror(errno);
    failed_ = true;
  }
}

std::string ChunkFile::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

}  // namespace volery::io
