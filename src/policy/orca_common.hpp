// Optimal reciprocal collision avoidance in three dimensions, without memory or vehicle.
//
// J. van den Berg, S. Guy, M. Lin, D. Manocha, "Reciprocal n-body collision avoidance", ISRR 2011:
// each pair of agents forbids both of them a half space of velocities, half of the change each; an
// agent takes the velocity nearest to its wish in what is left. The half spaces and a ball of
// speeds make a small convex program, solved by adding one half space at a time (as in the linear
// programs of R. Seidel, 1991).
#pragma once

#include "core/types.hpp"

namespace volery::policy {

/// Velocities v with dot(v - point, normal) >= 0.
struct HalfSpace {
  Vec3 point_mps;
  Vec3 normal;  // unit
};

/// What one agent sees of another.
struct Encounter {
  Vec3 offset_m;            // other minus own position
  Vec3 closing_mps;         // own minus other velocity
  float radius_m = 0;       // sum of both
  float horizon_s = 2;      // no collision for this long
  float overlap_s = 0.25F;  // where they overlap already: apart after this time
  // heights count this many times less: bodies taller than wide keep out of each other's downwash
  float tallness = 1;
};

/// The half space of own velocities that an encounter leaves, own velocity given; this agent takes
/// `share` of the change, half where both do the same.
[[nodiscard]] HalfSpace orca_half_space(const Encounter& encounter, Vec3 own_mps,
                                        float share) noexcept;

/// The velocity nearest to `wish_mps` within the half spaces and the ball of radius `speed_mps`.
/// False, and `best` unchanged, where there is none. O(n^3) at worst, O(n) as a rule.
[[nodiscard]] bool nearest_velocity(const HalfSpace* spaces, int count, float speed_mps,
                                    Vec3 wish_mps, Vec3* best) noexcept;

/// The same, but where there is none the half spaces from `first_soft` on give way by the least
/// distance that all of them have to (by bisection, to 1 mm/s). The velocity is 0 where even that
/// fails.
[[nodiscard]] Vec3 safest_velocity(const HalfSpace* spaces, int count, int first_soft,
                                   float speed_mps, Vec3 wish_mps) noexcept;

/// The most half spaces of one call of safest_velocity().
inline constexpr int kMostHalfSpaces = 96;

}  // namespace volery::policy
