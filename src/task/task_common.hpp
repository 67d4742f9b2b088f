// Small things that every task needs: vectors out of configs, bounds, the blocks of a range of
// worlds.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "scene/scene.hpp"
#include "state/slab.hpp"
#include "volery/task.hpp"

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

/// Declares the rows behind TaskSpec::columns; `writer`: "task <name>".
[[nodiscard]] FieldRef declare_columns(const TaskContext& context,
                                       const std::vector<Column>& columns, const char* writer);

/// The blocks in which the agents of worlds [first_world, last_world) lie. The first and the last
/// block may hold agents of other worlds too, which are not to be written.
struct BlockRange {
  BlockRange(const Slab& slab, int first_world, int last_world) noexcept
      : BlockRange(first_world * slab.num_agents, last_world * slab.num_agents) {}
  /// The blocks of agents [first_agent, last_agent).
  BlockRange(int first_agent, int last_agent) noexcept
      : first_body(first_agent),
        last_body(last_agent),
        first(first_body / kLanes),
        last(blocks_for(last_body)) {}
  int first_body, last_body;
  int first, last;

  /// The lanes [first, last) of block b that belong to the range.
  [[nodiscard]] int first_lane(int b) const noexcept {
    return std::max(0, first_body - b * kLanes);
  }
  [[nodiscard]] int last_lane(int b) const noexcept {
    return std::min(kLanes, last_body - b * kLanes);
  }
};

/// Copies `num_rows` rows of block b, the lanes of the range only.
inline void copy_rows(const BlockRange& range, int b, const float* from, float* to,
                      int num_rows) noexcept {
  const int first = range.first_lane(b), last = range.last_lane(b);
  if (last - first == kLanes) {
    std::copy_n(from, num_rows * kLanes, to);
    return;
  }
  for (int r = 0; r < num_rows; ++r) {
    std::copy(from + r * kLanes + first, from + r * kLanes + last, to + r * kLanes + first);
  }
}

}  // namespace volery::task
