#include <gtest/gtest.h>

#include "core/rng.hpp"
#include "lee_reference.hpp"

namespace volery::test {
namespace {

double axis(Double3 v, int i) {
  return i == 0 ? v.x : i == 1 ? v.y : v.z;
}

// Step responses in units of 1 / gain, beyond the time that the full acceleration takes: 90 % comes
// at 1.5 sideways and 1.9 upwards. The gains are made for a position loop around this one; alone it
// overshoots sideways by 17 %.
constexpr double kRise = 3;
constexpr double kSettle = 5;
constexpr double kBand = 0.07;
constexpr double kOvershoot = 0.2;
// All of the drag of steady flight is fed forward; what is left has not settled yet.
constexpr double kFinalError = 0.01;

TEST(VelocityLevel, VelocityFollowsStepsOnEveryVehicle) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const ControlGains& g = vehicle.gains;
    const double gravity = kGravityMps2;
    for (const int rate_hz : {240, 500, 1000}) {
      for (int column = 0; column < 3; ++column) {
        for (const float size : {0.2F, 1.0F, -1.0F}) {
          Fleet fleet(vehicle, "velocity", rate_hz, 1);
          fleet.plants[0].quat = turn({0, 0, -1});
          fleet.write_state();
          std::vector<float> action{0, 0, 0, 0};
          action[static_cast<std::size_t>(column)] = size;
          fleet.set_action(0, action);
          const double target = static_cast<double>(size) * g.max_speed_mps;
          const double unit_s =
              1 / static_cast<double>(column == 2 ? g.velocity_per_s.z : g.velocity_per_s.x);
          // drag takes up to half of the acceleration at the racer's top speed, hence 2
          const double push = column == 2 ? gravity * std::fmin(0.7, vehicle.thrust_to_weight - 1.0)
                                          : gravity * std::tan(static_cast<double>(g.max_tilt_rad));
          const double full_push_s = 2 * std::fabs(target) / push;
          StepResponse response(target, kBand);
          fleet.fly(8 * unit_s + 2 * full_push_s,
                    [&](double t) { response.add(t, axis(fleet.plants[0].velocity_w, column)); });
          const std::string what = name + " column " + std::to_string(column) + " at " +
                                   std::to_string(rate_hz) + " Hz, " + std::to_string(size);
          EXPECT_GE(response.rise_s, 0) << what;
          EXPECT_LT(response.rise_s, kRise * unit_s + full_push_s) << what;
          EXPECT_LT(response.settle_s, kSettle * unit_s + full_push_s) << what;
          EXPECT_LT(response.overshoot, kOvershoot) << what;
          EXPECT_NEAR(response.last, 1, kFinalError) << what;
        }
      }
    }
  }
}

TEST(VelocityLevel, YawRateFollowsWhileFlying) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    Fleet fleet(vehicle, "velocity", 240, 1);
    fleet.set_action(0, {0.2F, 0, 0, -0.4F});
    fleet.fly(5, [](double) {});
    const Plant& p = fleet.plants[0];
    const double most = vehicle.gains.max_rate_radps.z;
    EXPECT_NEAR(to_world(p.quat, p.omega_b).z, -0.4 * most, 0.02 * most) << name;
    EXPECT_NEAR(p.velocity_w.x, 0.2 * static_cast<double>(vehicle.gains.max_speed_mps),
                0.05 * static_cast<double>(vehicle.gains.max_speed_mps))
        << name;
  }
}

TEST(VelocityLevel, TiltStaysBelowTheLimit) {
  // beyond the limit by the attitude loop's overshoot alone, after a swing from side to side
  constexpr double kOvershootShare = 2 * 0.15;
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    Fleet fleet(vehicle, "velocity", 240, 1);
    double most = 0;
    int steps = 0;
    fleet.fly(
        4,
        [&] {
          const float side = (steps++ / 20) % 2 == 0 ? 1.0F : -1.0F;
          fleet.set_action(0, {side, side, 1, 0});
        },
        [&](double) { most = std::fmax(most, fleet.plants[0].tilt()); });
    EXPECT_LT(most, (1 + kOvershootShare) * static_cast<double>(vehicle.gains.max_tilt_rad))
        << name;
    EXPECT_GT(most, 0.5 * static_cast<double>(vehicle.gains.max_tilt_rad)) << name;
  }
}

TEST(VelocityLevel, EqualsItsLawInDoublePrecision) {
  for (const std::string& name : rotorcraft_names()) {
    const int compared = compare_with_reference(
        load_vehicle(Value(name)), "velocity",
        [](const Vehicle& v, const Plant& p, const std::vector<float>& action) {
          return velocity_reference(v, p, action);
        });
    EXPECT_GT(compared, 100) << name;
  }
}

TEST(VelocityLevel, StopsFromTumblingUpsideDown) {
  constexpr int kBodies = 64;
  constexpr double kSpeedMps = 0.05;
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    Fleet fleet(vehicle, "velocity", 240, kBodies);
    Rng rng(6, 0, Stream::kAction, 0, 0);
    const auto draw = [&](double size) { return size * static_cast<double>(rng.uniform(-1, 1)); };
    for (int i = 0; i < kBodies; ++i) {
      Plant& p = fleet.plants[static_cast<std::size_t>(i)];
      p.quat = i == 0 ? DoubleQuat{1, 0, 0, 0} : turn({draw(3), draw(3), draw(3)});
      if (i > 0) p.omega_b = {draw(15), draw(15), draw(5)};
      if (i > 0) p.velocity_w = {draw(3), draw(3), draw(3)};
      fleet.set_action(i, {0, 0, 0, 0});
    }
    fleet.write_state();
    fleet.fly(10, [](double) {});
    for (int i = 0; i < kBodies; ++i) {
      EXPECT_LT(norm(fleet.plants[static_cast<std::size_t>(i)].velocity_w), kSpeedMps)
          << name << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace volery::test
