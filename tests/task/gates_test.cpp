#include <gtest/gtest.h>

#include <cmath>

#include "state/task_columns.hpp"
#include "task/gates_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using task::Crossing;
using task::Gate;
using test::build_error;
using test::TaskRig;

// float rounding of positions some ten meters from the origin
constexpr float kRoundingM = 1e-5F;
constexpr float kStepS = 0.02F;

const Gate kGate{{1, 2, 3}, {0, 1, 0}};

TEST(Gates, OnlyTheRightWayThroughTheOpeningPasses) {
  const auto met = [](Vec3 from, Vec3 to) { return task::crossing(kGate, 1.5F, from, to); };
  EXPECT_EQ(met({1, 1, 3}, {1, 2.5F, 3}), Crossing::kPassed);
  EXPECT_EQ(met({1, 2.5F, 3}, {1, 1, 3}), Crossing::kNone);
  EXPECT_EQ(met({1, 1, 3}, {1, 1.9F, 3}), Crossing::kNone);
  EXPECT_EQ(met({1.7F, 1, 3}, {1.7F, 3, 3}), Crossing::kPassed);
  EXPECT_EQ(met({1.8F, 1, 3}, {1.8F, 3, 3}), Crossing::kMissed);
  EXPECT_EQ(met({1, 1, 3.8F}, {1, 3, 3.8F}), Crossing::kMissed);
  EXPECT_EQ(met({4, 1, 3}, {4, 3, 3}), Crossing::kNone);  // passes by
  // slanting: where it meets the plane counts, 1.4 from 0 on the left and 2.8 on the right
  EXPECT_EQ(met({0, 1.5F, 3}, {3, 2.5F, 3}), Crossing::kPassed);
  EXPECT_EQ(met({0, 1.1F, 3}, {3, 2.1F, 3}), Crossing::kMissed);
}

TEST(Gates, TheTrackIsTheScenes) {
  const TaskRig rig("gates");
  const std::vector<Gate> track = task::split_s_track();
  ASSERT_EQ(track.size(), 7U);
  for (const Gate& gate : track) {
    // the opening is free, as far as 0.75 m to bars whose middles stand 0.8 m off
    EXPECT_EQ(rig.scene.near_primitives(gate.center_w_m, 0.74F, nullptr, 0), 0);
    const Vec3 left{-gate.through_w.y, gate.through_w.x, 0};
    for (const float side : {-1.0F, 1.0F}) {
      EXPECT_EQ(
          rig.scene.near_primitives(gate.center_w_m + left * (0.8F * side), 1e-3F, nullptr, 0), 1);
      const Vec3 up{0, 0, 0.8F * side};
      EXPECT_GE(rig.scene.near_primitives(gate.center_w_m + up, 1e-3F, nullptr, 0), 1);
    }
  }
}

TEST(Gates, RandomTracksDifferFromEpisodeToEpisodeAndStayInTheirBox) {
  const task::Bounds box{{-8, -8, 1}, {8, 8, 3}};
  WorldHeader header{.seed = 3};
  for (std::uint32_t episode = 0; episode < 50; ++episode) {
    header.episode = episode;
    for (int i = 0; i < 7; ++i) {
      const Gate gate = task::random_gate(header, box, 7, i);
      EXPECT_TRUE(task::inside(box, gate.center_w_m));
      EXPECT_NEAR(dot(gate.through_w, gate.through_w), 1, kRoundingM);
      EXPECT_EQ(gate.through_w.z, 0);
      // counter-clockwise
      EXPECT_GT(gate.center_w_m.x * gate.through_w.y - gate.center_w_m.y * gate.through_w.x, 0);
      EXPECT_EQ(task::random_gate(header, box, 7, i).center_w_m, gate.center_w_m);
    }
  }
  const Vec3 one = task::random_gate(header, box, 7, 0).center_w_m;
  header.episode = 0;
  EXPECT_FALSE(task::random_gate(header, box, 7, 0).center_w_m == one);
}

// puts the agent of world 0 somewhere and scores, as a step to there
void fly_to(TaskRig& rig, Vec3 place) {
  rig.slab.agents.set_vec3(0, kPosition, place);
  rig.score();
  rig.slab.worlds[0].step += 1;
}

TEST(Gates, ColumnsShowTheNextGateTheOneAfterAndTheOneBefore) {
  TaskRig rig("gates");
  rig.reset(0);
  const std::vector<Gate> track = task::split_s_track();
  const int row = rig.task->spec().column_rows.row;
  const auto expect_shown = [&](GateColumn first, const Gate& gate) {
    const Vec3 offset = gate.center_w_m - rig.position(0);
    EXPECT_EQ(rig.slab.agents.vec3(0, row + first), offset);
    EXPECT_EQ(rig.slab.agents.at(0, row + first + 3), gate.through_w.x);
    EXPECT_EQ(rig.slab.agents.at(0, row + first + 4), gate.through_w.y);
  };
  expect_shown(kGateX, track[0]);
  expect_shown(kGateAfterX, track[1]);
  expect_shown(kGateBeforeX, track[6]);
  EXPECT_EQ(rig.slab.agents.at(0, row + kGateOpening), 1.5F);
  // through the first gate
  rig.slab.agents.set_vec3(0, kPosition, track[0].center_w_m - track[0].through_w * 0.1F);
  rig.score();
  expect_shown(kGateX, track[0]);
  rig.slab.agents.set_vec3(0, kPosition, track[0].center_w_m + track[0].through_w * 0.1F);
  rig.score();
  expect_shown(kGateX, track[1]);
  expect_shown(kGateAfterX, track[2]);
  expect_shown(kGateBeforeX, track[0]);
  EXPECT_EQ(rig.task->spec().columns.size(), static_cast<std::size_t>(kNumGateColumns));
}

TEST(Gates, TheGoalLeadsThroughAGateAndOnToTheNext) {
  TaskRig rig("gates", {.step_s = kStepS});
  rig.reset(0);
  const std::vector<Gate> track = task::split_s_track();
  EXPECT_EQ(rig.goal(0), track[0].center_w_m - track[0].through_w);
  const Vec3 before = rig.position(0);
  fly_to(rig, track[0].center_w_m - track[0].through_w * 1.5F);
  EXPECT_EQ(rig.goal(0), track[0].center_w_m + track[0].through_w);
  const auto length = [](Vec3 v) { return std::sqrt(dot(v, v)); };
  EXPECT_NEAR(rig.term(0, "progress"),
              length(before - (track[0].center_w_m - track[0].through_w)) - 0.5F, kRoundingM);
  fly_to(rig, track[0].center_w_m + track[0].through_w * 0.1F);
  EXPECT_EQ(rig.metric(0, "gates"), 1);
  EXPECT_EQ(rig.goal(0), track[1].center_w_m - track[1].through_w);
}

TEST(Gates, AMissedGateHasToBeFlownAgain) {
  TaskRig rig("gates", {.step_s = kStepS});
  rig.reset(0);
  const Gate gate = task::split_s_track()[0];
  const Vec3 above{0, 0, 1};
  fly_to(rig, gate.center_w_m - gate.through_w);
  fly_to(rig, gate.center_w_m - gate.through_w * 0.2F + above);
  fly_to(rig, gate.center_w_m + gate.through_w * 0.2F + above);
  EXPECT_EQ(rig.metric(0, "missed"), 1);
  EXPECT_EQ(rig.metric(0, "gates"), 0);
  EXPECT_EQ(rig.goal(0), gate.center_w_m - gate.through_w);
  fly_to(rig, gate.center_w_m - gate.through_w);
  EXPECT_EQ(rig.metric(0, "missed"), 0);
  fly_to(rig, gate.center_w_m + gate.through_w);
  EXPECT_EQ(rig.metric(0, "gates"), 1);
}

TEST(Gates, LapsAreTimedAndTheLastOneEndsTheRace) {
  TaskRig rig("gates", {.config = Value::Table{{"laps", 2}}, .step_s = kStepS});
  rig.reset(0);
  const std::vector<Gate> track = task::split_s_track();
  const auto lap = [&](std::uint32_t steps) {
    // the gates in two steps each, the rest of the time before the last one
    for (std::size_t i = 0; i < 7; ++i) {
      fly_to(rig, track[i].center_w_m - track[i].through_w * 0.5F);
      if (i == 6) rig.slab.worlds[0].step += steps - 14;
      fly_to(rig, track[i].center_w_m + track[i].through_w * 0.5F);
    }
  };
  lap(300);
  EXPECT_EQ(rig.metric(0, "laps"), 1);
  EXPECT_NEAR(rig.metric(0, "best_lap_s"), 6, 1e-4F);
  EXPECT_FALSE(rig.terminated(0));
  lap(200);
  EXPECT_EQ(rig.metric(0, "laps"), 2);
  EXPECT_NEAR(rig.metric(0, "best_lap_s"), 4, 1e-4F);
  EXPECT_NEAR(rig.metric(0, "lap_time_s"), 5, 1e-4F);
  EXPECT_EQ(rig.metric(0, "success"), 1);
  EXPECT_EQ(rig.term(0, "finish"), 10);
  EXPECT_TRUE(rig.terminated(0));
}

TEST(Gates, TouchingAnythingIsACrash) {
  TaskRig rig("gates", {.num_agents = 2});
  rig.reset(0);
  rig.slab.agents.at(1, kTouchAgent) = 1;
  rig.score();
  EXPECT_TRUE(rig.crashed(1));
  EXPECT_EQ(rig.term(1, "crash"), -10);
  EXPECT_FALSE(rig.crashed(0));
}

TEST(Gates, WorldsAreTheSameAloneAndAmongOthers) {
  const Value config = Value::Table{{"track", "random"}};
  TaskRig many("gates", {.num_worlds = 3, .num_agents = 3, .config = config});
  TaskRig one("gates", {.num_agents = 3, .config = config});
  many.reset(8);
  one.reset(9);
  many.score(1, 2);
  one.score();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(many.state_of(3 + i), one.state_of(i));
}

TEST(Gates, RefusesGatesThatCannotBe) {
  EXPECT_NE(build_error("gates", {.config = Value::Table{{"opening_m", 0.1}}}).find("m wide"),
            std::string::npos);
  EXPECT_NE(build_error("gates", {.config = Value::Table{{"track", "random"}}, .scene = "hover"})
                .find("leave no room"),
            std::string::npos);
  EXPECT_NE(build_error("gates", {.config = Value::Table{{"track", "split"}}}).find("split_s"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
