// Swept bounds and small-world pair tests in lanes. No Bullet here: this is compiled once per
// instruction set.
//
// Entries are bodies in storage order (agents of all worlds of the slab, packed). Each has a centre
// and a radius that holds it for the window; an entry that takes no part has a NaN centre, which no
// comparison lets through.
#pragma once

#include <cstdint>
#include <vector>

#include "core/types.hpp"
#include "state/blocks.hpp"

namespace volery::contact {

/// Static geometry as the culling test sees it: planes exactly, everything else by bounding boxes.
struct NearPlanes {
  std::vector<float> planes;  // nx, ny, nz, offset per plane
  std::vector<float> boxes;   // low x, y, z, high x, y, z per box
  [[nodiscard]] int num_planes() const noexcept { return static_cast<int>(planes.size() / 4); }
  [[nodiscard]] int num_boxes() const noexcept { return static_cast<int>(boxes.size() / 6); }
};

/// What the bounds of one kind of body are made of.
struct SweptConstants {
  float moving_m = 0;  // r + threshold + a T^2 (1 + 1/n) / 2 + margin
  float frozen_m = 0;  // r + threshold + margin
  float window_s = 0;
};

/// Columns over entries, padded to whole blocks.
struct NearColumns {
  float* x = nullptr;
  float* y = nullptr;
  float* z = nullptr;
  float* radius = nullptr;
  std::uint8_t* by_static = nullptr;  // 1 where static geometry may come within reach
};

/// Fills the columns for all blocks and clears their contact rows. Returns true where some body
/// that is not absent is not finite or is far outside of any world (its entry is then NaN like that
/// of an absent one).
bool bound_blocks(const Blocks& blocks, const SweptConstants& constants, const NearPlanes& scene,
                  const NearColumns& out) noexcept;

/// Pairs of entries e, e + d of the same world whose spheres overlap, for worlds of `world_size`
/// entries. Writes block * world_size + d for each 16 entries with at least one such pair and
/// returns how many it wrote, at most num_blocks * (world_size - 1). `local` holds the index within
/// the world. Columns are readable up to world_size entries past the last block.
int overlap_blocks(const NearColumns& columns, const float* local, int num_blocks, int world_size,
                   int* out) noexcept;

/// Columns of Clearances, over places.
struct MotionColumns {
  const float* normal_x = nullptr;
  const float* normal_y = nullptr;
  const float* normal_z = nullptr;
  const float* any_way = nullptr;
  float* path_m = nullptr;
  float* rounding_m = nullptr;
  float* free_m = nullptr;
};

/// Path and rounding of each body in the coming substep; free_m -= what counts of its motion: the
/// path, or how far a body of that radius comes down against the normal, turns included.
void spend_motion(const Blocks& blocks, float step_s, float radius_m,
                  const MotionColumns& columns) noexcept;

/// Positions beyond this (m), or speeds beyond this (m/s), are taken for a diverged body.
inline constexpr float kFarthest = 1e6F;

}  // namespace volery::contact
