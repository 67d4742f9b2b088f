// Losses against their shares, and bursts against the Markov chain that they stand for.
#include "radio/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>

#include "tests/radio/statistics.hpp"

namespace volery::radio::test {
namespace {

constexpr RadioKey kKey{42, 1, 1000};
constexpr int kLinks = 40000;
constexpr int kBytes = 32;

LossModel model_of(const LossConfig& config) {
  return {config, 256, "radio.loss"};
}

/// Number of links with this fate among kLinks.
int count(const LossModel& model, Fate fate, float distance_m = 1, int num_bytes = kBytes) {
  int found = 0;
  for (std::uint32_t i = 0; i < kLinks; ++i) {
    const std::uint32_t sender = i / 200, receiver = i % 200;
    const LinkDraws draws = link_draws(kKey, sender, receiver);
    const Fate is = model.fate(kKey, sender, receiver, draws, distance_m, num_bytes);
    found += is == fate ? 1 : 0;
  }
  return found;
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(Loss, NoneByDefault) {
  const LossModel model = model_of({});
  EXPECT_FALSE(model.any());
  EXPECT_EQ(count(model, Fate::kDelivered), kLinks);
}

TEST(Loss, ConstantShareIsLost) {
  for (const float p : {0.01F, 0.3F, 0.9F}) {
    LossConfig config;
    config.probability = p;
    expect_share(count(model_of(config), Fate::kLost), kLinks, p);
  }
  LossConfig all;
  all.probability = 1;
  EXPECT_EQ(count(model_of(all), Fate::kLost), kLinks);
}

TEST(Loss, LogisticGrowsWithDistance) {
  LossConfig config;
  config.by_distance = LossByDistance::kLogistic;
  config.d50_m = 40;
  config.width_m = 5;
  const LossModel model = model_of(config);
  constexpr double kRounding = 1e-6;  // of float arithmetic
  for (const float d : {0.0F, 20.0F, 40.0F, 47.0F, 1000.0F}) {
    const double expected = 1 / (1 + std::exp((40 - static_cast<double>(d)) / 5));
    EXPECT_NEAR(model.loss_at(d), expected, kRounding);
    expect_share(count(model, Fate::kLost, d), kLinks, model.loss_at(d));
  }
}

TEST(Loss, TableIsLinearBetweenItsPoints) {
  LossConfig config;
  config.by_distance = LossByDistance::kTable;
  config.distances_m = {10, 20, 40};
  config.probabilities = {0, 0.5F, 1};
  const LossModel model = model_of(config);
  EXPECT_EQ(model.loss_at(0), 0);
  EXPECT_EQ(model.loss_at(10), 0);
  EXPECT_EQ(model.loss_at(15), 0.25F);
  EXPECT_EQ(model.loss_at(20), 0.5F);
  EXPECT_EQ(model.loss_at(30), 0.75F);
  EXPECT_EQ(model.loss_at(100), 1);
  expect_share(count(model, Fate::kLost, 15), kLinks, 0.25);
}

TEST(Loss, BitErrorsGrowWithSize) {
  LossConfig config;
  config.bit_error_rate = 1e-3F;
  const LossModel model = model_of(config);
  constexpr double kRounding = 1e-6;  // the table holds floats
  for (const int bytes : {1, 8, 32, 256}) {
    const double expected = std::pow(1 - static_cast<double>(1e-3F), 8 * bytes);
    EXPECT_NEAR(model.intact(bytes), expected, kRounding);
    expect_share(count(model, Fate::kBitError, 1, bytes), kLinks, 1 - expected);
  }
  EXPECT_EQ(model.intact(0), 1);
}

TEST(Loss, PartsAreIndependent) {
  LossConfig config;
  config.probability = 0.2F;
  config.bit_error_rate = 1e-3F;
  config.by_distance = LossByDistance::kTable;
  config.distances_m = {0};
  config.probabilities = {0.5F};
  const LossModel model = model_of(config);
  const double arrives = 0.8 * 0.5;
  expect_share(count(model, Fate::kLost), kLinks, 1 - arrives);
  const double intact = std::pow(0.999, 8 * kBytes);
  expect_share(count(model, Fate::kDelivered), kLinks, arrives * intact);
  expect_share(count(model, Fate::kBitError), kLinks, arrives * (1 - intact));
}

LossConfig bursts(float loss, float steps) {
  LossConfig config;
  config.burst_loss = loss;
  config.burst_steps = steps;
  return config;
}

TEST(Bursts, ChainFollowsFromLossAndLength) {
  constexpr double kPrinted = 6e-5;  // reference values have three digits
  const BurstChain rare = model_of(bursts(0.01F, 2)).chain();
  EXPECT_NEAR(rare.to_good, 0.5, kPrinted);
  EXPECT_NEAR(rare.to_bad, 0.00505, kPrinted);
  const BurstChain some = model_of(bursts(0.05F, 5)).chain();
  EXPECT_NEAR(some.to_good, 0.2, kPrinted);
  EXPECT_NEAR(some.to_bad, 0.0105, kPrinted);
  const BurstChain many = model_of(bursts(0.2F, 10)).chain();
  EXPECT_NEAR(many.to_good, 0.1, kPrinted);
  EXPECT_NEAR(many.to_bad, 0.025, kPrinted);
}

// The state found by looking back is the one that running forward from step 0 reaches, decision by
// decision.
TEST(Bursts, LookingBackEqualsRunningForward) {
  for (const float length : {1.5F, 12.0F, 90.0F}) {
    const LossModel model = model_of(bursts(0.3F, length));
    const BurstChain chain = model.chain();
    const std::uint32_t window = model.window_steps();
    EXPECT_GE(window * (chain.to_bad + chain.to_good), 1);
    for (std::uint32_t receiver = 0; receiver < 20; ++receiver) {
      // word `which` of decision `number` of a window: 0 its gap, 1 its direction
      const auto word = [&](std::uint32_t first_step, std::uint32_t number, std::size_t which) {
        const RadioKey place{42, 1, first_step + number / 2};
        return radio_words(place, DrawKind::kBurst, 9, receiver)[number % 2 * 2 + which];
      };
      bool bad = word(0xffffffffU, 0, 0) * 0x1p-32 < chain.share_bad;
      std::map<std::uint32_t, bool> decisions;  // of all windows, by step
      for (std::uint32_t first = 0; first < 10 * window; first += window) {
        double at = first + window;
        for (std::uint32_t number = 0;; ++number) {
          const auto u = static_cast<double>(1 - unit_of(word(first, number, 0)));
          at -= 1 + std::floor(std::log(u) / std::log(1 - chain.to_bad - chain.to_good));
          if (at < first) break;
          decisions[static_cast<std::uint32_t>(at)] =
              word(first, number, 1) * 0x1p-32 < chain.share_bad;
        }
      }
      for (std::uint32_t step = 0; step < 10 * window; ++step) {
        const auto decision = decisions.find(step);
        if (decision != decisions.end()) bad = decision->second;
        EXPECT_EQ(model.is_bad({42, 1, step}, 9, receiver), bad) << receiver << " " << step;
      }
    }
  }
}

TEST(Bursts, ShareIsStationaryFromTheStart) {
  const LossModel model = model_of(bursts(0.2F, 10));
  for (const std::uint32_t step : {0U, 1U, 5U, 1000U}) {
    int bad = 0;
    for (std::uint32_t i = 0; i < kLinks; ++i) {
      bad += model.is_bad({42, 1, step}, i / 200, i % 200) ? 1 : 0;
    }
    expect_share(bad, kLinks, 0.2, "bad links");
  }
}

TEST(Bursts, TransitionsOverManyStepsAreTheChains) {
  const LossModel model = model_of(bursts(0.2F, 10));
  const double eigenvalue = 1 - model.chain().to_bad - model.chain().to_good;
  for (const std::uint32_t n : {1U, 3U, 4U, 17U}) {
    int from_bad = 0, bad_to_bad = 0, from_good = 0, good_to_bad = 0;
    for (std::uint32_t i = 0; i < kLinks; ++i) {
      const bool before = model.is_bad({42, 1, 6}, i / 200, i % 200);
      const bool after = model.is_bad({42, 1, 6 + n}, i / 200, i % 200);
      from_bad += before ? 1 : 0;
      bad_to_bad += before && after ? 1 : 0;
      from_good += before ? 0 : 1;
      good_to_bad += !before && after ? 1 : 0;
    }
    const double memory = std::pow(eigenvalue, n);
    expect_share(bad_to_bad, from_bad, 0.2 + 0.8 * memory, "bad to bad");
    expect_share(good_to_bad, from_good, 0.2 * (1 - memory), "good to bad");
  }
}

TEST(Bursts, LastAsLongAsAsked) {
  const LossModel model = model_of(bursts(0.2F, 10));
  int num = 0, steps = 0, length = 0;
  for (std::uint32_t step = 0; step < 400000; ++step) {
    if (model.is_bad({42, 1, step}, 3, 4)) {
      ++length;
    } else if (length > 0) {
      ++num;
      steps += length;
      length = 0;
    }
  }
  // lengths are geometric: variance (1 - r) / r^2
  const double error = std::sqrt(0.9 / 0.01 / num);
  EXPECT_NEAR(static_cast<double>(steps) / num, 10, kErrors * error);
}

TEST(Bursts, TakeTheShareOfMessagesAskedFor) {
  LossConfig config = bursts(0.1F, 5);
  config.burst_loss_good = 0.02F;
  config.burst_loss_bad = 0.7F;
  expect_share(count(model_of(config), Fate::kLost), kLinks, 0.1);
}

TEST(Loss, RefusesWhatCannotBe) {
  LossConfig table;
  table.by_distance = LossByDistance::kTable;
  EXPECT_NE(message_of([&] { model_of(table); }).find("radio.loss.distances_m: has 0"),
            std::string::npos);
  table.distances_m = {1, 1};
  table.probabilities = {0, 1};
  EXPECT_NE(message_of([&] { model_of(table); }).find("radio.loss.distances_m[1] = 1.0"),
            std::string::npos);
  EXPECT_NE(message_of([] { model_of(bursts(0.75F, 2)); }).find("must be at least 4.0"),
            std::string::npos);
  EXPECT_NE(message_of([] { model_of(bursts(1, 2)); }).find("radio.loss.burst_loss = 1.0"),
            std::string::npos);
  LossConfig below = bursts(0.01F, 5);
  below.burst_loss_good = 0.05F;
  EXPECT_NE(message_of([&] { model_of(below); }).find("burst_loss_good = 0.05"), std::string::npos);
  LossConfig loaded;
  Value bad{Value::Table{{"probability", 1.5}}};
  EXPECT_NE(message_of([&] { load(loaded, bad, "radio.loss"); }).find("radio.loss.probability"),
            std::string::npos);
}

}  // namespace
}  // namespace volery::radio::test
