// The ray caster: a picture of distances and of what is met, in packets of 4 x 4 pixels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "camera/sight.hpp"

namespace volery::camera {

/// Nothing was met.
inline constexpr float kNothing = -1;

/// What the rays of a picture met, a value per pixel, row by row from the top.
struct Pixels {
  float* depth_m = nullptr;  // along the optical axis, in [near_m, far_m]; far_m where nothing was
  // index into `sighted`, or sighted.size() + index into `grounds`, or kNothing
  float* what = nullptr;
};

/// Memory of the caster, one per thread.
struct CastScratch {
  std::vector<std::int32_t> tile;
};

/// Casts a ray through the center of every pixel. `sighted` comes from sort_by_distance().
/// Distances have the bits of Scene::cast_ray() with the same direction; of equals the first is
/// met. Same bits with every instruction set.
void cast(const View& view, std::span<const Sighted> sighted, std::span<const Ground> grounds,
          CastScratch& scratch, const Pixels& out);

}  // namespace volery::camera
