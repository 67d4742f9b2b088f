#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "task/nearest_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

// float rounding of sums over a few agents
constexpr float kRounding = 1e-5F;
constexpr float kStepS = 1.0F / 30;

// four agents, to be put at chosen places and velocities
struct Four : TaskRig {
  Four() : TaskRig("flocking", {.num_agents = 4}) { reset(0); }
};

TEST(Flocking, ThirtyStartAtRandomInTheArenaWithTheMiddleAsGoal) {
  TaskRig rig("flocking", {.num_worlds = 2});
  ASSERT_EQ(rig.slab.num_agents, 30);
  rig.reset(0);
  for (int body = 0; body < 60; ++body) {
    EXPECT_LE(std::fabs(rig.position(body).x), 9);
    EXPECT_EQ(rig.goal(body), (Vec3{0, 0, 2}));
  }
  EXPECT_NE(rig.position(0), rig.position(30));
}

TEST(Flocking, CorrelationIsTheMeanCosineToTheOthersOfTheCluster) {
  Four rig;
  // three within the third of the arena's width (8.3 m) of each other, one alone
  const Vec3 places[4] = {{0, 0, 2}, {3, 0, 2}, {-3, 0, 2}, {0, 12, 2}};
  const Vec3 velocities[4] = {{1, 0, 0}, {2, 0, 0.5F}, {0, 0.5F, 0}, {0, -1, 0}};
  for (int i = 0; i < 4; ++i) {
    rig.slab.agents.set_vec3(i, kPosition, places[i]);
    rig.slab.agents.set_vec3(i, kVelocity, velocities[i]);
  }
  rig.score();
  EXPECT_NEAR(rig.metric(0, "correlation"), 0.5F, kRounding);
  EXPECT_NEAR(rig.metric(1, "correlation"), 0.5F, kRounding);
  EXPECT_NEAR(rig.metric(2, "correlation"), 0, kRounding);
  EXPECT_EQ(rig.metric(3, "correlation"), 0);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(rig.metric(i, "clusters"), 2);
    EXPECT_NEAR(rig.metric(i, "largest_cluster"), 0.75F, kRounding);
    EXPECT_NEAR(rig.metric(i, "polarization"), 2.0F / 4, kRounding);  // (1+1+0+0, 0+0+1-1)
    EXPECT_EQ(rig.metric(i, "success"), 0);
  }
  EXPECT_NEAR(rig.term(0, "order"), kStepS * 0.5F, kRounding);
}

TEST(Flocking, ClustersReachAsFarAsTheirChain) {
  Four rig;
  for (int i = 0; i < 4; ++i) {
    // 6 m apart each, out of order
    const float x = 6 * static_cast<float>((i * 3) % 4) - 9;
    rig.slab.agents.set_vec3(i, kPosition, {x, 0, 2});
    rig.slab.agents.set_vec3(i, kVelocity, {0, 1, 0});
  }
  rig.score();
  EXPECT_EQ(rig.metric(0, "clusters"), 1);
  EXPECT_NEAR(rig.metric(0, "correlation"), 1, kRounding);
  EXPECT_EQ(rig.metric(0, "success"), 1);
}

TEST(Flocking, SpeedWallAndCollisionsCost) {
  Four rig;
  for (int i = 0; i < 4; ++i) rig.slab.agents.set_vec3(i, kVelocity, {0, 0, 0});
  rig.slab.agents.set_vec3(0, kVelocity, {2.0F / 3, 0, 0});  // half of what is wished
  rig.slab.agents.set_vec3(1, kPosition, {12.2F, 0, 2});
  rig.slab.agents.at(2, kTouchAgent) = 1;
  rig.score();
  EXPECT_NEAR(rig.term(0, "speed"), -kStepS * 0.5F, kRounding);
  EXPECT_NEAR(rig.term(3, "speed"), -kStepS, kRounding);
  EXPECT_NEAR(rig.metric(0, "speed_mps"), 2.0F / 3, kRounding);
  EXPECT_EQ(rig.metric(1, "wall_share"), 1);
  EXPECT_NEAR(rig.term(1, "wall"), -kStepS, kRounding);
  EXPECT_EQ(rig.metric(0, "wall_share"), 0);
  EXPECT_EQ(rig.term(2, "collision"), -5);
}

TEST(Flocking, LargeWorldsCountAsOneCluster) {
  const int num = task::kMaxPairAgents + 16;
  TaskRig rig(
      "flocking",
      {.num_agents = num, .config = Value::Table{{"start", Value::Table{}}}, .scene = "flock250"});
  rig.reset(0);
  for (int i = 0; i < num; ++i) rig.slab.agents.set_vec3(i, kVelocity, {i % 2 ? 1.0F : 0.0F, 1, 0});
  rig.score();
  EXPECT_EQ(rig.metric(0, "clusters"), 1);
  // half of them at 45 degrees to the other half: mean cosine of all pairs
  const float cosine = std::sqrt(0.5F);
  EXPECT_NEAR(rig.metric(0, "correlation"), 0.5F + 0.5F * cosine, 1e-3F);
}

TEST(Flocking, WorldsAreTheSameAloneAndAmongOthers) {
  TaskRig many("flocking", {.num_worlds = 4, .num_agents = 5});
  TaskRig one("flocking", {.num_agents = 5});
  many.reset(8);
  one.reset(10);
  many.score(1, 3);
  one.score();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(many.state_of(10 + i), one.state_of(i));
    EXPECT_EQ(many.metric(10 + i, "correlation"), one.metric(i, "correlation"));
    EXPECT_EQ(many.term(i, "order"), 0);
  }
}

TEST(Flocking, MatesAreHeardThreeTenthsOfASecondLateAtAnyRate) {
  for (const auto& [step_s, steps] : {std::pair{1.0F / 30, 9}, {1.0F / 60, 18}, {0.5F, 1}}) {
    const TaskRig rig("flocking", {.step_s = step_s});
    const TaskSpec& spec = rig.task->spec();
    EXPECT_EQ(spec.radio, (Value::Table{{"base", "flock"},
                                        {"timing", Value::Table{{"latency_steps", steps}}}}));
    EXPECT_EQ(spec.sensor_config.find("neighbors"), nullptr);
  }
}

TEST(Flocking, MatesAreSeenWhereTheConfigSaysSo) {
  const TaskRig rig("flocking", {.config = Value::Table{{"hears", false}}});
  const TaskSpec& spec = rig.task->spec();
  EXPECT_EQ(spec.radio, Value(""));
  EXPECT_EQ(spec.sensors.back(), "neighbors");
  EXPECT_NE(spec.sensor_config.find("neighbors"), nullptr);
}

TEST(Flocking, RefusesACrowdThatDoesNotFit) {
  EXPECT_NE(build_error("flocking", {.num_agents = 100000}).find("100000"), std::string::npos);
}

}  // namespace
}  // namespace volery
