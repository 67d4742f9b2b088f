// The lane generator against Random123 and the scalar Box-Muller formula.
#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <cmath>

#include "core/isa.hpp"
#include "core/math.hpp"
#include "tests/core/philox_probe.hpp"

namespace volery {
namespace {

PhiloxProbe probe() {
  PhiloxProbe p{};
  for (std::uint32_t l = 0; l < 16; ++l) {
    p.key0[l] = 0x9e3779b9U * (l + 1);
    p.key1[l] = l * 77U;
    p.agent[l] = l;
    p.step[l] = 0xffffffffU - l * 13;
    p.episode[l] = (l << 8U) | 4U;
  }
  return p;
}

TEST(PhiloxLanes, HoldTheWordsOfRandom123OnEveryInstructionSet) {
  const PhiloxProbe p = probe();
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    for (const std::uint32_t draw : {0U, 1U, 0xfedcba98U}) {
      std::uint32_t words[4][16];
      lane_words(p, draw, words);
      for (std::size_t l = 0; l < 16; ++l) {
        const auto expected = r123::Philox4x32()(
            r123::Philox4x32::ctr_type{{draw, p.agent[l], p.step[l], p.episode[l]}},
            r123::Philox4x32::key_type{{p.key0[l], p.key1[l]}});
        for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(words[i][l], expected[i]) << isa;
      }
    }
  }
  limit_isa("auto");
}

TEST(PhiloxLanes, NormalsFollowBoxMullerBitForBit) {
  const PhiloxProbe p = probe();
  std::uint32_t words[4][16];
  lane_words(p, 5, words);
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    float normals[4][16];
    lane_normals(p, 5, normals);
    for (int l = 0; l < 16; ++l) {
      for (int pair = 0; pair < 2; ++pair) {
        const float u = static_cast<float>(words[2 * pair][l] >> 8U) * 0x1p-24F;
        const float v = static_cast<float>(words[2 * pair + 1][l] >> 8U) * 0x1p-24F;
        const float radius = std::sqrt(-2.0F * log(1.0F - u));
        const float angle = 2.0F * kPi * v;
        EXPECT_EQ(normals[2 * pair][l], radius * cos(angle)) << isa;
        EXPECT_EQ(normals[2 * pair + 1][l], radius * sin(angle)) << isa;
      }
    }
  }
  limit_isa("auto");
}

TEST(PhiloxLanes, NormalsHaveMomentsOfTheStandardNormalDistribution) {
  // 64,000 numbers: five standard errors of each moment
  constexpr double kCount = 4 * 16 * 1000;
  double sum = 0, squares = 0, fourth = 0;
  for (std::uint32_t draw = 0; draw < 1000; ++draw) {
    float normals[4][16];
    lane_normals(probe(), draw, normals);
    for (const auto& row : normals) {
      for (const float n : row) {
        const double n2 = double{n} * double{n};
        sum += double{n};
        squares += n2;
        fourth += n2 * n2;
      }
    }
  }
  EXPECT_NEAR(sum / kCount, 0, 5 * std::sqrt(1 / kCount));
  EXPECT_NEAR(squares / kCount, 1, 5 * std::sqrt(2 / kCount));
  EXPECT_NEAR(fourth / kCount, 3, 5 * std::sqrt(96 / kCount));
}

}  // namespace
}  // namespace volery
