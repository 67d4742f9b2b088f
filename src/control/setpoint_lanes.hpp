// Setpoints of every level in lanes, and the cascade that lee, lqr and indi share: position ->
// velocity -> acceleration -> thrust axis -> angular acceleration. attitude_lanes.hpp has its
// parts.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CONTROL_SETPOINT_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CONTROL_SETPOINT_LANES_HPP_
#undef VOLERY_CONTROL_SETPOINT_LANES_HPP_
#else
#define VOLERY_CONTROL_SETPOINT_LANES_HPP_
#endif

#include "control/attitude_lanes.hpp"
#include "control/latch_lanes.hpp"
#include "control/setpoint_common.hpp"
#include "core/math_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::SetpointConstants;

/// A direction on the map.
struct Heading {
  F32 cosine, sine;
};

/// Where body x points on the map; east while it points straight up or down.
HWY_INLINE Heading heading_of(const Rotation& r) {
  const F32 across = r.x.x * r.x.x + r.x.y * r.x.y;
  const Mask vertical = across < F32(1e-12F);
  const F32 per_length = F32(1.0F) / sqrt(select(vertical, F32(1.0F), across));
  return {select(vertical, F32(1.0F), r.x.x * per_length),
          select(vertical, F32(0.0F), r.x.y * per_length)};
}

/// What a trajectory asks for at this tick, world frame.
struct Motion {
  Vec3F32 position_m, velocity_mps, acceleration_mps2, jerk_mps3;
  F32 yaw_rad, yaw_rate_radps;
};

/// Latches what holds over the agent step. Must run once per step, before its first tick.
HWY_INLINE void latch_setpoint(const SetpointConstants& c, float* lanes) {
  if (c.level == Level::kAttitude) {
    F32 sin_roll, cos_roll, sin_pitch, cos_pitch;
    sin_cos(F32(c.max_tilt_rad) * load_row(lanes, c.action_row + 1), sin_roll, cos_roll);
    sin_cos(F32(c.max_tilt_rad) * load_row(lanes, c.action_row + 2), sin_pitch, cos_pitch);
    // third column of R_y(pitch) R_x(roll)
    store_vec3(lanes, c.axis_row, {sin_pitch * cos_roll, -sin_roll, cos_pitch * cos_roll});
  }
  if (c.level >= Level::kPosition) {
    latch_position(lanes, c.action_row, c.position_row);
  }
  if (c.level == Level::kTrack) {
    // velocity, acceleration, jerk and yaw stand in the action as they are kept
    for (int i = 0; i < 10; ++i) {
      load_row(lanes, c.action_row + 3 + i).store(lanes + (c.motion_row + i) * kLanes);
    }
  }
}

/// The setpoint of the position, velocity and track levels at this tick.
HWY_INLINE Motion load_motion_setpoint(const SetpointConstants& c, const float* lanes) {
  const Vec3F32 zero = {F32(0.0F), F32(0.0F), F32(0.0F)};
  Motion m{zero, zero, zero, zero, F32(0.0F), F32(0.0F)};
  if (c.level == Level::kTrack) {
    m.position_m = load_vec3(lanes, c.position_row);
    m.velocity_mps = load_vec3(lanes, c.motion_row);
    m.acceleration_mps2 = load_vec3(lanes, c.motion_row + 3);
    m.jerk_mps3 = load_vec3(lanes, c.motion_row + 6);
    m.yaw_rad = load_row(lanes, c.motion_row + 9);
    m.yaw_rate_radps = load_row(lanes, c.action_row + 13);
    return m;
  }
  if (c.level == Level::kPosition) m.position_m = load_vec3(lanes, c.position_row);
  if (c.level == Level::kVelocity) {
    m.velocity_mps = F32(c.max_speed_mps) * load_vec3(lanes, c.action_row);
  }
  m.yaw_rate_radps = F32(c.max_rate_radps.z) * load_row(lanes, c.action_row + 3);
  return m;
}

/// Moves the setpoint of the track level on by one tick: constant jerk, constant yaw rate.
HWY_INLINE void advance_setpoint(const SetpointConstants& c, const Motion& m, float* lanes) {
  if (c.level != Level::kTrack) return;
  const F32 h = F32(c.tick_s);
  const F32 h2 = F32(c.tick_s * c.tick_s / 2);
  const F32 h3 = F32(c.tick_s * c.tick_s * c.tick_s / 6);
  store_vec3(lanes, c.position_row,
             m.position_m + (h * m.velocity_mps + h2 * m.acceleration_mps2 + h3 * m.jerk_mps3));
  store_vec3(lanes, c.motion_row, m.velocity_mps + (h * m.acceleration_mps2 + h2 * m.jerk_mps3));
  store_vec3(lanes, c.motion_row + 3, m.acceleration_mps2 + h * m.jerk_mps3);
  (m.yaw_rad + h * m.yaw_rate_radps).store(lanes + (c.motion_row + 9) * kLanes);
}

/// Velocity that closes the distance to the setpoint, added to the setpoint's own. The direction of
/// the closing part is kept where its speed is cut.
HWY_INLINE Vec3F32 closing_velocity(const SetpointConstants& c, const Vec3& position_per_s,
                                    const Motion& m, const float* lanes) {
  if (c.level < Level::kPosition) return m.velocity_mps;
  const Vec3F32 error = m.position_m - load_vec3(lanes, kPosition);
  const Vec3F32 closing = {F32(position_per_s.x) * error.x, F32(position_per_s.y) * error.y,
                           F32(position_per_s.z) * error.z};
  const F32 speed = sqrt(dot(closing, closing));
  const F32 top = F32(c.max_speed_mps);
  return m.velocity_mps + select(speed > top, top / speed, F32(1.0F)) * closing;
}

/// The collective thrust of ctbr and attitude.
HWY_INLINE F32 thrust_setpoint(const SetpointConstants& c, const float* lanes) {
  return F32(c.half_thrust_n) * load_row(lanes, c.action_row) + F32(c.half_thrust_n);
}
/// The body rates of ctbr.
HWY_INLINE Vec3F32 rates_setpoint(const SetpointConstants& c, const float* lanes) {
  const Vec3F32 action = load_vec3(lanes, c.action_row + 1);
  return {F32(c.max_rate_radps.x) * action.x, F32(c.max_rate_radps.y) * action.y,
          F32(c.max_rate_radps.z) * action.z};
}
/// The thrust axis of attitude, world frame.
HWY_INLINE Vec3F32 axis_setpoint(const SetpointConstants& c, const Heading& h, const float* lanes) {
  const Vec3F32 axis = load_vec3(lanes, c.axis_row);
  return {h.cosine * axis.x - h.sine * axis.y, h.sine * axis.x + h.cosine * axis.y, axis.z};
}

/// A wanted acceleration of the rotors within what the vehicle can do: lift comes first, the
/// sideways part is cut to what the tilt limit allows with it.
HWY_INLINE Vec3F32 limited_push(const control::VelocityConstants& c, const Vec3F32& wanted_w) {
  const F32 lift = clamp(wanted_w.z, F32(c.least_lift_mps2), F32(c.most_lift_mps2));
  const F32 bound = lift * F32(c.tan_max_tilt);
  const F32 sideways = sqrt(wanted_w.x * wanted_w.x + wanted_w.y * wanted_w.y);
  const F32 scale = select(sideways > bound, bound / sideways, F32(1.0F));
  return {wanted_w.x * scale, wanted_w.y * scale, lift};
}

/// Body rate that turns a thrust axis along with a trajectory: b3 x j / |a|, since b3' = j_perp /
/// |a| (D. Mellinger, V. Kumar: "Minimum snap trajectory generation and control for quadrotors",
/// ICRA 2011, eq. 7-8). World frame.
HWY_INLINE Vec3F32 tilt_rate(const Vec3F32& push_w, const Vec3F32& jerk_w) {
  const F32 per_square = F32(1.0F) / dot(push_w, push_w);
  return per_square * cross(push_w, jerk_w);
}

/// Runs a law's function on every vector of the blocks. Not a lambda: those may miss the target's
/// instruction set.
template <class C, void (*kVector)(const C&, float*)>
void run_vectors(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      kVector(*static_cast<const C*>(constants), blocks.block(b) + lane);
    }
  }
}

HWY_INLINE void mix_any(const MixerConstants& c, const Effort& effort, float* lanes) {
  if (c.num_rotors == 4) {
    mix<4>(c, effort, lanes);
  } else {
    mix<0>(c, effort, lanes);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CONTROL_SETPOINT_LANES_HPP_
