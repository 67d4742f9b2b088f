#include "core/math64.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace volery {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Measured against libm (itself within 1 ulp): sin 2, cos 2, exp 1, atan2 2, asin 3 ulp.
constexpr double kTwoUlp = 2;
constexpr double kThreeUlp = 3;
constexpr double kFourUlp = 4;

double error_ulp(double result, double exact) {
  if (std::isnan(exact)) return std::isnan(result) ? 0 : kInf;
  if (result == exact) return 0;
  const double spacing = std::nextafter(std::abs(exact), kInf) - std::abs(exact);
  return std::abs(result - exact) / spacing;
}

double largest_error(double low, double high, int count, const std::function<double(double)>& ours,
                     const std::function<double(double)>& libm) {
  double largest = 0;
  for (int i = 0; i <= count; ++i) {
    const double x = low + (high - low) * i / count;
    largest = std::max(largest, error_ulp(ours(x), libm(x)));
  }
  return largest;
}

TEST(Math64, SineAndCosineMatchLibm) {
  // odd counts, so that no sample falls on a multiple of pi/2 where the result vanishes
  for (const double bound : {1e-3, 1.0, 10.0, 1000.0, math64::kMaxAccurateAngle}) {
    const auto sine = [](double x) { return std::sin(x); };
    const auto cosine = [](double x) { return std::cos(x); };
    EXPECT_LE(largest_error(-bound, bound, 200003, math64::sin, sine), kTwoUlp) << bound;
    EXPECT_LE(largest_error(-bound, bound, 200003, math64::cos, cosine), kTwoUlp) << bound;
  }
  EXPECT_TRUE(std::isnan(math64::sin(kInf)) && std::isnan(math64::cos(kNan)));
  EXPECT_EQ(math64::cos(0), 1);
}

TEST(Math64, SineNearMultiplesOfPiKeepsItsAbsoluteError) {
  // there the relative error of any reduction with three parts of pi/2 grows
  constexpr double kAbsolute = 1e-16;
  for (int k = 1; k < 10000; ++k) {
    const double x = k * math64::kPi;
    EXPECT_NEAR(math64::sin(x), std::sin(x), kAbsolute) << k;
  }
}

TEST(Math64, ExpMatchesLibmFromZeroToInfinity) {
  const auto libm = [](double x) { return std::exp(x); };
  EXPECT_LE(largest_error(-708, 709.7, 500009, math64::exp, libm), kTwoUlp);
  EXPECT_LE(largest_error(-1, 1, 500009, math64::exp, libm), kTwoUlp);
  EXPECT_EQ(math64::exp(0), 1);
  EXPECT_EQ(math64::exp(kInf), kInf);
  EXPECT_EQ(math64::exp(710), kInf);
  EXPECT_EQ(math64::exp(-kInf), 0);
  EXPECT_GT(math64::exp(-744), 0);
  EXPECT_TRUE(std::isnan(math64::exp(kNan)));
}

TEST(Math64, Atan2MatchesLibmAndItsSpecialValues) {
  double largest = 0;
  for (int i = 0; i < 300007; ++i) {
    const double angle = -3.14159 + 6.28318 * i / 300007;
    for (const double radius : {1e-300, 1.0, 1e300}) {
      const double y = radius * std::sin(angle);
      const double x = radius * std::cos(angle);
      largest = std::max(largest, error_ulp(math64::atan2(y, x), std::atan2(y, x)));
    }
  }
  EXPECT_LE(largest, kThreeUlp);
  const double specials[] = {0.0, -0.0, 1.0, -1.0, kInf, -kInf, kNan, 1e308, -1e308, 5e-324};
  for (const double y : specials) {
    for (const double x : specials) {
      const double exact = std::atan2(y, x);
      EXPECT_LE(error_ulp(math64::atan2(y, x), exact), kThreeUlp) << y << " " << x;
      if (!std::isnan(exact)) {
        EXPECT_EQ(std::signbit(math64::atan2(y, x)), std::signbit(exact)) << y << " " << x;
      }
    }
  }
}

TEST(Math64, InverseSineMatchesLibm) {
  const auto libm = [](double x) { return std::asin(x); };
  EXPECT_LE(largest_error(-1, 1, 400009, math64::asin, libm), kFourUlp);
  EXPECT_LE(largest_error(-1e-3, 1e-3, 100003, math64::asin, libm), kFourUlp);
  EXPECT_TRUE(std::isnan(math64::asin(1.0000001)));
  EXPECT_TRUE(std::signbit(math64::asin(-0.0)));
}

}  // namespace
}  // namespace volery
