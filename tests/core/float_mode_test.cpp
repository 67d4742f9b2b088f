#include "core/float_mode.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace volery {
namespace {

constexpr unsigned kFlushToZero = 0x8000;
constexpr unsigned kDenormalsAreZero = 0x0040;
constexpr unsigned kRoundDown = 0x2000;

/// Half of the smallest normal float, computed at run time.
float halved_min() {
  volatile float small = std::numeric_limits<float>::min();
  small = small * 0.5F;
  return small;
}

float third() {
  volatile float three = 3;
  return 1.0F / three;
}

TEST(FloatMode, KeepsDenormalsAndRoundsToNearestWhateverTheCallerSet) {
  const unsigned before = _mm_getcsr();
  const float small = halved_min();
  const float nearest = third();
  _mm_setcsr(before | kFlushToZero | kDenormalsAreZero | kRoundDown);
  EXPECT_EQ(halved_min(), 0.0F) << "the caller's mode flushes";
  EXPECT_NE(third(), nearest) << "the caller's mode rounds down, and the nearest lies above";
  {
    const FloatMode mode;
    EXPECT_EQ(halved_min(), small);
    EXPECT_EQ(third(), nearest);
  }
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);
  EXPECT_EQ(after & (kFlushToZero | kDenormalsAreZero | kRoundDown),
            kFlushToZero | kDenormalsAreZero | kRoundDown);
  EXPECT_GT(small, 0.0F);
}

TEST(FloatMode, RestoresTheStickyFlags) {
  const unsigned before = _mm_getcsr();
  {
    const FloatMode mode;
    EXPECT_GT(third(), 0.0F);  // raises the inexact flag
  }
  EXPECT_EQ(_mm_getcsr(), before);
}

}  // namespace
}  // namespace volery
