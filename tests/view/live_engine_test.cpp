#include "view/live_engine.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "volery/error.hpp"
#include "volery/policy.hpp"

namespace volery::view {
namespace {

BatchConfig formation(int agents = 4, int worlds = 1) {
  BatchConfig config;
  config.task = "formation";
  config.num_agents = agents;
  config.num_worlds = worlds;
  config.seed = 7;
  return config;
}

void step(LiveEngine& engine, int steps) {
  for (int i = 0; i < steps; ++i) engine.step();
}

std::uint64_t hash(const LiveEngine& engine) {
  return engine.batch()->state_hash();
}

TEST(LiveEngine, BackTenSecondsAndForwardAgainIsTheSameState) {
  LiveEngine engine(formation());
  std::vector<std::uint64_t> hashes{hash(engine)};
  for (int i = 0; i < 400; ++i) {
    engine.step();
    hashes.push_back(hash(engine));
  }
  for (const std::uint64_t to : {100U, 399U, 0U, 1U, 250U, 249U, 400U}) {
    engine.seek(to);
    EXPECT_EQ(engine.position(), to);
    EXPECT_EQ(hash(engine), hashes[to]) << to;
  }
}

TEST(LiveEngine, RewardsAndActionsAreThereAfterASeek) {
  LiveEngine engine(formation());
  step(engine, 60);
  const std::vector<float> reward(engine.facts().reward.begin(), engine.facts().reward.end());
  const std::vector<float> action(engine.facts().actions.begin(), engine.facts().actions.end());
  step(engine, 40);
  engine.seek(60);
  EXPECT_TRUE(std::equal(reward.begin(), reward.end(), engine.facts().reward.begin()));
  EXPECT_TRUE(std::equal(action.begin(), action.end(), engine.facts().actions.begin()));
}

TEST(LiveEngine, APushIsDoneAgainOnTheWayBack) {
  LiveEngine engine(formation());
  step(engine, 50);
  const Intervention push{
      .kind = Intervention::Kind::kPush, .world = 0, .agent = 2, .delta_w = {0, 0, 3}};
  EXPECT_TRUE(engine.intervene(push));
  Moment moment;
  engine.read(0, moment);
  EXPECT_GT(moment.agents[2].velocity_w_mps.z, 2);
  const std::uint64_t pushed = hash(engine);
  step(engine, 70);
  const std::uint64_t later = hash(engine);
  engine.seek(30);
  engine.seek(50);
  EXPECT_EQ(hash(engine), pushed);
  engine.seek(120);
  EXPECT_EQ(hash(engine), later);
  ASSERT_FALSE(engine.events().empty());
  EXPECT_EQ(engine.events().front().kind, TimeEvent::Kind::kWritten);
}

TEST(LiveEngine, APushInThePastForgetsWhatCameAfter) {
  LiveEngine engine(formation());
  step(engine, 100);
  engine.seek(40);
  engine.intervene({.kind = Intervention::Kind::kPush, .agent = 0, .delta_w = {1, 0, 0}});
  EXPECT_EQ(engine.range().last, 40U);
}

TEST(LiveEngine, AStoppedMotorMakesADroneFallAndRunsAgainWhenAsked) {
  LiveEngine engine(formation());
  step(engine, 30);
  const Intervention stop{.kind = Intervention::Kind::kStopMotor, .agent = 1, .index = 2};
  engine.intervene(stop);
  std::vector<float> share(16);
  engine.batch()->state(0, "rotor_effectiveness", share);
  EXPECT_EQ(share[4 + 2], 0);
  EXPECT_EQ(share[4 + 1], 1);
  EXPECT_EQ(share[2], 1);
  engine.intervene(stop);
  engine.batch()->state(0, "rotor_effectiveness", share);
  EXPECT_EQ(share[4 + 2], 1);
  EXPECT_THROW(engine.intervene({.kind = Intervention::Kind::kStopMotor, .index = 9}), Error);
}

TEST(LiveEngine, HandsOverwriteOneAgentsActionForOneStep) {
  LiveEngine engine(formation());
  const int controls = engine.batch()->layout().num_controls;
  step(engine, 5);
  Intervention fly{.kind = Intervention::Kind::kFly, .agent = 3};
  fly.action.assign(static_cast<std::size_t>(controls), 0.25F);
  engine.intervene(fly);
  engine.step();
  const std::size_t width = engine.batch()->layout().action.size();
  EXPECT_EQ(engine.facts().actions[3 * width], 0.25F);
  const std::uint64_t flown = hash(engine);
  engine.step();
  EXPECT_NE(engine.facts().actions[3 * width], 0.25F);
  engine.seek(2);
  engine.seek(6);
  EXPECT_EQ(hash(engine), flown);
  fly.action.push_back(0);
  EXPECT_THROW(engine.intervene(fly), Error);
}

TEST(LiveEngine, ABranchRunsOnFromThePast) {
  LiveEngine engine(formation());
  step(engine, 80);
  const std::uint64_t end = hash(engine);
  engine.seek(20);
  EXPECT_TRUE(engine.branch());
  EXPECT_EQ(engine.range().last, 20U);
  step(engine, 60);
  EXPECT_EQ(hash(engine), end);  // nothing was changed, so that nothing differs
}

TEST(LiveEngine, RestartWithTheSeedIsTheSameRun) {
  LiveEngine engine(formation());
  const std::uint64_t start = hash(engine);
  step(engine, 30);
  engine.restart(7);
  EXPECT_EQ(engine.position(), 0U);
  EXPECT_EQ(engine.range().last, 0U);
  EXPECT_EQ(hash(engine), start);
  engine.restart(std::nullopt);
  EXPECT_NE(hash(engine), start);
}

TEST(LiveEngine, EndsOfEpisodesAreEvents) {
  BatchConfig config = formation(2, 2);
  config.episode_s = 1;
  LiveEngine engine(std::move(config));
  step(engine, 40);
  bool truncated = false, reset = false;
  for (const TimeEvent& event : engine.events()) {
    truncated = truncated || event.kind == TimeEvent::Kind::kTruncated;
    reset = reset || (event.kind == TimeEvent::Kind::kReset && event.world == 1);
  }
  EXPECT_TRUE(truncated);
  EXPECT_TRUE(reset);
  const std::size_t count = engine.events().size();
  engine.seek(5);
  engine.seek(40);
  EXPECT_EQ(engine.events().size(), count);  // not noted twice
}

TEST(LiveEngine, OldStepsAreForgottenWithinTheBudget) {
  LiveEngine engine(formation(), {.policy = "", .history_mb = 0.05});
  step(engine, 600);
  EXPECT_GT(engine.range().first, 0U);
  EXPECT_LE(engine.history().bytes(), 50000U);
  engine.seek(0);
  EXPECT_EQ(engine.position(), engine.range().first);
}

// What the viewer turns on moves nobody.
TEST(LiveEngine, FliesAsABatchThatNobodyLooksAt) {
  for (const char* task : {"formation", "flocking"}) {
    BatchConfig config = formation(6);
    config.task = task;
    Batch plain(config);
    LiveEngine engine(config);
    const Layout& layout = plain.layout();
    std::vector<float> observation(layout.observation_count()), reward(layout.num_rows());
    std::vector<float> action(layout.action_count()), plain_at(18), live_at(18);
    const auto flags = std::make_unique<bool[]>(2 * layout.num_rows());
    const StepOutputs out{.observation = observation.data(),
                          .reward = reward.data(),
                          .terminated = flags.get(),
                          .truncated = flags.get() + layout.num_rows()};
    const auto policy = plain.policy("");
    plain.reset({}, out);
    for (std::uint32_t i = 0; i < 120; ++i) {
      policy->act(observation.data(), layout.observation_size(), action.data(),
                  layout.action_size(), 6, 7, i);
      plain.step(action, out);
      engine.step();
      plain.state("position_w_m", plain_at);
      engine.batch()->state("position_w_m", live_at);
      ASSERT_EQ(live_at, plain_at) << task << " step " << i;
      ASSERT_TRUE(std::equal(reward.begin(), reward.end(), engine.facts().reward.begin())) << i;
    }
  }
}

Intervention blow(double east_mps) {
  const Value wind =
      Value::Table{{"mean_w_mps", Value::Array{Value(east_mps), Value(0.0), Value(0.0)}}};
  return {.kind = Intervention::Kind::kConfigNow,
          .world = -1,
          .agent = -1,
          .changes = Value::Table{{"wind", wind}}};
}

TEST(LiveEngine, WindBlowsAtOnceAndAgainOnTheWayBack) {
  LiveEngine engine(formation(4, 2));
  step(engine, 50);
  EXPECT_TRUE(engine.intervene(blow(5)));
  Moment moment;
  engine.read(1, moment);
  EXPECT_EQ(moment.agents[2].air_w_mps.x, 5);
  const std::uint64_t blown = hash(engine);
  step(engine, 60);
  const std::uint64_t later = hash(engine);
  engine.seek(20);
  engine.read(1, moment);
  EXPECT_EQ(moment.agents[2].air_w_mps.x, 0) << "before it came up";
  engine.seek(50);
  EXPECT_EQ(hash(engine), blown);
  engine.seek(110);
  EXPECT_EQ(hash(engine), later);
  EXPECT_THROW(engine.intervene(blow(45)), Error);
  EXPECT_EQ(hash(engine), later);
}

TEST(LiveEngine, ASliderLeavesOneEvent) {
  LiveEngine engine(formation());
  step(engine, 10);
  for (int i = 1; i <= 20; ++i) engine.intervene(blow(0.1 * i));
  EXPECT_EQ(engine.events().size(), 1U);
  Moment moment;
  engine.read(0, moment);
  EXPECT_FLOAT_EQ(moment.agents[0].air_w_mps.x, 2);
  engine.seek(0);
  engine.seek(10);
  engine.read(0, moment);
  EXPECT_FLOAT_EQ(moment.agents[0].air_w_mps.x, 2);
}

TEST(LiveEngine, JammersCutLinksUntilTheyAreTakenAway) {
  BatchConfig config = formation(6, 2);
  config.task = "flocking";
  LiveEngine engine(config);
  const auto jammed = [&engine](int world) {
    Moment moment;
    engine.read(world, moment);
    int count = 0;
    for (const Packet& packet : moment.packets) {
      const std::string& fate = radio_count_names()[static_cast<std::size_t>(packet.fate)];
      count += fate == "jammed" ? 1 : 0;
    }
    return count;
  };
  step(engine, 20);
  ASSERT_GT(engine.scenery().fates.size(), 0U);
  Intervention jam{.kind = Intervention::Kind::kJam, .world = 1};
  jam.jammer = {{0, 0, 0}, 1000, 1, false};
  engine.intervene(jam);
  EXPECT_EQ(jammed(1), 0) << "from the next step on";
  step(engine, 1);
  EXPECT_GT(jammed(1), 0);
  EXPECT_EQ(jammed(0), 0);
  Moment moment;
  engine.read(1, moment);
  ASSERT_FALSE(moment.landmarks.empty());
  EXPECT_EQ(moment.landmarks.back().kind, Landmark::Kind::kJammer);
  step(engine, 10);
  engine.intervene({.kind = Intervention::Kind::kUnjam, .world = 1});
  step(engine, 1);
  EXPECT_EQ(jammed(1), 0);
  engine.seek(21);
  EXPECT_GT(jammed(1), 0);
}

TEST(LiveEngine, JammingNeedsARadio) {
  BatchConfig config = formation();
  config.task = "hover";
  LiveEngine engine(config);
  EXPECT_THROW(engine.intervene({.kind = Intervention::Kind::kJam}), Error);
}

TEST(LiveEngine, TellsWhatStagesCost) {
  LiveEngine engine(formation());
  engine.time_stages([] {
    static double ticks = 0;
    return ++ticks;
  });
  step(engine, 5);
  double sum = 0;
  for (const StageTime& time : engine.timings()) sum += time.seconds;
  EXPECT_GT(sum, 0);
}

TEST(LiveEngine, AnUnknownPolicyIsRefused) {
  EXPECT_THROW(LiveEngine(formation(), {.policy = "hovr"}), Error);
}

}  // namespace
}  // namespace volery::view
