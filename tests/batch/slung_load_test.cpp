// Drones with loads on cables: what they carry, how episodes start, same bits, what is refused.
#include <gtest/gtest.h>

#include "model/vehicle.hpp"
#include "tests/batch/cable_worlds.hpp"

namespace volery::test {
namespace {

// --- drones ---

/// A slung load under each drone, or one under all, in still air far from any ground.
BatchConfig flight_with(double load_kg, int num_agents, const char* carrier) {
  BatchConfig config =
      world_of({ball("load", load_kg, {0, 0, 0}, 0.03)}, {cable(carrier, "load", 2)});
  config.scene.table()["spawn_low_m"] = numbers({-0.3, -0.3, 4});
  config.scene.table()["spawn_high_m"] = numbers({0.3, 0.3, 6});
  config.num_agents = num_agents;
  config.action = "velocity";
  config.flight.ground_effect = false;
  config.agent_rate_hz = 60;
  return config;
}

/// Holds each drone at a point by a law that knows nothing of a load.
void hold(World& world, const std::vector<D3>& targets, double gain_per_s, double max_speed_mps,
          int steps) {
  for (int step = 0; step < steps; ++step) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const D3 error = targets[i] - world.agent(static_cast<int>(i));
      float* action = world.actions.data() + 4 * i;
      const double axes[3] = {error.x, error.y, error.z};
      for (int c = 0; c < 3; ++c) {
        action[c] = static_cast<float>(std::clamp(gain_per_s * axes[c] / max_speed_mps, -1.0, 1.0));
      }
      action[3] = 0;
    }
    world.step();
  }
}

/// Sum of the rotors' thrusts of all drones.
double thrust_n(const World& world, const Vehicle& vehicle) {
  double sum = 0;
  for (const float speed : world.state("rotor_speed_radps", 4)) {
    sum += static_cast<double>(vehicle.config.thrust_coefficient_n_s2) *
           static_cast<double>(speed) * static_cast<double>(speed);
  }
  return sum;
}

TEST(SlungLoad, AHoveringDroneCarriesItsLoadAndSagsByTheGainOfItsLaw) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const auto drone_kg = static_cast<double>(vehicle.config.mass_kg);
  constexpr double kGain_per_s = 2;
  // from a hundredth of the drone to half of it
  for (const double share : {0.01, 0.3, 0.5}) {
    const double load_kg = share * drone_kg;
    BatchConfig config = flight_with(load_kg, 1, "agent 0");
    // the law feeds the drag forward that the speed asked for would meet
    config.vehicle = Value::Table{{"base", "cf2x"},
                                  {"rotor_drag_b_kg", numbers({0, 0, 0})},
                                  {"body_drag_b_kgpm", numbers({0, 0, 0})}};
    World world(config);
    const D3 target{0, 0, 5};
    // level, so that nothing swings: little damps a swing of 2 m
    world.batch.set_state(0, "position_w_m", std::vector<float>{0, 0, 5});
    world.batch.set_state(0, "quat_wb_xyzw", std::vector<float>{0, 0, 0, 1});
    for (const char* field : {"velocity_w_mps", "omega_b_radps"})
      world.batch.set_state(0, field, std::vector<float>(3));
    world.batch.set_state(0, "prop_position_w_m", std::vector<float>{0, 0, 3});
    hold(world, {target}, kGain_per_s, static_cast<double>(vehicle.gains.max_speed_mps), 60 * 25);
    // the law asks for gain x error of speed, and that for velocity_per_s of it as acceleration
    const double sag_m =
        share * kGravity / (static_cast<double>(vehicle.gains.velocity_per_s.z) * kGain_per_s);
    EXPECT_NEAR(target.z - world.agent(0).z, sag_m, 0.02 * sag_m + 1e-3) << share;
    EXPECT_NEAR(thrust_n(world, vehicle) / ((drone_kg + load_kg) * kGravity), 1, 1e-3) << share;
    EXPECT_NEAR(world.tension_n(0) / (load_kg * kGravity), 1, 2e-3) << share;
    EXPECT_NEAR(static_cast<double>(world.state("cable_tension_n", 1)[0]), world.tension_n(0),
                1e-6);
    EXPECT_NEAR(world.agent(0).z - world.at(0).z, 2, 2e-3) << share;
  }
}

TEST(SlungLoad, TwoDronesCarryOneLoad) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const auto drone_kg = static_cast<double>(vehicle.config.mass_kg);
  const double load_kg = drone_kg;
  World world(flight_with(load_kg, 2, "agents"));
  hold(world, {{-0.6, 0, 5}, {0.6, 0, 5}}, 2, static_cast<double>(vehicle.gains.max_speed_mps),
       60 * 25);
  const std::vector<float> tensions = world.state("cable_tension_n", 1);
  EXPECT_NEAR(world.at(0).x, 0, 0.01);
  EXPECT_NEAR(thrust_n(world, vehicle) / ((2 * drone_kg + load_kg) * kGravity), 1, 0.02);
  // each takes half of the weight over the slope of its cable
  const double half_m = 0.5 * (world.agent(1).x - world.agent(0).x);
  const double slope = std::sqrt(1 - half_m * half_m / 4);
  for (const float tension : tensions) {
    EXPECT_NEAR(static_cast<double>(tension) * slope / (0.5 * load_kg * kGravity), 1, 0.02);
  }
  EXPECT_NEAR(world.tension_n(0), static_cast<double>(tensions[0] + tensions[1]), 1e-5);
}

TEST(SlungLoad, AFrozenDroneHoldsItsLoadAndARemovedOneDropsIt) {
  BatchConfig config = flight_with(0.01, 1, "agent 0");
  config.on_crash = "continue";
  for (const BodyMode mode : {BodyMode::kFrozen, BodyMode::kAbsent}) {
    World world(config);
    world.batch.set_state(0, "velocity_w_mps", std::vector<float>(3));
    world.batch.set_state(0, "body_mode", std::vector<float>{static_cast<float>(mode)});
    const double start_m = world.at(0).z;
    for (int i = 0; i < 60; ++i) world.step();
    const bool held = mode == BodyMode::kFrozen;
    // a second of free fall is 4.9 m
    EXPECT_NEAR(start_m - world.at(0).z, held ? 0 : 0.5 * kGravity, held ? 1e-3 : 0.05);
    EXPECT_NEAR(world.tension_n(0), held ? 0.01 * kGravity : 0, 1e-5);
  }
}

TEST(SlungLoad, ALoadTooHeavyToLiftStaysOnTheGround) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  BatchConfig config = flight_with(0.1, 1, "agent 0");
  config.scene.table()["statics"] =
      Value::Array{Value::Table{{"name", "ground"}, {"kind", "plane"}}};
  World world(config);
  world.batch.set_state(0, "position_w_m", std::vector<float>{0, 0, 1.9F});
  world.batch.set_state(0, "quat_wb_xyzw", std::vector<float>{0, 0, 0, 1});
  for (const char* field : {"velocity_w_mps", "omega_b_radps"})
    world.batch.set_state(0, field, std::vector<float>(3));
  world.batch.set_state(0, "prop_position_w_m", std::vector<float>{0, 0, 0.015F});
  // pulls at a place 2 m above what the cable lets it reach
  hold(world, {{0, 0, 4}}, 1, static_cast<double>(vehicle.gains.max_speed_mps), 60 * 5);
  const double weight_n = 0.1 * kGravity;
  EXPECT_NEAR(world.at(0).z, 0.015, 1e-3);
  EXPECT_NEAR(world.agent(0).z - world.at(0).z, 2, 1e-3);
  EXPECT_GT(world.tension_n(0), 0.05 * weight_n);
  EXPECT_LT(world.tension_n(0), weight_n);
  // what the rotors lift more than the drone weighs is in the cable
  EXPECT_NEAR(thrust_n(world, vehicle) - static_cast<double>(vehicle.config.mass_kg) * kGravity,
              world.tension_n(0), 0.01 * weight_n);
}

// --- resets ---

TEST(SlungLoad, ALoadHangsBelowItsDroneFromTheReset) {
  BatchConfig config;
  config.scene = "slung";
  config.num_worlds = 20;
  Rig rig(config);
  rig.reset(5);
  const std::vector<float> drones = rig.state("position_w_m", 3);
  std::vector<float> loads(60);
  rig.batch.state("prop_position_w_m", loads);
  for (std::size_t w = 0; w < 20; ++w) {
    EXPECT_NEAR(loads[3 * w], drones[3 * w], 0.0125F);
    EXPECT_NEAR(loads[3 * w + 1], drones[3 * w + 1], 0.0125F);
    EXPECT_NEAR(drones[3 * w + 2] - loads[3 * w + 2], 1.015F, 0.005F);
  }
}

TEST(SlungLoad, ALoadThatWouldHangInTheGroundLiesOnIt) {
  BatchConfig config;
  config.scene = Value::Table{{"base", "slung"},
                              {"spawn_low_m", numbers({-1, -1, 0.3})},
                              {"spawn_high_m", numbers({1, 1, 0.4})}};
  Rig rig(config);
  rig.reset(5);
  std::vector<float> load(3);
  rig.batch.state("prop_position_w_m", load);
  EXPECT_NEAR(load[2], 0.015F, 1e-4F);
}

TEST(SlungLoad, ARespawnedDroneGetsItsLoadBack) {
  BatchConfig config;
  config.scene = "slung";
  config.on_crash = "respawn";
  config.action = "rotor";
  config.num_worlds = 8;
  Rig rig(config);
  rig.reset(5);
  int respawns = 0;
  float before = 0;
  for (int step = 0; step < 90; ++step) {
    std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);  // falls
    rig.step();
    const std::vector<float> drones = rig.state("position_w_m", 3);
    std::vector<float> loads(24);
    rig.batch.state("prop_position_w_m", loads);
    if (drones[2] > before + 0.5F) {
      ++respawns;
      EXPECT_NEAR(drones[2] - loads[2], 1.015F, 0.025F);
      EXPECT_NEAR(drones[0], loads[0], 0.0125F);
    }
    before = drones[2];
  }
  EXPECT_GT(respawns, 0);
}

// --- same seed, same bits ---

std::uint64_t hash_of(const BatchConfig& config) {
  Rig rig(config);
  rig.reset(7);
  rig.run(60);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  EXPECT_EQ(rig.batch.stats().audit_failures, 0U);
  return rig.batch.state_hash();
}

TEST(SlungLoad, ModesThreadsAndSlabsDoNotChangeTheBits) {
  const BatchConfig config = slung_crowd();
  const std::uint64_t expected = hash_of(config);
  BatchConfig other = config;
  other.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_of(other), expected);
  other = config;
  other.audit = true;
  EXPECT_EQ(hash_of(other), expected);
  other = config;
  other.num_threads = 2;
  other.slab_agents = 16;
  EXPECT_EQ(hash_of(other), expected);
}

TEST(SlungLoad, ASnapshotInMidSwingGoesOnToTheSameBits) {
  const BatchConfig config = slung_crowd();
  Rig first(config);
  first.reset(7);
  first.run(25);
  Rig second(config);
  second.reset(1);
  second.batch.restore(first.batch.snapshot({}), {});
  first.run(35, 0, 25);
  second.run(35, 0, 25);
  EXPECT_EQ(first.batch.state_hash(), second.batch.state_hash());
}

// --- refusals ---

std::string refusal(const BatchConfig& config) {
  try {
    const Batch batch(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SlungLoad, NeedTheContactSolver) {
  BatchConfig config;
  config.scene = "slung";
  config.contacts = contact::ContactMode::kOff;
  EXPECT_NE(refusal(config).find("scene.cables"), std::string::npos);
  EXPECT_NE(refusal(config).find("contacts"), std::string::npos);
}

TEST(SlungLoad, AgentsThatAreNotThereAreRefused) {
  BatchConfig config = flight_with(0.01, 2, "agent 2");
  EXPECT_NE(refusal(config).find("scene.cables[0].a = \"agent 2\""), std::string::npos);
  EXPECT_NE(refusal(config).find("[0, 1]"), std::string::npos);
}

TEST(SlungLoad, EndsFarOutsideOfTheirBodyAreRefused) {
  BatchConfig config = flight_with(0.01, 1, "agent 0");
  config.scene.table()["cables"] =
      Value::Array{cable("agent 0", "load", 0.5, {{"attach_b_b_m", numbers({0, 3, 0})}})};
  EXPECT_NE(refusal(config).find("scene.cables[0].attach_b_b_m: 3.0"), std::string::npos)
      << refusal(config);
  config.scene.table()["cables"] =
      Value::Array{cable("world", "load", 0.5, {{"attach_b_b_m", numbers({0, 3, 0})}})};
  EXPECT_NE(refusal(config).find("scene.cables[0].attach_b_b_m: 3.0"), std::string::npos);
}

}  // namespace
}  // namespace volery::test
