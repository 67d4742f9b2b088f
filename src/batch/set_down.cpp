#include "batch/set_down.hpp"

#include <algorithm>
#include <cmath>

namespace volery::batch {

namespace {

// The part of a turn that is about the vertical; none of it is left where the body lies on its side
// exactly.
Quat heading_of(Quat q) noexcept {
  const float square = q.z * q.z + q.w * q.w;
  if (!(square > 0)) return {};
  const float per_length = 1 / std::sqrt(square);
  return {0, 0, q.z * per_length, q.w * per_length};
}

// The highest surface under the middle and the corners of the belly.
float surface_below_m(const Setup& setup, const CollisionSpec& shape, Vec3 at, Quat quat) noexcept {
  float height_m = setup.scene.surface_height_m(at, setup.floor_height_m);
  for (const float x : {-0.5F, 0.5F}) {
    for (const float y : {-0.5F, 0.5F}) {
      const Vec3 corner = rotate(quat, {shape.offset_b_m[0] + x * shape.size_m[0],
                                        shape.offset_b_m[1] + y * shape.size_m[1], 0});
      height_m =
          std::max(height_m, setup.scene.surface_height_m(at + corner, setup.floor_height_m));
    }
  }
  return height_m;
}

}  // namespace

void set_down(const Setup& setup, const Slab& slab, int body) noexcept {
  const Vehicle& vehicle = setup.fleet.vehicle_of(body % slab.num_agents);
  if (vehicle.kind() != VehicleKind::kRover) return;
  const CollisionSpec& shape = vehicle.config.collision;
  Vec3 at = slab.agents.vec3(body, kPosition);
  const Quat quat = heading_of(slab.agents.quat(body));
  const float below_m = surface_below_m(setup, shape, at, quat);
  // over a bottomless pit it stays in the air
  if (below_m > setup.floor_height_m) at.z = below_m + 0.5F * shape.size_m[2] - shape.offset_b_m[2];
  slab.agents.set_vec3(body, kPosition, at);
  slab.agents.set_quat(body, quat);
  slab.agents.set_vec3(body, kVelocity, {});
  slab.agents.set_vec3(body, kOmega, {});
  // wheels: commands, then speeds
  for (int r = 0; r < 2 * setup.fleet.num_rotors(); ++r) slab.agents.at(body, kRotorRows + r) = 0;
}

}  // namespace volery::batch
