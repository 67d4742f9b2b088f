// Pole placement for the cascade rate -> attitude -> velocity -> position, in closed form.
//
// With x'' = g theta and thrust that follows its command with a lag t, the four loops of one
// horizontal axis make the polynomial
//     t s^5 + s^4 + k s^3 + p s^2 + p kv s + p kx,
//     k = rate gain, p = rate gain * attitude gain, kv = velocity gain, kx = kv * position gain.
// Its fastest well-damped shape is fixed by t alone, because the sum of the poles is -1/t. I give
// it the poles of a Bessel filter (Thomson 1949; reverse Bessel polynomial s^5 + 15 s^4 + 105 s^3 +
// 420 s^2 + 945 s + 945 with s scaled by 15 t): a position step then ends without overshoot. That
// makes the rate loop's damping 0.73 (gain 1/(4 z^2 t)), the position loop's 0.75, and the position
// bandwidth 0.28 of the attitude bandwidth sqrt(p): a quarter, as the rule of thumb says. A triple
// pole in the attitude loop alone (k = 1/(3t), p = 1/(27 t^2)) is three times softer and leaves a
// position loop of that ratio hardly any phase margin.
//
// The vertical axis has thrust as its acceleration: t s^3 + s^2 + kv s + kx, Bessel again
// (s^3 + 6 s^2 + 15 s + 15 with s scaled by 6 t).
//
// Yaw is slower by three, since its torque is small and motors spend it last. An axis whose rotors
// cannot give the torque that these gains ask for is treated as one with a longer lag.
#include "model/gains.hpp"

#include <algorithm>
#include <cmath>

namespace volery {
namespace {

// Bessel coefficients, for a lag of 1 s.
constexpr double kRate = 105.0 / 225.0;                     // k t
constexpr double kAttitude = 420.0 / 3375.0;                // p t^2
constexpr double kVelocity = 945.0 / 50625.0 / kAttitude;   // kv t
constexpr double kPosition = 945.0 / 759375.0 / kAttitude;  // kx t^2
constexpr double kVerticalVelocity = 15.0 / 36.0;           // kv t
constexpr double kVerticalPosition = 15.0 / 216.0;          // kx t^2

// Commands are held for a tick and act in the next one: one and a half ticks of 240 Hz.
constexpr double kHoldLag_s = 1.5 / 240;
constexpr double kYawSlowdown = 3;

// The error that an axis must answer with no more than half of what its rotors can do.
constexpr double kAuthorityShare = 0.5;
constexpr double kAttitudeError_rad = 1;
constexpr double kPositionError_m = 1;

constexpr double kTiltCap_rad = 0.6;
// Full stick of common firmwares: Betaflight 667 deg/s in roll and pitch, PX4 220 deg/s in yaw.
constexpr double kRateCap_radps = 11.6;
constexpr double kYawRateCap_radps = 3.84;

/// The shortest lag at which `gain / lag^2 * error` stays within the share of the authority.
double lag_for_authority(double gain, double error, double authority) {
  return std::sqrt(gain * error / (kAuthorityShare * authority));
}

}  // namespace

ControlGains derive_gains(const Vehicle& vehicle) {
  const VehicleConfig& config = vehicle.config;
  const double gravity = kGravityMps2;
  ControlGains gains;

  // opposite rotors speed up and slow down together, so a torque sees the mean of both constants
  const double motor_lag_s = 0.5 * (static_cast<double>(config.motor_rise_s) + config.motor_fall_s);
  const double lag_s = motor_lag_s + kHoldLag_s;
  gains.loop_lag_s = static_cast<float>(lag_s);

  // largest angular accelerations, and the lag that each axis is treated with
  const Vec3& torque = vehicle.max_torque_b_nm;
  const double accel_x = torque.x / static_cast<double>(config.inertia_b_kgm2[0]);
  const double accel_y = torque.y / static_cast<double>(config.inertia_b_kgm2[1]);
  const double accel_z = torque.z / static_cast<double>(config.inertia_b_kgm2[2]);
  const double lag_x = std::max(lag_s, lag_for_authority(kAttitude, kAttitudeError_rad, accel_x));
  const double lag_y = std::max(lag_s, lag_for_authority(kAttitude, kAttitudeError_rad, accel_y));
  const double lag_z =
      std::max(kYawSlowdown * lag_s, lag_for_authority(kAttitude, kAttitudeError_rad, accel_z));

  const auto per_axis = [](double x, double y, double z) {
    return Vec3{static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)};
  };
  gains.rate_per_s = per_axis(kRate / lag_x, kRate / lag_y, kRate / lag_z);
  constexpr double kAttitudePerRate = kAttitude / kRate;
  gains.attitude_per_s =
      per_axis(kAttitudePerRate / lag_x, kAttitudePerRate / lag_y, kAttitudePerRate / lag_z);
  gains.attitude_kw_per_s = gains.rate_per_s;
  gains.attitude_kr_per_s2 = per_axis(kAttitude / (lag_x * lag_x), kAttitude / (lag_y * lag_y),
                                      kAttitude / (lag_z * lag_z));

  // half the thrust reserve goes into tilt: cos(a) >= 1 - a^2 / 2 = (1 + weight / thrust) / 2
  const double weight_to_thrust = 1 / static_cast<double>(vehicle.thrust_to_weight);
  const double tilt = std::min(kTiltCap_rad, std::sqrt(1 - weight_to_thrust));
  gains.max_tilt_rad = static_cast<float>(tilt);

  // roll moves y and pitch moves x; both take the slower one, so that paths stay straight
  const double lag_xy =
      std::max({lag_x, lag_y, lag_for_authority(kPosition, kPositionError_m, gravity * tilt)});
  const double climb = gravity * std::min(1.0, vehicle.thrust_to_weight - 1.0);
  const double lag_up =
      std::max(lag_s, lag_for_authority(kVerticalPosition, kPositionError_m, climb));
  gains.velocity_per_s =
      per_axis(kVelocity / lag_xy, kVelocity / lag_xy, kVerticalVelocity / lag_up);
  constexpr double kPositionPerVelocity = kPosition / kVelocity;
  constexpr double kVerticalPerVelocity = kVerticalPosition / kVerticalVelocity;
  gains.position_per_s = per_axis(kPositionPerVelocity / lag_xy, kPositionPerVelocity / lag_xy,
                                  kVerticalPerVelocity / lag_up);

  // a full-stick rate error must not ask for more torque than there is
  gains.max_speed_mps = config.speed_limit_mps;
  gains.max_rate_radps = per_axis(std::min(kRateCap_radps, accel_x * lag_x / kRate),
                                  std::min(kRateCap_radps, accel_y * lag_y / kRate),
                                  std::min(kYawRateCap_radps, accel_z * lag_z / kRate));
  return gains;
}

}  // namespace volery
