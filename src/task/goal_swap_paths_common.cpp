// Goals that move in every step: formations that breathe, curves. Nothing is stored but when a
// formation turns; all else is a keyed draw of the episode, made again in each step.
#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "task/goal_swap_common.hpp"

namespace volery::task {

namespace {

// A formation's size changes this fast, drawn anew whenever it turns (QuadSwarm).
constexpr float kLeastSizeMps = 0.1F;
constexpr float kMostSizeMps = 0.3F;
constexpr float kCurveS = 5;
// The Lissajous curve starts this far west of the middle, since it goes up to 6 m east.
constexpr float kLissajousWestM = 2;

float size_speed_mps(const WorldHeader& header, int turns) noexcept {
  Rng rng(header.seed, header.episode, Stream::kTask, kWorldKey,
          static_cast<std::uint32_t>(turns) + 1);
  return rng.uniform(kLeastSizeMps, kMostSizeMps);
}

}  // namespace

float size_per_spacing(GoalFormation formation, int count) noexcept {
  const bool is_grid = formation >= GoalFormation::kGridXy;
  if (is_grid || count < 2) return 1;
  const Vec3 arm = goal_slot(formation, 0, count, 1);
  return std::sqrt(dot(arm, arm));
}

Vec3 bezier_point(Vec3 from_w_m, Vec3 bend_w_m, Vec3 to_w_m, float share) noexcept {
  const float left = 1 - share;
  return from_w_m * (left * left) + bend_w_m * (2 * left * share) + to_w_m * (share * share);
}

Vec3 lissajous_offset_m(float time_s) noexcept {
  constexpr float kPhaseRad = 90;  // meant as degrees there, used as radians
  const float angle_rad = 2 * time_s + kPhaseRad;
  return {3 * (1 - cos(time_s)), 0.5F * (cos(kPhaseRad) - cos(angle_rad)),
          0.5F * (sin(angle_rad) - sin(kPhaseRad))};
}

// curve after curve, each from where the last one ended
Vec3 GoalScenarios::curve_point(const WorldHeader& header, float time_s) const noexcept {
  const auto curve = static_cast<std::uint32_t>(time_s / kCurveS);
  const auto control_point = [&](std::uint32_t index) {
    Rng rng(header.seed, header.episode, Stream::kGoal, kWorldKey, index);
    const float x = rng.uniform(curve_low_w_m_.x, curve_high_w_m_.x);
    const float y = rng.uniform(curve_low_w_m_.y, curve_high_w_m_.y);
    return Vec3{x, y, rng.uniform(curve_low_w_m_.z, curve_high_w_m_.z)};
  };
  const float share = time_s / kCurveS - static_cast<float>(curve);
  return bezier_point(control_point(2 * curve), control_point(2 * curve + 1),
                      control_point(2 * curve + 2), share);
}

// from the widest to the widest inside out and back
void GoalScenarios::write_formation(const Slab& slab, int world, int goal_row) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  const int num = slab.num_agents, first = world * num;
  Rng rng(header.seed, header.episode, Stream::kGoal, kWorldKey);
  const Swarm swarm = draw_swarm(rng, Scenario::kDynamicFormations);
  const auto formation = static_cast<GoalFormation>(swarm.formation);
  const float per_spacing = size_per_spacing(formation, num);
  const float most_m = per_spacing * swarm.spacing_m;

  float* const fields = slab.world_row(world);
  const auto step = static_cast<float>(header.step);
  const auto run_steps = [&](float turns) {
    const float run_s = 2 * most_m / size_speed_mps(header, static_cast<int>(turns));
    return std::max(1.0F, run_s / step_s_);
  };
  if (header.step == 0) fields[kNextJump] = run_steps(0);
  if (step >= fields[kNextJump]) {
    fields[kNumJumps] += 1;
    fields[kNextJump] += run_steps(fields[kNumJumps]);
  }
  const auto turns = static_cast<int>(fields[kNumJumps]);
  const float left_m = size_speed_mps(header, turns) * (fields[kNextJump] - step) * step_s_;
  const float towards = turns % 2 == 0 ? -1.0F : 1.0F;
  const float size_m = towards * std::clamp(most_m - left_m, -most_m, most_m);
  for (int i = 0; i < num; ++i) {
    const Vec3 slot = goal_slot(formation, i, num, size_m / per_spacing);
    slab.agents.set_vec3(first + i, goal_row, swarm.center_w_m + slot);
  }
}

void GoalScenarios::write_moving(const Slab& slab, int world, int goal_row,
                                 Scenario scenario) const noexcept {
  if (scenario == Scenario::kDynamicFormations) {
    write_formation(slab, world, goal_row);
  } else {
    const WorldHeader& header = slab.worlds[world];
    const float time_s = static_cast<float>(header.step) * step_s_;
    const Vec3 west = (low_w_m_ + high_w_m_) * 0.5F - Vec3{kLissajousWestM, 0, 0};
    const Vec3 goal_w_m = scenario == Scenario::kBezier ? curve_point(header, time_s)
                                                        : west + lissajous_offset_m(time_s);
    for (int body = world * slab.num_agents; body < (world + 1) * slab.num_agents; ++body) {
      slab.agents.set_vec3(body, goal_row, goal_w_m);
    }
  }
  // all of them may meet in one point anyway
  clear(slab, world, goal_row, 0);
}

}  // namespace volery::task
