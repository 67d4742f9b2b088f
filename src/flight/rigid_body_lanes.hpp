// Rigid-body kinematics and dynamics of one vector of bodies: rotation matrix, gyroscopic step,
// attitude and position.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_FLIGHT_RIGID_BODY_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_FLIGHT_RIGID_BODY_LANES_HPP_
#undef VOLERY_FLIGHT_RIGID_BODY_LANES_HPP_
#else
#define VOLERY_FLIGHT_RIGID_BODY_LANES_HPP_
#endif

#include "core/vec3_lanes.hpp"
#include "flight/flight.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::Mask;
using volery::HWY_NAMESPACE::Vec3F32;

/// A unit quaternion per lane, quat_wb_xyzw.
struct QuatF32 {
  F32 x, y, z, w;
  HWY_INLINE static QuatF32 load(const float* row) {
    return {F32::load(row), F32::load(row + kLanes), F32::load(row + 2 * kLanes),
            F32::load(row + 3 * kLanes)};
  }
  HWY_INLINE void store(float* row) const {
    x.store(row);
    y.store(row + kLanes);
    z.store(row + 2 * kLanes);
    w.store(row + 3 * kLanes);
  }
};

/// Body z in world coordinates, the third column of the rotation matrix.
HWY_INLINE Vec3F32 body_z_w(QuatF32 q) {
  const F32 x2 = q.x + q.x, y2 = q.y + q.y;
  return {x2 * q.z + y2 * q.w, y2 * q.z - x2 * q.w, 1.0F - (x2 * q.x + y2 * q.y)};
}
/// World z in body coordinates, its third row.
HWY_INLINE Vec3F32 world_z_b(QuatF32 q) {
  const F32 x2 = q.x + q.x, y2 = q.y + q.y;
  return {x2 * q.z - y2 * q.w, y2 * q.z + x2 * q.w, 1.0F - (x2 * q.x + y2 * q.y)};
}

/// The rows of the rotation matrix.
struct RotationF32 {
  Vec3F32 x_row, y_row, z_row;
  HWY_INLINE explicit RotationF32(QuatF32 q) {
    const F32 x2 = q.x + q.x, y2 = q.y + q.y, z2 = q.z + q.z;
    const F32 xx = q.x * x2, yy = q.y * y2, zz = q.z * z2;
    const F32 xy = q.x * y2, xz = q.x * z2, yz = q.y * z2;
    const F32 wx = q.w * x2, wy = q.w * y2, wz = q.w * z2;
    x_row = {(1.0F - yy) - zz, xy - wz, xz + wy};
    y_row = {xy + wz, (1.0F - xx) - zz, yz - wx};
    z_row = {xz - wy, yz + wx, (1.0F - xx) - yy};
  }
  HWY_INLINE Vec3F32 to_world(Vec3F32 v_b) const {
    return {dot(x_row, v_b), dot(y_row, v_b), dot(z_row, v_b)};
  }
  HWY_INLINE Vec3F32 to_body(Vec3F32 v_w) const {
    return {x_row.x * v_w.x + y_row.x * v_w.y + z_row.x * v_w.z,
            x_row.y * v_w.x + y_row.y * v_w.y + z_row.y * v_w.z,
            x_row.z * v_w.x + y_row.z * v_w.y + z_row.z * v_w.z};
  }
};

/// Change of the body-frame angular momentum over a step by dL/dt = -omega x L.
///
/// Cayley form of the implicit midpoint rule with omega taken half a step ahead: solving
/// L' + a x L' = L - a x L, a = omega_half step / 2, in closed form. It turns L, so |L| is kept and
/// the step is stable for any rate, step and inertia; the error of the energy is of third order.
/// `predictor` is step^2/4 over the inertia (in the units of L / omega).
HWY_INLINE Vec3F32 gyroscopic_change(Vec3F32 omega_b, Vec3F32 momentum_b, F32 half_step,
                                     Vec3F32 predictor) {
  const Vec3F32 a = half_step * omega_b - predictor * cross(omega_b, momentum_b);
  const Vec3F32 t = cross(a, momentum_b);
  const F32 s = 2.0F / (1.0F + dot(a, a));
  return s * (cross(a, t) - t);
}

/// The attitude after turning at omega_b for a step: q times the exponential of omega step / 2.
HWY_INLINE QuatF32 turned(QuatF32 q, Vec3F32 omega_b, F32 half_step) {
  const F32 bound = kMaxHalfAngle;
  const Vec3F32 angle = half_step * omega_b;
  const Vec3F32 a{clamp(angle.x, -bound, bound), clamp(angle.y, -bound, bound),
                  clamp(angle.z, -bound, bound)};
  // sin(t)/t and cos(t) as polynomials in u = t^2 <= 3; least-maximum fits, errors 1.3e-8
  // and 1.4e-7, which scale the rate by as much and leave the direction alone
  const F32 u = dot(a, a);
  const F32 sinc =
      1.0F + u * (-0.16666654F + u * (0.008332896F + u * (-1.9797021e-4F + u * 2.578238e-6F)));
  const F32 cosine =
      1.0F + u * (-0.49999854F + u * (0.041661903F + u * (-0.0013840594F + u * 2.2860297e-5F)));
  // one Newton step brings the norm that q has back to 1 while q turns: 1.5 - 0.5 n^2 ~ 1 / n
  const F32 scale = 1.5F - 0.5F * ((q.x * q.x + q.y * q.y) + (q.z * q.z + q.w * q.w));
  const Vec3F32 d = (sinc * scale) * a;
  const F32 c = cosine * scale;
  return {(q.w * d.x + q.x * c) + (q.y * d.z - q.z * d.y),
          (q.w * d.y + q.y * c) + (q.z * d.x - q.x * d.z),
          (q.w * d.z + q.z * c) + (q.x * d.y - q.y * d.x),
          (q.w * c - q.x * d.x) - (q.y * d.y + q.z * d.z)};
}

/// position += change, with what float32 drops kept in the residual (Kahan's compensated sum).
HWY_INLINE void accumulate(F32& position, F32& residual, F32 change) {
  const F32 wanted = change + residual;
  const F32 sum = position + wanted;
  residual = wanted - (sum - position);
  position = sum;
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_FLIGHT_RIGID_BODY_LANES_HPP_
