#include "law_rig.hpp"

namespace volery::test {
namespace {

Vec3 position_gain(const Vehicle& vehicle, float /*tick_s*/) {
  return vehicle.gains.position_per_s;
}
// The bands of the position level under Lee's law: dynamic inversion keeps its poles.
constexpr Bands kBands{position_gain, 2.2, 0.03, 3, 0.005};
constexpr double kCircleM = 0.02;

TEST(Indi, PositionStepsAreThoseOfLee) {
  expect_position_steps("indi", kBands);
}

TEST(Indi, InnerLevelsFollowSteps) {
  expect_inner_steps("indi", 0.22, 0.02);
}

TEST(Indi, TracksACircleAtAllRates) {
  for (const std::string& name : rotorcraft_names()) {
    for (const Rates rates : kRates) {
      EXPECT_LT(circle_error_m(load_vehicle(Value(name)), "indi", rates), kCircleM)
          << name << rates.physics_hz;
    }
  }
}

TEST(Indi, ReturnsFromTumblingUpsideDown) {
  for (const std::string& name : rotorcraft_names()) {
    EXPECT_LT(worst_after_tumbling_m(load_vehicle(Value(name)), "indi", 3, 20), 0.02) << name;
  }
}

TEST(Indi, AnUnknownTorqueIsMadeUpForWhereLeeLeans) {
  // a centre of mass that lies 1 mm (cf2x) or 3 mm aside of where the controller believes it
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle flying = unbalanced(name, name == "racer" ? 3e-3F : 1e-3F);
    const Value believed(Value::Table{{"vehicle", Value(name)}});
    const double lee = hover_error_m(flying, "lee", believed);
    const double indi = hover_error_m(flying, "indi", believed);
    EXPECT_GT(lee, 0.02) << name;
    EXPECT_LT(indi, 0.1 * lee) << name;
  }
}

TEST(Indi, TheInertiaMayBeHalfOrTwiceOfWhatIsBelieved) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  for (const float factor : {0.5F, 2.0F}) {
    Value::Array inertia;
    for (const float j : vehicle.config.inertia_b_kgm2) inertia.emplace_back(double{j * factor});
    const Value options(Value::Table{
        {"vehicle", Value(Value::Table{{"base", "cf2x"}, {"inertia_b_kgm2", Value(inertia)}})}});
    EXPECT_LT(circle_error_m(vehicle, "indi", {240, 240}, options), 2 * kCircleM) << factor;
  }
}

TEST(Indi, MeasuredAndModelledRotorSpeedsFlyAlike) {
  // the model is the plant's own lag, so that only its rounding and its start differ
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const Value modelled(Value::Table{
        {"indi", Value(Value::Table{{"rotor_speed", "modelled"}, {"filter_hz", 20.0}})}});
    for (const Rates rates : kRates) {
      EXPECT_LT(circle_error_m(vehicle, "indi", rates, modelled), kCircleM) << name;
    }
  }
}

TEST(Indi, LikeTheOtherLawsFliesMotorsWithoutLag) {
  // both the vehicle and what the controller believes of it
  VehicleConfig config = load_vehicle(Value("cf2x")).config;
  config.motor_rise_s = config.motor_fall_s = 0;
  const Vehicle vehicle(config);
  for (const std::string& law : law_names()) {
    const double limit = law == "pid" ? 1 : law == "mellinger" ? 0.15 : kCircleM;
    EXPECT_LT(circle_error_m(vehicle, law, {240, 240}), limit) << law;
  }
}

TEST(Indi, BadOptionsAreRefused) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const auto message = [&](const Value& options) {
    try {
      const Fleet fleet(vehicle, "indi", 240, 1, "", Value(Value::Table{{"indi", options}}));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_NE(
      message(Value::Table{{"filter_hz", -1.0}}).find("config.controller_config.indi.filter_hz"),
      std::string::npos);
  EXPECT_NE(message(Value::Table{{"rotor_speed", "measure"}}).find("measured"), std::string::npos);
  EXPECT_NE(message(Value::Table{{"filter", 1.0}}).find("filter_hz"), std::string::npos);
}

}  // namespace
}  // namespace volery::test
