// Elementary functions in double precision, of our own: for the mode that reproduces another
// simulator to nine digits and more (flight/gpd_compat.hpp).
//
// As in core/math.hpp they use + - * / sqrt, comparisons and the bits of a double alone, so that
// they give the same bits on every machine, compiler and build type. A namespace of their own keeps
// an expression that slips into double from choosing them unseen. Series are Taylor's, which needs
// no fits: arguments are reduced until the first term left out is below a tenth of a unit.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace volery::math64 {

inline constexpr double kPi = 3.14159265358979323846;

/// Angles up to this size (rad) keep the accuracy below.
inline constexpr double kMaxAccurateAngle = 1e5;

[[nodiscard]] inline double sqrt(double x) noexcept {
  return __builtin_sqrt(x);
}
[[nodiscard]] inline double abs(double x) noexcept {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & ~(1ULL << 63U));
}

/// Sine and cosine within pi/4 of 0, where no reduction is needed: the bits of sin_cos there.
inline void sin_cos_octant(double r, double& sine, double& cosine) noexcept {
  const double z = r * r;
  // the terms left out are r^19/19! and r^18/18!: 1e-19 and 2e-18 of the sum at |r| = pi/4
  const double s7 = 1.0 / 1307674368000 - z * (1.0 / 355687428096000);
  const double s5 = 1.0 / 39916800 - z * (1.0 / 6227020800 - z * s7);
  sine = r - r * z * (1.0 / 6 - z * (1.0 / 120 - z * (1.0 / 5040 - z * (1.0 / 362880 - z * s5))));
  const double c6 = 1.0 / 479001600 - z * (1.0 / 87178291200 - z * (1.0 / 20922789888000));
  const double c4 = 1.0 / 40320 - z * (1.0 / 3628800 - z * c6);
  cosine = 1 - (z * 0.5 - z * z * (1.0 / 24 - z * (1.0 / 720 - z * c4)));
}

/// Sine and cosine of an angle in radians, within 2 ulp up to kMaxAccurateAngle except where the
/// result is below 1e-8; NaN for infinities.
inline void sin_cos(double angle_rad, double& sine, double& cosine) noexcept {
  // nearest multiple of pi/2: adding 1.5 * 2^52 rounds to an integer and leaves it in the low bits
  const double shifted = angle_rad * (2 / kPi) + 0x1.8p+52;
  const double k = shifted - 0x1.8p+52;
  // pi/2 as a sum of which the first two parts have 33 bits, so that their products with k are
  // exact (W. J. Cody, W. Waite: "Software manual for the elementary functions", 1980)
  double r = angle_rad - k * 0x1.921fb544p+0;
  r = r - k * 0x1.0b4611a6p-34;
  r = r - k * 0x1.3198a2e037073p-69;
  double s = 0, c = 0;
  sin_cos_octant(r, s, c);
  const auto quadrant = std::bit_cast<std::uint64_t>(shifted);
  const double sine_size = (quadrant & 1U) != 0 ? c : s;
  const double cosine_size = (quadrant & 1U) != 0 ? s : c;
  sine = (quadrant & 2U) != 0 ? -sine_size : sine_size;
  cosine = ((quadrant + 1) & 2U) != 0 ? -cosine_size : cosine_size;
}

[[nodiscard]] inline double sin(double angle_rad) noexcept {
  double s = 0, c = 0;
  sin_cos(angle_rad, s, c);
  return s;
}
[[nodiscard]] inline double cos(double angle_rad) noexcept {
  double s = 0, c = 0;
  sin_cos(angle_rad, s, c);
  return c;
}

/// e^x within 2 ulp where the result is normal; infinity above 709.8, zero below -745.2.
[[nodiscard]] double exp(double x) noexcept;

/// Angle of the point (x, y) in [-pi, pi], within 3 ulp, with the signs and special values of C's
/// atan2.
[[nodiscard]] double atan2(double y, double x) noexcept;

/// Inverse sine within 4 ulp; NaN outside [-1, 1].
[[nodiscard]] double asin(double x) noexcept;

}  // namespace volery::math64
