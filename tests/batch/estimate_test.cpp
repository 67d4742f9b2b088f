// Flying on estimates: how good they are, that the controller gets them, and that bits stay equal.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/hash.hpp"
#include "core/isa.hpp"
#include "tests/batch/rig.hpp"
#include "volery/controller.hpp"
#include "volery/policy.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

BatchConfig estimated(const std::string& task, const std::string& action, const Value& table,
                      int num_worlds = 32) {
  BatchConfig config;
  config.task = task;
  config.action = action;
  config.num_worlds = num_worlds;
  config.num_agents = 1;
  config.on_crash = "continue";
  config.episode_s = 1000;
  config.estimator = EstimatorKind::kComplementary;
  config.estimator_config = table;
  return config;
}

// Angles between true and estimated attitude, one per agent.
std::vector<double> attitude_errors(const Rig& rig) {
  const std::vector<float> truth = rig.state("quat_wb_xyzw", 4);
  const std::vector<float> estimate = rig.state("estimate_quat_wb_xyzw", 4);
  std::vector<double> errors;
  for (std::size_t i = 0; i < truth.size(); i += 4) {
    // the vector part of conj(truth) * estimate
    const double tw = truth[i + 3], ew = estimate[i + 3];
    const double t[3] = {truth[i], truth[i + 1], truth[i + 2]};
    const double e[3] = {estimate[i], estimate[i + 1], estimate[i + 2]};
    double squares = 0;
    for (int a = 0; a < 3; ++a) {
      const int b = (a + 1) % 3, c = (a + 2) % 3;
      const double v = tw * e[a] - ew * t[a] - (t[b] * e[c] - t[c] * e[b]);
      squares += v * v;
    }
    errors.push_back(2 * std::asin(std::min(1.0, std::sqrt(squares))));
  }
  return errors;
}

double rms(const std::vector<double>& values) {
  double squares = 0;
  for (const double v : values) squares += v * v;
  return std::sqrt(squares / static_cast<double>(values.size()));
}

// The task's baseline for a number of steps; job(rig) after each.
template <class Job>
void fly(Rig& rig, int steps, Job&& job) {
  const auto policy = rig.batch.policy("");
  const Layout& layout = rig.batch.layout();
  for (int i = 0; i < steps; ++i) {
    policy->act(rig.observation.data(), layout.observation_size(), rig.actions.data(),
                layout.action_size(), static_cast<int>(layout.num_rows()), 1,
                static_cast<std::uint32_t>(i));
    rig.step();
    job(rig);
  }
}

// A tick's turn: the estimate is as old as the last control tick when a step ends.
constexpr double kTickS = 1.0 / 240;

TEST(Estimator, WithoutErrorsItFollowsTheTruth) {
  // no correction at all: only the integration of a perfect IMU is left
  Rig rig(estimated("waypoints", "velocity",
                    Value::Table{{"preset", "ideal"}, {"heading", "none"}, {"gain_per_s", 0.0}}));
  rig.reset(1);
  double worst = 0;
  fly(rig, 150, [&](const Rig& r) {
    const std::vector<double> errors = attitude_errors(r);
    const std::vector<float> rates = r.state("omega_b_radps", 3);
    for (std::size_t i = 0; i < errors.size(); ++i) {
      double rate = 0;
      for (std::size_t a = 0; a < 3; ++a) rate += std::pow(double{rates[3 * i + a]}, 2);
      worst = std::max(worst, errors[i] - std::sqrt(rate) * kTickS);
    }
  });
  // 1,200 ticks of float32 rounding, and rates that change within the last tick
  EXPECT_LT(worst, 2e-3);
}

TEST(Estimator, HoversWithinThreeDegreesOnABmi088) {
  for (const char* action : {"ctbr", "attitude", "velocity", "position"}) {
    Rig rig(estimated("hover", action, Value::Table{{"preset", "bmi088"}}));
    rig.reset(1);
    double worst = 0;
    fly(rig, 300, [&](const Rig& r) {
      for (const double e : attitude_errors(r)) worst = std::max(worst, e);
    });
    // 20 mg of turn-on bias on each level axis pull the vertical by 0.02 rad, one sigma: 0.028 rad
    // for both, within five standard errors of 64 draws; 0.030 measured. Of 32 drones the worst
    // sees less than 3.5 sigma; 0.068 measured, with what the gyro adds
    EXPECT_LT(rms(attitude_errors(rig)), 0.041) << action;
    EXPECT_LT(worst, 0.1) << action;
    // and not by luck: without errors it is far better
    EXPECT_GT(rms(attitude_errors(rig)), 0.01) << action;
  }
}

// Waypoints at up to 2 m/s. The force of a turn is not the vertical, and the estimate follows it a
// little; a magnetometer adds its offset of 0.046 rad to the heading.
TEST(Estimator, StaysWithinItsBoundsInManeuvers) {
  struct Bound {
    const char* heading;
    double rms_rad, worst_rad;  // measured: 0.039 and 0.133, 0.060 and 0.208
  };
  for (const Bound& bound : {Bound{"mocap", 0.05, 0.17}, Bound{"magnetometer", 0.075, 0.26}}) {
    Rig rig(estimated("waypoints", "velocity",
                      Value::Table{{"preset", "bmi088"}, {"heading", bound.heading}}));
    rig.reset(1);
    double worst = 0;
    double mean = 0;
    fly(rig, 600, [&](const Rig& r) {
      const std::vector<double> errors = attitude_errors(r);
      mean += rms(errors) / 600;
      for (const double e : errors) worst = std::max(worst, e);
    });
    EXPECT_LT(mean, bound.rms_rad) << bound.heading;
    EXPECT_LT(worst, bound.worst_rad) << bound.heading;
  }
}

TEST(Estimator, LearnsTheBiasOfAnUncalibratedGyro) {
  Rig rig(estimated("hover", "velocity",
                    Value::Table{{"preset", "ideal"},
                                 {"gyro_turn_on", 0.02},
                                 {"calibration_s", 0.0},
                                 {"gain_per_s", 1.0},
                                 {"bias_gain_per_s2", 0.1}}));
  rig.reset(1);
  const auto bias_error = [&] {
    const std::vector<float> bias = rig.state("estimator_offset", 7);
    const std::vector<float> found = rig.state("estimate_gyro_bias_b_radps", 3);
    std::vector<double> errors;
    for (std::size_t i = 0; i < found.size(); ++i)
      errors.push_back(double{found[i]} - double{bias[i / 3 * 7 + i % 3]});
    return rms(errors);
  };
  EXPECT_NEAR(bias_error(), 0.02, 0.005);
  fly(rig, 1800, [](const Rig&) {});
  EXPECT_LT(bias_error(), 0.002);
}

TEST(Estimator, TheControllerFliesOnWhatIsEstimated) {
  // an accelerometer that is off by a tenth of g: what seems level is not
  const Value off = Value::Table{
      {"preset", "ideal"}, {"accel_turn_on", 1.0}, {"gate", 1000.0}, {"gain_per_s", 2.0}};
  Rig rig(estimated("hover", "attitude", off));
  rig.reset(1);
  // level, with the thrust that carries the weight
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const float hover = thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2);
  for (std::size_t i = 0; i < rig.actions.size(); ++i) rig.actions[i] = i % 4 == 0 ? hover : 0;
  // one and a third seconds: long enough for the filter, too short for most to leave
  // the bounds
  for (int i = 0; i < 40; ++i) rig.step();
  EXPECT_LT(rig.batch.stats().episodes, 10U) << "most must still be under way";
  EXPECT_GT(rms(attitude_errors(rig)), 0.05);
  const std::vector<float> seen = rig.state("estimate_quat_wb_xyzw", 4);
  const std::vector<float> truth = rig.state("quat_wb_xyzw", 4);
  double seen_tilt = 0, true_tilt = 0;
  for (std::size_t i = 0; i < seen.size(); i += 4) {
    seen_tilt += std::hypot(double{seen[i]}, double{seen[i + 1]});
    true_tilt += std::hypot(double{truth[i]}, double{truth[i + 1]});
  }
  EXPECT_LT(seen_tilt, 0.3 * true_tilt) << "asked to be level, level is what it believes to be";
}

// Success of the task's baseline as the baseline test measures it.
double success(BatchConfig config) {
  config.autoreset = Autoreset::kNextStep;
  config.on_crash = "";
  config.episode_s = 0;
  Rig rig(config);
  rig.reset(0);
  const Layout& layout = rig.batch.layout();
  std::size_t metric = layout.metrics.size();
  for (std::size_t m = 0; m < layout.metrics.size(); ++m) {
    if (layout.metrics[m].name == "success") metric = m;
  }
  double sum = 0;
  double episodes = 0;
  fly(rig, static_cast<int>(rig.batch.config().episode_s * 30) + 2, [&](Rig& r) {
    const WorldEvents& events = r.batch.events();
    for (std::size_t w = 0; w < events.ended.size(); ++w) {
      if (events.ended[w] == 0) continue;
      sum += double{events.episode_metrics[w * layout.metrics.size() + metric]};
      ++episodes;
    }
  });
  EXPECT_GE(episodes, config.num_worlds);
  return sum / episodes;
}

TEST(Estimator, BaselinesSucceedOnEstimates) {
  for (const char* task : {"hover", "waypoints"}) {
    BatchConfig config = estimated(task, "", Value::Table{{"preset", "bmi088"}});
    const double rate = success(config);
    EXPECT_GE(rate, 0.9) << task;
  }
}

BatchConfig estimated_crowd(int num_worlds) {
  BatchConfig config = crowd(num_worlds, 8);
  config.action = "attitude";
  config.estimator = EstimatorKind::kComplementary;
  config.estimator_config = Value::Table{{"preset", "adis16448"}};
  return config;
}

std::uint64_t hash_after(const BatchConfig& config) {
  Rig rig(config);
  rig.reset(7);
  rig.run(60);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  return rig.batch.state_hash();
}

TEST(Estimator, ThreadsSlabsContactModesAndInstructionSetsDoNotChangeTheBits) {
  BatchConfig config = estimated_crowd(12);
  const std::uint64_t one = hash_after(config);
  config.num_threads = 3;
  EXPECT_EQ(hash_after(config), one) << "threads";
  config.slab_agents = 24;
  EXPECT_EQ(hash_after(config), one) << "slabs";
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), one) << "all";
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    EXPECT_EQ(hash_after(config), one) << isa;
  }
  limit_isa("auto");
  config.on_crash = "respawn";
  const std::uint64_t respawning = hash_after(config);
  config.contacts = contact::ContactMode::kCulled;
  EXPECT_EQ(hash_after(config), respawning);
}

TEST(Estimator, ASnapshotInTheMiddleContinuesExactly) {
  Rig rig(estimated_crowd(6));
  rig.reset(1);
  rig.run(40);
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot({});
  rig.run(30, 0, 40);
  const std::uint64_t expected = rig.batch.state_hash();
  rig.batch.restore(snapshot, {});
  rig.run(30, 0, 40);
  EXPECT_EQ(rig.batch.state_hash(), expected);
}

TEST(Estimator, AWorldAloneEqualsItsTwinInABatch) {
  Rig many(estimated_crowd(5));
  many.reset(100);
  many.run(60, 100);
  Rig alone(estimated_crowd(1));
  alone.reset(102);
  alone.run(60, 102);
  EXPECT_EQ(alone.batch.state_hash(0), many.batch.state_hash(2));
}

TEST(Estimator, TheRotorLevelFliesTheSameWithIt) {
  BatchConfig plain = crowd(4, 8);
  BatchConfig with = plain;
  with.estimator = EstimatorKind::kComplementary;
  Rig a(plain), b(with);
  for (Rig* rig : {&a, &b}) {
    rig->reset(3);
    rig->run(40);
  }
  EXPECT_EQ(a.state("position_w_m", 3), b.state("position_w_m", 3));
}

TEST(Estimator, RefusesWhatCannotBe) {
  const auto refused = [](EstimatorKind kind, const Value& table, const char* part) {
    BatchConfig config;
    config.action = "attitude";
    config.estimator = kind;
    config.estimator_config = table;
    try {
      const Batch batch(config);
      ADD_FAILURE() << "built: " << part;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  };
  const auto some = EstimatorKind::kComplementary;
  refused(some, Value::Table{{"gain_per_s", -1.0}}, "estimator_config.gain_per_s");
  refused(some, Value::Table{{"gyro_noise", 2.0}}, "estimator_config.gyro_noise");
  refused(some, Value::Table{{"heading", "stars"}}, "magnetometer");
  refused(some, Value::Table{{"gate", 0.0}}, "estimator_config.gate");
  refused(some, Value::Table{{"gains", 1.0}}, "estimator_config.gains");
  refused(EstimatorKind::kNone, Value::Table{{"gate", 1.0}},
          "config.estimator_config.gate: config.estimator is \"none\"");
  refused(EstimatorKind::kNone, Value(3), "config.estimator_config: must be a table");
  BatchConfig config;
  try {
    (void)batch_config(Value::Table{{"estimator", "kalman"}});
    ADD_FAILURE() << "loaded";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("complementary"), std::string::npos);
  }
}

}  // namespace
}  // namespace volery
