// The score of the hover task in lanes: compiled once per instruction set (hover_common.cpp).
#pragma once

#include "state/slab.hpp"
#include "task/task_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

/// The rows of ScoreRows that hover writes, in the order of its spec.
enum HoverRow : int {
  kTermPosition,
  kTermTilt,
  kTermRates,
  kTermEffort,
  kTermCrash,
  kMetricError,
  kMetricAtGoal,
  kMetricSuccess,
  kMetricCrashes,
  kFlagTerminated,
  kFlagTruncated,
  kFlagCrashed,
  kNumHoverRows,
};

/// Body rate at which the rates term costs all of its weight.
inline constexpr float kRatesScaleRadps = 10;

/// What the score is made of; weights and costs are those of one step.
struct HoverScore {
  float position_scale_m = 1;
  float position_weight = 0;
  float success_radius_m = 0;
  float tilt_weight = 0;
  float rates_weight = 0;
  float effort_weight = 0;
  float crash_cost = 0;
  float hover_speed_radps = 1;
  int num_rotors = 4;
  int fleet_row = -1;  // TaskContext::fleet_row; the two above count where it is -1
  Bounds bounds;
  int goal_row = 0;
  int touching_row = 0;
};

/// Scores the agents of a range and notes which of them touch something.
void score_hover(const HoverScore& score, const Blocks& agents, const BlockRange& range,
                 const ScoreRows& out) noexcept;

}  // namespace volery::task
