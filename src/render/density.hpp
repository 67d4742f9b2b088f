// How many vehicles are where, for pictures in which they can no longer be told apart.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/types.hpp"
#include "render/view.hpp"

namespace volery::render {

/// More points than this are drawn as a map, or so many to a pixel of those that they lie in.
inline constexpr int kMostPoints = 50000;
inline constexpr int kMostPerPixel = 4;

/// Whether points at these places are too many to be drawn one by one; `before`: whether they were
/// in the picture before, which they then stay until they are a fifth fewer.
[[nodiscard]] bool is_crowd(std::span<const Vec3> positions_rel_m, const View& view, bool before);

/// Squares of the ground and how many vehicles are above each.
struct Density {
  static constexpr int kMostCells = 256;  // of a side

  std::array<double, 2> low_w_m{};  // x, y of the corner of the first square
  float cell_m = 0;                 // 1, 2 or 5 times a power of ten
  float lowest_w_m = 0;             // of the vehicles
  int columns = 0, rows = 0;
  int total = 0, most = 0;  // of one square
  std::vector<int> counts;  // [rows][columns], y upwards

  [[nodiscard]] bool empty() const noexcept { return total == 0; }
};

/// Squares at least `least_cell_m` wide, wider where they would be too many. Positions must be
/// finite.
[[nodiscard]] Density density_of(std::span<const Vec3> positions_w_m, float least_cell_m);

/// The map as sRGB and alpha, [rows][columns][4]: viridis over the logarithm of the count, nothing
/// where nobody is.
[[nodiscard]] std::vector<std::uint8_t> image_of(const Density& density);

}  // namespace volery::render
