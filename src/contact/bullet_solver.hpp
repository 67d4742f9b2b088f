// Bullet's sequential-impulse solver on one island at a time.
#pragma once

#include <memory>

#include "contact/islands.hpp"
#include "contact/model.hpp"

namespace volery::contact {

/// What a solver changes of a body, read before and written back after by the caller.
struct SolvedBody {
  Vec3 velocity_w_mps;
  Vec3 omega_w_radps;
  Vec3 push_w_mps;    // penetration correction of the position, times the step
  Vec3 turn_w_radps;  // and of the attitude
};

class BulletSolver {
 public:
  explicit BulletSolver(const ContactModel::Impl& model);
  ~BulletSolver();
  BulletSolver(BulletSolver&&) noexcept;

  /// Solves the island from the velocities in the slab. Writes the impulses of its points and
  /// returns the new velocities of its bodies, in their order; valid until the next call.
  std::span<const SolvedBody> solve(const SlabBodies& bodies, const Island& island);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Share of the turn correction that is applied, Bullet's own default.
inline constexpr float kTurnShare = 0.1F;
/// Slower approaches do not bounce (m/s).
inline constexpr float kRestitutionSpeed = 0.2F;
/// Share of a penetration that is corrected in one substep.
inline constexpr float kPenetrationShare = 0.2F;
/// Share of the last normal impulse that an island starts from.
inline constexpr float kWarmStart = 0.85F;

}  // namespace volery::contact
