#include "radio/token_bucket.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace volery::radio::test {
namespace {

TokenBucket bucket_of(float rate_bytes_ps, float burst_bytes, int max_bytes = 32) {
  TokenBucketConfig config;
  config.rate_bytes_ps = rate_bytes_ps;
  config.burst_bytes = burst_bytes;
  return {config, max_bytes, 0.01F, "radio.bandwidth"};
}

TEST(TokenBucket, WithoutARateNothingIsHeldBack) {
  const TokenBucket bucket = bucket_of(0, 1);
  EXPECT_FALSE(bucket.any());
  float level = 0;
  EXPECT_TRUE(bucket.take(level, 1000000));
  EXPECT_EQ(level, 0);
}

TEST(TokenBucket, ABurstThenTheRate) {
  const TokenBucket bucket = bucket_of(800, 64);  // 8 bytes per step
  float level = bucket.full();
  EXPECT_TRUE(bucket.take(level, 32));
  EXPECT_TRUE(bucket.take(level, 32));
  EXPECT_FALSE(bucket.take(level, 1));
  EXPECT_EQ(level, 0);
  for (int step = 0; step < 3; ++step) level = bucket.refilled(level);
  EXPECT_FALSE(bucket.take(level, 32));
  level = bucket.refilled(level);
  // 0.01 s is no float: the fourth refill may lack a grain
  level = bucket.refilled(level);
  EXPECT_TRUE(bucket.take(level, 32));
  for (int step = 0; step < 100; ++step) level = bucket.refilled(level);
  EXPECT_EQ(level, 64);
}

// In every window of k steps at most burst + rate k dt bytes leave, without any tolerance.
TEST(TokenBucket, NoWindowEverExceedsItsBound) {
  std::mt19937 generator(8);
  for (const auto& [rate, burst] : {std::pair{137.7F, 99.3F}, {3000.0F, 32.0F}, {0.7F, 50.0F}}) {
    const TokenBucket bucket = bucket_of(rate, burst);
    constexpr int kSteps = 2000;
    std::vector<double> sent(kSteps + 1, 0);  // before each step
    float level = bucket.full();
    for (int step = 0; step < kSteps; ++step) {
      if (step > 0) level = bucket.refilled(level);
      double bytes = 0;
      // long silences, then as much as goes
      for (int tries = (step / 100) % 2 == 0 ? 4 : 0; tries > 0; --tries) {
        const int size = static_cast<int>(1 + generator() % 32);
        if (bucket.take(level, size)) bytes += size;
      }
      ASSERT_GE(level, 0);
      sent[static_cast<std::size_t>(step) + 1] = sent[static_cast<std::size_t>(step)] + bytes;
    }
    const double per_step = static_cast<double>(rate) * static_cast<double>(0.01F);
    for (std::size_t from = 0; from < kSteps; ++from) {
      for (std::size_t to = from; to < kSteps; ++to) {
        const double bytes = sent[to + 1] - sent[from];
        ASSERT_LE(bytes, static_cast<double>(burst) + per_step * static_cast<double>(to - from));
      }
    }
  }
}

TEST(TokenBucket, AGreedySenderGetsItsRate) {
  const TokenBucket bucket = bucket_of(137.7F, 99.3F);
  float level = bucket.full();
  double bytes = 0;
  constexpr int kSteps = 100000;
  for (int step = 0; step < kSteps; ++step) {
    level = bucket.refilled(level);
    while (bucket.take(level, 1)) bytes += 1;
  }
  constexpr double kRounding = 1e-4;  // relative: the burst at the start, refills rounded down
  EXPECT_NEAR(bytes / (kSteps * 0.01), 137.7, 137.7 * kRounding * 10);
}

std::string refusal(float rate_bytes_ps, float burst_bytes) {
  try {
    bucket_of(rate_bytes_ps, burst_bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(TokenBucket, RefusesWhatCouldNeverSend) {
  EXPECT_NE(refusal(10, 31).find("radio.bandwidth.burst_bytes = 31"), std::string::npos);
  EXPECT_NE(refusal(1e-3F, 1e6F).find("radio.bandwidth.rate_bytes_ps = 0.001"), std::string::npos);
}

}  // namespace
}  // namespace volery::radio::test
