// The load of the transport tasks: a prop of the scene, where it is, and what agents see of it.
#pragma once

#include <string>
#include <vector>

#include "state/task_columns.hpp"
#include "task/task_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

/// A prop that is to be moved.
struct Load {
  int prop = 0;        // index into SceneConfig.props
  float radius_m = 0;  // of the circle that holds it, seen from above
  Vec3 start_w_m;      // where the scene puts it
  float mass_kg = 0;
  float share = 0;     // mass over that of all agents
  float friction = 0;  // against the ground under it
};

/// The prop of that name; `agents_kg`: mass of all agents together. Throws Error (kValue) that
/// names the nearest one.
[[nodiscard]] Load find_load(const Scene& scene, const std::string& name, float agents_kg);

[[nodiscard]] inline Vec3 load_position(const Slab& slab, int world, const Load& load) noexcept {
  return slab.props.vec3(world * slab.num_props + load.prop, kPosition);
}

/// Columns in the order of LoadColumn.
[[nodiscard]] std::vector<Column> load_columns(const Scene& scene);
/// Writes them for one agent, into the rows from `row` on; `goal_w_m`: where the load shall be.
void write_load(const Slab& slab, int world, const Load& load, Vec3 goal_w_m, int body,
                int row) noexcept;

}  // namespace volery::task
