#include "task/swarm_common.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "task/nearest_common.hpp"

namespace volery {
namespace {

// float rounding of formulas of a dozen operations, relative
constexpr float kRounding = 3e-6F;
constexpr float kStepS = 0.05F;

// Worlds without a task: the tests move the agents by hand.
class SwarmWorlds {
 public:
  SwarmWorlds(const char* vehicle_name, int num_worlds, int num_agents,
              std::vector<Vehicle> types = {})
      : vehicle(load_vehicle(vehicle_name)),
        scene(load_scene("room")),
        types_(std::move(types)),
        metrics_(make(num_agents)) {
    spec.metrics = {{"own", "a metric of the task"}};
    metrics_.append_to(spec);
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    slab.agents.num_bodies = num_worlds * num_agents;
    slab.agents.num_blocks = blocks_for(slab.agents.num_bodies);
    slab.agents.num_rows = fields.num_rows();
    blocks_.resize(static_cast<std::size_t>(slab.agents.num_blocks * slab.agents.num_rows));
    slab.agents.data = blocks_.front().lane;
    rows.num_metrics = static_cast<int>(spec.metrics.size());
    rows.num_rows = rows.num_metrics + 3;
    scores_.resize(static_cast<std::size_t>(slab.agents.num_blocks * rows.num_rows));
    rows.data = scores_.front().lane;
    for (int body = 0; body < slab.agents.num_bodies; ++body) {
      slab.agents.set_vec3(body, kPosition, {0.01F * static_cast<float>(body), 0, 1});
    }
  }
  void score() { score(0, slab.num_worlds); }
  void score(int first_world, int last_world) {
    std::fill(scores_.begin(), scores_.end(), Row{});
    metrics_.score(slab, first_world, last_world, rows);
  }
  [[nodiscard]] float value(int body, task::SwarmMetrics::Metric metric) const {
    return metrics_.row(rows, body / kLanes, metric)[body % kLanes];
  }
  void start(int body) const { metrics_.start(slab, body); }

  Vehicle vehicle;
  Scene scene;
  FieldTable fields;
  TaskSpec spec;
  Slab slab;
  ScoreRows rows;

 private:
  struct Row {
    alignas(64) float lane[kLanes] = {};
  };
  task::SwarmMetrics make(int num_agents) {
    declare_rigid_fields(fields);
    declare_flight_fields(fields, 4);
    // as the batch does where types differ
    const int fleet_row = types_.empty() ? -1 : fields.num_rows();
    return task::SwarmMetrics({.vehicle = vehicle,
                               .scene = scene,
                               .fields = fields,
                               .config = config_,
                               .num_agents = num_agents,
                               .step_s = kStepS,
                               .fleet_row = fleet_row,
                               .types = types_.empty() ? nullptr : &types_},
                              "task test");
  }
  Value config_ = Value::Table{};
  std::vector<Vehicle> types_;
  task::SwarmMetrics metrics_;
  std::vector<Row> blocks_, scores_;
};

using Swarm = task::SwarmMetrics;

TEST(SwarmMetrics, FollowTheMetricsOfTheTask) {
  SwarmWorlds worlds("cf2x", 1, 2);
  ASSERT_EQ(worlds.spec.metrics.size(), 1U + Swarm::kNumMetrics);
  EXPECT_EQ(worlds.spec.metrics[1].name, "closest_m");
  ASSERT_EQ(worlds.spec.reductions.size(), worlds.spec.metrics.size());
  EXPECT_EQ(worlds.spec.reductions[0], Reduction::kMean);
  EXPECT_EQ(worlds.spec.reductions[1], Reduction::kMin);
  EXPECT_EQ(worlds.spec.reductions[2], Reduction::kSum);
}

TEST(SwarmMetrics, CountTouchesWhenTheyBeginAndAgainAfterAStart) {
  SwarmWorlds worlds("cf2x", 1, 3);
  const auto counts = [&] {
    worlds.score();
    return 10 * worlds.value(1, Swarm::kObstacleHits) + worlds.value(1, Swarm::kCollisions);
  };
  EXPECT_EQ(counts(), 0);
  EXPECT_EQ(worlds.rows.crashed(0)[1], 0);
  worlds.slab.agents.at(1, kTouchStatic) = 1;
  EXPECT_EQ(counts(), 10);
  EXPECT_EQ(worlds.rows.crashed(0)[1], 1);
  worlds.slab.agents.at(1, kTouchAgent) = 1;
  EXPECT_EQ(counts(), 1);
  EXPECT_EQ(counts(), 0);
  worlds.start(1);
  EXPECT_EQ(counts(), 11);
}

TEST(SwarmMetrics, ClosestIsTheNearestOtherAgentOfTheWorld) {
  SwarmWorlds worlds("cf2x", 2, 3);
  worlds.slab.agents.set_vec3(2, kPosition, {0, 0.3F, 1.4F});
  worlds.score();
  EXPECT_NEAR(worlds.value(2, Swarm::kClosest), 0.5F, kRounding);
  EXPECT_NEAR(worlds.value(0, Swarm::kClosest), 0.01F, kRounding);
  // alone in the world
  for (const int other : {3, 4}) {
    worlds.slab.agents.at(other, kMode) = static_cast<float>(BodyMode::kAbsent);
  }
  worlds.score();
  EXPECT_EQ(worlds.value(5, Swarm::kClosest), task::kNoOtherM);
}

TEST(SwarmMetrics, WorldsTooLargeForAllPairsHaveNoClosest) {
  SwarmWorlds worlds("cf2x", 1, task::kMaxPairAgents + 1);
  worlds.score();
  EXPECT_EQ(worlds.value(0, Swarm::kClosest), task::kNoOtherM);
  EXPECT_EQ(worlds.value(task::kMaxPairAgents, Swarm::kClosest), task::kNoOtherM);
}

// In hover the thrust is the weight, and drag torque over thrust is the vehicle's ratio: the power
// is weight * ratio * speed.
TEST(SwarmMetrics, HoveringTakesWeightTimesTorqueRatioTimesSpeed) {
  SwarmWorlds worlds("cf2x", 1, 2);
  const Vehicle& v = worlds.vehicle;
  for (int r = 0; r < v.num_rotors; ++r) {
    worlds.slab.agents.at(1, kRotorRows + v.num_rotors + r) = v.hover_speed_radps;
  }
  worlds.score();
  const float power_w =
      v.config.mass_kg * kGravityMps2 * v.config.torque_to_thrust_m * v.hover_speed_radps;
  EXPECT_NEAR(worlds.value(1, Swarm::kEnergy), power_w * kStepS, kRounding);
  EXPECT_GT(worlds.value(1, Swarm::kEnergy), 0.1F);  // 2.7 W for a twentieth of a second
  EXPECT_EQ(worlds.value(0, Swarm::kEnergy), 0);
}

TEST(SwarmMetrics, MixedSwarmsPayByTheirTypes) {
  SwarmWorlds worlds("cf2x", 1, 4, {load_vehicle("racer"), load_vehicle("particle")});
  const Vehicle racer = load_vehicle("racer");
  for (int body = 0; body < 4; ++body) {
    for (int r = 0; r < 4; ++r) {
      worlds.slab.agents.at(body, kRotorRows + 4 + r) = racer.hover_speed_radps;
    }
    worlds.slab.agents.set_vec3(body, kVelocity, {0, 2, 0});
  }
  worlds.score();
  const float power_w = racer.config.mass_kg * kGravityMps2 * racer.config.torque_to_thrust_m *
                        racer.hover_speed_radps;
  EXPECT_NEAR(worlds.value(2, Swarm::kEnergy), power_w * kStepS, 1e-4F);
  EXPECT_NEAR(worlds.value(3, Swarm::kEnergy), 0.5F * 0.1F * 4, kRounding);
  worlds.score();  // as fast as before: nothing gained
  EXPECT_EQ(worlds.value(3, Swarm::kEnergy), 0);
}

TEST(SwarmMetrics, PathIsSpeedOverTimeAndBoundsTruncate) {
  SwarmWorlds worlds("cf2x", 1, 2);
  worlds.slab.agents.set_vec3(0, kVelocity, {2, -1, 2});
  worlds.slab.agents.set_vec3(1, kPosition, {0, 0, 1000});
  worlds.score();
  EXPECT_NEAR(worlds.value(0, Swarm::kPath), 3 * kStepS, kRounding);
  EXPECT_EQ(worlds.rows.truncated(0)[0], 0);
  EXPECT_EQ(worlds.rows.truncated(0)[1], 1);
  EXPECT_EQ(worlds.rows.terminated(0)[1], 0);
}

TEST(SwarmMetrics, OtherWorldsOfABlockAreLeftAlone) {
  SwarmWorlds worlds("cf2x", 4, 5);
  for (int body = 0; body < 20; ++body) {
    worlds.slab.agents.at(body, kTouchAgent) = 1;
    worlds.slab.agents.set_vec3(body, kVelocity, {1, 0, 0});
  }
  worlds.score(1, 2);
  for (int body = 0; body < 20; ++body) {
    const bool inside = body >= 5 && body < 10;
    EXPECT_EQ(worlds.value(body, Swarm::kPath), inside ? kStepS : 0) << body;
    EXPECT_EQ(worlds.value(body, Swarm::kCollisions), inside ? 1 : 0) << body;
  }
  worlds.score();
  EXPECT_EQ(worlds.value(4, Swarm::kCollisions), 1);
  EXPECT_EQ(worlds.value(5, Swarm::kCollisions), 0);
}

}  // namespace
}  // namespace volery
