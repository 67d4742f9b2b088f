#include "task/patrol_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::task {

CellGrid cell_grid(const Area& area, float cell_m) {
  CellGrid grid;
  const auto parts = [cell_m](float way_m) {
    return std::max(1, static_cast<int>(way_m / cell_m + 0.5F));
  };
  grid.num_x = parts(area.width_m());
  grid.num_y = parts(area.depth_m());
  grid.low_x_m = area.low_x_m;
  grid.low_y_m = area.low_y_m;
  grid.cell_x_m = area.width_m() / static_cast<float>(grid.num_x);
  grid.cell_y_m = area.depth_m() / static_cast<float>(grid.num_y);
  return grid;
}

float cycle_m(const CellGrid& grid) noexcept {
  const auto nx = static_cast<float>(grid.num_x), ny = static_cast<float>(grid.num_y);
  // there and back where there is but one row
  if (grid.num_y == 1) return 2 * (nx - 1) * grid.cell_x_m;
  if (grid.num_x == 1) return 2 * (ny - 1) * grid.cell_y_m;
  // along the rows and back through the first column: it takes an even number of rows
  const float by_rows_m =
      ny * (nx - 2) * grid.cell_x_m + 2 * grid.cell_x_m + 2 * (ny - 1) * grid.cell_y_m;
  const float by_columns_m =
      nx * (ny - 2) * grid.cell_y_m + 2 * grid.cell_y_m + 2 * (nx - 1) * grid.cell_x_m;
  if (grid.num_x % 2 != 0 && grid.num_y % 2 != 0) {
    // one diagonal step closes the way through an odd number of cells
    const float diagonal_m =
        std::sqrt(grid.cell_x_m * grid.cell_x_m + grid.cell_y_m * grid.cell_y_m);
    return (nx * ny - 1) * std::min(grid.cell_x_m, grid.cell_y_m) + diagonal_m;
  }
  if (grid.num_y % 2 != 0) return by_columns_m;
  if (grid.num_x % 2 != 0) return by_rows_m;
  return std::min(by_rows_m, by_columns_m);
}

}  // namespace volery::task
