// The formulas behind core/math.hpp and core/math_lanes.hpp, written once for both.
//
// No include guard: each includer sets VOLERY_REAL (float or F32) and VOLERY_MATH_FUNCTION (inline
// specifiers) and provides select, min, max, abs, sqrt, bit_set, power_of_two, split_exponent,
// copy_sign and is_negative for that type. Every operation rounds the same way in a lane as in a
// scalar register, so both forms give the same bits.
//
// The coefficients are weighted least-maximum fits over the reduced ranges, made for this file; the
// number after each is the largest error of the fit relative to the function.

VOLERY_MATH_FUNCTION void sin_cos(VOLERY_REAL angle_rad, VOLERY_REAL& sine, VOLERY_REAL& cosine) {
  // nearest multiple of pi/2: adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits
  const VOLERY_REAL shifted = angle_rad * 0.636619772F + 12582912.0F;
  const VOLERY_REAL k = shifted - 12582912.0F;
  // pi/2 as a sum of which the first parts have 11 bits or fewer, so that their products with k are
  // exact (W. J. Cody, W. Waite: "Software manual for the elementary functions", 1980)
  VOLERY_REAL r = angle_rad - k * 0x1.92p+0F;
  r = r - k * 0x1.fb4p-12F;
  r = r - k * 0x1.444p-24F;
  r = r - k * 0x1.68c234p-39F;
  // far outside the accurate range r means nothing; the bound keeps the results in [-1, 1]
  r = min(VOLERY_REAL(0.79F), max(VOLERY_REAL(-0.79F), r));
  const VOLERY_REAL z = r * r;
  // 3.8e-9 and 1.0e-10 over |r| <= pi/4
  const VOLERY_REAL s = r + r * z * (-0.16666655F + z * (0.0083321547F + z * -0.00019514085F));
  const VOLERY_REAL c =
      1.0F - (z * 0.5F - z * z * (0.041666646F + z * (-0.0013887337F + z * 2.4434846e-5F)));
  const auto odd = bit_set<0>(shifted);
  const VOLERY_REAL sine_size = select(odd, c, s);
  const VOLERY_REAL cosine_size = select(odd, s, c);
  sine = select(bit_set<1>(shifted), -sine_size, sine_size);
  cosine = select(bit_set<1>(shifted + 1.0F), -cosine_size, cosine_size);
}

VOLERY_MATH_FUNCTION VOLERY_REAL sin(VOLERY_REAL angle_rad) {
  VOLERY_REAL s, c;
  sin_cos(angle_rad, s, c);
  return s;
}

VOLERY_MATH_FUNCTION VOLERY_REAL cos(VOLERY_REAL angle_rad) {
  VOLERY_REAL s, c;
  sin_cos(angle_rad, s, c);
  return c;
}

VOLERY_MATH_FUNCTION VOLERY_REAL exp(VOLERY_REAL x) {
  // beyond these bounds the result is infinite or rounds to zero; NaN passes
  x = min(VOLERY_REAL(89.0F), max(VOLERY_REAL(-104.0F), x));
  // x = n ln 2 + r with |r| <= ln 2 / 2; the first part of ln 2 has 15 bits, so n times it is exact
  const VOLERY_REAL n = (x * 1.44269504F + 12582912.0F) - 12582912.0F;
  const VOLERY_REAL r = (x - n * 0x1.62e4p-1F) - n * 0x1.7f7d1cp-20F;
  // 3.4e-9
  const VOLERY_REAL p =
      0.5F + r * (0.16666512F + r * (0.041666187F + r * (0.0083695985F + r * 0.0013951720F)));
  const VOLERY_REAL e = 1.0F + (r + r * r * p);
  // 2^n in two factors reaches infinity and the subnormals with one rounding
  const VOLERY_REAL half = (n * 0.5F + 12582912.0F) - 12582912.0F;
  return e * power_of_two(half) * power_of_two(n - half);
}

VOLERY_MATH_FUNCTION VOLERY_REAL log(VOLERY_REAL x) {
  // subnormals are scaled up first
  const auto tiny = x < 0x1p-126F;
  const VOLERY_REAL normal = select(tiny, x * 0x1p+25F, x);
  // x = m 2^e with m in [sqrt 1/2, sqrt 2)
  VOLERY_REAL m;
  const VOLERY_REAL e =
      split_exponent(normal, m) - select(tiny, VOLERY_REAL(25.0F), VOLERY_REAL(0.0F));
  // log m = log (1+s)/(1-s) = f - s (f - z P(z)), f = m - 1, s = f / (2 + f), z = s^2; 8.4e-10
  const VOLERY_REAL f = m - 1.0F;
  const VOLERY_REAL s = f / (2.0F + f);
  const VOLERY_REAL z = s * s;
  const VOLERY_REAL p = z * (0.66666782F + z * (0.39977079F + z * 0.29885221F));
  const VOLERY_REAL half_square = f * f * 0.5F;
  const VOLERY_REAL tail = s * (half_square + p) + e * 0x1.7f7d1cp-20F;
  const VOLERY_REAL y = e * 0x1.62e4p-1F + (f - (half_square - tail));
  // special values: log 0 = -inf, log of a negative = NaN, log inf = inf, NaN passes
  const VOLERY_REAL infinity = std::numeric_limits<float>::infinity();
  const VOLERY_REAL nan = std::numeric_limits<float>::quiet_NaN();
  const VOLERY_REAL special = select(x == 0.0F, -infinity, select(x < 0.0F, nan, x));
  return select((x > 0.0F) & (x < infinity), y, special);
}

/// atan(numerator / denominator) for 0 <= numerator <= denominator, both finite, not both 0.
VOLERY_MATH_FUNCTION VOLERY_REAL atan_octant(VOLERY_REAL numerator, VOLERY_REAL denominator) {
  // above tan(pi/8): atan t = pi/4 + atan((t-1)/(t+1)), with one division in either case
  const auto upper = numerator > denominator * 0.41421357F;
  const VOLERY_REAL u = select(upper, numerator - denominator, numerator) /
                        select(upper, numerator + denominator, denominator);
  const VOLERY_REAL z = u * u;
  // 7.0e-10
  const VOLERY_REAL p =
      -0.33333313F + z * (0.19998434F + z * (-0.14242741F + z * (0.10587365F + z * -0.060605321F)));
  const VOLERY_REAL a = u + u * z * p;
  return select(upper, 0.785398185F + (a - 2.1855695e-8F), a);
}

VOLERY_MATH_FUNCTION VOLERY_REAL atan2(VOLERY_REAL y, VOLERY_REAL x) {
  const VOLERY_REAL x_size = abs(x);
  const VOLERY_REAL y_size = abs(y);
  const auto steep = y_size > x_size;
  VOLERY_REAL low = select(steep, x_size, y_size);
  VOLERY_REAL high = select(steep, y_size, x_size);
  // infinities become directions; huge pairs are scaled so that their sum stays finite
  const VOLERY_REAL infinity = std::numeric_limits<float>::infinity();
  low =
      select(high == infinity, select(low == infinity, VOLERY_REAL(1.0F), VOLERY_REAL(0.0F)), low);
  high = select(high == infinity, VOLERY_REAL(1.0F), high);
  const VOLERY_REAL scale = select(high > 0x1p+126F, VOLERY_REAL(0x1p-2F), VOLERY_REAL(1.0F));
  high = select(high == 0.0F, VOLERY_REAL(1.0F), high);
  VOLERY_REAL a = atan_octant(low * scale, high * scale);
  // octant -> quadrant -> half plane -> sign; pi/2 and pi with what their floats lack
  a = select(steep, 1.57079637F - (a + 4.371139e-8F), a);
  a = select(is_negative(x), 3.14159274F - (a + 8.742278e-8F), a);
  a = copy_sign(a, y);
  // a NaN in either argument passes
  return select((x == x) & (y == y), a, x + y);
}

/// asin(u) for |u| <= 0.5 given u and z = u^2; 5.0e-9.
VOLERY_MATH_FUNCTION VOLERY_REAL asin_small(VOLERY_REAL u, VOLERY_REAL z) {
  const VOLERY_REAL p =
      0.16666755F + z * (0.074951962F + z * (0.045483336F + z * (0.024114478F + z * 0.042278532F)));
  return u + u * z * p;
}

VOLERY_MATH_FUNCTION VOLERY_REAL asin(VOLERY_REAL x) {
  // above 1/2: asin x = pi/2 - 2 asin sqrt((1 - x) / 2); the root is NaN outside [-1, 1]
  const VOLERY_REAL size = abs(x);
  const auto large = size > 0.5F;
  const VOLERY_REAL z = select(large, (1.0F - size) * 0.5F, x * x);
  const VOLERY_REAL s = asin_small(select(large, sqrt(z), size), z);
  const VOLERY_REAL a = select(large, 1.57079637F - (2.0F * s + 4.371139e-8F), s);
  return copy_sign(a, x);
}

VOLERY_MATH_FUNCTION VOLERY_REAL acos(VOLERY_REAL x) {
  const VOLERY_REAL size = abs(x);
  const auto large = size > 0.5F;
  const VOLERY_REAL z = select(large, (1.0F - size) * 0.5F, x * x);
  const VOLERY_REAL s = asin_small(select(large, sqrt(z), x), z);
  const VOLERY_REAL outer = select(x < 0.0F, 3.14159274F - (2.0F * s + 8.742278e-8F), 2.0F * s);
  return select(large, outer, 1.57079637F - (s + 4.371139e-8F));
}
