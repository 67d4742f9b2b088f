#include <gtest/gtest.h>

#include <cmath>

#include "state/task_columns.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::TaskRig;

// Any row that nobody else writes serves as the outbox.
struct Pulses : TaskRig {
  explicit Pulses(int num_agents) : TaskRig("sync", {.num_agents = num_agents}) {
    outbox.data = fields.find("goal_w_m").row;
    outbox.size = 1;
    outbox.send = outbox.data + 1;
    task->connect(outbox);
    reset(0);
    silence();
  }
  float& since(int agent) {
    return slab.agents.at(agent, task->spec().column_rows.row + kSyncSincePulse);
  }
  void silence() {
    for (int i = 0; i < slab.num_agents; ++i) slab.agents.at(i, outbox.send) = 0;
  }
  MessageRows outbox;
};

TEST(Sync, TheOrderParameterIsTheMeanOnTheCircle) {
  Pulses pulses(4);
  // evenly spread phases cancel
  for (int i = 0; i < 4; ++i) pulses.since(i) = 0.25F * static_cast<float>(i);
  pulses.score();
  EXPECT_NEAR(pulses.metric(0, "order"), 0, 1e-5F);
  EXPECT_NEAR(pulses.metric(0, "spread_s"), 0.75F, 1e-5F);
  // two and two, a quarter apart: the half diagonal of a square
  for (int i = 0; i < 4; ++i) pulses.since(i) = i < 2 ? 0.1F : 0.35F;
  pulses.score();
  EXPECT_NEAR(pulses.metric(0, "order"), std::sqrt(0.5F), 1e-5F);
  EXPECT_NEAR(pulses.metric(0, "spread_s"), 0.25F, 1e-5F);
  // across the end of the period
  for (int i = 0; i < 4; ++i) pulses.since(i) = i < 2 ? 0.9F : 0.95F;
  pulses.score();
  EXPECT_NEAR(pulses.metric(0, "spread_s"), 0.05F, 1e-5F);
}

TEST(Sync, APulseStartsTheTimerAnewUnlessItComesTooEarly) {
  Pulses pulses(2);
  pulses.since(0) = 0.7F;
  pulses.since(1) = 0.1F;
  for (int i = 0; i < 2; ++i) pulses.slab.agents.at(i, pulses.outbox.send) = 1;
  pulses.score();
  EXPECT_EQ(pulses.since(0), 0);
  EXPECT_EQ(pulses.metric(0, "pulses"), 1);
  EXPECT_FLOAT_EQ(pulses.since(1), 0.1F + 1.0F / 30);
  EXPECT_EQ(pulses.metric(1, "pulses"), 0);
}

TEST(Sync, SucceedsAfterTenPeriodsInStepWithoutABreak) {
  Pulses pulses(3);
  for (int i = 0; i < 3; ++i) pulses.since(i) = 0;
  const auto run = [&](int steps) {
    for (int i = 0; i < steps; ++i) pulses.score();
    return pulses.metric(0, "success");
  };
  EXPECT_EQ(run(200), 0);
  pulses.since(1) += 0.5F;
  EXPECT_EQ(run(1), 0);
  pulses.since(1) -= 0.5F;
  EXPECT_EQ(run(298), 0) << "the break counts from the start again";
  EXPECT_EQ(run(4), 1);
}

TEST(Sync, StartsWithPhasesAllOverThePeriod) {
  TaskRig rig("sync", {.num_worlds = 20});
  rig.reset(0);
  rig.score();
  float order = 0;
  for (int w = 0; w < 20; ++w) order += rig.metric(16 * w, "order") / 20;
  // sqrt(pi) / 2 / sqrt(16) = 0.22 for uniform phases, with a deviation of 0.026 of the mean
  EXPECT_NEAR(order, 0.22F, 3 * 0.026F);
}

}  // namespace
}  // namespace volery
