#include <gtest/gtest.h>

#include <cmath>

#include "task/pursuit_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

// float rounding of formulas of a few dozen operations on values around 1
constexpr float kRounding = 1e-5F;
constexpr float kStepS = 1.0F / 30;
// rows to play the action's part: those of the rotors, which no rule reads
constexpr int kActionRow = kRotorRows;

float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

Vec3 action_of(const TaskRig& rig, int body) {
  return rig.slab.agents.vec3(body, kActionRow);
}

TEST(Pursuit, TheEvaderStartsAwayFromThreePursuersWhoKnowTheWayToIt) {
  TaskRig rig("pursuit", {.num_worlds = 20});
  ASSERT_EQ(rig.slab.num_agents, 4);
  rig.reset(0);
  for (int w = 0; w < 20; ++w) {
    const Vec3 evader = rig.position(4 * w + 3);
    float nearest = 1e9F;
    for (int i = 4 * w; i < 4 * w + 3; ++i) {
      EXPECT_EQ(rig.goal(i), evader);
      EXPECT_GE(length(rig.position(i) - evader), 2);
      nearest = std::min(nearest, length(rig.position(i) - evader));
    }
    EXPECT_EQ(length(rig.goal(4 * w + 3) - evader), nearest);
  }
}

// The rule of de Souza et al. by its formula, far from walls: sum of f(|d|_1) d / |d|_1.
TEST(Pursuit, TheEvaderFollowsThePublishedRule) {
  const task::Arena arena{{0, 0, 0}, 400, 200};
  const Vec3 own{0, 0, 100};
  const Vec3 pursuers[2] = {{1, 0, 100}, {0, 2, 101}};
  const auto f = [](float z) { return 5 / ((z + 2) * (z + 2)); };
  const Vec3 force = Vec3{-1, 0, 0} * f(1) + Vec3{0, -2.0F / 3, -1.0F / 3} * f(3);
  const Vec3 expected = force * (1.3F / length(force));
  const Vec3 v = task::evade(arena, own, pursuers, 2, 1.3F);
  // the walls push less than f(100) each
  EXPECT_LT(length(v - expected), 2e-3F);
  EXPECT_NEAR(length(v), 1.3F, kRounding);
}

TEST(Pursuit, TheWallPushesLikeHalfOfAllPursuers) {
  const task::Arena arena{{0, 0, 0}, 4, 2};
  // two pursuers on the inside as far away as the wall outside, at mid height: twice f against f
  const Vec3 pursuers[2] = {{1, 0, 1}, {1, 0, 1}};
  EXPECT_GT(task::evade(arena, {2.5F, 0, 1}, pursuers, 2, 1).x, 0);
  // one of them gone far away: half of both against the other alone is a draw
  const Vec3 apart[2] = {{1, 0, 1}, {-1000, 0, 1}};
  const Vec3 v = task::evade(arena, {2.4F, 0, 1}, apart, 2, 1);
  EXPECT_GT(v.x, 0);
  const Vec3 w = task::evade(arena, {2.6F, 0, 1}, apart, 2, 1);
  EXPECT_LT(w.x, 0);
}

TEST(Pursuit, TheEvaderTurnsAlongAWallAtFullSpeed) {
  const task::Arena arena{{0, 0, 0}, 4, 200};
  const Vec3 pursuers[3] = {{3, 0.1F, 100}, {3, 0.1F, 100}, {3, 0.1F, 100}};
  const Vec3 v = task::evade(arena, {3.7F, 0, 100}, pursuers, 3, 1.3F);
  EXPECT_LE(v.x, kRounding);
  EXPECT_LT(v.y, -0.5F);
  EXPECT_NEAR(length(v), 1.3F, 1e-3F);
  EXPECT_EQ(task::evade(arena, {0, 0, 100}, pursuers, 0, 1.3F), (Vec3{0, 0, 0}));
}

TEST(Pursuit, ArenaIsTheLargestUprightCylinder) {
  const TaskRig rig("pursuit");
  const task::Arena arena = task::arena_of(rig.scene);
  EXPECT_NEAR(arena.radius_m, 4.3F, kRounding);
  EXPECT_NEAR(arena.height_m, 2, kRounding);
  EXPECT_EQ(arena.middle_w_m.z, 0);
}

TEST(Pursuit, ActionsAreCutToSpeedAndTheEvadersAreReplaced) {
  TaskRig rig("pursuit", {.num_worlds = 2});
  rig.reset(0);
  for (int body = 0; body < 8; ++body) {
    rig.slab.agents.set_vec3(body, kActionRow, {0.1F, 0, 0.1F});
  }
  rig.slab.agents.set_vec3(1, kActionRow, {1, 1, -1});
  rig.task->before_control(rig.slab, 0, 1, kActionRow);
  const float full_mps = rig.vehicle.gains.max_speed_mps;
  EXPECT_NEAR(length(action_of(rig, 1)) * full_mps, 1, kRounding);
  EXPECT_NEAR(action_of(rig, 1).z, -action_of(rig, 1).x, kRounding);
  EXPECT_NEAR(action_of(rig, 0).x, 0.1F, kRounding);
  EXPECT_NEAR(length(action_of(rig, 3)) * full_mps, 1.3F, kRounding);
  EXPECT_GT(length(action_of(rig, 3) - action_of(rig, 7)), 0.1F);
  EXPECT_EQ(action_of(rig, 7), (Vec3{0.1F, 0, 0.1F}));  // a world that was not asked for

  // a world that has ended keeps what it holds
  rig.slab.worlds[1].phase = WorldPhase::kEnded;
  rig.task->before_control(rig.slab, 1, 2, kActionRow);
  EXPECT_EQ(action_of(rig, 7), (Vec3{0.1F, 0, 0.1F}));
}

TEST(Pursuit, AnEvaderOfItsOwnKeepsItsActionUpToItsSpeed) {
  TaskRig rig("pursuit", {.config = Value::Table{{"evader", "action"}}});
  rig.reset(0);
  rig.slab.agents.set_vec3(3, kActionRow, {0, 0.2F, 0});
  rig.task->before_control(rig.slab, 0, 1, kActionRow);
  EXPECT_EQ(action_of(rig, 3), (Vec3{0, 0.2F, 0}));
  rig.slab.agents.set_vec3(3, kActionRow, {0, 1, 0});
  rig.task->before_control(rig.slab, 0, 1, kActionRow);
  EXPECT_NEAR(action_of(rig, 3).y * rig.vehicle.gains.max_speed_mps, 1.3F, kRounding);
}

TEST(Pursuit, CaptureEndsTheWorldAndPaysTheCaptorMore) {
  TaskRig rig("pursuit", {.num_worlds = 2});
  rig.reset(0);
  rig.slab.worlds[0].step = 89;
  rig.slab.agents.set_vec3(3, kPosition, {0, 0, 1});
  rig.slab.agents.set_vec3(0, kPosition, {2, 0, 1});
  rig.slab.agents.set_vec3(1, kPosition, {-1, 0, 1});
  rig.slab.agents.set_vec3(2, kPosition, {0.31F, 0, 1});
  rig.score();
  EXPECT_FALSE(rig.terminated(0));
  EXPECT_EQ(rig.metric(0, "success"), 0);
  // the nearest one stands east: agent 0 beside it, agent 1 opposite
  EXPECT_NEAR(rig.term(0, "spread"), -kStepS * 2 / 3, kRounding);
  EXPECT_NEAR(rig.term(1, "spread"), 0, kRounding);
  EXPECT_EQ(rig.term(2, "spread"), 0);
  EXPECT_NEAR(rig.term(0, "distance"), -kStepS * 2 * 2, kRounding);
  EXPECT_EQ(rig.term(3, "distance"), 0);
  EXPECT_EQ(rig.goal(3), rig.position(2));

  rig.slab.agents.set_vec3(2, kPosition, {0.29F, 0, 1});
  rig.score();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(rig.terminated(i));
    EXPECT_EQ(rig.metric(i, "success"), 1);
    EXPECT_NEAR(rig.metric(i, "capture_time_s"), 3, kRounding);
    EXPECT_EQ(rig.term(i, "capture"), i == 3 ? -100 : 100);
    EXPECT_EQ(rig.term(i, "captor"), i == 2 ? 30 : 0);
  }
  EXPECT_FALSE(rig.terminated(4));
}

TEST(Pursuit, RefusesWhatItCannotFly) {
  EXPECT_NE(build_error("pursuit", {.num_agents = 1}).find("at least 2"), std::string::npos);
  EXPECT_NE(build_error("pursuit", {.config = Value::Table{{"pursuer_speed_mps", 1.8}}})
                .find("flies at most 2"),
            std::string::npos);
  EXPECT_NE(build_error("pursuit", {.config = Value::Table{{"evader", "rules"}}}).find("rule"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
