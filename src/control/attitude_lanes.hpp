// The geometric attitude loop and the velocity loop above it, in lanes.
//
// T. Lee, M. Leok, N. H. McClamroch: "Geometric tracking control of a quadrotor UAV on SE(3)" (CDC
// 2010), with two choices of ours. No level keeps a heading, so the wanted attitude R_d is the one
// nearest to the present R that has the wanted thrust axis: then e_R depends on that axis in body
// coordinates alone and no heading is ever undefined. And the error is scaled as in T. Lee:
// "Exponential stability of an attitude tracking control system on SO(3) for large-angle rotational
// maneuvers" (2012): 2 sin(angle / 2) instead of sin(angle). It equals the former near zero and
// keeps growing until upside down, where the former has a second rest point.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CONTROL_ATTITUDE_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CONTROL_ATTITUDE_LANES_HPP_
#undef VOLERY_CONTROL_ATTITUDE_LANES_HPP_
#else
#define VOLERY_CONTROL_ATTITUDE_LANES_HPP_
#endif

#include "control/mixer_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

/// Body axes in world coordinates: columns of the rotation matrix of quat_wb.
struct Rotation {
  Vec3F32 x, y, z;
};

HWY_INLINE Rotation load_rotation(const float* lanes) {
  const F32 x = load_row(lanes, kQuat);
  const F32 y = load_row(lanes, kQuat + 1);
  const F32 z = load_row(lanes, kQuat + 2);
  const F32 w = load_row(lanes, kQuat + 3);
  const F32 x2 = x + x, y2 = y + y, z2 = z + z;
  const F32 xx = x * x2, yy = y * y2, zz = z * z2;
  const F32 xy = x * y2, xz = x * z2, yz = y * z2;
  const F32 wx = w * x2, wy = w * y2, wz = w * z2;
  const F32 one = F32(1.0F);
  return {{one - (yy + zz), xy + wz, xz - wy},
          {xy - wz, one - (xx + zz), yz + wx},
          {xz + wy, yz - wx, one - (xx + yy)}};
}

HWY_INLINE Vec3F32 to_body(const Rotation& r, const Vec3F32& v) {
  return {dot(r.x, v), dot(r.y, v), dot(r.z, v)};
}

/// Angular acceleration that turns body z towards `axis_b` (wanted thrust direction in body
/// coordinates, of length `length` > 0) while turning about world z at yaw_rate_radps.
HWY_INLINE Vec3F32 turn_to(const control::AttitudeConstants& c, const Rotation& r,
                           const Vec3F32& omega_b, Vec3F32 axis_b, F32 length, F32 yaw_rate_radps) {
  // e_R = 2 sin(angle / 2) about (axis_y, -axis_x); two forms, each without cancellation in its
  // half, of which the second is rarely needed
  const F32 zero = F32(0.0F);
  const F32 two = F32(2.0F);
  const Mask below = axis_b.z < zero;
  F32 top = two;
  F32 bottom = length * (length + axis_b.z);
  if (HWY_UNLIKELY(any(below))) {
    // exactly upside down every way round is as short: take roll
    F32 across = axis_b.x * axis_b.x + axis_b.y * axis_b.y;
    const Mask dead = below & (across <= F32(1e-10F) * (length * length));
    axis_b.y = select(dead, length, axis_b.y);
    across = select(dead, length * length, across);
    top = select(below, two * (length - axis_b.z), top);
    bottom = select(below, length * across, bottom);
  }
  const F32 gain = sqrt(top / bottom);
  const F32 error_x = axis_b.y * gain;
  const F32 error_y = -(axis_b.x * gain);

  const F32 wanted_x = r.x.z * yaw_rate_radps;
  const F32 wanted_y = r.y.z * yaw_rate_radps;
  const F32 wanted_z = r.z.z * yaw_rate_radps;
  const Vec3F32 gyro = gyro_feedforward(c.gyro, omega_b);
  return {F32(c.kw_x) * (wanted_x - omega_b.x) - F32(c.kr_x) * error_x + gyro.x,
          F32(c.kw_y) * (wanted_y - omega_b.y) - F32(c.kr_y) * error_y + gyro.y,
          F32(c.kw_z) * (wanted_z - omega_b.z) + gyro.z};
}

/// Acceleration that a wanted velocity asks of the rotors while the vehicle stands: gain, drag and
/// weight. The velocity loop subtracts gain times velocity.
HWY_INLINE Vec3F32 acceleration_at_rest(const control::VelocityConstants& c,
                                        const Vec3F32& velocity_w, F32 speed) {
  return {
      (F32(c.kv_x + c.linear_x) + F32(c.quadratic_x) * speed) * velocity_w.x,
      (F32(c.kv_y + c.linear_y) + F32(c.quadratic_y) * speed) * velocity_w.y,
      (F32(c.kv_z + c.linear_z) + F32(c.quadratic_z) * speed) * velocity_w.z + F32(kGravityMps2)};
}

HWY_INLINE Vec3F32 to_world(const Rotation& r, const Vec3F32& v) {
  return {r.x.x * v.x + r.y.x * v.y + r.z.x * v.z, r.x.y * v.x + r.y.y * v.y + r.z.y * v.z,
          r.x.z * v.x + r.y.z * v.y + r.z.z * v.z};
}

/// What drag takes at a velocity, as acceleration, at the present attitude and rotor speeds. In
/// steady flight these are those of the wanted velocity, so that nothing is left for the loop.
HWY_INLINE Vec3F32 drag_at(const control::VelocityConstants& c, const Rotation& r,
                           const float* lanes, const Vec3F32& velocity_w, F32 speed) {
  F32 rotors = F32(0.0F);
  for (int i = 0; i < c.num_rotors; ++i) {
    rotors = rotors + load_row(lanes, c.speed_row + i);
  }
  const Vec3F32 v = to_body(r, velocity_w);
  return to_world(r, {(F32(c.rotor_x) * rotors + F32(c.quadratic_x) * speed) * v.x,
                      (F32(c.rotor_y) * rotors + F32(c.quadratic_y) * speed) * v.y,
                      (F32(c.rotor_z) * rotors + F32(c.quadratic_z) * speed) * v.z});
}

/// Thrust and angular acceleration for a wanted acceleration of the rotors in the world frame. Lift
/// comes first: the sideways part is cut to what the tilt limit allows with it.
HWY_INLINE Effort follow_acceleration(const control::VelocityConstants& c,
                                      const control::AttitudeConstants& attitude,
                                      const float* lanes, const Vec3F32& wanted_w,
                                      F32 yaw_rate_radps) {
  const F32 lift = clamp(wanted_w.z, F32(c.least_lift_mps2), F32(c.most_lift_mps2));
  const F32 bound = lift * F32(c.tan_max_tilt);
  const F32 sideways2 = wanted_w.x * wanted_w.x + wanted_w.y * wanted_w.y;
  // well below the bound no root is needed to see that nothing is cut
  F32 scale = F32(1.0F);
  if (any(sideways2 > F32(0.999F) * (bound * bound))) {
    const F32 sideways = sqrt(sideways2);
    scale = select(sideways > bound, bound / sideways, scale);
  }
  const Vec3F32 push_w = {wanted_w.x * scale, wanted_w.y * scale, lift};
  const F32 length = sqrt(dot(push_w, push_w));

  const Rotation r = load_rotation(lanes);
  const Vec3F32 push_b = to_body(r, push_w);
  // thrust is the wanted force along body z (Lee 2010, eq. 15); none while it would push away
  return {F32(c.mass_kg) * max(push_b.z, F32(0.0F)),
          turn_to(attitude, r, load_vec3(lanes, kOmega), push_b, length, yaw_rate_radps)};
}

/// follow_acceleration with the velocity loop around it.
HWY_INLINE Effort follow_velocity(const control::VelocityConstants& c,
                                  const control::AttitudeConstants& attitude, const float* lanes,
                                  const Vec3F32& at_rest_w, F32 yaw_rate_radps) {
  const Vec3F32 velocity_w = load_vec3(lanes, kVelocity);
  const Vec3F32 wanted_w = {at_rest_w.x - F32(c.kv_x) * velocity_w.x,
                            at_rest_w.y - F32(c.kv_y) * velocity_w.y,
                            at_rest_w.z - F32(c.kv_z) * velocity_w.z};
  return follow_acceleration(c, attitude, lanes, wanted_w, yaw_rate_radps);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CONTROL_ATTITUDE_LANES_HPP_
