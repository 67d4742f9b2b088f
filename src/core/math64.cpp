#include "core/math64.hpp"

namespace volery::math64 {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// pi/2 and what its double lacks
constexpr double kHalfPi = 0x1.921fb54442d18p+0;
constexpr double kHalfPiRest = 0x1.1a62633145c07p-54;

// atan(k / 8)
constexpr std::array<double, 9> kAtanOfEighths{0.0,
                                               0.12435499454676144,
                                               0.24497866312686414,
                                               0.35877067027057225,
                                               0.46364760900080611,
                                               0.55859931534356244,
                                               0.64350110879328437,
                                               0.71882999962162453,
                                               0.78539816339744828};

double copy_sign(double size, double sign) noexcept {
  constexpr std::uint64_t kSign = 1ULL << 63U;
  return std::bit_cast<double>((std::bit_cast<std::uint64_t>(size) & ~kSign) |
                               (std::bit_cast<std::uint64_t>(sign) & kSign));
}

// 2^n for an integer n in [-1022, 1023]
double power_of_two(double n) noexcept {
  return std::bit_cast<double>(static_cast<std::uint64_t>(static_cast<std::int64_t>(n) + 1023)
                               << 52U);
}

// atan(numerator / denominator) for 0 <= numerator <= denominator, denominator > 0
double atan_octant(double numerator, double denominator) noexcept {
  // atan t = atan(k/8) + atan((t - k/8) / (1 + t k/8)), which leaves |u| <= 1/16
  const auto k = static_cast<int>(8 * (numerator / denominator) + 0.5);
  const double eighths = k * 0.125;
  const double u = (numerator - eighths * denominator) / (denominator + eighths * numerator);
  const double z = u * u;
  // the term left out, u^15/15, is 1e-18 of the sum
  const double tail = 1.0 / 7 - z * (1.0 / 9 - z * (1.0 / 11 - z * (1.0 / 13)));
  const double a = u - u * z * (1.0 / 3 - z * (1.0 / 5 - z * tail));
  return kAtanOfEighths[static_cast<std::size_t>(k)] + a;
}

}  // namespace

double exp(double x) noexcept {
  if (!(x < 710)) return x != x ? x : kInfinity;
  if (x < -746) return 0;
  // x = n ln 2 + r with |r| <= ln 2 / 2; the first part of ln 2 has 33 bits, so n times it is exact
  const double n = (x * 1.4426950408889634 + 0x1.8p+52) - 0x1.8p+52;
  const double r = (x - n * 0x1.62e42fefp-1) - n * 0x1.473de6af278edp-34;
  // the term left out, r^14/14!, is 4e-18
  double series = 1.0 / 6227020800;
  constexpr std::array<double, 11> kReciprocals{
      1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040,
      1.0 / 720,       1.0 / 120,      1.0 / 24,      1.0 / 6,      1.0 / 2};
  for (const double coefficient : kReciprocals) series = coefficient + r * series;
  const double e = 1 + (r + r * r * series);
  // 2^n in two factors reaches infinity and the subnormals with one rounding
  const double half = (n * 0.5 + 0x1.8p+52) - 0x1.8p+52;
  return e * power_of_two(half) * power_of_two(n - half);
}

double atan2(double y, double x) noexcept {
  if (x != x || y != y) return x + y;
  const double x_size = abs(x);
  const double y_size = abs(y);
  const bool steep = y_size > x_size;
  double low = steep ? x_size : y_size;
  double high = steep ? y_size : x_size;
  // infinities become directions; huge pairs are scaled so that their sum stays finite
  if (high == kInfinity) {
    low = low == kInfinity ? 1 : 0;
    high = 1;
  }
  if (high == 0) high = 1;
  if (high > 0x1p+1000) {
    low *= 0x1p-10;
    high *= 0x1p-10;
  } else if (high < 0x1p-900) {
    low *= 0x1p+100;
    high *= 0x1p+100;
  }
  double a = atan_octant(low, high);
  if (steep) a = kHalfPi - (a - kHalfPiRest);
  if (std::bit_cast<std::int64_t>(x) < 0) a = 2 * kHalfPi - (a - 2 * kHalfPiRest);
  return copy_sign(a, y);
}

double asin(double x) noexcept {
  const double size = abs(x);
  if (!(size <= 1)) return std::numeric_limits<double>::quiet_NaN();
  return copy_sign(atan2(size, sqrt((1 - size) * (1 + size))), x);
}

}  // namespace volery::math64
