// A level area to be covered, patrolled or searched: the rectangle inside the scene's bounds, less
// a margin, and the height at which its agents fly.
#pragma once

#include <vector>

#include "state/task_columns.hpp"
#include "task/task_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

struct AreaConfig {
  float margin_m = 0;
  float height_m = 1;
  void describe(FieldVisitor& v);
};

struct Area {
  float low_x_m = 0, low_y_m = 0, high_x_m = 0, high_y_m = 0;
  float height_m = 0;
  [[nodiscard]] float width_m() const noexcept { return high_x_m - low_x_m; }
  [[nodiscard]] float depth_m() const noexcept { return high_y_m - low_y_m; }
  [[nodiscard]] float size_m2() const noexcept { return width_m() * depth_m(); }
};

/// Throws Error (kValue) where the margin leaves nothing, or the height is out of bounds.
[[nodiscard]] Area area_of(const AreaConfig& config, const Scene& scene);

/// The first columns of the sensor `task`, in the order of AreaColumn.
[[nodiscard]] std::vector<Column> area_columns(const Area& area);
/// Writes them for one agent, into the rows from `row` on.
void write_area(const Area& area, const Blocks& agents, int body, int row) noexcept;

/// Whether an agent takes part: there, its motors on, and less than 60 degrees from upright.
[[nodiscard]] bool is_up(const Blocks& agents, int body) noexcept;

}  // namespace volery::task
