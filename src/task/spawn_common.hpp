// Where agents start: points of the scene's spawn region, apart from each other and from obstacles.
//
// One agent draws points until one is clear. Many agents take cells of a grid in a keyed random
// order, with a margin inside each cell that keeps neighbors apart by construction; so a world of a
// million agents is placed in linear time, without memory and without testing pairs. How many
// fit is known when the task is built, so a crowd that cannot be placed is refused before any step.
#pragma once

#include <cstdint>
#include <vector>

#include "core/rng.hpp"
#include "scene/scene.hpp"
#include "state/slab.hpp"

namespace volery::task {

struct SpawnSpec {
  Vec3 low_w_m;  // the region: both corners may be used
  Vec3 high_w_m;
  float clearance_m = 0;   // least distance of a point to static geometry and props
  float separation_m = 0;  // least distance between two points
  int num_agents = 1;      // A
};

/// Set in the step of keys that belong to a respawn, so that they share no draw with a reset.
inline constexpr std::uint32_t kRespawnStep = 0x80000000U;

class SpawnRegion {
 public:
  /// Throws Error (kValue) with the number that fits when A points do not.
  SpawnRegion(const Scene& scene, const SpawnSpec& spec);

  /// Writes a point for each agent of the world into the three rows from `row` on. `stream` keys
  /// the draws, so that starts and goals can share a region.
  void place(const Slab& slab, int world, int row, Stream stream) const noexcept;
  /// Writes a point for one agent that is clear of where the others are now. False where none of a
  /// few hundred draws was clear.
  bool place_one(const Slab& slab, int world, int agent, int row, Stream stream) const noexcept;
  /// True where the point keeps its distance from static geometry and props.
  [[nodiscard]] bool is_clear(Vec3 point_w_m) const noexcept;
  /// is_clear(), skipped where the whole region is known to be clear. For points of the region.
  [[nodiscard]] bool is_free(Vec3 point_w_m) const noexcept {
    return all_clear_ || is_clear(point_w_m);
  }
  [[nodiscard]] Vec3 uniform_point(Rng& rng) const noexcept;
  [[nodiscard]] const SpawnSpec& spec() const noexcept { return spec_; }

 private:
  // cells of the region widened by half a separation on each side
  struct Grid {
    int count[3] = {1, 1, 1};
    Vec3 cell_m;
    [[nodiscard]] std::int64_t num_cells() const noexcept {
      return static_cast<std::int64_t>(count[0]) * count[1] * count[2];
    }
  };
  [[nodiscard]] Grid grid_of_edge(float edge_m) const noexcept;
  [[nodiscard]] Vec3 point_in_cell(const Grid& grid, std::int64_t cell, Vec3 jitter) const noexcept;
  [[nodiscard]] bool region_is_clear(Vec3 low_w_m, Vec3 high_w_m, int* budget) const noexcept;
  [[nodiscard]] int capacity() const noexcept;
  int place_in_grid(const Slab& slab, int world, int row, Stream stream, const Grid& grid,
                    bool jittered) const noexcept;

  const Scene* scene_;
  SpawnSpec spec_;
  bool all_clear_ = false;  // no point of the region needs a test
  Grid coarse_;             // at least twice as many cells as agents, where there is room for that
  Grid fine_;               // as many cells as the separation allows
};

/// The spawn region of a scene, which the scene has checked to lie inside its bounds.
[[nodiscard]] SpawnSpec spawn_spec(const Scene& scene, float clearance_m, float separation_m,
                                   int num_agents);

}  // namespace volery::task
