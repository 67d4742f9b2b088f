// Elementary functions of our own, for everything that reaches state or observations.
//
// They use + - * / sqrt, comparisons and the bits of a float alone, so that they give the same bits
// on every machine, compiler and build type, which no libm promises. core/math_lanes.hpp has the
// same functions for vectors of lanes, from the same source (core/math_formulas.hpp), with the same
// bits in each lane. Errors are those measured over all of the tests against double precision.
#pragma once

#include "core/rng.hpp"
#include "core/types.hpp"

namespace volery {

inline constexpr float kPi = 3.14159265358979323846F;

/// Angles up to this size (rad) keep the accuracy below; beyond, sin and cos stay in [-1, 1] but
/// lose it gradually.
inline constexpr float kMaxAccurateAngle = 6000;

/// Sine and cosine of an angle in radians, within 3 ulp up to kMaxAccurateAngle. NaN for
/// infinities.
[[nodiscard]] float sin(float angle_rad) noexcept;
[[nodiscard]] float cos(float angle_rad) noexcept;

/// e^x within 2 ulp, subnormal results included; infinity above 88.72, zero below -103.97.
[[nodiscard]] float exp(float x) noexcept;
/// Natural logarithm within 2 ulp, subnormals included; -infinity at 0, NaN below.
[[nodiscard]] float log(float x) noexcept;

/// Angle of the point (x, y) in [-pi, pi], within 3 ulp, with the signs and special values of C's
/// atan2: signed zeros choose the side of the cut, infinities count as directions.
[[nodiscard]] float atan2(float y, float x) noexcept;
/// Inverse sine and cosine within 3 ulp; NaN outside [-1, 1].
[[nodiscard]] float asin(float x) noexcept;
[[nodiscard]] float acos(float x) noexcept;

/// e^x - 1 in double precision (relative error below 1e-12, |x| <= 700): for constants that are
/// computed once, such as the fraction that a first-order lag covers in a step.
[[nodiscard]] double expm1(double x) noexcept;

/// A draw from the standard normal distribution (Box-Muller, one of the pair); uses two words of
/// the generator. |result| < 5.9.
[[nodiscard]] float normal(Rng& rng) noexcept;
/// Three independent ones.
[[nodiscard]] Vec3 normal_vec3(Rng& rng) noexcept;

}  // namespace volery
