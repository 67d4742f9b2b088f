// Known answers and the properties that keys promise.
#include "core/rng.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace volery {
namespace {

using Words = std::array<std::uint32_t, 4>;

Words philox(Words counter, std::array<std::uint32_t, 2> key) {
  const r123::Philox4x32::ctr_type c{{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type k{{key[0], key[1]}};
  const auto out = r123::Philox4x32()(c, k);
  return {out[0], out[1], out[2], out[3]};
}

// The philox4x32 10 rows of Random123's own known-answer file.
TEST(Philox, GivesThePublishedWords) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Rng, PlacesItsKeyInTheCounter) {
  Rng rng(0x0123456789abcdefULL, 5, Stream::kGoal, 7, 9);
  const Words first = philox({0, 7, 9, (5U << 8U) | 1U}, {0x89abcdef, 0x01234567});
  const Words second = philox({1, 7, 9, (5U << 8U) | 1U}, {0x89abcdef, 0x01234567});
  for (const std::uint32_t word : first) EXPECT_EQ(rng.bits(), word);
  for (const std::uint32_t word : second) EXPECT_EQ(rng.bits(), word);
}

TEST(Rng, DrawsDifferForEachPartOfTheKey) {
  std::set<std::uint32_t> firsts;
  firsts.insert(Rng(1, 0, Stream::kSpawn, 0, 0).bits());
  firsts.insert(Rng(2, 0, Stream::kSpawn, 0, 0).bits());
  firsts.insert(Rng(1ULL << 32U, 0, Stream::kSpawn, 0, 0).bits());
  firsts.insert(Rng(1, 1, Stream::kSpawn, 0, 0).bits());
  firsts.insert(Rng(1, 0, Stream::kGoal, 0, 0).bits());
  firsts.insert(Rng(1, 0, Stream::kSpawn, 1, 0).bits());
  firsts.insert(Rng(1, 0, Stream::kSpawn, 0, 1).bits());
  EXPECT_EQ(firsts.size(), 7U);
}

TEST(Rng, UniformStaysBelowOneAndKeepsItsMean) {
  Rng rng(3, 0, Stream::kTask);
  constexpr int kDraws = 100000;
  double sum = 0;
  for (int i = 0; i < kDraws; ++i) {
    const float u = rng.uniform();
    ASSERT_GE(u, 0.0F);
    ASSERT_LT(u, 1.0F);
    sum += static_cast<double>(u);
  }
  // five standard deviations of the mean: 5 / sqrt(12 * 1e5)
  EXPECT_NEAR(sum / kDraws, 0.5, 0.0046);
}

TEST(Rng, BelowCoversItsRangeEvenly) {
  Rng rng(4, 0, Stream::kTask);
  std::array<int, 7> counts{};
  constexpr int kDraws = 70000;
  for (int i = 0; i < kDraws; ++i) ++counts.at(rng.below(7));
  // five standard deviations of a binomial count with mean 10,000
  for (const int count : counts) EXPECT_NEAR(count, 10000, 463);
}

}  // namespace
}  // namespace volery
