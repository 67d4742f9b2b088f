#include "task/hover_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "task/hover_common.cpp"
#include <hwy/foreach_target.h>

#include "core/vec3_lanes.hpp"
#include "state/fleet_rows.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::task::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

HWY_INLINE void store_row(F32 value, float* lanes, int row) {
  value.store(lanes + row * kLanes);
}
HWY_INLINE F32 one_where(Mask m) {
  return select(m, F32(1.0F), F32(0.0F));
}

/// Distance to the goal, bounds.
HWY_INLINE void score_position(const HoverScore& c, const float* body, float* out) {
  const F32 x = load_row(body, kPosition);
  const F32 y = load_row(body, kPosition + 1);
  const F32 z = load_row(body, kPosition + 2);
  const F32 dx = load_row(body, c.goal_row) - x;
  const F32 dy = load_row(body, c.goal_row + 1) - y;
  const F32 dz = load_row(body, c.goal_row + 2) - z;
  const F32 distance_m = sqrt(dx * dx + dy * dy + dz * dz);
  const F32 near = one_where(distance_m < F32(c.success_radius_m));
  const F32 beyond_x_m = max(F32(c.bounds.low_w_m.x) - x, x - c.bounds.high_w_m.x);
  const F32 beyond_y_m = max(F32(c.bounds.low_w_m.y) - y, y - c.bounds.high_w_m.y);
  const F32 beyond_z_m = max(F32(c.bounds.low_w_m.z) - z, z - c.bounds.high_w_m.z);
  const F32 beyond_m = max(max(beyond_x_m, beyond_y_m), beyond_z_m);
  const float numerator = c.position_weight * c.position_scale_m;
  store_row(F32(numerator) / (F32(c.position_scale_m) + distance_m), out, kTermPosition);
  store_row(distance_m, out, kMetricError);
  store_row(near, out, kMetricAtGoal);
  store_row(near, out, kMetricSuccess);
  store_row(one_where(beyond_m > F32(0.0F)), out, kFlagTruncated);
}

/// Tilt, rates and touches; notes who touches something for the next step.
HWY_INLINE void score_motion(const HoverScore& c, const float* body, float* out) {
  const F32 qx = load_row(body, kQuat);
  const F32 qy = load_row(body, kQuat + 1);
  const F32 wx = load_row(body, kOmega);
  const F32 wy = load_row(body, kOmega + 1);
  const F32 wz = load_row(body, kOmega + 2);
  const F32 touch = load_row(body, kTouchStatic) + load_row(body, kTouchAgent);
  const F32 turn = (wx * wx + wy * wy + wz * wz) * (1 / (kRatesScaleRadps * kRatesScaleRadps));
  const F32 touching = one_where(touch > F32(0.0F));
  const F32 began = touching * (F32(1.0F) - load_row(body, c.touching_row));
  // (1 - cos tilt) / 2, with cos tilt = 1 - 2 (qx^2 + qy^2)
  store_row(F32(-c.tilt_weight) * (qx * qx + qy * qy), out, kTermTilt);
  store_row(F32(-c.rates_weight) * min(turn, F32(1.0F)), out, kTermRates);
  store_row(F32(-c.crash_cost) * began, out, kTermCrash);
  store_row(began, out, kMetricCrashes);
  store_row(F32(0.0F), out, kFlagTerminated);
  store_row(touching, out, kFlagCrashed);
}

/// Rotor speeds, the one effort that every action level shares.
HWY_INLINE void score_effort(const HoverScore& c, const float* body, float* out) {
  F32 sum(0.0F);
  const float per_hover = 1 / c.hover_speed_radps;
  for (int r = 0; r < c.num_rotors; ++r) {
    const F32 off = load_row(body, kRotorRows + c.num_rotors + r) * per_hover - F32(1.0F);
    sum = sum + off * off;
  }
  const F32 mean = sum * (1 / static_cast<float>(c.num_rotors));
  store_row(F32(-c.effort_weight) * min(mean, F32(1.0F)), out, kTermEffort);
}

/// The same where the agents are of several types: each by its own hover speed and rotors.
HWY_INLINE void score_effort_of_types(const HoverScore& c, const float* body, float* out) {
  const F32 hover_speed = load_row(body, c.fleet_row + kTypeHoverSpeed);
  const F32 own_rotors = load_row(body, c.fleet_row + kTypeRotors);
  const int rotor_rows = (c.fleet_row - kRotorRows) / 2;
  F32 sum(0.0F);
  for (int r = 0; r < rotor_rows; ++r) {
    const F32 off = load_row(body, kRotorRows + rotor_rows + r) / hover_speed - F32(1.0F);
    sum = sum + select(F32(static_cast<float>(r)) < own_rotors, off * off, F32(0.0F));
  }
  // bodies without rotors make no effort
  const F32 mean = sum / max(own_rotors, F32(1.0F));
  store_row(F32(-c.effort_weight) * min(mean, F32(1.0F)), out, kTermEffort);
}

void score_hover_of(const HoverScore& c, const Blocks& agents, const BlockRange& range,
                    const ScoreRows& out) {
  for (int b = range.first; b < range.last; ++b) {
    // a block that is shared with other worlds is scored aside, and only its own lanes copied
    HWY_ALIGN float aside[kNumHoverRows * kLanes];
    const bool whole = range.first_lane(b) == 0 && range.last_lane(b) == kLanes;
    float* const scores = whole ? out.row(b, 0) : aside;
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* const body = agents.block(b) + lane;
      score_position(c, body, scores + lane);
      score_motion(c, body, scores + lane);
      if (c.fleet_row < 0) {
        score_effort(c, body, scores + lane);
      } else {
        score_effort_of_types(c, body, scores + lane);
      }
    }
    copy_rows(range, b, scores + kFlagCrashed * kLanes, agents.row(b, c.touching_row), 1);
    if (!whole) copy_rows(range, b, aside, out.row(b, 0), kNumHoverRows);
  }
}

}  // namespace volery::task::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::task {

HWY_EXPORT(score_hover_of);

void score_hover(const HoverScore& score, const Blocks& agents, const BlockRange& range,
                 const ScoreRows& out) noexcept {
  HWY_DYNAMIC_DISPATCH(score_hover_of)(score, agents, range, out);
}

}  // namespace volery::task
#endif  // HWY_ONCE
