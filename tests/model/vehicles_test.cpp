// The vehicles of assets/vehicles: what follows from their numbers is what their sources say.
#include <gtest/gtest.h>

#include <cmath>

#include "core/assets.hpp"
#include "model/vehicle.hpp"

namespace volery {
namespace {

struct Known {
  const char* name;
  int num_rotors;
  double hover_speed_radps;  // from the source, or from mass and coefficient by hand
  double thrust_to_weight;
};

// two digits of the published ratio; speeds to half of their last digit
constexpr double kRatioTolerance = 0.06;
constexpr double kSpeedTolerance_radps = 0.6;

class KnownVehicle : public testing::TestWithParam<Known> {};

TEST_P(KnownVehicle, HoversAtItsKnownSpeed) {
  const Known& known = GetParam();
  const Vehicle vehicle = load_vehicle(known.name);
  EXPECT_EQ(vehicle.num_rotors, known.num_rotors);
  EXPECT_NEAR(vehicle.hover_speed_radps, known.hover_speed_radps, kSpeedTolerance_radps);
  EXPECT_NEAR(vehicle.thrust_to_weight, known.thrust_to_weight, kRatioTolerance);
}

// hummingbird, firefly, racer: the figures published with them; freestyle5: sqrt(0.8 * 9.80665 / 4
// / 1.562522e-6); x500: its source's hover throttle 0.555 of 1000 rad/s; cf2x: 57.9 g / 27 g
INSTANTIATE_TEST_SUITE_P(
    Folder, KnownVehicle,
    testing::Values(Known{"cf2p", 4, 1707.6, 2.14}, Known{"cf2x", 4, 1707.6, 2.14},
                    Known{"racer", 4, 1086.2, 4.6}, Known{"hummingbird", 4, 453.1, 3.4},
                    Known{"freestyle5", 4, 1120.4, 6.24}, Known{"x500", 4, 554.9, 3.25},
                    Known{"firefly", 6, 540.8, 2.4}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Vehicles, RotorsStandOppositeEachOther) {
  for (const std::string& name : rotorcraft_names()) {
    SCOPED_TRACE(name);
    const Vehicle vehicle = load_vehicle(name);
    float x = 0;
    float y = 0;
    int spins = 0;
    for (const RotorSpec& rotor : vehicle.config.rotors) {
      x += rotor.position_b_m[0];
      y += rotor.position_b_m[1];
      spins += rotor.spin;
    }
    EXPECT_NEAR(x, 0, 1e-6);  // float32 sums of some tenths of a meter
    EXPECT_NEAR(y, 0, 1e-6);
    EXPECT_EQ(spins, 0);
    // the collision shape reaches to the propellers' tips, but for the small ones, whose frames
    // are wider than their propellers' hubs and were measured as a whole
    const auto& hub = vehicle.config.rotors[0].position_b_m;
    const double arm = std::sqrt(static_cast<double>(hub[0]) * hub[0] + hub[1] * hub[1]);
    EXPECT_GE(0.5 * vehicle.config.collision.size_m[0], arm);
  }
}

}  // namespace
}  // namespace volery
