// The Crazyflie firmware's gains in natural units, and how they carry over to other vehicles.
//
// The firmware's numbers are for its 16-bit commands. On a 27 g cf2x one unit of a motor is
// 1 / 132000 of the total newton (its Mellinger controller), so 1.894e-6 N of that motor. Roll and
// pitch move the four motors by half the command at an arm of 0.03253 m per axis, yaw by all of it:
//   angular acceleration per unit of roll  4 * 1/2 * 1.894e-6 * 0.03253 / 16.57e-6 = 7.437e-3
//   of yaw  4 * 1.894e-6 * 0.005964552 / 29.26e-6 = 1.544e-3,  lift per unit  4 * 1.894e-6 / 0.027
// What is left has powers of one time as unit, the lag of the motors (65 ms). A vehicle whose lag
// is r times shorter has rate gains r times and stiffnesses r^2 times as high: the same poles on
// its own clock. Its lag counts as longer where its torque per inertia is less than the
// Crazyflie's, or where the control tick is too coarse for it: the hold may take the share of the
// lag that it takes on the Crazyflie at 240 Hz. So a cf2x at 240 Hz and above flies the firmware's
// gains as they are.
#pragma once

#include "model/vehicle.hpp"

namespace volery::control {

inline constexpr float kRollPerUnit = 7.437e-3F;  // rad/s^2
inline constexpr float kYawPerUnit = 1.544e-3F;   // rad/s^2
inline constexpr float kLiftPerUnit = 2.806e-4F;  // m/s^2
inline constexpr float kDegreesPerRadian = 57.295780F;

/// How much faster than on the Crazyflie each loop may be; 1 on a cf2x at 240 Hz and above.
struct FirmwareScale {
  FirmwareScale(const Vehicle& vehicle, float tick_s);
  float roll, pitch, yaw, lift;
  float damping;   // of the gains on angular acceleration: they make up for the motors' lag alone
  float sideways;  // the slowest of roll, pitch and lift
};

}  // namespace volery::control
