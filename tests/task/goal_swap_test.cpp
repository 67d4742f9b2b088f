#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "task/goal_swap_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::RigOptions;
using test::TaskRig;

// float rounding of positions meters from the origin
constexpr float kRoundingM = 1e-5F;
// and of rewards of a step, each a product of a few values around 1
constexpr float kRounding = 1e-6F;
constexpr float kStepS = 0.01F;

RigOptions options(const char* scenario, int num_worlds = 1) {
  return {
      .num_worlds = num_worlds, .config = Value::Table{{"scenario", scenario}}, .step_s = kStepS};
}

float distance(Vec3 a, Vec3 b) {
  return std::sqrt(dot(a - b, a - b));
}

std::vector<Vec3> goals_of(const TaskRig& rig) {
  std::vector<Vec3> goals;
  for (int body = 0; body < rig.slab.agents.num_bodies; ++body) goals.push_back(rig.goal(body));
  return goals;
}

// the goals and the steps before which they changed, of a whole episode
std::vector<int> jumps_of(TaskRig& rig) {
  std::vector<int> jumps;
  std::vector<Vec3> before = goals_of(rig);
  for (int step = 0; step < 1500; ++step) {
    rig.slab.worlds[0].step = static_cast<std::uint32_t>(step);
    rig.task->before_step(rig.slab, 0, 1);
    if (goals_of(rig) != before) jumps.push_back(step);
    before = goals_of(rig);
  }
  return jumps;
}

bool by_place(Vec3 a, Vec3 b) {
  if (a.x != b.x) return a.x < b.x;
  if (a.y != b.y) return a.y < b.y;
  return a.z < b.z;
}

TEST(GoalSwap, EightDronesStartApartInTheCubeWithGoalsOfTheirOwn) {
  TaskRig rig("goal_swap", options("swap_goals", 20));
  ASSERT_EQ(rig.slab.num_agents, 8);
  rig.reset(0);
  for (int w = 0; w < 20; ++w) {
    for (int i = 8 * w; i < 8 * w + 8; ++i) {
      EXPECT_LE(std::fabs(rig.position(i).x), 2);
      for (int j = 8 * w; j < i; ++j) {
        EXPECT_GE(distance(rig.position(i), rig.position(j)),
                  3 * rig.vehicle.bounding_radius_m - kRoundingM);
        // spacing 0.4 to 0.8 m, the sphere's 0.9 of it at least, but where the floor was in the way
        EXPECT_GE(distance(rig.goal(i), rig.goal(j)), 3 * rig.vehicle.bounding_radius_m);
      }
    }
  }
}

TEST(GoalSwap, SwapsPermuteTheGoalsEveryFourToSixSecondsUntilTwelve) {
  TaskRig rig("goal_swap", options("swap_goals"));
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    rig.reset(seed);
    std::vector<Vec3> first = goals_of(rig);
    const std::vector<int> jumps = jumps_of(rig);
    ASSERT_EQ(jumps.size(), 2U);
    EXPECT_GE(jumps[0], 400);
    EXPECT_LE(jumps[0], 600);
    EXPECT_GE(jumps[1] - jumps[0], 400 - 1);  // rounded up to a step
    EXPECT_LE(jumps[1] - jumps[0], 600);
    std::vector<Vec3> last = goals_of(rig);
    std::sort(first.begin(), first.end(), by_place);
    std::sort(last.begin(), last.end(), by_place);
    EXPECT_EQ(first, last);
  }
}

TEST(GoalSwap, StaticGoalsStayAndDynamicOnesMove) {
  for (const char* scenario : {"static_same_goal", "static_diff_goal", "antipodal_circle"}) {
    TaskRig rig("goal_swap", options(scenario));
    rig.reset(1);
    EXPECT_TRUE(jumps_of(rig).empty()) << scenario;
  }
  for (const char* scenario : {"dynamic_same_goal", "dynamic_diff_goal", "swarm_vs_swarm"}) {
    TaskRig rig("goal_swap", options(scenario));
    rig.reset(1);
    EXPECT_EQ(jumps_of(rig).size(), 2U) << scenario;
  }
}

TEST(GoalSwap, SameGoalIsOneForAll) {
  TaskRig rig("goal_swap", options("dynamic_same_goal"));
  rig.reset(3);
  jumps_of(rig);
  for (int i = 1; i < 8; ++i) EXPECT_EQ(rig.goal(i), rig.goal(0));
}

TEST(GoalSwap, TwoSwarmsExchangeTheirMiddles) {
  TaskRig rig("goal_swap", options("swarm_vs_swarm"));
  rig.reset(5);
  const auto middle = [&](int first) {
    Vec3 sum;
    for (int i = first; i < first + 4; ++i) sum = sum + rig.goal(i);
    return sum * 0.25F;
  };
  const Vec3 one = middle(0), other = middle(4);
  EXPECT_GE(distance(one, other), 0.5F - kRoundingM);
  EXPECT_LE(distance(one, other), 2.0F + kRoundingM);
  rig.slab.worlds[0].step = 600;
  rig.task->before_step(rig.slab, 0, 1);
  EXPECT_LT(distance(middle(0), other), kRoundingM);
  EXPECT_LT(distance(middle(4), one), kRoundingM);
}

TEST(GoalSwap, AntipodesLieOppositeOnTheCircleAndTheSphere) {
  for (const char* scenario : {"antipodal_circle", "antipodal_sphere"}) {
    RigOptions antipodal = options(scenario);
    antipodal.config = Value::Table{{"scenario", scenario}, {"antipodal_radius_m", 1.5}};
    TaskRig rig("goal_swap", antipodal);
    rig.reset(0);
    for (int i = 0; i < 8; ++i) {
      EXPECT_NEAR(distance(rig.position(i), rig.goal(i)), 3, kRoundingM);
      EXPECT_NEAR(distance((rig.position(i) + rig.goal(i)) * 0.5F, {0, 0, 2}), 0, kRoundingM);
    }
  }
}

// lets the time of world 0 pass to a step and the goals move there
void go_to_step(TaskRig& rig, int step) {
  rig.slab.worlds[0].step = static_cast<std::uint32_t>(step);
  rig.task->before_step(rig.slab, 0, 1);
}

TEST(GoalSwap, RunAwayCopiesTwoGoalsEverySecondUntilTwelve) {
  TaskRig rig("goal_swap", options("run_away"));
  rig.reset(6);
  const std::vector<Vec3> first = goals_of(rig);
  std::vector<Vec3> before = first;
  int copies = 0;
  for (int step = 0; step < 1500; ++step) {
    go_to_step(rig, step);
    const std::vector<Vec3> goals = goals_of(rig);
    EXPECT_TRUE(std::equal(first.begin() + 2, first.end(), goals.begin() + 2)) << step;
    if (goals != before) {
      EXPECT_EQ(step % 100, 0) << step;
      EXPECT_LE(step, 1200);
      ++copies;
      for (const Vec3 goal : {goals[0], goals[1]}) {
        EXPECT_EQ(std::count(first.begin() + 2, first.end(), goal), 1) << step;
      }
    }
    before = goals;
  }
  // 12 times, less those where both drew what they had: 1 in 36
  EXPECT_GE(copies, 10);
}

TEST(GoalSwap, RunAwayLeavesTwoAgentsTheirGoals) {
  RigOptions two = options("run_away");
  two.num_agents = 2;
  TaskRig rig("goal_swap", two);
  rig.reset(6);
  EXPECT_TRUE(jumps_of(rig).empty());
}

TEST(GoalSwap, TheSizeOfAFormationIsItsRadiusOrItsSpacing) {
  // eight on a circle with chords of 1 m: 1 / (2 sin 22.5 degrees)
  EXPECT_NEAR(task::size_per_spacing(task::GoalFormation::kCircleXz, 8), 1.306563F, kRoundingM);
  EXPECT_EQ(task::size_per_spacing(task::GoalFormation::kGridXy, 8), 1);
  EXPECT_EQ(task::size_per_spacing(task::GoalFormation::kCube, 8), 1);
  const Vec3 arm = task::goal_slot(task::GoalFormation::kSphere, 5, 8, 1);
  EXPECT_NEAR(task::size_per_spacing(task::GoalFormation::kSphere, 8), std::sqrt(dot(arm, arm)),
              kRoundingM);
}

// the formation that goals of this spacing stand in
task::GoalFormation formation_of(const std::vector<Vec3>& goals, float spacing_m) {
  for (int f = 0; f < static_cast<int>(task::GoalFormation::kCount); ++f) {
    const auto formation = static_cast<task::GoalFormation>(f);
    bool fits = true;
    for (int i = 1; i < 8; ++i) {
      const Vec3 arm =
          task::goal_slot(formation, i, 8, spacing_m) - task::goal_slot(formation, 0, 8, spacing_m);
      const Vec3 apart = goals[static_cast<std::size_t>(i)] - goals[0];
      fits &= distance(arm, apart) < kRoundingM;
    }
    if (fits) return formation;
  }
  return task::GoalFormation::kCount;
}

TEST(GoalSwap, DynamicFormationsRunBetweenBothSignsOfTheirSize) {
  constexpr float kSpacingM = 0.3F;
  // a turn falls between two steps: the size of one step is missing there
  constexpr float kStepSizeM = 0.3F * kStepS;
  RigOptions breathing = options("dynamic_formations");
  breathing.config = Value::Table{
      {"scenario", "dynamic_formations"}, {"spacing_low_m", 0.3}, {"spacing_high_m", 0.3}};
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    TaskRig rig("goal_swap", breathing);
    rig.reset(seed);
    const std::vector<Vec3> widest = goals_of(rig);
    const task::GoalFormation formation = formation_of(widest, kSpacingM);
    ASSERT_NE(formation, task::GoalFormation::kCount) << seed;
    const float most_m = task::size_per_spacing(formation, 8) * kSpacingM;
    const Vec3 arm = widest[1] - widest[0];
    float size_m = most_m, way = -1;
    float run_m = 0;  // change per step since the last turn
    int turns = 0;
    for (int step = 1; step < 1500; ++step) {
      go_to_step(rig, step);
      const float share = dot(rig.goal(1) - rig.goal(0), arm) / dot(arm, arm);
      const float moved_m = share * most_m - size_m;
      size_m = share * most_m;
      EXPECT_LE(std::fabs(size_m), most_m + kRoundingM);
      // the next run has a speed of its own
      if (most_m - std::fabs(size_m) <= kStepSizeM) {
        run_m = 0;
        continue;
      }
      if (run_m == 0) {
        turns += moved_m * way < 0 ? 1 : 0;
        way = moved_m;
        run_m = moved_m;
      }
      EXPECT_NEAR(moved_m, run_m, kRoundingM) << seed << " " << step;
      EXPECT_GE(std::fabs(moved_m), 0.1F * kStepS - kRoundingM) << seed << " " << step;
      EXPECT_LE(std::fabs(moved_m), 0.3F * kStepS + kRoundingM) << seed << " " << step;
    }
    // a run is 0.8 m long at most (circles), 8 s at the least speed
    EXPECT_GE(turns, 1) << seed;
  }
}

TEST(GoalSwap, BezierGoalsGoOnQuadraticCurvesOfFiveSecondsEach) {
  TaskRig rig("goal_swap", options("bezier"));
  rig.reset(7);
  std::vector<Vec3> path;
  for (int step = 0; step <= 1500; ++step) {
    go_to_step(rig, step);
    for (int i = 1; i < 8; ++i) EXPECT_EQ(rig.goal(i), rig.goal(0));
    path.push_back(rig.goal(0));
  }
  for (std::size_t curve = 0; curve < 3; ++curve) {
    const std::size_t begin = 500 * curve;
    // start, middle and end fix a quadratic curve; the bend is 2 middle - (start + end) / 2
    const Vec3 start = path[begin], end = path[begin + 500];
    const Vec3 bend = path[begin + 250] * 2 - (start + end) * 0.5F;
    for (std::size_t i = 0; i <= 500; ++i) {
      const float u = static_cast<float>(i) / 500;
      const Vec3 expected = start * ((1 - u) * (1 - u)) + bend * (2 * u * (1 - u)) + end * (u * u);
      EXPECT_LT(distance(path[begin + i], expected), kRoundingM) << curve << " " << i;
    }
    EXPECT_GT(distance(start, end), 0.1F);
  }
}

TEST(GoalSwap, LissajousGoalsAddUpTheTicksOfQuadSwarm) {
  // a sum of 1500 ticks against its integral: half a tick of the fastest
  constexpr float kHalfTickM = 0.02F;
  TaskRig rig("goal_swap", options("lissajous"));
  rig.reset(7);
  double x = -2, y = 0, z = 2;
  for (int step = 0; step < 1500; ++step) {
    go_to_step(rig, step);
    const Vec3 goal = rig.goal(5);
    EXPECT_NEAR(goal.x, x, kHalfTickM) << step;
    EXPECT_NEAR(goal.y, y, kHalfTickM) << step;
    EXPECT_NEAR(goal.z, z, kHalfTickM) << step;
    const double t = 0.01 * step;
    x += 0.03 * std::sin(t);
    y += 0.01 * std::sin(2 * t + 90);
    z += 0.01 * std::cos(2 * t + 90);
  }
}

TEST(GoalSwap, FormationsKeepTheirSpacing) {
  for (int f = 0; f < static_cast<int>(task::GoalFormation::kCount); ++f) {
    const auto formation = static_cast<task::GoalFormation>(f);
    for (const int count : {2, 8, 27}) {
      float least = 1e9F;
      Vec3 sum;
      for (int i = 0; i < count; ++i) {
        const Vec3 own = task::goal_slot(formation, i, count, 0.5F);
        sum = sum + own;
        for (int j = 0; j < i; ++j) {
          least = std::min(least, distance(own, task::goal_slot(formation, j, count, 0.5F)));
        }
      }
      if (formation == task::GoalFormation::kSphere) {
        EXPECT_GT(least, 0.45F) << count;
        EXPECT_LT(least, 0.7F) << count;
      } else {
        EXPECT_NEAR(least, 0.5F, kRoundingM) << f << " of " << count;
      }
    }
  }
}

TEST(GoalSwap, GoalsStandClearOfPillars) {
  for (const char* scene : {"pillars20a", "pillars20b", "pillars80a", "pillars80b"}) {
    RigOptions with_pillars = options("static_diff_goal", 20);
    with_pillars.scene = scene;
    TaskRig rig("goal_swap", with_pillars);
    rig.reset(0);
    for (int body = 0; body < 160; ++body) {
      EXPECT_EQ(rig.scene.near_primitives(rig.goal(body), 0.24F, nullptr, 0), 0)
          << scene << " " << body;
    }
  }
}

TEST(GoalSwap, RewardFollowsTheScalarFormula) {
  TaskRig rig("goal_swap", options("static_diff_goal"));
  rig.reset(2);
  const Vec3 own = rig.position(3);
  rig.slab.agents.set_vec3(4, kPosition, own + Vec3{0, 0.16F, 0});
  rig.slab.agents.set_vec3(3, kOmega, {3, 0, -4});
  rig.slab.agents.set_quat(3, {std::sqrt(0.5F), 0, 0, std::sqrt(0.5F)});  // on its side
  const Vehicle& v = rig.vehicle;
  for (int r = 0; r < 4; ++r) {
    rig.slab.agents.at(3, kRotorRows + r) = v.config.max_rotor_speed_radps * std::sqrt(0.5F);
  }
  rig.slab.agents.at(3, kTouchAgent) = 1;
  rig.score();
  const float contact_m = 2 * v.bounding_radius_m;
  EXPECT_NEAR(rig.term(3, "distance"), -kStepS * distance(rig.goal(3), own), kRounding);
  EXPECT_NEAR(rig.term(3, "effort"), -kStepS * 0.05F * 1, kRounding);  // |(.5, .5, .5, .5)| = 1
  EXPECT_NEAR(rig.term(3, "spin"), -kStepS * 0.1F * 5, kRounding);
  EXPECT_NEAR(rig.term(3, "upright"), 0, kRounding);
  EXPECT_NEAR(rig.term(3, "proximity"), -kStepS * 10 * 0.04F / (0.2F - contact_m), 1e-4F);
  EXPECT_EQ(rig.term(3, "collision"), -5);
  EXPECT_EQ(rig.term(3, "floor"), 0);
  EXPECT_NEAR(rig.term(5, "upright"), kStepS, kRounding);
}

TEST(GoalSwap, StandingOnTheFloorCosts) {
  TaskRig rig("goal_swap", options("static_diff_goal"));
  rig.reset(2);
  rig.slab.agents.set_vec3(0, kPosition, {0, 0, 0.02F});
  rig.slab.agents.at(0, kTouchStatic) = 1;
  rig.slab.agents.at(1, kTouchStatic) = 1;  // a wall, high up
  rig.score();
  EXPECT_NEAR(rig.term(0, "floor"), -kStepS, kRounding);
  EXPECT_NEAR(rig.term(0, "upright"), -kStepS, kRounding);
  EXPECT_EQ(rig.term(1, "floor"), 0);
}

TEST(GoalSwap, SuccessTakesFiveStepsAtTheGoalAndNoTouchAfterTheGraceTime) {
  TaskRig rig("goal_swap", options("static_diff_goal"));
  rig.reset(4);
  const auto step_at_goals = [&](int step) {
    rig.slab.worlds[0].step = static_cast<std::uint32_t>(step);
    for (int i = 0; i < 7; ++i) rig.slab.agents.set_vec3(i, kPosition, rig.goal(i));
    rig.slab.agents.set_vec3(7, kPosition, rig.goal(7) + Vec3{0, 0, 0.6F});
    rig.score();
  };
  // agent 0 touches in the grace time, agent 1 after it
  rig.slab.agents.at(0, kTouchAgent) = 1;
  step_at_goals(100);
  EXPECT_EQ(rig.metric(2, "success"), 0);  // one step is not five
  rig.slab.agents.at(0, kTouchAgent) = 0;
  rig.slab.agents.at(1, kTouchAgent) = 1;
  for (int step = 200; step < 205; ++step) step_at_goals(step);
  rig.slab.agents.at(1, kTouchAgent) = 0;
  step_at_goals(205);
  for (const int agent : {0, 2, 6}) {
    EXPECT_EQ(rig.metric(agent, "success"), 1) << agent;
    EXPECT_EQ(rig.metric(agent, "collided"), 0) << agent;
    EXPECT_EQ(rig.metric(agent, "deadlock"), 0) << agent;
  }
  EXPECT_EQ(rig.metric(1, "success"), 0);
  EXPECT_EQ(rig.metric(1, "collided"), 1);
  EXPECT_EQ(rig.metric(1, "deadlock"), 0);
  EXPECT_EQ(rig.metric(7, "success"), 0);
  EXPECT_EQ(rig.metric(7, "deadlock"), 1);
}

TEST(GoalSwap, WorldsAreTheSameAloneAndAmongOthers) {
  RigOptions options_of_many = options("mix", 4);
  options_of_many.num_agents = 5;
  RigOptions options_of_one = options("mix");
  options_of_one.num_agents = 5;
  TaskRig many("goal_swap", options_of_many);
  TaskRig one("goal_swap", options_of_one);
  many.reset(8);
  one.reset(10);  // the seed of world 2
  for (TaskRig* rig : {&many, &one}) {
    for (int w = 0; w < rig->slab.num_worlds; ++w) rig->slab.worlds[w].step = 650;
    rig->task->before_step(rig->slab, 0, rig->slab.num_worlds);
  }
  many.score(1, 3);
  one.score();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(many.state_of(10 + i), one.state_of(i));
    EXPECT_EQ(many.term(10 + i, "distance"), one.term(i, "distance"));
    EXPECT_EQ(many.term(i, "distance"), 0);
  }
}

TEST(GoalSwap, RefusesAnUnknownScenario) {
  EXPECT_NE(build_error("goal_swap", options("swap_goal")).find("swap_goals"), std::string::npos);
}

}  // namespace
}  // namespace volery
