// Contacts of one slab over one window: near set, narrowphase, solver. The only door to Bullet.
//
// The substep loop (batch/advance.cpp) drives it:
//   begin_window   swept bounds -> near bodies and candidate pairs; near agents are copied out
//   per substep    velocities of the copies; extend(), which copies more bodies where one outran
//   its
//                  bound (the loop fast-forwards those from the window's start); then solve()
//                  changes v and omega of the bodies of touching islands; poses of the copies
//   write_back     the copies go back, after everybody else was advanced
//   end_window     statistics
// In mode `all` every body is near and every pair is a candidate, found by separate brute-force
// code; the results must be the same bits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/described.hpp"
#include "core/split.hpp"
#include "model/fleet.hpp"
#include "scene/scene.hpp"
#include "state/body_copies.hpp"
#include "state/slab.hpp"

namespace volery::contact {

enum class ContactMode : int { kCulled, kAll, kOff };

/// What optional effects of flight add to how far a vehicle can get in a window.
struct FlightReach {
  float thrust_factor = 1;  // on the largest thrust
  float force_n = 0;        // largest force from outside
  float drive_factor = 1;   // on the largest force of wheels and the like
  float air_speed_mps = 0;  // fastest air; drag pulls along with it by at most
  float drag_per_s = 0;     // (drag_per_s + drag_per_m s) s  per mass, at a speed s through the air
  float drag_per_m = 0;
};

/// What cables must know of the batch; derived from its config.
struct CableConfig {
  int num_agents = 0;  // per world
  // where the sum of the tensions at a body goes, -1: nowhere
  int agent_row = -1;
  int prop_row = -1;
};

struct ContactConfig {
  ContactMode mode = ContactMode::kCulled;
  int iterations = 10;  // of the projected Gauss-Seidel solver
  int max_pairs_per_world =
      0;                // 0: derived from the number of bodies; beyond: kStatusContactOverflow
  bool audit = false;   // check each substep that no culled pair or cable is within reach
  FlightReach reach{};  // derived from the flight config
  int mass_row = -1;    // first MassRow of agents whose masses differ; -1: they are their vehicle's
  int grip_row = -1;    // where rovers' wheels read what they stand on; -1: no rovers
  CableConfig cables{};
  void describe(FieldVisitor& v);
};

/// Numbers of a window or of many, for benchmarks and `info`.
struct ContactStats {
  std::uint64_t body_substeps = 0;  // bodies of running worlds times substeps
  std::uint64_t near_body_substeps = 0;
  std::uint64_t touching_body_substeps = 0;  // in a manifold with at least one point
  std::uint64_t pairs_tested = 0;
  std::uint64_t contact_points = 0;
  std::uint64_t extensions = 0;      // bodies that outran their bound inside a window
  std::uint64_t audit_failures = 0;  // must stay 0
  void add(const ContactStats& other) noexcept;
};

/// Shapes, masses and bounds of everything that can touch. Immutable after building, shared.
class ContactModel {
 public:
  ContactModel(const ContactConfig& config, const Scene& scene, const Vehicle& vehicle,
               float gravity_mps2, float substep_s, int substeps_per_window);
  ContactModel(const ContactConfig& config, const Scene& scene, const VehicleFleet& fleet,
               float gravity_mps2, float substep_s, int substeps_per_window);
  ~ContactModel();
  ContactModel(const ContactModel&) = delete;
  ContactModel& operator=(const ContactModel&) = delete;
  struct Impl;
  [[nodiscard]] const Impl& impl() const noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// Hangs the props of a world that was just reset below the agents that its cables tie them to.
/// Only where a cable would be too long as things stand, and never in a group that the world holds:
/// a swing starts where its scene puts it. With an agent that was placed anew, what hangs by it
/// alone.
void hang_props(const ContactModel& model, const Slab& slab, int world, int agent = -1) noexcept;

/// One worker's scratch: pooled Bullet bodies and manifolds, candidate lists. Not thread-safe;
/// grows to the largest slab seen, then allocates no more. Holds no state between windows.
class ContactWorker {
 public:
  /// `motion_rows` are the rows of an agent that the substep loop reads or writes; empty: all.
  explicit ContactWorker(const ContactModel& model, std::span<const RowRange> motion_rows = {});
  ~ContactWorker();
  ContactWorker(ContactWorker&&) noexcept;

  /// Finds near bodies and candidates of the running worlds; clears the contact rows of all bodies.
  /// `skip_world[w]` non-zero leaves world w out (ended, being reset). Large worlds are shared out
  /// by `split`.
  void begin_window(const Slab& slab, const std::uint8_t* skip_world, const Split& split = {});
  /// The near agents, copied out, and whoever was copied along with them. All blocks are stepped
  /// substep by substep; those that extend() adds stand at the end.
  [[nodiscard]] const Blocks& near_agents() const noexcept;
  /// True for a block of slab.agents that was copied whole: nothing is left to do for it. Of other
  /// blocks the bodies with a copy are overwritten at the window's end.
  [[nodiscard]] bool is_copied(int agent_block) const noexcept;
  /// Blocks of slab.props with a near prop, in the order in which they became near. These stay
  /// where they are.
  [[nodiscard]] std::span<const int> near_prop_blocks() const noexcept;
  /// True for a block of slab.props that stands in that list.
  [[nodiscard]] bool is_near_prop_block(int prop_block) const noexcept;
  /// True where the loop can take the fused path alone.
  [[nodiscard]] bool nothing_near() const noexcept;

  /// Substep `substep` (0-based), velocities advanced, poses not yet: re-tests bodies that outran
  /// their bound. True where blocks were added that have to catch up, and may call for more.
  bool extend(const Slab& slab, int substep);
  /// Narrowphase and solver for every world with candidates: changes v and omega of touching
  /// bodies, applies penetration correction to their poses, writes the contact records.
  void solve(const Slab& slab, int substep);
  /// Writes copies of bodies of blocks [first, last) of `agents` back there; `agents` starts at
  /// block `offset` of the slab. After the other bodies of these blocks have been advanced.
  void write_back(const Blocks& agents, int offset, int first, int last) const noexcept;
  /// The end, when all are written back: statistics.
  void end_window(const Slab& slab);

  [[nodiscard]] const ContactStats& stats() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace volery::contact
