// Numbers that differ from episode to episode: what they change, who shares them, that an episode
// has the same ones in any batch, and that contacts hold for all of them.
#include "batch/randomize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/hash.hpp"
#include "sense/error_common.hpp"
#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

RangeConfig range(const std::string& field, float low, float high,
                  NumberEdit::How how = NumberEdit::How::kSet) {
  RangeConfig config;
  config.field = field;
  config.range = {low, high};
  config.how = how;
  return config;
}

std::string error_of(const BatchConfig& config) {
  try {
    const Batch batch(config);
    return "no error";
  } catch (const Error& error) {
    return error.what();
  }
}

BatchConfig hover(std::vector<RangeConfig> ranges, int num_worlds = 64) {
  BatchConfig config;
  config.num_worlds = num_worlds;
  config.randomize = std::move(ranges);
  return config;
}

/// Lighter, heavier, pushed, late, blown at: everything at once, in a crowd that crashes.
BatchConfig wild_crowd(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  config.sensors = {"pose", "velocity", "rates", "imu"};
  config.flight.disturbance.enabled = true;
  config.flight.faults.resize(1);
  config.wind.mean_w_mps = {1, 0, 0};
  config.randomize = {
      range("vehicle.mass_kg", 0.6F, 1.5F, NumberEdit::How::kScale),
      range("vehicle.inertia_b_kgm2", 0.5F, 2, NumberEdit::How::kScale),
      range("vehicle.thrust_coefficient_n_s2", 0.9F, 1.6F, NumberEdit::How::kScale),
      range("vehicle.rotor_drag_b_kg[0]", 0.5F, 3, NumberEdit::How::kScale),
      range("flight.command_delay_s", 0, 0.03F),
      range("flight.disturbance.force_std_n", 0, 0.2F),
      range("flight.faults[0].time_s", 0.1F, 1),
      range("flight.faults[0].rotor", 0, 3.99F),
      range("state.velocity_w_mps", -1, 1, NumberEdit::How::kAdd),
      range("sensor_config.imu.gyro_noise", 0, 0.01F),
      range("wind.mean_w_mps", -5, 5),
  };
  config.randomize_sets = 8;
  return config;
}

std::uint64_t hash_after(const BatchConfig& config, int steps = 60) {
  Rig rig(config);
  rig.reset(7);
  rig.run(steps);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  return rig.batch.state_hash();
}

TEST(Randomize, MassIsDrawnAnewForEachAgentAndEpisode) {
  Rig rig(hover({range("vehicle.mass_kg", 0.024F, 0.03F)}));
  rig.reset(1);
  const std::vector<float> first = rig.state("randomized", 1);
  EXPECT_EQ(rig.state("vehicle_mass_kg", 1), first);
  EXPECT_EQ(std::set<float>(first.begin(), first.end()).size(), first.size());
  EXPECT_GE(*std::min_element(first.begin(), first.end()), 0.024F);
  EXPECT_LE(*std::max_element(first.begin(), first.end()), 0.03F);
  rig.batch.reset({}, rig.outputs());
  EXPECT_NE(rig.state("randomized", 1), first);
  rig.reset(1);
  EXPECT_EQ(rig.state("randomized", 1), first);
}

// The mean of 4,096 uniform draws is within five standard errors of the middle.
TEST(Randomize, DrawsFillTheirRange) {
  constexpr int kWorlds = 4096;
  Rig rig(hover({range("vehicle.mass_kg", 0.02F, 0.03F)}, kWorlds));
  rig.reset(5);
  double sum = 0;
  for (const float mass : rig.state("randomized", 1)) sum += static_cast<double>(mass);
  const double error = 0.01 / std::sqrt(12.0 * kWorlds);
  EXPECT_NEAR(sum / kWorlds, 0.025, 5 * error);
}

// With the rotors at the same speed, a body accelerates by thrust / mass - g.
TEST(Randomize, AHeavierVehicleAcceleratesLess) {
  BatchConfig config = hover({range("vehicle.mass_kg", 0.02F, 0.034F)}, 16);
  config.action = "rotor";
  config.flight.rotor_drag = config.flight.body_drag = config.flight.ground_effect = false;
  Rig rig(config);
  rig.reset(3);
  const std::vector<float> mass = rig.state("vehicle_mass_kg", 1);
  const std::vector<float> before = rig.state("velocity_w_mps", 3);
  std::fill(rig.actions.begin(), rig.actions.end(), 1.0F);
  rig.step();
  rig.step();
  const std::vector<float> speed = rig.state("rotor_speed_radps", 4);
  const std::vector<float> after = rig.state("velocity_w_mps", 3);
  // the rotors spin up alike, so that what thrust gave, |dv + g t|, is the same momentum for all;
  // the start is turning, which shortens the sum of thrusts by less than this
  constexpr float kTurning = 1.02F;
  const float fall_mps = 9.80665F * 16 / 240;
  std::vector<float> momentum;
  for (std::size_t i = 0; i < mass.size(); ++i) {
    EXPECT_EQ(speed[4 * i], speed[0]);
    const Vec3 gain{after[3 * i] - before[3 * i], after[3 * i + 1] - before[3 * i + 1],
                    after[3 * i + 2] - before[3 * i + 2] + fall_mps};
    momentum.push_back(mass[i] * std::sqrt(dot(gain, gain)));
  }
  const auto [least, most] = std::minmax_element(momentum.begin(), momentum.end());
  EXPECT_LT(*most / *least, kTurning);
  const auto [light, heavy] = std::minmax_element(mass.begin(), mass.end());
  EXPECT_GT(*heavy / *light, 1.4F);
}

TEST(Randomize, AVehicleDrawnAtItsOwnValuesFliesAsBefore) {
  BatchConfig config = crowd(4, 8);
  const std::uint64_t plain = [&] {
    Rig rig(config);
    rig.reset(7);
    rig.run(60);
    Hasher hasher;
    for (const float x : rig.state("position_w_m", 3)) hasher.add(x);
    return hasher.digest();
  }();
  config.randomize = {range("vehicle.mass_kg", 1, 1, NumberEdit::How::kScale)};
  config.randomize[0].limits = {0.9F, 1.1F};
  Rig rig(config);
  rig.reset(7);
  rig.run(60);
  Hasher hasher;
  for (const float x : rig.state("position_w_m", 3)) hasher.add(x);
  EXPECT_EQ(hasher.digest(), plain);
}

TEST(Randomize, PerWorldMeansOneDrawForAllAgents) {
  BatchConfig config = crowd(8, 5);
  config.randomize = {range("vehicle.mass_kg", 0.024F, 0.03F)};
  config.randomize[0].per = DrawnPer::kWorld;
  Rig rig(config);
  rig.reset(1);
  const std::vector<float> drawn = rig.state("randomized", 1);
  std::set<float> worlds;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    EXPECT_EQ(drawn[i], drawn[i / 5 * 5]);
    worlds.insert(drawn[i]);
  }
  EXPECT_EQ(worlds.size(), 8U);
}

TEST(Randomize, CulledEqualsAllWithEverythingDrawn) {
  BatchConfig config = wild_crowd(6, 12);
  const std::uint64_t culled = hash_after(config);
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled);
}

TEST(Randomize, TheAuditFindsNothing) {
  BatchConfig config = wild_crowd(4, 12);
  config.audit = true;
  Rig rig(config);
  rig.reset(3);
  rig.run(60);
  EXPECT_EQ(rig.batch.stats().audit_failures, 0U);
}

TEST(Randomize, AWorldHasTheSameNumbersInAnyBatch) {
  BatchConfig config = wild_crowd(6, 3);
  Rig many(config);
  many.reset(40);
  many.run(20);
  config.num_worlds = 1;
  config.num_threads = 2;
  Rig one(config);
  one.reset(44);
  for (int step = 0; step < 20; ++step) {
    one.draw_actions(4, step);
    one.step();
  }
  EXPECT_EQ(one.batch.state_hash(0), many.batch.state_hash(4));
}

TEST(Randomize, ThreadsAndInstructionSetsDoNotChangeTheBits) {
  BatchConfig config = wild_crowd(12, 6);
  const std::uint64_t expected = hash_after(config, 40);
  config.num_threads = 2;
  config.slab_agents = 16;
  EXPECT_EQ(hash_after(config, 40), expected);
}

TEST(Randomize, ASnapshotCarriesWhatWasDrawn) {
  const BatchConfig config = wild_crowd(5, 4);
  Rig rig(config);
  rig.reset(1);
  rig.run(10);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  rig.run(30, 0, 10);
  Rig other(config);
  other.reset(99);
  other.batch.restore(snapshot, {});
  other.run(30, 0, 10);
  EXPECT_EQ(other.batch.state_hash(), rig.batch.state_hash());
}

TEST(Randomize, DelaysAreHeldPerAgent) {
  BatchConfig config = hover({range("flight.command_delay_s", 0, 8 / 240.0F)}, 64);
  config.action = "rotor";
  config.flight.motor_lag = false;
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> delay = rig.state("command_delay_substeps", 1);
  EXPECT_GT(std::set<float>(delay.begin(), delay.end()).size(), 6U);
  const std::vector<float> start = rig.state("rotor_speed_radps", 4);
  std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);
  rig.step();
  // after 8 substeps commands that wait fewer than 8 have arrived, and motors without lag follow
  const std::vector<float> speed = rig.state("rotor_speed_radps", 4);
  for (std::size_t i = 0; i < delay.size(); ++i) {
    if (delay[i] < 8) {
      EXPECT_EQ(speed[4 * i], 0) << delay[i];
    } else {
      EXPECT_EQ(speed[4 * i], start[4 * i]) << delay[i];
    }
  }
}

TEST(Randomize, FaultsComeAtTheirOwnTimeAndRotor) {
  BatchConfig config =
      hover({range("flight.faults[0].time_s", 0, 0.5F), range("flight.faults[0].rotor", 0, 3.999F),
             range("flight.faults[0].effectiveness", 0.2F, 0.8F)});
  config.flight.faults.resize(1);
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> drawn = rig.state("randomized", 3);
  for (int i = 0; i < 8; ++i) rig.step();
  const std::vector<float> share = rig.state("rotor_effectiveness", 4);
  int struck = 0;
  for (std::size_t i = 0; i < 64; ++i) {
    const bool begun = std::ceil(drawn[3 * i] * 30 - 1e-3F) <= 7;
    const auto rotor = static_cast<std::size_t>(drawn[3 * i + 1]);
    for (std::size_t r = 0; r < 4; ++r) {
      const bool hit = begun && r == rotor;
      EXPECT_EQ(share[4 * i + r], hit ? drawn[3 * i + 2] : 1.0F);
      struck += hit ? 1 : 0;
    }
  }
  EXPECT_GT(struck, 10);
  EXPECT_LT(struck, 60);
}

TEST(Randomize, DisturbancesHaveAStrengthOfTheirOwn) {
  BatchConfig config = hover({range("flight.disturbance.force_std_n", 0, 0.1F)}, 32);
  config.action = "position";
  config.episode_s = 10;
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> std = rig.state("randomized", 1);
  std::vector<double> square(std.size());
  constexpr int kDraws = 100;
  for (int i = 0; i < kDraws; ++i) {
    rig.step();
    const std::vector<float> force = rig.state("disturbance_force_w_n", 3);
    for (std::size_t a = 0; a < std.size(); ++a) {
      for (std::size_t k = 0; k < 3; ++k) square[a] += std::pow(force[3 * a + k], 2);
    }
  }
  // 300 draws: the deviation is known to 4 %, five of these allowed
  for (std::size_t a = 0; a < std.size(); ++a)
    EXPECT_NEAR(std::sqrt(square[a] / (3 * kDraws)), std[a], 0.21 * std[a]);
}

TEST(Randomize, SensorErrorsAreThoseOfThePreparedSets) {
  BatchConfig config = hover({range("sensor_config.barometer.noise_pa", 1, 100)}, 128);
  config.sensors = {"barometer"};
  config.randomize_sets = 16;
  config.task_config = Value::Table{};
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> pa = rig.state("randomized", 1);
  EXPECT_EQ(std::set<float>(pa.begin(), pa.end()).size(), 16U);
  // kWhite is the first constant; 12.01 Pa are a meter
  const std::vector<float> errors = rig.state("barometer_errors", sense::kNumErrorConstants);
  for (std::size_t i = 0; i < pa.size(); ++i)
    EXPECT_NEAR(errors[i * sense::kNumErrorConstants], pa[i] / 12.013F, 1e-4F * pa[i]);
}

TEST(Randomize, TheWindOfAWorldIsThatOfItsSet) {
  BatchConfig config = crowd(32, 3);
  config.randomize = {range("wind.mean_w_mps[0]", -4, 4)};
  config.randomize_sets = 8;
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> drawn = rig.state("randomized", 1);
  const std::vector<float> wind = rig.state("wind_w_mps", 3);
  for (std::size_t i = 0; i < drawn.size(); ++i) EXPECT_EQ(wind[3 * i], drawn[i]);
  const std::set<float> values(drawn.begin(), drawn.end());
  EXPECT_GT(values.size(), 4U);
  EXPECT_LE(values.size(), 8U);
}

// One value of eight equal shares of the range in each set.
TEST(Randomize, PreparedSetsAreALatinHypercube) {
  BatchConfig config = crowd(512, 1);
  config.randomize = {range("wind.mean_w_mps[0]", 0, 8), range("episode_s", 8, 16)};
  config.randomize_sets = 8;
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> drawn = rig.state("randomized", 2);
  std::set<int> winds, times;
  for (std::size_t i = 0; i < drawn.size(); i += 2) {
    winds.insert(static_cast<int>(drawn[i]));
    times.insert(static_cast<int>(drawn[i + 1]) - 8);
  }
  EXPECT_EQ(winds.size(), 8U);
  EXPECT_EQ(times.size(), 8U);
}

TEST(Randomize, CurriculaChangeTheRangesFromTheNextEpisodeOn) {
  BatchConfig config = hover({range("vehicle.mass_kg", 0.027F, 0.027F)}, 8);
  config.randomize[0].limits = {0.02F, 0.034F};
  Rig rig(config);
  rig.reset(2);
  for (const float mass : rig.state("vehicle_mass_kg", 1)) EXPECT_EQ(mass, 0.027F);
  const Value wider =
      Value::Table{{"randomize", Value::Array{Value::Table{{"field", "vehicle.mass_kg"},
                                                           {"range", Value::Array{0.02, 0.034}}}}}};
  rig.batch.set_config(wider, {});
  for (const float mass : rig.state("vehicle_mass_kg", 1)) EXPECT_EQ(mass, 0.027F);
  rig.batch.reset({}, rig.outputs());
  const std::vector<float> mass = rig.state("vehicle_mass_kg", 1);
  EXPECT_EQ(std::set<float>(mass.begin(), mass.end()).size(), 8U);
  rig.batch.set_config(Value::Table{{"randomize", Value::Array{}}}, {});
  rig.batch.reset({}, rig.outputs());
  for (const float m : rig.state("vehicle_mass_kg", 1)) EXPECT_EQ(m, 0.027F);
}

TEST(Randomize, CurriculaStayWithinTheLimits) {
  Batch batch(hover({range("vehicle.mass_kg", 0.026F, 0.028F)}, 8));
  const auto message = [&batch](const Value& changes) -> std::string {
    try {
      batch.set_config(changes, {});
      return "no error";
    } catch (const Error& error) {
      return error.what();
    }
  };
  const auto list = [](const char* field, double low, double high) {
    return Value(Value::Table{
        {"randomize",
         Value::Array{Value::Table{{"field", field}, {"range", Value::Array{low, high}}}}}});
  };
  EXPECT_NE(message(list("vehicle.mass_kg", 0.02, 0.028)).find("its `limits` make room"),
            std::string::npos);
  EXPECT_NE(message(list("vehicle.motor_rise_s", 0.02, 0.03)).find("built without a range for it"),
            std::string::npos);
  EXPECT_EQ(message(list("vehicle.mass_kg", 0.026, 0.027)), "no error");
}

TEST(Randomize, RefusesWhatCannotBeDrawn) {
  const auto refused = [](std::vector<RangeConfig> ranges) {
    return error_of(hover(std::move(ranges), 1));
  };
  const std::string at = "config.randomize[0] (";
  EXPECT_EQ(refused({range("vehicle.mas_kg", 1, 2)}),
            at + "vehicle.mas_kg): vehicle.mas_kg: no such number (did you mean 'mass_kg'?)");
  EXPECT_NE(refused({range("vehicles.mass_kg", 1, 2)}).find("did you mean 'vehicle'?"),
            std::string::npos);
  EXPECT_NE(refused({range("vehicle.mass_kg", 0, 2)}).find("must be "), std::string::npos);
  EXPECT_NE(refused({range("vehicle.mass_kg", 0.02F, 2)}).find("vehicle.mass_kg)"),
            std::string::npos);
  EXPECT_NE(refused({range("vehicle.speed_limit_mps", 1, 2)}).find("changes nothing in flight"),
            std::string::npos);
  EXPECT_NE(refused({range("vehicle.cameras[0].near_m", 1, 2)}).find("the same in all episodes"),
            std::string::npos);
  EXPECT_NE(refused({range("vehicle.collision.friction", 0, 1)}).find("the same in all episodes"),
            std::string::npos);
  EXPECT_NE(refused({range("flight.gravity_mps2", 9, 10)}).find("one for all worlds"),
            std::string::npos);
  EXPECT_NE(refused({range("flight.battery_soc", 0, 1)}).find("needs flight.battery = true"),
            std::string::npos);
  EXPECT_NE(refused({range("flight.faults[0].time_s", 0, 1)}).find("config, which has 0"),
            std::string::npos);
  EXPECT_NE(refused({range("flight.command_delay_s", 0, 2)}).find("must be in [0, 1] s"),
            std::string::npos);
  EXPECT_NE(refused({range("state.velocity_mps", 0, 2)}).find("did you mean 'velocity_w_mps'?"),
            std::string::npos);
  EXPECT_NE(refused({range("state.quat_wb_xyzw", 0, 2)}).find("no field of the state"),
            std::string::npos);
  EXPECT_NE(refused({range("sensor_config.imu.gyro_noise", 0, 1)}).find("not among config.sensors"),
            std::string::npos);
  EXPECT_NE(refused({range("task_config.no_such", 0, 1)}).find("unknown key"), std::string::npos);
  EXPECT_NE(
      refused({range("vehicle.mass_kg", 0.027F, 0.028F), range("vehicle.mass_kg", 0.027F, 0.028F)})
          .find("twice"),
      std::string::npos);
  RangeConfig typed = range("vehicle.mass_kg", 0.027F, 0.028F);
  typed.type = "cf2y";
  EXPECT_NE(refused({typed}).find("no such vehicle in the batch"), std::string::npos);
  BatchConfig config = hover({range("sensor_config.imu.rate_hz", 10, 30)}, 1);
  config.sensors = {"imu"};
  EXPECT_NE(error_of(config).find("of a sensor, white noise"), std::string::npos);
}

TEST(Randomize, TypesOfAFleetHaveRangesOfTheirOwn) {
  BatchConfig config = crowd(4, 4);
  config.vehicle = Value::Array{"cf2x", "racer"};
  RangeConfig only = range("vehicle.mass_kg", 0.5F, 1.0F, NumberEdit::How::kScale);
  only.type = "racer";
  config.randomize = {only};
  Rig rig(config);
  rig.reset(2);
  const std::vector<float> mass = rig.state("vehicle_mass_kg", 1);
  for (std::size_t i = 0; i < mass.size(); i += 2) {
    EXPECT_EQ(mass[i], mass[0]);
    EXPECT_NE(mass[i + 1], mass[0]);
  }
  std::set<float> racers;
  for (std::size_t i = 1; i < mass.size(); i += 2) racers.insert(mass[i]);
  EXPECT_EQ(racers.size(), 8U);
}

}  // namespace
}  // namespace volery
