#include "contact/near_lanes.hpp"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "contact/near_lanes.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "core/vec3_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::contact::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

// A body and how far it gets within the window.
struct Sweep {
  Vec3F32 position, velocity;
  F32 still;    // without what the velocity adds
  F32 radius;   // with it, any way
  F32 moved_s;  // the window, 0 for frozen bodies
};

// Lanes that come down to a plane or whose ball meets a bounding box. Over a floor many fly
// along or away: by their ball 4.7 % of the bodies of the hover benchmark are near, so 3.3 %.
HWY_INLINE Mask near_static(const Sweep& s, const NearPlanes& scene) {
  const F32 zero(0.0F);
  const F32 x = s.position.x, y = s.position.y, z = s.position.z;
  Mask near = zero > F32(1.0F);
  const float* plane = scene.planes.data();
  for (int i = 0; i < scene.num_planes(); ++i, plane += 4) {
    const Vec3F32 normal{plane[0], plane[1], plane[2]};
    const F32 height = dot(s.position, normal) - plane[3];
    const F32 down = min(dot(s.velocity, normal), zero) * s.moved_s;
    near = near | (height + down <= s.still);
  }
  const float* box = scene.boxes.data();
  for (int i = 0; i < scene.num_boxes(); ++i, box += 6) {
    const F32 dx = max(max(F32(box[0]) - x, x - box[3]), zero);
    const F32 dy = max(max(F32(box[1]) - y, y - box[4]), zero);
    const F32 dz = max(max(F32(box[2]) - z, z - box[5]), zero);
    near = near | (dx * dx + dy * dy + dz * dz <= s.radius * s.radius);
  }
  return near;
}

bool bound_blocks_of(const Blocks& blocks, const SweptConstants& constants, const NearPlanes& scene,
                     const NearColumns& out) {
  const F32 nan(hn::NaN(FloatTag()));
  bool bad = false;
  for (int b = 0; b < blocks.num_blocks; ++b) {
    float* block = blocks.block(b);
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const auto row = [&](int r) { return F32::load(block + r * kLanes + lane); };
      const F32 x = row(kPosition), y = row(kPosition + 1), z = row(kPosition + 2);
      const F32 vx = row(kVelocity), vy = row(kVelocity + 1), vz = row(kVelocity + 2);
      const F32 mode = row(kMode);
      const F32 speed2 = vx * vx + vy * vy + vz * vz;
      const Mask present = mode < static_cast<float>(BodyMode::kAbsent);
      const Mask finite = (abs(x) + abs(y) + abs(z) < kFarthest) & (speed2 < kFarthest * kFarthest);
      const Mask valid = present & finite;
      bad = bad || any(present & !finite);

      const Mask moving = mode == static_cast<float>(BodyMode::kMoving);
      const F32 moved_s = select(moving, constants.window_s, 0.0F);
      const F32 still = select(moving, constants.moving_m, constants.frozen_m);
      const F32 radius = still + sqrt(speed2) * moved_s;
      const int e = b * kLanes + lane;
      select(valid, x, nan).store(out.x + e);
      y.store(out.y + e);
      z.store(out.z + e);
      radius.store(out.radius + e);

      for (const int r : {kTouchStatic, kTouchAgent, kImpulse})
        F32(0.0F).store(block + r * kLanes + lane);

      // one byte per lane, written by the rare path alone
      const Mask near =
          valid & near_static({{x, y, z}, {vx, vy, vz}, still, radius, moved_s}, scene);
      std::memset(out.by_static + e, 0, kVectorLanes);
      if (any(near)) {
        HWY_ALIGN float flags[kLanes];
        select(near, 1.0F, 0.0F).store(flags);
        for (int i = 0; i < kVectorLanes; ++i) out.by_static[e + i] = flags[i] != 0.0F;
      }
    }
  }
  return bad;
}

HWY_INLINE F32 load_unaligned(const float* p) {
  return hn::LoadU(FloatTag(), p);
}

int overlap_blocks_of(const NearColumns& columns, const float* local, int num_blocks,
                      int world_size, int* out) {
  int count = 0;
  for (int b = 0; b < num_blocks; ++b) {
    for (int d = 1; d < world_size; ++d) {
      Mask hit = F32(0.0F) > F32(1.0F);
      for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
        const int e = b * kLanes + lane;
        const F32 dx = F32::load(columns.x + e) - load_unaligned(columns.x + e + d);
        const F32 dy = F32::load(columns.y + e) - load_unaligned(columns.y + e + d);
        const F32 dz = F32::load(columns.z + e) - load_unaligned(columns.z + e + d);
        const F32 reach = F32::load(columns.radius + e) + load_unaligned(columns.radius + e + d);
        const Mask same = F32::load(local + e) < static_cast<float>(world_size - d);
        hit = hit | (same & (dx * dx + dy * dy + dz * dz <= reach * reach));
      }
      if (any(hit)) out[count++] = b * world_size + d;
    }
  }
  return count;
}

void spend_motion_of(const Blocks& blocks, float step_s, float radius_m,
                     const MotionColumns& columns) {
  // speed, position and distance are rounded: so much of each, and a little
  constexpr float kPerPath = 1e-5F;
  constexpr float kPerMetre = 2e-6F;
  constexpr float kLittleM = 1e-5F;
  for (int b = 0; b < blocks.num_blocks; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* body = blocks.block(b) + lane;
      const Vec3F32 v = Vec3F32::load(body + kVelocity * kLanes);
      const Vec3F32 p = Vec3F32::load(body + kPosition * kLanes);
      const int place = b * kLanes + lane;
      const Vec3F32 omega = Vec3F32::load(body + kOmega * kLanes);
      const F32 path = sqrt(dot(v, v)) * step_s;
      const F32 zero(0.0F);
      const F32 turn = sqrt(dot(omega, omega)) * (step_s * radius_m);
      const F32 rounding =
          (path + turn) * kPerPath + (abs(p.x) + abs(p.y) + abs(p.z)) * kPerMetre + kLittleM;
      const Vec3F32 along{F32::load(columns.normal_x + place), F32::load(columns.normal_y + place),
                          F32::load(columns.normal_z + place)};
      const F32 any_way = F32::load(columns.any_way + place);
      const F32 spent =
          select(any_way > 0.0F, path, zero - dot(along, v) * step_s) + turn + rounding;
      (path + rounding).store(columns.path_m + place);
      rounding.store(columns.rounding_m + place);
      (F32::load(columns.free_m + place) - spent).store(columns.free_m + place);
    }
  }
}

}  // namespace volery::contact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::contact {

HWY_EXPORT(bound_blocks_of);
HWY_EXPORT(overlap_blocks_of);
HWY_EXPORT(spend_motion_of);

bool bound_blocks(const Blocks& blocks, const SweptConstants& constants, const NearPlanes& scene,
                  const NearColumns& out) noexcept {
  return HWY_DYNAMIC_DISPATCH(bound_blocks_of)(blocks, constants, scene, out);
}

int overlap_blocks(const NearColumns& columns, const float* local, int num_blocks, int world_size,
                   int* out) noexcept {
  return HWY_DYNAMIC_DISPATCH(overlap_blocks_of)(columns, local, num_blocks, world_size, out);
}

void spend_motion(const Blocks& blocks, float step_s, float radius_m,
                  const MotionColumns& columns) noexcept {
  HWY_DYNAMIC_DISPATCH(spend_motion_of)(blocks, step_s, radius_m, columns);
}

}  // namespace volery::contact
#endif
