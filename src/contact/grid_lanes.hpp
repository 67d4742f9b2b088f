// The kernels of the sphere grid: one sphere meets a vector of others at a time. Compiled once per
// instruction set; used through contact/grid.hpp.
#pragma once

#include <cstdint>
#include <vector>

namespace volery::contact {

struct SpherePair {
  int a, b;  // a < b
};

/// Pairs that one worker has found.
struct OverlapList {
  std::vector<SpherePair> pairs;
  void add(int one, int other);
};

/// Columns over slots, readable for 16 slots past the last.
struct SortedSpheres {
  const float* x_m = nullptr;
  const float* y_m = nullptr;
  const float* z_m = nullptr;
  const float* radius_m = nullptr;
  const std::int32_t* index = nullptr;  // of the sphere
  // by cell, cells by z, y, x
  const std::int32_t* cell = nullptr;
  const std::int32_t* start = nullptr;  // first slot of each cell, and the end
  int cells_x = 1;
  int cells_y = 1;
  int cells_z = 1;
};

/// The largest radius up to `most_m`; 0 where there is none.
[[nodiscard]] float widest_radius(const float* radius_m, int count, float most_m) noexcept;

/// Each sphere of the slots [first, last) with all of the slots before it.
void meet_all_before(const SortedSpheres& spheres, int first, int last, OverlapList& out) noexcept;

/// Each sphere of the slots [first, last) with those after it that are at most one cell away.
void meet_cells(const SortedSpheres& spheres, int first, int last, OverlapList& out) noexcept;

}  // namespace volery::contact
