// Rules and constants that both solvers, Bullet's and our own for single bodies, obey.
#pragma once

#include <span>

#include "core/types.hpp"

namespace volery::contact {

/// What a solver changes of a body.
struct SolvedBody {
  Vec3 velocity_w_mps;
  Vec3 omega_b_radps;
  Vec3 push_w_mps;      // penetration correction of the position, times the step
  Vec3 turn_b_radps;    // and of the attitude
  bool changed = true;  // false where a cable that stayed slack is all there was: keeps its bits
};

/// What a pair's points exerted on each other in the substep.
struct PairImpulse {
  float normal_ns = 0;
};

/// As the island's bodies and pairs.
struct SolvedIsland {
  std::span<const SolvedBody> bodies;
  std::span<const PairImpulse> impulses;
};

/// Share of the turn correction that is applied, Bullet's own default.
inline constexpr float kTurnShare = 0.1F;
/// Slower approaches do not bounce (m/s).
inline constexpr float kRestitutionSpeed = 0.2F;
/// Share of a penetration that is corrected in one substep.
inline constexpr float kPenetrationShare = 0.2F;
/// Share of the last normal impulse that the solver starts from. All of it: with Bullet's 0.85 each
/// substep of a stack starts with 15 % of its weight missing, and it creeps by 1 mm/s.
inline constexpr float kWarmStart = 1;

/// Bodies that part faster are in flight (m/s). Slower relative speeds are the noise of a pile at
/// rest; a rebound leaves at no less than half of kRestitutionSpeed for all but dull surfaces.
inline constexpr float kPartingSpeed = 0.05F;

/// The impulse that a point starts from. None where the bodies part: their last impulse would first
/// throw them farther apart, and undoing that leaves friction and spin behind.
[[nodiscard]] constexpr float starting_impulse(float last_ns, float normal_speed_mps) noexcept {
  return normal_speed_mps > kPartingSpeed ? 0.0F : kWarmStart * last_ns;
}

/// What the next substep may start from. Nothing after an impact: it happens once.
[[nodiscard]] constexpr float lasting_impulse(float impulse_ns, float normal_speed_mps) noexcept {
  return normal_speed_mps < -kRestitutionSpeed ? 0.0F : impulse_ns;
}

}  // namespace volery::contact
