// The lane kernel of single-body islands. No Bullet here: compiled once per instruction set.
//
// The same projected Gauss-Seidel as Bullet's sequential-impulse solver, for one moving body
// against immovable ones: per iteration all normal rows, then two friction rows per point;
// penetrations are corrected by a second set of rows that moves the pose alone. Everything is in
// the body frame, where the inertia is diagonal.
#pragma once

#include "core/types.hpp"

namespace volery::contact {

/// Bodies that one call solves side by side, a vector at a time.
inline constexpr int kSingleLanes = 32;
/// Islands of more points go to Bullet.
inline constexpr int kMostSinglePoints = 8;

/// One value per lane.
struct SingleRow {
  alignas(64) float lane[kSingleLanes];
};

/// A contact point of the body in each lane. Slots without a point are all zero.
struct SinglePoint {
  SingleRow arm_b_m[3];   // in: from the centre of mass
  SingleRow normal_w[3];  // in: away from the other body
  SingleRow distance_m;   // in
  SingleRow friction;     // in
  SingleRow restitution;  // in
  SingleRow impulse_ns;   // in: to start from; out: exerted
  SingleRow speed_mps;    // out: at which the bodies parted before any impulse
};

/// Bodies and their points, lane by lane. Unused lanes hold a body of mass 1 without points.
struct SingleGroup {
  SingleRow velocity_w_mps[3];    // in, out
  SingleRow omega_b_radps[3];     // in, out
  SingleRow axes_w[9];            // in: body x, y, z axes in the world
  SingleRow inverse_mass_per_kg;  // in
  SingleRow inverse_inertia_b[3];
  SingleRow push_w_mps[3];    // out
  SingleRow turn_b_radps[3];  // out
  SinglePoint points[kMostSinglePoints];
};

/// Solves the first `num_bodies` lanes of a group, of which each has at most `num_points` (4 or 8)
/// points. The number of slots changes nothing but time: a body's result depends on its own lane
/// alone.
void solve_singles(SingleGroup& group, int num_bodies, int num_points, int iterations,
                   float step_s) noexcept;

}  // namespace volery::contact
