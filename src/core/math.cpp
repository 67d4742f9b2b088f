#include "core/math.hpp"

#include <bit>
#include <cstdint>
#include <limits>

namespace volery {
namespace scalar {

// The vocabulary of core/lanes.hpp for one plain float; each has the bits of a lane.
inline float select(bool condition, float yes, float no) {
  return condition ? yes : no;
}
inline float min(float a, float b) {
  return a < b ? a : b;
}
inline float max(float a, float b) {
  return a > b ? a : b;
}
inline float abs(float a) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(a) & 0x7fffffffU);
}
inline float sqrt(float a) {
  return __builtin_sqrtf(a);
}
inline bool is_negative(float a) {
  return std::bit_cast<std::int32_t>(a) < 0;
}
inline float copy_sign(float size, float sign) {
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(size) & 0x7fffffffU) |
                              (std::bit_cast<std::uint32_t>(sign) & 0x80000000U));
}
template <int kBit>
inline bool bit_set(float a) {
  return ((std::bit_cast<std::uint32_t>(a) >> kBit) & 1U) != 0;
}
inline float power_of_two(float n) {
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(n + 12582912.0F) + 127U) << 23U);
}
inline float split_exponent(float x, float& mantissa) {
  // unsigned, since a negative x (whose logarithm the caller replaces) wraps around, as in lanes
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const auto e = static_cast<std::int32_t>(bits - std::bit_cast<std::uint32_t>(0.70710678F)) >> 23;
  mantissa = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(e) << 23U));
  return static_cast<float>(e);
}

#define VOLERY_REAL float
#define VOLERY_MATH_FUNCTION inline
#include "core/math_formulas.hpp"
#undef VOLERY_REAL
#undef VOLERY_MATH_FUNCTION

}  // namespace scalar

float sin(float angle_rad) noexcept {
  return scalar::sin(angle_rad);
}
float cos(float angle_rad) noexcept {
  return scalar::cos(angle_rad);
}
float exp(float x) noexcept {
  return scalar::exp(x);
}
float log(float x) noexcept {
  return scalar::log(x);
}
float atan2(float y, float x) noexcept {
  return scalar::atan2(y, x);
}
float asin(float x) noexcept {
  return scalar::asin(x);
}
float acos(float x) noexcept {
  return scalar::acos(x);
}

double expm1(double x) noexcept {
  // halve until the series is short, then undo each halving: e^2y - 1 = E (E + 2)
  int halvings = 0;
  while (x > 0.25 || x < -0.25) {
    x *= 0.5;
    ++halvings;
  }
  // Taylor to x^13: the next term is below 1e-17 of the sum
  double series = 1;
  for (int n = 13; n >= 2; --n) series = 1 + series * x / n;
  double e = x * series;
  for (; halvings > 0; --halvings) e = e * (e + 2);
  return e;
}

float normal(Rng& rng) noexcept {
  // 1 - uniform lies in (0, 1], so the logarithm is finite (Box, Muller, 1958)
  const float radius = scalar::sqrt(-2.0F * scalar::log(1.0F - rng.uniform()));
  return radius * scalar::cos(2.0F * kPi * rng.uniform());
}

Vec3 normal_vec3(Rng& rng) noexcept {
  const float x = normal(rng);
  const float y = normal(rng);
  return {x, y, normal(rng)};
}

}  // namespace volery
