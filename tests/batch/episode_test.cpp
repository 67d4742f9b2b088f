// Episodes: autoreset modes, deaths, sums, divergence, changed configs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

// A summed reward and its terms are added in another order.
constexpr float kSumTolerance = 1e-5F;

BatchConfig hover(int num_worlds, Autoreset autoreset, float episode_s = 0.5F) {
  BatchConfig config;
  config.num_worlds = num_worlds;
  config.autoreset = autoreset;
  config.episode_s = episode_s;
  return config;
}

TEST(Episode, EndsByTimeAfterTheRightNumberOfSteps) {
  Rig rig(hover(3, Autoreset::kDisabled));
  rig.reset(0);
  std::fill(rig.actions.begin(), rig.actions.end(), 0.0F);
  for (int i = 1; i <= 15; ++i) {
    rig.step();
    ASSERT_EQ(rig.truncated[0], i == 15) << "step " << i;
    ASSERT_FALSE(rig.terminated[0]);
  }
  EXPECT_EQ(rig.batch.events().num_ended, 3);
  EXPECT_EQ(rig.batch.events().length[0], 15);
  EXPECT_EQ(rig.batch.events().terminated[0], 0);
}

TEST(Episode, DisabledModeRefusesToStepAnEndedWorld) {
  Rig rig(hover(2, Autoreset::kDisabled));
  rig.reset(0);
  for (int i = 0; i < 15; ++i) rig.step();
  try {
    rig.step();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kState);
    EXPECT_NE(std::string(error.what()).find("world 0"), std::string::npos);
  }
  const std::uint8_t mask[] = {1, 1};
  rig.batch.reset({.mask = mask}, rig.outputs());
  EXPECT_NO_THROW(rig.step());
}

TEST(Episode, NextStepModeResetsInPlaceOfTheNextStep) {
  Rig rig(hover(2, Autoreset::kNextStep));
  Rig manual(hover(2, Autoreset::kDisabled));
  rig.reset(3);
  manual.reset(3);
  for (int i = 0; i < 15; ++i) rig.step();
  EXPECT_TRUE(rig.truncated[0]);
  rig.step();
  EXPECT_FALSE(rig.truncated[0]);
  EXPECT_EQ(rig.reward[0], 0);
  EXPECT_EQ(rig.batch.events().just_reset[0], 1);
  for (int i = 0; i < 15; ++i) manual.step();
  manual.batch.reset({}, manual.outputs());
  EXPECT_EQ(rig.observation, manual.observation);
  EXPECT_EQ(rig.batch.state_hash(), manual.batch.state_hash());
}

TEST(Episode, SameStepModeKeepsTheFinalObservation) {
  Rig rig(hover(2, Autoreset::kSameStep));
  Rig manual(hover(2, Autoreset::kDisabled));
  rig.reset(3);
  manual.reset(3);
  for (int i = 0; i < 15; ++i) {
    rig.step();
    manual.step();
  }
  EXPECT_TRUE(rig.truncated[1]);
  EXPECT_EQ(rig.final_observation, manual.observation);
  EXPECT_EQ(rig.reward, manual.reward);
  manual.batch.reset({}, manual.outputs());
  EXPECT_EQ(rig.observation, manual.observation);
}

TEST(Episode, MaskedResetLeavesTheOthersAlone) {
  Rig rig(hover(3, Autoreset::kNextStep));
  rig.reset(0);
  rig.run(5);
  const std::uint64_t before[] = {rig.batch.state_hash(0), rig.batch.state_hash(1),
                                  rig.batch.state_hash(2)};
  const std::uint8_t mask[] = {0, 1, 0};
  rig.batch.reset({.mask = mask}, rig.outputs());
  EXPECT_EQ(rig.batch.state_hash(0), before[0]);
  EXPECT_NE(rig.batch.state_hash(1), before[1]);
  EXPECT_EQ(rig.batch.state_hash(2), before[2]);
}

TEST(Episode, TermsSumToTheRewardAndTheReturn) {
  Rig rig(hover(4, Autoreset::kNextStep));
  rig.reset(0);
  const auto num_terms = static_cast<int>(rig.batch.layout().reward_terms.size());
  std::vector<float> sums(4, 0.0F);
  for (int i = 0; i < 15; ++i) {
    rig.draw_actions(0, i, 0, 0.1F);
    rig.step();
    for (int w = 0; w < 4; ++w) {
      const float* terms = rig.reward_terms.data() + w * num_terms;
      ASSERT_NEAR(std::accumulate(terms, terms + num_terms, 0.0F),
                  rig.reward[static_cast<std::size_t>(w)], kSumTolerance);
      sums[static_cast<std::size_t>(w)] += rig.reward[static_cast<std::size_t>(w)];
    }
  }
  for (std::size_t w = 0; w < 4; ++w)
    EXPECT_NEAR(rig.batch.events().episode_return[w], sums[w], kSumTolerance);
}

TEST(Episode, TeamRewardIsTheMean) {
  BatchConfig config = crowd(1, 4);
  Rig own(config);
  config.reward = RewardShare::kTeam;
  Rig team(config);
  own.reset(2);
  team.reset(2);
  own.run(3);
  team.run(3);
  const float mean = std::accumulate(own.reward.begin(), own.reward.end(), 0.0F) / 4;
  for (const float r : team.reward) EXPECT_NEAR(r, mean, kSumTolerance);
}

// Drones that drop from 2 m with their motors at the lowest command: every one hits the floor.
Rig falling(const char* on_crash) {
  BatchConfig config = crowd(1, 4);
  config.on_crash = on_crash;
  config.episode_s = 4;
  config.autoreset = Autoreset::kDisabled;
  Rig rig(config);
  rig.reset(0);
  std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);
  return rig;
}

TEST(Deaths, TerminatedOnceThenBlindAndWithoutReward) {
  Rig rig = falling("terminate_agent");
  int terminations[4] = {};
  bool dead[4] = {};
  const int size = rig.batch.layout().observation_size();
  for (int i = 0; i < 119 && rig.batch.events().num_ended == 0; ++i) {
    rig.step();
    for (int a = 0; a < 4; ++a) {
      const float* row = rig.observation.data() + a * size;
      const bool all_zero = std::all_of(row, row + size, [](float x) { return x == 0; });
      if (dead[a]) {
        EXPECT_EQ(rig.reward[static_cast<std::size_t>(a)], 0);
        EXPECT_TRUE(all_zero);
      } else {
        EXPECT_FALSE(all_zero) << "the step of death still shows what was seen";
      }
      if (rig.terminated[a]) {
        ++terminations[a];
        dead[a] = true;
      }
    }
  }
  for (const int count : terminations) EXPECT_EQ(count, 1);
  EXPECT_EQ(rig.batch.events().terminated[0], 1) << "all terminated: the world terminated";
}

TEST(Deaths, FreezeHoldsThePose) {
  Rig rig = falling("freeze");
  while (!rig.terminated[0]) rig.step();
  const std::vector<float> before = rig.state("position_w_m", 3);
  rig.step();
  const std::vector<float> after = rig.state("position_w_m", 3);
  EXPECT_EQ(std::vector<float>(before.begin(), before.begin() + 3),
            std::vector<float>(after.begin(), after.begin() + 3));
}

TEST(Deaths, TerminateWorldEndsAllAtOnce) {
  Rig rig = falling("terminate_world");
  while (rig.batch.events().num_ended == 0) rig.step();
  for (int a = 0; a < 4; ++a) EXPECT_TRUE(rig.terminated[a]);
}

TEST(Deaths, RespawnedAgentsWereNeverTerminated) {
  Rig rig = falling("respawn");
  bool moved_up = false;
  float last = 100;
  for (int i = 0; i < 100; ++i) {
    rig.step();
    for (int a = 0; a < 4; ++a) ASSERT_FALSE(rig.terminated[a]);
    const float height = rig.state("position_w_m", 3)[2];
    moved_up = moved_up || height > last + 0.3F;
    last = height;
  }
  EXPECT_TRUE(moved_up);
}

TEST(Deaths, ContinueIgnoresCrashes) {
  Rig rig = falling("continue");
  for (int i = 0; i < 100; ++i) {
    rig.step();
    for (int a = 0; a < 4; ++a) ASSERT_FALSE(rig.terminated[a]);
  }
}

TEST(Divergence, FlagsTruncatesAndResetsThatWorldAlone) {
  BatchConfig config = crowd(3, 4);
  config.scene = "empty";  // walls would stop the runaway
  Rig healthy(config);
  Rig sick(config);
  healthy.reset(0);
  sick.reset(0);
  healthy.run(5);
  sick.run(5);
  const std::vector<float> runaway(12, config.max_speed_mps * 2);
  sick.batch.set_state(1, "velocity_w_mps", runaway);
  healthy.run(1, 0, 5);
  sick.run(1, 0, 5);
  EXPECT_EQ(sick.batch.events().status[1], static_cast<std::uint32_t>(kStatusDiverged));
  EXPECT_EQ(sick.batch.events().status[0], static_cast<std::uint32_t>(kStatusOk));
  EXPECT_TRUE(sick.truncated[4]);
  EXPECT_FALSE(sick.terminated[4]);
  EXPECT_EQ(sick.reward[4], 0);
  EXPECT_TRUE(std::all_of(sick.observation.begin(), sick.observation.end(),
                          [](float x) { return std::isfinite(x); }));
  healthy.run(20, 0, 6);
  sick.run(20, 0, 6);
  EXPECT_EQ(sick.batch.events().status[1], static_cast<std::uint32_t>(kStatusOk));
  EXPECT_EQ(sick.batch.state_hash(0), healthy.batch.state_hash(0));
  EXPECT_EQ(sick.batch.state_hash(2), healthy.batch.state_hash(2));
  EXPECT_EQ(sick.batch.stats().diverged_worlds, 1U);
}

TEST(SetConfig, ChangesMaskedWorldsFromTheirNextReset) {
  Rig rig(hover(3, Autoreset::kNextStep));
  rig.reset(0);
  const std::uint8_t mask[] = {0, 1, 0};
  rig.batch.set_config(Value::Table{{"episode_s", 0.2}}, mask);
  rig.batch.reset({}, rig.outputs());
  std::fill(rig.actions.begin(), rig.actions.end(), 0.0F);
  for (int i = 1; i <= 6; ++i) rig.step();
  EXPECT_EQ(rig.batch.events().ended[0], 0);
  EXPECT_EQ(rig.batch.events().ended[1], 1);
}

TEST(SetConfig, ScoresEachWorldByItsOwnConfig) {
  Rig plain(hover(3, Autoreset::kNextStep));
  Rig mixed(hover(3, Autoreset::kNextStep));
  const std::uint8_t mask[] = {0, 1, 0};
  mixed.batch.set_config(Value::Table{{"task_config", Value::Table{{"position_weight", 2.0}}}},
                         mask);
  plain.reset(0);
  mixed.reset(0);
  plain.run(3);
  mixed.run(3);
  EXPECT_EQ(mixed.reward[0], plain.reward[0]);
  EXPECT_GT(mixed.reward[1], plain.reward[1]);
  EXPECT_EQ(mixed.reward[2], plain.reward[2]);
}

TEST(SetGoal, MovesTheGoalsOfMaskedWorlds) {
  Rig rig(hover(2, Autoreset::kNextStep));
  rig.reset(0);
  const std::vector<float> goals{1, 2, 3, 4, 5, 6};
  const std::uint8_t mask[] = {0, 1};
  const std::vector<float> before = rig.state("goal_w_m", 3);
  rig.batch.set_goal(goals, mask);
  const std::vector<float> after = rig.state("goal_w_m", 3);
  EXPECT_EQ(std::vector<float>(after.begin(), after.begin() + 3),
            std::vector<float>(before.begin(), before.begin() + 3));
  EXPECT_EQ(std::vector<float>(after.begin() + 3, after.end()), std::vector<float>({4, 5, 6}));
}

}  // namespace
}  // namespace volery
