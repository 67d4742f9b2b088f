// Plain double-precision formulas for the distance to each primitive, written apart from src/scene:
// what the tests hold it to. Rays are marched along these distances, so no ray formula is shared.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "scene/scene.hpp"

namespace volery::testing {

using Point = std::array<double, 3>;

inline Point sub(const Point& a, const Point& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
inline Point add_scaled(const Point& a, const Point& b, double s) {
  return {a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]};
}
inline double dot(const Point& a, const Point& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
inline double norm(const Point& a) {
  return std::sqrt(dot(a, a));
}
inline Point cross(const Point& a, const Point& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
inline Point point_of(Vec3 v) {
  return {v.x, v.y, v.z};
}

/// Columns of Rz(yaw) Ry(pitch) Rx(roll), by libm.
inline std::array<Point, 3> axes_of(const std::vector<float>& rpy) {
  const double cr = std::cos(double{rpy[0]}), sr = std::sin(double{rpy[0]});
  const double cp = std::cos(double{rpy[1]}), sp = std::sin(double{rpy[1]});
  const double cy = std::cos(double{rpy[2]}), sy = std::sin(double{rpy[2]});
  return {Point{cy * cp, sy * cp, -sp},
          Point{cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, cp * sr},
          Point{cy * sp * cr + sy * sr, sy * sp * cr - cy * sr, cp * cr}};
}

inline Point local_of(const Primitive& primitive, const Point& p) {
  const auto axes = axes_of(primitive.rpy_rad);
  const Point offset =
      sub(p, {primitive.position_w_m[0], primitive.position_w_m[1], primitive.position_w_m[2]});
  return {dot(axes[0], offset), dot(axes[1], offset), dot(axes[2], offset)};
}

inline double segment_distance(const Point& p, const Point& a, const Point& b) {
  const Point ab = sub(b, a);
  const double along = std::clamp(dot(sub(p, a), ab) / dot(ab, ab), 0.0, 1.0);
  return norm(sub(p, add_scaled(a, ab, along)));
}

/// By the projection onto the plane if that lies inside, else by the three sides.
inline double triangle_distance(const Point& p, const Point& a, const Point& b, const Point& c) {
  const Point normal = cross(sub(b, a), sub(c, a));
  const auto left_of = [&](const Point& from, const Point& to) {
    return dot(cross(sub(to, from), sub(p, from)), normal) >= 0;
  };
  if (left_of(a, b) && left_of(b, c) && left_of(c, a)) {
    return std::abs(dot(normal, sub(p, a))) / norm(normal);
  }
  return std::min(
      {segment_distance(p, a, b), segment_distance(p, b, c), segment_distance(p, c, a)});
}

inline Point vertex(const Primitive& primitive, std::size_t i) {
  return {primitive.vertices_m[3 * i], primitive.vertices_m[3 * i + 1],
          primitive.vertices_m[3 * i + 2]};
}

/// Distance to the convex hull of the vertices: every three of them that have all others on one
/// side are a piece of its surface.
inline double hull_distance(const Primitive& primitive, const Point& local) {
  constexpr double kCoplanar_m = 1e-9;
  const std::size_t count = primitive.vertices_m.size() / 3;
  double least = 1e30;
  bool inside = true;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i + 1; j < count; ++j) {
      for (std::size_t k = j + 1; k < count; ++k) {
        const Point a = vertex(primitive, i), b = vertex(primitive, j), c = vertex(primitive, k);
        const Point normal = cross(sub(b, a), sub(c, a));
        double low = 0, high = 0;
        for (std::size_t other = 0; other < count; ++other) {
          const double height = dot(normal, sub(vertex(primitive, other), a)) / norm(normal);
          low = std::min(low, height);
          high = std::max(high, height);
        }
        if (low < -kCoplanar_m && high > kCoplanar_m) continue;
        least = std::min(least, triangle_distance(local, a, b, c));
        const double height = dot(normal, sub(local, a)) / norm(normal);
        if (low < -kCoplanar_m ? height > 0 : height < 0) inside = false;
      }
    }
  }
  return inside ? 0 : least;
}

/// Distance to one primitive, 0 inside solids.
inline double oracle_distance(const Primitive& primitive, const Point& p) {
  const Point local = local_of(primitive, p);
  const auto half = [&](std::size_t i) { return 0.5 * double{primitive.size_m[i]}; };
  switch (primitive.kind) {
    case PrimitiveKind::kPlane:
      return std::max(local[2], 0.0);
    case PrimitiveKind::kBox: {
      Point outside{};
      for (std::size_t i = 0; i < 3; ++i) outside[i] = std::max(std::abs(local[i]) - half(i), 0.0);
      return norm(outside);
    }
    case PrimitiveKind::kCylinder: {
      const double radial =
          std::max(std::sqrt(local[0] * local[0] + local[1] * local[1]) - half(0), 0.0);
      const double axial = std::max(std::abs(local[2]) - half(2), 0.0);
      return norm({radial, axial, 0});
    }
    case PrimitiveKind::kSphere:
      return std::max(norm(local) - half(0), 0.0);
    case PrimitiveKind::kHull:
      return hull_distance(primitive, local);
    case PrimitiveKind::kMesh: {
      double least = 1e30;
      for (std::size_t i = 0; i < primitive.triangles.size(); i += 3) {
        const auto corner = [&](std::size_t k) {
          return vertex(primitive, static_cast<std::size_t>(primitive.triangles[i + k]));
        };
        least = std::min(least, triangle_distance(local, corner(0), corner(1), corner(2)));
      }
      return least;
    }
  }
  return 0;
}

inline double oracle_distance(const SceneConfig& config, const Point& p) {
  double least = 1e30;
  for (const Primitive& primitive : config.statics) {
    least = std::min(least, oracle_distance(primitive, p));
  }
  return least;
}

/// Numbers and points from a fixed seed.
class Draws {
 public:
  explicit Draws(unsigned seed) : generator_(seed) {}
  float uniform(float low, float high) {
    return std::uniform_real_distribution<float>(low, high)(generator_);
  }
  Vec3 in_box(Vec3 low, Vec3 high) {
    return {uniform(low.x, high.x), uniform(low.y, high.y), uniform(low.z, high.z)};
  }
  Vec3 direction() {
    for (;;) {
      const Vec3 v = in_box({-1, -1, -1}, {1, 1, 1});
      const float size2 = volery::dot(v, v);
      if (size2 > 0.01F && size2 < 1) return v * (1.0F / std::sqrt(size2));
    }
  }

 private:
  std::mt19937 generator_;
};

inline Primitive make_primitive(PrimitiveKind kind, std::vector<float> position_w_m,
                                std::vector<float> size_m, std::vector<float> rpy_rad = {0, 0, 0}) {
  Primitive primitive;
  primitive.kind = kind;
  primitive.position_w_m = std::move(position_w_m);
  primitive.size_m = std::move(size_m);
  primitive.rpy_rad = std::move(rpy_rad);
  return primitive;
}

inline Primitive random_primitive(Draws& draws, PrimitiveKind kind, float reach_m) {
  const Vec3 at = draws.in_box({-reach_m, -reach_m, -reach_m}, {reach_m, reach_m, reach_m});
  const Vec3 turn = draws.in_box({-3, -3, -3}, {3, 3, 3});
  const Vec3 size = draws.in_box({0.1F, 0.1F, 0.1F}, {2, 2, 2});
  Primitive primitive =
      make_primitive(kind, {at.x, at.y, at.z}, {size.x, size.y, size.z}, {turn.x, turn.y, turn.z});
  if (kind == PrimitiveKind::kCylinder) primitive.size_m[1] = size.x;
  if (kind == PrimitiveKind::kSphere) primitive.size_m = {size.x, size.x, size.x};
  if (kind == PrimitiveKind::kHull || kind == PrimitiveKind::kMesh) {
    const int vertices = kind == PrimitiveKind::kHull ? 12 : 20;
    for (int i = 0; i < 3 * vertices; ++i) primitive.vertices_m.push_back(draws.uniform(-1, 1));
  }
  if (kind == PrimitiveKind::kMesh) {
    // a soup of triangles: the tree must not need a closed surface
    for (int i = 0; i < 18; ++i) primitive.triangles.push_back(static_cast<float>(i));
  }
  return primitive;
}

inline SceneConfig scene_of(std::vector<Primitive> statics) {
  SceneConfig config;
  config.statics = std::move(statics);
  return config;
}

}  // namespace volery::testing
