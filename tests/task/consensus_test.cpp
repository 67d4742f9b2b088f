#include <gtest/gtest.h>

#include <algorithm>

#include "state/task_columns.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

// Six agents, two of which lie; any row that nobody else writes serves as the outbox.
struct Talk : TaskRig {
  Talk() : TaskRig("consensus", {.num_agents = 6}) {
    outbox.data = fields.find("goal_w_m").row;
    outbox.size = 1;
    outbox.send = outbox.data + 1;
    task->connect(outbox);
    reset(4);
    low = 1;
    high = -1;
    for (int i = 0; i < 4; ++i) {
      low = std::min(low, value(i));
      high = std::max(high, value(i));
    }
  }
  float& value(int agent) {
    return slab.agents.at(agent, task->spec().column_rows.row + kConsensusValue);
  }
  void say(const std::vector<float>& values) {
    for (int i = 0; i < 6; ++i)
      slab.agents.at(i, outbox.data) = values[static_cast<std::size_t>(i)];
    score();
  }
  MessageRows outbox;
  float low = 1, high = -1;
};

TEST(Consensus, ValuesAreWhatTheOutboxSays) {
  Talk talk;
  const float middle = 0.5F * (talk.low + talk.high);
  talk.say({talk.low, talk.high, middle, middle, 1, -1});
  EXPECT_FLOAT_EQ(talk.metric(0, "spread"), talk.high - talk.low);
  EXPECT_EQ(talk.value(0), talk.low);
  EXPECT_EQ(talk.metric(0, "escape"), 0) << "liars are outside, and do not count";
  EXPECT_EQ(talk.metric(0, "success"), 0);
  talk.say({middle, middle, middle, middle, 1, -1});
  EXPECT_EQ(talk.metric(0, "spread"), 0);
  EXPECT_EQ(talk.metric(0, "success"), 1);
  EXPECT_NEAR(talk.term(0, "agreement"), 1.0F / 30, 1e-6F);
}

TEST(Consensus, WhoLeftTheHullOnceHasFailed) {
  Talk talk;
  const float middle = 0.5F * (talk.low + talk.high);
  const float beyond = talk.high + 0.01F;
  talk.say({middle, beyond, middle, middle, 0, 0});
  EXPECT_NEAR(talk.metric(0, "escape"), 0.01F, 1e-6F);
  talk.say({middle, middle, middle, middle, 0, 0});
  EXPECT_NEAR(talk.metric(0, "escape"), 0.01F, 1e-6F);
  EXPECT_EQ(talk.metric(0, "success"), 0);
  EXPECT_EQ(talk.term(0, "agreement"), 0);
}

TEST(Consensus, WithoutARadioValuesStay) {
  TaskRig rig("consensus", {.num_agents = 6});
  rig.reset(4);
  rig.score();
  const float spread = rig.metric(0, "spread");
  EXPECT_GT(spread, 0.1F);
  rig.score();
  EXPECT_EQ(rig.metric(0, "spread"), spread);
}

TEST(Consensus, TellsAgentsHowManyLiarsToExpect) {
  for (const int assumed : {-1, 0, 3}) {
    TaskRig rig("consensus", {.config = Value::Table{{"assumed_liars", assumed}}});
    rig.reset(0);
    EXPECT_EQ(rig.slab.agents.at(2, rig.task->spec().column_rows.row + kConsensusLiars),
              static_cast<float>(assumed < 0 ? 2 : assumed));
  }
}

TEST(Consensus, RefusesAWorldOfLiars) {
  EXPECT_NE(build_error("consensus", {.num_agents = 2}).find("must be below"), std::string::npos);
}

}  // namespace
}  // namespace volery
