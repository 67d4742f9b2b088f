#include <gtest/gtest.h>

#include "fleet.hpp"

namespace volery::test {
namespace {

// float32 square root and square
constexpr float kRelative = 1e-6F;

double thrust_n(const Vehicle& vehicle, float command_radps) {
  return static_cast<double>(vehicle.config.thrust_coefficient_n_s2) * command_radps *
         command_radps;
}

TEST(RotorLevel, EndsOfTheRangeAreTheSpeedLimits) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const auto rotors = static_cast<std::size_t>(vehicle.num_rotors);
    Fleet fleet(vehicle, "rotor", 240, 2);
    fleet.set_action(0, std::vector<float>(rotors, -1.0F));
    fleet.set_action(1, std::vector<float>(rotors, 1.0F));
    fleet.run_window();
    for (int r = 0; r < vehicle.num_rotors; ++r) {
      const float most = vehicle.config.max_rotor_speed_radps;
      // the least speed is a difference of squares of the greatest
      EXPECT_NEAR(fleet.command(0, r), vehicle.config.min_rotor_speed_radps, 1e-3F * most) << name;
      EXPECT_NEAR(fleet.command(1, r), most, kRelative * most) << name;
    }
  }
}

TEST(RotorLevel, ThrustIsLinearInTheAction) {
  const Vehicle vehicle = load_vehicle(Value("racer"));
  Fleet fleet(vehicle, "rotor", 240, 3);
  fleet.set_action(0, {-0.6F, 0, 0, 0});
  fleet.set_action(1, {0.1F, 0, 0, 0});
  fleet.set_action(2, {0.8F, 0, 0, 0});
  fleet.run_window();
  const double low = thrust_n(vehicle, fleet.command(0, 0));
  const double middle = thrust_n(vehicle, fleet.command(1, 0));
  const double high = thrust_n(vehicle, fleet.command(2, 0));
  EXPECT_NEAR(middle - low, high - middle, 1e-5 * high);
  EXPECT_GT(middle, low);
}

TEST(RotorLevel, HoverActionCarriesTheWeight) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    Fleet fleet(vehicle, "rotor", 240, 1);
    fleet.set_action(0, std::vector<float>(static_cast<std::size_t>(vehicle.num_rotors),
                                           rotor_hover_action(vehicle)));
    fleet.run_window();
    double total_n = 0;
    for (int r = 0; r < vehicle.num_rotors; ++r) total_n += thrust_n(vehicle, fleet.command(0, r));
    const double weight_n =
        static_cast<double>(vehicle.config.mass_kg) * static_cast<double>(kGravityMps2);
    EXPECT_NEAR(total_n, weight_n, 1e-5 * weight_n) << name;
  }
}

TEST(RotorLevel, EachColumnDrivesItsOwnRotor) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "rotor", 240, 1);
  fleet.set_action(0, {-0.5F, 0.0F, 0.25F, 0.75F});
  fleet.run_window();
  for (int r = 0; r + 1 < 4; ++r) EXPECT_LT(fleet.command(0, r), fleet.command(0, r + 1));
}

TEST(RotorLevel, CommandsOfTheWindowStandAtEveryTick) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "rotor", 240, 1);
  fleet.set_action(0, {0.1F, 0.1F, 0.1F, 0.1F});
  fleet.run_window();
  const float before = fleet.command(0, 2);
  fleet.set_action(0, {0.9F, 0.9F, 0.9F, 0.9F});
  fleet.run_tick();
  EXPECT_EQ(fleet.command(0, 2), before);
  fleet.run_window();
  EXPECT_GT(fleet.command(0, 2), before);
}

}  // namespace
}  // namespace volery::test
