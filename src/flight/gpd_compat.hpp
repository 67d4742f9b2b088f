// The flight of gym-pybullet-drones, one equation after another, in double precision.
//
// For users of that simulator, who can check here that nothing is lost, and then leave it: these
// are its forces, its integrators and those of its defects that change trajectories (docs/gpd.md
// lists them), not the better model of flight/flight.hpp. batch/gpd_batch.cpp calls this for one
// world after another. Scalar code on one drone at a time: it is compared to nine digits and more,
// and is fast enough (about 100 ns per drone and substep).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "flight/gpd_model.hpp"
#include "flight/gpd_vec.hpp"

namespace volery::gpd {

/// Everything about a drone that the next step needs. Doubles only, so that it can be copied and
/// hashed as bytes.
struct Drone {
  V3 position_w_m;
  Q4 quat_wb;
  V3 velocity_w_mps;
  V3 omega_w_radps;  // kDyn: as reported, the new body rates turned by the old attitude
  V3 omega_b_radps;  // kDyn only: what that mode integrates
  Q4 quat_before;    // the attitude one substep ago, which rotates the rotors' forces (kPyb...)
  std::array<double, kRotors> rpm{};  // last commanded
};
static_assert(sizeof(Drone) == 24 * sizeof(double));

/// A drone at rest.
[[nodiscard]] Drone start_drone(V3 position_w_m, V3 rpy_rad) noexcept;

/// A point where two bodies touch or nearly do. `other` < 0: the ground.
struct Contact {
  int drone = 0, other = -1;
  V3 normal_w{};          // from `other` to `drone`
  V3 arm_w_m{};           // from the drone's center to the point
  V3 other_arm_w_m{};     // from the other's center
  double distance_m = 0;  // negative: they overlap
  double share = 1;       // of the points under this drone: 1 over their number
  double wanted_mps = 0;  // speed along the normal that the solver aims at, or above
  double normal_softness = 0, slip_softness = 0;  // 1/kg
  double normal_ns = 0;                           // accumulated impulses, along the normal
  V3 tangent_ns{};                                // and across it
};

/// Memory that stepping worlds needs, one per worker; grows to the longest run and stays.
struct Scratch {
  struct Body {
    V3 position_w_m, velocity_w_mps, omega_w_radps;
    M3 rot, rot_before;
    // of the rotors, over the whole control step
    std::array<double, kRotors> rotor_thrust_n{};
    double thrust_n = 0, yaw_torque_nm = 0;        // their sums
    V3 lever_b_nm;                                 // sum of prop points times thrusts
    double spin_radps = 0, spin_before_radps = 0;  // sums of rotor speeds, for the drag
  };
  std::vector<Body> bodies;
  std::vector<Contact> contacts;
  /// Makes room for runs of that many drones.
  void reserve(int num_drones);
};

/// Rate and forces of a world.
struct World {
  const Model* model = nullptr;
  GpdPhysics physics = GpdPhysics::kPyb;
  double step_s = 1.0 / 240;  // of a substep
};

/// Flies the drones of some worlds through `substeps` substeps with constant rotor speeds.
///   in   num_worlds  worlds whose drones follow each other, none of which feels another's
///   in   rpm         [worlds][A] the speeds
///   io   drones      [worlds][A]
/// A drone's substep is one long chain of operations; those of several drones overlap in the CPU,
/// which is why worlds come in runs. Allocates nothing while the scratch is large enough.
void advance(const World& world, int substeps, int num_worlds,
             std::span<const std::array<double, kRotors>> rpm, std::span<Drone> drones,
             Scratch& scratch) noexcept;

/// The original's state vector: position, quaternion xyzw, roll pitch yaw, velocity, angular
/// velocity (world), rotor speeds.
inline constexpr int kStateSize = 20;
void write_state(const Drone& drone, double* state) noexcept;

}  // namespace volery::gpd
