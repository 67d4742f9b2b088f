// The pilot inside the scripted baselines: a wished velocity to the action columns of any level.
//
// The same cascade at every level (velocity, acceleration, attitude, body rates, rotor thrusts),
// cut where the batch's own controller takes over. It runs at the agent rate, far below that of an
// autopilot, and keeps no state; so each of its gains is held below what the lag of the loops
// inside it and half a step of delay allow.
#pragma once

#include <string_view>

#include "core/types.hpp"
#include "model/vehicle.hpp"
#include "volery/policy.hpp"

namespace volery::policy {

enum class Level { kRotor, kCtbr, kAttitude, kVelocity, kPosition, kTrack };

/// What the pilot needs to know of its own motion; parts that the level does not need may be zero.
struct OwnMotion {
  Vec3 axis_x_w, axis_y_w, axis_z_w;  // body axes in the world frame
  Vec3 velocity_w_mps;
  Vec3 omega_b_radps;
};

class Pilot {
 public:
  /// Levels of control laws are flown by velocity, heading east. Throws Error (kValue) for an
  /// action level it cannot fly, or naming the first sensor that it needs and the observation
  /// lacks.
  Pilot(const PolicyContext& context, std::string_view policy_name);

  /// Columns of the observation that the level needs; the rest stays zero.
  [[nodiscard]] OwnMotion read(const float* observation) const noexcept;
  /// Writes all action columns for a wished velocity, world frame.
  void fly(const OwnMotion& own, Vec3 velocity_setpoint_w_mps, float* action) const noexcept;
  /// The same for a wished acceleration beside gravity, with all the tilt and thrust that the
  /// vehicle has (HardLimits) instead of what its controllers allow themselves. Levels from
  /// velocity on get the velocity that their own cascade answers with that acceleration.
  void push(const OwnMotion& own, Vec3 acceleration_w_mps2, float* action) const noexcept;
  /// What push() can be asked for.
  struct HardLimits {
    float thrust_mps2;  // greatest thrust over mass
    float least_mps2;   // least upward part of it
    float slope;        // greatest level part over upward part
  };
  [[nodiscard]] HardLimits hard_limits() const noexcept;
  /// The velocity towards a point at the offset, slower when near, at most `speed_mps`.
  [[nodiscard]] Vec3 approach(Vec3 offset_w_m, float speed_mps) const noexcept;
  [[nodiscard]] float max_speed_mps() const noexcept { return vehicle_.gains.max_speed_mps; }
  [[nodiscard]] float position_per_s() const noexcept { return position_per_s_; }
  /// Acceleration per error of the velocity, level and upwards.
  [[nodiscard]] float velocity_per_s() const noexcept { return velocity_per_s_; }
  [[nodiscard]] float climb_velocity_per_s() const noexcept { return climb_velocity_per_s_; }

 private:
  [[nodiscard]] Vec3 force_for(const OwnMotion& own, Vec3 velocity_setpoint_w_mps) const noexcept;
  [[nodiscard]] Vec3 rates_for(const OwnMotion& own, Vec3 force_w_n) const noexcept;
  void fly_rotors(const OwnMotion& own, Vec3 force_w_n, float* action) const noexcept;
  void fly_rates(const OwnMotion& own, Vec3 force_w_n, float* action) const noexcept;
  void fly_attitude(const OwnMotion& own, Vec3 force_w_n, float* action) const noexcept;

  Vehicle vehicle_;
  Level level_;
  int num_actions_;
  int pose_ = -1, velocity_ = -1, rates_ = -1;  // first columns, -1 where not needed
  // gains of this cascade; up and down need no turn of the body, so those loops are faster
  float rate_per_s_ = 0, attitude_per_s_ = 0, velocity_per_s_ = 0, position_per_s_ = 0;
  float climb_velocity_per_s_ = 0, climb_position_per_s_ = 0;
};

/// The first column of a group. Throws Error (kValue) naming the sensor where there is none or it
/// has fewer columns.
[[nodiscard]] int need_group(const PolicyContext& context, std::string_view policy_name,
                             std::string_view group, int num_columns);

[[nodiscard]] inline Vec3 read_vec3(const float* columns) noexcept {
  return {columns[0], columns[1], columns[2]};
}
/// v, shortened to `length` where it is longer.
[[nodiscard]] Vec3 limited(Vec3 v, float length) noexcept;
[[nodiscard]] float norm(Vec3 v) noexcept;

}  // namespace volery::policy
