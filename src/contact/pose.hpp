// Small vector algebra of contacts: rotation matrices and poses.
//
// Written with + - * / sqrt alone and in one fixed order, so that every build gives the same bits.
#pragma once

#include <cmath>

#include "core/types.hpp"

namespace volery::contact {

/// A rotation by its columns: the axes of the body in the world.
struct Mat3 {
  Vec3 x{1, 0, 0}, y{0, 1, 0}, z{0, 0, 1};

  /// World coordinates of a body vector.
  [[nodiscard]] constexpr Vec3 to_world(Vec3 v) const noexcept {
    return x * v.x + y * v.y + z * v.z;
  }
  /// Body coordinates of a world vector.
  [[nodiscard]] constexpr Vec3 to_body(Vec3 v) const noexcept {
    return {dot(x, v), dot(y, v), dot(z, v)};
  }
};

/// The matrix of a unit quaternion.
[[nodiscard]] constexpr Mat3 rotation(Quat q) noexcept {
  const float xx = q.x * q.x;
  const float yy = q.y * q.y;
  const float zz = q.z * q.z;
  const float xy = q.x * q.y;
  const float xz = q.x * q.z;
  const float yz = q.y * q.z;
  const float wx = q.w * q.x;
  const float wy = q.w * q.y;
  const float wz = q.w * q.z;
  Mat3 m;
  m.x = {1 - 2 * (yy + zz), 2 * (xy + wz), 2 * (xz - wy)};
  m.y = {2 * (xy - wz), 1 - 2 * (xx + zz), 2 * (yz + wx)};
  m.z = {2 * (xz + wy), 2 * (yz - wx), 1 - 2 * (xx + yy)};
  return m;
}

/// Where a body is: its centre of mass and axes.
struct Pose {
  Vec3 position_w_m;
  Mat3 axes;

  [[nodiscard]] constexpr Vec3 point_to_world(Vec3 p_b) const noexcept {
    return position_w_m + axes.to_world(p_b);
  }
  [[nodiscard]] constexpr Vec3 point_to_body(Vec3 p_w) const noexcept {
    return axes.to_body(p_w - position_w_m);
  }
};

[[nodiscard]] inline float length(Vec3 v) noexcept {
  return std::sqrt(dot(v, v));
}
[[nodiscard]] constexpr float abs_of(float v) noexcept {
  return v < 0 ? -v : v;
}
[[nodiscard]] constexpr float min_of(float a, float b) noexcept {
  return b < a ? b : a;
}
[[nodiscard]] constexpr float max_of(float a, float b) noexcept {
  return a < b ? b : a;
}

/// The quaternion after turning at omega_w (rad/s) for a short time: first order, normalised.
[[nodiscard]] inline Quat turned(Quat q, Vec3 omega_w_radps, float time_s) noexcept {
  const Vec3 h = omega_w_radps * (0.5F * time_s);
  const Vec3 axis{q.x, q.y, q.z};
  const Vec3 add = h * q.w + cross(h, axis);
  const Quat r{q.x + add.x, q.y + add.y, q.z + add.z, q.w - dot(h, axis)};
  const float scale = 1.0F / std::sqrt(r.x * r.x + r.y * r.y + r.z * r.z + r.w * r.w);
  return {r.x * scale, r.y * scale, r.z * scale, r.w * scale};
}

/// The same with the angular velocity in the body frame.
[[nodiscard]] inline Quat turned_by_body_rate(Quat q, Vec3 omega_b_radps, float time_s) noexcept {
  const Vec3 h = omega_b_radps * (0.5F * time_s);
  const Vec3 axis{q.x, q.y, q.z};
  const Vec3 add = h * q.w + cross(axis, h);
  const Quat r{q.x + add.x, q.y + add.y, q.z + add.z, q.w - dot(h, axis)};
  const float scale = 1.0F / std::sqrt(r.x * r.x + r.y * r.y + r.z * r.z + r.w * r.w);
  return {r.x * scale, r.y * scale, r.z * scale, r.w * scale};
}

}  // namespace volery::contact
