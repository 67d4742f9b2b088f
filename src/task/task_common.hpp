// Small things that every task needs: vectors out of configs, bounds, the blocks of a range of
// worlds.
#pragma once

#include <string>
#include <vector>

#include "core/types.hpp"
#include "scene/scene.hpp"
#include "state/slab.hpp"

namespace volery::task {

/// The three numbers of a described vector. Throws Error where there are not three.
[[nodiscard]] Vec3 vec3_of(const std::vector<float>& values, const std::string& path);

/// "[x, y, z]" for messages.
[[nodiscard]] std::string to_text(Vec3 v);

/// The box outside of which an agent is truncated.
struct Bounds {
  Vec3 low_w_m;
  Vec3 high_w_m;
};
[[nodiscard]] Bounds bounds_of(const Scene& scene);
/// 1 outside the box, else 0; without branches, for lane loops. Not a number counts as inside: the
/// batch has its own check for that.
[[nodiscard]] inline float outside(const Bounds& box, float x, float y, float z) noexcept {
  const auto larger = [](float a, float b) { return a > b ? a : b; };
  const float beyond_x_m = larger(box.low_w_m.x - x, x - box.high_w_m.x);
  const float beyond_y_m = larger(box.low_w_m.y - y, y - box.high_w_m.y);
  const float beyond_z_m = larger(box.low_w_m.z - z, z - box.high_w_m.z);
  return larger(larger(beyond_x_m, beyond_y_m), beyond_z_m) > 0 ? 1.0F : 0.0F;
}
[[nodiscard]] inline bool inside(const Bounds& box, Vec3 p) noexcept {
  return outside(box, p.x, p.y, p.z) == 0;
}

/// The number of blocks that worlds [0, world) of the slab fill, rounded up: the end of a score
/// range.
[[nodiscard]] inline int end_block(const Slab& slab, int world) noexcept {
  return blocks_for(world * slab.num_agents);
}
/// The block in which the first agent of the world lies: the start of a score range.
[[nodiscard]] inline int begin_block(const Slab& slab, int world) noexcept {
  return world * slab.num_agents / kLanes;
}

}  // namespace volery::task
