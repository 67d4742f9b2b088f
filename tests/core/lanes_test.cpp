// Every lane operation gives the bits of scalar code, on every instruction set that this CPU has.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/isa.hpp"
#include "core/rng.hpp"
#include "core/types.hpp"
#include "tests/core/lanes_probe.hpp"

namespace volery {
namespace {

using Lanes = std::array<float, kLanes>;

float as_flag(bool holds) {
  return holds ? 1.0F : 0.0F;
}
float scalar_min(float a, float b) {
  return a < b ? a : b;
}
float scalar_max(float a, float b) {
  return a > b ? a : b;
}

/// The operation as a scalar formula; kAny and kAll are tested apart.
float expected(LaneOperation operation, float a, float b) {
  switch (operation) {
    case LaneOperation::kAdd:
      return a + b;
    case LaneOperation::kSubtract:
      return a - b;
    case LaneOperation::kMultiply:
      return a * b;
    case LaneOperation::kDivide:
      return a / b;
    case LaneOperation::kNegate:
      return -a;
    case LaneOperation::kSqrt:
      return std::sqrt(a);
    case LaneOperation::kAbs:
      return std::abs(a);
    case LaneOperation::kMin:
      return scalar_min(a, b);
    case LaneOperation::kMax:
      return scalar_max(a, b);
    case LaneOperation::kClamp:
      return scalar_min(scalar_max(a, -1.0F), b);
    case LaneOperation::kMultiplyAdd: {
      volatile float product = a * b;
      return product + a;
    }
    case LaneOperation::kLess:
      return as_flag(a < b);
    case LaneOperation::kGreater:
      return as_flag(a > b);
    case LaneOperation::kLessEqual:
      return as_flag(a <= b);
    case LaneOperation::kGreaterEqual:
      return as_flag(a >= b);
    case LaneOperation::kEqual:
      return as_flag(a == b);
    case LaneOperation::kAnd:
      return as_flag(a < b && a > 0);
    case LaneOperation::kOr:
      return as_flag(a < b || a > 0);
    default:
      return as_flag(!(a < b));
  }
}

/// The same bits, or both NaN: which NaN comes out is the one thing that instruction sets leave
/// open.
bool same(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

void expect_scalar_bits(const Lanes& a, const Lanes& b) {
  alignas(64) Lanes x = a;
  alignas(64) Lanes y = b;
  alignas(64) Lanes out{};
  for (int i = 0; i < static_cast<int>(LaneOperation::kAny); ++i) {
    const auto operation = static_cast<LaneOperation>(i);
    lane_operation(operation, x.data(), y.data(), out.data());
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const float wanted = expected(operation, x[lane], y[lane]);
      ASSERT_TRUE(same(out[lane], wanted))
          << "operation " << i << " of " << x[lane] << ", " << y[lane] << ": " << out[lane]
          << " instead of " << wanted;
    }
  }
}

class EveryIsa : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { limit_isa(GetParam()); }
  void TearDown() override { limit_isa("auto"); }
};

TEST_P(EveryIsa, GivesTheBitsOfScalarCodeForSpecialValues) {
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float denormal = std::numeric_limits<float>::denorm_min();
  const Lanes special{0.0F,    -0.0F,   1.0F,     -1.0F,    inf,    -inf, nan,  denormal,
                      -1e-40F, 3.4e38F, -3.4e38F, 1.0F / 3, 1e-20F, 7.0F, 0.5F, -2.0F};
  for (std::size_t turn = 0; turn < kLanes; ++turn) {
    Lanes turned;
    for (std::size_t i = 0; i < kLanes; ++i) turned[i] = special[(i + turn) % kLanes];
    expect_scalar_bits(special, turned);
  }
}

TEST_P(EveryIsa, GivesTheBitsOfScalarCodeForAnyValues) {
  Rng rng(1, 0, Stream::kTask);
  for (int round = 0; round < 2000; ++round) {
    Lanes a;
    Lanes b;
    for (std::size_t i = 0; i < kLanes; ++i) {
      a[i] = round % 2 == 0 ? rng.uniform(-2, 2) : std::bit_cast<float>(rng.bits());
      b[i] = round % 2 == 0 ? rng.uniform(-2, 2) : std::bit_cast<float>(rng.bits());
    }
    expect_scalar_bits(a, b);
  }
}

TEST_P(EveryIsa, AsksWholeVectors) {
  const int width = vector_lanes();
  ASSERT_EQ(kLanes % width, 0);
  alignas(64) Lanes ones;
  ones.fill(1);
  alignas(64) Lanes out{};
  for (int low = 0; low < kLanes; ++low) {
    // one lane below, or all lanes but one
    alignas(64) Lanes a;
    for (const bool one : {true, false}) {
      a.fill(one ? 2.0F : 0.0F);
      a[static_cast<std::size_t>(low)] = one ? 0.0F : 2.0F;
      for (const auto operation : {LaneOperation::kAny, LaneOperation::kAll}) {
        lane_operation(operation, a.data(), ones.data(), out.data());
        for (int lane = 0; lane < kLanes; ++lane) {
          const bool touched = lane / width == low / width;
          const bool alone = width == 1;
          bool holds = one ? touched : !touched || !alone;
          if (operation == LaneOperation::kAll) holds = one ? touched && alone : !touched;
          EXPECT_EQ(out[static_cast<std::size_t>(lane)], as_flag(holds)) << low << " " << lane;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, EveryIsa, testing::ValuesIn(available_isas()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace volery
