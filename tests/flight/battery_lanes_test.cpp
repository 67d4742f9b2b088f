// The battery against its equations.
#include "flight/battery_lanes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/flight/effect_fleet.hpp"

namespace volery {
namespace {

using flight::FlightConfig;

FlightConfig powered() {
  FlightConfig config = bare_flight();
  config.gravity_mps2 = 0;
  config.battery = true;
  return config;
}

/// Power at the terminals by the vehicle file's law, all rotors at the same speed.
double power_w(const VehicleConfig& c, double speed) {
  const double thrust = 4 * static_cast<double>(c.thrust_coefficient_n_s2) * speed * speed;
  return c.battery.idle_power_w + c.battery.power_per_thrust_wpn * thrust +
         c.battery.power_per_shaft_power * thrust * c.torque_to_thrust_m * speed;
}

TEST(Battery, SagIsCurrentTimesResistance) {
  VehicleConfig vehicle = with_battery(test_vehicle());
  vehicle.battery.rc_resistance_ohm = 0;
  EffectFleet f(vehicle, powered(), 16);
  for (int i = 0; i < 16; ++i) {
    f.fleet.set_commands(i, 100.0F * static_cast<float>(i));
    f.at(i, f.rows.battery) = 0.3F + 0.04F * static_cast<float>(i);
  }
  f.step();
  for (int i = 0; i < 16; ++i) {
    const double current = f.battery(i, flight::kBatteryCurrent);
    const double voltage = f.battery(i, flight::kBatteryVoltage);
    const double open = open_circuit_v(vehicle.battery, 0.3F + 0.04F * static_cast<float>(i));
    // voltages are sums of ten hinges in float32
    EXPECT_NEAR(open - voltage, current * vehicle.battery.resistance_ohm, 5e-6) << i;
    EXPECT_NEAR(voltage * current, power_w(vehicle, 100.0 * i), 2e-5) << i;
    EXPECT_GT(current, 0) << i;
  }
}

TEST(Battery, ChargeAndEnergyBalanceTheirIntegrals) {
  const VehicleConfig vehicle = with_battery(test_vehicle());
  EffectFleet f(vehicle, powered(), 1);
  double charge_as = 0, energy_j = 0, heat_j = 0, stored_j = 0, last_soc = 1;
  const double dt = kStep_s;
  for (int step = 0; step < 240 * 60; ++step) {
    // all kinds of loads
    if (step % 100 == 0)
      f.fleet.set_commands(0, 800 + 100.0F * static_cast<float>(step / 100 % 13));
    const double rc_v = f.battery(0, flight::kBatteryRcVoltage);
    f.step();
    const double current = f.battery(0, flight::kBatteryCurrent);
    const double soc = f.battery(0, flight::kBatterySoc);
    charge_as += current * dt;
    energy_j += power_w(vehicle, f.speed(0, 0)) * dt;
    heat_j += (current * vehicle.battery.resistance_ohm + rc_v) * current * dt;
    stored_j += open_circuit_v(vehicle.battery, static_cast<float>(last_soc)) * current * dt;
    last_soc = soc;
  }
  const double used = 1 - last_soc;
  EXPECT_GT(used, 0.1);
  // 14400 steps of 1e-5 would be lost by the percent without the residual
  EXPECT_NEAR(used * 3600 * vehicle.battery.capacity_ah, charge_as, 1e-5 * charge_as);
  EXPECT_NEAR(f.battery(0, flight::kBatteryEnergy), energy_j, 1e-5 * energy_j);
  // what left the cell arrived at the terminals or became heat
  EXPECT_NEAR(stored_j, energy_j + heat_j, 1e-5 * stored_j);
}

TEST(Battery, TheSlowBranchFollowsItsExponential) {
  VehicleConfig vehicle = with_battery(test_vehicle());
  EffectFleet f(vehicle, powered(), 1);
  f.fleet.set_commands(0, 1500);
  f.step();
  double rc_v = 0;
  const double share = 1 - std::exp(-static_cast<double>(kStep_s) / vehicle.battery.rc_time_s);
  rc_v += share * vehicle.battery.rc_resistance_ohm * f.battery(0, flight::kBatteryCurrent);
  for (int step = 0; step < 2400; ++step) {
    f.step();
    rc_v +=
        share * (vehicle.battery.rc_resistance_ohm * f.battery(0, flight::kBatteryCurrent) - rc_v);
    ASSERT_NEAR(f.battery(0, flight::kBatteryRcVoltage), rc_v, 1e-6);
  }
  // after two time constants it carries most of its share of the current
  EXPECT_GT(rc_v, 0.85 * vehicle.battery.rc_resistance_ohm * f.battery(0, flight::kBatteryCurrent));
}

TEST(Battery, TheCrazyflieHoversForSevenMinutes) {
  FlightConfig config = powered();
  config.motor_lag = true;
  const float step_s = 0.02F;
  EffectFleet f(load_vehicle("cf2x").config, config, 1, step_s);
  f.spin(0, f.vehicle.hover_speed_radps);
  int steps = 0;
  while (f.speed(0, 0) > 0.999F * f.vehicle.hover_speed_radps && steps < 100000) {
    f.step();
    ++steps;
  }
  // 0.96 W + 0.237 W/g at 27 g from 0.25 A h at 2.8 to 4.1 V: 7.3; Bitcraze says 7
  const double minutes = steps * static_cast<double>(step_s) / 60;
  EXPECT_NEAR(minutes, 7.3, 0.2);
}

TEST(Battery, SagLimitsTheRotorSpeed) {
  VehicleConfig vehicle = with_battery(test_vehicle());
  vehicle.battery.speed_per_volt_radpspv = 450;
  EffectFleet f(vehicle, powered(), 1);
  f.fleet.set_commands(0, 2400);
  f.step(10);
  const double voltage = f.battery(0, flight::kBatteryVoltage);
  f.step();
  EXPECT_LT(voltage, 3.9);
  EXPECT_NEAR(f.speed(0, 0), 300 + 450 * voltage, 1e-3);
  // less than the command, more than at half the voltage
  EXPECT_LT(f.speed(0, 0), 2100);
}

TEST(Battery, AnOverloadDrawsNoMoreThanThePackCanGive) {
  VehicleConfig vehicle = with_battery(test_vehicle());
  vehicle.battery.resistance_ohm = 2;
  vehicle.battery.rc_resistance_ohm = 0;
  vehicle.battery.power_per_thrust_wpn = 1000;
  EffectFleet f(vehicle, powered(), 1);
  f.spin(0, 1500);
  f.step();
  // at most E / 2R, where half the voltage is left
  EXPECT_NEAR(f.battery(0, flight::kBatteryCurrent), 4.2 / 4, 1e-4);
  EXPECT_NEAR(f.battery(0, flight::kBatteryVoltage), 2.1, 1e-4);
}

TEST(Battery, AnEmptyOneLetsTheMotorsFadeAndTheVehicleFall) {
  const VehicleConfig vehicle = with_battery(test_vehicle());
  FlightConfig config;
  config.battery = true;
  config.battery_soc = 0.021F;
  config.body_drag = config.rotor_drag = false;
  EffectFleet f(vehicle, config, 1);
  f.spin(0, f.vehicle.hover_speed_radps);
  float last = f.vehicle.hover_speed_radps * 1.001F;
  for (int second = 0; second < 120; ++second) {
    f.step(240);
    EXPECT_LE(f.speed(0, 0), last) << second;
    last = f.speed(0, 0);
  }
  EXPECT_LT(last, 0.2F * f.vehicle.hover_speed_radps);
  EXPECT_LT(f.at(0, kVelocity + 2), -100);
  // no charge at all: nothing is drawn, nothing turns, nothing is counted
  f.at(0, f.rows.battery + flight::kBatterySoc) = 0;
  f.step(480);
  const float energy_j = f.battery(0, flight::kBatteryEnergy);
  f.step(240);
  EXPECT_EQ(f.battery(0, flight::kBatterySoc), 0);
  EXPECT_EQ(f.battery(0, flight::kBatteryCurrent), 0);
  EXPECT_EQ(f.battery(0, flight::kBatteryEnergy), energy_j);
  EXPECT_NEAR(f.speed(0, 0), 0, 1e-3);
  for (int r = 0; r < f.table.num_rows(); ++r) EXPECT_TRUE(std::isfinite(f.at(0, r))) << r;
}

TEST(Battery, StartsWithTheChargeOfTheConfig) {
  const VehicleConfig vehicle = with_battery(test_vehicle());
  FlightConfig config = powered();
  config.battery_soc = 0.55F;
  const EffectFleet f(vehicle, config, 1);
  EXPECT_EQ(f.battery(0, flight::kBatterySoc), 0.55F);
  EXPECT_FLOAT_EQ(f.battery(0, flight::kBatteryVoltage), 3.94F);
}

}  // namespace
}  // namespace volery
