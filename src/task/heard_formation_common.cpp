#include "task/heard_formation_common.hpp"

#include <algorithm>
#include <cmath>

#include "state/task_columns.hpp"
#include "task/procrustes_common.hpp"

namespace volery::task {

namespace {

constexpr float kMostOffsetM = 1e4F;

float square_between(Vec3 a, Vec3 b) noexcept {
  return dot(a - b, a - b);
}

/// Roots of the degrees, the sums of squared distances to all others.
void degree_roots(const Vec3* points_m, int num, float* roots) noexcept {
  for (int i = 0; i < num; ++i) {
    float sum = 0;
    for (int j = 0; j < num; ++j) sum += square_between(points_m[i], points_m[j]);
    roots[i] = std::sqrt(sum);
  }
}

}  // namespace

float laplacian_similarity_error(const Vec3* points_m, const Vec3* shape_m, int num) noexcept {
  float roots[HeardFormation::kMaxAgents], shape_roots[HeardFormation::kMaxAgents];
  degree_roots(points_m, num, roots);
  degree_roots(shape_m, num, shape_roots);
  // all on one spot have no edges
  const auto share = [](const Vec3* points, const float* root, int i, int j) {
    const float product = root[i] * root[j];
    return product > 0 ? square_between(points[i], points[j]) / product : 0.0F;
  };
  float sum = 0;
  for (int i = 0; i < num; ++i) {
    for (int j = 0; j < i; ++j) {
      const float error = share(points_m, roots, i, j) - share(shape_m, shape_roots, i, j);
      sum += 2 * error * error;
    }
  }
  return sum;
}

HeardFormation::HeardFormation(const TaskContext& context, const FormationConfig& config,
                               int goal_row, int slot_row)
    : goal_row_(goal_row),
      slot_row_(slot_row),
      formed_m_(config.formed_m),
      step_s_(context.step_s) {
  columns_ = context.fields.add({.name = "task_columns",
                                 .width = kNumFormationColumns,
                                 .unit = "m",
                                 .frame = "world",
                                 .writer = "task formation",
                                 .doc = "what the sensor `task` shows"});
}

void HeardFormation::append_to(TaskSpec& spec) {
  first_metric_ = static_cast<int>(spec.metrics.size());
  spec.metrics.insert(
      spec.metrics.end(),
      {{"laplacian_error_m",
        "length of the mean over the others of x_j - x_i, x = p - d, at the end"},
       {"laplacian_similarity_error",
        "between normalized Laplacians of positions and slots, at the end"},
       {"procrustes_rms_m", "RMS distance to the slots, best turned and shifted, at the end"},
       {"formed_s", "time after which that stayed below formed_m"}});
  spec.reductions.insert(spec.reductions.end(), kNumMetrics, Reduction::kLast);
  const char* const doc = "the agent's own slot, from the formation's middle";
  for (const char* name : {"slot_x", "slot_y", "slot_z"}) {
    spec.columns.push_back({name, "m", "world", -kMostOffsetM, kMostOffsetM, doc});
  }
  spec.column_rows = columns_;
  spec.sensors = {"pose", "velocity", "rates", "task"};
  spec.sensor_config = {};
  const int others = std::max(1, spec.num_agents - 1);
  spec.radio = Value::Table{{"base", "formation"}, {"inbox", Value::Table{{"slots", others}}}};
  spec.max_agents = kMaxAgents;
  spec.num_world_fields = kNumWorldFields;
}

void HeardFormation::start(const Slab& slab, int world) const noexcept {
  const int first = world * slab.num_agents;
  for (int body = first; body < first + slab.num_agents; ++body) {
    const int slot = static_cast<int>(slab.agents.at(body, slot_row_));
    slab.agents.set_vec3(body, columns_.row, slab.agents.vec3(first + slot, goal_row_));
  }
  slab.world_row(world)[kUnformedTime] = 0;
  move_goals(slab, world);
}

void HeardFormation::move_goals(const Slab& slab, int world) const noexcept {
  const int first = world * slab.num_agents, last = first + slab.num_agents;
  Vec3 sum_m;
  int num = 0;
  for (int body = first; body < last; ++body) {
    if (is_absent(slab.agents, body)) continue;
    sum_m = sum_m + (slab.agents.vec3(body, kPosition) - offset(slab, body));
    ++num;
  }
  const Vec3 middle_m = sum_m * (1 / static_cast<float>(std::max(1, num)));
  for (int body = first; body < last; ++body) {
    slab.agents.set_vec3(body, goal_row_, middle_m + offset(slab, body));
  }
}

bool HeardFormation::score(const Slab& slab, int world, const ScoreRows& out) const noexcept {
  const int first = world * slab.num_agents, last = first + slab.num_agents;
  Vec3 points_m[kMaxAgents], shape_m[kMaxAgents];
  Procrustes procrustes;
  int num = 0;
  for (int body = first; body < last; ++body) {
    if (is_absent(slab.agents, body)) continue;
    shape_m[num] = offset(slab, body);
    // from the middle, where numbers are small
    const Vec3 lack_m = slab.agents.vec3(body, goal_row_) - slab.agents.vec3(body, kPosition);
    points_m[num] = shape_m[num] - lack_m;
    procrustes.add(points_m[num], shape_m[num]);
    ++num;
  }
  const float rms_m = procrustes.rms();
  const float similarity = laplacian_similarity_error(points_m, shape_m, num);
  const bool formed = rms_m < formed_m_;
  float& unformed_s = slab.world_row(world)[kUnformedTime];
  if (!formed) unformed_s = static_cast<float>(slab.worlds[world].step + 1) * step_s_;

  // the mean over all others of x_j - x_i is the way to the mean of all times n / (n - 1)
  const float scale = num > 1 ? static_cast<float>(num) / static_cast<float>(num - 1) : 0.0F;
  for (int body = first; body < last; ++body) {
    const int b = body / kLanes, lane = body % kLanes;
    const Vec3 lack_m = slab.agents.vec3(body, goal_row_) - slab.agents.vec3(body, kPosition);
    out.metric(b, first_metric_ + kLaplacian)[lane] = scale * std::sqrt(dot(lack_m, lack_m));
    out.metric(b, first_metric_ + kSimilarity)[lane] = similarity;
    out.metric(b, first_metric_ + kRms)[lane] = rms_m;
    out.metric(b, first_metric_ + kFormedTime)[lane] = unformed_s;
  }
  return formed;
}

}  // namespace volery::task
