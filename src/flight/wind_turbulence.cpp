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
  const float variance_u = scales.sigma_u_mps * scales.sigma_u_mps;
  const float variance_w = scales.sigma_w_mps * scales.sigma_w_mps;

  // the same waves for everyone
  Rng rng(0, 0, Stream::kWind);
  float share[3] = {0, 0, 0};  // of u, v, w below the present band
  float edge = kHighest / scales.length_w_m;
  for (int n = 0; n < kTurbulenceWaves; ++n) edge /= kBand;
  for (int n = 0; n < kTurbulenceWaves; ++n) {
    // variance of the band; the first and last take what lies beyond
    edge *= kBand;
    const bool last = n == kTurbulenceWaves - 1;
    const float upper[3] = {last ? 1 : longitudinal_share(edge * scales.length_u_m),
                            last ? 1 : transverse_share(edge * scales.length_u_m),
                            last ? 1 : transverse_share(edge * scales.length_w_m)};
    float size[3];
    for (int i = 0; i < 3; ++i) {
      size[i] = std::sqrt(2 * (i == 2 ? variance_w : variance_u) * (upper[i] - share[i]));
      share[i] = upper[i];
    }

    // signs in patterns that cancel: no two components are correlated, and neighbors in the
    // spectrum travel in opposite directions
    const auto sign = [n](int bits) {
      int ones = 0;
      for (int b = n & bits; b != 0; b &= b - 1) ++ones;
      return ones % 2 == 0 ? 1.0F : -1.0F;
    };
    const float u = size[0];
    const float v = sign(2) * size[1];
    const float w = sign(1 | 2) * size[2];

    // the wave number along the wind is the band's; how it leans upwards is free, and what it needs
    // across follows from a . k = 0
    const float along = edge / std::sqrt(kBand);
    const float lean = sign(4) * rng.uniform(0.4F, 1.2F);
    const float k[3] = {along, -along * (u + lean * w) / v, lean * along};

    const double travel_radps =
        static_cast<double>(k[0]) *
            (static_cast<double>(speed_mps) +
             static_cast<double>(sign(1)) * static_cast<double>(min_convection_mps)) +
        static_cast<double>(k[2]) * static_cast<double>(mean_w_mps.z);
    constexpr double kTurn = 2 * 3.14159265358979323846;
    TurbulenceWave wave;
    for (int i = 0; i < 3; ++i) {
      wave.turns_per_m[i] = k[i] / (2 * kPi);
      wave.amplitude_mps[i] = i == 0 ? u : i == 1 ? v : w;
    }
    wave.turns_per_step =
        turn_bits(-travel_radps / kTurn * static_cast<double>(step_s) / kScaleOne);
    wave.spread = rng.bits() | 1U;
    waves.push_back(wave);
  }
}

}  // namespace volery::flight
