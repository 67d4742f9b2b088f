// Rows of the parameter blocks: what the kernels multiply with.
//
// Everything that is constant over a substep is folded into one factor here, so that no kernel
// divides by a mass, an inertia or a time constant. Inertias are relative to the largest principal
// one, which keeps products of small rates far from the subnormals.
#pragma once

namespace volery::flight {

enum SharedParam : int {
  kRiseFraction = 0,     // 1 - exp(-step / tau) of a rotor that speeds up
  kFallFraction,         // the same where it slows down
  kGravityStep,          // g step                                     m/s
  kThrustGain,           // step thrust_coefficient / mass             m/s per (rad/s)^2
  kRotorDragGain,        // 3  step rotor_drag / mass                  1 per rad/s
  kBodyDragGain = 7,     // 3  step body_drag / mass                   1 per m/s
  kInertia = 10,         // 3  J / J_max
  kInverseInertia = 13,  // 3  J_max / J
  kHalfStep = 16,        // step / 2; 0 without gyroscopic torque      s
  kPredictor = 17,       // 3  step^2/4 J_max / J; 0 likewise          s^2
  kGroundGain = 20,      // k R^2 / 16 of the ground effect            m^2
  kGroundOffset,         // what is taken off, so that it ends at kGroundEffectRange radii
  kGroundLowest,         // rotor height at which the ground effect stops to grow   m
  kGroundSkip,           // body height above which no rotor feels the ground       m
  kYawGain,              // step thrust_coefficient torque_to_thrust / Jz    rad/s per (rad/s)^2
  kSpinInertia,          // rotor_inertia / J_max
  kNumSharedParams,
};

/// Rows of rotor i start at kNumSharedParams + i * kNumRotorParams, in the order of
/// FlightParams::rotor_order.
enum RotorParam : int {
  kRollGain = 0,  // step thrust_coefficient y / Jx                  rad/s per (rad/s)^2
  kPitchGain,     // -step thrust_coefficient x / Jy
  kHub,           // 3  hub position, body frame                     m
  kNumRotorParams = 5,
};

/// Rows of optional effects, after those of the rotors; only where EffectRows::any().
enum EffectParam : int {
  kEffectStep = 0,                    // step                                          s
  kAirLimit,                          // fastest air along each axis                   m/s
  kInflowLoss,                        // k_z / thrust_coefficient                      rad/s per m/s
  kCeilingGain,                       // R^2 / 8                                       m^2
  kCeilingLowest,                     // R / 4: least distance of a rotor to a ceiling m
  kCeilingSkip,                       // distance of the body from which on no rotor feels it   m
  kForceLimit,                        // largest force along each axis                 N
  kForceGain,                         // step / mass                                   m/s per N
  kTorqueGain,                        // 3  step / J                                   rad/s per N m
  kLevelsPerSpeed = kTorqueGain + 3,  // command levels / max speed    1 per rad/s
  kSpeedPerLevel,                     // its inverse                                   rad/s
  kSpeedOffset,                       // highest rotor speed = this                    rad/s
  kSpeedPerVolt,                      // + this times the voltage                      rad/s per V
  kInverseFadeSoc,                    // 1 / charge below which it fades
  kIdlePower,                         //                                               W
  kPowerPerSquare,    // power_per_thrust thrust_coefficient           W per (rad/s)^2
  kPowerPerCube,      // power_per_shaft torque coefficient            W per (rad/s)^3
  kResistance,        // R                                             Ohm
  kFourResistance,    // 4 R
  kHalfConductance,   // 1 / 2R                                        1/Ohm
  kRcResistance,      // of the slow branch                            Ohm
  kRcFraction,        // 1 - exp(-step / its time constant)
  kSocPerAmpere,      // step / capacity                               1/A
  kOpenCircuitEmpty,  // voltage at no charge                          V
  kOpenCircuitBend,   // 10  slope of the curve there, then its changes at 0.1, 0.2, ...   V
  kNumEffectParams = kOpenCircuitBend + 10,
};

/// Rows of bodies without rotors, numbered on from EffectParam; only where EffectRows::drives().
/// All zero in the lanes of other bodies.
enum DriveParam : int {
  kWheelSpeed = kNumEffectParams,  // radius / 2: forward speed per sum of wheel speeds   m
  kWheelTurn,                      // radius / track: yaw rate per their difference
  kWheelAlong,                     // mass / (2 step): force of each per missing speed    N per m/s
  kWheelTwist,      // Jz / (track step): per missing yaw rate             N per rad/s
  kWheelForce,      // most that each wheel drives with                    N
  kWheelPerStep,    // 1 / (2 step): grip of each per impulse row          1/s
  kWheelMostGrip,   // bound of that                                       N
  kWheelHalfTrack,  //                                                     m
  kWheelHeight,     // centre of mass above what they stand on             m
  kPushStep,        // step                                                s
  kPushLimit,       // largest push along each axis                        m/s^2
  kPushPlanar,      // 1: it stays at its height
  kEndDriveParams,
};
inline constexpr int kNumDriveParams =
    static_cast<int>(kEndDriveParams) - static_cast<int>(kNumEffectParams);

/// Rows of a block of FreeBodyParams.
enum FreeParam : int {
  kFreeGravityStep = 0,     // g step                                 m/s
  kFreeHalfStep,            // step / 2                               s
  kFreeInertia,             // 3  J / J_max
  kFreeInverseInertia = 5,  // 3  J_max / J
  kFreePredictor = 8,       // 3  step^2/4 J_max / J                  s^2
  kNumFreeParams = 11,
};

/// The ground effect ends this many rotor radii above the surface, where it is k / 1024 of the
/// thrust; that much is taken off everywhere, so that it ends without a step.
inline constexpr float kGroundEffectRange = 8;

/// The ceiling effect ends there too: R^2 / (8 d^2) at that distance.
inline constexpr float kCeilingOffset = 1 / (8 * kGroundEffectRange * kGroundEffectRange);

/// Most that air from below adds to a rotor's thrust.
inline constexpr float kMostInflowGain = 1.5F;

}  // namespace volery::flight
