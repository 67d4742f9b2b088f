#include <gtest/gtest.h>

#include "fleet.hpp"

namespace volery::test {
namespace {

// Step responses in units of 1 / rate gain, the time constant that the gains give each axis: with
// the motor lag they were derived for, 90 % comes at 1.9 (roll, pitch) and 2.5 (yaw). Heavy
// propellers stretch yaw: speeding them up turns the body as well, a = J_r / (2 c k w) seconds of
// torque rate, which the gains leave out. The first 5 % of error are then reached at
// (1 + g a) ln(20 / (1 + g a)) units: 4.2 for x500 (g a = 0.78), 3.0 without.
constexpr double kRise = 3;
constexpr double kSettle = 4;
constexpr double kHeavySettle = 4.5;  // of yaw, where g a is above kHeavy
constexpr double kHeavy = 0.3;
constexpr double kBand = 0.05;
constexpr double kOvershoot = 0.05;
double settle_units(const Vehicle& vehicle, int column) {
  const VehicleConfig& c = vehicle.config;
  const double torque_per_speed = 2.0 * static_cast<double>(c.torque_to_thrust_m) *
                                  static_cast<double>(c.thrust_coefficient_n_s2) *
                                  static_cast<double>(vehicle.hover_speed_radps);
  const double a = static_cast<double>(c.rotor_inertia_kgm2) / torque_per_speed;
  return column == 2 && static_cast<double>(vehicle.gains.rate_per_s.z) * a > kHeavy ? kHeavySettle
                                                                                     : kSettle;
}
// The rotors' own momentum couples the axes a little.
constexpr double kCrossShare = 0.02;

double axis(Double3 v, int i) {
  return i == 0 ? v.x : i == 1 ? v.y : v.z;
}
double axis(Vec3 v, int i) {
  return static_cast<double>(i == 0 ? v.x : i == 1 ? v.y : v.z);
}

TEST(CtbrLevel, BodyRatesFollowStepsOnEveryVehicle) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const float hover = thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2);
    for (const int rate_hz : {240, 500, 1000}) {
      for (int column = 0; column < 3; ++column) {
        for (const float size : {0.3F, 1.0F, -1.0F}) {
          Fleet fleet(vehicle, "ctbr", rate_hz, 1);
          std::vector<float> action{hover, 0, 0, 0};
          action[static_cast<std::size_t>(column + 1)] = size;
          fleet.set_action(0, action);
          const double target =
              static_cast<double>(size) * axis(vehicle.gains.max_rate_radps, column);
          const double unit_s = 1 / axis(vehicle.gains.rate_per_s, column);
          StepResponse response(target, kBand);
          double cross = 0;
          fleet.fly(6 * unit_s, [&](double t) {
            const Double3 omega_b = fleet.plants[0].omega_b;
            response.add(t, axis(omega_b, column));
            for (int other = 0; other < 3; ++other) {
              if (other != column) cross = std::fmax(cross, std::fabs(axis(omega_b, other)));
            }
          });
          const std::string what = name + " column " + std::to_string(column) + " at " +
                                   std::to_string(rate_hz) + " Hz, " + std::to_string(size);
          EXPECT_GE(response.rise_s, 0) << what;
          EXPECT_LT(response.rise_s, kRise * unit_s) << what;
          EXPECT_LT(response.settle_s, settle_units(vehicle, column) * unit_s) << what;
          EXPECT_LT(response.overshoot, kOvershoot) << what;
          EXPECT_LT(cross, kCrossShare * std::fabs(target)) << what;
        }
      }
    }
  }
}

TEST(CtbrLevel, ThrustColumnIsTheCollectiveThrust) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const double least_n =
        vehicle.num_rotors * static_cast<double>(vehicle.config.thrust_coefficient_n_s2) *
        vehicle.config.min_rotor_speed_radps * vehicle.config.min_rotor_speed_radps;
    for (const float action : {-1.0F, -0.5F, 0.0F, 0.5F, 1.0F}) {
      Fleet fleet(vehicle, "ctbr", 240, 1);
      fleet.set_action(0, {action, 0, 0, 0});
      fleet.run_tick();
      double total_n = 0;
      for (int r = 0; r < vehicle.num_rotors; ++r) {
        const double speed = fleet.command(0, r);
        total_n += static_cast<double>(vehicle.config.thrust_coefficient_n_s2) * speed * speed;
      }
      const double full_n = vehicle.max_thrust_n;
      const double wanted_n = std::fmax(least_n, 0.5 * (static_cast<double>(action) + 1) * full_n);
      EXPECT_NEAR(total_n, wanted_n, 1e-5 * full_n) << name << ' ' << action;
    }
  }
}

TEST(CtbrLevel, ThrustActionIsTheInverseOfTheColumn) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  EXPECT_FLOAT_EQ(thrust_action(vehicle, 0), -1);
  EXPECT_FLOAT_EQ(thrust_action(vehicle, vehicle.max_thrust_n), 1);
  EXPECT_FLOAT_EQ(thrust_action(vehicle, 0.5F * vehicle.max_thrust_n), 0);
}

}  // namespace
}  // namespace volery::test
