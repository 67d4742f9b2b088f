#include "radio/draws.hpp"

#include <gtest/gtest.h>

#include <set>

#include "radio/fate.hpp"

#include "tests/radio/statistics.hpp"

namespace volery::radio::test {
namespace {

constexpr RadioKey kKey{7, 3, 11};

TEST(RadioDraws, AreTheWordsOfTheGenerator) {
  Rng rng(7, 3, Stream::kRadio, 5, 11);
  const LinkDraws draws = link_draws(kKey, 5, 0);
  EXPECT_EQ(draws.loss, rng.bits());
  EXPECT_EQ(draws.jitter, rng.bits());
  EXPECT_EQ(draws.mask, rng.bits());
  EXPECT_EQ(draws.jam, rng.bits());
}

TEST(RadioDraws, DifferInEveryCoordinate) {
  std::set<std::uint32_t> seen;
  const RadioKey keys[] = {kKey, {8, 3, 11}, {7, 4, 11}, {7, 3, 12}};
  for (const RadioKey& key : keys) seen.insert(link_draws(key, 1, 2).loss);
  seen.insert(link_draws(kKey, 2, 1).loss);
  seen.insert(link_draws(kKey, 1, 3).loss);
  seen.insert(link_draws(kKey, 1, kNoReceiver).loss);
  seen.insert(noise_words(kKey, 1, 2)[0]);
  seen.insert(radio_words(kKey, DrawKind::kBurst, 1, 2)[0]);
  seen.insert(radio_words(kKey, DrawKind::kField, 1, 2)[0]);
  EXPECT_EQ(seen.size(), 10U);
}

TEST(RadioDraws, ThresholdsAreShares) {
  EXPECT_EQ(threshold_of(0), 0U);
  EXPECT_EQ(threshold_of(1), 0x100000000U);  // above every word
  int below = 0;
  constexpr int kNum = 20000;
  for (std::uint32_t i = 0; i < kNum; ++i) {
    below += link_draws(kKey, i, 0).loss < threshold_of(0.3) ? 1 : 0;
  }
  expect_share(below, kNum, 0.3);
}

TEST(RadioFate, EveryFateHasItsName) {
  EXPECT_STREQ(kFateNames[static_cast<int>(Fate::kDelivered)], "delivered");
  EXPECT_STREQ(kFateNames[static_cast<int>(Fate::kHalfDuplex)], "half_duplex");
  EXPECT_STREQ(kFateNames[static_cast<int>(Fate::kJammed)], "jammed");
  EXPECT_EQ(static_cast<int>(Fate::kDuplicate) + 1, kNumFates);
}

}  // namespace
}  // namespace volery::radio::test
