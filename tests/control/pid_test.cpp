#include "control/firmware_common.hpp"
#include "law_rig.hpp"

namespace volery::test {
namespace {

Vec3 position_gain(const Vehicle& vehicle, float tick_s) {
  const control::FirmwareScale r(vehicle, tick_s);
  return {2 * r.sideways, 2 * r.sideways, 2 * r.lift};
}
// Integrators in four loops: they overshoot by a tenth and let the height creep in.
constexpr Bands kBands{position_gain, 2.4, 0.13, 12, 0.08};
// Feeds the velocity forward alone: the acceleration of the circle is an error to it.
constexpr double kCircleM = 0.7;

TEST(Pid, PositionFollowsStepsOnEveryVehicle) {
  expect_position_steps("pid", kBands);
}

TEST(Pid, InnerLevelsFollowSteps) {
  // the integrators of the velocity loop close the gap slowly: firefly still lacks 11 % at the end
  expect_inner_steps("pid", 0.35, 0.12);
}

TEST(Pid, TracksACircleAtAllRates) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    for (const Rates rates : kRates) {
      if (rates.control_hz < 240) continue;  // slower loops cut the circle short
      constexpr double kSlowly = 0.1;        // it has no feed-forward of the acceleration
      EXPECT_LT(circle_error_m(vehicle, "pid", rates, Value::Table{}, kSlowly), kCircleM)
          << name << rates.physics_hz;
    }
  }
}

TEST(Pid, ACf2xFliesTheGainsOfTheFirmwareFrom240HzUp) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  for (const int rate_hz : {240, 500, 1000}) {
    const control::FirmwareScale r(vehicle, 1.0F / static_cast<float>(rate_hz));
    for (const float scale : {r.roll, r.pitch, r.yaw, r.lift, r.sideways}) {
      EXPECT_NEAR(scale, 1.0F, 1e-6F) << rate_hz;
    }
  }
  const control::FirmwareScale slow(vehicle, 1.0F / 60);
  EXPECT_NEAR(slow.roll, 0.25F, 1e-6F) << "four times the hold, a quarter of the gain";
}

TEST(Pid, TheOuterLoopsRunAt100Hz) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "position", 500, 1, "pid");
  const int row = fleet.fields().find("pid_outer").row;
  fleet.set_action(0, {0.1F, 0, 0, 0});
  fleet.run_window();
  float last = -1;
  int changes = 0;
  for (int i = 0; i < 50; ++i) {
    fleet.tick();
    changes += fleet.blocks.at(0, row + 2) != last ? 1 : 0;
    last = fleet.blocks.at(0, row + 2);
  }
  EXPECT_EQ(changes, 10) << "in a tenth of a second";
}

TEST(Pid, IntegratorsTakeASteadyTorque) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle flying = unbalanced(name, name == "racer" ? 3e-3F : 1e-3F);
    const Value believed(Value::Table{{"vehicle", Value(name)}});
    EXPECT_LT(hover_error_m(flying, "pid", believed), 0.05) << name;
  }
}

TEST(Pid, IntegratorsThatSaturateStandStill) {
  // held in place, a metre below its setpoint and a metre aside, for 20 s
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "position", 240, 1, "pid");
  fleet.set_action(0, {1, 0, 1, 0});
  const Plant held = fleet.plants[0];
  fleet.fly(
      20, [] {}, [&](double) { fleet.plants[0] = held; });
  const int row = fleet.fields().find("pid_integrals").row;
  for (int i = 0; i < 10; ++i) {
    EXPECT_LT(std::fabs(fleet.blocks.at(0, row + i)), 20.0F) << i;
  }
  // let go, it comes down to its place within the time of a step
  fleet.fly(
      8, [&] { fleet.set_action(0, to_place({}, fleet.plants[0], 4)); }, [](double) {});
  EXPECT_LT(norm(fleet.plants[0].position_w), 0.1);
}

TEST(Pid, MotorsThatAreOffForgetTheIntegrals) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "position", 240, 1, "pid");
  fleet.set_action(0, {1, 0.5F, 1, 0});
  fleet.fly(1, [](double) {});
  const int row = fleet.fields().find("pid_integrals").row;
  EXPECT_NE(fleet.blocks.at(0, row + 1), 0.0F);
  fleet.blocks.at(0, kMotorsOn) = 0;
  fleet.fly(0.1, [](double) {});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(fleet.blocks.at(0, row + i), 0.0F) << i;
}

TEST(Pid, ReturnsFromALean) {
  // angles of a map projection: far from upside down alone. Firefly is 25 cm off after 20 s, as the
  // firmware's gains are slow on a heavy hexarotor.
  for (const std::string& name : rotorcraft_names()) {
    EXPECT_LT(worst_after_tumbling_m(load_vehicle(Value(name)), "pid", 0.5, 40), 0.1) << name;
  }
}

}  // namespace
}  // namespace volery::test
