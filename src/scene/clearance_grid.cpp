#include "scene/clearance_grid.hpp"

#include <cstddef>
#include <limits>

namespace volery::scene {

namespace {

// 128 KiB of floats at most: stays in the second-level cache, and builds in some 10 ms
constexpr int kMaxCells = 32768;
// finer cells would not cull more: near sets reach some centimeters
constexpr float kFinestCell_m = 0.1F;
// the grid reaches this far around the geometry, where points are tested most
constexpr float kMargin_m = 0.5F;

int cells_along(float size_m, float cell_m) {
  return static_cast<int>(size_m / cell_m) + 1;
}

int clamped(float at, int count) {
  // the comparison order sends NaN to 0
  if (!(at > 0)) return 0;
  return at < static_cast<float>(count - 1) ? static_cast<int>(at) : count - 1;
}

}  // namespace

ClearanceGrid::ClearanceGrid(const Aabb& bounds,
                             const std::function<float(Vec3, float)>& distance_within_m) {
  const Vec3 margin{kMargin_m, kMargin_m, kMargin_m};
  low_m_ = bounds.low - margin;
  high_m_ = bounds.high + margin;
  const Vec3 size = high_m_ - low_m_;

  // the finest cell that keeps to the number of cells
  cell_m_ = kFinestCell_m;
  const auto cells = [&] {
    double product = 1;
    for (int axis = 0; axis < 3; ++axis) {
      count_[axis] = cells_along(component(size, axis), cell_m_);
      product *= count_[axis];
    }
    return product;
  };
  while (cells() > kMaxCells) cell_m_ = cell_m_ * 1.1F;
  per_cell_ = 1.0F / cell_m_;

  // ten units in the last place of the largest coordinate, with the distance's own rounding
  const Vec3 reach = max_of(max_of(bounds.high, Vec3{} - bounds.low), size);
  slack_m_ = 1e-5F + 2e-6F * max_of(reach.x, max_of(reach.y, reach.z));

  centers_m_.reserve(static_cast<std::size_t>(count_[0]) * static_cast<std::size_t>(count_[1]) *
                     static_cast<std::size_t>(count_[2]));
  // cell after cell along x: the distance grows by a cell's width at most, which tells
  // the search how far to look
  float at_most_m = std::numeric_limits<float>::max();
  for (int k = 0; k < count_[2]; ++k) {
    for (int j = 0; j < count_[1]; ++j) {
      for (int i = 0; i < count_[0]; ++i) {
        const Vec3 steps{static_cast<float>(i) + 0.5F, static_cast<float>(j) + 0.5F,
                         static_cast<float>(k) + 0.5F};
        const float distance_m = distance_within_m(low_m_ + steps * cell_m_, at_most_m);
        centers_m_.push_back(distance_m);
        // back at the start of a row the way is long: look everywhere
        at_most_m = i + 1 < count_[0] ? distance_m + cell_m_ * 1.01F + slack_m_
                                      : std::numeric_limits<float>::max();
      }
    }
  }
}

float ClearanceGrid::lower_bound_m(Vec3 point_w_m) const noexcept {
  // the nearest point of the grid: as the grid is convex and holds all geometry, the triangle from
  // the point over it to anything inside has no acute angle there
  const Vec3 inside = min_of(max_of(point_w_m, low_m_), high_m_);
  const Vec3 at = (inside - low_m_) * per_cell_;
  const int i = clamped(at.x, count_[0]);
  const int j = clamped(at.y, count_[1]);
  const int k = clamped(at.z, count_[2]);
  const Vec3 steps{static_cast<float>(i) + 0.5F, static_cast<float>(j) + 0.5F,
                   static_cast<float>(k) + 0.5F};
  const std::size_t cell = static_cast<std::size_t>((k * count_[1] + j) * count_[0] + i);
  const float inner_m = centers_m_[cell] - length(inside - (low_m_ + steps * cell_m_));
  const Vec3 outside = point_w_m - inside;
  const float best_m =
      inner_m > 0 ? std::sqrt(inner_m * inner_m + dot(outside, outside)) : length(outside);
  // far away the coordinates themselves are coarse; NaN is near everything
  const float bound_m = best_m * (1 - 2e-6F) - slack_m_;
  return bound_m > 0 ? bound_m : 0;
}

}  // namespace volery::scene
