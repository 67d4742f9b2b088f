// Worlds whose agents are of several types: each flies as it does among its own kind.
#include <gtest/gtest.h>

#include <cmath>

#include "core/hash.hpp"
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

constexpr Mix kMixes[] = {{"cf2x", "racer", "rotor"},      {"cf2x", "racer", "ctbr"},
                          {"cf2x", "racer", "attitude"},   {"cf2x", "racer", "velocity"},
                          {"cf2x", "racer", "position"},   {"x500", "firefly", "ctbr"},
                          {"x500", "firefly", "velocity"}, {"cf2x", "firefly", "position"}};

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

}  // namespace
}  // namespace volery
