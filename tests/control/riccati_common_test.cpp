#include "control/riccati_common.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace volery::test {
namespace {

using control::Chain;

// Cost of a long run of a chain from state 1 on one of its states, lag and links integrated finely.
double cost_of(const Chain& chain, const std::array<double, control::kMaxChain>& gain,
               double tick_s, int start) {
  constexpr int kFine = 400;
  const int n = chain.size;
  std::array<double, control::kMaxChain> x{};
  x[static_cast<std::size_t>(start)] = chain.largest[start];
  double cost = 0;
  for (int tick = 0; tick < 4000; ++tick) {
    double u = 0;
    for (int i = 0; i < n; ++i) {
      const auto s = static_cast<std::size_t>(i);
      u -= gain[s] * x[s];
      cost += std::pow(x[s] / chain.largest[i], 2);
    }
    cost += std::pow(u / chain.largest_input, 2);
    const double h = tick_s / kFine;
    for (int k = 0; k < kFine; ++k) {
      for (int i = n - 1; i > 0; --i) {
        x[static_cast<std::size_t>(i)] += h * chain.link[i] * x[static_cast<std::size_t>(i - 1)];
      }
      x[0] += h / chain.lag_s * (u - x[0]);
    }
  }
  return cost;
}

TEST(Riccati, NoNearbyGainIsBetter) {
  const Chain chain{3, 0.05, {0, 1, 1}, {60, 8, 0.3}, 60};
  constexpr double kTick_s = 1.0 / 100;
  const auto best = control::regulator_gains(chain, kTick_s);
  for (int start = 0; start < chain.size; ++start) {
    const double least = cost_of(chain, best, kTick_s, start);
    for (std::size_t i = 0; i < 3; ++i) {
      for (const double factor : {0.95, 1.05}) {
        auto other = best;
        other[i] *= factor;
        EXPECT_GT(cost_of(chain, other, kTick_s, start), least)
            << start << ' ' << i << ' ' << factor;
      }
    }
  }
}

TEST(Riccati, ADoubleIntegratorHasItsKnownGains) {
  // continuous limit without lag: k = (sqrt(2 q r^-1 ...)): for q = 1 on the position alone and r =
  // 1, K = (sqrt 2, 1); the lag state, weightless, takes little at a lag of a tick
  const Chain chain{3, 1e-3, {0, 1, 1}, {1e9, 1e9, 1}, 1};
  const auto gain = control::regulator_gains(chain, 1e-3);
  EXPECT_NEAR(gain[1], std::sqrt(2.0), 0.01);
  EXPECT_NEAR(gain[2], 1.0, 0.01);
  EXPECT_LT(gain[0], 0.01);
}

TEST(Riccati, LooserWeightsGiveSofterGains) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  for (const int rate_hz : {50, 100, 240, 1000, 10000}) {
    const auto tick_s = 1.0F / static_cast<float>(rate_hz);
    const control::LqrGains lqr = control::lqr_gains(vehicle, tick_s, Level::kTrack);
    for (const float g : {lqr.rotor.x, lqr.rotor.y, lqr.rotor.z, lqr.rotor_thrust,
                          lqr.cascade.attitude_kr_per_s2.x, lqr.cascade.attitude_kr_per_s2.z,
                          lqr.cascade.velocity_per_s.x, lqr.cascade.velocity_per_s.z,
                          lqr.cascade.position_per_s.x, lqr.cascade.position_per_s.z}) {
      EXPECT_GT(g, 0) << rate_hz;
      EXPECT_TRUE(std::isfinite(g)) << rate_hz;
    }
  }
  const Chain tight{3, 0.05, {0, 1, 1}, {60, 8, 0.3}, 60};
  Chain loose = tight;
  loose.largest[2] *= 2;
  EXPECT_LT(control::regulator_gains(loose, 0.01)[2], control::regulator_gains(tight, 0.01)[2]);
}

}  // namespace
}  // namespace volery::test
