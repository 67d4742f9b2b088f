// First meetings of a ray with each kind of primitive.
//
// Solids are intersections of slabs, half spaces and round walls: each narrows the interval of the
// ray that may be inside, and what is left at the end is inside.
#include "scene/shapes.hpp"

namespace volery::scene {

namespace {

struct Interval {
  float enter_m = std::numeric_limits<float>::lowest();
  float leave_m = std::numeric_limits<float>::max();
  Vec3 normal;  // of the surface where the ray enters

  /// Narrows to the half space whose surface has this outward normal; `height` is that of the
  /// origin above it, `climb` how fast the ray gains height.
  void clip(Vec3 outward, float height, float climb) noexcept {
    if (climb < kParallel && climb > -kParallel) {
      if (height > 0) leave_m = std::numeric_limits<float>::lowest();
      return;
    }
    const float at_m = -height / climb;
    if (climb > 0) {
      leave_m = min_of(leave_m, at_m);
    } else if (at_m > enter_m) {
      enter_m = at_m;
      normal = outward;
    }
  }
};

/// The hit at the start of what is left of the ray; distance 0 where the origin is inside.
bool hit_of(const Interval& interval, const Ray& ray, ShapeHit& hit) noexcept {
  if (!(interval.enter_m <= interval.leave_m && interval.leave_m >= 0)) return false;
  if (interval.enter_m > 0) {
    hit = {interval.enter_m, interval.normal};
  } else {
    hit = {0, Vec3{} - ray.direction_w};
  }
  return true;
}

/// Clips to |local z| <= half and likewise for x and y.
void clip_slab(Interval& interval, float at, float direction, float half, Vec3 axis) noexcept {
  interval.clip(axis, at - half, direction);
  interval.clip(Vec3{} - axis, -at - half, -direction);
}

bool cast_box(const Shape& shape, const Ray& ray, ShapeHit& hit) noexcept {
  const Vec3 at = shape.to_local(ray.origin_w_m - shape.center_w_m);
  const Vec3 direction = shape.to_local(ray.direction_w);
  Interval interval;
  clip_slab(interval, at.x, direction.x, shape.half_m.x, shape.axes_w[0]);
  clip_slab(interval, at.y, direction.y, shape.half_m.y, shape.axes_w[1]);
  clip_slab(interval, at.z, direction.z, shape.half_m.z, shape.axes_w[2]);
  return hit_of(interval, ray, hit);
}

bool cast_cylinder(const Shape& shape, const Ray& ray, ShapeHit& hit) noexcept {
  const Vec3 at = shape.to_local(ray.origin_w_m - shape.center_w_m);
  const Vec3 direction = shape.to_local(ray.direction_w);
  const float radius = shape.half_m.x;
  Interval interval;
  clip_slab(interval, at.z, direction.z, shape.half_m.z, shape.axes_w[2]);

  // the round wall, seen along the axis
  const float speed2 = direction.x * direction.x + direction.y * direction.y;
  const float radial2 = at.x * at.x + at.y * at.y;
  if (speed2 < kParallel) {
    if (radial2 > radius * radius) return false;
    return hit_of(interval, ray, hit);
  }
  // from the closest approach: the discriminant then loses nothing far away
  const float closest_m = -(at.x * direction.x + at.y * direction.y) / speed2;
  const float x = at.x + direction.x * closest_m;
  const float y = at.y + direction.y * closest_m;
  const float chord2 = (radius * radius - (x * x + y * y)) / speed2;
  if (!(chord2 >= 0)) return false;
  const float half_chord_m = std::sqrt(chord2);
  interval.leave_m = min_of(interval.leave_m, closest_m + half_chord_m);
  if (closest_m - half_chord_m > interval.enter_m) {
    interval.enter_m = closest_m - half_chord_m;
    const float scale = 1.0F / radius;
    interval.normal = shape.to_world({(at.x + direction.x * interval.enter_m) * scale,
                                      (at.y + direction.y * interval.enter_m) * scale, 0});
  }
  return hit_of(interval, ray, hit);
}

bool cast_sphere(const Shape& shape, const Ray& ray, ShapeHit& hit) noexcept {
  const Vec3 at = ray.origin_w_m - shape.center_w_m;
  const float radius = shape.half_m.x;
  const float closest_m = -dot(at, ray.direction_w);
  const Vec3 miss = at + ray.direction_w * closest_m;
  const float chord2 = radius * radius - dot(miss, miss);
  if (!(chord2 >= 0)) return false;
  const float half_chord_m = std::sqrt(chord2);
  Interval interval{closest_m - half_chord_m, closest_m + half_chord_m, {}};
  interval.normal = (at + ray.direction_w * interval.enter_m) * (1.0F / radius);
  return hit_of(interval, ray, hit);
}

bool cast_hull(const Shape& shape, const Ray& ray, ShapeHit& hit) noexcept {
  Interval interval;
  for (const HalfSpace& face : shape.half_spaces) {
    interval.clip(face.normal_w, face.height(ray.origin_w_m), dot(face.normal_w, ray.direction_w));
  }
  return hit_of(interval, ray, hit);
}

// T. Moeller, B. Trumbore: "Fast, minimum storage ray/triangle intersection", 1997; both sides.
bool cast_triangle(const Triangle& triangle, const Ray& ray, ShapeHit& hit) noexcept {
  // rays through a shared edge must meet at least one of its triangles
  constexpr float kEdge = 1e-5F;
  const Vec3 ab = triangle.b - triangle.a;
  const Vec3 ac = triangle.c - triangle.a;
  const Vec3 p = cross(ray.direction_w, ac);
  const float determinant = dot(ab, p);
  if (determinant == 0) return false;
  const float inverse = 1.0F / determinant;
  const Vec3 from_a = ray.origin_w_m - triangle.a;
  const float u = dot(from_a, p) * inverse;
  const Vec3 q = cross(from_a, ab);
  const float v = dot(ray.direction_w, q) * inverse;
  if (!(u >= -kEdge && v >= -kEdge && u + v <= 1 + kEdge)) return false;
  const float distance = dot(ac, q) * inverse;
  if (!(distance >= 0)) return false;
  const Vec3 normal = cross(ab, ac);
  const float facing = dot(normal, ray.direction_w) > 0 ? -1.0F : 1.0F;
  hit = {distance, normal * (facing / length(normal))};
  return true;
}

bool cast_mesh(const Shape& shape, const Ray& ray, ShapeHit& hit) noexcept {
  float nearest_m = std::numeric_limits<float>::max();
  std::int32_t nearest = -1;
  shape.triangle_index.cast(ray, nearest_m, [&](std::int32_t item) {
    ShapeHit candidate;
    if (!cast_triangle(shape.triangles[static_cast<std::size_t>(item)], ray, candidate)) return;
    const bool nearer = candidate.distance_m < nearest_m;
    if (!nearer && !(candidate.distance_m == nearest_m && item < nearest)) return;
    nearest = item;
    nearest_m = candidate.distance_m;
    hit = candidate;
  });
  return nearest >= 0;
}

}  // namespace

bool cast(const Shape& shape, const Ray& ray, ShapeHit& hit) noexcept {
  switch (shape.kind) {
    case PrimitiveKind::kPlane:
      return cast(shape.half_spaces.front(), ray.origin_w_m, ray.direction_w, hit);
    case PrimitiveKind::kBox:
      return cast_box(shape, ray, hit);
    case PrimitiveKind::kCylinder:
      return cast_cylinder(shape, ray, hit);
    case PrimitiveKind::kSphere:
      return cast_sphere(shape, ray, hit);
    case PrimitiveKind::kHull:
      return cast_hull(shape, ray, hit);
    case PrimitiveKind::kMesh:
      return cast_mesh(shape, ray, hit);
  }
  return false;
}

}  // namespace volery::scene
