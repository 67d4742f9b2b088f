// Plain Bullet stepping the bodies of a batch: what Volery's contacts are measured against.
//
// One btDiscreteDynamicsWorld per world, with Bullet's own broadphase, dispatcher, integrator and
// solver settings, in SI units. Shapes, masses and inertias are those of the contact model; a lift
// force stands for the rotors. Used by benchmarks and tests, never by a step.
#pragma once

#include <memory>

#include "core/types.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"

namespace volery::contact {

/// A body of a world as it is set or read.
struct PlainBody {
  Vec3 position_w_m{};
  Quat quat_wb{};
  Vec3 velocity_w_mps{};
  Vec3 omega_w_radps{};
  float lift_n = 0;  // constant force along world z
};

class PlainBullet {
 public:
  /// Bodies start at the origin; set all of them before the first step. The scene's statics are in
  /// every world, its props are left out. step_s is the time of one substep.
  PlainBullet(const Scene& scene, const Vehicle& vehicle, float gravity_mps2, float step_s,
              int num_worlds, int num_bodies);
  ~PlainBullet();
  PlainBullet(const PlainBullet&) = delete;
  PlainBullet& operator=(const PlainBullet&) = delete;

  void set_body(int world, int body, const PlainBody& state);
  [[nodiscard]] PlainBody body(int world, int body) const;
  /// Takes every world through some substeps, one world after the other as slabs do.
  void step(int substeps);
  /// Share of all bodies that have a contact point now.
  [[nodiscard]] double touching_share() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Iterations of the solver, here and in the contact stage: Bullet's default.
inline constexpr int kPlainIterations = 10;

}  // namespace volery::contact
