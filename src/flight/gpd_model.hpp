// The three vehicles of gym-pybullet-drones (main branch, commit 90b178a) and its names.
//
// Constants are those of its URDF files; gravity is 9.8 m/s^2 there, not 9.81. Facts, equations and
// defects: docs/gpd.md.
#pragma once

#include <array>

#include "flight/gpd_vec.hpp"

namespace volery {

/// Vehicles. The enumerators of these four count in the order of the names in the config.
enum class GpdModel : int { kCf2x, kCf2p, kRace };

/// Which forces act beside thrust, and who integrates: Bullet's multi-body (all but kDyn) or the
/// explicit equations of motion (kDyn).
enum class GpdPhysics : int { kPyb, kDyn, kPybGnd, kPybDrag, kPybDw, kPybGndDragDw };

/// What an action row means.
enum class GpdAction : int {
  kRpm,       // 4: rotor speeds, hover (1 + 0.05 a)
  kPid,       // 3: a point to fly to, reached at 1 m per step at most
  kVel,       // 4: direction and share of the speed limit
  kOneDRpm,   // 1: as kRpm, the same for all four
  kOneDPid,   // 1: 0.1 m a above the present position
  kMotorRpm,  // 4: rotor speeds in RPM, clipped to [0, maximum]; CtrlAviary's only one
};

namespace gpd {

inline constexpr int kRotors = 4;
inline constexpr double kGravityMps2 = 9.8;

struct Model {
  GpdModel name = GpdModel::kCf2x;
  double mass_kg = 0, arm_m = 0;
  V3 inertia_kgm2;
  double thrust_n_per_rpm2 = 0, torque_nm_per_rpm2 = 0;  // kf, km
  double thrust_to_weight = 0, max_speed_kmh = 0;
  double ground_coeff = 0, prop_radius_m = 0;
  V3 drag_coeff;
  std::array<double, 3> downwash_coeff{};
  double collision_radius_m = 0, collision_height_m = 0;
  std::array<V3, kRotors> prop_b_m{};
  double yaw_sign = 1;  // -1: the racer's rotors turn the other way

  // derived
  double weight_n = 0, hover_rpm = 0, max_rpm = 0, max_thrust_n = 0;
  double inverse_mass = 0;  // 1/kg
  V3 inverse_inertia;       // 1/(kg m^2)
  double max_xy_torque_nm = 0, max_z_torque_nm = 0, ground_clip_m = 0;
};

/// The constants of a vehicle.
[[nodiscard]] const Model& model_of(GpdModel name) noexcept;

}  // namespace gpd
}  // namespace volery
