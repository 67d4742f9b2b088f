// Rays of a picture against the solids in it.
//
// Tiles of 16 x 16 pixels keep the solids whose rectangle touches them, packets of 4 x 4 test those
// whose rectangle touches them, nearest first, until the next one begins behind everything met.
// Measured against 200 boxes and 64 drones: docs/cameras.md.
#include "camera/cast.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "camera/cast_lanes.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "scene/tree_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::camera::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;         // NOLINT: the lane vocabulary of this target
using namespace volery::scene::HWY_NAMESPACE;  // NOLINT: and its solids
using scene::max_of;
using scene::min_of;

constexpr int kSide = 4;   // of a packet, pixels
constexpr int kTile = 16;  // of a tile
static_assert(kSide * kSide == kLanes);

/// Rays of a packet with what each met.
struct Packet {
  RayPacket rays;
  alignas(64) float cosine[kLanes];  // of the angle from the optical axis
  alignas(64) float what[kLanes];
  float reach_m = 0;  // no ray looks farther

  HWY_INLINE Packet(const View& view, int column, int row) {
    alignas(64) float columns[kLanes];
    alignas(64) float rows[kLanes];
    for (int l = 0; l < kLanes; ++l) {
      columns[l] = static_cast<float>(column + l % kSide);
      rows[l] = static_cast<float>(row + l / kSide);
    }
    rays.origin_w_m = view.eye_w_m;
    const auto width = static_cast<float>(view.width);
    const auto height = static_cast<float>(view.height);
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const F32 c = F32::load(columns + lane), r = F32::load(rows + lane);
      // as View::ray_w() has it
      const F32 x = (F32(2.0F) * (c + F32(0.5F)) / F32(width) - F32(1.0F)) * F32(view.tan_x);
      const F32 y = (F32(1.0F) - F32(2.0F) * (r + F32(0.5F)) / F32(height)) * F32(view.tan_y);
      const F32 length = sqrt(x * x + y * y + F32(1.0F));
      const F32 shrunk = F32(1.0F) / length;
      const Vec3F32 ray = x * same(view.right_w) + y * same(view.up_w) + same(view.forward_w);
      const Vec3F32 direction = shrunk * ray;
      direction.x.store(rays.x_w + lane);
      direction.y.store(rays.y_w + lane);
      direction.z.store(rays.z_w + lane);
      shrunk.store(cosine + lane);
      F32(kNothing).store(what + lane);
      // pixels beyond the edge look nowhere
      const Mask inside = (c < F32(width)) & (r < F32(height));
      select(inside, F32(view.far_m) * length, F32(0.0F)).store(rays.distance_m + lane);
    }
    measure_reach();
  }

  HWY_INLINE void measure_reach() {
    F32 farthest = F32::load(rays.distance_m);
    for (int lane = kVectorLanes; lane < kLanes; lane += kVectorLanes)
      farthest = max(farthest, F32::load(rays.distance_m + lane));
    reach_m = hn::GetLane(hn::MaxOfLanes(FloatTag(), farthest.raw));
  }

  /// meet() shortens the rays that meet something; those show `thing`.
  template <class Meet>
  HWY_INLINE void offer(float thing, const Meet& meet) {
    alignas(64) float before[kLanes];
    for (int lane = 0; lane < kLanes; lane += kVectorLanes)
      F32::load(rays.distance_m + lane).store(before + lane);
    meet();
    bool changed = false;
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const Mask met = F32::load(rays.distance_m + lane) < F32::load(before + lane);
      if (!any(met)) continue;
      select(met, F32(thing), F32::load(what + lane)).store(what + lane);
      changed = true;
    }
    if (changed) measure_reach();
  }

  HWY_INLINE void store(const View& view, int column, int row, const Pixels& out) const {
    alignas(64) float depth_m[kLanes];
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const F32 along = F32::load(rays.distance_m + lane) * F32::load(cosine + lane);
      const Mask met = F32::load(what + lane) >= F32(0.0F);
      select(met, clamp(along, F32(view.near_m), F32(view.far_m)), F32(view.far_m))
          .store(depth_m + lane);
    }
    const int columns = min_of_int(kSide, view.width - column);
    const int rows = min_of_int(kSide, view.height - row);
    for (int r = 0; r < rows; ++r) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(row + r) * view.width + column;
      for (int c = 0; c < columns; ++c) {
        out.depth_m[at + c] = depth_m[r * kSide + c];
        out.what[at + c] = what[r * kSide + c];
      }
    }
  }

  static HWY_INLINE int min_of_int(int a, int b) { return b < a ? b : a; }
};

HWY_INLINE void meet_solid(const Solid& solid, RayPacket& rays) {
  const Vec3 from = rays.origin_w_m - solid.center_w_m;
  const Vec3 at{volery::dot(solid.axes_w[0], from), volery::dot(solid.axes_w[1], from),
                volery::dot(solid.axes_w[2], from)};
  switch (solid.kind) {
    case PrimitiveKind::kBox:
      return cast_box_lanes(at, solid.axes_w, solid.half_m, rays);
    case PrimitiveKind::kCylinder:
      return cast_cylinder_lanes(at, solid.axes_w, solid.half_m, rays);
    case PrimitiveKind::kSphere:
      return cast_sphere_lanes(from, solid.half_m.x, rays);
    case PrimitiveKind::kHull:
      return cast_hull_lanes(*solid.shape, rays);
    case PrimitiveKind::kMesh:
      return cast_mesh_lanes(*solid.shape, PacketInverse(rays), rays);
    case PrimitiveKind::kPlane:
      return;
  }
}

HWY_INLINE bool touches(const Sighted& s, int column, int row, int side) {
  return s.left < column + side && s.right_end > column && s.top < row + side && s.bottom_end > row;
}

void cast_kernel(const View& view, std::span<const Sighted> sighted,
                 std::span<const Ground> grounds, std::int32_t* tile, const Pixels& out) {
  const auto num_sighted = static_cast<std::int32_t>(sighted.size());
  for (int top = 0; top < view.height; top += kTile) {
    for (int left = 0; left < view.width; left += kTile) {
      int count = 0;
      for (std::int32_t i = 0; i < num_sighted; ++i) {
        tile[count] = i;
        count += touches(sighted[static_cast<std::size_t>(i)], left, top, kTile) ? 1 : 0;
      }
      for (int row = top; row < top + kTile && row < view.height; row += kSide) {
        for (int column = left; column < left + kTile && column < view.width; column += kSide) {
          Packet packet(view, column, row);
          for (std::size_t g = 0; g < grounds.size(); ++g) {
            packet.offer(static_cast<float>(sighted.size() + g),
                         [&] { cast_plane_lanes(grounds[g].half_space, packet.rays); });
          }
          for (int i = 0; i < count; ++i) {
            const Sighted& s = sighted[static_cast<std::size_t>(tile[i])];
            if (s.nearest_m > packet.reach_m) break;
            if (!touches(s, column, row, kSide)) continue;
            packet.offer(static_cast<float>(tile[i]), [&] { meet_solid(*s.solid, packet.rays); });
          }
          packet.store(view, column, row, out);
        }
      }
    }
  }
}

}  // namespace volery::camera::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::camera {

HWY_EXPORT(cast_kernel);

void cast(const View& view, std::span<const Sighted> sighted, std::span<const Ground> grounds,
          CastScratch& scratch, const Pixels& out) {
  // one more: the list is written before it is known whether the entry stays
  if (scratch.tile.size() < sighted.size() + 1) scratch.tile.resize(sighted.size() + 1);
  HWY_DYNAMIC_DISPATCH(cast_kernel)(view, sighted, grounds, scratch.tile.data(), out);
}

}  // namespace volery::camera
#endif
