// Drag, convergence, and the equalities that the rest of the simulator rests on.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "core/isa.hpp"
#include "flight/flight.hpp"
#include "tests/flight/fleet.hpp"
#include "tests/flight/reference.hpp"

namespace volery {
namespace {

using flight::ControlStage;
using flight::FlightConfig;
using flight::FlightParams;

TEST(Drag, FallsAtTheTerminalVelocity) {
  const VehicleConfig config = test_vehicle();
  FlightConfig flight = bare_flight();
  flight.body_drag = true;
  const FlightParams params(Vehicle{config}, flight, kStep_s);
  Fleet fleet(2);
  // body 1 lies on its side, so that its x axis points along the fall
  fleet.blocks.set_quat(1, {0, 0.70710678F, 0, 0.70710678F});
  fleet.step(params, 30 * 240);
  // m g = c v^2 along one body axis; the fixed point of the step is that of the equation
  const double weight_n = static_cast<double>(config.mass_kg) * kGravityMps2;
  for (int i = 0; i < 2; ++i) {
    const double coefficient = config.body_drag_b_kgpm[i == 0 ? 2 : 0];
    const double terminal_mps = std::sqrt(weight_n / coefficient);
    EXPECT_NEAR(fleet.blocks.at(i, kVelocity + 2), -terminal_mps, 1e-4 * terminal_mps) << i;
  }
}

TEST(Drag, OfTheRotorsDecaysTheVelocityExponentially) {
  const VehicleConfig config = test_vehicle();
  FlightConfig flight = bare_flight();
  flight.rotor_drag = true;
  const float step_s = 1.0F / 1000;
  const FlightParams params(Vehicle{config}, flight, step_s);
  const Vehicle vehicle(config);
  Fleet fleet(1);
  fleet.set_commands(0, vehicle.hover_speed_radps);
  fleet.blocks.set_vec3(0, kVelocity, {2, -1, 0});
  fleet.step(params, 2000);
  const double rate = 4.0 * vehicle.hover_speed_radps * config.rotor_drag_b_kg[0] / config.mass_kg;
  const double left = std::exp(-rate * 2);
  // explicit in the velocity: an error of rate^2 t step / 2
  const double tolerance = rate * rate * 2 * 0.001;
  EXPECT_NEAR(fleet.blocks.at(0, kVelocity), 2 * left, tolerance);
  EXPECT_NEAR(fleet.blocks.at(0, kVelocity + 1), -left, tolerance);
  EXPECT_LT(left, 0.8);
}

TEST(Drag, ActsAlongTheAxesOfTheBody) {
  // drag along body x alone, the body yawed by 90 degrees: only the world y velocity is slowed
  VehicleConfig config = test_vehicle();
  config.body_drag_b_kgpm = {2e-3F, 0, 0};
  FlightConfig flight = bare_flight();
  flight.body_drag = true;
  flight.gravity_mps2 = 0;
  Fleet fleet(1);
  fleet.blocks.set_quat(0, {0, 0, 0.70710678F, 0.70710678F});
  fleet.blocks.set_vec3(0, kVelocity, {3, 4, 0});
  fleet.step(FlightParams(Vehicle{config}, flight, kStep_s));
  // force = c |v| v_x with |v| = 5 m/s
  const double slowed = static_cast<double>(kStep_s) * 2e-3 * 5 * 4 / config.mass_kg;
  EXPECT_NEAR(fleet.blocks.at(0, kVelocity), 3, 1e-6);
  EXPECT_NEAR(fleet.blocks.at(0, kVelocity + 1), 4 - slowed, 1e-6);
}

/// Compares the fleet with the reference at three step sizes.
void expect_first_order(const VehicleConfig& config) {
  Reference reference;
  reference.config = config;
  const Vehicle vehicle(reference.config);
  FlightConfig flight;
  flight.ground_effect = false;
  // a tumbling start and unequal commands: every term matters
  Reference::State start{0, 0, 100, 0.2, -0.1, 0.3, 0, 1, -2, 0.5, 2, -3, 4};
  start[6] = std::sqrt(1 - 0.04 - 0.01 - 0.09);
  const double factor[] = {1.05, 0.98, 1.02, 0.97};
  for (std::size_t i = 0; i < 4; ++i) {
    start[13 + i] = 1500 + 100.0 * static_cast<double>(i);
    reference.command[i] = factor[i] * static_cast<double>(vehicle.hover_speed_radps);
  }
  const double duration_s = 0.5;
  const Reference::State exact = reference.advanced(start, duration_s / 20000, 20000);

  const int rows[] = {kPosition, kQuat, kVelocity, kOmega, kRotorRows + 4};
  const std::size_t first[] = {0, 3, 7, 10, 13}, width[] = {3, 4, 3, 3, 4};
  const auto errors = [&](int num_steps) {
    const FlightParams params(vehicle, flight, static_cast<float>(duration_s / num_steps));
    Fleet fleet(1);
    for (std::size_t f = 0; f < 5; ++f) {
      for (std::size_t i = 0; i < width[f]; ++i) {
        fleet.blocks.at(0, rows[f] + static_cast<int>(i)) = static_cast<float>(start[first[f] + i]);
      }
    }
    for (std::size_t i = 0; i < 4; ++i) {
      fleet.blocks.at(0, kRotorRows + static_cast<int>(i)) =
          static_cast<float>(reference.command[i]);
    }
    fleet.step(params, num_steps);
    std::array<double, 5> error{};
    for (std::size_t f = 0; f < 5; ++f) {
      for (std::size_t i = 0; i < width[f]; ++i) {
        const double value = fleet.blocks.at(0, rows[f] + static_cast<int>(i));
        error[f] = std::max(error[f], std::abs(value - exact[first[f] + i]));
      }
    }
    return error;
  };
  const auto coarse = errors(60), middle = errors(120), fine = errors(240);
  for (std::size_t f = 0; f < 4; ++f) {
    // first order: halving the step halves the error
    EXPECT_NEAR(coarse[f] / middle[f], 2, 0.3) << "row " << rows[f];
    EXPECT_NEAR(middle[f] / fine[f], 2, 0.3) << "row " << rows[f];
  }
  // the lag is exact for a held command, up to rounding
  EXPECT_LT(coarse[4], 2e-3);
  // at the default 240 Hz (120 steps) after half a second of tumbling
  EXPECT_LT(middle[0], 0.02);
  EXPECT_LT(middle[1], 0.05);
}

TEST(Flight, ConvergesToRungeKuttaWithFirstOrder) {
  expect_first_order(test_vehicle());
}

TEST(Flight, ConvergesToRungeKuttaWithEqualDragAlongXAndY) {
  expect_first_order(axial_vehicle());
}

/// A control stage that writes the commands of a tick from the state, as controllers do.
void wobble(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const float hover = *static_cast<const float*>(constants);
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const int body = b * kLanes + lane;
      const int num_rotors = (blocks.num_rows - kRotorRows) / 2;
      for (int r = 0; r < num_rotors; ++r) {
        const float old = blocks.at(body, kRotorRows + r);
        blocks.at(body, kRotorRows + r) =
            hover + 0.5F * (old - hover) - 5.0F * blocks.at(body, kOmega + r % 3);
      }
    }
  }
}

/// A scattered fleet with a frozen and an absent body; the number of bodies leaves padding lanes.
Fleet mixed_fleet(const Vehicle& vehicle) {
  Fleet fleet(16 * 19 + 5, vehicle.num_rotors);
  scatter(fleet, 11, vehicle.hover_speed_radps);
  fleet.blocks.at(20, kMode) = static_cast<float>(BodyMode::kFrozen);
  fleet.blocks.at(170, kMode) = static_cast<float>(BodyMode::kAbsent);
  fleet.blocks.at(40, kMotorsOn) = 0;
  return fleet;
}

TEST(Flight, FusedEqualsTheHalvesBitForBit) {
  for (const VehicleConfig& config : all_kinds()) {
    const Vehicle vehicle(config);
    const FlightParams params(vehicle, {}, kStep_s);
    const ControlStage control{wobble, &vehicle.hover_speed_radps, 2};
    Fleet fused = mixed_fleet(vehicle);
    Fleet halves(fused);
    const int last = fused.blocks.num_blocks;
    for (int window = 0; window < 30; ++window) {
      flight::advance_fused(params, control, fused.blocks, 0, last, 0, 8);
      for (int s = 0; s < 8; ++s) {
        if (s % 2 == 0) wobble(control.constants, halves.blocks, 0, last);
        halves.step(params);
      }
      ASSERT_TRUE(fused.same_bits(halves)) << vehicle.num_rotors << " rotors, window " << window;
    }
  }
}

TEST(Flight, AWindowMayBeSplitAnywhere) {
  const Vehicle vehicle(test_vehicle());
  const FlightParams params(vehicle, {}, kStep_s);
  const ControlStage control{wobble, &vehicle.hover_speed_radps, 3};
  const Fleet start = mixed_fleet(vehicle);
  Fleet whole(start);
  const int last = start.blocks.num_blocks;
  flight::advance_fused(params, control, whole.blocks, 0, last, 0, 8);
  for (int split = 0; split <= 8; ++split) {
    Fleet parts(start);
    // in time, and in ranges of blocks that cut through the groups
    flight::advance_fused(params, control, parts.blocks, 0, 5, 0, split);
    flight::advance_fused(params, control, parts.blocks, 5, last, 0, split);
    flight::advance_fused(params, control, parts.blocks, 0, 11, split, 8);
    flight::advance_fused(params, control, parts.blocks, 11, last, split, 8);
    EXPECT_TRUE(parts.same_bits(whole)) << split;
  }
}

TEST(Flight, CommandsStayWithoutAControlStage) {
  const Vehicle vehicle(test_vehicle());
  const FlightParams params(vehicle, {}, kStep_s);
  Fleet fused = mixed_fleet(vehicle);
  Fleet halves(fused);
  flight::advance_fused(params, {}, fused.blocks, 0, fused.blocks.num_blocks, 0, 4);
  halves.step(params, 4);
  EXPECT_TRUE(fused.same_bits(halves));
}

TEST(Flight, EveryInstructionSetGivesTheSameBits) {
  for (const VehicleConfig& config : all_kinds()) {
    const Vehicle vehicle(config);
    const FlightParams params(vehicle, {}, kStep_s);
    const ControlStage control{wobble, &vehicle.hover_speed_radps, 4};
    const Fleet start = mixed_fleet(vehicle);
    const auto flown = [&](const std::string& isa) {
      limit_isa(isa);
      Fleet fleet(start);
      for (int window = 0; window < 30; ++window) {
        flight::advance_fused(params, control, fleet.blocks, 0, fleet.blocks.num_blocks, 0, 8);
      }
      return fleet;
    };
    const Fleet best = flown("auto");
    EXPECT_FALSE(best.same_bits(start));
    for (const std::string& isa : available_isas()) {
      EXPECT_TRUE(flown(isa).same_bits(best)) << isa << ", " << vehicle.num_rotors << " rotors";
    }
    limit_isa("auto");
  }
}

TEST(Flight, EveryKernelHoversAndTurnsAlike) {
  // equal commands but for one step of yaw: all vehicles are built to react alike
  for (const VehicleConfig& config : all_kinds()) {
    const Vehicle vehicle(config);
    const FlightParams params(vehicle, {}, kStep_s);
    Fleet fleet(1, vehicle.num_rotors);
    fleet.set_commands(0, vehicle.hover_speed_radps);
    fleet.set_speeds(0, vehicle.hover_speed_radps);
    fleet.step(params, 240);
    // rounding of the thrust, over a second
    EXPECT_NEAR(fleet.blocks.at(0, kVelocity + 2), 0, 1e-5) << vehicle.num_rotors;
    for (int axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(fleet.blocks.at(0, kOmega + axis), 0, 1e-4) << vehicle.num_rotors;
    }
    // the counter-clockwise rotors 10 % faster: the body turns clockwise, and on its left (y > 0)
    // ones it rolls right (+x)
    for (int r = 0; r < vehicle.num_rotors; ++r) {
      const RotorSpec& rotor = config.rotors[static_cast<std::size_t>(r)];
      const float factor = (rotor.spin > 0 ? 1.1F : 0.9F) * (rotor.position_b_m[1] > 0 ? 1.01F : 1);
      fleet.blocks.at(0, kRotorRows + r) = vehicle.hover_speed_radps * factor;
    }
    fleet.step(params, 24);
    EXPECT_LT(fleet.blocks.at(0, kOmega + 2), -1) << vehicle.num_rotors;
    EXPECT_GT(fleet.blocks.at(0, kOmega), 0.2) << vehicle.num_rotors;
  }
}

TEST(Flight, FixedBodiesHoldTheirPoseAndLeaveTheOthersAlone) {
  const Vehicle vehicle(test_vehicle());
  const FlightParams params(vehicle, {}, kStep_s);
  Fleet free(16);
  scatter(free, 5, vehicle.hover_speed_radps);
  Fleet mixed(free);
  mixed.blocks.at(3, kMode) = static_cast<float>(BodyMode::kFrozen);
  mixed.blocks.at(9, kMode) = static_cast<float>(BodyMode::kAbsent);
  // a quaternion that turning by nothing would change, because it normalizes
  mixed.blocks.set_quat(3, {0.6F, 0, 0, 0.81F});
  const Fleet start(mixed);
  free.step(params, 20);
  mixed.step(params, 20);
  for (int i = 0; i < 16; ++i) {
    if (i == 3 || i == 9) {
      for (int row = kPosition; row < kVelocity; ++row) {
        EXPECT_EQ(mixed.blocks.at(i, row), start.blocks.at(i, row)) << i << " " << row;
      }
      EXPECT_EQ(mixed.blocks.vec3(i, kVelocity), (Vec3{0, 0, 0}));
      EXPECT_EQ(mixed.blocks.vec3(i, kOmega), (Vec3{0, 0, 0}));
    } else {
      for (int row = 0; row < free.blocks.num_rows; ++row) {
        EXPECT_EQ(mixed.blocks.at(i, row), free.blocks.at(i, row)) << i << " " << row;
      }
    }
  }
}

TEST(Flight, PaddingLanesStayFiniteForAWeek) {
  // a padding lane is a resting body that falls; float32 stops its speed from growing at
  // 2^24 g step = 7e5 m/s, so large steps show a week's worth
  const FlightParams params(Vehicle(test_vehicle()), {}, 0.1F);
  Fleet fleet(1);
  fleet.step(params, 7 * 24 * 36);
  FlightConfig no_drag = bare_flight();
  Fleet faster(1);
  const FlightParams vacuum(Vehicle(test_vehicle()), no_drag, 0.1F);
  for (int i = 0; i < 16; ++i) faster.blocks.at(i, kVelocity + 2) = -7e5F;
  faster.step(vacuum, 7 * 24 * 36);
  for (const Fleet* f : {&fleet, &faster}) {
    for (int i = 1; i < 16; ++i) {
      for (int row = 0; row < f->blocks.num_rows; ++row) {
        EXPECT_TRUE(std::isfinite(f->blocks.at(i, row))) << i << " " << row;
      }
    }
  }
}

}  // namespace
}  // namespace volery
