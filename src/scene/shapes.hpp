// The exact tests of one primitive: distance and first hit of a ray. Used inside src/scene only.
#pragma once

#include <vector>

#include "scene/bvh.hpp"
#include "scene/geometry.hpp"
#include "scene/scene.hpp"

namespace volery::scene {

/// A primitive prepared for queries: rotation as axes, sizes halved, hulls and meshes in the world.
struct Shape {
  PrimitiveKind kind = PrimitiveKind::kBox;
  Vec3 center_w_m;
  Vec3 axes_w[3];  // local x, y, z in world coordinates
  Vec3 half_m;     // box: half extents; cylinder: radius, radius, half height; sphere: radius
  std::vector<HalfSpace> half_spaces;  // plane: one; hull: one per face
  std::vector<Triangle> triangles;     // hull faces; mesh
  Bvh triangle_index;                  // mesh
  Aabb bounds;                         // empty for a plane

  [[nodiscard]] Vec3 to_local(Vec3 v_w) const noexcept {
    return {dot(axes_w[0], v_w), dot(axes_w[1], v_w), dot(axes_w[2], v_w)};
  }
  [[nodiscard]] Vec3 to_world(Vec3 v) const noexcept {
    return axes_w[0] * v.x + axes_w[1] * v.y + axes_w[2] * v.z;
  }
};

/// Assumes a primitive that validate() accepted. Throws Error for a hull whose points are flat;
/// `path` is how the message names it ("scene.statics[2]").
[[nodiscard]] Shape make_shape(const Primitive& primitive, const std::string& path);

/// Distance from the point to the shape, 0 inside solids; the surface alone for meshes. O(1), for
/// hulls O(faces), for meshes about O(log triangles).
[[nodiscard]] float distance_m(const Shape& shape, Vec3 point_w_m) noexcept;

struct ShapeHit {
  float distance_m = 0;
  Vec3 normal_w;  // unit, towards the ray's origin
};
/// Components of a unit direction below this are taken as parallel.
inline constexpr float kParallel = 1e-12F;

/// First meeting of the ray and a half space; distance 0 from inside.
[[nodiscard]] inline bool cast(const HalfSpace& solid, Vec3 origin_w_m, Vec3 direction_w,
                               ShapeHit& hit) noexcept {
  const float height_m = solid.height(origin_w_m);
  const float climb = dot(solid.normal_w, direction_w);
  if (height_m > 0) {
    if (!(climb < -kParallel)) return false;
    hit = {height_m / -climb, solid.normal_w};
  } else {
    hit = {0, Vec3{} - direction_w};
  }
  return true;
}

/// First meeting of the ray and the shape at any distance; false where there is none.
[[nodiscard]] bool cast(const Shape& shape, const Ray& ray, ShapeHit& hit) noexcept;

/// Distance from the point to a triangle.
[[nodiscard]] float distance_m(const Triangle& triangle, Vec3 point_w_m) noexcept;

/// Throws Error, naming path, value and what is allowed, for everything that describe() cannot see.
void validate(const SceneConfig& config);

}  // namespace volery::scene
