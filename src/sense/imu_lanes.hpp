// What an ideal IMU tells of an interval: mean angular rate and mean specific force, in lanes.
//
// A strapdown IMU integrates between its outputs (P. G. Savage: "Strapdown inertial navigation
// integration algorithm design", JGCD 1998): the turn of the body over the interval, divided by it,
// is the mean rate; the change of the velocity, less what gravity gave, is what the accelerometer
// felt, be it thrust, drag or a blow. It is told in body axes halfway through the turn. Exact for a
// constant rate and a constant force in world axes.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_SENSE_IMU_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SENSE_IMU_LANES_HPP_
#undef VOLERY_SENSE_IMU_LANES_HPP_
#else
#define VOLERY_SENSE_IMU_LANES_HPP_
#endif

#include "core/math_lanes.hpp"
#include "core/vec3_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::Mask;
using volery::HWY_NAMESPACE::Vec3F32;

/// A unit quaternion per lane: `v` its vector part.
struct QuatF32 {
  Vec3F32 v;
  F32 w;
  HWY_INLINE static QuatF32 load(const float* row) {
    return {Vec3F32::load(row), F32::load(row + 3 * kLanes)};
  }
  HWY_INLINE void store(float* row) const {
    v.store(row);
    w.store(row + 3 * kLanes);
  }
};
HWY_INLINE QuatF32 multiply(const QuatF32& a, const QuatF32& b) {
  return {a.w * b.v + b.w * a.v + cross(a.v, b.v), a.w * b.w - dot(a.v, b.v)};
}
HWY_INLINE QuatF32 conjugate(const QuatF32& q) {
  return {{-q.v.x, -q.v.y, -q.v.z}, q.w};
}
HWY_INLINE QuatF32 normalized(const QuatF32& q) {
  const F32 scale = F32(1.0F) / sqrt(dot(q.v, q.v) + q.w * q.w);
  return {scale * q.v, scale * q.w};
}
/// a turned by q: world coordinates of a body vector when q is quat_wb.
HWY_INLINE Vec3F32 turned(const QuatF32& q, const Vec3F32& a) {
  const Vec3F32 t = F32(2.0F) * cross(q.v, a);
  return a + q.w * t + cross(q.v, t);
}
/// The rotation vector of q, its angle at most pi.
HWY_INLINE Vec3F32 rotation_vector(const QuatF32& q) {
  // the shorter way round
  const Mask far = q.w < F32(0.0F);
  const F32 w = select(far, -q.w, q.w);
  const F32 sine = sqrt(dot(q.v, q.v));
  const Mask small = sine < F32(1e-4F);
  const F32 divisor = select(small, F32(1.0F), sine);
  // angle / sin(angle / 2); near zero 2, with an error below 1e-9
  const F32 scale =
      select(small, F32(2.0F), F32(2.0F) * volery::HWY_NAMESPACE::atan2(sine, w) / divisor);
  return select(far, -scale, scale) * q.v;
}

/// The quaternion of a turn by a rotation vector; its angle up to some thousand radians.
HWY_INLINE QuatF32 quat_of_turn(const Vec3F32& turn) {
  const F32 angle = sqrt(dot(turn, turn));
  const Mask small = angle < F32(1e-4F);
  F32 sine, cosine;
  volery::HWY_NAMESPACE::sin_cos(F32(0.5F) * angle, sine, cosine);
  // sin(angle / 2) / angle; near zero 1 / 2, with an error below 1e-9
  const F32 scale = select(small, F32(0.5F), sine / select(small, F32(1.0F), angle));
  return {scale * turn, cosine};
}

/// Pose and velocities at one end of an interval.
struct Motion {
  QuatF32 quat_wb;
  Vec3F32 velocity_w;
  Vec3F32 omega_b;
};
struct ImuTruth {
  Vec3F32 rate_b;   // rad/s
  Vec3F32 force_b;  // m/s^2
};

/// Rates and specific force at a point `lever_b` (m, from the center of mass) that turns with the
/// body: f + alpha x r + omega x (omega x r).
HWY_INLINE ImuTruth imu_at_lever(const ImuTruth& center, const Vec3F32& alpha_b,
                                 const Vec3F32& lever_b) {
  return {center.rate_b, center.force_b + cross(alpha_b, lever_b) +
                             cross(center.rate_b, cross(center.rate_b, lever_b))};
}

/// Means over the interval between two motions, 1 / per_s long, at the center of mass.
HWY_INLINE ImuTruth imu_between(const Motion& from, const Motion& to, F32 per_s, F32 gravity) {
  const Vec3F32 turn = rotation_vector(multiply(conjugate(from.quat_wb), to.quat_wb));
  // halfway: the sum of two unit quaternions on the same side, never shorter than sqrt 2
  const F32 together = dot(from.quat_wb.v, to.quat_wb.v) + from.quat_wb.w * to.quat_wb.w;
  const F32 side = select(together < F32(0.0F), F32(-1.0F), F32(1.0F));
  const QuatF32 halfway =
      normalized({from.quat_wb.v + side * to.quat_wb.v, from.quat_wb.w + side * to.quat_wb.w});
  Vec3F32 force_w = per_s * (to.velocity_w - from.velocity_w);
  force_w.z = force_w.z + gravity;
  return {per_s * turn, turned(conjugate(halfway), force_w)};
}

/// The same where nothing is known of the time before: the present rate, no acceleration.
HWY_INLINE ImuTruth imu_at_start(const Motion& now, F32 gravity) {
  return {now.omega_b, turned(conjugate(now.quat_wb), {F32(0.0F), F32(0.0F), gravity})};
}

}  // namespace volery::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SENSE_IMU_LANES_HPP_
