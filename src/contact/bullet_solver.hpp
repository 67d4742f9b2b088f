// Bullet's sequential-impulse solver on one island at a time.
#pragma once

#include <memory>

#include "contact/islands.hpp"
#include "contact/model.hpp"
#include "contact/solver_rules.hpp"

namespace volery::contact {

class BulletSolver {
 public:
  explicit BulletSolver(const ContactModel::Impl& model);
  ~BulletSolver();
  BulletSolver(BulletSolver&&) noexcept;

  /// Solves the island from the velocities in the slab. Writes the impulses that its points start
  /// from next time; the result is valid until the next call.
  SolvedIsland solve(const SlabBodies& bodies, const Island& island);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace volery::contact
