// A coarse grid of distances to the bounded primitives, for the culling of contacts.
#pragma once

#include <functional>
#include <vector>

#include "scene/geometry.hpp"

namespace volery::scene {

/// Distances at cell centers. Distance changes by at most the way moved, so the value at the center
/// of any cell minus the way to it bounds the distance at a point; nothing is assumed about shapes.
class ClearanceGrid {
 public:
  ClearanceGrid() = default;
  /// `bounds` holds all geometry; `distance_within_m(point, at_most_m)` gives the distance from the
  /// point to the nearest of it, which is known to be at most at_most_m.
  ClearanceGrid(const Aabb& bounds, const std::function<float(Vec3, float)>& distance_within_m);

  [[nodiscard]] bool empty() const noexcept { return centers_m_.empty(); }
  /// Never more than the distance to the geometry, 0 at least; within the grid at most a cell
  /// diagonal less.
  [[nodiscard]] float lower_bound_m(Vec3 point_w_m) const noexcept;

 private:
  Aabb bounds_;          // of the geometry
  Vec3 low_m_, high_m_;  // corners; all geometry lies between them
  float cell_m_ = 1;
  float per_cell_ = 1;
  int count_[3] = {0, 0, 0};
  float slack_m_ = 0;  // covers the rounding of everything here
  std::vector<float> centers_m_;
};

}  // namespace volery::scene
