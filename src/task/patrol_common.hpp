// The cells of a patrolled area and when each was last visited.
#pragma once

#include "task/area_common.hpp"

namespace volery::task {

struct CellGrid {
  float low_x_m = 0, low_y_m = 0;
  float cell_x_m = 1, cell_y_m = 1;
  int num_x = 1, num_y = 1;
  [[nodiscard]] int num_cells() const noexcept { return num_x * num_y; }
  /// The cell of a point, of the nearest edge for points outside.
  [[nodiscard]] int cell_x(float x_m) const noexcept {
    return index(x_m - low_x_m, cell_x_m, num_x);
  }
  [[nodiscard]] int cell_y(float y_m) const noexcept {
    return index(y_m - low_y_m, cell_y_m, num_y);
  }
  [[nodiscard]] float middle_x_m(int i) const noexcept {
    return low_x_m + (static_cast<float>(i) + 0.5F) * cell_x_m;
  }
  [[nodiscard]] float middle_y_m(int i) const noexcept {
    return low_y_m + (static_cast<float>(i) + 0.5F) * cell_y_m;
  }

 private:
  [[nodiscard]] static int index(float way_m, float cell_m, int num) noexcept {
    if (!(way_m > 0)) return 0;
    const float i = way_m / cell_m;
    return i < static_cast<float>(num) ? static_cast<int>(i) : num - 1;
  }
};

/// Cells of about that size that part the area evenly.
[[nodiscard]] CellGrid cell_grid(const Area& area, float cell_m);

/// Length of a closed way through the middles of all cells, from cell to next cell: cells times
/// their size where one of the numbers of rows and columns is even.
[[nodiscard]] float cycle_m(const CellGrid& grid) noexcept;

}  // namespace volery::task
