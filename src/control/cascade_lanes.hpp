// The cascade that lee, lqr and indi share: position -> velocity -> acceleration -> thrust axis ->
// angular acceleration. setpoint_lanes.hpp and attitude_lanes.hpp have its parts.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CONTROL_CASCADE_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CONTROL_CASCADE_LANES_HPP_
#undef VOLERY_CONTROL_CASCADE_LANES_HPP_
#else
#define VOLERY_CONTROL_CASCADE_LANES_HPP_
#endif

#include "control/setpoint_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::CascadeConstants;

/// What a cascade asks for, and the part of its thrust that is not feedback.
struct CascadeEffort {
  Effort effort;
  F32 trim_mps2;  // feed-forward thrust over mass along body z; meant from the velocity level up
};

/// Heading error as 2 sin(angle / 2), positive where the wanted heading lies to the left.
HWY_INLINE F32 heading_error(const Heading& present, F32 yaw_rad) {
  F32 sine, cosine;
  sin_cos(yaw_rad, sine, cosine);
  const F32 along = present.cosine * cosine + present.sine * sine;
  const F32 across = present.cosine * sine - present.sine * cosine;
  // two forms, each without cancellation in its half
  const F32 two = F32(2.0F), zero = F32(0.0F);
  const Mask ahead = along > zero;
  const F32 near = across * sqrt(two / select(ahead, F32(1.0F) + along, two));
  const F32 size = sqrt(two - two * select(ahead, zero, along));
  return select(ahead, near, select(across < zero, -size, size));
}

/// One tick of the cascade at any level. Moves the setpoint on.
HWY_INLINE CascadeEffort run_cascade(const CascadeConstants& c, float* lanes) {
  const SetpointConstants& s = c.setpoint;
  const Rotation r = load_rotation(lanes);
  const Vec3F32 omega_b = load_vec3(lanes, kOmega);
  if (s.level == Level::kCtbr) {
    const Vec3F32 error = rates_setpoint(s, lanes) - omega_b;
    const Vec3F32 gyro = gyro_feedforward(c.attitude.gyro, omega_b);
    return {{thrust_setpoint(s, lanes),
             {F32(c.rate_per_s.x) * error.x + gyro.x, F32(c.rate_per_s.y) * error.y + gyro.y,
              F32(c.rate_per_s.z) * error.z + gyro.z}},
            F32(0.0F)};
  }
  const Heading heading = heading_of(r);
  if (s.level == Level::kAttitude) {
    const F32 yaw_rate = F32(s.max_rate_radps.z) * load_row(lanes, s.action_row + 3);
    const Vec3F32 axis_b = to_body(r, axis_setpoint(s, heading, lanes));
    return {
        {thrust_setpoint(s, lanes), turn_to(c.attitude, r, omega_b, axis_b, F32(1.0F), yaw_rate)},
        F32(0.0F)};
  }

  // drag and weight as they are, the setpoint's own acceleration, feedback on the velocity
  const Motion m = load_motion_setpoint(s, lanes);
  const Vec3F32 wanted_mps = closing_velocity(s, c.position_per_s, m, lanes);
  const F32 speed = sqrt(dot(wanted_mps, wanted_mps));
  Vec3F32 trim_w = m.acceleration_mps2 + drag_at(c.velocity, r, lanes, wanted_mps, speed);
  trim_w.z = trim_w.z + F32(kGravityMps2);
  const Vec3F32 error_mps = wanted_mps - load_vec3(lanes, kVelocity);
  const Vec3F32 push_w = limited_push(c.velocity, {trim_w.x + F32(c.velocity.kv_x) * error_mps.x,
                                                   trim_w.y + F32(c.velocity.kv_y) * error_mps.y,
                                                   trim_w.z + F32(c.velocity.kv_z) * error_mps.z});
  const Vec3F32 push_b = to_body(r, push_w);
  Vec3F32 spin_up_b =
      turn_to(c.attitude, r, omega_b, push_b, sqrt(dot(push_w, push_w)), m.yaw_rate_radps);
  if (s.level == Level::kTrack) {
    const Vec3F32 rate_b = to_body(r, tilt_rate(push_w, m.jerk_mps3));
    spin_up_b = {spin_up_b.x + F32(c.attitude.kw_x) * rate_b.x,
                 spin_up_b.y + F32(c.attitude.kw_y) * rate_b.y,
                 spin_up_b.z + F32(c.kr_z) * heading_error(heading, m.yaw_rad)};
    advance_setpoint(s, m, lanes);
  }
  return {{F32(c.velocity.mass_kg) * max(push_b.z, F32(0.0F)), spin_up_b},
          max(dot(trim_w, r.z), F32(0.0F))};
}

/// Angular acceleration that the present rotor speeds give, and the thrust over mass.
struct RotorSpin {
  Vec3F32 spin_up_b;
  F32 thrust_mps2;
  F32 yaw_momentum;  // of the rotors, as yaw rate of the body
};
HWY_INLINE RotorSpin rotor_spin(const control::RotorSpinConstants& c, const float* lanes,
                                int first_speed_row) {
  RotorSpin sum{{F32(0.0F), F32(0.0F), F32(0.0F)}, F32(0.0F), F32(0.0F)};
  for (int i = 0; i < c.num_rotors; ++i) {
    const F32 speed = load_row(lanes, first_speed_row + i);
    const F32 square = speed * speed;
    sum.spin_up_b.x = sum.spin_up_b.x + F32(c.roll[i]) * square;
    sum.spin_up_b.y = sum.spin_up_b.y + F32(c.pitch[i]) * square;
    sum.spin_up_b.z = sum.spin_up_b.z + F32(c.yaw[i]) * square;
    sum.thrust_mps2 = sum.thrust_mps2 + F32(c.thrust) * square;
    sum.yaw_momentum = sum.yaw_momentum + F32(c.spin_momentum[i]) * speed;
  }
  return sum;
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CONTROL_CASCADE_LANES_HPP_
