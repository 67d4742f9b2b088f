// Packets of rays down a tree of boxes, and so into meshes: what lidars and cameras share. Included
// once per instruction set by the kernel files.
#if defined(VOLERY_SCENE_TREE_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SCENE_TREE_LANES_HPP_
#undef VOLERY_SCENE_TREE_LANES_HPP_
#else
#define VOLERY_SCENE_TREE_LANES_HPP_
#endif

#include "scene/solid_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::scene::HWY_NAMESPACE {

/// One over the directions, finite, and which way most of them go.
struct PacketInverse {
  alignas(64) float x[kLanes];
  alignas(64) float y[kLanes];
  alignas(64) float z[kLanes];
  bool rises[3];

  HWY_INLINE explicit PacketInverse(const RayPacket& rays) {
    const float* const from[3] = {rays.x_w, rays.y_w, rays.z_w};
    float* const to[3] = {x, y, z};
    for (int axis = 0; axis < 3; ++axis) {
      F32 sum(0.0F);
      for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
        // large instead of infinite, as in Ray
        constexpr float kLeast = 1e-20F;
        const F32 d = F32::load(from[axis] + lane);
        const F32 least = select(d < F32(0.0F), F32(-kLeast), F32(kLeast));
        (F32(1.0F) / select(abs(d) > F32(kLeast), d, least)).store(to[axis] + lane);
        sum = sum + d;
      }
      rises[axis] = hn::GetLane(hn::SumOfLanes(FloatTag(), sum.raw)) >= 0;
    }
  }
};

HWY_INLINE bool any_meets(const PacketInverse& inverse, const RayPacket& rays, const Aabb& box) {
  const Vec3 low = box.low - rays.origin_w_m;
  const Vec3 high = box.high - rays.origin_w_m;
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const F32 ix = F32::load(inverse.x + lane);
    const F32 iy = F32::load(inverse.y + lane);
    const F32 iz = F32::load(inverse.z + lane);
    const F32 ax = F32(low.x) * ix, bx = F32(high.x) * ix;
    const F32 ay = F32(low.y) * iy, by = F32(high.y) * iy;
    const F32 az = F32(low.z) * iz, bz = F32(high.z) * iz;
    const F32 enter = max(max(min(ax, bx), min(ay, by)), max(min(az, bz), F32(0.0F)));
    const F32 leave =
        min(min(max(ax, bx), max(ay, by)), min(max(az, bz), F32::load(rays.distance_m + lane)));
    if (any(enter <= leave)) return true;
  }
  return false;
}

/// Calls visit(item) for each item whose box some ray may meet, nearer halves first.
template <class Visit>
HWY_INLINE void walk(const Bvh& tree, const PacketInverse& inverse, const RayPacket& rays,
                     const Visit& visit) {
  const Bvh::Node* const nodes = tree.nodes();
  const std::int32_t* const items = tree.items();
  if (tree.empty()) return;
  std::int32_t stack[Bvh::kMaxDepth];
  int depth = 0;
  stack[depth++] = 0;
  while (depth > 0) {
    const std::int32_t index = stack[--depth];
    const Bvh::Node& node = nodes[index];
    if (!any_meets(inverse, rays, node.box)) continue;
    for (std::int32_t i = 0; i < node.count; ++i) visit(items[node.first + i]);
    if (node.count < 0) {
      const bool low_first = inverse.rises[-1 - node.count];
      stack[depth++] = low_first ? node.first : index + 1;
      stack[depth++] = low_first ? index + 1 : node.first;
    }
  }
}

struct VisitTriangle {
  const Shape& shape;
  RayPacket& rays;
  HWY_INLINE void operator()(std::int32_t item) const {
    cast_triangle_lanes(shape.triangles[static_cast<std::size_t>(item)], rays);
  }
};

/// Out of line, so that the walk of the scene stays small.
inline HWY_NOINLINE void cast_mesh_lanes(const Shape& shape, const PacketInverse& inverse,
                                         RayPacket& rays) {
  walk(shape.triangle_index, inverse, rays, VisitTriangle{shape, rays});
}

}  // namespace volery::scene::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SCENE_TREE_LANES_HPP_
