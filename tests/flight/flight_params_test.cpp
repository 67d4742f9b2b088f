#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "flight/flight.hpp"
#include "flight/param_rows.hpp"
#include "tests/flight/fleet.hpp"
#include "volery/error.hpp"

namespace volery {
namespace {

using flight::FlightConfig;
using flight::FlightParams;
using flight::FreeBodyParams;

TEST(FlightParams, OneAlignedBlockServesAUniformFleet) {
  const FlightParams params(Vehicle(test_vehicle()), {}, kStep_s);
  EXPECT_EQ(params.block({}, 0), params.block({}, 1000));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(params.block({}, 0)) % 64, 0U);
  EXPECT_EQ(params.num_rotors(), 4);
  EXPECT_EQ(params.step_s(), kStep_s);
}

TEST(FlightParams, SwitchesTurnTheirEffectsOff) {
  const Vehicle vehicle(test_vehicle());
  const auto first_lane = [&](const FlightConfig& config, int row) {
    return FlightParams(vehicle, config, kStep_s).block({}, 0)[row * kLanes];
  };
  const FlightConfig on;
  FlightConfig off = bare_flight();
  EXPECT_LT(first_lane(on, flight::kRiseFraction), 1);
  EXPECT_EQ(first_lane(off, flight::kRiseFraction), 1);
  for (const int row : {flight::kHalfStep + 0, flight::kPredictor + 1, flight::kRotorDragGain + 0,
                        flight::kBodyDragGain + 2, flight::kSpinInertia + 0}) {
    EXPECT_NE(first_lane(on, row), 0) << row;
    EXPECT_EQ(first_lane(off, row), 0) << row;
  }
  EXPECT_GT(first_lane(on, flight::kGroundSkip), 0);
  EXPECT_EQ(first_lane(off, flight::kGroundSkip), -std::numeric_limits<float>::infinity());
}

TEST(FlightParams, AMotorWithoutLagFollowsAtOnce) {
  VehicleConfig config = test_vehicle();
  config.motor_rise_s = 0;
  const FlightParams params(Vehicle{config}, {}, kStep_s);
  EXPECT_EQ(params.block({}, 0)[flight::kRiseFraction * kLanes], 1);
  EXPECT_LT(params.block({}, 0)[flight::kFallFraction * kLanes], 1);
}

TEST(FlightParams, RefusesAVehicleWithoutKernel) {
  const auto message = [](std::vector<int> more_spins) {
    VehicleConfig config = test_vehicle();
    for (const int spin : more_spins) {
      config.rotors.push_back(config.rotors[0]);
      config.rotors.back().spin = spin;
    }
    const Vehicle vehicle(config);
    try {
      const FlightParams params(vehicle, {}, kStep_s);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kValue);
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(message({}), "no error");
  EXPECT_EQ(message({1, -1}), "no error");
  EXPECT_EQ(message({1}), "vehicle.rotors: has 5 rotors; flight has kernels for 4, 6 and 8");
  EXPECT_EQ(message({1, 1}), "vehicle.rotors: 4 of 6 have spin 1; must be half of them");
}

TEST(FreeBodyParams, RowsRepeatWithTheBodiesOfAWorld) {
  const FreeBodyParams params(9.0F, 0.5F, {{1, 2, 4}, {3, 3, 3}, {5, 1, 1}});
  const float ratio[3] = {0.5F, 1.0F, 0.2F};
  for (int body = 0; body < 7 * kLanes; ++body) {
    const float* rows = params.block(body / kLanes) + body % kLanes;
    EXPECT_FLOAT_EQ(rows[(flight::kFreeInertia + 1) * kLanes], ratio[body % 3]);
    EXPECT_FLOAT_EQ(rows[(flight::kFreeInverseInertia + 1) * kLanes], 1 / ratio[body % 3]);
    EXPECT_FLOAT_EQ(rows[flight::kFreeGravityStep * kLanes], 4.5F);
  }
  EXPECT_EQ(params.block(0), params.block(3));
  EXPECT_NE(params.block(0), params.block(1));
}

}  // namespace
}  // namespace volery
