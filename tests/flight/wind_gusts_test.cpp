#include "flight/wind_gusts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/flight/wind_probe.hpp"

namespace volery::test {
namespace {

using flight::Wind;
using flight::WindConfig;

constexpr float kStepS = 0.02F;
// polynomials and rounding
constexpr float kNear_mps = 2e-5F;

float size_of(Vec3 v) {
  return std::sqrt(dot(v, v));
}

TEST(Gusts, TimedOnesRiseAndFallAsOneMinusCosine) {
  WindConfig config;
  config.mean_w_mps = {1, 0, 0};
  config.gusts = {{1, 2, {3, -4, 0.5F}}, {1.5F, 1, {0, 0, 2}}};
  const Wind wind(config, kStepS);
  for (std::uint32_t step = 0; step < 250; ++step) {
    const double t = step * static_cast<double>(kStepS);
    const auto shape = [t](double start, double duration) {
      const double x = (t - start) / duration;
      return x < 0 || x > 1 ? 0 : (1 - std::cos(2 * 3.14159265358979 * x)) / 2;
    };
    const double a = shape(1, 2), b = shape(1.5, 1);
    const Vec3 air = sample_wind(wind, {9, step, {100, 2, 3}});
    EXPECT_NEAR(air.x, 1 + 3 * a, kNear_mps) << t;
    EXPECT_NEAR(air.y, -4 * a, kNear_mps) << t;
    EXPECT_NEAR(air.z, 0.5 * a + 2 * b, kNear_mps) << t;
  }
  EXPECT_EQ(sample_wind(wind, {9, 40, {}}), (Vec3{1, 0, 0})) << "calm before, exactly";
}

/// Random gusts alone: the mean wind is taken off again.
std::vector<Vec3> series(const WindConfig& config, std::uint64_t seed, Vec3 at,
                         std::uint32_t steps) {
  const Wind wind(config, kStepS);
  std::vector<WindPoint> points;
  for (std::uint32_t t = 0; t < steps; ++t) points.push_back({seed, t, at});
  std::vector<Vec3> air = sample_wind(wind, points);
  const Vec3 mean{config.mean_w_mps[0], config.mean_w_mps[1], config.mean_w_mps[2]};
  for (Vec3& v : air) v = v - mean;
  return air;
}

WindConfig random_gusts(Vec3 mean_w_mps = {}) {
  WindConfig config;
  config.mean_w_mps = {mean_w_mps.x, mean_w_mps.y, mean_w_mps.z};
  config.random_gusts = {6, 4, 1, 0.2F};
  return config;
}

TEST(Gusts, RandomOnesComeOnceInEachIntervalAndKeepTheirSize) {
  constexpr std::uint32_t kInterval = 200, kIntervals = 40;  // 4 s of 0.02 s
  std::set<int> starts;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const std::vector<Vec3> air = series(random_gusts(), seed, {}, kInterval * kIntervals);
    for (std::uint32_t i = 0; i < kIntervals; ++i) {
      float peak = 0;
      int felt = 0, peak_at = 0;
      for (std::uint32_t t = 0; t < kInterval; ++t) {
        const float size = size_of(air[i * kInterval + t]);
        if (size > peak) peak_at = static_cast<int>(t);
        peak = std::max(peak, size);
        felt += size > 1e-3F ? 1 : 0;
        EXPECT_LE(size, 6 + kNear_mps);
      }
      EXPECT_GT(peak, 0.98F * 3) << "at least half of the largest, met between two steps";
      EXPECT_NEAR(felt, 50, 3) << "one second of four";
      starts.insert(peak_at / 10);
    }
  }
  EXPECT_GT(starts.size(), 10U) << "at times all over the interval";
}

TEST(Gusts, RandomOnesTravelWithTheWind) {
  const WindConfig config = random_gusts({3, 4, 0});
  // 5 m/s: what one feels now, one 2 m downwind feels 0.4 s later
  const std::vector<Vec3> here = series(config, 4, {1, 2, 0}, 1000);
  const std::vector<Vec3> there = series(config, 4, {1 + 1.2F, 2 + 1.6F, 7}, 1000);
  float largest = 0;
  for (std::size_t t = 0; t + 20 < here.size(); ++t) {
    EXPECT_NEAR(size_of(here[t] - there[t + 20]), 0, 1e-3F) << t;
    largest = std::max(largest, size_of(here[t] - there[t]));
  }
  EXPECT_GT(largest, 1) << "at the same time they feel different air";
}

TEST(Gusts, LongEpisodesKeepTheirTimes) {
  // after 60 days the steps of a second still differ as they should
  const WindConfig config = random_gusts();
  const Wind wind(config, kStepS);
  float largest = 0, roughest = 0;
  Vec3 before{};
  for (std::uint32_t t = 0; t < 400; ++t) {
    const Vec3 air = sample_wind(wind, {1, 259200000U + t, {}});
    largest = std::max(largest, size_of(air));
    if (t > 0) roughest = std::max(roughest, size_of(air - before));
    before = air;
  }
  EXPECT_GT(largest, 2.9F);
  EXPECT_LT(roughest, 6 * 3.1416F * kStepS * 1.01F) << "the steepest slope of 1 - cos";
}

TEST(Gusts, RefusesGustsThatLastLongerThanTheirInterval) {
  WindConfig config = random_gusts();
  config.random_gusts.duration_s = 5;
  try {
    const Wind wind(config, kStepS);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    EXPECT_NE(std::string(error.what()).find("wind.random_gusts.duration_s = 5"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace volery::test
