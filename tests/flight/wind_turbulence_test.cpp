// The turbulence against the formulas of MIL-F-8785C, written out again in double precision.
#include "flight/wind_turbulence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/isa.hpp"
#include "tests/flight/wind_probe.hpp"

namespace volery::test {
namespace {

using flight::DrydenScales;
using flight::Turbulence;
using flight::Wind;
using flight::WindConfig;

constexpr double kTurn = 2 * 3.14159265358979323846;
constexpr float kStepS = 1.0F / 30;

WindConfig moderate(Vec3 mean_w_mps = {}) {
  WindConfig config;
  config.turbulence = Turbulence::kModerate;
  config.mean_w_mps = {mean_w_mps.x, mean_w_mps.y, mean_w_mps.z};
  return config;
}

DrydenScales scales_of(const WindConfig& config) {
  return flight::dryden_scales(flight::w20_of(config.turbulence, config.w20_mps), config.height_m);
}

/// Two-sided-in-one Dryden spectrum of component i over the wave number, (m/s)^2 per rad/m.
double dryden(const DrydenScales& s, int i, double wave_number) {
  const double length = i == 2 ? s.length_w_m : s.length_u_m;
  const double sigma = i == 2 ? s.sigma_w_mps : s.sigma_u_mps;
  const double x2 = length * wave_number * length * wave_number;
  if (i == 0) return sigma * sigma * 2 * length / (kTurn / 2) / (1 + x2);
  return sigma * sigma * length / (kTurn / 2) * (1 + 3 * x2) / ((1 + x2) * (1 + x2));
}

/// Variance of component i between two angular frequencies for one who meets the field at a speed.
double dryden_band(const DrydenScales& s, int i, double from_radps, double to_radps,
                   double speed_mps) {
  constexpr int kParts = 400;
  double sum = 0;
  for (int p = 0; p < kParts; ++p) {
    const double at = from_radps + (to_radps - from_radps) * (p + 0.5) / kParts;
    sum += dryden(s, i, at / speed_mps) / speed_mps * (to_radps - from_radps) / kParts;
  }
  return sum;
}

TEST(Turbulence, ScalesAreThoseOfTheStandard) {
  // worked examples of the low-altitude model: h, L_u, sigma_u / sigma_w
  constexpr double kExamples[][3] = {{10, 67.4, 1.89}, {50, 202, 1.59}, {304.8, 304.8, 1}};
  constexpr double kDigits = 5e-3;  // the examples have three digits
  for (const auto& example : kExamples) {
    const DrydenScales s = flight::dryden_scales(10, static_cast<float>(example[0]));
    EXPECT_NEAR(s.length_u_m / example[1], 1, kDigits);
    EXPECT_NEAR(s.sigma_u_mps / s.sigma_w_mps / example[2], 1, kDigits);
    EXPECT_FLOAT_EQ(s.sigma_w_mps, 1);
    EXPECT_NEAR(s.length_w_m / example[0], 1, 1e-5);
  }
  EXPECT_FLOAT_EQ(flight::dryden_scales(10, 0).length_w_m, 3.048F) << "clamped to 10 ft";
  EXPECT_FLOAT_EQ(flight::dryden_scales(10, 2000).length_w_m, 304.8F) << "and to 1000 ft";
  EXPECT_NEAR(flight::w20_of(Turbulence::kLight, 0), 7.7, 0.1);
  EXPECT_NEAR(flight::w20_of(Turbulence::kModerate, 0), 15.4, 0.1);
  EXPECT_NEAR(flight::w20_of(Turbulence::kSevere, 0), 23.2, 0.1);
}

TEST(Turbulence, WavesAreTransverseAndHoldTheVariances) {
  for (const float height_m : {0.0F, 10.0F, 60.0F, 400.0F}) {
    const DrydenScales s = flight::dryden_scales(15, height_m);
    const flight::TurbulenceField field(s, {5, 0, 0}, 1, kStepS);
    double variance[3] = {0, 0, 0}, shared[3] = {0, 0, 0};
    for (const flight::TurbulenceWave& wave : field.waves) {
      double product = 0, k2 = 0, a2 = 0;
      for (int i = 0; i < 3; ++i) {
        const double k = wave.turns_per_m[i], a = wave.amplitude_mps[i],
                     b = wave.amplitude_mps[(i + 1) % 3];
        product += k * a;
        k2 += k * k;
        a2 += a * a;
        variance[i] += a * a / 2;
        shared[i] += a * b / 2;
      }
      EXPECT_LT(std::abs(product), 1e-6 * std::sqrt(k2 * a2)) << "rounding alone";
    }
    const double expected[3] = {s.sigma_u_mps * s.sigma_u_mps, s.sigma_u_mps * s.sigma_u_mps,
                                s.sigma_w_mps * s.sigma_w_mps};
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(variance[i] / expected[i], 1, 1e-5) << "component " << i << " at " << height_m;
      // of four waves in a row two agree and two do not
      const double both = std::sqrt(expected[i] * expected[(i + 1) % 3]);
      EXPECT_LT(std::abs(shared[i]), 0.1 * both) << "component " << i << " at " << height_m;
    }
  }
}

// A vehicle that meets the field at a given speed: power of each component in octaves, over many
// worlds, against the integral of the spectrum.
void expect_spectrum(const WindConfig& config, Vec3 velocity_w_mps, double speed_mps,
                     const char* what) {
  constexpr std::size_t kSamples = 4096;
  constexpr int kWorlds = 128;
  // A world's power in an octave is that of some three waves, which are given, so it varies less
  // than the chi-squared of that many random amplitudes, with 2 degrees of freedom each: 4 sigma of
  // the mean over the worlds.
  const double kTolerance = 4 * std::sqrt(2.0 / (2 * 3 * kWorlds));
  const Wind wind(config, kStepS);
  const DrydenScales s = scales_of(config);
  std::vector<std::vector<double>> power(3, std::vector<double>(kSamples / 2));
  std::vector<std::vector<std::complex<double>>> series(
      3, std::vector<std::complex<double>>(kSamples));
  double window_power = 0;
  for (int world = 0; world < kWorlds; ++world) {
    std::vector<WindPoint> points;
    for (std::uint32_t t = 0; t < kSamples; ++t) {
      const float time_s = static_cast<float>(t) * kStepS;
      points.push_back({static_cast<std::uint64_t>(world), t, velocity_w_mps * time_s});
    }
    const std::vector<Vec3> air = sample_wind(wind, points);
    window_power = 0;
    for (std::size_t t = 0; t < kSamples; ++t) {
      const double hann = 1 - std::cos(kTurn * static_cast<double>(t) / kSamples);
      window_power += hann * hann;
      // the mean wind is along x here
      for (int i = 0; i < 3; ++i) {
        const double mean = config.mean_w_mps[static_cast<std::size_t>(i)];
        series[static_cast<std::size_t>(i)][t] = hann * (component(air[t], i) - mean);
      }
    }
    for (std::size_t i = 0; i < 3; ++i) {
      transform(series[i]);
      for (std::size_t f = 0; f < kSamples / 2; ++f) power[i][f] += std::norm(series[i][f]);
    }
  }
  // from the width of the window's main lobe on
  const double bin_radps = kTurn / (kSamples * static_cast<double>(kStepS));
  for (int i = 0; i < 3; ++i) {
    for (std::size_t first = 8; first * 2 <= kSamples / 4; first *= 2) {
      double measured = 0;
      for (std::size_t f = first; f < 2 * first; ++f)
        measured += power[static_cast<std::size_t>(i)][f];
      measured *= 2 / (window_power * kSamples * kWorlds);
      const double from = (static_cast<double>(first) - 0.5) * bin_radps;
      const double to = (2 * static_cast<double>(first) - 0.5) * bin_radps;
      if (to / speed_mps > 16 / s.length_w_m)
        break;  // beyond, the last wave holds all that is left
      const double expected = dryden_band(s, i, from, to, speed_mps);
      EXPECT_NEAR(measured / expected, 1, kTolerance)
          << what << ", component " << i << ", " << from << " to " << to << " rad/s";
    }
  }
}

TEST(Turbulence, SpectraAreDrydensAtFixedSpeed) {
  expect_spectrum(moderate({8, 0, 0}), {}, 8, "hovering in 8 m/s");
  expect_spectrum(moderate({3, 0, 0}), {-9, 0, 0}, 12, "against the wind");
  expect_spectrum(moderate(), {6, 0, 0}, 6, "flying in still air");
}

TEST(Turbulence, SpectraAreDrydensWhereOnlyTheMinimumCarriesThem) {
  WindConfig config = moderate();
  config.min_convection_mps = 2;
  expect_spectrum(config, {}, 2, "hovering in still air");
  config.mean_w_mps = {7, 0, 0};
  expect_spectrum(config, {7, 0, 0}, 2, "drifting with the wind");
}

TEST(Turbulence, VariancesOverManyWorldsAreTheStandards) {
  const WindConfig config = moderate({4, 3, 0});
  const Wind wind(config, kStepS);
  const DrydenScales s = scales_of(config);
  constexpr int kWorlds = 20000;
  std::vector<WindPoint> points;
  for (int i = 0; i < kWorlds; ++i)
    points.push_back({static_cast<std::uint64_t>(i), 17, {3, 1, 2}});
  double sum[3] = {}, square[3] = {}, product[3] = {};
  for (const Vec3 air : sample_wind(wind, points)) {
    // along and across the mean wind
    const double c[3] = {0.8 * air.x + 0.6 * air.y - 5, 0.8 * air.y - 0.6 * air.x, air.z};
    for (int i = 0; i < 3; ++i) {
      sum[i] += c[i] / kWorlds;
      square[i] += c[i] * c[i] / kWorlds;
      product[i] += c[i] * c[(i + 1) % 3] / kWorlds;
    }
  }
  const double sigma[3] = {s.sigma_u_mps, s.sigma_u_mps, s.sigma_w_mps};
  // four standard errors of a mean, a variance and a covariance of normal numbers
  const double error = 4 / std::sqrt(kWorlds);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(sum[i] / sigma[i], 0, error) << i;
    EXPECT_NEAR(square[i] / (sigma[i] * sigma[i]), 1, error * std::sqrt(2)) << i;
    EXPECT_NEAR(product[i] / (sigma[i] * sigma[(i + 1) % 3]), 0, error) << i;
  }
}

TEST(Turbulence, HasNoDivergence) {
  const Wind wind(moderate({5, 2, 0}), kStepS);
  constexpr float kReach = 0.02F;
  double divergence2 = 0, slope2 = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Vec3 at{static_cast<float>(seed % 7) - 3, static_cast<float>(seed % 5), 2};
    double divergence = 0;
    for (int i = 0; i < 3; ++i) {
      const Vec3 off{i == 0 ? kReach : 0, i == 1 ? kReach : 0, i == 2 ? kReach : 0};
      const Vec3 up = sample_wind(wind, {seed, 40, at + off});
      const Vec3 down = sample_wind(wind, {seed, 40, at - off});
      const double slope = (component(up, i) - component(down, i)) / (2 * kReach);
      divergence += slope;
      slope2 += slope * slope;
    }
    divergence2 += divergence * divergence;
  }
  // a shortest wave of 1 m bends within the 4 cm of a difference by some 0.3 %
  EXPECT_LT(std::sqrt(divergence2 / slope2), 0.01);
  EXPECT_GT(slope2, 0.1) << "there must be slopes to cancel";
}

TEST(Turbulence, NearAgentsFeelTheSameAndFarOnesDoNot) {
  const WindConfig config = moderate({5, 0, 0});
  const Wind wind(config, kStepS);
  const DrydenScales s = scales_of(config);
  const double sigma[3] = {s.sigma_u_mps, s.sigma_u_mps, s.sigma_w_mps};
  constexpr int kWorlds = 4000;
  const auto correlation = [&](Vec3 apart, int i) {
    std::vector<WindPoint> points;
    for (int w = 0; w < kWorlds; ++w) {
      points.push_back({static_cast<std::uint64_t>(w), 5, {1, 1, 5}});
      points.push_back({static_cast<std::uint64_t>(w), 5, Vec3{1, 1, 5} + apart});
    }
    const std::vector<Vec3> air = sample_wind(wind, points);
    double sum = 0;
    const double mean = i == 0 ? 5 : 0;
    for (std::size_t w = 0; w < kWorlds; ++w) {
      sum += (component(air[2 * w], i) - mean) * (component(air[2 * w + 1], i) - mean);
    }
    return sum / kWorlds / (sigma[i] * sigma[i]);
  };
  const double error = 4 * std::sqrt(2.0 / kWorlds);
  const float far_m = 6 * s.length_u_m;
  for (int i = 0; i < 3; ++i) {
    for (const Vec3 axis : {Vec3{1, 0, 0}, Vec3{0, 1, 0}, Vec3{0, 0, 1}}) {
      EXPECT_GT(correlation(axis * 0.1F, i), 0.96 - error) << i;
      EXPECT_LT(std::abs(correlation(axis * far_m, i)), 0.1 + error)
          << i << ' ' << axis.x << axis.y;
    }
    // along the wind the correlations of the model: exp(-r/L) and (1 - r/2L) exp(-r/L)
    const double r = 3, length = i == 2 ? s.length_w_m : s.length_u_m;
    const double model = (i == 0 ? 1 : 1 - r / (2 * length)) * std::exp(-r / length);
    EXPECT_NEAR(correlation({3, 0, 0}, i), model, error) << i;
  }
}

TEST(Turbulence, WorldsEpisodesAndStepsDiffer) {
  const Wind wind(moderate(), kStepS);
  const Vec3 here = sample_wind(wind, {1, 10, {0, 0, 2}});
  EXPECT_EQ(sample_wind(wind, {1, 10, {0, 0, 2}}), here);
  EXPECT_NE(sample_wind(wind, {2, 10, {0, 0, 2}}).x, here.x);
  EXPECT_NE(sample_wind(wind, {1, 11, {0, 0, 2}}).x, here.x);
  EXPECT_NE(sample_wind(wind, {1, 10, {0, 0, 2}, 1}).x, here.x);
}

TEST(Turbulence, InstructionSetsGiveTheSameBits) {
  WindConfig config = moderate({5, 1, 0.2F});
  config.random_gusts.speed_mps = 4;
  config.gusts.push_back({0.5F, 3, {1, 2, 3}});
  const Wind wind(config, kStepS);
  std::vector<WindPoint> points;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto f = static_cast<float>(i);
    points.push_back({i / 5, i, {f * 0.37F - 20, 50 - f, f * 0.1F}, i % 3});
  }
  const std::vector<Vec3> best = sample_wind(wind, points);
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    EXPECT_TRUE(sample_wind(wind, points) == best) << isa;
  }
  limit_isa("auto");
}

TEST(Turbulence, OfNoWindIsNone) {
  WindConfig config = moderate({1, 2, 3});
  config.turbulence = Turbulence::kCustom;
  config.w20_mps = 0;
  EXPECT_EQ(sample_wind(Wind(config, kStepS), {1, 5, {1, 1, 1}}), (Vec3{1, 2, 3}));
}

TEST(Turbulence, IsFiniteAnywhereAndLate) {
  const Wind wind(moderate({5, 0, 0}), kStepS);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float bound = 5 + 8 * scales_of(moderate()).sigma_u_mps;
  for (const Vec3 at : {Vec3{1e30F, -1e30F, 0}, Vec3{kInfinity, 0, 0}, Vec3{std::nanf(""), 0, 3},
                        Vec3{-1e5F, 1e5F, 1e5F}}) {
    for (const std::uint32_t step : {0U, 4000000000U}) {
      const Vec3 air = sample_wind(wind, {3, step, at});
      EXPECT_LT(std::sqrt(dot(air, air)), bound) << at.x << ' ' << step;
    }
  }
}

}  // namespace
}  // namespace volery::test
