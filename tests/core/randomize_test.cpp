#include "volery/randomize.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace volery {
namespace {

RangeConfig range_of(Distribution distribution, float low, float high) {
  RangeConfig config;
  config.distribution = distribution;
  config.range = {low, high};
  return config;
}

std::string message_of(const RangeConfig& config) {
  try {
    const DrawnNumber drawn(config, "config.randomize[0]");
    return "no error";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(DrawnNumber, UniformQuantilesAreStraight) {
  const DrawnNumber drawn(range_of(Distribution::kUniform, 2, 6), "");
  EXPECT_FLOAT_EQ(drawn.at(0.25F), 3);
  EXPECT_FLOAT_EQ(drawn.at(0.5F), 4);
}

TEST(DrawnNumber, LogUniformHalvesTheRatio) {
  const DrawnNumber drawn(range_of(Distribution::kLogUniform, 0.1F, 10), "");
  EXPECT_NEAR(drawn.at(0.5F), 1, 1e-6);
  EXPECT_NEAR(drawn.at(0.75F), std::sqrt(10.0), 1e-5);
}

// Tables of the normal distribution; the routine promises seven digits of which float32 keeps six.
TEST(DrawnNumber, NormalQuantilesMatchTables) {
  constexpr double kDigits = 2e-6;
  EXPECT_NEAR(normal_quantile(0.5F), 0, 1e-7);
  EXPECT_NEAR(normal_quantile(0.8413447F), 1, kDigits);
  EXPECT_NEAR(normal_quantile(0.975F), 1.9599640, kDigits);
  EXPECT_NEAR(normal_quantile(0.001F), -3.0902323, 4 * kDigits);
  EXPECT_NEAR(normal_quantile(1e-6F), -4.7534243, 4 * kDigits);
  EXPECT_NEAR(normal_quantile(1e-12F), -7.0344838, 4 * kDigits);
}

TEST(DrawnNumber, NormalEndsAtItsRange) {
  RangeConfig config = range_of(Distribution::kNormal, -1, 0.5F);
  config.std = 1;
  const DrawnNumber drawn(config, "");
  EXPECT_EQ(drawn.at(0.001F), -1);
  EXPECT_EQ(drawn.at(0.999F), 0.5F);
  EXPECT_FLOAT_EQ(drawn.at(0.5F), 0);
}

TEST(DrawnNumber, NormalWithoutRangeEndsAtFourSigma) {
  RangeConfig config;
  config.distribution = Distribution::kNormal;
  config.mean = 10;
  config.std = 2;
  const DrawnNumber drawn(config, "");
  EXPECT_EQ(drawn.low(), 2);
  EXPECT_EQ(drawn.high(), 18);
}

TEST(DrawnNumber, ChoicesAreEquallyLikely) {
  RangeConfig config;
  config.distribution = Distribution::kChoice;
  config.values = {5, 7, 9};
  const DrawnNumber drawn(config, "");
  std::vector<int> counts(10);
  constexpr int kDraws = 3000;
  for (int i = 0; i < kDraws; ++i) {
    const float u = (static_cast<float>(i) + 0.5F) / kDraws;
    ++counts[static_cast<std::size_t>(drawn.at(u))];
  }
  EXPECT_EQ(counts[5], 1000);
  EXPECT_EQ(counts[7], 1000);
  EXPECT_EQ(counts[9], 1000);
  EXPECT_EQ(drawn.at(0.99999994F), 9);
}

TEST(DrawnNumber, NamesWhatIsMissing) {
  RangeConfig config;
  EXPECT_EQ(message_of(config),
            "config.randomize[0].range: missing: what is drawn lies in [low, high]");
  config.range = {2, 1};
  EXPECT_EQ(message_of(config), "config.randomize[0].range: must be [low, high] with low <= high");
  config.range = {0, 1};
  config.distribution = Distribution::kLogUniform;
  EXPECT_EQ(message_of(config),
            "config.randomize[0].range: a log-uniform distribution needs low above 0");
  config.distribution = Distribution::kNormal;
  EXPECT_EQ(message_of(config), "config.randomize[0].std: a normal distribution needs one above 0");
  config.distribution = Distribution::kChoice;
  EXPECT_EQ(message_of(config), "config.randomize[0].values: a choice needs at least one");
  config.values = {1};
  EXPECT_EQ(message_of(config), "config.randomize[0].range: a choice has values, no range");
  config.distribution = Distribution::kUniform;
  EXPECT_EQ(message_of(config), "config.randomize[0].values: belongs to distribution = \"choice\"");
}

struct Inner {
  float depth_m = 1;
  std::vector<float> axes{1, 2, 3};
  void describe(FieldVisitor& v) {
    v.field("depth_m", depth_m, {.unit = "m", .low = 0, .high = 2});
    v.field("axes", axes, {.low = -9, .high = 9});
  }
};
struct Outer {
  float mass_kg = 1;
  int count = 3;
  Inner inner;
  std::vector<Inner> list{Inner{}, Inner{}};
  void describe(FieldVisitor& v) {
    v.field("mass_kg", mass_kg, {.unit = "kg", .low = 0.1});
    v.field("count", count, {});
    v.table("inner", inner, "");
    v.tables("list", list, {});
  }
};

TEST(FindNumbers, FollowsTablesArraysAndIndices) {
  Outer outer;
  EXPECT_EQ(find_numbers(outer, "mass_kg", "").numbers.at(0), &outer.mass_kg);
  EXPECT_EQ(find_numbers(outer, "inner.depth_m", "").numbers.at(0), &outer.inner.depth_m);
  EXPECT_EQ(find_numbers(outer, "list[1].axes[2]", "").numbers.at(0), &outer.list[1].axes[2]);
  EXPECT_EQ(find_numbers(outer, "inner.axes", "").numbers.size(), 3U);
}

TEST(FindNumbers, NamesTheNearestPath) {
  Outer outer;
  try {
    (void)find_numbers(outer, "inner.deph_m", "config.");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "config.inner.deph_m: no such number (did you mean 'inner.depth_m'?)");
  }
}

TEST(ApplyEdit, SetsScalesAndAddsWithinTheFieldsRange) {
  Outer outer;
  apply_edit(outer, {"inner.axes", NumberEdit::How::kScale, 2}, "");
  EXPECT_EQ(outer.inner.axes, (std::vector<float>{2, 4, 6}));
  apply_edit(outer, {"inner.axes[0]", NumberEdit::How::kAdd, -1}, "");
  EXPECT_EQ(outer.inner.axes[0], 1);
  apply_edit(outer, {"mass_kg", NumberEdit::How::kSet, 5}, "");
  EXPECT_EQ(outer.mass_kg, 5);
  try {
    apply_edit(outer, {"inner.depth_m", NumberEdit::How::kAdd, 2}, "config.");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "config.inner.depth_m = 3.0: must be in [0, 2] m");
  }
}

}  // namespace
}  // namespace volery
