#include "flight/wind_turbulence.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "core/rng.hpp"

namespace volery::flight {

namespace {

constexpr float kMetresPerFoot = 0.3048F;
constexpr float kMpsPerKnot = 0.514444F;

// Bands of wave numbers along the wind, equal in logarithm, end where 3 % of the variance of w is
// left; 32 of them reach down to 0.05 / length_u or below, where it is 3 % of that of u.
constexpr float kHighest = 32;  // times length_w
constexpr float kBand = 1.3F;   // ratio of its ends

float power(float base, float exponent) noexcept {
  return exp(exponent * log(base));
}

/// Share of the variance below the wave number x / L: of the longitudinal Dryden spectrum
/// (2 L / pi) / (1 + x^2), and of the transverse one, (L / pi) (1 + 3 x^2) / (1 + x^2)^2.
float longitudinal_share(float x) noexcept {
  return 2 / kPi * atan2(x, 1);
}
float transverse_share(float x) noexcept {
  return (2 * atan2(x, 1) - x / (1 + x * x)) / kPi;
}

/// A share of a turn as 32 bits that wrap.
std::uint32_t turn_bits(double turns) noexcept {
  const double fraction = turns - std::floor(turns);
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(fraction * 0x1p32));
}

/// Signs in patterns that cancel: +1 where an even number of those bits of n are set.
float sign_of(int n, int bits) noexcept {
  int ones = 0;
  for (int b = n & bits; b != 0; b &= b - 1) ++ones;
  return ones % 2 == 0 ? 1.0F : -1.0F;
}

/// Wave n: the sizes of its components, its wave number along the wind, the mean wind along and up.
struct WaveSpec {
  int n;
  float size_mps[3];
  float along_radpm;
  float speed_mps, rise_mps, min_convection_mps, step_s;
};

TurbulenceWave make_wave(const WaveSpec& spec, Rng& rng) noexcept {
  // no two components are correlated over four neighbors
  const float u = spec.size_mps[0];
  const float v = sign_of(spec.n, 2) * spec.size_mps[1];
  const float w = sign_of(spec.n, 1 | 2) * spec.size_mps[2];

  // how the wave vector leans upwards is free, and what it needs across follows from a . k = 0
  const float lean = sign_of(spec.n, 4) * rng.uniform(0.4F, 1.2F);
  const float along = spec.along_radpm;
  const float k[3] = {along, -along * (u + lean * w) / v, lean * along};

  // with the wind, and of neighbors in the spectrum one ahead of it and one behind
  const double travel_mps =
      static_cast<double>(spec.speed_mps) +
      static_cast<double>(sign_of(spec.n, 1)) * static_cast<double>(spec.min_convection_mps);
  const double turns_per_s = (static_cast<double>(k[0]) * travel_mps +
                              static_cast<double>(k[2]) * static_cast<double>(spec.rise_mps)) /
                             (2 * 3.14159265358979323846);
  const float amplitude[3] = {u, v, w};
  TurbulenceWave wave;
  for (int i = 0; i < 3; ++i) {
    wave.turns_per_m[i] = k[i] / (2 * kPi);
    wave.amplitude_mps[i] = amplitude[i];
  }
  wave.turns_per_step = turn_bits(-turns_per_s * static_cast<double>(spec.step_s) / kScaleOne);
  wave.spread = rng.bits() | 1U;
  return wave;
}

}  // namespace

float w20_of(Turbulence turbulence, float custom_mps) noexcept {
  switch (turbulence) {
    case Turbulence::kOff:
      return 0;
    case Turbulence::kLight:
      return 15 * kMpsPerKnot;
    case Turbulence::kModerate:
      return 30 * kMpsPerKnot;
    case Turbulence::kSevere:
      return 45 * kMpsPerKnot;
    case Turbulence::kCustom:
      return custom_mps;
  }
  return 0;
}

DrydenScales dryden_scales(float w20_mps, float height_m) noexcept {
  const float h_ft = std::clamp(height_m / kMetresPerFoot, 10.0F, 1000.0F);
  const float slope = 0.177F + 0.000823F * h_ft;
  DrydenScales scales;
  scales.sigma_w_mps = 0.1F * w20_mps;
  scales.sigma_u_mps = scales.sigma_w_mps / power(slope, 0.4F);
  scales.length_w_m = h_ft * kMetresPerFoot;
  scales.length_u_m = scales.length_w_m / power(slope, 1.2F);
  return scales;
}

std::uint32_t turbulence_scale(std::uint32_t bits) noexcept {
  // kBand^t for t in [-1, 1), to second order
  constexpr float kLog = 0.26236F;
  const float t = static_cast<float>(bits >> 8U) * 0x1p-23F - 1;
  const float factor = 1 + kLog * t + 0.5F * kLog * kLog * t * t;
  return static_cast<std::uint32_t>(factor * kScaleOne + 0.5F);
}

TurbulenceField::TurbulenceField(const DrydenScales& scales, Vec3 mean_w_mps,
                                 float min_convection_mps, float step_s) {
  const float speed_mps = std::sqrt(mean_w_mps.x * mean_w_mps.x + mean_w_mps.y * mean_w_mps.y);
  if (speed_mps > 0) {
    along_x = mean_w_mps.x / speed_mps;
    along_y = mean_w_mps.y / speed_mps;
  }
  if (!(scales.sigma_w_mps > 0)) return;
  float edge = kHighest / scales.length_w_m;
  for (int n = 0; n < kTurbulenceWaves; ++n) edge /= kBand;
  const float variance_u = scales.sigma_u_mps * scales.sigma_u_mps;
  const float variance_w = scales.sigma_w_mps * scales.sigma_w_mps;

  // the same waves for everyone
  Rng rng(0, 0, Stream::kWind);
  float share[3] = {0, 0, 0};  // of u, v, w below the present band
  for (int n = 0; n < kTurbulenceWaves; ++n) {
    // a wave's square is half of its size; the first and last take what lies beyond their bands
    edge *= kBand;
    const bool last = n == kTurbulenceWaves - 1;
    const float upper[3] = {last ? 1 : longitudinal_share(edge * scales.length_u_m),
                            last ? 1 : transverse_share(edge * scales.length_u_m),
                            last ? 1 : transverse_share(edge * scales.length_w_m)};
    WaveSpec spec{n,     {}, edge / std::sqrt(kBand), speed_mps, mean_w_mps.z, min_convection_mps,
                  step_s};
    for (int i = 0; i < 3; ++i) {
      spec.size_mps[i] = std::sqrt(2 * (i == 2 ? variance_w : variance_u) * (upper[i] - share[i]));
      share[i] = upper[i];
    }
    waves.push_back(make_wave(spec, rng));
  }
}

}  // namespace volery::flight
