// History: snapshots of a live run within a budget of memory, so that it can be taken back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace volery::view {

class History {
 public:
  explicit History(double budget_mb) noexcept
      : budget_bytes_(static_cast<std::size_t>(budget_mb * 1e6)) {}

  struct Entry {
    std::uint64_t position = 0;
    std::vector<std::uint8_t> snapshot;
  };
  /// Appends; positions must rise. Drops the oldest ones beyond the budget, but never the last two.
  void add(std::uint64_t position, std::vector<std::uint8_t> snapshot);
  /// The last one at or before a position; null where that is forgotten.
  [[nodiscard]] const Entry* at_or_before(std::uint64_t position) const noexcept;
  /// Forgets those after a position.
  void cut(std::uint64_t position);
  void clear() noexcept;

  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] std::uint64_t first() const noexcept;
  [[nodiscard]] std::uint64_t last() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  std::size_t budget_bytes_;
};

}  // namespace volery::view
