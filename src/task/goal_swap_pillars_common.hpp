// Pillars of the goal_swap task that stand elsewhere in each episode.
//
// Static geometry is baked for all worlds of a batch, but props belong to each world, and a frozen
// prop is a wall: it holds its pose, and others touch it as a body of infinite mass. So the props
// of the scene whose names begin with "pillar" are put into cells drawn for the episode, as in
// Huang et al. (goal_swap_common.hpp): 8 x 8 cells of 1 m round the middle of the spawn region, a
// share of them taken. What is left over is absent.
#pragma once

#include <vector>

#include "scene/scene.hpp"
#include "state/slab.hpp"

namespace volery::task {

class Pillars {
 public:
  /// `density`: share of the cells that are taken. Throws Error (kValue) where the scene has
  /// pillars, but fewer than that takes.
  Pillars(const Scene& scene, float density);

  /// False where the scene has no such props: then nothing is ever written.
  [[nodiscard]] bool any() const noexcept { return !props_.empty(); }
  /// Puts the pillars of an episode where its generator says. Call in reset(), before anything that
  /// has to be clear of them.
  void place(const Slab& slab, int world) const noexcept;
  /// True where the point is farther than the distance from every pillar of the world.
  [[nodiscard]] bool is_clear(const Slab& slab, int world, Vec3 point_w_m,
                              float clearance_m) const noexcept;

 private:
  std::vector<int> props_;  // of a world
  std::vector<Vec3> starts_w_m_;
  float radius_m_ = 0;  // the widest
  int num_taken_ = 0;
  Vec3 corner_w_m_;  // middle of the first cell
};

}  // namespace volery::task
