// What is wrong with ranges: noise and lost returns of each ray, in lanes.
#pragma once

#include "sense/error_common.hpp"

namespace volery::sense {

/// range = clamp(truth + (white_m + white_relative truth) n, 0, max_range_m) for rays that met
/// something; each of those is lost, and tells max_range_m, with probability `dropout`.
struct RayErrors {
  float white_m = 0;
  float white_relative = 0;
  float dropout = 0;
  float max_range_m = 0;
  [[nodiscard]] bool any() const noexcept {
    return white_m > 0 || white_relative > 0 || dropout > 0;
  }
};

/// Truth into measurement where active[lane] != 0: rows[ray][16].
void apply_ray_errors(const RayErrors& errors, const LaneKeys& keys, const float* active,
                      int num_rays, float* rows) noexcept;

}  // namespace volery::sense
