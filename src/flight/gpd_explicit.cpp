// Physics.DYN: explicit equations of motion without damping, air or ground.
#include "flight/gpd_step.hpp"

namespace volery::gpd {

namespace {

// numpy.isclose(x, 0): rotations slower than this leave the attitude as it is
constexpr double kStillRadps = 1e-8;

// This mode takes arms of L / sqrt 2 where the others take the rotors' places in the URDF file.
V3 torque_of(const Model& model, const std::array<double, kRotors>& f, double yaw_nm) noexcept {
  if (model.name == GpdModel::kCf2p) {
    return {(f[1] - f[3]) * model.arm_m, (-f[0] + f[2]) * model.arm_m, yaw_nm};
  }
  const double arm_m = model.arm_m / math64::sqrt(2);
  const double roll = (f[0] + f[1] - f[2] - f[3]) * arm_m;
  const double pitch = (-f[0] + f[1] + f[2] - f[3]) * arm_m;
  return {model.name == GpdModel::kRace ? roll : -roll, pitch, yaw_nm};
}

// q exp(dt omega / 2) for body rates, not normalised again
Q4 turned(Q4 q, V3 omega_b, double step_s) noexcept {
  const double speed = norm(omega_b);
  if (speed <= kStillRadps) return q;
  double s = 0, c = 0;
  math64::sin_cos(speed * step_s / 2, s, c);
  const V3 axis = omega_b * (s / speed);
  return q * Q4{axis.x, axis.y, axis.z, c};
}

}  // namespace

void advance_explicit(const World& world, const std::array<double, kRotors>& rpm,
                      Drone& drone) noexcept {
  const Model& model = *world.model;
  const M3 rot = matrix_of(drone.quat_wb);
  std::array<double, kRotors> thrust_n{};
  double yaw_nm = 0;
  for (std::size_t i = 0; i < kRotors; ++i) {
    thrust_n[i] = model.thrust_n_per_rpm2 * (rpm[i] * rpm[i]);
    const double torque_nm = model.torque_nm_per_rpm2 * (rpm[i] * rpm[i]);
    yaw_nm += i % 2 == 0 ? -torque_nm : torque_nm;
  }
  yaw_nm *= model.yaw_sign;
  V3 force_w = rot.z * (thrust_n[0] + thrust_n[1] + thrust_n[2] + thrust_n[3]);
  force_w.z -= model.weight_n;
  const V3 omega_b = drone.omega_b_radps;
  const V3 torque_b =
      torque_of(model, thrust_n, yaw_nm) - cross(omega_b, model.inertia_kgm2 * omega_b);

  drone.velocity_w_mps = drone.velocity_w_mps + force_w * model.inverse_mass * world.step_s;
  drone.omega_b_radps = omega_b + torque_b / model.inertia_kgm2 * world.step_s;
  drone.position_w_m = drone.position_w_m + drone.velocity_w_mps * world.step_s;
  drone.quat_before = drone.quat_wb;
  drone.quat_wb = turned(drone.quat_wb, drone.omega_b_radps, world.step_s);
  // what the original tells PyBullet, and reads back: turned by the attitude before the substep
  drone.omega_w_radps = to_world(rot, drone.omega_b_radps);
}

}  // namespace volery::gpd
