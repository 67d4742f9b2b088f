#include "task/swarm_common.hpp"

#include <algorithm>
#include <cmath>

#include "state/fleet_rows.hpp"
#include "task/nearest_common.hpp"

namespace volery::task {

// the common metrics of a block, then its flags, in the order of ScoreRows
struct SwarmMetrics::BlockScores {
  static constexpr int kNumFlags = 3;
  alignas(64) float row[kNumMetrics + kNumFlags][kLanes];
  [[nodiscard]] float* truncated() noexcept { return row[kNumMetrics + 1]; }
  [[nodiscard]] float* crashed() noexcept { return row[kNumMetrics + 2]; }
};

SwarmMetrics::SwarmMetrics(const TaskContext& context, const char* writer)
    : fleet_row_(context.fleet_row), step_s_(context.step_s), bounds_(bounds_of(context.scene)) {
  const auto add_type = [this](const Vehicle& type) {
    const bool flies = type.num_rotors > 0;
    const VehicleConfig& config = type.config;
    types_.push_back({flies ? config.thrust_coefficient_n_s2 * config.torque_to_thrust_m : 0.0F,
                      flies ? 0.0F : config.mass_kg});
  };
  if (context.types == nullptr) {
    add_type(context.vehicle);
  } else {
    for (const Vehicle& type : *context.types) add_type(type);
  }
  // the command and the speed of each rotor lie between the flight rows and those of the fleet
  num_rotor_rows_ = fleet_row_ >= 0 ? (fleet_row_ - kRotorRows) / 2 : context.vehicle.num_rotors;

  const auto add_row = [&](const char* name, const char* unit, const char* doc) {
    return context.fields.add(
        {.name = name, .width = 1, .unit = unit, .frame = "", .writer = writer, .doc = doc});
  };
  touching_ = add_row("was_touching", "",
                      "1 where the agent touched an obstacle one step ago, plus 2 where it touched "
                      "an agent");
  speed2_ = add_row("speed_squared_m2ps2", "m^2/s^2", "square of the speed one step ago");
}

void SwarmMetrics::append_to(TaskSpec& spec) {
  first_metric_ = static_cast<int>(spec.metrics.size());
  const TermSpec metrics[kNumMetrics] = {
      {"closest_m", "least distance to another agent, between centers"},
      {"collisions", "times that the agent began to touch another agent"},
      {"obstacle_hits", "times that the agent began to touch an obstacle"},
      {"path_m", "way flown"},
      {"energy_j",
       "work of the rotor shafts; of agents without rotors kinetic energy gained by speeding up"}};
  spec.metrics.insert(spec.metrics.end(), metrics, metrics + kNumMetrics);
  spec.reductions.resize(static_cast<std::size_t>(first_metric_), Reduction::kMean);
  spec.reductions.insert(spec.reductions.end(), {Reduction::kMin, Reduction::kSum, Reduction::kSum,
                                                 Reduction::kSum, Reduction::kSum});
}

void SwarmMetrics::start(const Slab& slab, int body) const noexcept {
  const Vec3 v = slab.agents.vec3(body, kVelocity);
  slab.agents.at(body, touching_.row) = 0;
  slab.agents.at(body, speed2_.row) = dot(v, v);
}

void SwarmMetrics::score(const Slab& slab, int first_world, int last_world,
                         const ScoreRows& out) const noexcept {
  const BlockRange range(slab, first_world, last_world);
  for (int b = range.first; b < range.last; ++b) {
    BlockScores scores{};
    alignas(64) float touching[kLanes];
    alignas(64) float speed2[kLanes];
    score_touches(slab.agents, b, touching, scores);
    score_motion(slab, b, speed2, scores);
    copy_rows(range, b, touching, slab.agents.row(b, touching_.row), 1);
    copy_rows(range, b, speed2, slab.agents.row(b, speed2_.row), 1);
    copy_rows(range, b, scores.row[0], out.metric(b, first_metric_), kNumMetrics);
    copy_rows(range, b, scores.row[kNumMetrics], out.terminated(b), BlockScores::kNumFlags);
  }

  // what takes whole worlds: the nearest other agent
  alignas(64) float nearest_m[kMaxPairAgents];
  std::fill_n(nearest_m, kMaxPairAgents, kNoOtherM);
  for (int w = first_world; w < last_world; ++w) {
    const bool measured = slab.num_agents <= kMaxPairAgents;
    if (measured) nearest_distances(slab, w, nearest_m);
    for (int i = 0; i < slab.num_agents; ++i) {
      const int body = w * slab.num_agents + i;
      row(out, body / kLanes, kClosest)[body % kLanes] = measured ? nearest_m[i] : kNoOtherM;
    }
  }
}

// a touch counts when it begins, against obstacles and agents apart
void SwarmMetrics::score_touches(const Blocks& agents, int b, float* touching,
                                 BlockScores& out) const noexcept {
  const float* const touch_static = agents.row(b, kTouchStatic);
  const float* const touch_agent = agents.row(b, kTouchAgent);
  const float* const before = agents.row(b, touching_.row);
  for (int i = 0; i < kLanes; ++i) {
    const float agent_before = before[i] > 1.5F ? 1.0F : 0.0F;
    const float static_before = before[i] - 2 * agent_before;
    const float by_static = touch_static[i] > 0 ? 1.0F : 0.0F;
    const float by_agent = touch_agent[i] > 0 ? 1.0F : 0.0F;
    out.row[kObstacleHits][i] = by_static * (1 - static_before);
    out.row[kCollisions][i] = by_agent * (1 - agent_before);
    out.crashed()[i] = by_static + by_agent > 0 ? 1.0F : 0.0F;
    touching[i] = by_static + 2 * by_agent;
  }
}

void SwarmMetrics::score_motion(const Slab& slab, int b, float* speed2,
                                BlockScores& out) const noexcept {
  const Blocks& agents = slab.agents;
  const float* const p = agents.row(b, kPosition);
  const float* const v = agents.row(b, kVelocity);
  const float* const before = agents.row(b, speed2_.row);

  // rotor speeds follow the commands
  alignas(64) float cubes[kLanes] = {};
  for (int r = 0; r < num_rotor_rows_; ++r) {
    const float* const w = agents.row(b, kRotorRows + num_rotor_rows_ + r);
    for (int i = 0; i < kLanes; ++i) cubes[i] += w[i] * w[i] * w[i];
  }
  const auto num_types = static_cast<int>(types_.size());
  for (int i = 0; i < kLanes; ++i) {
    const float x = v[i], y = v[i + kLanes], z = v[i + 2 * kLanes];
    speed2[i] = x * x + y * y + z * z;
    out.row[kPath][i] = step_s_ * std::sqrt(speed2[i]);
    const int agent = (b * kLanes + i) % slab.num_agents;
    const TypePower& type = types_[static_cast<std::size_t>(agent % num_types)];
    const float gained = speed2[i] > before[i] ? speed2[i] - before[i] : 0.0F;
    out.row[kEnergy][i] = step_s_ * type.per_speed3_w_s3 * cubes[i] + 0.5F * type.mass_kg * gained;
    out.truncated()[i] = outside(bounds_, p[i], p[i + kLanes], p[i + 2 * kLanes]);
  }
}

}  // namespace volery::task
