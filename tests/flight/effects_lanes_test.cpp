// The kernel with optional effects: each effect against its formula, and all of them together.
#include "flight/effects_lanes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/flight/effect_fleet.hpp"
#include "volery/isa.hpp"

namespace volery {
namespace {

using flight::FlightConfig;

// a few roundings of float32 in a factor
constexpr double kFewRoundings = 5e-7;

/// No effect, no weight: what is turned on afterwards acts alone.
FlightConfig weightless() {
  FlightConfig config = bare_flight();
  config.gravity_mps2 = 0;
  return config;
}

TEST(Effects, NeutralRowsKeepTheBitsOfThePlainKernel) {
  FlightConfig config = all_effects();
  // these three change numbers by being on
  config.command_delay_s = 0;
  config.command_levels = 0;
  config.axial_inflow = false;
  for (const VehicleConfig& vehicle : all_kinds()) {
    EffectFleet with(with_battery(vehicle), config, 40);
    scatter(with.fleet, 3, with.vehicle.hover_speed_radps);
    const flight::FlightParams plain(with.vehicle, {}, kStep_s);
    const int rows = kRotorRows + 2 * with.vehicle.num_rotors;
    Fleet without(40, with.vehicle.num_rotors);
    scatter(without, 3, with.vehicle.hover_speed_radps);
    with.step(30);
    without.step(plain, 30);
    for (int i = 0; i < 40; ++i) {
      for (int r = 0; r < rows; ++r) ASSERT_EQ(with.at(i, r), without.blocks.at(i, r)) << i << r;
    }
  }
}

TEST(Effects, FusedEqualsTheHalvesBitForBit) {
  for (const VehicleConfig& vehicle : all_kinds()) {
    EffectFleet fused(with_battery(vehicle), all_effects(), 16 * 11 + 3);
    scatter_effects(fused, 5);
    fused.at(20, kMode) = static_cast<float>(BodyMode::kFrozen);
    fused.at(40, kMotorsOn) = 0;
    Fleet halves(fused.fleet);
    const int last = halves.blocks.num_blocks;
    for (int window = 0; window < 20; ++window) {
      flight::advance_fused(fused.params, {}, fused.fleet.blocks, 0, last, 0, 8);
      halves.step(fused.params, 8);
      ASSERT_TRUE(fused.fleet.same_bits(halves)) << fused.vehicle.num_rotors << " " << window;
    }
  }
}

TEST(Effects, EveryInstructionSetGivesTheSameBits) {
  for (const VehicleConfig& vehicle : all_kinds()) {
    const auto flown = [&](const std::string& isa) {
      limit_isa(isa);
      EffectFleet f(with_battery(vehicle), all_effects(), 100);
      scatter_effects(f, 6);
      flight::advance_fused(f.params, {}, f.fleet.blocks, 0, f.fleet.blocks.num_blocks, 0, 240);
      return Fleet(f.fleet);
    };
    const Fleet best = flown("auto");
    for (const std::string& isa : available_isas())
      EXPECT_TRUE(flown(isa).same_bits(best)) << isa << ", " << best.num_rotors << " rotors";
    limit_isa("auto");
  }
}

TEST(Effects, StayFiniteInTheWorstOfAll) {
  // upside down at 30 m/s in a storm below a ceiling, empty, pushed, all rotors failed
  EffectFleet f(with_battery(test_vehicle()), all_effects(), 16);
  for (int i = 0; i < 16; ++i) {
    f.fleet.blocks.set_quat(i, {1, 0, 0, 0});
    f.fleet.blocks.set_vec3(i, kVelocity, {30, 0, 30});
    f.fleet.blocks.set_vec3(i, kOmega, {50, -80, 100});
    f.fleet.blocks.set_vec3(i, f.rows.wind, {1e6F, -1e6F, 1e6F});
    f.at(i, f.rows.downwash) = -1e30F;
    f.at(i, f.rows.ceiling) = -1e6F;
    f.at(i, f.rows.effectiveness + i % 4) = i % 2 == 0 ? -5.0F : 1e9F;
    f.fleet.blocks.set_vec3(i, f.rows.force, {1e20F, -1e20F, 1e20F});
    f.at(i, f.rows.battery + flight::kBatterySoc) = i % 3 == 0 ? 0.0F : -1.0F;
    f.fleet.set_commands(i, f.vehicle.config.max_rotor_speed_radps);
  }
  f.step(24000);
  for (int i = 0; i < 16; ++i) {
    for (int r = 0; r < f.table.num_rows(); ++r) {
      EXPECT_TRUE(std::isfinite(f.at(i, r))) << i << " row " << r;
    }
  }
}

TEST(Air, DragIsThatOfTheVelocityAgainstTheAir) {
  VehicleConfig vehicle = test_vehicle();
  FlightConfig config = weightless();
  config.body_drag = config.rotor_drag = config.wind = config.downwash = true;
  EffectFleet f(vehicle, config, 3);
  for (int i = 0; i < 3; ++i) f.spin(i, 1500);
  // at rest in the wind; flying with it; the same wind as downwash
  const Vec3 wind{3, -2, -1.5F};
  for (int i = 0; i < 2; ++i) f.fleet.blocks.set_vec3(i, f.rows.wind, wind);
  f.fleet.blocks.set_vec3(1, kVelocity, wind);
  f.fleet.blocks.set_vec3(2, f.rows.wind, {3, -2, 0});
  f.at(2, f.rows.downwash) = -1.5F;
  f.step();

  const double speed = std::sqrt(9 + 4 + 2.25), dt = kStep_s;
  const double lift = dt * 4 * 1500 * 1500 * static_cast<double>(vehicle.thrust_coefficient_n_s2);
  const double w[3] = {3, -2, -1.5};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double drag_n = 4 * 1500 * vehicle.rotor_drag_b_kg[axis] * w[axis] +
                          vehicle.body_drag_b_kgpm[axis] * speed * w[axis];
    const double gain = (dt * drag_n + (axis == 2 ? lift : 0)) / vehicle.mass_kg;
    const int row = kVelocity + static_cast<int>(axis);
    EXPECT_NEAR(f.at(0, row), gain, 5 * kFewRoundings) << axis;
    EXPECT_NEAR(f.at(1, row), w[axis] + (axis == 2 ? lift / vehicle.mass_kg : 0), 1e-5) << axis;
    EXPECT_EQ(f.at(2, row), f.at(0, row)) << axis;
  }
}

TEST(Air, ABodyWithoutLiftEndsUpWithTheWind) {
  FlightConfig config = weightless();
  config.body_drag = config.wind = true;
  EffectFleet f(axial_vehicle(), config, 1);
  f.fleet.blocks.set_vec3(0, f.rows.wind, {10, 0, 0});
  // dv/dt = c (w - v)^2 / m: w - v = 1 / (1/w + c t / m)
  const VehicleConfig& c = f.vehicle.config;
  for (int second = 1; second <= 20; ++second) {
    f.step(240);
    const double left =
        1 / (1.0 / 10 + static_cast<double>(c.body_drag_b_kgpm[0]) * second / c.mass_kg);
    // first-order integration: the error of the steep start, 0.4 % of it
    EXPECT_NEAR(10 - f.at(0, kVelocity), left, 0.02) << second;
  }
}

TEST(Air, IsClippedAtItsLimit) {
  FlightConfig config = weightless();
  config.body_drag = config.wind = true;
  config.max_air_speed_mps = 12;
  EffectFleet f(test_vehicle(), config, 2);
  f.fleet.blocks.set_vec3(0, f.rows.wind, {12, -12, 12});
  f.fleet.blocks.set_vec3(1, f.rows.wind, {1e9F, -13, 1e30F});
  f.step();
  EXPECT_EQ(f.fleet.blocks.vec3(0, kVelocity), f.fleet.blocks.vec3(1, kVelocity));
}

TEST(AxialInflow, TakesThrustInClimbAndGivesItInDescent) {
  VehicleConfig vehicle = test_vehicle();
  FlightConfig config = weightless();
  config.rotor_drag = config.axial_inflow = true;
  EffectFleet f(vehicle, config, 5);
  const float climb[] = {0, 2, -2, 1e4F, -1e4F};
  const double speed = 1500, k = vehicle.thrust_coefficient_n_s2;
  for (int i = 0; i < 5; ++i) {
    f.spin(i, 1500);
    f.at(i, kVelocity + 2) = climb[i];
  }
  f.step();
  const double still_n = 4 * k * speed * speed;
  const double per_mps = 4 * static_cast<double>(vehicle.rotor_drag_b_kg[2]) * speed;
  // none in free air from where the linear law would pull, half as much again in fast descent
  const double thrust_n[] = {still_n, still_n - 2 * per_mps, still_n + 2 * per_mps, 0,
                             1.5 * still_n};
  for (int i = 0; i < 5; ++i) {
    const double gain = static_cast<double>(f.at(i, kVelocity + 2)) - climb[i];
    // what float32 resolves at this speed
    const double resolution = std::abs(climb[i]) * 1.2e-7 + 1e-7;
    EXPECT_NEAR(gain, static_cast<double>(kStep_s) * thrust_n[i] / vehicle.mass_kg, 2 * resolution)
        << climb[i];
  }
}

TEST(AxialInflow, DampsRollAndPitch) {
  VehicleConfig vehicle = test_vehicle();
  FlightConfig config = weightless();
  config.rotor_drag = config.axial_inflow = true;
  EffectFleet f(vehicle, config, 1);
  f.spin(0, 1500);
  f.fleet.blocks.set_vec3(0, kOmega, {4, -3, 0});
  f.step();
  // torque = -k_z w sum(y^2) omega_x, and likewise in y
  const double arm2 = 4 * 0.0325 * 0.0325;
  const double damping = static_cast<double>(vehicle.rotor_drag_b_kg[2]) * 1500 * arm2;
  const double dt = kStep_s;
  EXPECT_NEAR(f.at(0, kOmega), 4 * (1 - dt * damping / vehicle.inertia_b_kgm2[0]), 1e-5);
  EXPECT_NEAR(f.at(0, kOmega + 1), -3 * (1 - dt * damping / vehicle.inertia_b_kgm2[1]), 1e-5);
  EXPECT_LT(f.at(0, kOmega), 4 - 1e-3) << "the effect must be seen";
}

/// Thrust over that far from any ceiling, at a distance of the rotors below it.
double ceiling_ratio(float distance_m, Quat attitude = {}) {
  FlightConfig config = weightless();
  config.ceiling_effect = true;
  EffectFleet f(test_vehicle(), config, 2);
  for (int i = 0; i < 2; ++i) {
    f.fleet.set_commands(i, 1500);
    f.fleet.blocks.set_quat(i, attitude);
    f.at(i, kPosition + 2) = 2;
  }
  f.at(0, f.rows.ceiling) = 2 + distance_m;
  f.step();
  const Vec3 near = f.fleet.blocks.vec3(0, kVelocity), far = f.fleet.blocks.vec3(1, kVelocity);
  return std::sqrt(static_cast<double>(dot(near, near)) / static_cast<double>(dot(far, far)));
}

TEST(CeilingEffect, FollowsItsFormulaAndEndsAtEightRadii) {
  const double radius = test_vehicle().rotor_radius_m;
  for (double distance = 0.3; distance < 7.9; distance += 0.1) {
    const double exact = 0.5 + 0.5 * std::sqrt(1 + 1 / (8 * distance * distance));
    const double ratio = ceiling_ratio(static_cast<float>(distance * radius));
    // 1 / 512 is taken off under the root, so that the effect ends without a step
    EXPECT_NEAR(ratio, exact, 1.0 / 512 / 4 + 1e-5) << distance;
    EXPECT_GT(ratio, 1);
  }
  EXPECT_EQ(ceiling_ratio(static_cast<float>(8.01 * radius)), 1);
  EXPECT_LT(ceiling_ratio(static_cast<float>(7.95 * radius)), 1 + 1e-5);
}

TEST(CeilingEffect, StopsToGrowBelowAQuarterRadiusAndIsOffUpsideDown) {
  const float radius = test_vehicle().rotor_radius_m;
  const double most = ceiling_ratio(radius / 4);
  EXPECT_NEAR(most, 0.5 + 0.5 * std::sqrt(3.0), 1e-3);
  for (const float d : {0.1F, 0.0F, -1.0F, -1000.0F})
    EXPECT_NEAR(ceiling_ratio(d * radius), most, 2e-4) << d;
  EXPECT_EQ(ceiling_ratio(radius, {1, 0, 0, 0}), 1);
}

TEST(CommandDelay, ShiftsTheResponseByWholeSubsteps) {
  VehicleConfig vehicle = test_vehicle();
  for (const int substeps : {1, 2, 5}) {
    FlightConfig config;
    const flight::FlightParams prompt(Vehicle{vehicle}, config, kStep_s);
    config.command_delay_s = static_cast<float>(substeps) * kStep_s;
    EffectFleet late(vehicle, config, 1);
    ASSERT_EQ(late.rows.num_delayed, substeps);
    Fleet early(1);
    late.spin(0, 1000);
    early.set_commands(0, 1000);
    early.set_speeds(0, 1000);
    std::vector<float> responses;
    for (int step = 0; step < 40; ++step) {
      for (int r = 0; r < 4; ++r) {
        const float command = 1000 + 100 * static_cast<float>(step % 7 + r);
        early.blocks.at(0, kRotorRows + r) = late.at(0, kRotorRows + r) = command;
      }
      early.step(prompt);
      late.step();
      responses.push_back(early.blocks.at(0, kRotorRows + 4 + 2));
      const float expected =
          step < substeps ? 1000 : responses[static_cast<std::size_t>(step - substeps)];
      EXPECT_EQ(late.speed(0, 2), expected) << substeps << " substeps, step " << step;
    }
  }
}

TEST(CommandLevels, RoundToTheNearest) {
  FlightConfig config = bare_flight();
  config.command_levels = 100;
  EffectFleet f(test_vehicle(), config, 1);
  const float given[] = {1000, 1012, 1013, 2499};
  const float level = f.vehicle.config.max_rotor_speed_radps / 100;  // 25 rad/s
  for (int r = 0; r < 4; ++r) f.at(0, kRotorRows + r) = given[r];
  f.step();
  const float rounded[] = {40 * level, 40 * level, 41 * level, 100 * level};
  for (int r = 0; r < 4; ++r) EXPECT_NEAR(f.speed(0, r), rounded[r], 1e-3F) << r;
}

TEST(Faults, ARotorGivesItsShareOfTheThrust) {
  VehicleConfig vehicle = test_vehicle();
  FlightConfig config = weightless();
  config.rotor_faults = true;
  EffectFleet f(vehicle, config, 3);
  const float share[] = {1, 0.36F, 0};
  for (int i = 0; i < 3; ++i) {
    f.fleet.set_commands(i, 1500);
    for (int r = 0; r < 4; ++r) f.at(i, f.rows.effectiveness + r) = share[i];
  }
  f.step();
  const float full = f.at(0, kVelocity + 2);
  EXPECT_GT(full, 0);
  EXPECT_NEAR(f.at(1, kVelocity + 2) / full, 0.36, kFewRoundings);
  EXPECT_EQ(f.at(2, kVelocity + 2), 0);
}

TEST(Faults, AFailedRotorRunsOutAndTurnsTheVehicleOver) {
  FlightConfig config;
  config.rotor_faults = true;
  EffectFleet f(test_vehicle(), config, 1);
  f.spin(0, f.vehicle.hover_speed_radps);
  f.at(0, f.rows.effectiveness + 2) = 0;  // back left
  f.step(60);
  EXPECT_NEAR(f.speed(0, 2),
              f.vehicle.hover_speed_radps * std::exp(-0.25F / f.vehicle.config.motor_fall_s), 0.1F);
  // the left side and the back drop
  EXPECT_LT(f.at(0, kOmega), -1);
  EXPECT_LT(f.at(0, kOmega + 1), -1);
}

TEST(Faults, WithAllMotorsFailedItFalls) {
  FlightConfig config;
  config.body_drag = config.rotor_drag = false;
  config.rotor_faults = true;
  EffectFleet f(test_vehicle(), config, 1);
  for (int r = 0; r < 4; ++r) f.at(0, f.rows.effectiveness + r) = 0;
  f.fleet.set_commands(0, 2000);
  f.step(480);
  EXPECT_NEAR(f.at(0, kVelocity + 2), -2 * kGravityMps2, 1e-3);
}

TEST(Disturbance, AcceleratesByForceOverMassAndTorqueOverInertia) {
  VehicleConfig vehicle = test_vehicle();
  FlightConfig config = weightless();
  config.disturbance.enabled = true;
  EffectFleet f(vehicle, config, 1);
  f.fleet.blocks.set_vec3(0, f.rows.force, {0.1F, -0.2F, 0.05F});
  f.fleet.blocks.set_vec3(0, f.rows.torque, {1e-5F, 2e-5F, -3e-5F});
  f.step(24);
  const double time = 24 * static_cast<double>(kStep_s);
  const double force[] = {0.1, -0.2, 0.05}, torque[] = {1e-5, 2e-5, -3e-5};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const int i = static_cast<int>(axis);
    const double v = force[axis] * time / vehicle.mass_kg;
    EXPECT_NEAR(f.at(0, kVelocity + i), v, std::abs(v) * 24 * kFewRoundings) << axis;
    const double w = torque[axis] * time / vehicle.inertia_b_kgm2[axis];
    EXPECT_NEAR(f.at(0, kOmega + i), w, std::abs(w) * 24 * kFewRoundings) << axis;
  }
}

TEST(Disturbance, ForcesAreClippedAtTheirLimit) {
  FlightConfig config = weightless();
  config.disturbance.enabled = true;
  EffectFleet f(test_vehicle(), config, 2);
  const float limit = f.rows.force_limit_n;
  EXPECT_FLOAT_EQ(limit, 2 * f.vehicle.config.mass_kg * kGravityMps2);
  f.fleet.blocks.set_vec3(0, f.rows.force, {limit, -limit, limit});
  f.fleet.blocks.set_vec3(1, f.rows.force, {1e3F, -1e30F, 2 * limit});
  f.step();
  EXPECT_EQ(f.fleet.blocks.vec3(0, kVelocity), f.fleet.blocks.vec3(1, kVelocity));
}

}  // namespace
}  // namespace volery
