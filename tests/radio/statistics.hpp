// Intervals for counts of random events.
#pragma once

#include <gtest/gtest.h>

#include <cmath>

namespace volery::radio::test {

// Standard errors. The seeds are fixed, so a test never fails by chance once it has passed; 4.5
// leaves one chance in 150,000 that a correct model needed another seed.
inline constexpr double kErrors = 4.5;

/// The count of `num` independent events of this probability lies in its binomial interval.
inline void expect_share(int count, int num, double probability, const char* what = "") {
  const double share = static_cast<double>(count) / num;
  const double error = std::sqrt(probability * (1 - probability) / num);
  EXPECT_NEAR(share, probability, kErrors * error + 1e-12) << what << " of " << num;
}

}  // namespace volery::radio::test
