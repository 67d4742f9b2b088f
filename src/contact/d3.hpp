// Vectors in double, for cables.
#pragma once

#include <algorithm>

#include "contact/pose.hpp"

namespace volery::contact {

/// Double, because a length is the difference of positions and the solver is asked for the
/// difference of lengths over a step squared: in float a hanging load would tremble by 1e-3 g.
struct D3 {
  double x = 0, y = 0, z = 0;
  D3() = default;
  D3(double along_x, double along_y, double along_z)
  noexcept : x(along_x), y(along_y), z(along_z) {}
  explicit D3(Vec3 v) noexcept
      : x(static_cast<double>(v.x)), y(static_cast<double>(v.y)), z(static_cast<double>(v.z)) {}
  [[nodiscard]] Vec3 to_float() const noexcept {
    return {static_cast<float>(x), static_cast<float>(y), static_cast<float>(z)};
  }
};
[[nodiscard]] inline D3 operator+(D3 a, D3 b) noexcept {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
[[nodiscard]] inline D3 operator-(D3 a, D3 b) noexcept {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
[[nodiscard]] inline D3 operator*(D3 a, double s) noexcept {
  return {a.x * s, a.y * s, a.z * s};
}
[[nodiscard]] inline double dot(D3 a, D3 b) noexcept {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
[[nodiscard]] inline D3 cross(D3 a, D3 b) noexcept {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
[[nodiscard]] inline D3 rotated(const Mat3& axes, D3 v) noexcept {
  return D3(axes.x) * v.x + D3(axes.y) * v.y + D3(axes.z) * v.z;
}
[[nodiscard]] inline D3 to_body(const Mat3& axes, D3 v) noexcept {
  return {dot(D3(axes.x), v), dot(D3(axes.y), v), dot(D3(axes.z), v)};
}

[[nodiscard]] inline D3 scaled(D3 a, Vec3 s) noexcept {
  return {a.x * static_cast<double>(s.x), a.y * static_cast<double>(s.y),
          a.z * static_cast<double>(s.z)};
}

/// A body vector turned by the small rotation h: Rodrigues' formula with its two coefficients as
/// series, to 1e-5 at one radian and bounded beyond, where no step is a small one anyway.
[[nodiscard]] inline D3 turned_by(D3 v, D3 h) noexcept {
  const double t = std::min(dot(h, h), 4.0);
  const double sine = 1 - t / 6 * (1 - t / 20 * (1 - t / 42));
  const double cosine = 0.5 - t / 24 * (1 - t / 30 * (1 - t / 56));
  const D3 across = cross(h, v);
  return v + across * sine + cross(h, across) * cosine;
}

}  // namespace volery::contact
