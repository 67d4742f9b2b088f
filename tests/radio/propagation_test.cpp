// Ranges, path loss and the random field of shadowing.
#include "radio/propagation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "tests/radio/statistics.hpp"

namespace volery::radio::test {
namespace {

Link link_of(int sender, int receiver, Vec3 offset, float gain_db = 0) {
  return {sender, receiver, offset, dot(offset, offset), gain_db};
}

RangeModel model_of(const RangeConfig& config, int num_agents = 2) {
  return {config, num_agents, 0.01F, "radio.range"};
}

RangeConfig disc(std::vector<float> range_m) {
  RangeConfig config;
  config.range_m = std::move(range_m);
  return config;
}

TEST(Range, DiscEndsExactlyAtTheRange) {
  const RangeModel model = model_of(disc({5}));
  EXPECT_FALSE(model.is_heard(link_of(0, 1, {3, 4, 0})));
  EXPECT_TRUE(model.is_heard(link_of(0, 1, {0, 0, std::nextafter(5.0F, 0.0F)})));
  EXPECT_FALSE(model.is_heard(link_of(0, 1, {0, std::nextafter(5.0F, 6.0F), 0})));
  EXPECT_EQ(model.max_range_m(), 5);
  // a range that no float holds, and places at exactly that distance
  EXPECT_FALSE(model_of(disc({0.1F})).is_heard(link_of(0, 1, {0, -0.1F, 0})));
  EXPECT_FALSE(model_of(disc({0})).is_heard(link_of(0, 1, {0, 0, 0})));
}

TEST(Range, TheOneWithTheWeakerRadioHearsButIsNotHeard) {
  const RangeModel model = model_of(disc({10, 4}));
  EXPECT_TRUE(model.is_heard(link_of(0, 1, {6, 0, 0})));
  EXPECT_FALSE(model.is_heard(link_of(1, 0, {-6, 0, 0})));
  EXPECT_EQ(model.max_range_m(), 10);
  EXPECT_EQ(model.max_range_m(1), 4);
}

TEST(Range, SmallerOfBothIsSymmetric) {
  RangeConfig config = disc({10, 4, 10});
  config.kind = RangeKind::kDiscMin;
  const RangeModel model = model_of(config, 3);
  EXPECT_FALSE(model.is_heard(link_of(0, 1, {6, 0, 0})));
  EXPECT_FALSE(model.is_heard(link_of(1, 0, {-6, 0, 0})));
  EXPECT_TRUE(model.is_heard(link_of(0, 2, {6, 0, 0})));
  config.rx_range_m = {5};
  EXPECT_FALSE(model_of(config, 3).is_heard(link_of(0, 2, {6, 0, 0})));
  EXPECT_EQ(model_of(config, 3).max_range_m(), 5);
}

TEST(Range, ChebyshevIsACube) {
  RangeConfig config = disc({2.5F});
  config.kind = RangeKind::kChebyshev;
  const RangeModel model = model_of(config);
  const Link corner = link_of(0, 1, {2.4F, -2.4F, 2.4F});
  EXPECT_TRUE(model.is_heard(corner));
  EXPECT_LE(std::sqrt(corner.distance2_m2), model.max_range_m());
  EXPECT_FALSE(model.is_heard(link_of(0, 1, {0, -2.5F, 0})));
}

TEST(Range, UnlimitedReachesEverybody) {
  RangeConfig config;
  config.kind = RangeKind::kUnlimited;
  const RangeModel model = model_of(config);
  EXPECT_TRUE(model.is_heard(link_of(0, 1, {1e6F, 0, 0})));
  EXPECT_EQ(model.max_range_m(), std::numeric_limits<float>::infinity());
}

TEST(Range, InterferenceReachesFurther) {
  const RangeModel model = model_of(disc({5}));
  EXPECT_TRUE(model.is_heard(link_of(0, 1, {9, 0, 0}), 2));
  EXPECT_FALSE(model.is_heard(link_of(0, 1, {10, 0, 0}), 2));
}

TEST(Range, DiscPowerFallsWithTheSquareOfTheDistance) {
  const RangeModel model = model_of(disc({5}));
  constexpr float kRounding = 1e-5F;
  EXPECT_NEAR(model.power_db(link_of(0, 1, {1, 0, 0})), 0, kRounding);
  EXPECT_NEAR(model.power_db(link_of(0, 1, {0, 10, 0})), -20, kRounding);
  EXPECT_NEAR(model.power_db(link_of(0, 1, {})), 40, kRounding);  // as if at 1 cm
}

RangeConfig path_loss() {
  RangeConfig config;
  config.kind = RangeKind::kPathLoss;
  config.tx_power_dbm = {10, 0, -5, 3};
  config.sensitivity_dbm = {-90, -85, -95, -80};
  config.exponent = 2.6F;
  config.shadowing_db = 3;
  return config;
}

TEST(PathLoss, ReachesAsFarAsTheFormulaSays) {
  RangeConfig config;
  config.kind = RangeKind::kPathLoss;  // 0 dBm, -90 dBm, 40.05 dB, n = 2.2
  const auto expected = static_cast<float>(std::pow(10.0, (90 - 40.05) / 22));
  const RangeModel model = model_of(config);
  constexpr float kRounding = 1e-5F;  // relative
  EXPECT_TRUE(model.is_heard(link_of(0, 1, {expected * (1 - kRounding), 0, 0})));
  EXPECT_FALSE(model.is_heard(link_of(0, 1, {expected * (1 + kRounding), 0, 0})));
  EXPECT_NEAR(model.max_range_m(), expected, expected * 2 * kRounding);
}

TEST(PathLoss, HeardIsWherePowerExceedsTheSensitivity) {
  const RangeConfig config = path_loss();
  const RangeModel model = model_of(config, 4);
  std::mt19937 generator(3);
  std::uniform_real_distribution<float> unit(0, 1);
  constexpr float kRounding = 1e-3F;  // dB; powers are sums of logarithms
  int heard = 0;
  for (int i = 0; i < 20000; ++i) {
    const int sender = i % 4, receiver = (i / 4) % 4;
    const float distance = 0.1F + 500 * unit(generator);
    const Link link = link_of(sender, receiver, {0, distance, 0}, 18 * unit(generator) - 9);
    const double db = config.tx_power_dbm[static_cast<std::size_t>(sender)] - 40.05 -
                      26 * std::log10(static_cast<double>(distance)) + link.gain_db;
    EXPECT_NEAR(model.power_db(link), db, kRounding);
    const double margin = db - config.sensitivity_dbm[static_cast<std::size_t>(receiver)];
    if (std::abs(margin) < kRounding) continue;
    EXPECT_EQ(model.is_heard(link), margin > 0);
    if (!model.is_heard(link)) continue;
    ++heard;
    EXPECT_LE(distance, model.max_range_m(sender));
    EXPECT_LE(model.max_range_m(sender), model.max_range_m());
  }
  EXPECT_GT(heard, 1000);
}

TEST(Shadowing, IsTheSameBothWays) {
  const RangeModel model = model_of(path_loss(), 4);
  EXPECT_EQ(model.shadowing_db(0.3F, -1.2F, 50), model.shadowing_db(-1.2F, 0.3F, 50));
}

TEST(Shadowing, StaysWithinThreeSigma) {
  const RangeModel model = model_of(path_loss(), 4);
  EXPECT_EQ(model.shadowing_db(9, 9, 1e6F), 9);
  EXPECT_EQ(model.shadowing_db(-9, -9, 1e6F), -9);
}

TEST(Shadowing, IsAFunctionOfItsKeyAlone) {
  const RangeModel model = model_of(path_loss(), 4);
  ShadowField one, other, next;
  model.draw_field({1, 2, 3}, one);
  model.draw_field({1, 2, 400}, other);
  model.draw_field({1, 3, 3}, next);
  EXPECT_TRUE(one.is_of({1, 2, 99}));
  EXPECT_FALSE(one.is_of({1, 3, 3}));
  EXPECT_EQ(model.node_value(one, {4, 5, 6}, 7), model.node_value(other, {4, 5, 6}, 7));
  EXPECT_NE(model.node_value(one, {4, 5, 6}, 7), model.node_value(next, {4, 5, 6}, 7));
  // without drift the step does not matter
  EXPECT_EQ(model.node_value(one, {4, 5, 6}, 7), model.node_value(one, {4, 5, 6}, 8));
}

/// Mean products of node values over many worlds.
struct Moments {
  double mean = 0, square = 0, product = 0;
};
constexpr int kWorlds = 10000;
Moments moments(const RangeModel& model, Vec3 a, Vec3 b, std::uint32_t later) {
  Moments sums;
  ShadowField field;
  for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
    model.draw_field({seed, 0, 0}, field);
    const double at_a = model.node_value(field, a, 100);
    const double at_b = model.node_value(field, b, 100 + later);
    sums.mean += at_a / kWorlds;
    sums.square += at_a * at_a / kWorlds;
    sums.product += at_a * at_b / kWorlds;
  }
  return sums;
}

TEST(Shadowing, FieldIsStandardNormalInTheMean) {
  const Moments sums = moments(model_of(path_loss(), 4), {30, -20, 5}, {}, 0);
  EXPECT_NEAR(sums.mean, 0, kErrors / std::sqrt(kWorlds));
  EXPECT_NEAR(sums.square, 1, kErrors * std::sqrt(2.0 / kWorlds));
}

TEST(Shadowing, CorrelationFallsExponentiallyInEveryDirection) {
  RangeConfig config = path_loss();
  config.correlation_m = 10;
  const RangeModel model = model_of(config, 4);
  for (const float r : {2.0F, 10.0F, 20.0F}) {
    for (const Vec3 way : {Vec3{1, 0, 0}, Vec3{0, 0.6F, 0.8F}}) {
      const double rho = std::exp(-static_cast<double>(r) / 10);
      const Moments sums = moments(model, {3, 4, 5}, Vec3{3, 4, 5} + way * r, 0);
      EXPECT_NEAR(sums.product, rho, kErrors * std::sqrt((1 + rho * rho) / kWorlds)) << r;
    }
  }
}

TEST(Shadowing, DriftForgetsExponentially) {
  RangeConfig config = path_loss();
  config.drift_per_s = 0.5F;
  const RangeModel model = model_of(config, 4);
  const double rho = std::exp(-0.5 * 1.5);  // after 150 steps of 0.01 s
  const Moments sums = moments(model, {3, 4, 5}, {3, 4, 5}, 150);
  EXPECT_NEAR(sums.product, rho, kErrors * std::sqrt((1 + rho * rho) / kWorlds));
}

TEST(Shadowing, LinksHaveTheDeviationAskedForAtAnyDistance) {
  RangeConfig config = path_loss();
  config.correlation_m = 10;
  const RangeModel model = model_of(config, 4);
  ShadowField field;
  for (const float r : {1.0F, 30.0F}) {
    double square = 0;
    for (std::uint64_t seed = 0; seed < kWorlds; ++seed) {
      model.draw_field({seed, 0, 0}, field);
      const double db = model.shadowing_db(model.node_value(field, {3, 4, 5}, 0),
                                           model.node_value(field, {3, 4, 5 + r}, 0), r * r);
      square += db * db / kWorlds;
    }
    // clipping at 3 sigma takes 0.6 % of the variance of a normal number
    constexpr double kClipped = 0.994;
    EXPECT_NEAR(square, 9 * kClipped, 9 * kErrors * std::sqrt(2.0 / kWorlds)) << r;
  }
}

TEST(Range, RefusesListsOfTheWrongLength) {
  try {
    model_of(disc({1, 2, 3}), 4);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "radio.range.range_m: has 3 numbers: must be 1 or one per agent, 4");
  }
  RangeConfig config = path_loss();
  config.tx_power_dbm = {};
  EXPECT_THROW(model_of(config, 4), Error);
  config = disc({1});
  config.kind = RangeKind::kDiscMin;
  config.rx_range_m = {1, 2, 3};
  EXPECT_THROW(model_of(config, 4), Error);
  EXPECT_THROW(load(config, Value{Value::Table{{"range_m", Value::Array{-1.0}}}}, "radio.range"),
               Error);
}

}  // namespace
}  // namespace volery::radio::test
