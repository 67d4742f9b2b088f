#include <gtest/gtest.h>

#include <cmath>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

Observation::Widths widths(const std::string& without = "") {
  Observation::Widths found;
  for (const auto& group : Observation::all()) {
    if (group.first != without) found.push_back(group);
  }
  if (without != "task") found.emplace_back("task", kNumGateColumns);
  return found;
}

// a gate ahead in the east, flown through eastwards, the next one behind it, the last one far back
Observation before_a_gate(float ahead_m) {
  Observation observation(widths());
  float* const task = observation.group("task");
  task[kGateX] = ahead_m;
  task[kGateThroughX] = 1;
  task[kGateAfterX] = ahead_m + 10;
  task[kGateAfterThroughX] = 1;
  task[kGateBeforeX] = ahead_m - 20;
  task[kGateBeforeThroughX] = 1;
  task[kGateOpening] = 1.5F;
  return observation;
}

std::vector<float> fly(const Observation& observation) {
  return act("gates", observation, load_vehicle("cf2x"), "velocity");
}

TEST(GatesPolicy, SpeedsUpTowardsAGateAndOnThroughIt) {
  EXPECT_GT(fly(before_a_gate(8))[0], 0.05F);
  Observation near = before_a_gate(0.3F);
  near.set("velocity", {1.5F, 0, 0});
  const auto action = fly(near);
  EXPECT_GT(action[0], 0.4F);
  EXPECT_NEAR(action[1], 0, 0.02F);
}

TEST(GatesPolicy, CorrectsWhatWouldHitTheFrame) {
  Observation off = before_a_gate(0.5F);
  off.group("task")[kGateY] = 0.72F;  // the middle is to the left: the right bar is ahead
  off.set("velocity", {1.5F, 0, 0});
  EXPECT_GT(fly(off)[1], 0.1F);
}

TEST(GatesPolicy, TurnsToTheNextGateNoSoonerThanTheFrameAllows) {
  // the next gate is far to the left; in this one's middle there is room to turn, at its left bar
  // there is not
  const auto left_of = [](float y_m) {
    Observation observation = before_a_gate(0.2F);
    observation.group("task")[kGateY] = y_m;
    observation.group("task")[kGateAfterX] = 0.2F;
    observation.group("task")[kGateAfterY] = 12;
    observation.group("task")[kGateAfterThroughX] = 0;
    observation.group("task")[kGateAfterThroughY] = 1;
    observation.set("velocity", {1.5F, 0, 0});
    return fly(observation)[1];
  };
  EXPECT_GT(left_of(0), 0.01F);
  EXPECT_LT(left_of(-0.7F), 0);
}

TEST(GatesPolicy, GoesRoundTheFrameOfAGateThatItMissed) {
  Observation behind = before_a_gate(-0.3F);
  behind.group("task")[kGateY] = 0.4F;
  // out on the side that it is on, then back
  EXPECT_LT(fly(behind)[1], -0.05F);
  behind.group("task")[kGateY] = 2.5F;
  EXPECT_LT(fly(behind)[0], -0.05F);
}

TEST(GatesPolicy, WaitsForARacerWhoIsNearerToTheGate) {
  Observation observation = before_a_gate(2);
  observation.set("velocity", {1.2F, 0, 0});
  const auto alone = fly(observation);
  // half a meter ahead and standing: through in a second or more
  observation.set_neighbor(0, {0.5F, 0, 0}, {-1.2F, 0, 0});
  EXPECT_LT(fly(observation)[0], alone[0] - 0.05F);
  // somebody behind waits, not this one
  observation.set_neighbor(0, {-1, 0, 0}, {0, 0, 0});
  EXPECT_EQ(fly(observation), alone);
}

TEST(GatesPolicy, GivesWayToARacerBesideButNotBetweenBars) {
  Observation observation = before_a_gate(4);
  observation.set("velocity", {1, 0, 0});
  const auto alone = fly(observation);
  observation.set_neighbor(0, {0.02F, 0.19F, 0}, {0, -1, 0});
  EXPECT_LT(fly(observation)[1], alone[1] - 0.02F);
  Observation inside = before_a_gate(0.05F);
  inside.set("velocity", {1, 0, 0});
  const auto through = fly(inside);
  inside.set_neighbor(0, {0.02F, 0.19F, 0}, {0, -1, 0});
  EXPECT_EQ(fly(inside), through);
}

TEST(GatesPolicy, SinksNoFurtherThanTheOpeningsOfTheGatesInView) {
  // 0.4 m below the middle of all three, sinking, somebody else first at the gate
  Observation low = before_a_gate(2);
  for (const int column : {kGateZ, kGateAfterZ, kGateBeforeZ}) low.group("task")[column] = 0.4F;
  low.set("velocity", {0, 0, -1});
  low.set_neighbor(0, {0.3F, 0, 0}, {0, 0, 1});
  const auto held = fly(low);
  EXPECT_GT(held[2], 0);
  // with a gate in view far below there is room to sink
  low.group("task")[kGateBeforeZ] = -5;
  EXPECT_GT(held[2], fly(low)[2] + 0.05F);
}

TEST(GatesPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "task"}) {
    EXPECT_NE(test::make_error("gates", widths(missing), "velocity").find(missing),
              std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
