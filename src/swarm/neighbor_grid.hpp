// The pieces of the neighbor search: packed coordinates, the cells of one world, the two kernels.
// Used through swarm/neighbors.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/types.hpp"

namespace volery::swarm {

/// The largest K.
inline constexpr int kMostNeighbors = 64;

/// x, y and z of a row of points in three arrays, each 64-byte aligned and readable for 16 more
/// elements. What is no point has infinite coordinates: its distance to anything exceeds any
/// radius.
class Coordinates {
 public:
  /// Room for this many points, a multiple of 16. Contents are lost when it grows.
  void reserve(std::size_t num_points);
  [[nodiscard]] float* axis(int a) noexcept { return first_ + static_cast<std::size_t>(a) * room_; }
  [[nodiscard]] const float* axis(int a) const noexcept {
    return first_ + static_cast<std::size_t>(a) * room_;
  }

 private:
  std::vector<float> memory_;
  float* first_ = nullptr;  // aligned, inside memory_
  std::size_t room_ = 0;
};

/// Cells of one world: a dense box around most of its agents, with cells that are shorter along x,
/// where they lie side by side in memory. Agents beyond the box belong to the border cell nearest
/// to them: cells still ascend with the coordinate, so the search stays exact, and one lost agent
/// cannot blow the cells up.
struct Grid {
  static constexpr int kCellsPerSide = 4;  // along x, in the length of a cell along y and z

  double low_m[3] = {0, 0, 0};
  double side_m = 1;  // of a cell along y and z: a sphere of this radius holds about twice K
  double per_cell[3] = {1, 1, 1};
  int count[3] = {1, 1, 1};
  int first_slot = 0;          // of the world
  int num_active = 0;          // slots of agents that take part; the world's others follow them
  std::size_t first_cell = 0;  // into cell_start

  [[nodiscard]] std::size_t num_cells() const noexcept {
    return static_cast<std::size_t>(count[0]) * static_cast<std::size_t>(count[1]) *
           static_cast<std::size_t>(count[2]);
  }
  /// Place along one axis in cells. In double, so that rounding stays far below a cell at any
  /// coordinate.
  [[nodiscard]] double place(int axis, float at_m) const noexcept {
    return (static_cast<double>(at_m) - low_m[axis]) * per_cell[axis];
  }
  /// The cell at a place, those beyond the box cut to its border.
  [[nodiscard]] int cut(int axis, double place) const noexcept {
    const double last = count[axis] - 1;
    const double within = place < last ? place : last;
    return static_cast<int>(within > 0 ? within : 0);
  }
  [[nodiscard]] int cell_along(int axis, float at_m) const noexcept {
    return cut(axis, place(axis, at_m));
  }
  [[nodiscard]] int cell(int i, int j, int k) const noexcept {
    return (k * count[1] + j) * count[0] + i;
  }
};

/// Every `stride`-th agent of a world.
struct AgentSample {
  const float* x_m;
  const float* y_m;
  const float* z_m;
  int size = 0;
  int stride = 1;
};

/// Chooses box and cell size for a world of finite points, a few agents per cell.
[[nodiscard]] Grid fit_grid(const AgentSample& sample, float radius_m, int num_neighbors);

/// What both kernels need. Rows of the result are [agents][count].
struct SearchArrays {
  const float* x_m;
  const float* y_m;
  const float* z_m;
  int count = 0;       // K
  float limit_m2 = 0;  // squared distances below this count
  std::int32_t* index = nullptr;
  float* distance_m = nullptr;
};

/// The least float32 that squared distances of neighbors stay below: the radius itself still
/// counts.
[[nodiscard]] float search_limit_m2(float radius_m) noexcept;

/// Brute force: the targets [first, last) of one world whose num_agents points start at x_m[0];
/// results of agent a in row a.
void search_all_pairs(const SearchArrays& arrays, int num_agents, int first, int last) noexcept;

/// Grid: the slots [first, last) of the world, points sorted by cell; results in row
/// agent_of[slot].
void search_cells(const SearchArrays& arrays, const Grid& grid, const std::int32_t* cell_start,
                  const std::int32_t* agent_of, float radius_m, int first, int last) noexcept;

}  // namespace volery::swarm
