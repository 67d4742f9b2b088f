// Worlds whose agents are of several types: each flies as it does among its own kind.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/hash.hpp"
#include "core/isa.hpp"
#include "tests/batch/rig.hpp"
#include "volery/policy.hpp"

namespace volery {
namespace {

using test::Rig;

const Value kMixed = Value(Value::Array{"cf2x", "racer"});

BatchConfig air(const Value& vehicle, const char* action, int num_agents = 6) {
  BatchConfig config;
  config.vehicle = vehicle;
  config.num_worlds = 5;
  config.num_agents = num_agents;
  config.action = action;
  config.on_crash = "continue";
  config.scene = Value::Table{{"base", "empty"},
                              {"spawn_low_m", Value::Array{-20.0, -20.0, 20.0}},
                              {"spawn_high_m", Value::Array{20.0, 20.0, 40.0}}};
  config.task_config = Value::Table{{"start", Value::Table{{"separation_m", 5.0}}}};
  return config;
}

// A cf2x alone has the shorter kernel for drag that is equal along x and y, beside a racer the
// general one: a few units in the last place per substep, which a second of flight grows.
constexpr float kSameFlightM = 2e-4F;

// Two types and an action level; the second one has rotors that the first lacks, or as many.
struct Mix {
  const char* small;
  const char* large;
  const char* action;
};

class FleetFlight : public testing::TestWithParam<Mix> {};

TEST_P(FleetFlight, EachTypeFliesAsAmongItsOwnKind) {
  const Mix& mix = GetParam();
  Rig mixed(air(Value(Value::Array{mix.small, mix.large}), mix.action));
  Rig small(air(mix.small, mix.action));
  Rig large(air(mix.large, mix.action));
  for (Rig* rig : {&mixed, &small, &large}) rig->reset(3);
  // the separation keeps them apart: the same places in all three
  ASSERT_EQ(mixed.state("position_w_m", 3), large.state("position_w_m", 3));
  for (int i = 0; i < 30; ++i) {
    for (Rig* rig : {&mixed, &small, &large}) {
      rig->draw_actions(5, i, 0.2F, 0.3F);
      rig->step();
    }
  }
  const auto position = mixed.state("position_w_m", 3);
  const auto as_small = small.state("position_w_m", 3);
  const auto as_large = large.state("position_w_m", 3);
  float apart = 0;
  for (std::size_t i = 0; i < position.size(); ++i) {
    const bool is_large = i / 3 % 6 % 2 == 1;
    EXPECT_NEAR(position[i], is_large ? as_large[i] : as_small[i], kSameFlightM) << i;
    apart = std::max(apart, std::fabs(as_large[i] - as_small[i]));
  }
  EXPECT_GT(apart, 0.01F) << "the types must differ for this to mean anything";
}

constexpr Mix kMixes[] = {{"cf2x", "racer", "rotor"},       {"cf2x", "racer", "ctbr"},
                          {"cf2x", "racer", "attitude"},    {"cf2x", "racer", "velocity"},
                          {"cf2x", "racer", "position"},    {"x500", "firefly", "ctbr"},
                          {"x500", "firefly", "velocity"},  {"cf2x", "firefly", "position"},
                          {"cf2x", "particle", "velocity"}, {"particle", "firefly", "position"}};

INSTANTIATE_TEST_SUITE_P(Mixes, FleetFlight, testing::ValuesIn(kMixes), [](const auto& test) {
  return std::string(test.param.small) + "_" + test.param.large + "_" + test.param.action;
});

BatchConfig crash_rich() {
  BatchConfig config = test::crowd(12, 8);
  config.vehicle = kMixed;
  config.task_config = Value::Table{};
  return config;
}

std::uint64_t hash_after(const BatchConfig& config) {
  Rig rig(config);
  rig.reset(11);
  rig.run(60);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  EXPECT_EQ(rig.batch.stats().audit_failures, 0);
  return rig.batch.state_hash();
}

TEST(FleetContacts, CulledThreadsAndSlabsGiveTheBitsOfAll) {
  BatchConfig config = crash_rich();
  const std::uint64_t culled = hash_after(config);
  config.audit = true;
  EXPECT_EQ(hash_after(config), culled) << "audited";
  config.audit = false;
  config.num_threads = 2;
  EXPECT_EQ(hash_after(config), culled) << "2 threads";
  config.slab_agents = 8;
  EXPECT_EQ(hash_after(config), culled) << "one world per slab";
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled) << "all pairs";
}

TEST(FleetContacts, EachTypeRestsOnItsOwnShape) {
  BatchConfig config = air(kMixed, "rotor", 4);
  config.scene = Value::Table{{"base", "empty"},
                              {"spawn_low_m", Value::Array{-8.0, -8.0, 0.3}},
                              {"spawn_high_m", Value::Array{8.0, 8.0, 0.6}}};
  config.task_config = Value::Table{{"start", Value::Table{{"separation_m", 2.0},
                                                           {"attitude_rad", 0.0},
                                                           {"velocity_mps", 0.0},
                                                           {"rates_radps", 0.0}}}};
  Rig rig(config);
  rig.reset(1);
  std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);
  for (int i = 0; i < 90; ++i) rig.step();
  const Vehicle small = load_vehicle("cf2x");
  const Vehicle large = load_vehicle("racer");
  const auto position = rig.state("position_w_m", 3);
  for (std::size_t row = 0; row < position.size() / 3; ++row) {
    const VehicleConfig& type = (row % 4 % 2 == 0 ? small : large).config;
    const float rest_m = 0.5F * type.collision.size_m[2] - type.collision.offset_b_m[2];
    constexpr float kRestM = 1e-3F;  // what DESIGN allows a dropped drone to be off
    EXPECT_NEAR(position[3 * row + 2], rest_m, kRestM) << row;
  }
}

TEST(FleetState, SnapshotContinuesExactlyInAnotherWidth) {
  BatchConfig config = crash_rich();
  Rig rig(config);
  rig.reset(2);
  rig.run(20);
  const auto bytes = rig.batch.snapshot({});
  config.num_threads = 2;
  Rig other(config);
  other.reset(9);
  other.batch.restore(bytes, {});
  rig.run(20, 0, 20);
  other.run(20, 0, 20);
  EXPECT_EQ(rig.batch.state_hash(), other.batch.state_hash());
}

TEST(FleetState, TypesAreReadable) {
  Rig rig(air(kMixed, "rotor", 3));
  rig.reset(0);
  EXPECT_EQ(rig.state("vehicle_type", 1)[1], 1);
  EXPECT_EQ(rig.state("vehicle_type", 1)[2], 0);
  EXPECT_NEAR(rig.state("vehicle_hover_speed_radps", 1)[1], load_vehicle("racer").hover_speed_radps,
              1e-3F);
}

TEST(FleetBaseline, EveryTypeHoversAtItsGoal) {
  BatchConfig config = air(kMixed, "ctbr", 6);
  Rig rig(config);
  const std::unique_ptr<Policy> policy = rig.batch.policy("");
  const Layout& layout = rig.batch.layout();
  rig.reset(0);
  for (int i = 0; i < 200; ++i) {
    policy->act(rig.observation.data(), layout.observation_size(), rig.actions.data(),
                layout.action_size(), static_cast<int>(layout.num_rows()), 1,
                static_cast<std::uint32_t>(i));
    rig.step();
  }
  const auto position = rig.state("position_w_m", 3);
  const auto goal = rig.state("goal_w_m", 3);
  constexpr float kAtGoalM = 0.1F;
  for (std::size_t i = 0; i < position.size(); ++i) EXPECT_NEAR(position[i], goal[i], kAtGoalM);
}

// --- drones, rovers and particles in one world --------------------------------------------------

const Value kAirAndGround = Value(Value::Array{"cf2x", "rover", "particle"});

// A room full of all three, which fall, drive and fly into each other.
BatchConfig mixed_crowd() {
  BatchConfig config = test::crowd(10, 12);
  config.vehicle = kAirAndGround;
  config.action = "velocity";
  return config;
}

TEST(AirAndGround, CulledThreadsSlabsAndInstructionSetsGiveTheBitsOfAll) {
  BatchConfig config = mixed_crowd();
  const std::uint64_t culled = hash_after(config);
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    EXPECT_EQ(hash_after(config), culled) << isa;
  }
  limit_isa("auto");
  config.audit = true;
  EXPECT_EQ(hash_after(config), culled) << "audited";
  config.audit = false;
  config.num_threads = 2;
  EXPECT_EQ(hash_after(config), culled) << "2 threads";
  config.slab_agents = 12;
  EXPECT_EQ(hash_after(config), culled) << "one world per slab";
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled) << "all pairs";
}

TEST(AirAndGround, EverySceneGivesTheBitsOfAll) {
  for (const std::string& scene : scene_names()) {
    BatchConfig config = mixed_crowd();
    config.num_worlds = 4;
    config.vehicle = Value::Array{Value::Table{{"base", "rover"}, {"speed_limit_mps", 2.0}},
                                  "particle", "rover", "cf2x"};
    config.scene = scene;
    // made for four pushers: give it room for all
    if (scene == "push") {
      config.scene = Value::Table{{"base", scene},
                                  {"spawn_low_m", Value::Array{-3.0, -3.0, 0.5}},
                                  {"spawn_high_m", Value::Array{3.0, 3.0, 2.0}}};
    }
    config.audit = true;
    const std::uint64_t culled = hash_after(config);
    config.audit = false;
    config.contacts = contact::ContactMode::kAll;
    EXPECT_EQ(hash_after(config), culled) << scene;
  }
}

TEST(AirAndGround, FleetsOfOneKindGiveTheBitsOfAll) {
  for (const char* name : {"rover", "particle"}) {
    BatchConfig config = mixed_crowd();
    // fast ones, so that they meet
    config.vehicle = Value::Table{{"base", name}, {"speed_limit_mps", 3.0}};
    const std::uint64_t culled = hash_after(config);
    config.contacts = contact::ContactMode::kAll;
    EXPECT_EQ(hash_after(config), culled) << name;
  }
}

// Kept from a Release build, as in determinism_test.cpp.
TEST(AirAndGround, EveryBuildGivesTheKeptBits) {
  EXPECT_EQ(hash_after(mixed_crowd()), 0x5fda1d8dfd8d5d4cULL);
}

TEST(AirAndGround, SnapshotContinuesExactly) {
  const BatchConfig config = mixed_crowd();
  Rig rig(config);
  rig.reset(2);
  rig.run(20);
  const auto bytes = rig.batch.snapshot({});
  Rig other(config);
  other.reset(9);
  other.batch.restore(bytes, {});
  rig.run(20, 0, 20);
  other.run(20, 0, 20);
  EXPECT_EQ(rig.batch.state_hash(), other.batch.state_hash());
}

TEST(AirAndGround, EveryTaskAndSensorStaysFinite) {
  for (const std::string& task : task_names()) {
    // hunters have to be faster than a rover is, pushers start where rotors would touch, and a
    // dozen rovers have no room around one load
    if (task == "pursuit" || task.starts_with("transport")) continue;
    BatchConfig config = mixed_crowd();
    config.task = task;
    config.num_worlds = 3;
    config.on_crash = "respawn";
    config.sensors = sensor_names();
    config.radio = "disc";
    std::erase(config.sensors, "estimate");
    config.sensor_config = Value::Table{{"fields", Value::Table{{"names", Value::Array{"alive"}}}}};
    if (task == "hover") std::erase(config.sensors, "neighbors");
    // these two show what a task may not have
    BatchConfig alone;
    alone.task = task;
    const Batch plain(alone);
    for (const char* name : {"goal", "task"}) {
      const auto& groups = plain.layout().groups;
      if (std::none_of(groups.begin(), groups.end(),
                       [&](const Group& g) { return g.name == name; }))
        std::erase(config.sensors, name);
    }
    config.flight.battery = true;
    config.flight.downwash = true;
    config.flight.ceiling_effect = true;
    config.flight.axial_inflow = true;
    config.flight.rotor_faults = true;
    config.flight.command_delay_s = 0.02F;
    config.flight.command_levels = 1000;
    config.flight.disturbance.enabled = true;
    config.flight.disturbance.force_std_n = 0.02F;
    config.wind.mean_w_mps = {2, 1, 0};
    Rig rig(config);
    rig.reset(4);
    const std::unique_ptr<Policy> policy = rig.batch.policy("");
    const Layout& layout = rig.batch.layout();
    for (int i = 0; i < 90; ++i) {
      policy->act(rig.observation.data(), layout.observation_size(), rig.actions.data(),
                  layout.action_size(), static_cast<int>(layout.num_rows()), 1,
                  static_cast<std::uint32_t>(i));
      rig.step();
      for (const float value : rig.observation) ASSERT_TRUE(std::isfinite(value)) << task;
      for (const float value : rig.reward) ASSERT_TRUE(std::isfinite(value)) << task;
    }
    EXPECT_EQ(rig.batch.stats().diverged_worlds, 0U) << task;
  }
}

TEST(AirAndGround, CulledEqualsAllUnderEveryEffect) {
  BatchConfig config = mixed_crowd();
  config.flight.disturbance.enabled = true;
  config.flight.disturbance.force_std_n = 1;
  config.wind.mean_w_mps = {3, 0, 0};
  config.audit = true;
  const std::uint64_t culled = hash_after(config);
  config.audit = false;
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled);
}

TEST(AirAndGround, BodiesWithoutRotorsMakeNoEffort) {
  BatchConfig config = mixed_crowd();
  config.task = "hover";
  Rig rig(config);
  rig.reset(1);
  rig.run(5);
  const std::vector<TermSpec>& terms = rig.batch.layout().reward_terms;
  const auto effort = static_cast<std::size_t>(
      std::find_if(terms.begin(), terms.end(),
                   [](const TermSpec& term) { return term.name == "effort"; }) -
      terms.begin());
  for (std::size_t agent = 0; agent < 12; ++agent) {
    const float cost = rig.reward_terms[agent * terms.size() + effort];
    if (agent % 3 == 0) {
      EXPECT_LT(cost, 0) << agent;
    } else {
      EXPECT_EQ(cost, 0) << agent;
    }
  }
}

std::string refusal(const BatchConfig& config) {
  try {
    const Batch batch(config);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    return error.what();
  }
  return "built";
}

TEST(AirAndGround, LevelsThatABodyCannotTakeAreRefused) {
  BatchConfig config = mixed_crowd();
  config.action = "ctbr";
  EXPECT_EQ(refusal(config),
            "config.action = \"ctbr\": vehicle 'rover' is a rover, which cannot take it; levels of "
            "a rover: drive, position, velocity");
  config.vehicle = "particle";
  config.action = "drive";
  EXPECT_EQ(refusal(config),
            "config.action = \"drive\": vehicle 'particle' is a particle, which cannot take it; "
            "levels of a particle: acceleration, position, velocity");
  config.vehicle = "cf2x";
  config.action = "acceleration";
  EXPECT_EQ(refusal(config),
            "config.action = \"acceleration\": vehicle 'cf2x' is a rotorcraft, which cannot take "
            "it; levels of a rotorcraft: attitude, ctbr, indi, lee, lqr, mellinger, pid, position, "
            "rotor, velocity");
}

TEST(AirAndGround, RoversWithoutContactsAreRefused) {
  BatchConfig config = mixed_crowd();
  config.contacts = contact::ContactMode::kOff;
  EXPECT_EQ(refusal(config),
            "config.contacts = \"off\": a rover stands and drives on contacts; must be culled or "
            "all");
  config.vehicle = Value::Array{"cf2x", "particle"};
  EXPECT_EQ(refusal(config), "built");
}

TEST(AirAndGround, ABatteryOfNobodyIsRefused) {
  BatchConfig config = mixed_crowd();
  config.vehicle = "rover";
  config.flight.battery = true;
  EXPECT_EQ(refusal(config),
            "flight.battery = true: no vehicle of the fleet is a rotorcraft; rovers and particles "
            "have no battery");
}

TEST(AirAndGround, TheControlLawIsOfThoseThatFly) {
  BatchConfig config = mixed_crowd();
  config.controller = "pid";
  EXPECT_EQ(refusal(config), "built");
  config.controller = "pdi";
  EXPECT_NE(refusal(config).find("no such control law"), std::string::npos);
}

}  // namespace
}  // namespace volery
