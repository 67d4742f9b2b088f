// The mixer, seen through ctbr: what the rotors are told against what was asked of them.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/rng.hpp"
#include "fleet.hpp"
#include "wrench.hpp"

namespace volery::test {
namespace {

/// What ctbr asks for: its law in double precision.
Wrench asked(const Vehicle& vehicle, const std::vector<float>& action, Double3 omega_b) {
  const ControlGains& g = vehicle.gains;
  const auto& j = vehicle.config.inertia_b_kgm2;
  const Double3 momentum = {j[0] * omega_b.x, j[1] * omega_b.y, j[2] * omega_b.z};
  const auto loop = [](float inertia, float gain, float most, float stick, double rate) {
    return static_cast<double>(inertia) * gain * (static_cast<double>(most) * stick - rate);
  };
  const Double3 push = {loop(j[0], g.rate_per_s.x, g.max_rate_radps.x, action[1], omega_b.x),
                        loop(j[1], g.rate_per_s.y, g.max_rate_radps.y, action[2], omega_b.y),
                        loop(j[2], g.rate_per_s.z, g.max_rate_radps.z, action[3], omega_b.z)};
  return {0.5 * (static_cast<double>(action[0]) + 1) * vehicle.max_thrust_n,
          push + cross(omega_b, momentum)};
}

/// Whether some collective thrust lets the rotors give this roll and pitch torque without yaw.
bool fits_at_some_thrust(const Vehicle& vehicle, double x, double y, double slack_n) {
  constexpr int kTrials = 2000;
  for (int i = 0; i <= kTrials; ++i) {
    const double thrust = vehicle.max_thrust_n * static_cast<double>(i) / kTrials;
    if (fits(vehicle, {thrust, {x, y, 0}}, slack_n)) return true;
  }
  return false;
}

class Mixer : public testing::TestWithParam<const char*> {};

TEST_P(Mixer, GivesWayInYawThenThrustThenRollAndPitch) {
  const Vehicle vehicle = load_vehicle(Value(GetParam()));
  const double full_n = vehicle.max_thrust_n;
  const double slack_n = 1e-4 * full_n;  // float32, and the steps of the thrust scan
  // torque that such an error of every rotor's thrust makes
  const double arm_m =
      norm({vehicle.config.rotors[0].position_b_m[0], vehicle.config.rotors[0].position_b_m[1], 0});
  const double torque_slack = 4 * slack_n * arm_m;
  const double yaw_slack = 4 * slack_n * static_cast<double>(vehicle.config.torque_to_thrust_m);
  constexpr int kBodies = 4096;
  Fleet fleet(vehicle, "ctbr", 240, kBodies);
  Rng rng(3, 0, Stream::kAction, 0, 0);
  std::vector<std::vector<float>> actions;
  for (int i = 0; i < kBodies; ++i) {
    const float size = i % 2 == 0 ? 1.0F : 0.3F;
    actions.push_back({rng.uniform(-1, 1), size * rng.uniform(-1, 1), size * rng.uniform(-1, 1),
                       size * rng.uniform(-1, 1)});
    const auto draw = [&] { return 40 * static_cast<double>(size * rng.uniform(-1, 1)); };
    fleet.plants[static_cast<std::size_t>(i)].omega_b = {draw(), draw(), draw()};
    fleet.set_action(i, actions.back());
  }
  fleet.write_state();
  fleet.run_tick();

  int followed = 0, yaw_cut = 0, thrust_moved = 0, tilt_cut = 0;
  for (int i = 0; i < kBodies; ++i) {
    const Wrench want = asked(vehicle, actions[static_cast<std::size_t>(i)],
                              fleet.plants[static_cast<std::size_t>(i)].omega_b);
    const Wrench got = commanded(vehicle, fleet, i);
    const Double3 wt = want.torque_b_nm;
    const Double3 gt = got.torque_b_nm;

    if (fits(vehicle, want, 0)) {
      ++followed;
      EXPECT_NEAR(got.thrust_n, want.thrust_n, slack_n);
      EXPECT_NEAR(gt.x, wt.x, torque_slack);
      EXPECT_NEAR(gt.y, wt.y, torque_slack);
      EXPECT_NEAR(gt.z, wt.z, yaw_slack);
      continue;
    }
    // roll and pitch keep their direction, and are cut only where no thrust lets them be
    const double wanted = std::hypot(wt.x, wt.y);
    const double share = (gt.x * wt.x + gt.y * wt.y) / (wanted * wanted);
    EXPECT_NEAR(gt.x, share * wt.x, torque_slack);
    EXPECT_NEAR(gt.y, share * wt.y, torque_slack);
    if (share < 0.99) {
      ++tilt_cut;
      EXPECT_FALSE(fits_at_some_thrust(vehicle, 1.01 * gt.x, 1.01 * gt.y, 0)) << i;
    }
    // thrust moves only where roll and pitch need it, and then as little as they need
    if (std::fabs(got.thrust_n - want.thrust_n) > 2 * slack_n) {
      ++thrust_moved;
      const double back_n = got.thrust_n + std::copysign(3 * slack_n, want.thrust_n - got.thrust_n);
      EXPECT_FALSE(fits(vehicle, {back_n, {gt.x, gt.y, 0}}, 0)) << i;
    }
    // yaw never turns round, and is cut only by a rotor at its limit
    EXPECT_GE(gt.z * wt.z, -std::fabs(wt.z) * yaw_slack);
    EXPECT_LE(std::fabs(gt.z), std::fabs(wt.z) + yaw_slack);
    if (std::fabs(gt.z) < 0.99 * std::fabs(wt.z) - 2 * yaw_slack) {
      ++yaw_cut;
      const double more = gt.z + (wt.z > 0 ? 2 : -2) * yaw_slack;
      EXPECT_FALSE(fits(vehicle, {got.thrust_n, {gt.x, gt.y, more}}, 0)) << i;
    }
  }
  // each case must have come up
  EXPECT_GT(followed, 50);
  EXPECT_GT(yaw_cut, 50);
  EXPECT_GT(thrust_moved, 50);
  EXPECT_GT(tilt_cut, 50);
}

INSTANTIATE_TEST_SUITE_P(Vehicles, Mixer, testing::Values("cf2x", "cf2p", "racer"));

TEST(MixerLimits, ZeroThrustStillRolls) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "ctbr", 240, 1);
  fleet.set_action(0, {-1, 0.2F, 0, 0});
  fleet.run_tick();
  const Wrench got = commanded(vehicle, fleet, 0);
  const Wrench want = asked(vehicle, {-1, 0.2F, 0, 0}, {});
  EXPECT_NEAR(got.torque_b_nm.x, want.torque_b_nm.x, 1e-3 * want.torque_b_nm.x);
  EXPECT_GT(got.thrust_n, 0);
}

TEST(MixerLimits, FullThrustStillRolls) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  Fleet fleet(vehicle, "ctbr", 240, 1);
  fleet.set_action(0, {1, 0.2F, 0, 1});
  fleet.run_tick();
  const Wrench got = commanded(vehicle, fleet, 0);
  const Wrench want = asked(vehicle, {1, 0.2F, 0, 0}, {});
  EXPECT_NEAR(got.torque_b_nm.x, want.torque_b_nm.x, 1e-3 * want.torque_b_nm.x);
  EXPECT_LT(got.thrust_n, static_cast<double>(vehicle.max_thrust_n));
}

}  // namespace
}  // namespace volery::test
