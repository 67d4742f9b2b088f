#include "flight/rigid_body_lanes.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/flight/fleet.hpp"

namespace volery {
namespace {

using flight::FlightConfig;
using flight::FlightParams;
using flight::FreeBodyParams;

/// Motors still: rigid body, gravity and drag alone.
FlightParams gliding(const VehicleConfig& config, float step_s, float gravity_mps2 = 0) {
  FlightConfig flight = bare_flight();
  flight.gyroscopic = true;
  flight.gravity_mps2 = gravity_mps2;
  return FlightParams(Vehicle{config}, flight, step_s);
}

double norm(Vec3 v) {
  return std::sqrt(static_cast<double>(dot(v, v)));
}

TEST(RigidBody, FallsFreely) {
  const FlightParams params = gliding(test_vehicle(), kStep_s, kGravityMps2);
  Fleet fleet(1);
  fleet.blocks.set_vec3(0, kVelocity, {1, -2, 3});
  constexpr int kSteps = 480;
  fleet.step(params, kSteps);
  const double dt = kStep_s, g = kGravityMps2;
  // semi-implicit Euler sums g dt over n (n + 1) / 2 steps; 480 roundings of a velocity below 20
  // m/s
  constexpr double kRounding_mps = 480 * 1e-6;
  EXPECT_NEAR(fleet.blocks.at(0, kVelocity + 2), 3 - g * dt * kSteps, kRounding_mps);
  const double z = 100 + 3 * dt * kSteps - g * dt * dt * kSteps * (kSteps + 1) / 2;
  EXPECT_NEAR(fleet.blocks.at(0, kPosition + 2), z, 2 * kRounding_mps);
  EXPECT_NEAR(fleet.blocks.at(0, kPosition), 1 * dt * kSteps, 1e-5);
  EXPECT_NEAR(fleet.blocks.at(0, kPosition + 1), -2 * dt * kSteps, 1e-5);
  EXPECT_EQ(fleet.blocks.vec3(0, kOmega), (Vec3{0, 0, 0}));
  EXPECT_EQ(fleet.blocks.quat(0), (Quat{0, 0, 0, 1}));
}

TEST(RigidBody, TumblingWithoutTorqueKeepsEnergyAndAngularMomentum) {
  VehicleConfig config = test_vehicle();
  config.inertia_b_kgm2 = {1.0e-5F, 2.0e-5F, 2.6e-5F};
  const Vec3 inertia{1.0e-5F, 2.0e-5F, 2.6e-5F};
  const FlightParams params = gliding(config, kStep_s);
  Fleet fleet(1);
  // close to the unstable middle axis: the body flips over again and again
  const Vec3 start{0.5F, 20, 0.3F};
  fleet.blocks.set_vec3(0, kOmega, start);
  const auto momentum_w = [&] {
    const Vec3 w = fleet.blocks.vec3(0, kOmega);
    return rotate(fleet.blocks.quat(0), {inertia.x * w.x, inertia.y * w.y, inertia.z * w.z});
  };
  const auto energy = [&] {
    const Vec3 w = fleet.blocks.vec3(0, kOmega);
    return 0.5 * static_cast<double>(inertia.x * w.x * w.x + inertia.y * w.y * w.y +
                                     inertia.z * w.z * w.z);
  };
  const double energy0 = energy();
  const Vec3 momentum0 = momentum_w();
  int flips = 0;
  float last_sign = 1;
  double worst_energy = 0, worst_size = 0, worst_direction = 0;
  for (int step = 0; step < 2400; ++step) {
    fleet.step(params);
    const Vec3 momentum = momentum_w();
    worst_energy = std::max(worst_energy, std::abs(energy() / energy0 - 1));
    worst_size = std::max(worst_size, std::abs(norm(momentum) / norm(momentum0) - 1));
    worst_direction = std::max(worst_direction, norm(momentum - momentum0) / norm(momentum0));
    const float w_y = fleet.blocks.at(0, kOmega + 1);
    if (w_y * last_sign < -10) {
      ++flips;
      last_sign = -last_sign;
    }
  }
  EXPECT_GE(flips, 10);
  // |L| is kept by construction; 2400 roundings
  EXPECT_LT(worst_size, 1e-5);
  // the energy error is of second order in 20 rad/s / 240 Hz and does not build up
  EXPECT_LT(worst_energy, 0.005);
  // the attitude is of first order: L wobbles by half a step's turn in each flip
  EXPECT_LT(worst_direction, 0.1);
}

TEST(RigidBody, EnergyErrorOfTumblingFallsWithTheSquareOfTheStep) {
  VehicleConfig config = test_vehicle();
  config.inertia_b_kgm2 = {1.0e-5F, 2.0e-5F, 2.6e-5F};
  const auto worst = [&](int rate_hz) {
    const FlightParams params = gliding(config, 1.0F / static_cast<float>(rate_hz));
    Fleet fleet(1);
    fleet.blocks.set_vec3(0, kOmega, {5, 40, 5});
    const auto energy = [&] {
      const Vec3 w = fleet.blocks.vec3(0, kOmega);
      return static_cast<double>(1.0F * w.x * w.x + 2.0F * w.y * w.y + 2.6F * w.z * w.z);
    };
    const double energy0 = energy();
    double largest = 0;
    for (int step = 0; step < 2 * rate_hz; ++step) {
      fleet.step(params);
      largest = std::max(largest, std::abs(energy() / energy0 - 1));
    }
    return largest;
  };
  // halving the step divides the error by four, with some room for the higher orders
  EXPECT_GT(worst(120) / worst(240), 3.0);
  EXPECT_GT(worst(240) / worst(480), 3.0);
}

TEST(RigidBody, StaysBoundedAtAnyRateOfTurn) {
  VehicleConfig config = test_vehicle();
  config.inertia_b_kgm2 = {1.0e-5F, 2.0e-5F, 2.6e-5F};
  const FlightParams params = gliding(config, kStep_s);
  for (const float rate : {300.0F, 3000.0F, 1e5F, 1e8F}) {
    Fleet fleet(1);
    fleet.blocks.set_vec3(0, kOmega, {rate, -2 * rate, 0.5F * rate});
    const auto momentum = [&] {
      const Vec3 w = fleet.blocks.vec3(0, kOmega);
      return norm({1.0F * w.x, 2.0F * w.y, 2.6F * w.z});
    };
    const double start = momentum();
    fleet.step(params, 2400);
    // only rounding moves |L|
    EXPECT_NEAR(momentum() / start, 1, 1e-3) << rate;
    const Quat q = fleet.blocks.quat(0);
    EXPECT_NEAR(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w, 1, 1e-6) << rate;
  }
}

TEST(RigidBody, TurnsByTheExponentialOfARate) {
  const FlightParams params = gliding(test_vehicle(), kStep_s);
  Fleet fleet(4);
  // about principal axes, where the rate stays as it is; the last is close to the bound
  const Vec3 rates[] = {{3, 0, 0}, {0, -30, 0}, {0, 0, 200}, {0, 0, 479}};
  for (int i = 0; i < 4; ++i) fleet.blocks.set_vec3(i, kOmega, rates[i]);
  constexpr int kSteps = 240;
  fleet.step(params, kSteps);
  for (int i = 0; i < 4; ++i) {
    const Vec3 w = rates[i];
    const double half = 0.5 * kSteps * static_cast<double>(kStep_s) * (w.x + w.y + w.z);
    const Quat q = fleet.blocks.quat(i);
    const double sine = q.x + q.y + q.z;
    // per step a rounding, and up to 1.4e-7 of the angle by the polynomials
    constexpr double kTolerance = 240 * 4e-7;
    EXPECT_NEAR(sine, std::sin(half), kTolerance) << i;
    EXPECT_NEAR(q.w, std::cos(half), kTolerance) << i;
  }
}

TEST(RigidBody, TurnsNoFasterThanTheBound) {
  const FlightParams params = gliding(test_vehicle(), kStep_s);
  Fleet bounded(1), faster(1);
  const float limit = 2 * flight::kMaxHalfAngle / kStep_s;
  bounded.blocks.set_vec3(0, kOmega, {limit, 0, 0});
  faster.blocks.set_vec3(0, kOmega, {100 * limit, 0, 0});
  bounded.step(params, 7);
  faster.step(params, 7);
  EXPECT_EQ(bounded.blocks.quat(0), faster.blocks.quat(0));
  EXPECT_FLOAT_EQ(faster.blocks.at(0, kOmega), 100 * limit);
}

TEST(RigidBody, MovesSlowlyFarFromTheOrigin) {
  const FlightParams params = gliding(test_vehicle(), kStep_s);
  Fleet fleet(1);
  // 4e-7 m per step, at 100 km, where floats are 8 mm apart
  const float start_m = 100000, speed_mps = 1e-4F;
  fleet.blocks.set_vec3(0, kPosition, {start_m, -start_m, 0});
  fleet.blocks.set_vec3(0, kVelocity, {speed_mps, speed_mps, speed_mps});
  constexpr int kSteps = 240 * 200;
  fleet.step(params, kSteps);
  for (int axis = 0; axis < 3; ++axis) {
    const double start = axis == 0 ? start_m : axis == 1 ? -start_m : 0;
    const double moved = static_cast<double>(fleet.blocks.at(0, kPosition + axis)) - start +
                         static_cast<double>(fleet.blocks.at(0, kPositionResidual + axis));
    // 2 cm; the residual itself rounds at 1e-9 m
    EXPECT_NEAR(moved, kSteps * static_cast<double>(kStep_s) * speed_mps, 2e-5) << axis;
  }
}

TEST(FreeBody, FallsAndKeepsItsAngularMomentum) {
  const std::vector<Vec3> inertias{{1, 1, 1}, {1, 2, 2.6F}, {3, 2, 1}};
  const FreeBodyParams params(kGravityMps2, kStep_s, inertias);
  // 40 bodies of three kinds: the kinds do not line up with the blocks
  Fleet fleet(40);
  const Vec3 omega{3, -8, 5};
  for (int i = 0; i < 40; ++i) fleet.blocks.set_vec3(i, kOmega, omega);
  constexpr int kSteps = 480;
  for (int step = 0; step < kSteps; ++step) {
    flight::advance_velocity_free(params, fleet.blocks, 0, fleet.blocks.num_blocks);
    flight::advance_pose(kStep_s, fleet.blocks, 0, fleet.blocks.num_blocks);
  }
  for (int i = 0; i < 40; ++i) {
    EXPECT_NEAR(fleet.blocks.at(i, kVelocity + 2), -kGravityMps2 * 2, 1e-3);
    const Vec3 j = inertias[static_cast<std::size_t>(i % 3)];
    const Vec3 w = fleet.blocks.vec3(i, kOmega);
    const double before = norm({j.x * omega.x, j.y * omega.y, j.z * omega.z});
    EXPECT_NEAR(norm({j.x * w.x, j.y * w.y, j.z * w.z}) / before, 1, 1e-5) << i;
    // a ball keeps its rate, the others tumble
    EXPECT_EQ(norm(w - omega) < 1e-4, i % 3 == 0) << i;
  }
}

TEST(FreeBody, HoldsStillUnlessMoving) {
  const FreeBodyParams params(kGravityMps2, kStep_s, {{1, 2, 3}});
  Fleet fleet(2);
  for (int i = 0; i < 2; ++i) fleet.blocks.set_vec3(i, kOmega, {1, 2, 3});
  fleet.blocks.at(1, kMode) = static_cast<float>(BodyMode::kFrozen);
  flight::advance_velocity_free(params, fleet.blocks, 0, 1);
  EXPECT_LT(fleet.blocks.at(0, kVelocity + 2), 0);
  EXPECT_EQ(fleet.blocks.vec3(1, kVelocity), (Vec3{0, 0, 0}));
  EXPECT_EQ(fleet.blocks.vec3(1, kOmega), (Vec3{0, 0, 0}));
}

}  // namespace
}  // namespace volery
