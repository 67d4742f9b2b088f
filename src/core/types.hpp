// Sizes and small value types that every layer shares.
#pragma once

namespace volery {

/// Lanes of one state block. 16 is one AVX-512 vector, two AVX2 vectors, four SSE vectors.
inline constexpr int kLanes = 16;

/// Blocks needed for a number of bodies; the last one is padded with resting bodies.
[[nodiscard]] constexpr int blocks_for(int num_bodies) noexcept {
  return (num_bodies + kLanes - 1) / kLanes;
}

/// A vector in the frame that its name tells (`_w` world ENU, `_b` body FLU).
struct Vec3 {
  float x = 0, y = 0, z = 0;
  friend constexpr Vec3 operator+(Vec3 a, Vec3 b) noexcept {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
  }
  friend constexpr Vec3 operator-(Vec3 a, Vec3 b) noexcept {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
  }
  friend constexpr Vec3 operator*(Vec3 a, float s) noexcept { return {a.x * s, a.y * s, a.z * s}; }
  friend constexpr bool operator==(const Vec3&, const Vec3&) = default;
};

[[nodiscard]] constexpr float dot(Vec3 a, Vec3 b) noexcept {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
[[nodiscard]] constexpr Vec3 cross(Vec3 a, Vec3 b) noexcept {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

/// Unit quaternion that turns body coordinates into world coordinates (`quat_wb_xyzw`).
struct Quat {
  float x = 0, y = 0, z = 0, w = 1;
  friend constexpr bool operator==(const Quat&, const Quat&) = default;
};

/// v turned by q: world coordinates of a body vector when q is quat_wb.
[[nodiscard]] constexpr Vec3 rotate(Quat q, Vec3 v) noexcept {
  const Vec3 axis{q.x, q.y, q.z};
  const Vec3 t = cross(axis, v) * 2.0F;
  return v + t * q.w + cross(axis, t);
}
/// Body coordinates of a world vector when q is quat_wb.
[[nodiscard]] constexpr Vec3 rotate_inverse(Quat q, Vec3 v) noexcept {
  return rotate({-q.x, -q.y, -q.z, q.w}, v);
}

}  // namespace volery
