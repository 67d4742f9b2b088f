#include "flight/gpd_pid.hpp"

#include <algorithm>

namespace volery::gpd {

namespace {

V3 clamped(V3 v, double limit) noexcept {
  return {std::clamp(v.x, -limit, limit), std::clamp(v.y, -limit, limit),
          std::clamp(v.z, -limit, limit)};
}

// The attitude that points the thrust and heads to the target yaw.
M3 wanted_attitude(V3 thrust_w, double yaw_rad, const M3& present) noexcept {
  const double size = norm(thrust_w);
  if (!(size > 0)) return present;
  M3 wanted;
  wanted.z = thrust_w * (1 / size);
  V3 heading;
  math64::sin_cos(yaw_rad, heading.y, heading.x);
  const V3 left = cross(wanted.z, heading);
  const double left_size = norm(left);
  if (!(left_size > 0)) return present;
  wanted.y = left * (1 / left_size);
  wanted.x = cross(wanted.y, wanted.z);
  return wanted;
}

// (E32, E13, E21) of E = Rd^T R - R^T Rd
V3 attitude_error(const M3& wanted, const M3& present) noexcept {
  return {dot(wanted.z, present.y) - dot(present.z, wanted.y),
          dot(wanted.x, present.z) - dot(present.x, wanted.z),
          dot(wanted.y, present.x) - dot(present.y, wanted.x)};
}

}  // namespace

PidGains pid_gains(GpdModel model) noexcept {
  PidGains gains;
  gains.thrust_n_per_rpm2 = model_of(model).thrust_n_per_rpm2;
  gains.weight_n = model_of(model).weight_n;
  if (model == GpdModel::kCf2p) {
    gains.mixer = {{{0, -1, -1}, {1, 0, 1}, {0, 1, -1}, {-1, 0, 1}}};
  } else {
    gains.mixer = {{{-.5, -.5, -1}, {-.5, .5, 1}, {.5, .5, -1}, {.5, -.5, 1}}};
  }
  return gains;
}

PidOutput pid_control(const PidGains& gains, double step_s, V3 position_w_m, Q4 quat_wb,
                      V3 velocity_w_mps, const PidTarget& target, PidState& state) noexcept {
  const M3 rot = matrix_of(quat_wb);
  PidOutput out;
  // position: a force, of which the part along the body axis is flown
  out.position_error_m = target.position_w_m - position_w_m;
  state.integral_position = clamped(state.integral_position + out.position_error_m * step_s, 2.0);
  state.integral_position.z = std::clamp(state.integral_position.z, -0.15, 0.15);
  const V3 force_w =
      gains.p_force * out.position_error_m + gains.i_force * state.integral_position +
      gains.d_force * (target.velocity_w_mps - velocity_w_mps) + V3{0, 0, gains.weight_n};
  const double thrust_n = std::max(0.0, dot(force_w, rot.z));
  const double pwm = (math64::sqrt(thrust_n / (4 * gains.thrust_n_per_rpm2)) - gains.rpm_at_zero) /
                     gains.rpm_per_pwm;
  const M3 wanted = wanted_attitude(force_w, target.rpy_rad.z, rot);

  // attitude: torques in units of PWM; rates are differences of angles, unwrapped nowhere
  const V3 error = attitude_error(wanted, rot);
  const V3 rpy = rpy_of(quat_wb);
  const V3 rate_error =
      target.rpy_rates_radps - (rpy - state.last_rpy_rad) / V3{step_s, step_s, step_s};
  state.last_rpy_rad = rpy;
  state.integral_attitude = clamped(state.integral_attitude - error * step_s, 1500.0);
  state.integral_attitude.x = std::clamp(state.integral_attitude.x, -1.0, 1.0);
  state.integral_attitude.y = std::clamp(state.integral_attitude.y, -1.0, 1.0);
  const V3 torque = clamped(gains.d_torque * rate_error - gains.p_torque * error +
                                gains.i_torque * state.integral_attitude,
                            3200.0);
  for (std::size_t i = 0; i < kRotors; ++i) {
    const double motor =
        std::clamp(pwm + dot(gains.mixer[i], torque), gains.min_pwm, gains.max_pwm);
    out.rpm[i] = gains.rpm_per_pwm * motor + gains.rpm_at_zero;
  }
  // the original's target angles are intrinsic XYZ, so this error mixes two conventions
  out.yaw_error_rad = math64::atan2(-wanted.y.x, wanted.x.x) - rpy.z;
  return out;
}

}  // namespace volery::gpd
