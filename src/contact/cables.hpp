// Cables as contacts see them: which bodies hang together, and the one row of the solver that each
// cable is in a substep. No Bullet here.
//
// A group is all that cables join, directly or through others. It is near or far as a whole, and
// where a cable of it pulls or a body of it touches something, all of it is one island. So both
// contact modes build the same islands.
#pragma once

#include <span>
#include <vector>

#include "contact/slab_bodies.hpp"

namespace volery::contact {

/// A cable in a substep: J v >= approach_mps, with an impulse that only pulls. No end of it, or
/// one, may be a body that does not move.
struct CableRow {
  int cable = 0;     // index into CableModel::cables
  int a = kHeldEnd;  // local indices of moving bodies
  int b = kHeldEnd;
  Vec3 toward_b_w;  // unit, the way a is pulled
  Vec3 arm_a_w_m;   // from the centers of mass to the ends
  Vec3 arm_b_w_m;
  float approach_mps = 0;  // the least speed at which the ends must come together
  float change_mps = 0;    // by how much that is faster than without this cable; above 0: taut
  double allowed_m = 0;    // length at the end of the substep
  float start_ns = 0;      // the impulse that the solver starts from
  float impulse_ns = 0;    // and the one it found
  [[nodiscard]] bool taut() const noexcept { return change_mps > 0; }
};

/// A cable that is longer than it can be is drawn in no faster than this (m/s). Only what moves
/// bodies past the solver makes one longer than a substep of this corrects: a respawn, set_state.
inline constexpr float kRecoverySpeed = 1;

/// The row of a cable from the velocities in the slab. False where it can do nothing: an end is
/// absent, or neither moves.
[[nodiscard]] bool make_cable_row(const ContactModel::Impl& model, const SlabBodies& bodies,
                                  int world, int cable, CableRow& out) noexcept;

/// The rows of one world's groups that are at work.
class CableRows {
 public:
  explicit CableRows(const ContactModel::Impl& model);

  /// Rows of those of the groups in which a cable is taut or a body has a contact record. Tensions
  /// of all bodies in `groups` start over.
  std::span<CableRow> collect(const SlabBodies& bodies, int world, std::span<const int> groups);
  /// Adds what the solver found to the tensions of the bodies.
  void report(const SlabBodies& bodies, int world, std::span<CableRow* const> rows) const noexcept;
  /// A group whose cables pull nothing.
  void release(const SlabBodies& bodies, int world, int group) const noexcept;

 private:
  [[nodiscard]] bool touches(const WorldContacts& contacts, int group) const noexcept;
  void add_tension(const SlabBodies& bodies, int world, int local, float tension_n) const noexcept;

  const ContactModel::Impl& model_;
  std::vector<CableRow> rows_;
};

}  // namespace volery::contact
