// The evader of the pursuit task: a fixed rule, flown by physics.
//
// The repulsive rule of C. de Souza et al., "Decentralized multi-agent pursuit using deep
// reinforcement learning", IEEE RA-L 2021: constant speed, away from every pursuer and from the
// wall, each by f(z) = 50000 / (|z| + 200)^2 in an arena of radius 430 and with distances in the L1
// norm. Here 100 of their units are a meter, and the floor and the ceiling count as walls too.
#pragma once

#include "core/types.hpp"
#include "task/task_common.hpp"

namespace volery::task {

/// Where the evader is kept: an upright cylinder.
struct Arena {
  Vec3 middle_w_m;  // of its floor
  float radius_m = 4.3F;
  float height_m = 2;
};

/// The largest upright cylinder in a scene's bounds, from the ground at 0 m (or the bounds, where
/// they begin higher) to the top of the bounds.
[[nodiscard]] Arena arena_of(const Scene& scene);

/// The velocity of the rule's law, of length `speed_mps`, from a point of the arena. Towards a wall
/// it is cut to what can still be braked, as no wall of theirs can be flown into.
[[nodiscard]] Vec3 evade(const Arena& arena, Vec3 own_w_m, const Vec3* pursuers_w_m,
                         int num_pursuers, float speed_mps) noexcept;

}  // namespace volery::task
