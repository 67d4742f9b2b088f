#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

// float rounding of formulas of a dozen operations on values around 1
constexpr float kRounding = 2e-6F;
// slots turn by sines of our own, and stand meters from the origin
constexpr float kRoundingM = 1e-5F;

float distance(Vec3 a, Vec3 b) {
  return std::sqrt(dot(a - b, a - b));
}

void step_goals(TaskRig& rig, std::uint32_t step) {
  for (int w = 0; w < rig.slab.num_worlds; ++w) rig.slab.worlds[w].step = step;
  rig.task->before_step(rig.slab, 0, rig.slab.num_worlds);
}

TEST(Formation, SixteenDronesStartInTheRoomInSlotsOfTheirOwn) {
  TaskRig rig("formation", {.num_worlds = 10});
  ASSERT_EQ(rig.slab.num_agents, 16);
  rig.reset(0);
  for (int w = 0; w < 10; ++w) {
    std::set<float> slots;
    for (int i = 0; i < 16; ++i) {
      const int body = 16 * w + i;
      slots.insert(rig.row(body, "slot_index"));
      EXPECT_EQ(
          rig.scene.near_primitives(rig.position(body), rig.vehicle.bounding_radius_m, nullptr, 0),
          0);
      for (int j = 0; j < i; ++j) {
        EXPECT_GE(distance(rig.goal(body), rig.goal(16 * w + j)), 0.5F - kRoundingM);
        EXPECT_GE(distance(rig.position(body), rig.position(16 * w + j)),
                  3 * rig.vehicle.bounding_radius_m - kRoundingM);
      }
    }
    EXPECT_EQ(slots.size(), 16U);
  }
}

TEST(Formation, EndPosesAreClearOfObstaclesInTheRoom) {
  TaskRig rig("formation", {.num_worlds = 50});
  rig.reset(0);
  step_goals(rig, 100000);
  int blocked = 0;
  for (int body = 0; body < 50 * 16; ++body) {
    blocked += rig.scene.near_primitives(rig.goal(body), 0.2F, nullptr, 0) > 0 ? 1 : 0;
  }
  EXPECT_EQ(blocked, 0);
}

TEST(Formation, SlotsWaitThenTravelAtMostAtTheConfiguredSpeedThenStand) {
  TaskRig rig("formation", {.config = Value::Table{{"turn_rad", 0.0}, {"speed_mps", 0.5}}});
  rig.reset(2);
  const Vec3 start = rig.goal(3);
  step_goals(rig, 60);  // 2 s of the 4 s of waiting
  EXPECT_EQ(rig.goal(3), start);
  float fastest = 0, way = 0;
  Vec3 before = start;
  for (std::uint32_t step = 61; step < 900; ++step) {
    step_goals(rig, step);
    const float moved = distance(rig.goal(3), before);
    way += moved;
    fastest = std::max(fastest, moved * 30);
    before = rig.goal(3);
  }
  EXPECT_GE(way, 3.0F - 1e-3F);
  EXPECT_LE(way, 5.0F + 1e-3F);
  EXPECT_NEAR(fastest, 0.5F, 0.01F);
  step_goals(rig, 5000);
  EXPECT_EQ(rig.goal(3), before);
}

TEST(Formation, TheShapeStaysRigidWhileItTurns) {
  TaskRig rig("formation");
  rig.reset(1);
  const float before = distance(rig.goal(0), rig.goal(9));
  step_goals(rig, 300);
  EXPECT_NEAR(distance(rig.goal(0), rig.goal(9)), before, kRoundingM);
}

TEST(Formation, FixedSlotsStandAtTheEndPoseAndKeepGoalsThatWereSet) {
  TaskRig rig("formation", {.config = Value::Table{{"motion", "fixed"}}});
  rig.reset(0);
  rig.slab.agents.set_vec3(5, rig.task->spec().goal.row, {1, 2, 3});
  step_goals(rig, 500);
  EXPECT_EQ(rig.goal(5), (Vec3{1, 2, 3}));
}

TEST(Formation, ScoreFollowsTheScalarFormula) {
  TaskRig rig("formation", {.num_worlds = 3, .num_agents = 7});
  rig.reset(3);
  // two agents within the safe distance of each other, across a block boundary
  rig.slab.agents.set_vec3(16, kPosition, rig.position(15) + Vec3{0, 0.1F, 0});
  rig.score();
  for (int w = 0; w < 3; ++w) {
    float sum = 0;
    for (int i = 7 * w; i < 7 * w + 7; ++i) {
      float nearest = 1e9F;
      for (int j = 7 * w; j < 7 * w + 7; ++j) {
        if (j != i) nearest = std::min(nearest, distance(rig.position(i), rig.position(j)));
      }
      const float error = distance(rig.goal(i), rig.position(i));
      sum += error;
      const float lack = std::max(0.0F, 1 - nearest / 0.25F);
      EXPECT_NEAR(rig.term(i, "slot"), 1.0F / 30 * 0.5F / (0.5F + error), kRounding);
      EXPECT_NEAR(rig.term(i, "closeness"), -1.0F / 30 * 0.5F * lack * lack, kRounding);
      EXPECT_NEAR(rig.metric(i, "closest_m"), nearest, kRounding);
      EXPECT_NEAR(rig.metric(i, "slot_error_m"), error, kRounding);
    }
    EXPECT_EQ(rig.metric(7 * w, "success"), sum / 7 < 0.2F ? 1 : 0);
  }
  EXPECT_LT(rig.term(15, "closeness"), 0);
}

TEST(Formation, SucceedsWhereTheMeanErrorIsSmall) {
  TaskRig rig("formation", {.num_worlds = 2});
  rig.reset(0);
  for (int body = 0; body < 32; ++body) rig.slab.agents.set_vec3(body, kPosition, rig.goal(body));
  rig.slab.agents.set_vec3(20, kPosition, rig.goal(20) + Vec3{0, 0, 4});  // a mean of 0.25 m
  rig.score();
  for (int i = 0; i < 16; ++i) EXPECT_EQ(rig.metric(i, "success"), 1);
  for (int i = 16; i < 32; ++i) EXPECT_EQ(rig.metric(i, "success"), 0);
  EXPECT_EQ(rig.metric(20, "in_place"), 0);
  EXPECT_EQ(rig.metric(21, "in_place"), 1);
}

TEST(Formation, CountsTouchesOfObstaclesAndAgentsWhenTheyBegin) {
  TaskRig rig("formation");
  rig.reset(0);
  const auto counts = [&] {
    rig.score();
    return 10 * rig.metric(4, "obstacle_hits") + rig.metric(4, "collisions");
  };
  float& by_static = rig.slab.agents.at(4, kTouchStatic);
  float& by_agent = rig.slab.agents.at(4, kTouchAgent);
  by_static = 1;
  EXPECT_EQ(counts(), 10);
  EXPECT_EQ(rig.term(4, "collision"), -1);
  EXPECT_TRUE(rig.crashed(4));
  by_agent = 1;
  EXPECT_EQ(counts(), 1);  // the other touch still lasts
  by_static = 0;
  EXPECT_EQ(counts(), 0);
  by_static = 1;
  EXPECT_EQ(counts(), 10);
  by_static = by_agent = 0;
  EXPECT_EQ(counts(), 0);
  EXPECT_FALSE(rig.crashed(4));
  by_static = by_agent = 1;
  EXPECT_EQ(counts(), 11);
}

TEST(Formation, AbsentAgentsAreNobodysNeighbor) {
  TaskRig rig("formation", {.num_agents = 2, .config = Value::Table{{"motion", "fixed"}}});
  rig.reset(0);
  rig.slab.agents.at(1, kMode) = static_cast<float>(BodyMode::kAbsent);
  rig.slab.agents.set_vec3(1, kPosition, rig.position(0));
  rig.score();
  EXPECT_EQ(rig.metric(0, "closest_m"), 1000);
  EXPECT_EQ(rig.term(0, "closeness"), 0);
}

TEST(Formation, WorldsAreTheSameAloneAndAmongOthers) {
  TaskRig many("formation", {.num_worlds = 4, .num_agents = 5});
  TaskRig one("formation", {.num_agents = 5});
  many.reset(8);
  one.reset(10);  // the seed of world 2
  step_goals(many, 200);
  step_goals(one, 200);
  many.score(1, 3);
  one.score();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(many.state_of(10 + i), one.state_of(i));
    EXPECT_EQ(many.term(10 + i, "slot"), one.term(i, "slot"));
    EXPECT_EQ(many.metric(10 + i, "closest_m"), one.metric(i, "closest_m"));
    EXPECT_EQ(many.term(i, "slot"), 0);
  }
}

TEST(Formation, RefusesWhatDoesNotFit) {
  EXPECT_NE(build_error("formation", {.config = Value::Table{{"spacing_m", 2.0}}})
                .find("does not fit in the bounds"),
            std::string::npos);
  EXPECT_NE(build_error("formation", {.config = Value::Table{{"spacing_m", 0.05}}}).find("touch"),
            std::string::npos);
  EXPECT_NE(build_error("formation", {.num_agents = 900}).find("900"), std::string::npos);
  EXPECT_NE(build_error("formation", {.config = Value::Table{{"shape", "cricle"}}}).find("circle"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
