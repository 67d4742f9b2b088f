// Action levels over the flight kernels: the closed loops of tests/control, with the lanes of
// src/flight in place of the double-precision plant.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/rng.hpp"
#include "flight/flight.hpp"
#include "tests/batch/rig.hpp"
#include "tests/control/fleet.hpp"

namespace volery::test {
namespace {

/// Flies a fleet with the flight kernels at the controller's rate, far above any ground.
class Flight {
 public:
  Flight(Fleet& fleet, const Vehicle& vehicle, int rate_hz)
      : fleet_(fleet),
        rate_hz_(rate_hz),
        params_(vehicle, flight::FlightConfig{}, 1.0F / static_cast<float>(rate_hz)) {
    for (int i = 0; i < fleet.blocks.num_blocks * kLanes; ++i) {
      fleet.blocks.at(i, kSurfaceHeight) = -1000;
    }
  }
  template <class EachStep, class EachTick>
  void fly(double duration_s, EachStep&& each_step, EachTick&& each_tick) {
    const int ticks_per_step = std::max(1, rate_hz_ / 30);
    const int ticks = static_cast<int>(duration_s * rate_hz_);
    const Blocks& blocks = fleet_.blocks;
    for (int t = 0; t < ticks; ++t) {
      if (t % ticks_per_step == 0) {
        each_step();
        fleet_.run_window();
      }
      fleet_.run_tick();
      flight::advance_velocity(params_, blocks, 0, blocks.num_blocks);
      flight::advance_pose(params_.step_s(), blocks, 0, blocks.num_blocks);
      each_tick(static_cast<double>(t + 1) / rate_hz_);
    }
  }

 private:
  Fleet& fleet_;
  int rate_hz_;
  flight::FlightParams params_;
};

float axis(Vec3 v, int i) {
  return i == 0 ? v.x : i == 1 ? v.y : v.z;
}

/// What a level is asked for in the step test, and how fast it must be.
struct Level {
  const char* name;
  int first_column;   // of three axes
  double rise_units;  // 90 % and the band in units of 1 / gain, as in tests/control/<name>_test.cpp
  double settle_units;
  double overshoot;
};
constexpr Level kLevels[] = {{"ctbr", 1, 3, 4, 0.05},
                             {"attitude", 1, 3, 6, 0.15},
                             {"velocity", 0, 3, 5, 0.2},
                             {"position", 0, 2.2, 3, 0.03}};
constexpr double kBand = 0.07;
constexpr float kStep = 0.2F;  // of the column's range: no limit is met

TEST(ControlledFlight, StepsSettleOnEveryVehicle) {
  for (const std::string& vehicle_name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(vehicle_name));
    const ControlGains& g = vehicle.gains;
    const float hover = thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2);
    for (const Level& l : kLevels) {
      const std::string level_name = l.name;
      const int axes = level_name == "attitude" ? 2 : 3;
      for (int i = 0; i < axes * 3; ++i) {
        const int column = i % axes;
        const int rate_hz = i / axes == 0 ? 240 : i / axes == 1 ? 500 : 1000;
        Fleet fleet(vehicle, level_name, rate_hz, 1);
        Flight loop(fleet, vehicle, rate_hz);
        const Blocks& blocks = fleet.blocks;
        double target = static_cast<double>(kStep);
        double unit_s = 0;
        if (level_name == "ctbr") {
          target *= static_cast<double>(axis(g.max_rate_radps, column));
          unit_s = 1 / static_cast<double>(axis(g.rate_per_s, column));
        } else if (level_name == "attitude") {
          target *= static_cast<double>(g.max_tilt_rad);
          unit_s = 1 / std::sqrt(static_cast<double>(axis(g.attitude_kr_per_s2, column)));
        } else if (level_name == "velocity") {
          target *= static_cast<double>(g.max_speed_mps);
          unit_s = 1 / static_cast<double>(axis(g.velocity_per_s, column));
        } else {
          unit_s = 1 / static_cast<double>(axis(g.position_per_s, column));
        }
        StepResponse response(target, kBand);
        loop.fly(
            12 * unit_s,
            [&] {
              std::vector<float> action{l.first_column == 1 ? hover : 0.0F, 0, 0, 0};
              float& stick = action[static_cast<std::size_t>(l.first_column + column)];
              stick = kStep;
              if (level_name == "position") {
                const Vec3 at = blocks.vec3(0, kPosition);
                action = {-at.x, -at.y, -at.z, 0};
                action[static_cast<std::size_t>(column)] += kStep;
              }
              fleet.set_action(0, action);
            },
            [&](double t) {
              double value = static_cast<double>(axis(blocks.vec3(0, kVelocity), column));
              if (level_name == "ctbr") {
                value = static_cast<double>(axis(blocks.vec3(0, kOmega), column));
              } else if (level_name == "position") {
                value = static_cast<double>(axis(blocks.vec3(0, kPosition), column));
              } else if (level_name == "attitude") {
                const Quat q = blocks.quat(0);
                value = 2 * static_cast<double>(column == 0 ? q.x : q.y);  // sine of half, small
              }
              response.add(t, value);
            });
        const std::string what = vehicle_name + ' ' + level_name + " column " +
                                 std::to_string(column) + " at " + std::to_string(rate_hz) + " Hz";
        EXPECT_GE(response.rise_s, 0) << what;
        EXPECT_LT(response.rise_s, l.rise_units * unit_s) << what;
        EXPECT_LT(response.settle_s, l.settle_units * unit_s) << what;
        EXPECT_LT(response.overshoot, l.overshoot) << what;
      }
    }
  }
}

TEST(ControlledFlight, ReturnsFromTumblingUpsideDown) {
  constexpr int kBodies = 64;
  constexpr float kDistanceM = 0.02F;
  for (const std::string& vehicle_name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(vehicle_name));
    Fleet fleet(vehicle, "position", 240, kBodies);
    Flight loop(fleet, vehicle, 240);
    const Blocks& blocks = fleet.blocks;
    // somewhat more than the vehicle turns at by itself; what tumbles faster falls for seconds, and
    // this level brings it back at a meter per second
    const Vec3 most = vehicle.gains.max_rate_radps * 1.3F;
    Rng rng(8, 0, Stream::kAction, 0, 0);
    const auto draw = [&](float size) { return size * rng.uniform(-1, 1); };
    for (int i = 0; i < kBodies; ++i) {
      Plant p;
      p.quat = turn({static_cast<double>(draw(3)), static_cast<double>(draw(3)),
                     static_cast<double>(draw(3))});
      blocks.set_quat(i, {static_cast<float>(p.quat.x), static_cast<float>(p.quat.y),
                          static_cast<float>(p.quat.z), static_cast<float>(p.quat.w)});
      blocks.set_vec3(i, kOmega, {draw(most.x), draw(most.y), draw(most.z)});
      blocks.set_vec3(i, kVelocity, {draw(2), draw(2), draw(2)});
    }
    blocks.set_quat(0, {1, 0, 0, 0});
    blocks.set_vec3(0, kOmega, {});
    loop.fly(
        20,
        [&] {
          const auto cut = [](float d) { return std::clamp(d, -1.0F, 1.0F); };
          for (int i = 0; i < kBodies; ++i) {
            const Vec3 at = blocks.vec3(i, kPosition);
            fleet.set_action(i, {cut(-at.x), cut(-at.y), cut(-at.z), 0});
          }
        },
        [](double) {});
    for (int i = 0; i < kBodies; ++i) {
      const Vec3 at = blocks.vec3(i, kPosition);
      EXPECT_LT(dot(at, at), kDistanceM * kDistanceM) << vehicle_name << ' ' << i;
    }
  }
}

// Laws keep integrators and filters: rows that must travel with an agent into the near set and
// back, through snapshots, slabs and threads.
TEST(ControlledFlight, StateOfTheLawsTravelsWithTheAgents) {
  BatchConfig config = crowd(9, 5);
  config.action = "velocity";
  config.controller = Value::Array{"pid", "lee", "indi", "mellinger", "lqr"};
  const auto hash_of = [](const BatchConfig& c) {
    Rig rig(c);
    rig.reset(7);
    rig.run(60);
    EXPECT_GT(rig.batch.stats().touching_share, 0);
    return rig.batch.state_hash();
  };
  const std::uint64_t expected = hash_of(config);
  BatchConfig all = config;
  all.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_of(all), expected);
  BatchConfig cut = config;
  cut.num_threads = 3;
  cut.slab_agents = 10;
  EXPECT_EQ(hash_of(cut), expected);

  Rig first(config);
  first.reset(7);
  first.run(30);
  Rig second(config);
  second.reset(1);
  second.batch.restore(first.batch.snapshot({}), {});
  second.run(30, 0, 30);
  EXPECT_EQ(second.batch.state_hash(), expected);
}

TEST(ControlledFlight, LawsAndTypesOfVehiclesMix) {
  BatchConfig config = crowd(9, 5);
  config.action = "velocity";
  config.vehicle = Value::Array{"cf2x", "racer"};
  config.controller = Value::Array{"pid", "lee", "indi", "mellinger", "lqr"};
  Rig culled(config);
  culled.reset(7);
  culled.run(60);
  EXPECT_GT(culled.batch.stats().touching_share, 0);
  config.contacts = contact::ContactMode::kAll;
  config.slab_agents = 10;
  Rig all(config);
  all.reset(7);
  all.run(60);
  EXPECT_EQ(all.batch.state_hash(), culled.batch.state_hash());
}

TEST(ControlledFlight, TheResolvedConfigNamesTheLaw) {
  BatchConfig config;
  EXPECT_EQ(Batch(config).config().controller, Value("lee"));
  config.action = "indi";
  EXPECT_EQ(Batch(config).config().controller, Value("indi"));
}

}  // namespace
}  // namespace volery::test
