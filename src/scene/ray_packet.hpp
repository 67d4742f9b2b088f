// Sixteen rays from one point, cast together: lidars, lines of sight, anything that looks from one
// place in many directions.
//
// The rays lie in lanes: one walk through the tree of the scene serves all of them, and each solid
// is met by whole vectors. Every ray gets the bits of Scene::cast_ray(), with every instruction
// set, whatever the other rays of its packet are; rays of similar directions are faster together.
#pragma once

#include <cstdint>
#include <span>

#include "core/types.hpp"
#include "scene/scene.hpp"

namespace volery {

/// Fewer than 16 rays: give the others a direction all the same, and a distance of 0.
struct RayPacket {
  alignas(64) float x_w[kLanes];  // unit directions
  alignas(64) float y_w[kLanes];
  alignas(64) float z_w[kLanes];
  alignas(64) float distance_m[kLanes];  // in: how far it looks; out: where it met something
  Vec3 origin_w_m;
};

/// A box, cylinder or sphere that moves: an agent or a prop as rays see it.
struct RaySolid {
  PrimitiveKind kind = PrimitiveKind::kSphere;
  Vec3 half_m;    // box: half extents; cylinder: radius, radius, half height; sphere: radius
  float reach_m;  // of the sphere about its center that holds it
  Vec3 center_w_m;
  Vec3 axes_w[3];  // local x, y, z in world coordinates; of no use for spheres
};

/// Where a solid stands: half_m and kind kept, the rest from its pose.
void place_solid(RaySolid& solid, Vec3 center_w_m, Quat quat_wb) noexcept;

/// Shortens the rays that meet a solid nearer than their distance_m, 0 from inside. Rays from a
/// point that is not finite meet nothing. O(solids), a few ns for one that no ray comes near.
void cast_rays(std::span<const RaySolid> solids, RayPacket& rays) noexcept;

}  // namespace volery
