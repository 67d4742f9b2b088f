// Small vectors in double precision for the gpd mode (flight/gpd_compat.hpp).
#pragma once

#include "core/math64.hpp"

namespace volery::gpd {

struct V3 {
  double x = 0, y = 0, z = 0;
  friend constexpr V3 operator+(V3 a, V3 b) noexcept { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend constexpr V3 operator-(V3 a, V3 b) noexcept { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend constexpr V3 operator*(V3 a, double s) noexcept { return {a.x * s, a.y * s, a.z * s}; }
  /// Component by component.
  friend constexpr V3 operator*(V3 a, V3 b) noexcept { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
  friend constexpr V3 operator/(V3 a, V3 b) noexcept { return {a.x / b.x, a.y / b.y, a.z / b.z}; }
  friend constexpr bool operator==(const V3&, const V3&) = default;
};

[[nodiscard]] constexpr double dot(V3 a, V3 b) noexcept {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
[[nodiscard]] constexpr V3 cross(V3 a, V3 b) noexcept {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
[[nodiscard]] inline double norm(V3 a) noexcept {
  return math64::sqrt(dot(a, a));
}

/// A rotation: columns are the body axes in world coordinates.
struct M3 {
  V3 x{1, 0, 0}, y{0, 1, 0}, z{0, 0, 1};
};
/// World coordinates of a body vector.
[[nodiscard]] constexpr V3 to_world(const M3& r, V3 b) noexcept {
  return r.x * b.x + r.y * b.y + r.z * b.z;
}
/// Body coordinates of a world vector.
[[nodiscard]] constexpr V3 to_body(const M3& r, V3 w) noexcept {
  return {dot(r.x, w), dot(r.y, w), dot(r.z, w)};
}

/// Body to world, as quat_wb_xyzw elsewhere.
struct Q4 {
  double x = 0, y = 0, z = 0, w = 1;
  friend constexpr Q4 operator*(Q4 a, Q4 b) noexcept {
    return {a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
            a.w * b.y + a.y * b.w + a.z * b.x - a.x * b.z,
            a.w * b.z + a.z * b.w + a.x * b.y - a.y * b.x,
            a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
  }
  friend constexpr bool operator==(const Q4&, const Q4&) = default;
};
[[nodiscard]] constexpr double norm2(Q4 q) noexcept {
  return q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w;
}
[[nodiscard]] inline Q4 normalized(Q4 q) noexcept {
  const double scale = 1 / math64::sqrt(norm2(q));
  return {q.x * scale, q.y * scale, q.z * scale, q.w * scale};
}

/// The rotation matrix of a quaternion of any length.
[[nodiscard]] constexpr M3 matrix_of(Q4 q) noexcept {
  const double s = 2 / norm2(q);
  const double xs = q.x * s, ys = q.y * s, zs = q.z * s;
  return {{1 - (q.y * ys + q.z * zs), q.x * ys + q.w * zs, q.x * zs - q.w * ys},
          {q.x * ys - q.w * zs, 1 - (q.x * xs + q.z * zs), q.y * zs + q.w * xs},
          {q.x * zs + q.w * ys, q.y * zs - q.w * xs, 1 - (q.x * xs + q.y * ys)}};
}

/// Roll about x, then pitch about y, then yaw about z (rad); normalised.
[[nodiscard]] Q4 quat_of_rpy(V3 rpy_rad) noexcept;

/// Roll, pitch, yaw (rad). Within 0.26 degrees of pitch = +-pi/2 roll is 0 and pitch is the limit,
/// as in PyBullet's getEulerFromQuaternion.
[[nodiscard]] V3 rpy_of(Q4 q) noexcept;

}  // namespace volery::gpd
