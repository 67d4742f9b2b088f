#include "scene/bvh.hpp"

#include <algorithm>
#include <numeric>

namespace volery::scene {

namespace {

constexpr std::int32_t kLeafItems = 2;

// Exact tests round, so a box must reach a little farther than what it holds: 0.1 mm and 4e-6 of
// the coordinate are some 30 units in the last place of float32, more than any test here loses.
Aabb enlarged(Aabb box) {
  constexpr float kAbsolute_m = 1e-4F;
  constexpr float kRelative = 4e-6F;
  const auto slack = [](float a, float b) {
    return kAbsolute_m + kRelative * max_of(a < 0 ? -a : a, b < 0 ? -b : b);
  };
  const Vec3 by{slack(box.low.x, box.high.x), slack(box.low.y, box.high.y),
                slack(box.low.z, box.high.z)};
  return {box.low - by, box.high + by};
}

}  // namespace

Bvh::Bvh(const std::vector<Aabb>& boxes) {
  if (boxes.empty()) return;
  items_.resize(boxes.size());
  std::iota(items_.begin(), items_.end(), 0);
  nodes_.reserve(2 * boxes.size());
  split(boxes, 0, static_cast<std::int32_t>(boxes.size()));
}

void Bvh::split(const std::vector<Aabb>& boxes, std::int32_t first, std::int32_t last) {
  Aabb box;
  Aabb centers;
  const auto center_of = [&](std::int32_t item) {
    const Aabb& b = boxes[static_cast<std::size_t>(item)];
    return (b.low + b.high) * 0.5F;
  };
  for (std::int32_t i = first; i < last; ++i) {
    const std::int32_t item = items_[static_cast<std::size_t>(i)];
    box.include(boxes[static_cast<std::size_t>(item)]);
    centers.include(center_of(item));
  }
  const std::size_t index = nodes_.size();
  nodes_.push_back({enlarged(box), first, last - first});
  if (last - first <= kLeafItems) return;

  // the median along the longest side of the centers
  const Vec3 size = centers.high - centers.low;
  const int axis = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2;
  const std::int32_t middle = first + (last - first) / 2;
  std::sort(items_.begin() + first, items_.begin() + last, [&](std::int32_t a, std::int32_t b) {
    const float at_a = component(center_of(a), axis);
    const float at_b = component(center_of(b), axis);
    return at_a < at_b || (at_a == at_b && a < b);
  });
  split(boxes, first, middle);
  nodes_[index].first = static_cast<std::int32_t>(nodes_.size());
  nodes_[index].count = -1 - axis;
  split(boxes, middle, last);
}

}  // namespace volery::scene
