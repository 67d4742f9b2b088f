#include <gtest/gtest.h>

#include <algorithm>

#include "core/rng.hpp"
#include "lee_reference.hpp"

namespace volery::test {
namespace {

// Step responses in units of 1 / gain: 90 % comes at 1.5 sideways and 1.8 upwards, nothing
// overshoots.
constexpr double kRise = 2.2;
constexpr double kSettle = 3;
constexpr double kBand = 0.05;
constexpr double kOvershoot = 0.03;

/// What a baseline writes: the way to the goal, cut to the range of the column.
std::vector<float> go_to(Double3 goal_w, const Plant& p) {
  const auto column = [](double d) { return static_cast<float>(std::clamp(d, -1.0, 1.0)); };
  const Double3 way = goal_w - p.position_w;
  return {column(way.x), column(way.y), column(way.z), 0};
}

TEST(PositionLevel, PositionFollowsStepsOnEveryVehicle) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    for (const int rate_hz : {240, 500, 1000}) {
      for (int column = 0; column < 3; ++column) {
        for (const double size : {0.3, 1.0, -1.0}) {
          Fleet fleet(vehicle, "position", rate_hz, 1);
          fleet.plants[0].quat = turn({0, 0, 1.5});
          fleet.write_state();
          const Double3 goal_w =
              Double3{column == 0 ? 1.0 : 0, column == 1 ? 1.0 : 0, column == 2 ? 1.0 : 0} * size;
          const Vec3 gain = vehicle.gains.position_per_s;
          const double unit_s = 1 / static_cast<double>(column == 2 ? gain.z : gain.x);
          StepResponse response(size, kBand);
          fleet.fly(
              8 * unit_s, [&] { fleet.set_action(0, go_to(goal_w, fleet.plants[0])); },
              [&](double t) {
                const Double3 at = fleet.plants[0].position_w;
                response.add(t, column == 0 ? at.x : column == 1 ? at.y : at.z);
              });
          const std::string what = name + " column " + std::to_string(column) + " at " +
                                   std::to_string(rate_hz) + " Hz, " + std::to_string(size);
          EXPECT_GE(response.rise_s, 0) << what;
          EXPECT_LT(response.rise_s, kRise * unit_s) << what;
          EXPECT_LT(response.settle_s, kSettle * unit_s) << what;
          EXPECT_LT(response.overshoot, kOvershoot) << what;
          EXPECT_LT(norm(fleet.plants[0].position_w - goal_w), 0.005) << what;
        }
      }
    }
  }
}

TEST(PositionLevel, SetpointStandsStillDuringTheAgentStep) {
  // one agent step of 8 s, as slow learners use: the vehicle goes 0.5 m and stays there
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "position", 240, 1);
  fleet.plants[0].position_w = {3, -2, 5};
  fleet.write_state();
  fleet.set_action(0, {0.5F, 0, -0.5F, 0});
  fleet.run_window();
  for (int t = 0; t < 8 * 240; ++t) fleet.tick();
  EXPECT_LT(norm(fleet.plants[0].position_w - Double3{3.5, -2, 4.5}), 0.002);
}

TEST(PositionLevel, LongWaysAreFlownWithinTheSpeedLimit) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    Fleet fleet(vehicle, "position", 240, 1);
    const Double3 goal_w = {6, -4, 3};
    double fastest = 0;
    fleet.fly(
        20, [&] { fleet.set_action(0, go_to(goal_w, fleet.plants[0])); },
        [&](double) { fastest = std::fmax(fastest, norm(fleet.plants[0].velocity_w)); });
    EXPECT_LT(norm(fleet.plants[0].position_w - goal_w), 0.01) << name;
    EXPECT_LT(fastest, 1.2 * static_cast<double>(vehicle.gains.max_speed_mps)) << name;
  }
}

TEST(PositionLevel, EqualsItsLawInDoublePrecision) {
  for (const std::string& name : rotorcraft_names()) {
    const int compared = compare_with_reference(
        load_vehicle(Value(name)), "position",
        [](const Vehicle& v, const Plant& p, const std::vector<float>& action) {
          return position_reference(v, p, action);
        });
    EXPECT_GT(compared, 100) << name;
  }
}

TEST(PositionLevel, ReturnsFromTumblingUpsideDown) {
  constexpr int kBodies = 64;
  constexpr double kDistanceM = 0.02;
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    Fleet fleet(vehicle, "position", 240, kBodies);
    // somewhat more than the vehicle turns at by itself; what tumbles faster falls for seconds, and
    // this level brings it back at a meter per second
    const Vec3 most = vehicle.gains.max_rate_radps * 1.3F;
    Rng rng(8, 0, Stream::kAction, 0, 0);
    const auto draw = [&](double size) { return size * static_cast<double>(rng.uniform(-1, 1)); };
    for (int i = 0; i < kBodies; ++i) {
      Plant& p = fleet.plants[static_cast<std::size_t>(i)];
      p.quat = i == 0 ? DoubleQuat{1, 0, 0, 0} : turn({draw(3), draw(3), draw(3)});
      if (i > 0) p.omega_b = {draw(most.x), draw(most.y), draw(most.z)};
      if (i > 0) p.velocity_w = {draw(2), draw(2), draw(2)};
    }
    fleet.write_state();
    fleet.fly(
        20,
        [&] {
          for (int i = 0; i < kBodies; ++i) {
            fleet.set_action(i, go_to({}, fleet.plants[static_cast<std::size_t>(i)]));
          }
        },
        [](double) {});
    for (int i = 0; i < kBodies; ++i) {
      EXPECT_LT(norm(fleet.plants[static_cast<std::size_t>(i)].position_w), kDistanceM)
          << name << ' ' << i;
    }
  }
}

}  // namespace
}  // namespace volery::test
