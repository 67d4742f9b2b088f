// Keeping apart: a wished velocity cut so that no neighbor that the agent sees is run into.
//
// Towards a neighbor no faster than the distance left allows, half of it for each of the two: a
// control barrier function (Ames et al., "Control barrier function based quadratic programs for
// safety critical systems", 2017) shared as in reciprocal avoidance (van den Berg et al., 2011).
// For swarms over open ground; Avoidance handles obstacles too.
#pragma once

#include <string_view>

#include "core/types.hpp"
#include "volery/policy.hpp"

namespace volery::policy {

class Spacing {
 public:
  /// `margin_m` is what stays free between two vehicles. Throws Error (kValue) naming the sensor
  /// that is missing: velocity, neighbors.
  Spacing(const PolicyContext& context, std::string_view policy_name, float margin_m = 0.2F);
  /// The velocity nearest to the wished one, by a few sweeps of projections. `closing_per_s`: how
  /// fast a distance may be used up.
  [[nodiscard]] Vec3 keep(const float* observation, Vec3 wished_w_mps,
                          float closing_per_s = 1.5F) const noexcept;
  /// Neighbors that the observation has room for, and the offset of one; false where it is empty.
  [[nodiscard]] int num_slots() const noexcept { return num_slots_; }
  [[nodiscard]] bool neighbor(const float* observation, int slot, Vec3& offset_w_m) const noexcept;

 private:
  int velocity_, neighbors_, num_slots_;
  float apart_m_;  // between centers
};

}  // namespace volery::policy
