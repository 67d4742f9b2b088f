#include "task/pursuit_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::task {

namespace {

// f(z) = 50000 / (100 z + 200)^2 with z in meters.
constexpr float kForceScale = 5;
constexpr float kForceOffsetM = 2;
// The wall pushes like half of all pursuers.
constexpr float kWallShare = 0.5F;
// Room left to walls, and the share of what remains that may be flown in a second.
constexpr float kWallMarginM = 0.3F;
constexpr float kWallPerS = 2;

float l1(Vec3 v) noexcept {
  return std::fabs(v.x) + std::fabs(v.y) + std::fabs(v.z);
}

/// The push away from something at this offset, a unit vector of the L1 norm times f.
Vec3 push_from(Vec3 offset_m) noexcept {
  const float distance_m = l1(offset_m);
  if (distance_m < 1e-6F) return {};
  const float z = distance_m + kForceOffsetM;
  return offset_m * (-kForceScale / (z * z * distance_m));
}

/// A wall: unit direction towards it, distance to it.
struct Wall {
  Vec3 towards;
  float distance_m;
};

}  // namespace

Arena arena_of(const Scene& scene) {
  const Bounds box = bounds_of(scene);
  const Vec3 size = box.high_w_m - box.low_w_m;
  const Vec3 middle = (box.low_w_m + box.high_w_m) * 0.5F;
  const float floor_m = std::max(0.0F, box.low_w_m.z);
  return {{middle.x, middle.y, floor_m}, 0.5F * std::min(size.x, size.y), box.high_w_m.z - floor_m};
}

Vec3 evade(const Arena& arena, Vec3 own_w_m, const Vec3* pursuers_w_m, int num_pursuers,
           float speed_mps) noexcept {
  Vec3 force;
  for (int i = 0; i < num_pursuers; ++i) force = force + push_from(pursuers_w_m[i] - own_w_m);

  // the wall around, and the nearer of floor and ceiling
  const Vec3 out{own_w_m.x - arena.middle_w_m.x, own_w_m.y - arena.middle_w_m.y, 0};
  const float out_m = std::sqrt(dot(out, out));
  const float height_m = own_w_m.z - arena.middle_w_m.z;
  const bool low = height_m < 0.5F * arena.height_m;
  const Wall walls[2] = {
      {out_m > 1e-6F ? out * (1 / out_m) : Vec3{1, 0, 0}, arena.radius_m - out_m},
      {{0, 0, low ? -1.0F : 1.0F}, low ? height_m : arena.height_m - height_m}};
  for (const Wall& wall : walls) {
    const Vec3 offset = wall.towards * std::max(wall.distance_m, 1e-3F);
    force = force + push_from(offset) * (kWallShare * static_cast<float>(num_pursuers));
  }

  const float size = std::sqrt(dot(force, force));
  if (size < 1e-9F) return {};
  Vec3 v = force * (speed_mps / size);
  for (const Wall& wall : walls) {
    const float allowed_mps =
        std::max(kWallPerS * (wall.distance_m - kWallMarginM), -0.5F * speed_mps);
    const float excess_mps = dot(v, wall.towards) - allowed_mps;
    if (excess_mps <= 0) continue;
    // as fast as before, along the wall instead
    const Vec3 along = v - wall.towards * dot(v, wall.towards);
    const float along2 = dot(along, along);
    const float left2 = std::max(0.0F, speed_mps * speed_mps - allowed_mps * allowed_mps);
    v = wall.towards * allowed_mps;
    if (along2 > 1e-9F) v = v + along * std::sqrt(left2 / along2);
  }
  return v;
}

}  // namespace volery::task
