// What the control laws share outside their lane kernels: where their setpoints live, how far they
// reach, and how a law becomes an action level and an inner loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/control_common.hpp"

namespace volery::control {

/// Rows and ranges of a setpoint at one level. Rows are shared with the plain levels by name.
struct SetpointConstants {
  SetpointConstants(const ControllerContext& context, Level level);
  Level level;
  int action_row;
  int axis_row = -1;      // attitude: wanted body z, heading frame
  int position_row = -1;  // position, track: place to go to
  int motion_row = -1;    // track: velocity 3, acceleration 3, jerk 3, yaw 1
  float half_thrust_n;
  float max_tilt_rad;
  float max_speed_mps;
  Vec3 max_rate_radps;
  float tick_s;
};

/// Everything that a cascade from position down to angular acceleration is made of.
struct CascadeConstants {
  CascadeConstants(const ControllerContext& context, Level level, const Vehicle& tuned);
  SetpointConstants setpoint;
  Vec3 position_per_s;
  Vec3 rate_per_s;
  float kr_z;  // heading, at the track level alone
  VelocityConstants velocity;
  AttitudeConstants attitude;
  MixerConstants mixer;
};

/// The angular acceleration that rotors give, from their squared speeds.
struct RotorSpinConstants {
  explicit RotorSpinConstants(const Vehicle& vehicle);
  int num_rotors;
  float roll[kMaxRotors] = {};  // (rad/s^2) / (rad/s)^2
  float pitch[kMaxRotors] = {};
  float yaw[kMaxRotors] = {};
  float spin_momentum[kMaxRotors] = {};  // J_r s_i / J_z: yaw rate per rotor speed
  float thrust = 0;                      // (m/s^2) / (rad/s)^2, along body z
};

/// The columns of the track level.
[[nodiscard]] std::vector<Column> track_columns(const Vehicle& vehicle);

/// Fields of a law's own state: rows that start at 0 after a reset.
[[nodiscard]] int state_row(FieldTable& fields, const char* name, int width, const char* unit,
                            const char* frame, const char* doc, float initial = 0);

/// Refuses options for a law that has none.
void no_options(const ControllerContext& context, const char* law);

}  // namespace volery::control
