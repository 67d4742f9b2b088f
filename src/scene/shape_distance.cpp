// Distances from a point to each kind of primitive.
#include "scene/shapes.hpp"

namespace volery::scene {

namespace {

Vec3 absolute(Vec3 v) {
  return max_of(v, Vec3{} - v);
}

float box_distance(const Shape& shape, Vec3 local) {
  return length(max_of(absolute(local) - shape.half_m, Vec3{}));
}

float cylinder_distance(const Shape& shape, Vec3 local) {
  const float radial = std::sqrt(local.x * local.x + local.y * local.y) - shape.half_m.x;
  const float axial = absolute(local).z - shape.half_m.z;
  return length({max_of(radial, 0.0F), max_of(axial, 0.0F), 0});
}

float sphere_distance(const Shape& shape, Vec3 offset) {
  return max_of(length(offset) - shape.half_m.x, 0.0F);
}

float hull_distance(const Shape& shape, Vec3 point) {
  float highest = std::numeric_limits<float>::lowest();
  for (const HalfSpace& face : shape.half_spaces) highest = max_of(highest, face.height(point));
  if (highest <= 0) return 0;
  float nearest = std::numeric_limits<float>::max();
  for (const Triangle& triangle : shape.triangles) {
    nearest = min_of(nearest, distance_m(triangle, point));
  }
  return nearest;
}

float mesh_distance(const Shape& shape, Vec3 point) {
  float nearest = std::numeric_limits<float>::max();
  float nearest_m2 = std::numeric_limits<float>::max();
  shape.triangle_index.near(point, nearest_m2, [&](std::int32_t item) {
    const float d = distance_m(shape.triangles[static_cast<std::size_t>(item)], point);
    nearest = min_of(nearest, d);
    nearest_m2 = min_of(nearest_m2, d * d);
  });
  return nearest;
}

}  // namespace

// The closest feature by the Voronoi regions of the triangle (C. Ericson: "Real-Time Collision
// Detection", 2005, section 5.1.5).
float distance_m(const Triangle& triangle, Vec3 p) noexcept {
  const auto [a, b, c] = triangle;
  const Vec3 ab = b - a;
  const Vec3 ac = c - a;
  // a corner
  const Vec3 ap = p - a;
  const float ab_ap = dot(ab, ap);
  const float ac_ap = dot(ac, ap);
  if (ab_ap <= 0 && ac_ap <= 0) return length(ap);
  const Vec3 bp = p - b;
  const float ab_bp = dot(ab, bp);
  const float ac_bp = dot(ac, bp);
  if (ab_bp >= 0 && ac_bp <= ab_bp) return length(bp);
  const Vec3 cp = p - c;
  const float ab_cp = dot(ab, cp);
  const float ac_cp = dot(ac, cp);
  if (ac_cp >= 0 && ab_cp <= ac_cp) return length(cp);

  // an edge
  const float weight_c = ab_ap * ac_bp - ab_bp * ac_ap;
  if (weight_c <= 0 && ab_ap >= 0 && ab_bp <= 0) {
    return length(ap - ab * (ab_ap / (ab_ap - ab_bp)));
  }
  const float weight_b = ab_cp * ac_ap - ab_ap * ac_cp;
  if (weight_b <= 0 && ac_ap >= 0 && ac_cp <= 0) {
    return length(ap - ac * (ac_ap / (ac_ap - ac_cp)));
  }
  const float weight_a = ab_bp * ac_cp - ab_cp * ac_bp;
  const float along_b = ac_bp - ab_bp;
  const float along_c = ab_cp - ac_cp;
  if (weight_a <= 0 && along_b >= 0 && along_c >= 0) {
    return length(bp - (c - b) * (along_b / (along_b + along_c)));
  }
  // the inside
  const float scale = 1.0F / (weight_a + weight_b + weight_c);
  return length(ap - ab * (weight_b * scale) - ac * (weight_c * scale));
}

float distance_m(const Shape& shape, Vec3 point_w_m) noexcept {
  const Vec3 offset = point_w_m - shape.center_w_m;
  switch (shape.kind) {
    case PrimitiveKind::kPlane:
      return max_of(shape.half_spaces.front().height(point_w_m), 0.0F);
    case PrimitiveKind::kBox:
      return box_distance(shape, shape.to_local(offset));
    case PrimitiveKind::kCylinder:
      return cylinder_distance(shape, shape.to_local(offset));
    case PrimitiveKind::kSphere:
      return sphere_distance(shape, offset);
    case PrimitiveKind::kHull:
      return hull_distance(shape, point_w_m);
    case PrimitiveKind::kMesh:
      return mesh_distance(shape, point_w_m);
  }
  return 0;
}

}  // namespace volery::scene
