// What the ray kernels walk: a scene as plain pointers. Used inside src/scene only.
#pragma once

#include "scene/ray_packet.hpp"
#include "scene/shapes.hpp"

namespace volery::scene {

struct RayScene {
  const Shape* shapes;  // as SceneConfig.statics
  const HalfSpace* planes;
  int num_planes;
  const int* bounded;  // item of the tree -> shape
  const Bvh* tree;
};

/// All planes and the tree. The origin is finite.
void cast_scene(const RayScene& scene, RayPacket& rays) noexcept;
void cast_solids(std::span<const RaySolid> solids, RayPacket& rays) noexcept;

}  // namespace volery::scene
