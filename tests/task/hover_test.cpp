#include <gtest/gtest.h>

#include <cmath>

#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::RigOptions;
using test::TaskRig;

// float rounding of formulas of a dozen operations on values around 1
constexpr float kRounding = 2e-6F;

TEST(Hover, StartsInsideTheSpawnRegionWithTheConfiguredSpread) {
  TaskRig rig("hover", {.num_worlds = 500,
                        .config = Value::Table{{"start", Value::Table{{"attitude_rad", 0.5},
                                                                      {"velocity_mps", 0.3},
                                                                      {"rates_radps", 4.0}}}}});
  rig.reset(7);
  const SceneConfig& scene = rig.scene.config();
  float largest_angle = 0, largest_rate = 0, largest_speed = 0;
  for (int body = 0; body < 500; ++body) {
    const Vec3 p = rig.position(body);
    const float xyz[3] = {p.x, p.y, p.z};
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_GE(xyz[i], scene.spawn_low_m[i]);
      EXPECT_LE(xyz[i], scene.spawn_high_m[i]);
    }
    const Quat q = rig.slab.agents.quat(body);
    EXPECT_NEAR(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w, 1, kRounding);
    largest_angle = std::max(largest_angle, 2 * std::acos(std::min(1.0F, q.w)));
    const Vec3 v = rig.slab.agents.vec3(body, kVelocity), w = rig.slab.agents.vec3(body, kOmega);
    largest_speed = std::max({largest_speed, std::abs(v.x), std::abs(v.y), std::abs(v.z)});
    largest_rate = std::max({largest_rate, std::abs(w.x), std::abs(w.y), std::abs(w.z)});
  }
  // the extremes of 500 draws come near the limits and never pass them
  EXPECT_LE(largest_angle, 0.5F + 1e-3F);
  EXPECT_GT(largest_angle, 0.45F);
  EXPECT_LE(largest_speed, 0.3F);
  EXPECT_GT(largest_speed, 0.28F);
  EXPECT_LE(largest_rate, 4.0F);
  EXPECT_GT(largest_rate, 3.8F);
}

TEST(Hover, FullAttitudeSpreadStartsSomeUpsideDown) {
  TaskRig rig("hover",
              {.num_worlds = 200,
               .config = Value::Table{{"start", Value::Table{{"attitude_rad", 3.14159}}}}});
  rig.reset(0);
  int upside_down = 0;
  for (int body = 0; body < 200; ++body) {
    upside_down += rotate(rig.slab.agents.quat(body), {0, 0, 1}).z < 0 ? 1 : 0;
  }
  EXPECT_GT(upside_down, 50);
  EXPECT_LT(upside_down, 150);
}

TEST(Hover, RotorsSpinAtHoverSpeedAtTheStart) {
  TaskRig rig("hover");
  rig.reset(0);
  for (int i = 0; i < 2 * rig.vehicle.num_rotors; ++i) {
    EXPECT_EQ(rig.slab.agents.at(0, kRotorRows + i), rig.vehicle.hover_speed_radps);
  }
}

TEST(Hover, SameSeedAndEpisodeStartAlikeOthersDiffer) {
  TaskRig rig("hover", {.num_worlds = 3});
  rig.reset(11);
  const auto first = rig.state_of(0), second = rig.state_of(1);
  EXPECT_NE(first, second);
  rig.reset(11);
  EXPECT_EQ(rig.state_of(0), first);
  rig.reset(10);
  EXPECT_EQ(rig.state_of(1), first);  // world 1 of seed 10 is world 0 of seed 11
  rig.reset(11, 1);
  EXPECT_NE(rig.state_of(0), first);
}

TEST(Hover, ScoreFollowsTheScalarFormula) {
  TaskRig rig("hover", {.num_worlds = 37});
  rig.reset(3);
  const float speed = rig.vehicle.hover_speed_radps;
  for (int body = 0; body < 37; ++body) {
    for (int i = 0; i < 4; ++i) {
      rig.slab.agents.at(body, kRotorRows + 4 + i) =
          speed * (0.8F + 0.05F * static_cast<float>(i) + 0.01F * static_cast<float>(body));
    }
  }
  rig.score();
  for (int body = 0; body < 37; ++body) {
    const Blocks& a = rig.slab.agents;
    const Vec3 away = rig.goal(body) - rig.position(body), w = a.vec3(body, kOmega);
    const float distance = std::sqrt(dot(away, away));
    const float up = rotate(a.quat(body), {0, 0, 1}).z;
    float off = 0;
    for (int i = 0; i < 4; ++i)
      off += std::pow(a.at(body, kRotorRows + 4 + i) / speed - 1, 2.0F) / 4;
    const float step_s = 1.0F / 30;
    EXPECT_NEAR(rig.term(body, "position"), step_s * 0.5F / (0.5F + distance), kRounding);
    EXPECT_NEAR(rig.term(body, "tilt"), -step_s * 0.1F * (1 - up) / 2, kRounding);
    EXPECT_NEAR(rig.term(body, "rates"), -step_s * 0.1F * std::min(1.0F, dot(w, w) / 100),
                kRounding);
    EXPECT_NEAR(rig.term(body, "effort"), -step_s * 0.05F * off, kRounding);
    EXPECT_NEAR(rig.metric(body, "position_error_m"), distance, kRounding);
    EXPECT_EQ(rig.metric(body, "success"), distance < 0.1F ? 1 : 0);
    EXPECT_FALSE(rig.crashed(body) || rig.truncated(body) || rig.terminated(body));
  }
}

TEST(Hover, HoldingStillAtTheGoalEarnsOnePerSecond) {
  TaskRig rig("hover", {.config = Value::Table{{"start", Value::Table{{"attitude_rad", 0.0},
                                                                      {"velocity_mps", 0.0},
                                                                      {"rates_radps", 0.0}}}}});
  rig.reset(0);
  rig.slab.agents.set_vec3(0, kPosition, rig.goal(0));
  rig.score();
  float reward = 0;
  for (const TermSpec& term : rig.task->spec().reward_terms) reward += rig.term(0, term.name);
  EXPECT_NEAR(reward, 1.0F / 30, kRounding);
  EXPECT_EQ(rig.metric(0, "at_goal"), 1);
}

TEST(Hover, CrashCostsOnceWhileTheTouchLasts) {
  TaskRig rig("hover", {.num_worlds = 2});
  rig.reset(0);
  rig.slab.agents.at(1, kTouchStatic) = 1;
  rig.score();
  EXPECT_TRUE(rig.crashed(1));
  EXPECT_EQ(rig.term(1, "crash"), -5);
  EXPECT_FALSE(rig.crashed(0));
  rig.score();
  EXPECT_TRUE(rig.crashed(1));
  EXPECT_EQ(rig.term(1, "crash"), 0);
  rig.slab.agents.at(1, kTouchStatic) = 0;
  rig.score();
  EXPECT_FALSE(rig.crashed(1));
  rig.slab.agents.at(1, kTouchAgent) = 1;
  rig.score();
  EXPECT_EQ(rig.term(1, "crash"), -5);
}

TEST(Hover, LeavingTheBoundsTruncatesOnEachSide) {
  TaskRig rig("hover");
  const SceneConfig& scene = rig.scene.config();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (const float outside :
         {scene.bounds_low_m[axis] - 0.01F, scene.bounds_high_m[axis] + 0.01F}) {
      rig.reset(0);
      rig.slab.agents.at(0, kPosition + static_cast<int>(axis)) = outside;
      rig.score();
      EXPECT_TRUE(rig.truncated(0));
      EXPECT_FALSE(rig.terminated(0) || rig.crashed(0));
    }
  }
}

TEST(Hover, ScoresOnlyTheWorldsAskedFor) {
  TaskRig rig("hover", {.num_worlds = 20});
  rig.reset(0);
  for (int body = 0; body < 20; ++body) rig.slab.agents.at(body, kTouchStatic) = 1;
  rig.score(3, 18);
  for (int body = 0; body < 20; ++body) {
    const bool scored = body >= 3 && body < 18;
    EXPECT_EQ(rig.crashed(body), scored);
    EXPECT_EQ(rig.term(body, "position") != 0, scored);
    EXPECT_EQ(rig.row(body, "was_touching"), scored ? 1 : 0);
  }
}

TEST(Hover, RandomGoalsLieInTheSpawnRegionAndFixedOnesWhereAsked) {
  TaskRig random("hover", {.num_worlds = 2, .config = Value::Table{{"goal", "random"}}});
  random.reset(0);
  EXPECT_FALSE(random.goal(0) == random.goal(1));
  EXPECT_FALSE(random.goal(0) == random.position(0));
  const Value place = Value::Array{Value(0.5), Value(-0.5), Value(1.5)};
  TaskRig fixed("hover", {.num_worlds = 2, .config = Value::Table{{"goal_w_m", place}}});
  fixed.reset(0);
  EXPECT_EQ(fixed.goal(0), (Vec3{0.5F, -0.5F, 1.5F}));
  EXPECT_EQ(fixed.goal(1), (Vec3{0.5F, -0.5F, 1.5F}));
}

TEST(Hover, SeveralAgentsHoverWhereTheyStarted) {
  TaskRig rig("hover", {.num_worlds = 2, .num_agents = 5});
  rig.reset(0);
  for (int body = 0; body < 10; ++body) EXPECT_EQ(rig.goal(body), rig.position(body));
}

TEST(Hover, RespawnPlacesOneAgentAnewAndClearOfTheOthers) {
  TaskRig rig("hover", {.num_agents = 6});
  rig.reset(0);
  const auto other = rig.state_of(2);
  const Vec3 before = rig.position(3);
  rig.slab.worlds[0].step = 12;
  ASSERT_TRUE(rig.task->respawn(rig.slab, 0, 3));
  EXPECT_EQ(rig.state_of(2), other);
  EXPECT_FALSE(rig.position(3) == before);
  for (int i = 0; i < 6; ++i) {
    if (i == 3) continue;
    const Vec3 apart = rig.position(3) - rig.position(i);
    EXPECT_GE(std::sqrt(dot(apart, apart)), 3 * rig.vehicle.bounding_radius_m);
  }
}

TEST(Hover, RefusesBadConfigsByName) {
  EXPECT_NE(build_error("hover", {.config = Value::Table{{"crash_costs", 1}}}).find("crash_cost"),
            std::string::npos);
  EXPECT_NE(build_error("hover", {.config = Value::Table{{"goal", "rndom"}}}).find("random"),
            std::string::npos);
  const Value two = Value::Array{Value(0.0), Value(1.0)};
  EXPECT_NE(build_error("hover", {.config = Value::Table{{"goal_w_m", two}}}).find("must have 3"),
            std::string::npos);
  const Value far = Value::Array{Value(0.0), Value(0.0), Value(99.0)};
  EXPECT_NE(build_error("hover", {.config = Value::Table{{"goal_w_m", far}}}).find("bounds"),
            std::string::npos);
  const Value ground = Value::Array{Value(0.0), Value(0.0), Value(0.0)};
  EXPECT_NE(build_error("hover", {.config = Value::Table{{"goal_w_m", ground}}}).find("clear"),
            std::string::npos);
  const Value close = Value::Table{{"separation_m", 0.01}};
  EXPECT_NE(build_error("hover", {.config = Value::Table{{"start", close}}}).find("separation_m"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
