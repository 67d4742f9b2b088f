// Packets of rays through the tree of a scene and past moving solids.
//
// A node is visited where any ray of the packet may meet it nearer than what that ray has met. The
// tests of nodes and bounding spheres only cull, with slack; distances come from the exact tests
// alone, and the least of them does not depend on the order.
#include <cmath>

#include "scene/ray_lanes.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "scene/ray_lanes.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "scene/tree_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::scene::HWY_NAMESPACE {

struct VisitShape {
  const RayScene& scene;
  const PacketInverse& inverse;
  RayPacket& rays;
  HWY_INLINE void operator()(std::int32_t item) const {
    const Shape& shape = scene.shapes[scene.bounded[item]];
    const Vec3 at = shape.to_local(rays.origin_w_m - shape.center_w_m);
    switch (shape.kind) {
      case PrimitiveKind::kBox:
        return cast_box_lanes(at, shape.axes_w, shape.half_m, rays);
      case PrimitiveKind::kCylinder:
        return cast_cylinder_lanes(at, shape.axes_w, shape.half_m, rays);
      case PrimitiveKind::kSphere:
        return cast_sphere_lanes(rays.origin_w_m - shape.center_w_m, shape.half_m.x, rays);
      case PrimitiveKind::kHull:
        return cast_hull_lanes(shape, rays);
      case PrimitiveKind::kMesh:
        return cast_mesh_lanes(shape, inverse, rays);
      case PrimitiveKind::kPlane:
        return;
    }
  }
};

void scene_kernel(const RayScene& scene, RayPacket& rays) {
  for (int i = 0; i < scene.num_planes; ++i) cast_plane_lanes(scene.planes[i], rays);
  if (scene.tree->empty()) return;
  const PacketInverse inverse(rays);
  walk(*scene.tree, inverse, rays, VisitShape{scene, inverse, rays});
}

/// Whether some ray comes near the sphere that holds a solid, nearer than what it has met.
HWY_INLINE bool any_near(Vec3 center, float reach_m, const RayPacket& rays) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Vec3F32 direction = direction_of(rays, lane);
    const F32 along_m = dot(same(center), direction);
    const Vec3F32 miss = same(center) - along_m * direction;
    const Mask near = (dot(miss, miss) <= F32(reach_m * reach_m)) & (along_m >= F32(-reach_m)) &
                      (along_m - F32(reach_m) <= F32::load(rays.distance_m + lane));
    if (any(near)) return true;
  }
  return false;
}

void solids_kernel(std::span<const RaySolid> solids, RayPacket& rays) {
  for (const RaySolid& solid : solids) {
    // rounding and directions that are unit to 1e-6: some 1e-6 of the distance
    constexpr float kRelative = 1e-5F;
    constexpr float kAbsolute_m = 1e-4F;
    const Vec3 center = solid.center_w_m - rays.origin_w_m;
    const Vec3 size = max_of(center, Vec3{} - center);
    const float slack_m = kAbsolute_m + kRelative * (size.x + size.y + size.z);
    if (!any_near(center, solid.reach_m + slack_m, rays)) continue;
    const Vec3 from = rays.origin_w_m - solid.center_w_m;
    const Vec3 at{volery::dot(solid.axes_w[0], from), volery::dot(solid.axes_w[1], from),
                  volery::dot(solid.axes_w[2], from)};
    if (solid.kind == PrimitiveKind::kBox) {
      cast_box_lanes(at, solid.axes_w, solid.half_m, rays);
    } else if (solid.kind == PrimitiveKind::kCylinder) {
      cast_cylinder_lanes(at, solid.axes_w, solid.half_m, rays);
    } else {
      cast_sphere_lanes(from, solid.half_m.x, rays);
    }
  }
}

}  // namespace volery::scene::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace scene {
HWY_EXPORT(scene_kernel);
HWY_EXPORT(solids_kernel);

void cast_scene(const RayScene& scene, RayPacket& rays) noexcept {
  HWY_DYNAMIC_DISPATCH(scene_kernel)(scene, rays);
}
void cast_solids(std::span<const RaySolid> solids, RayPacket& rays) noexcept {
  HWY_DYNAMIC_DISPATCH(solids_kernel)(solids, rays);
}
}  // namespace scene

void place_solid(RaySolid& solid, Vec3 center_w_m, Quat quat_wb) noexcept {
  solid.center_w_m = center_w_m;
  if (solid.kind == PrimitiveKind::kSphere) return;
  // unit to a few 1e-7, as make_shape() has them
  const auto axis = [&](Vec3 local) {
    const Vec3 turned = rotate(quat_wb, local);
    return turned * (1.0F / std::sqrt(dot(turned, turned)));
  };
  solid.axes_w[0] = axis({1, 0, 0});
  solid.axes_w[1] = axis({0, 1, 0});
  solid.axes_w[2] = axis({0, 0, 1});
}

void cast_rays(std::span<const RaySolid> solids, RayPacket& rays) noexcept {
  const float sum = rays.origin_w_m.x + rays.origin_w_m.y + rays.origin_w_m.z;
  if (!(sum - sum == 0)) return;
  scene::cast_solids(solids, rays);
}

}  // namespace volery
#endif
