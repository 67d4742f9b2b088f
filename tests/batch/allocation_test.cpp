// Nothing allocates in a step after warm-up, Bullet included: counted by standing in front of
// malloc, which operator new calls as well.
#include <gtest/gtest.h>

#include "tests/batch/cable_worlds.hpp"
#include "tests/core/malloc_calls.hpp"

#if defined(VOLERY_COUNTS_MALLOC)

namespace volery {
namespace {

// The same episodes twice: the first pass grows every pool to what the second one needs.
long allocations_of_second_pass(const BatchConfig& config) {
  test::Rig rig(config);
  long before = 0;
  for (int pass = 0; pass < 2; ++pass) {
    rig.reset(11);
    before = test::malloc_calls.load();
    rig.run(100);
  }
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  return test::malloc_calls.load() - before;
}

TEST(Allocation, StepsOfCrowdedWorldsAllocateNothing) {
  EXPECT_EQ(allocations_of_second_pass(test::crowd(8, 12)), 0);
}

TEST(Allocation, StepsOfOneDroneWorldsAllocateNothing) {
  BatchConfig config;
  config.num_worlds = 200;
  config.autoreset = Autoreset::kSameStep;
  EXPECT_EQ(allocations_of_second_pass(config), 0);
}

TEST(Allocation, AgentsThatJoinAllocateNothing) {
  BatchConfig config = test::crowd(8, 12);
  config.join_s = {0, 0.1F, 0.5F, 1, 2, 0, 0, 0.3F, 0.3F, 0.3F, 0, 0};
  config.on_crash = "terminate_agent";
  config.autoreset = Autoreset::kSameStep;
  EXPECT_EQ(allocations_of_second_pass(config), 0);
}

TEST(Allocation, EpisodesWithDrawnNumbersAllocateNothing) {
  BatchConfig config = test::crowd(8, 12);
  config.sensors = {"pose", "imu"};
  config.autoreset = Autoreset::kSameStep;
  config.flight.disturbance.enabled = true;
  const auto draw = [&config](const char* field, float low, float high) {
    RangeConfig range;
    range.field = field;
    range.range = {low, high};
    config.randomize.push_back(range);
  };
  draw("vehicle.mass_kg", 0.024F, 0.03F);
  draw("flight.disturbance.force_std_n", 0, 0.01F);
  draw("wind.mean_w_mps[0]", -2, 2);
  draw("sensor_config.imu.gyro_noise", 0, 0.01F);
  EXPECT_EQ(allocations_of_second_pass(config), 0);
}

TEST(Allocation, StepsInMovingAirAllocateNothing) {
  BatchConfig config = test::crowd(8, 12);
  config.wind.mean_w_mps = {2, 0, 0};
  config.wind.turbulence = flight::Turbulence::kLight;
  config.wind.random_gusts.speed_mps = 2;
  config.flight.downwash = true;
  config.flight.ceiling_effect = true;
  EXPECT_EQ(allocations_of_second_pass(config), 0);
  // through the grid
  config.num_worlds = 1;
  config.num_agents = 300;
  config.task = "hover";
  config.scene = Value::Table{{"base", "empty"},
                              {"spawn_low_m", Value::Array{-4.0, -4.0, 0.5}},
                              {"spawn_high_m", Value::Array{4.0, 4.0, 6.0}}};
  EXPECT_EQ(allocations_of_second_pass(config), 0);
}

TEST(Allocation, StepsWithSlungLoadsAllocateNothing) {
  EXPECT_EQ(allocations_of_second_pass(test::slung_crowd()), 0);
}

// Neither the first step with them nor any other: a plain radio takes its long way there.
TEST(Allocation, StepsWithJammersPutDownAllocateNothing) {
  BatchConfig config = test::crowd(8, 12);
  config.radio = "disc";
  config.flight.wind = true;
  test::Rig rig(config);
  const Value wind = Value::Table{{"mean_w_mps", Value::Array{3.0, 0.0, 0.0}}};
  long before = 0;
  for (int pass = 0; pass < 2; ++pass) {
    rig.reset(11);
    rig.run(10);
    rig.batch.set_config(Value::Table{{"wind", wind}}, {}, When::kNow);
    for (int world = 0; pass == 1 && world < 8; ++world)
      rig.batch.set_jammers(world, std::vector<Jammer>(kMostJammers));
    before = test::malloc_calls.load();
    rig.run(50, 0, 10);
  }
  EXPECT_EQ(test::malloc_calls.load() - before, 0);
}

TEST(Allocation, TheCounterCounts) {
  const long before = test::malloc_calls.load();
  void* volatile p = std::malloc(1);
  std::free(p);
  EXPECT_GT(test::malloc_calls.load(), before);
}

}  // namespace
}  // namespace volery
#endif  // VOLERY_COUNTS_MALLOC
