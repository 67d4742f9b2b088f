// First meetings of 16 rays from one point with each kind of primitive, in lanes: the formulas of
// shape_ray.cpp, operation by operation, so that both give the same bits. What depends on the
// common origin alone is computed once. Included once per instruction set by ray_lanes.cpp.
#if defined(VOLERY_SCENE_SOLID_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SCENE_SOLID_LANES_HPP_
#undef VOLERY_SCENE_SOLID_LANES_HPP_
#else
#define VOLERY_SCENE_SOLID_LANES_HPP_
#endif

#include <limits>

#include "core/vec3_lanes.hpp"
#include "scene/ray_packet.hpp"
#include "scene/shapes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::scene::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

inline constexpr float kLargest = std::numeric_limits<float>::max();
inline constexpr float kLowest = std::numeric_limits<float>::lowest();

HWY_INLINE Vec3F32 same(Vec3 v) {
  return {F32(v.x), F32(v.y), F32(v.z)};
}
HWY_INLINE Vec3F32 direction_of(const RayPacket& rays, int lane) {
  return {F32::load(rays.x_w + lane), F32::load(rays.y_w + lane), F32::load(rays.z_w + lane)};
}
/// World directions in the axes of a solid.
HWY_INLINE Vec3F32 to_local(const Vec3* axes_w, Vec3F32 direction) {
  return {dot(same(axes_w[0]), direction), dot(same(axes_w[1]), direction),
          dot(same(axes_w[2]), direction)};
}
HWY_INLINE Mask is_parallel(F32 climb) {
  return abs(climb) < F32(kParallel);
}

/// The stretch of each ray that may be inside.
struct Stretch {
  F32 enter_m, leave_m;
  HWY_INLINE Stretch() : enter_m(kLowest), leave_m(kLargest) {}
  HWY_INLINE Stretch(F32 enter, F32 leave) : enter_m(enter), leave_m(leave) {}

  /// Narrows to |local coordinate| <= half.
  HWY_INLINE void clip_slab(float at, F32 direction, float half) {
    const F32 upper_m = F32(half - at) / direction;
    const F32 lower_m = F32(-at - half) / direction;
    const Mask parallel = is_parallel(direction);
    const bool outside = at - half > 0 || -at - half > 0;
    enter_m = max(select(parallel, F32(kLowest), min(upper_m, lower_m)), enter_m);
    leave_m =
        min(select(parallel, F32(outside ? kLowest : kLargest), max(upper_m, lower_m)), leave_m);
  }
  /// Narrows to a half space; `height` is that of the origin above it.
  HWY_INLINE void clip_face(float height, F32 climb) {
    const F32 at_m = F32(-height) / climb;
    const Mask parallel = is_parallel(climb);
    const Mask rising = climb > F32(0.0F);
    const F32 none = F32(height > 0 ? kLowest : kLargest);
    leave_m = min(select(parallel, none, select(rising, at_m, F32(kLargest))), leave_m);
    enter_m = max(select(parallel | rising, F32(kLowest), at_m), enter_m);
  }
  /// Shortens the rays whose stretch is not empty where `also` holds.
  HWY_INLINE void shorten(Mask also, float* distance_m) const {
    const F32 old_m = F32::load(distance_m);
    const F32 hit_m = select(enter_m > F32(0.0F), enter_m, F32(0.0F));
    const Mask met = (enter_m <= leave_m) & (leave_m >= F32(0.0F)) & (hit_m < old_m) & also;
    select(met, hit_m, old_m).store(distance_m);
  }
};

HWY_INLINE Mask everywhere() {
  return F32(0.0F) == F32(0.0F);
}

HWY_INLINE void cast_box_lanes(Vec3 at, const Vec3* axes_w, Vec3 half_m, RayPacket& rays) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Vec3F32 direction = to_local(axes_w, direction_of(rays, lane));
    Stretch stretch;
    stretch.clip_slab(at.x, direction.x, half_m.x);
    stretch.clip_slab(at.y, direction.y, half_m.y);
    stretch.clip_slab(at.z, direction.z, half_m.z);
    stretch.shorten(everywhere(), rays.distance_m + lane);
  }
}

HWY_INLINE void cast_cylinder_lanes(Vec3 at, const Vec3* axes_w, Vec3 half_m, RayPacket& rays) {
  const float radius = half_m.x;
  const float radial2 = at.x * at.x + at.y * at.y;
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Vec3F32 direction = to_local(axes_w, direction_of(rays, lane));
    Stretch stretch;
    stretch.clip_slab(at.z, direction.z, half_m.z);
    // the round wall, seen along the axis; rays along it are inside or not
    const F32 speed2 = direction.x * direction.x + direction.y * direction.y;
    const Mask along = speed2 < F32(kParallel);
    const F32 closest_m = -(F32(at.x) * direction.x + F32(at.y) * direction.y) / speed2;
    const F32 x = F32(at.x) + direction.x * closest_m;
    const F32 y = F32(at.y) + direction.y * closest_m;
    const F32 chord2 = (F32(radius * radius) - (x * x + y * y)) / speed2;
    const F32 half_chord_m = sqrt(chord2);
    stretch.leave_m = min(select(along, F32(kLargest), closest_m + half_chord_m), stretch.leave_m);
    stretch.enter_m = max(select(along, F32(kLowest), closest_m - half_chord_m), stretch.enter_m);
    const Mask meets_wall = (chord2 >= F32(0.0F)) & !along;
    const bool inside = !(radial2 > radius * radius);
    stretch.shorten(inside ? meets_wall | along : meets_wall, rays.distance_m + lane);
  }
}

HWY_INLINE void cast_sphere_lanes(Vec3 at, float radius, RayPacket& rays) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Vec3F32 direction = direction_of(rays, lane);
    const F32 closest_m = -dot(same(at), direction);
    const Vec3F32 miss = same(at) + closest_m * direction;
    const F32 chord2 = F32(radius * radius) - dot(miss, miss);
    const F32 half_chord_m = sqrt(chord2);
    const Stretch stretch(closest_m - half_chord_m, closest_m + half_chord_m);
    stretch.shorten(chord2 >= F32(0.0F), rays.distance_m + lane);
  }
}

HWY_INLINE void cast_hull_lanes(const Shape& shape, RayPacket& rays) {
  const HalfSpace* const faces = shape.half_spaces.data();
  const std::size_t num_faces = shape.half_spaces.size();
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Vec3F32 direction = direction_of(rays, lane);
    Stretch stretch;
    for (std::size_t f = 0; f < num_faces; ++f) {
      stretch.clip_face(faces[f].height(rays.origin_w_m), dot(same(faces[f].normal_w), direction));
    }
    stretch.shorten(everywhere(), rays.distance_m + lane);
  }
}

HWY_INLINE void cast_plane_lanes(const HalfSpace& solid, RayPacket& rays) {
  const float height_m = solid.height(rays.origin_w_m);
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const F32 old_m = F32::load(rays.distance_m + lane);
    if (!(height_m > 0)) {
      select(old_m > F32(0.0F), F32(0.0F), old_m).store(rays.distance_m + lane);
      continue;
    }
    const F32 climb = dot(same(solid.normal_w), direction_of(rays, lane));
    const F32 hit_m = F32(height_m) / -climb;
    const Mask met = (climb < F32(-kParallel)) & (hit_m < old_m);
    select(met, hit_m, old_m).store(rays.distance_m + lane);
  }
}

HWY_INLINE void cast_triangle_lanes(const Triangle& triangle, RayPacket& rays) {
  constexpr float kEdge = 1e-5F;  // as in shape_ray.cpp
  const Vec3 ab = triangle.b - triangle.a;
  const Vec3 ac = triangle.c - triangle.a;
  const Vec3 from_a = rays.origin_w_m - triangle.a;
  const Vec3 q = cross(from_a, ab);
  const float along = volery::dot(ac, q);
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Vec3F32 direction = direction_of(rays, lane);
    const Vec3F32 p = cross(direction, same(ac));
    const F32 determinant = dot(same(ab), p);
    const F32 inverse = F32(1.0F) / determinant;
    const F32 u = dot(same(from_a), p) * inverse;
    const F32 v = dot(direction, same(q)) * inverse;
    const F32 hit_m = F32(along) * inverse;
    const F32 old_m = F32::load(rays.distance_m + lane);
    const Mask met = (!(determinant == F32(0.0F))) & (u >= F32(-kEdge)) & (v >= F32(-kEdge)) &
                     (u + v <= F32(1 + kEdge)) & (hit_m >= F32(0.0F)) & (hit_m < old_m);
    select(met, hit_m, old_m).store(rays.distance_m + lane);
  }
}

}  // namespace volery::scene::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SCENE_SOLID_LANES_HPP_
