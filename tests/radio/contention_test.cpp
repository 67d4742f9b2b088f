// Access to the channel against closed forms.
#include "radio/contention.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

#include "tests/radio/statistics.hpp"

namespace volery::radio::test {
namespace {

constexpr int kSteps = 20000;

ContentionConfig config_of(Access access, int slots, int window = 16) {
  ContentionConfig config;
  config.access = access;
  config.slots_per_step = slots;
  config.backoff_window = window;
  return config;
}

ContentionModel model_of(const ContentionConfig& config, int num_agents = 100) {
  return {config, num_agents, "radio.contention"};
}

/// Senders and who hears whom.
struct Air {
  std::vector<std::int32_t> senders, first, items;
  SlotScratch scratch;

  /// All hear each other, or nobody does.
  Air(std::vector<std::int32_t> list, bool mutual) : senders(std::move(list)) {
    const auto num = static_cast<std::int32_t>(senders.size());
    for (std::int32_t i = 0; i < num; ++i) {
      first.push_back(static_cast<std::int32_t>(items.size()));
      for (std::int32_t j = 0; j < num && mutual; ++j) {
        if (j != i) items.push_back(j);
      }
    }
    first.push_back(static_cast<std::int32_t>(items.size()));
    scratch.reserve(static_cast<int>(num), 1024);
  }
  std::vector<std::int32_t> slots(const ContentionModel& model, std::uint32_t step) {
    std::vector<std::int32_t> out(senders.size());
    model.assign_slots({5, 0, step}, senders, {first, items}, scratch, out);
    return out;
  }
};

std::vector<std::int32_t> first_agents(int num) {
  std::vector<std::int32_t> agents(static_cast<std::size_t>(num));
  std::iota(agents.begin(), agents.end(), 0);
  return agents;
}

/// Fates at a receiver that hears all of them equally well.
std::vector<Fate> fates_of(const ContentionModel& model, const std::vector<std::int32_t>& slots,
                           std::int32_t own_slot = kDeferred) {
  std::vector<Heard> heard;
  for (const std::int32_t slot : slots) {
    if (slot >= 0) heard.push_back({0, -50, static_cast<std::int16_t>(slot), 0, true});
  }
  std::vector<Fate> fates(heard.size());
  model.resolve(own_slot, heard, fates);
  return fates;
}

int delivered(const std::vector<Fate>& fates) {
  return static_cast<int>(std::count(fates.begin(), fates.end(), Fate::kDelivered));
}

TEST(NoContention, DeliversEverything) {
  const ContentionModel model = model_of({});
  Air air(first_agents(8), true);
  EXPECT_EQ(delivered(fates_of(model, air.slots(model, 0), 0)), 8);
}

// N p (1-p)^(N-1) messages per slot, N mutual hearers.
TEST(Aloha, ThroughputIsTheClosedForm) {
  std::mt19937 generator(1);
  for (const int num : {2, 5, 20}) {
    for (const double p : {0.05, 0.2, 0.6}) {
      const ContentionModel model = model_of(config_of(Access::kAloha, 1));
      std::bernoulli_distribution sends(p);
      int arrived = 0;
      for (std::uint32_t step = 0; step < kSteps; ++step) {
        std::vector<std::int32_t> senders;
        for (int i = 0; i < num; ++i) {
          if (sends(generator)) senders.push_back(i);
        }
        Air air(senders, true);
        arrived += delivered(fates_of(model, air.slots(model, step)));
      }
      // at most one per slot, so a binomial count
      expect_share(arrived, kSteps, num * p * std::pow(1 - p, num - 1), "slots");
    }
  }
}

// With more slots each agent sends in one of them: in each slot with p / slots.
TEST(Aloha, MoreSlotsShareTheLoad) {
  constexpr int kSenders = 6, kSlots = 8;
  const ContentionModel model = model_of(config_of(Access::kAloha, kSlots));
  Air air(first_agents(kSenders), true);
  int first_arrived = 0;
  std::set<std::int32_t> used;
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    const auto slots = air.slots(model, step);
    used.insert(slots.begin(), slots.end());
    first_arrived += fates_of(model, slots)[0] == Fate::kDelivered ? 1 : 0;
  }
  EXPECT_EQ(used.size(), static_cast<std::size_t>(kSlots));
  expect_share(first_arrived, kSteps, std::pow(1 - 1.0 / kSlots, kSenders - 1));
}

// A message among many hidden senders of total load g per slot survives with (1-p)^N -> e^-g.
TEST(Aloha, HiddenTerminalsLeaveTheExponential) {
  constexpr int kHidden = 400;
  std::mt19937 generator(2);
  const ContentionModel model = model_of(config_of(Access::kAloha, 1));
  for (const double g : {0.1, 0.3, 0.5, 1.0}) {
    std::binomial_distribution<int> sends(kHidden, g / kHidden);
    int arrived = 0;
    for (std::uint32_t step = 0; step < kSteps; ++step) {
      Air air(first_agents(1 + sends(generator)), false);
      arrived += fates_of(model, air.slots(model, step))[0] == Fate::kDelivered ? 1 : 0;
    }
    const double exact = std::pow(1 - g / kHidden, kHidden);
    expect_share(arrived, kSteps, exact);
    EXPECT_NEAR(exact, std::exp(-g), g * g / kHidden);
  }
}

TEST(Csma, SendersThatDoNotHearEachOtherCollideAtAThird) {
  const ContentionModel model = model_of(config_of(Access::kCsma, 2, 1024));
  Air hidden({3, 9}, false);
  Air mutual({3, 9}, true);
  int collided = 0, separate = 0;
  for (std::uint32_t step = 0; step < 1000; ++step) {
    const auto fates = fates_of(model, hidden.slots(model, step));
    collided += fates[0] == Fate::kCollision && fates[1] == Fate::kCollision ? 1 : 0;
    separate += delivered(fates_of(model, mutual.slots(model, step))) == 2 ? 1 : 0;
  }
  EXPECT_EQ(collided, 1000);  // both find the first slot free
  EXPECT_GT(separate, 990);   // but for equal backoffs, 1 in 1024
}

/// Probability that the least of n uniform backoffs out of a window is held by one alone.
double unique_least(int n, int window) {
  double sum = 0;
  for (int b = 0; b < window; ++b) {
    sum += n * std::pow(static_cast<double>(window - 1 - b) / window, n - 1) / window;
  }
  return sum;
}

TEST(Csma, CollidesOnlyWhereTheLeastBackoffIsShared) {
  for (const int num : {2, 5, 12}) {
    for (const int window : {4, 16, 64}) {
      const ContentionModel model = model_of(config_of(Access::kCsma, 1, window));
      Air air(first_agents(num), true);
      int arrived = 0;
      for (std::uint32_t step = 0; step < kSteps; ++step) {
        const auto slots = air.slots(model, step);
        const auto fates = fates_of(model, slots);
        ASSERT_GE(fates.size(), 1U);
        if (fates.size() == 1) {
          ++arrived;
          EXPECT_EQ(fates[0], Fate::kDelivered);
        } else {
          EXPECT_EQ(delivered(fates), 0);
        }
      }
      expect_share(arrived, kSteps, unique_least(num, window), "slots");
    }
  }
}

TEST(Csma, ThoseThatWaitGetTheNextSlots) {
  // of 3 senders with 2 slots, one is left over unless backoffs tie
  const ContentionModel model = model_of(config_of(Access::kCsma, 2, 1024));
  Air air(first_agents(3), true);
  int one_each = 0;
  for (std::uint32_t step = 0; step < 1000; ++step) {
    auto slots = air.slots(model, step);
    std::sort(slots.begin(), slots.end());
    one_each += slots == std::vector<std::int32_t>{kDeferred, 0, 1} ? 1 : 0;
  }
  EXPECT_GT(one_each, 985);
  // backoffs of later slots are other draws
  const ContentionModel many = model_of(config_of(Access::kCsma, 9, 1024));
  Air nine(first_agents(9), true);
  auto slots = nine.slots(many, 1);
  std::sort(slots.begin(), slots.end());
  EXPECT_EQ(slots, first_agents(9));
}

TEST(Csma, AChainSendsAtBothEnds) {
  // 0 - 1 - 2: where the middle has the largest backoff the ends do not wait for each other
  const ContentionModel model = model_of(config_of(Access::kCsma, 1, 1024));
  Air air({0, 1, 2}, false);
  air.first = {0, 1, 3, 4};
  air.items = {1, 0, 2, 1};
  int ends = 0, middle = 0;
  for (std::uint32_t step = 0; step < kSteps; ++step) {
    const auto slots = air.slots(model, step);
    ends += slots == std::vector<std::int32_t>{0, kDeferred, 0} ? 1 : 0;
    middle += slots == std::vector<std::int32_t>{kDeferred, 0, kDeferred} ? 1 : 0;
  }
  // the middle sends if it comes first of the three; ties are rarer than 3 in 1024
  const double error = kErrors * std::sqrt(2.0 / 9 / kSteps) + 3.0 / 1024;
  EXPECT_NEAR(static_cast<double>(middle) / kSteps, 1.0 / 3, error);
  EXPECT_NEAR(static_cast<double>(ends) / kSteps, 2.0 / 3, error);
}

TEST(Tdma, NeverCollidesAndServesAllInTurn) {
  constexpr int kAgents = 10, kSlots = 4;
  const ContentionModel model = model_of(config_of(Access::kTdma, kSlots), kAgents);
  Air air(first_agents(kAgents), true);
  std::vector<int> turns(kAgents, 0);
  for (std::uint32_t step = 0; step < 50; ++step) {
    const auto slots = air.slots(model, step);
    const auto fates = fates_of(model, slots);
    EXPECT_EQ(delivered(fates), static_cast<int>(fates.size()));
    EXPECT_EQ(fates.size(), static_cast<std::size_t>(kSlots));
    for (std::size_t i = 0; i < kAgents; ++i) turns[i] += slots[i] >= 0 ? 1 : 0;
  }
  // 200 slots in frames of 10
  EXPECT_EQ(turns, std::vector<int>(kAgents, 20));
}

TEST(Tdma, ShorterFramesAreShared) {
  ContentionConfig config = config_of(Access::kTdma, 1);
  config.frame_slots = 2;
  const ContentionModel model = model_of(config, 4);
  Air air(first_agents(4), true);
  EXPECT_EQ(air.slots(model, 0), (std::vector<std::int32_t>{0, kDeferred, 0, kDeferred}));
  EXPECT_EQ(air.slots(model, 1), (std::vector<std::int32_t>{kDeferred, 0, kDeferred, 0}));
}

TEST(Contention, SlotsDoNotDependOnTheOrderOfSenders) {
  std::mt19937 generator(3);
  for (const Access access : {Access::kAloha, Access::kCsma, Access::kTdma}) {
    const ContentionModel model = model_of(config_of(access, 4, 8), 30);
    std::vector<std::int32_t> agents = first_agents(30);
    Air sorted(agents, true);
    const auto expected = sorted.slots(model, 77);
    std::shuffle(agents.begin(), agents.end(), generator);
    Air shuffled(agents, true);
    const auto slots = shuffled.slots(model, 77);
    for (std::size_t i = 0; i < agents.size(); ++i) {
      EXPECT_EQ(slots[i], expected[static_cast<std::size_t>(agents[i])]);
    }
  }
}

TEST(Contention, FatesDoNotDependOnTheOrderOfMessages) {
  ContentionConfig config = config_of(Access::kAloha, 3);
  config.capture_db = 3;
  const ContentionModel model = model_of(config);
  std::mt19937 generator(4);
  std::uniform_real_distribution<float> power(-90, -50);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Heard> heard;
    for (std::int32_t i = 0; i < 12; ++i) {
      heard.push_back({i, power(generator), static_cast<std::int16_t>(generator() % 3),
                       static_cast<std::int16_t>(generator() % 2), generator() % 4 != 0});
    }
    std::vector<Fate> fates(12), shuffled_fates(12);
    model.resolve(1, heard, fates);
    std::vector<Heard> shuffled = heard;
    std::shuffle(shuffled.begin(), shuffled.end(), generator);
    model.resolve(1, shuffled, shuffled_fates);
    for (std::size_t i = 0; i < 12; ++i) {
      EXPECT_EQ(shuffled_fates[i], fates[static_cast<std::size_t>(shuffled[i].sender)]);
    }
  }
}

/// Fates of messages given as power, slot, channel, in range.
std::vector<Fate> resolve(const ContentionConfig& config, std::int32_t own_slot,
                          const std::vector<Heard>& heard) {
  std::vector<Fate> fates(heard.size());
  model_of(config).resolve(own_slot, heard, fates);
  return fates;
}

TEST(Contention, TheMuchStrongerMessageIsCaptured) {
  ContentionConfig config = config_of(Access::kAloha, 2);
  const std::vector<Heard> two{{0, -50, 0, 0, true}, {1, -57, 0, 0, true}};
  const std::vector<Fate> none{Fate::kCollision, Fate::kCollision};
  EXPECT_EQ(resolve(config, kDeferred, two), none);
  config.capture_db = 6;
  EXPECT_EQ(resolve(config, kDeferred, two),
            (std::vector<Fate>{Fate::kDelivered, Fate::kCollision}));
  config.capture_db = 8;
  EXPECT_EQ(resolve(config, kDeferred, two), none);
  // two at -57 add up to -54: 4 dB are left
  const std::vector<Heard> three{{0, -57, 0, 0, true}, {1, -50, 0, 0, true}, {2, -57, 0, 0, true}};
  config.capture_db = 6;
  EXPECT_EQ(resolve(config, kDeferred, three), std::vector<Fate>(3, Fate::kCollision));
  config.capture_db = 3.9F;
  EXPECT_EQ(resolve(config, kDeferred, three)[1], Fate::kDelivered);
  // equals never
  config.capture_db = 0.1F;
  EXPECT_EQ(resolve(config, kDeferred, {{0, -50, 0, 0, true}, {1, -50, 0, 0, true}}), none);
}

TEST(Contention, SlotsAndChannelsAreApart) {
  const ContentionConfig config = config_of(Access::kAloha, 2);
  EXPECT_EQ(resolve(config, kDeferred,
                    {{0, -50, 0, 0, true}, {1, -50, 1, 0, true}, {2, -50, 0, 1, true}}),
            std::vector<Fate>(3, Fate::kDelivered));
}

TEST(Contention, WhatIsTooFarToBeHeardStillDisturbs) {
  const ContentionConfig config = config_of(Access::kAloha, 2);
  EXPECT_EQ(resolve(config, kDeferred, {{0, -50, 0, 0, true}, {1, -70, 0, 0, false}}),
            (std::vector<Fate>{Fate::kCollision, Fate::kOutOfRange}));
}

TEST(Contention, WhoSendsHearsNothingInThatSlot) {
  ContentionConfig config = config_of(Access::kAloha, 2);
  const std::vector<Heard> heard{{0, -50, 0, 0, true}, {1, -50, 1, 0, true}};
  EXPECT_EQ(resolve(config, 1, heard), (std::vector<Fate>{Fate::kDelivered, Fate::kHalfDuplex}));
  config.half_duplex = false;
  EXPECT_EQ(resolve(config, 1, heard), std::vector<Fate>(2, Fate::kDelivered));
}

TEST(Contention, RefusesCaptureWithoutCollisions) {
  ContentionConfig config;
  config.capture_db = 6;
  try {
    model_of(config);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("radio.contention.capture_db = 6"), std::string::npos);
  }
}

}  // namespace
}  // namespace volery::radio::test
