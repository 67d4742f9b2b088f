// Small geometry vocabulary of the scene: boxes, rays, triangles. Used inside src/scene only.
#pragma once

#include <cmath>
#include <limits>

#include "core/types.hpp"

namespace volery::scene {

[[nodiscard]] constexpr float min_of(float a, float b) noexcept {
  return b < a ? b : a;
}
[[nodiscard]] constexpr float max_of(float a, float b) noexcept {
  return a < b ? b : a;
}
[[nodiscard]] constexpr Vec3 min_of(Vec3 a, Vec3 b) noexcept {
  return {min_of(a.x, b.x), min_of(a.y, b.y), min_of(a.z, b.z)};
}
[[nodiscard]] constexpr Vec3 max_of(Vec3 a, Vec3 b) noexcept {
  return {max_of(a.x, b.x), max_of(a.y, b.y), max_of(a.z, b.z)};
}
[[nodiscard]] constexpr float component(Vec3 v, int axis) noexcept {
  return axis == 0 ? v.x : axis == 1 ? v.y : v.z;
}
[[nodiscard]] inline float length(Vec3 v) noexcept {
  return std::sqrt(dot(v, v));
}

/// An axis-aligned box in the world frame; starts empty and grows by include().
struct Aabb {
  Vec3 low{std::numeric_limits<float>::max(), std::numeric_limits<float>::max(),
           std::numeric_limits<float>::max()};
  Vec3 high{std::numeric_limits<float>::lowest(), std::numeric_limits<float>::lowest(),
            std::numeric_limits<float>::lowest()};

  void include(Vec3 p) noexcept {
    low = min_of(low, p);
    high = max_of(high, p);
  }
  void include(const Aabb& box) noexcept {
    low = min_of(low, box.low);
    high = max_of(high, box.high);
  }
  [[nodiscard]] bool empty() const noexcept { return low.x > high.x; }
};

/// Squared distance from a point to a box, 0 inside.
[[nodiscard]] constexpr float distance_squared(const Aabb& box, Vec3 p) noexcept {
  const Vec3 d = max_of(max_of(box.low - p, p - box.high), Vec3{0, 0, 0});
  return dot(d, d);
}

/// A ray prepared for many box tests. The direction is a unit vector.
struct Ray {
  Vec3 origin_w_m;
  Vec3 direction_w;
  Vec3 inverse;  // 1 / direction, large instead of infinite where a component vanishes

  Ray(Vec3 origin, Vec3 direction) noexcept
      : origin_w_m(origin),
        direction_w(direction),
        inverse{inverse_of(direction.x), inverse_of(direction.y), inverse_of(direction.z)} {}
  [[nodiscard]] Vec3 at(float distance_m) const noexcept {
    return origin_w_m + direction_w * distance_m;
  }

 private:
  static float inverse_of(float d) noexcept {
    // finite, so that a box whose face holds the origin gives 0 and not NaN
    constexpr float kLeast = 1e-20F;
    if (d > kLeast || d < -kLeast) return 1.0F / d;
    return d < 0 ? -1.0F / kLeast : 1.0F / kLeast;
  }
};

/// True where the ray meets the box at a distance of at most `limit_m`. NaN anywhere is a miss.
[[nodiscard]] constexpr bool meets(const Ray& ray, const Aabb& box, float limit_m) noexcept {
  float enter = 0;
  float leave = limit_m;
  for (int axis = 0; axis < 3; ++axis) {
    const float o = component(ray.origin_w_m, axis);
    const float inverse = component(ray.inverse, axis);
    const float a = (component(box.low, axis) - o) * inverse;
    const float b = (component(box.high, axis) - o) * inverse;
    enter = max_of(enter, min_of(a, b));
    leave = min_of(leave, max_of(a, b));
  }
  return enter <= leave;
}

struct Triangle {
  Vec3 a, b, c;
};

/// The half space dot(normal, p) <= offset.
struct HalfSpace {
  Vec3 normal_w;
  float offset_m = 0;
  [[nodiscard]] float height(Vec3 p) const noexcept { return dot(normal_w, p) - offset_m; }
};

}  // namespace volery::scene
