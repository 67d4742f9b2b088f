#include <gtest/gtest.h>

#include <cmath>

#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

// float rounding of distances of a few meters, divided by a leg of at least one
constexpr float kRounding = 2e-6F;

float distance(Vec3 a, Vec3 b) {
  return std::sqrt(dot(a - b, a - b));
}

TEST(Waypoints, PaysTheShareOfTheLegThatWasFlown) {
  TaskRig rig("waypoints", {.num_worlds = 3});
  rig.reset(4);
  for (int body = 0; body < 3; ++body) {
    const Vec3 start = rig.position(body), goal = rig.goal(body);
    rig.slab.agents.set_vec3(body, kPosition, start + (goal - start) * 0.25F);
  }
  rig.score();
  for (int body = 0; body < 3; ++body) EXPECT_NEAR(rig.term(body, "progress"), 0.25F, kRounding);
  // standing still pays nothing, flying back takes it again
  rig.score();
  EXPECT_EQ(rig.term(0, "progress"), 0);
  const Vec3 here = rig.position(0), goal = rig.goal(0);
  rig.slab.agents.set_vec3(0, kPosition, goal + (here - goal) * (1 / 0.75F));
  rig.score();
  EXPECT_NEAR(rig.term(0, "progress"), -0.25F, kRounding);
}

TEST(Waypoints, EachLegPaysOneAndLeadsToTheNextWaypoint) {
  TaskRig rig("waypoints", {.config = Value::Table{{"num_waypoints", 0}}});
  rig.reset(0);
  for (int i = 0; i < 20; ++i) {
    const Vec3 goal = rig.goal(0);
    rig.slab.agents.set_vec3(0, kPosition, goal + Vec3{0.1F, 0, 0});  // within the radius of 0.2 m
    rig.score();
    EXPECT_EQ(rig.metric(0, "waypoints"), 1);
    EXPECT_NEAR(rig.term(0, "progress"), 1, kRounding);
    EXPECT_EQ(rig.row(0, "waypoints_passed"), static_cast<float>(i + 1));
    EXPECT_FALSE(rig.terminated(0));
    // the next one is the wished leg away, unless sixteen draws in a row were nearer
    EXPECT_GE(distance(rig.goal(0), goal), 1.0F);
  }
}

TEST(Waypoints, ThatAreNotNearEnoughAreNotPassed) {
  TaskRig rig("waypoints");
  rig.reset(0);
  const Vec3 goal = rig.goal(0);
  rig.slab.agents.set_vec3(0, kPosition, goal + Vec3{0, 0, 0.21F});
  rig.score();
  EXPECT_EQ(rig.metric(0, "waypoints"), 0);
  EXPECT_EQ(rig.goal(0), goal);
}

TEST(Waypoints, TheLastOneEndsTheEpisodeOfItsAgentAlone) {
  TaskRig rig("waypoints", {.num_agents = 2, .config = Value::Table{{"num_waypoints", 2}}});
  rig.reset(0);
  rig.slab.agents.set_vec3(1, kPosition, rig.goal(1));
  rig.score();
  EXPECT_FALSE(rig.terminated(1));
  rig.slab.agents.set_vec3(1, kPosition, rig.goal(1));
  rig.score();
  EXPECT_TRUE(rig.terminated(1));
  EXPECT_EQ(rig.metric(1, "success"), 1);
  EXPECT_FALSE(rig.terminated(0));
  EXPECT_EQ(rig.metric(0, "success"), 0);
}

TEST(Waypoints, DependOnSeedEpisodeAndAgentButNotOnTheWayThere) {
  const auto third_goal = [](std::uint64_t seed, std::uint32_t episode, float offset) {
    TaskRig rig("waypoints", {.num_agents = 2});
    rig.reset(seed, episode);
    for (int i = 0; i < 2; ++i) {
      rig.slab.agents.set_vec3(1, kPosition, rig.goal(1) + Vec3{offset, 0, 0});
      rig.score();
    }
    return rig.goal(1);
  };
  EXPECT_EQ(third_goal(1, 0, 0), third_goal(1, 0, 0.1F));
  EXPECT_FALSE(third_goal(1, 0, 0) == third_goal(2, 0, 0));
  EXPECT_FALSE(third_goal(1, 0, 0) == third_goal(1, 1, 0));
}

TEST(Waypoints, KeepClearOfObstacles) {
  SceneConfig room = load_scene("room");
  Value scene = to_value(room);
  scene.table()["spawn_low_m"] = Value::Array{Value(-3.8), Value(-3.8), Value(0.2)};
  scene.table()["spawn_high_m"] = Value::Array{Value(3.8), Value(3.8), Value(3.3)};
  TaskRig rig("waypoints",
              {.num_worlds = 20, .config = Value::Table{{"num_waypoints", 0}}, .scene = scene});
  rig.reset(0);
  for (int i = 0; i < 20; ++i) {
    for (int body = 0; body < 20; ++body) {
      EXPECT_EQ(
          rig.scene.near_primitives(rig.goal(body), rig.vehicle.bounding_radius_m, nullptr, 0), 0);
      rig.slab.agents.set_vec3(body, kPosition, rig.goal(body));
    }
    rig.score();
  }
}

TEST(Waypoints, CrashesAndBoundsAreFlagged) {
  TaskRig rig("waypoints", {.num_worlds = 2});
  rig.reset(0);
  rig.slab.agents.at(0, kTouchStatic) = 1;
  rig.slab.agents.at(1, kPosition + 2) = 1e4F;
  rig.score();
  EXPECT_TRUE(rig.crashed(0) && !rig.truncated(0));
  EXPECT_TRUE(rig.truncated(1) && !rig.crashed(1));
  EXPECT_EQ(rig.term(0, "crash"), -5);
}

TEST(Waypoints, RespawnKeepsTheWaypointAndPaysItsLegAnew) {
  TaskRig rig("waypoints");
  rig.reset(0);
  const Vec3 goal = rig.goal(0);
  rig.slab.worlds[0].step = 5;
  ASSERT_TRUE(rig.task->respawn(rig.slab, 0, 0));
  EXPECT_EQ(rig.goal(0), goal);
  rig.slab.agents.set_vec3(0, kPosition, goal);
  rig.score();
  EXPECT_NEAR(rig.term(0, "progress"), 1, kRounding);
}

TEST(Waypoints, ScoresOnlyTheWorldsAskedFor) {
  TaskRig rig("waypoints", {.num_worlds = 20});
  rig.reset(0);
  for (int body = 0; body < 20; ++body) rig.slab.agents.set_vec3(body, kPosition, rig.goal(body));
  rig.score(5, 19);
  for (int body = 0; body < 20; ++body) {
    EXPECT_EQ(rig.row(body, "waypoints_passed"), body >= 5 && body < 19 ? 1 : 0);
  }
}

TEST(Waypoints, RefusesBadConfigs) {
  EXPECT_NE(build_error("waypoints", {.config = Value::Table{{"radius_m", 0.0}}}).find("radius_m"),
            std::string::npos);
  EXPECT_NE(
      build_error("waypoints", {.config = Value::Table{{"num_waypoint", 3}}}).find("num_waypoints"),
      std::string::npos);
}

}  // namespace
}  // namespace volery
