// A bounding volume hierarchy over boxes: primitives of a scene, triangles of a mesh.
//
// Built once by median splits with ties by index, so equal input gives equal trees. Queries visit
// every item whose (slightly enlarged) box cannot be ruled out; the visitor does the exact test, so
// results equal those of a plain loop over all items.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/geometry.hpp"

namespace volery::scene {

class Bvh {
 public:
  Bvh() = default;
  explicit Bvh(const std::vector<Aabb>& boxes);

  struct Node {
    Aabb box;
    // leaf: into items(); inner node: the right child (the left one follows)
    std::int32_t first = 0;
    std::int32_t count = 0;  // items of a leaf; -1 - axis of the split for an inner node
  };
  // median splits halve the items, so 2^31 of them need no more
  static constexpr int kMaxDepth = 40;

  [[nodiscard]] bool empty() const noexcept { return nodes_.empty(); }
  /// The tree itself, for kernels that walk it in their own way; root first.
  [[nodiscard]] const Node* nodes() const noexcept { return nodes_.data(); }
  [[nodiscard]] const std::int32_t* items() const noexcept { return items_.data(); }
  /// The box around everything; meaningless when empty.
  [[nodiscard]] const Aabb& bounds() const noexcept { return nodes_.front().box; }

  /// Calls visit(item) for each item whose box the ray meets within `limit_m`, which visit may
  /// lower.
  template <class Visit>
  void cast(const Ray& ray, const float& limit_m, Visit&& visit) const noexcept {
    // nearer halves first: what they hold lowers the limit for the others
    walk([&](const Aabb& box) { return meets(ray, box, limit_m); },
         [&](int axis, const Aabb&) { return component(ray.direction_w, axis) >= 0; }, visit);
  }
  /// Calls visit(item) for each item whose box is within sqrt(limit_m2) of the point; visit may
  /// lower the limit.
  template <class Visit>
  void near(Vec3 point_w_m, const float& limit_m2, Visit&& visit) const noexcept {
    walk([&](const Aabb& box) { return distance_squared(box, point_w_m) <= limit_m2; },
         [&](int axis, const Aabb& high_half) {
           return component(point_w_m, axis) < component(high_half.low, axis);
         },
         visit);
  }

 private:
  template <class Keep, class LowFirst, class Visit>
  void walk(Keep&& keep, LowFirst&& low_first, Visit&& visit) const noexcept {
    if (nodes_.empty()) return;
    std::int32_t stack[kMaxDepth];
    int depth = 0;
    stack[depth++] = 0;
    while (depth > 0) {
      const std::int32_t index = stack[--depth];
      const Node& node = nodes_[static_cast<std::size_t>(index)];
      if (!keep(node.box)) continue;
      for (std::int32_t i = 0; i < node.count; ++i) {
        visit(items_[static_cast<std::size_t>(node.first + i)]);
      }
      if (node.count < 0) {
        const Aabb& high_half = nodes_[static_cast<std::size_t>(node.first)].box;
        const bool low = low_first(-1 - node.count, high_half);
        stack[depth++] = low ? node.first : index + 1;
        stack[depth++] = low ? index + 1 : node.first;
      }
    }
  }

  void split(const std::vector<Aabb>& boxes, std::int32_t first, std::int32_t last);

  std::vector<Node> nodes_;
  std::vector<std::int32_t> items_;
};

}  // namespace volery::scene
