// Sensors with errors inside a batch: measured once per step, the same bits however it is cut.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/hash.hpp"
#include "core/isa.hpp"
#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

constexpr int kSteps = 60;

const std::vector<std::string> kNoisySensors{"imu",          "barometer",    "magnetometer", "gps",
                                             "position_fix", "optical_flow", "ranger"};

BatchConfig noisy_crowd(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  config.sensors = kNoisySensors;
  return config;
}

// State and observation after a run.
std::uint64_t hash_after(const BatchConfig& config) {
  Rig rig(config);
  rig.reset(7);
  rig.run(kSteps);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  return hash_bytes(rig.observation.data(), rig.observation.size() * sizeof(float),
                    rig.batch.state_hash());
}

TEST(NoisySensors, ThreadsSlabsAndInstructionSetsDoNotChangeTheBits) {
  BatchConfig config = noisy_crowd(12, 8);
  const std::uint64_t one = hash_after(config);
  config.num_threads = 3;
  EXPECT_EQ(hash_after(config), one) << "threads";
  for (const int agents : {8, 24}) {
    config.slab_agents = agents;
    EXPECT_EQ(hash_after(config), one) << agents << " agents per slab";
  }
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    EXPECT_EQ(hash_after(config), one) << isa;
  }
  limit_isa("auto");
}

TEST(NoisySensors, AWorldAloneMeasuresAsInABatch) {
  Rig many(noisy_crowd(5, 8));
  many.reset(100);
  many.run(kSteps, 100);
  Rig alone(noisy_crowd(1, 8));
  alone.reset(103);
  alone.run(kSteps, 103);
  EXPECT_EQ(alone.batch.state_hash(0), many.batch.state_hash(3));
  const std::size_t size = alone.observation.size();
  const auto third = many.observation.begin() + static_cast<std::ptrdiff_t>(3 * size);
  EXPECT_TRUE(std::equal(alone.observation.begin(), alone.observation.end(), third));
}

TEST(NoisySensors, OneGiantWorldIsSplitWithoutChangingTheBits) {
  BatchConfig config;
  config.num_agents = 3000;
  config.sensors = kNoisySensors;
  config.scene = Value::Table{{"spawn_low_m", Value::Array{-20.0, -20.0, 0.5}},
                              {"spawn_high_m", Value::Array{20.0, 20.0, 12.0}},
                              {"base", "empty"}};
  config.on_crash = "continue";
  const std::uint64_t one = hash_after(config);
  config.num_threads = 3;
  EXPECT_EQ(hash_after(config), one);
}

TEST(NoisySensors, ASnapshotInTheMiddleContinuesExactly) {
  Rig rig(noisy_crowd(6, 8));
  rig.reset(1);
  rig.run(40);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  rig.run(30, 0, 40);
  const std::uint64_t expected = rig.batch.state_hash();
  const std::vector<float> seen = rig.observation;
  rig.batch.restore(snapshot, {});
  rig.run(30, 0, 40);
  EXPECT_EQ(rig.batch.state_hash(), expected);
  EXPECT_EQ(rig.observation, seen);
}

TEST(NoisySensors, ObservingAgainDrawsNothing) {
  Rig rig(noisy_crowd(6, 8));
  rig.reset(1);
  rig.run(10);
  const std::uint64_t before = rig.batch.state_hash();
  std::vector<float> again(rig.observation.size());
  rig.batch.observe(again.data());
  EXPECT_EQ(again, rig.observation);
  EXPECT_EQ(rig.batch.state_hash(), before);
}

// What an episode's last step measured is in final_observation, and the next episode's first
// measurement in observation, with other biases.
TEST(NoisySensors, TheLastObservationAndTheFirstAreMeasuredOnceEach) {
  const auto run = [](Autoreset autoreset) {
    BatchConfig config = noisy_crowd(4, 8);
    config.autoreset = autoreset;
    config.episode_s = 0.5F;
    auto rig = std::make_unique<Rig>(config);
    rig->reset(3);
    rig->run(15);
    return rig;
  };
  const auto same_step = run(Autoreset::kSameStep);
  const auto next_step = run(Autoreset::kNextStep);
  EXPECT_EQ(same_step->final_observation, next_step->observation);
  // the next step resets; then both have seen the same first measurement
  const std::vector<float> first = same_step->observation;
  EXPECT_NE(first, next_step->observation);
  next_step->run(1);
  EXPECT_EQ(next_step->observation, first);
}

TEST(NoisySensors, LeaveTheFlightAsItIs) {
  Rig noisy(noisy_crowd(6, 8));
  Rig plain(crowd(6, 8));
  for (Rig* rig : {&noisy, &plain}) {
    rig->reset(5);
    rig->run(kSteps);
  }
  EXPECT_EQ(noisy.state("position_w_m", 3), plain.state("position_w_m", 3));
}

BatchConfig hover_with(const std::string& sensor, const Value& table) {
  BatchConfig config;
  config.action = "rotor";
  config.on_crash = "continue";
  config.sensors = {sensor};
  config.sensor_config = Value::Table{{sensor, table}};
  return config;
}

TEST(NoisySensors, ADroneOnTheFloorFeelsTheFloor) {
  BatchConfig config = hover_with("imu", Value::Table{{"preset", "ideal"}});
  config.episode_s = 100;
  Rig rig(config);
  rig.reset(1);
  std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);
  // falls, feels nothing of it but drag, is hit, comes to rest
  rig.step();
  const auto force = [&] {
    return std::sqrt(rig.observation[3] * rig.observation[3] +
                     rig.observation[4] * rig.observation[4] +
                     rig.observation[5] * rig.observation[5]);
  };
  for (int i = 0; i < 3; ++i) rig.step();
  EXPECT_LT(force(), 3) << "rotors that spin down and drag alone";
  float hardest = 0;
  for (int i = 0; i < 300; ++i) {
    rig.step();
    hardest = std::max(hardest, force());
  }
  EXPECT_GT(hardest, 20) << "the blow of the floor";
  // what the solver leaves of a resting body's velocity over a step
  EXPECT_NEAR(force(), kGravityMps2, 0.05F);
}

TEST(NoisySensors, AWrittenStateIsNoBlow) {
  Rig rig(hover_with("imu", Value::Table{{"preset", "ideal"}}));
  rig.reset(1);
  rig.step();
  const std::vector<float> fast{30, 0, 0};
  rig.batch.set_state(0, "velocity_w_mps", fast);
  rig.step();
  // 30 m/s in a step would read 900 m/s^2; drag and thrust remain
  for (int axis = 3; axis < 6; ++axis)
    EXPECT_LT(std::abs(rig.observation[static_cast<std::size_t>(axis)]), 60);
}

TEST(NoisySensors, RefuseARateThatDoesNotDivideTheAgentRate) {
  BatchConfig config = hover_with("imu", Value::Table{{"rate_hz", 20.0}});
  try {
    const Batch batch(config);
    FAIL() << "built";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "sensor_config.imu.rate_hz = 20: must divide config.agent_rate_hz = 30 (0: every "
                 "step)");
  }
  config.agent_rate_hz = 60;
  const Batch batch(config);
}

}  // namespace
}  // namespace volery
