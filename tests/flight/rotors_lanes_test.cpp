#include "flight/rotors_lanes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/flight/fleet.hpp"

namespace volery {
namespace {

using flight::FlightConfig;
using flight::FlightParams;

// a few roundings of float32 in a factor
constexpr double kFewRoundings = 5e-7;

TEST(Rotor, HoverThrustEqualsWeight) {
  const Vehicle vehicle(test_vehicle());
  const FlightParams params(vehicle, {}, kStep_s);
  Fleet fleet(1);
  fleet.set_commands(0, vehicle.hover_speed_radps);
  fleet.set_speeds(0, vehicle.hover_speed_radps);
  fleet.step(params, 10 * 240);
  // thrust and weight round apart by up to 4 * 2^-24 of g, for 10 s
  constexpr float kDrift_mps = 10 * kGravityMps2 * 4 / 16777216.0F;
  EXPECT_NEAR(fleet.blocks.at(0, kVelocity + 2), 0, kDrift_mps);
  EXPECT_NEAR(fleet.blocks.at(0, kPosition + 2), 100, 10 * kDrift_mps);
  // nothing turns it or pushes it aside
  EXPECT_NEAR(fleet.blocks.at(0, kPosition), 0, 10 * kDrift_mps);
  for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(fleet.blocks.at(0, kOmega + axis), 0, 1e-5F);
}

TEST(Rotor, SpeedFollowsTheAnalyticExponential) {
  const VehicleConfig config = test_vehicle();
  const FlightParams params(Vehicle{config}, {}, kStep_s);
  Fleet fleet(2);
  // body 0 speeds up, body 1 slows down
  const double start[] = {500, 2000}, command[] = {1800, 300};
  for (int i = 0; i < 2; ++i) {
    fleet.set_commands(i, static_cast<float>(command[i]));
    fleet.set_speeds(i, static_cast<float>(start[i]));
  }
  const double constant_s[] = {config.motor_rise_s, config.motor_fall_s};
  for (int step = 1; step <= 120; ++step) {
    fleet.step(params);
    const double time_s = step * static_cast<double>(kStep_s);
    for (int i = 0; i < 2; ++i) {
      const double exact = command[i] + (start[i] - command[i]) * std::exp(-time_s / constant_s[i]);
      // the errors of 120 steps of a decaying difference
      EXPECT_NEAR(fleet.blocks.at(i, kRotorRows + 4), exact, 2000 * kFewRoundings * 4);
    }
  }
}

TEST(Rotor, SpeedEqualsTheCommandWithoutLag) {
  FlightConfig config;
  config.motor_lag = false;
  Fleet fleet(1);
  fleet.set_commands(0, 1234);
  fleet.step(FlightParams(Vehicle(test_vehicle()), config, kStep_s));
  EXPECT_FLOAT_EQ(fleet.blocks.at(0, kRotorRows + 4), 1234);
}

TEST(Rotor, StopsWhenTheMotorsAreOff) {
  const FlightParams params(Vehicle(test_vehicle()), {}, kStep_s);
  Fleet fleet(2);
  for (int i = 0; i < 2; ++i) {
    fleet.set_commands(i, 1500);
    fleet.set_speeds(i, 1500);
  }
  fleet.blocks.at(1, kMotorsOn) = 0;
  fleet.step(params, 240);
  EXPECT_FLOAT_EQ(fleet.blocks.at(0, kRotorRows + 4), 1500);
  // exp(-1 s / 0.08 s)
  EXPECT_NEAR(fleet.blocks.at(1, kRotorRows + 4), 1500 * 3.7e-6, 1e-3);
}

TEST(Rotor, ThrustAndTorqueEqualTheirFormulas) {
  const VehicleConfig config = test_vehicle();
  const FlightParams params(Vehicle{config}, bare_flight(), kStep_s);
  // one rotor per body
  Fleet fleet(4);
  const float speed = 1500;
  for (int i = 0; i < 4; ++i) fleet.blocks.at(i, kRotorRows + i) = speed;
  fleet.step(params);
  for (int i = 0; i < 4; ++i) {
    const RotorSpec& rotor = config.rotors[static_cast<std::size_t>(i)];
    const double thrust_n = static_cast<double>(config.thrust_coefficient_n_s2) * speed * speed;
    const double dt = kStep_s;
    const auto near = [](double exact) { return std::abs(exact) * kFewRoundings; };
    const double climb = dt * (thrust_n / config.mass_kg - kGravityMps2);
    EXPECT_NEAR(fleet.blocks.at(i, kVelocity + 2), climb, near(dt * 20));
    // torque = lever x thrust; the drag of a rotor turns the body the other way
    const double roll = dt * thrust_n * rotor.position_b_m[1] / config.inertia_b_kgm2[0];
    const double pitch = -dt * thrust_n * rotor.position_b_m[0] / config.inertia_b_kgm2[1];
    const double yaw =
        -dt * thrust_n * config.torque_to_thrust_m * rotor.spin / config.inertia_b_kgm2[2];
    EXPECT_NEAR(fleet.blocks.at(i, kOmega), roll, near(roll));
    EXPECT_NEAR(fleet.blocks.at(i, kOmega + 1), pitch, near(pitch));
    EXPECT_NEAR(fleet.blocks.at(i, kOmega + 2), yaw, near(yaw));
  }
}

TEST(Rotor, SpinUpKeepsTheAngularMomentumOfBodyAndRotors) {
  VehicleConfig config = test_vehicle();
  config.torque_to_thrust_m = 1e-5F;  // next to no torque from the air
  FlightConfig flight = bare_flight();
  flight.motor_lag = true;
  flight.gyroscopic = true;
  const FlightParams params(Vehicle{config}, flight, kStep_s);
  Fleet fleet(1);
  fleet.set_counter_clockwise(0, kRotorRows, 2000);
  for (int step = 0; step < 60; ++step) {
    fleet.step(params);
    const double body =
        static_cast<double>(config.inertia_b_kgm2[2]) * fleet.blocks.at(0, kOmega + 2);
    const double rotors = 2.0 * config.rotor_inertia_kgm2 * fleet.blocks.at(0, kRotorRows + 4);
    // what the drag torque of 1e-5 m adds stays below 1 % of the rotors' momentum
    EXPECT_NEAR(body / rotors, -1, 0.01);
  }
}

TEST(Rotor, SpinningRotorsMakeTheBodyRatesPrecess) {
  VehicleConfig config = test_vehicle();
  config.inertia_b_kgm2 = {1.6e-5F, 1.6e-5F, 2.9e-5F};
  config.torque_to_thrust_m = 1e-5F;
  FlightConfig flight = bare_flight();
  flight.gyroscopic = true;
  const FlightParams params(Vehicle{config}, flight, 1.0F / 1000);
  Fleet fleet(1);
  const float speed = 2000;
  fleet.set_counter_clockwise(0, kRotorRows, speed);
  fleet.set_counter_clockwise(0, kRotorRows + 4, speed);
  fleet.blocks.set_vec3(0, kOmega, {1, 0, 0});
  // J domega/dt = -omega x h z: the rate turns from x towards +y at h / J
  const double rate = 2.0 * config.rotor_inertia_kgm2 * speed / config.inertia_b_kgm2[0];
  for (int step = 1; step <= 100; ++step) {
    fleet.step(params);
    const double phase = rate * step / 1000;
    // the midpoint rule turns by 2 atan(x/2) instead of x per step: 100 x^3/12, x = 0.0075; the
    // parasitic yaw couples in a little more
    EXPECT_NEAR(fleet.blocks.at(0, kOmega), std::cos(phase), 1e-3);
    EXPECT_NEAR(fleet.blocks.at(0, kOmega + 1), std::sin(phase), 1e-3);
  }
}

/// Thrust over thrust far from the ground, after one step at height z of all rotors.
double measured_ratio(const VehicleConfig& config, float z, Quat attitude) {
  FlightConfig flight = bare_flight();
  flight.gravity_mps2 = 0;
  flight.ground_effect = true;
  const FlightParams params(Vehicle{config}, flight, kStep_s);
  Fleet fleet(2);
  for (int i = 0; i < 2; ++i) fleet.set_commands(i, 1500);
  for (int i = 0; i < 2; ++i) fleet.blocks.set_quat(i, attitude);
  fleet.blocks.at(0, kSurfaceHeight) = 7;
  fleet.blocks.at(0, kPosition + 2) = 7 + z;
  fleet.step(params);
  const Vec3 low = fleet.blocks.vec3(0, kVelocity), high = fleet.blocks.vec3(1, kVelocity);
  return std::sqrt(static_cast<double>(dot(low, low)) / static_cast<double>(dot(high, high)));
}

TEST(GroundEffect, FollowsItsFormulaAndEndsAtEightRadii) {
  for (const float k : {1.0F, 3.0F}) {
    VehicleConfig config = test_vehicle();
    config.ground_effect_coefficient = k;
    const double radius = config.rotor_radius_m;
    for (double heights = 0.65; heights < 7.9; heights += 0.05) {
      const double exact = 1 / (1 - k / (16 * heights * heights));
      const double ratio = measured_ratio(config, static_cast<float>(heights * radius), {});
      // k / 1024 is taken off e in 1 / (1 - e), so that the effect ends without a step; the height
      // above a surface at 7 m is rounded to 5e-7 m
      EXPECT_NEAR(ratio, exact, k / 1024 * exact * exact + 2e-4) << heights;
      EXPECT_GT(ratio, 1);
    }
    EXPECT_EQ(measured_ratio(config, static_cast<float>(8.01 * radius), {}), 1);
    EXPECT_LT(measured_ratio(config, static_cast<float>(7.9 * radius), {}), 1 + k * 1e-4);
  }
}

TEST(GroundEffect, StopsToGrowBelowHalfARadius) {
  const VehicleConfig config = test_vehicle();
  const double at_half = measured_ratio(config, 0.5F * config.rotor_radius_m, {});
  EXPECT_NEAR(at_half, 1 / (1 - 0.25 + 1.0 / 1024), 2e-4);
  for (const float z : {0.4F, 0.25F, 0.1F, 0.0F, -1.0F, -1000.0F}) {
    EXPECT_NEAR(measured_ratio(config, z * config.rotor_radius_m, {}), at_half, 2e-4) << z;
  }
}

TEST(GroundEffect, StaysFiniteForTheLargestCoefficient) {
  VehicleConfig config = test_vehicle();
  config.ground_effect_coefficient = 12;
  // e is held at 1/2, so the thrust at most doubles
  for (const float z : {2.0F, 1.0F, 0.5F, 0.0F, -1.0F}) {
    const double ratio = measured_ratio(config, z * config.rotor_radius_m, {});
    EXPECT_GT(ratio, 1);
    EXPECT_LE(ratio, 2) << z;
  }
}

TEST(GroundEffect, FadesWithTheTiltAndIsOffUpsideDown) {
  const VehicleConfig config = test_vehicle();
  const float z = 2 * config.rotor_radius_m;
  double last = measured_ratio(config, z, {});
  for (double tilt = 0.2; tilt < 1.5; tilt += 0.2) {
    // about y: rotors lie at two heights, so compare with the formula loosely
    const Quat q{0, static_cast<float>(std::sin(tilt / 2)), 0,
                 static_cast<float>(std::cos(tilt / 2))};
    const double ratio = measured_ratio(config, 4 * z, q);
    EXPECT_GE(ratio, 1);
    EXPECT_LE(ratio, last) << tilt;
    last = ratio;
  }
  const Quat upside_down{1, 0, 0, 0};
  EXPECT_EQ(measured_ratio(config, z, upside_down), 1);
}

TEST(GroundEffect, HighLanesKeepTheirBitsBesideLowOnes) {
  const Vehicle vehicle(test_vehicle());
  const FlightParams params(vehicle, {}, kStep_s);
  // in `mixed` every other lane is low, so the kernel evaluates the effect for all lanes
  Fleet high(16);
  scatter(high, 3, vehicle.hover_speed_radps);
  for (int i = 0; i < 16; ++i) high.blocks.at(i, kPosition + 2) = 0.3F;
  Fleet mixed(high);
  for (int i = 0; i < 16; i += 2) mixed.blocks.at(i, kSurfaceHeight) = 0.25F;
  high.step(params, 4);
  mixed.step(params, 4);
  for (int i = 1; i < 16; i += 2) {
    for (int row = 0; row < high.blocks.num_rows; ++row) {
      EXPECT_EQ(high.blocks.at(i, row), mixed.blocks.at(i, row)) << "body " << i << " row " << row;
    }
  }
  EXPECT_NE(high.blocks.at(0, kVelocity + 2), mixed.blocks.at(0, kVelocity + 2));
}

}  // namespace
}  // namespace volery
