// Derived values and validation of vehicles.
#include "model/vehicle.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "core/toml.hpp"

namespace volery {
namespace {

// Sums of a few products of floats: a few units in the last place.
constexpr double kFloatTolerance = 2e-6;

VehicleConfig cf2x() {
  return load_vehicle("cf2x").config;
}

/// What building a changed cf2x says, or "" where it builds.
std::string refusal(const std::function<void(VehicleConfig&)>& change) {
  VehicleConfig config = cf2x();
  change(config);
  try {
    const Vehicle vehicle(config);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    return error.what();
  }
}

class EveryVehicle : public testing::TestWithParam<std::string> {};

TEST_P(EveryVehicle, HoversWhereThrustEqualsWeight) {
  const Vehicle vehicle = load_vehicle(GetParam());
  const double speed = vehicle.hover_speed_radps;
  const double thrust = vehicle.num_rotors *
                        static_cast<double>(vehicle.config.thrust_coefficient_n_s2) * speed * speed;
  const double weight = static_cast<double>(vehicle.config.mass_kg) * kGravityMps2;
  EXPECT_NEAR(thrust / weight, 1, kFloatTolerance);
  EXPECT_NEAR(vehicle.max_thrust_n / weight, vehicle.thrust_to_weight, 1e-5);
  EXPECT_GT(vehicle.thrust_to_weight, 1.5);
}

TEST_P(EveryVehicle, MixerInvertsTheAllocation) {
  const Vehicle vehicle = load_vehicle(GetParam());
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t k = 0; k < 4; ++k) {
      double product = 0;
      double scale = 0;
      for (std::size_t i = 0; i < kMaxRotors; ++i) {
        const double term = static_cast<double>(vehicle.allocation[j][i]) *
                            static_cast<double>(vehicle.mixer[i][k]);
        product += term;
        scale += std::abs(term);
      }
      EXPECT_NEAR(product, j == k ? 1 : 0, kFloatTolerance * std::max(1.0, scale)) << j << k;
    }
  }
}

TEST_P(EveryVehicle, TorqueAuthorityIsReachedWithoutLeavingTheSpeedRange) {
  const Vehicle vehicle = load_vehicle(GetParam());
  const double weight = static_cast<double>(vehicle.config.mass_kg) * kGravityMps2;
  const double k = vehicle.config.thrust_coefficient_n_s2;
  const double low = k * std::pow(vehicle.config.min_rotor_speed_radps, 2);
  const double high = k * std::pow(vehicle.config.max_rotor_speed_radps, 2);
  const double limits[3] = {vehicle.max_torque_b_nm.x, vehicle.max_torque_b_nm.y,
                            vehicle.max_torque_b_nm.z};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    ASSERT_GT(limits[axis], 0);
    for (const double sign : {-1.0, 1.0}) {
      double nearest = high;
      for (std::size_t i = 0; i < static_cast<std::size_t>(vehicle.num_rotors); ++i) {
        const double thrust =
            vehicle.mixer[i][0] * weight + sign * vehicle.mixer[i][axis + 1] * limits[axis];
        nearest = std::min({nearest, thrust - low, high - thrust});
      }
      // exactly one limit is touched and none is crossed
      EXPECT_NEAR(nearest, 0, high * kFloatTolerance);
    }
  }
}

TEST_P(EveryVehicle, CollisionShapeHoldsTheRotorHubs) {
  const Vehicle vehicle = load_vehicle(GetParam());
  for (const RotorSpec& rotor : vehicle.config.rotors) {
    const double distance =
        std::sqrt(std::pow(rotor.position_b_m[0], 2) + std::pow(rotor.position_b_m[1], 2));
    EXPECT_LT(distance, vehicle.bounding_radius_m);
  }
}

INSTANTIATE_TEST_SUITE_P(Folder, EveryVehicle, testing::ValuesIn(rotorcraft_names()),
                         [](const auto& test) { return test.param; });

TEST(Vehicle, RotorAtPlusYRollsAndCounterClockwiseSpinYawsBackward) {
  const Vehicle vehicle = load_vehicle("cf2x");
  // M1: front right, counter-clockwise
  EXPECT_FLOAT_EQ(vehicle.allocation[0][0], 1);
  EXPECT_FLOAT_EQ(vehicle.allocation[1][0], -0.03253F);
  EXPECT_FLOAT_EQ(vehicle.allocation[2][0], -0.03253F);
  EXPECT_FLOAT_EQ(vehicle.allocation[3][0], -0.005964552F);
  EXPECT_FLOAT_EQ(vehicle.allocation[0][4], 0) << "no fifth rotor";
}

TEST(Vehicle, CrazyflieMatchesItsPublishedFigures) {
  const Vehicle vehicle = load_vehicle("cf2x");
  EXPECT_NEAR(vehicle.thrust_to_weight, 2.145, 0.005);     // 57.9 g of 27 g
  EXPECT_NEAR(vehicle.hover_speed_radps, 1707.6, 1);       // sqrt(m g / 4 k)
  EXPECT_NEAR(vehicle.bounding_radius_m, 0.061288, 1e-6);  // sqrt(0.06^2 + 0.0125^2)
  const Vehicle plus = load_vehicle("cf2p");
  EXPECT_EQ(plus.hover_speed_radps, vehicle.hover_speed_radps);
}

TEST(Vehicle, SixRotorsShareATorqueByLeastSquares) {
  VehicleConfig config = cf2x();
  config.rotors.clear();
  // corners of a hexagon, 0.05 m from the centre, spins alternate
  const float x[6] = {0.05F, 0.025F, -0.025F, -0.05F, -0.025F, 0.025F};
  const float y[6] = {0, 0.0433F, 0.0433F, 0, -0.0433F, -0.0433F};
  for (int i = 0; i < 6; ++i) {
    RotorSpec rotor;
    rotor.position_b_m = {x[i], y[i], 0};
    rotor.spin = i % 2 == 0 ? 1 : -1;
    config.rotors.push_back(rotor);
  }
  const Vehicle vehicle(config);
  EXPECT_EQ(vehicle.num_rotors, 6);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(vehicle.mixer[i][0], 1.0 / 6, kFloatTolerance);
    // least squares: each rotor's share of a torque is proportional to its arm
    EXPECT_NEAR(vehicle.mixer[i][1], y[i] / (4 * 0.0433 * 0.0433), 1e-4);
  }
}

TEST(Vehicle, BoundingRadiusCoversAnOffsetShape) {
  VehicleConfig config = cf2x();
  config.collision.offset_b_m = {0.03F, 0.04F, -0.1F};
  // cylinder: rim at 0.06 + 0.05 sideways and 0.1 + 0.0125 below
  EXPECT_NEAR(Vehicle(config).bounding_radius_m, std::sqrt(0.11 * 0.11 + 0.1125 * 0.1125), 1e-6);
  config.collision.shape = CollisionSpec::Shape::kBox;
  EXPECT_NEAR(Vehicle(config).bounding_radius_m,
              std::sqrt(0.09 * 0.09 + 0.1 * 0.1 + 0.1125 * 0.1125), 1e-6);
  config.collision.shape = CollisionSpec::Shape::kSphere;
  config.collision.size_m = {0.1F, 0.1F, 0.1F};
  EXPECT_NEAR(Vehicle(config).bounding_radius_m, 0.05 + std::sqrt(0.0125), 1e-6);
}

TEST(Vehicle, RefusesAnInertiaThatNoBodyHas) {
  EXPECT_EQ(refusal([](VehicleConfig& c) {
              c.inertia_b_kgm2 = {1e-5F, 1e-5F, 3e-5F};
            }),
            "vehicle.inertia_b_kgm2[2] = 3e-05: must be at most the sum of the other "
            "two, 2e-05 kg m^2, as for every rigid body");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.inertia_b_kgm2 = {1e-5F, 1e-5F, 2e-5F}; }), "");
}

TEST(Vehicle, RefusesOutOfRangeValuesBuiltInCode) {
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.mass_kg = -0.03F; }),
            "vehicle.mass_kg = -0.03: must be in [0.005, 50] kg");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.inertia_b_kgm2 = {1e-5F}; }),
            "vehicle.inertia_b_kgm2 = [1e-05]: must have 3 elements, not 1");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.rotors.resize(9); }),
            "vehicle.rotors: number of entries = 9: must be in [0, 8]");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.rotors.clear(); }),
            "vehicle.rotors: has 0; kind = \"rotorcraft\" needs at least 4");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.rotors[2].spin = 0; }),
            "vehicle.rotors[2].spin = 0: must be 1 (counter-clockwise seen from above) or -1");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.min_rotor_speed_radps = 3000; }),
            "vehicle.min_rotor_speed_radps = 3000: must be below max_rotor_speed_radps = "
            "2500.9");
}

TEST(Vehicle, RefusesShapesThatContradictTheirName) {
  EXPECT_EQ(refusal([](VehicleConfig& c) {
              c.collision.size_m = {0.1F, 0.2F, 0.1F};
            }),
            "vehicle.collision.size_m: a cylinder's first two extents are its diameter, must be "
            "equal");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.collision.shape = CollisionSpec::Shape::kSphere; }),
            "vehicle.collision.size_m: a sphere's extents are its diameter, must be equal");
}

TEST(Vehicle, RefusesRotorsThatCannotCommandEveryAxis) {
  EXPECT_EQ(
      refusal([](VehicleConfig& c) { c.rotors.pop_back(); }),
      "vehicle.rotors: 3 rotors of these positions and spins cannot command torque z (yaw) by "
      "itself; at least 4 rotors that are not in a line and have both spins can");
  const auto all_one_way = [](VehicleConfig& c) {
    for (RotorSpec& rotor : c.rotors) rotor.spin = 1;
  };
  EXPECT_NE(refusal(all_one_way).find("torque z (yaw)"), std::string::npos);
  const auto in_a_line = [](VehicleConfig& c) {
    for (RotorSpec& rotor : c.rotors) rotor.position_b_m[1] = 0;
  };
  EXPECT_NE(refusal(in_a_line).find("torque x (roll)"), std::string::npos);
}

TEST(Vehicle, RefusesVehiclesThatCannotHover) {
  const std::string heavy = refusal([](VehicleConfig& c) { c.mass_kg = 0.06F; });
  EXPECT_NE(heavy.find("vehicle: cannot hover: rotors at max_rotor_speed_radps lift 0.567"),
            std::string::npos)
      << heavy;
  EXPECT_NE(heavy.find("must be more than 1.05 times the weight of 0.588"), std::string::npos);
  // the centre of mass behind the rear rotors: the front ones would have to pull down
  const std::string tail_heavy = refusal([](VehicleConfig& c) {
    for (RotorSpec& rotor : c.rotors) rotor.position_b_m[0] += 0.04F;
  });
  EXPECT_NE(tail_heavy.find("level hover needs -"), std::string::npos) << tail_heavy;
  const std::string fast_idle = refusal([](VehicleConfig& c) { c.min_rotor_speed_radps = 2000; });
  EXPECT_NE(fast_idle.find("vehicle.rotors[0]: level hover needs 0.066"), std::string::npos)
      << fast_idle;
}

TEST(Vehicle, RefusesUnknownSpins) {
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.rotors[1].spin = 2; }),
            "vehicle.rotors[1].spin = 2: must be in [-1, 1]");
}

TEST(Battery, InterpolatesItsCurveBetweenThePoints) {
  const BatterySpec battery = cf2x().battery;
  for (int i = 0; i < kOpenCircuitPoints; ++i) {
    const float soc = static_cast<float>(i) / (kOpenCircuitPoints - 1);
    EXPECT_NEAR(open_circuit_v(battery, soc), battery.open_circuit_v[static_cast<std::size_t>(i)],
                1e-6)
        << i;
  }
  EXPECT_NEAR(open_circuit_v(battery, 0.05F), 3.39, 1e-6);
  EXPECT_EQ(open_circuit_v(battery, -1), battery.open_circuit_v.front());
  EXPECT_EQ(open_circuit_v(battery, 2), battery.open_circuit_v.back());
}

TEST(Battery, RefusesCurvesThatContradictThemselves) {
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.battery.open_circuit_v.pop_back(); }),
            "vehicle.battery.open_circuit_v: has 10 values, must have 11, at 0, 10, ... 100 % "
            "charge");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.battery.open_circuit_v[4] = 3.5F; }),
            "vehicle.battery.open_circuit_v[4] = 3.5: must be above the value before it, "
            "3.87 V, as voltage rises with charge");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.battery.open_circuit_v[0] = 0; }),
            "vehicle.battery.open_circuit_v[0] = 0: must be above 0 V");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.battery.resistance_ohm = -0.1F; }),
            "vehicle.battery.resistance_ohm = -0.1: must be in [1e-04, 100] Ohm");
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.battery.power_per_thrust_wpn = 0; }),
            "vehicle.battery: power_per_thrust_wpn = 0 and power_per_shaft_power = 0: one must be "
            "above 0, or flight would cost nothing");
  const std::string weak =
      refusal([](VehicleConfig& c) { c.battery.speed_per_volt_radpspv = 300; });
  EXPECT_NE(weak.find("vehicle.battery: rotors reach 1570"), std::string::npos) << weak;
  EXPECT_NE(weak.find("must be more than the 1707"), std::string::npos) << weak;
}

TEST(Battery, MayBeLeftOut) {
  EXPECT_EQ(refusal([](VehicleConfig& c) { c.battery = {}; }), "");
}

}  // namespace
}  // namespace volery
