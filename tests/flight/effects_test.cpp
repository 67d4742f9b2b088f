// Which rows the optional effects declare, and what is refused.
#include "flight/effects.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/flight/fleet.hpp"

namespace volery {
namespace {

using flight::EffectRows;
using flight::FlightConfig;

constexpr flight::StepTimes kTimes{kStep_s, 1.0F / 30};

EffectRows declared(const FlightConfig& config, const Vehicle& vehicle, FieldTable& table) {
  declare_rigid_fields(table);
  declare_flight_fields(table, vehicle.num_rotors);
  return flight::declare_effect_fields(table, config, {&vehicle, 1}, kTimes);
}

/// What declaring says, or "" where it works.
std::string refusal(const std::function<void(FlightConfig&)>& change,
                    const Vehicle& vehicle = load_vehicle("cf2x")) {
  FlightConfig config;
  change(config);
  FieldTable table;
  try {
    (void)declared(config, vehicle, table);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    return error.what();
  }
}

/// What loading a config from values says.
std::string load_error(const Value& table) {
  FlightConfig config;
  try {
    load(config, table, "flight");
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Effects, AreAllOffByDefaultAndThenHaveNoRows) {
  const Vehicle vehicle(test_vehicle());
  FieldTable table;
  const EffectRows rows = declared({}, vehicle, table);
  EXPECT_FALSE(rows.any());
  EXPECT_EQ(table.num_rows(), kRotorRows + 2 * vehicle.num_rotors);
}

TEST(Effects, DeclareTheirRowsWhereTheyAreOn) {
  const Vehicle vehicle = load_vehicle("cf2x");
  FlightConfig config;
  config.wind = config.downwash = config.ceiling_effect = config.battery = true;
  config.rotor_faults = config.disturbance.enabled = true;
  config.command_delay_s = 3 * kStep_s;
  FieldTable table;
  const EffectRows rows = declared(config, vehicle, table);
  const auto expect = [&](const char* name, int row, int width) {
    EXPECT_EQ(table.find(name).row, row) << name;
    EXPECT_EQ(table.find(name).width, width) << name;
  };
  expect("wind_w_mps", rows.wind, 3);
  expect("downwash_w_mps", rows.downwash, 1);
  expect("ceiling_height_w_m", rows.ceiling, 1);
  expect("rotor_effectiveness", rows.effectiveness, 4);
  expect("rotor_command_delayed_radps", rows.delay, 12);
  expect("disturbance_force_w_n", rows.force, 3);
  expect("disturbance_torque_b_nm", rows.torque, 3);
  expect("battery_soc", rows.battery, 1);
  expect("battery_energy_residual_j", rows.battery + flight::kNumBatteryRows - 1, 1);
  EXPECT_EQ(rows.num_delayed, 3);
}

TEST(Effects, ADelayIsTheNearestWholeNumberOfSubsteps) {
  const Vehicle vehicle(test_vehicle());
  for (const auto& [delay_s, substeps] : {std::pair{0.001F, 0}, {0.0025F, 1}, {0.01F, 2}}) {
    FieldTable table;
    FlightConfig config;
    config.command_delay_s = delay_s;
    EXPECT_EQ(declared(config, vehicle, table).num_delayed, substeps) << delay_s;
  }
  EXPECT_EQ(refusal([](FlightConfig& c) { c.command_delay_s = 0.5F; }),
            "flight.command_delay_s = 0.5: is 120 substeps of 0.004166666883975267 s; must be at "
            "most 32");
}

TEST(Effects, RefuseWhatTheVehicleLacks) {
  const Vehicle without(test_vehicle());
  const std::string error = refusal([](FlightConfig& c) { c.battery = true; }, without);
  EXPECT_EQ(error.find("flight.battery = true: vehicle 'test' has no battery"), 0U) << error;
  EXPECT_EQ(refusal([](FlightConfig& c) {
              c.faults.resize(1);
              c.faults[0].rotor = 4;
            }),
            "flight.faults[0].rotor = 4: vehicles have rotors 0 to 3 (-1: all)");
}

TEST(Effects, RefuseValuesOutOfRange) {
  EXPECT_EQ(load_error(Value::Table{{"battery_soc", 1.5}}),
            "flight.battery_soc = 1.5: must be in [0, 1]");
  EXPECT_EQ(load_error(Value::Table{{"command_delay_s", -0.01}}),
            "flight.command_delay_s = -0.01: must be in [0, 1] s");
  EXPECT_EQ(load_error(Value::Table{{"disturbance", Value::Table{{"force_std_n", -1.0}}}}),
            "flight.disturbance.force_std_n = -1.0: must be in [0, 10000] N");
  const Value fault = Value::Table{{"effectiveness", 2.0}};
  EXPECT_EQ(load_error(Value::Table{{"faults", Value::Array{fault}}}),
            "flight.faults[0].effectiveness = 2.0: must be in [0, 1]");
  EXPECT_EQ(load_error(Value::Table{{"ceiling", true}}),
            "flight.ceiling: unknown key (did you mean 'ceiling_effect'?)");
}

TEST(Effects, TheForceLimitHoldsWhatTheConfigAsksFor) {
  const Vehicle vehicle(test_vehicle());
  const float weight_n = vehicle.config.mass_kg * kGravityMps2;
  flight::DisturbanceConfig config;
  EXPECT_FLOAT_EQ(force_limit_n(config, {&vehicle, 1}, 0.1F), 2 * weight_n);
  config.force_w_n = {0, -1, 0};
  config.force_std_n = 0.1F;
  config.impulses.resize(1);
  config.impulses[0].force_w_ns = {0, 0.02F, 0};
  EXPECT_FLOAT_EQ(force_limit_n(config, {&vehicle, 1}, 0.1F), 1 + 0.59F + 0.2F);
}

}  // namespace
}  // namespace volery
