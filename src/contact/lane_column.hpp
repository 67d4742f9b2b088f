// A column of floats that vectors can be loaded from: 64-byte aligned, grows, never shrinks.
#pragma once

#include <cstddef>
#include <vector>

#include "core/types.hpp"

namespace volery::contact {

class LaneColumn {
 public:
  /// Room for at least that many floats; the values are kept.
  void at_least(std::size_t size) {
    if (lines_.size() * kLanes < size) lines_.resize(size / kLanes + 1);
  }
  [[nodiscard]] float* data() noexcept { return lines_.empty() ? nullptr : lines_.front().lane; }
  [[nodiscard]] std::size_t size() const noexcept { return lines_.size() * kLanes; }
  [[nodiscard]] float& operator[](std::size_t i) noexcept {
    return lines_[i / kLanes].lane[i % kLanes];
  }
  [[nodiscard]] float operator[](std::size_t i) const noexcept {
    return lines_[i / kLanes].lane[i % kLanes];
  }

 private:
  struct alignas(64) Line {
    float lane[kLanes] = {};
  };
  std::vector<Line> lines_;
};

}  // namespace volery::contact
