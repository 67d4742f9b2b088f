#include "view/replay_engine.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <vector>

#include "io/recorder.hpp"
#include "view/driver.hpp"
#include "view/live_engine.hpp"

namespace volery::view {
namespace {

constexpr int kSteps = 90;

// A recorded run of three drones, with a push in it, and the hash of its state at each step.
class Replay : public testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("volery_replay_engine_" + std::to_string(getpid()) + ".vrec");
    BatchConfig config;
    config.task = "formation";
    config.num_agents = 3;
    config.seed = 5;
    Batch batch(config);
    auto recorder = std::make_shared<io::Recorder>(path_);
    batch.attach(recorder);
    const Layout& layout = batch.layout();
    std::vector<float> observation(layout.observation_count()), reward(layout.num_rows());
    std::vector<float> action(layout.action_count());
    const auto flags = std::make_unique<bool[]>(2 * layout.num_rows());
    const StepOutputs out{.observation = observation.data(),
                          .reward = reward.data(),
                          .terminated = flags.get(),
                          .truncated = flags.get() + layout.num_rows()};
    const auto policy = batch.policy("");
    batch.reset({}, out);
    hashes_.push_back(batch.state_hash());
    for (int i = 0; i < kSteps; ++i) {
      policy->act(observation.data(), layout.observation_size(), action.data(),
                  layout.action_size(), 3, 5, static_cast<std::uint32_t>(i));
      batch.step(action, out);
      hashes_.push_back(batch.state_hash());
    }
    recorder->close();
  }
  void TearDown() override { std::filesystem::remove(path_); }

  std::filesystem::path path_;
  std::vector<std::uint64_t> hashes_;
};

TEST_F(Replay, ShowsEveryStepAsItWas) {
  ReplayEngine engine(path_);
  EXPECT_EQ(engine.range().last, static_cast<std::uint64_t>(kSteps));
  EXPECT_FALSE(engine.range().grows);
  for (const std::uint64_t to : {0U, 40U, 90U, 12U, 13U}) {
    engine.seek(to);
    EXPECT_EQ(engine.batch()->state_hash(), hashes_[to]) << to;
  }
  EXPECT_TRUE(engine.notice().empty()) << engine.notice();
  Moment moment;
  engine.read(0, moment);
  EXPECT_EQ(moment.agents.size(), 3U);
  EXPECT_EQ(moment.step, 13U);
  EXPECT_EQ(engine.facts().reward.size(), 3U);
}

TEST_F(Replay, CannotBeTouchedButRunsOnFromAnywhere) {
  ReplayEngine engine(path_);
  EXPECT_FALSE(engine.intervene({.kind = Intervention::Kind::kPush}));
  EXPECT_FALSE(engine.restart(std::nullopt));
  engine.seek(50);
  LiveEngine live(engine.branched(), {});
  EXPECT_EQ(live.batch()->state_hash(), hashes_[50]);
  EXPECT_TRUE(live.range().grows);
  EXPECT_TRUE(live.step());
}

TEST_F(Replay, PlaysBackwardsScrubsAndStopsAtItsEnd) {
  Driver driver(std::make_unique<ReplayEngine>(path_));
  double wall_s = 1;
  const auto turn = [&](double dt_s) {
    driver.turn(wall_s += dt_s, 10);
    driver.turn(wall_s += 0.01, 10);
    return driver.latest();
  };
  turn(0.02);
  driver.command([](Timeline& t) { t.seek(60); });
  EXPECT_EQ(turn(0.02)->now.step, 60U);
  EXPECT_EQ(turn(0.02)->state_hash, hashes_[60]);
  driver.command([](Timeline& t) { t.play_backward(); });
  const std::uint64_t back = turn(1)->now.step;
  EXPECT_LT(back, 40U);
  driver.command([](Timeline& t) { t.play_forward(); });
  for (int i = 0; i < 10; ++i) turn(1);
  EXPECT_EQ(driver.latest()->now.step, static_cast<std::uint64_t>(kSteps));
  EXPECT_FALSE(driver.latest()->timeline.playing());
  EXPECT_TRUE(driver.latest()->timeline.at_end());
}

TEST_F(Replay, AChangeIsRefusedInWords) {
  Driver driver(std::make_unique<ReplayEngine>(path_));
  driver.intervene({.kind = Intervention::Kind::kPush});
  driver.turn(5, 1);
  driver.turn(6, 1);
  EXPECT_NE(driver.latest()->error.find("recording"), std::string::npos);
}

}  // namespace
}  // namespace volery::view
