// A ring of snapshots.
#include "view/history.hpp"

#include <algorithm>

namespace volery::view {

void History::add(std::uint64_t position, std::vector<std::uint8_t> snapshot) {
  bytes_ += snapshot.size();
  entries_.push_back({position, std::move(snapshot)});
  while (bytes_ > budget_bytes_ && entries_.size() > 2) {
    bytes_ -= entries_.front().snapshot.size();
    entries_.pop_front();
  }
}

const History::Entry* History::at_or_before(std::uint64_t position) const noexcept {
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), position,
                       [](std::uint64_t p, const Entry& entry) { return p < entry.position; });
  return after == entries_.begin() ? nullptr : &*std::prev(after);
}

void History::cut(std::uint64_t position) {
  while (!entries_.empty() && entries_.back().position > position) {
    bytes_ -= entries_.back().snapshot.size();
    entries_.pop_back();
  }
}

void History::clear() noexcept {
  entries_.clear();
  bytes_ = 0;
}

std::uint64_t History::first() const noexcept {
  return entries_.empty() ? 0 : entries_.front().position;
}

std::uint64_t History::last() const noexcept {
  return entries_.empty() ? 0 : entries_.back().position;
}

}  // namespace volery::view
