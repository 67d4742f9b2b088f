// The geometric law with feed-forward. Its other levels: attitude_test.cpp and so on.
#include "law_rig.hpp"

namespace volery::test {
namespace {

// Half the acceleration that the tilt limit allows, on a circle of 1 m: 1.4 cm on cf2x, less on
// others.
constexpr double kCircleM = 0.02;

TEST(Lee, TracksACircleAtAllRates) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    for (const Rates rates : kRates) {
      EXPECT_LT(circle_error_m(vehicle, "lee", rates), kCircleM) << name << rates.physics_hz;
    }
  }
}

TEST(Lee, FeedForwardIsWhatMakesItTrack) {
  // the same circle through the position level lags by the speed over the position gain
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "position", 240, 1);
  fleet.plants[0].position_w = {1, 0, 0};
  fleet.write_state();
  const double w = 1.4;
  double now_s = 0, worst = 0;
  fleet.fly(
      8,
      [&] {
        const Double3 goal_w = {std::cos(w * now_s), std::sin(w * now_s), 0};
        fleet.set_action(0, to_place(goal_w, fleet.plants[0], 4));
      },
      [&](double t) {
        now_s = t;
        const Double3 off =
            Double3{std::cos(w * t), std::sin(w * t), 0} - fleet.plants[0].position_w;
        if (t > 5) worst = std::fmax(worst, norm(off));
      });
  EXPECT_GT(worst, 10 * kCircleM);
}

TEST(Lee, TurnsToTheHeadingTheShortWay) {
  constexpr double kToleranceRad = 0.01;
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    Fleet fleet(vehicle, "lee", 240, 1);
    fleet.plants[0].quat = turn({0, 0, 2.8});
    fleet.write_state();
    std::vector<float> action(14, 0.0F);
    action[12] = -2.8F;
    double least = 4;
    fleet.set_action(0, action);
    fleet.fly(8, [&](double) { least = std::fmin(least, std::fabs(fleet.plants[0].yaw())); });
    EXPECT_NEAR(fleet.plants[0].yaw(), -2.8, kToleranceRad) << name;
    EXPECT_GT(least, 2.7) << name << " went the long way round";
    // 10.7 mm measured on firefly, whose yaw is the weakest; the others stay within 10
    EXPECT_LT(norm(fleet.plants[0].position_w), 0.012) << name;
  }
}

TEST(Lee, TheSetpointMovesOnDuringTheAgentStep) {
  // polynomial of the jerk, exact to float32 rounding of the sums
  constexpr double kRounding = 1e-5;
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "lee", 100, 1);
  std::vector<float> action(14, 0.0F);
  action[0] = 0.5F;
  action[3] = -0.25F;
  action[6] = 0.1F;
  action[9] = 0.05F;
  action[12] = 1.5F;
  action[13] = -0.5F;
  fleet.set_action(0, action);
  fleet.run_window();
  constexpr int kTicks = 25;
  for (int i = 0; i < kTicks; ++i) fleet.run_tick();
  const double t = kTicks / 100.0;
  const double v = -0.25;
  const double a = static_cast<double>(0.1F);
  const double j = static_cast<double>(0.05F);
  const int place = fleet.fields().find("position_setpoint_w_m").row;
  const int motion = fleet.fields().find("track_setpoint_w").row;
  EXPECT_NEAR(fleet.blocks.at(0, place), 0.5 + v * t + a * t * t / 2 + j * t * t * t / 6,
              kRounding);
  EXPECT_NEAR(fleet.blocks.at(0, motion), v + a * t + j * t * t / 2, kRounding);
  EXPECT_NEAR(fleet.blocks.at(0, motion + 3), a + j * t, kRounding);
  const double yaw_rate = -0.5;
  EXPECT_NEAR(fleet.blocks.at(0, motion + 9), 1.5 + yaw_rate * t, 10 * kRounding);
}

}  // namespace
}  // namespace volery::test
