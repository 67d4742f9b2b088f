// Contacts of one slab over one window: near set, narrowphase, solver. The only door to Bullet.
//
// The substep loop (batch/advance.cpp) drives it:
//   begin_window   swept bounds -> near bodies and candidate pairs; the blocks that hold them
//   per substep    extend() after the velocities: bodies that outran their bound pull in more
//   blocks,
//                  which the loop fast-forwards from the window's start; then solve() changes v and
//                  omega of the bodies of touching islands
//   end_window     contact rows (touch flags, impulses) and statistics
// In mode `all` every body is near and every pair is a candidate, found by separate brute-force
// code; the results must be the same bits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "core/described.hpp"
#include "core/split.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"
#include "state/slab.hpp"

namespace volery::contact {

enum class ContactMode : int { kCulled, kAll, kOff };

struct ContactConfig {
  ContactMode mode = ContactMode::kCulled;
  int iterations = 10;  // of the projected Gauss-Seidel solver
  int max_pairs_per_world =
      0;               // 0: derived from the number of bodies; beyond: kStatusContactOverflow
  bool audit = false;  // check each substep that no culled pair is within the threshold
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
  ~ContactModel();
  ContactModel(const ContactModel&) = delete;
  ContactModel& operator=(const ContactModel&) = delete;
  struct Impl;
  [[nodiscard]] const Impl& impl() const noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// One worker's scratch: pooled Bullet bodies and manifolds, candidate lists. Not thread-safe;
/// grows to the largest slab seen, then allocates no more. Holds no state between windows.
class ContactWorker {
 public:
  explicit ContactWorker(const ContactModel& model);
  ~ContactWorker();
  ContactWorker(ContactWorker&&) noexcept;

  /// Finds near bodies and candidates of the running worlds; clears the contact rows of all bodies.
  /// `skip_world[w]` non-zero leaves world w out (ended, being reset). Large worlds are shared out
  /// by `split`.
  void begin_window(const Slab& slab, const std::uint8_t* skip_world, const Split& split = {});
  /// Blocks with a near body, in the order in which they became near; indices into slab.agents
  /// (props).
  [[nodiscard]] std::span<const int> near_agent_blocks() const noexcept;
  [[nodiscard]] std::span<const int> near_prop_blocks() const noexcept;
  /// True where every block of the kind is near-free, so that the loop can take the fused path
  /// alone.
  [[nodiscard]] bool nothing_near() const noexcept;

  /// Substep `substep` (0-based), velocities advanced, poses not yet: re-tests bodies that outran
  /// their bound. Returns how many blocks became near; they stand at the end of the lists above.
  int extend(const Slab& slab, int substep);
  /// Narrowphase and solver for every world with candidates: changes v and omega of touching
  /// bodies, applies penetration correction to their poses, writes the contact records.
  void solve(const Slab& slab, int substep);
  /// Adds the window to the statistics.
  void end_window(const Slab& slab);

  [[nodiscard]] const ContactStats& stats() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace volery::contact
