#include "control/firmware_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::control {

namespace {

constexpr float kLag_s = 0.0647F;   // of the Crazyflie's motors
constexpr float kHoldTicks = 1.5F;  // commands are held for one and act in the next
constexpr float kHoldShare = kHoldTicks / 240 / kLag_s;
// Angular accelerations that the rotors of a cf2x can give at hover; a little less than they are,
// so that rounding does not slow it down.
constexpr float kRollAccel_radps2 = 500;
constexpr float kYawAccel_radps2 = 50;

}  // namespace

FirmwareScale::FirmwareScale(const Vehicle& vehicle, float tick_s) {
  const VehicleConfig& c = vehicle.config;
  const float motor_s = 0.5F * (c.motor_rise_s + c.motor_fall_s);
  const float lag_s = std::max(motor_s, kHoldTicks * tick_s / kHoldShare);
  const auto scale = [&](float torque_nm, std::size_t axis, float crazyflie_radps2) {
    const float weaker = crazyflie_radps2 * c.inertia_b_kgm2[axis] / torque_nm;
    return kLag_s / std::max(lag_s, kLag_s * std::sqrt(weaker));
  };
  roll = scale(vehicle.max_torque_b_nm.x, 0, kRollAccel_radps2);
  pitch = scale(vehicle.max_torque_b_nm.y, 1, kRollAccel_radps2);
  yaw = scale(vehicle.max_torque_b_nm.z, 2, kYawAccel_radps2);
  // a vehicle leans and descends no faster than the Crazyflie, however quick its motors are
  lift = std::min(kLag_s / lag_s, 1.0F);
  damping = motor_s / lag_s;
  // where the motors are as slow as a Crazyflie's, rounding must not matter
  if (std::fabs(lag_s - kLag_s) < 1e-4F) lift = 1;
  if (std::fabs(damping - 1) < 1e-4F) damping = 1;
  sideways = std::min({roll, pitch, lift});
}

}  // namespace volery::control
