#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/rng.hpp"
#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::make_error;
using test::make_policy;
using test::Observation;

constexpr int kSlots = 12, kSlotSize = 3;  // valid, age, value

struct Heard : Observation {
  Heard(float own, int liars) : Observation(widths()) {
    group("task")[kConsensusValue] = own;
    group("task")[kConsensusLiars] = static_cast<float>(liars);
  }
  static Widths widths() {
    Widths all = Observation::all();
    all.emplace_back("task", kNumConsensusColumns);
    all.emplace_back("inbox", kSlots * kSlotSize);
    return all;
  }
  void hear(int slot, float value) {
    group("inbox")[slot * kSlotSize] = 1;
    group("inbox")[slot * kSlotSize + 2] = value;
  }
  [[nodiscard]] float say() const {
    const Vehicle vehicle = load_vehicle("cf2x");
    const std::string level = "velocity";
    PolicyContext radio = context(vehicle, level);
    radio.outbox = {.data = {4, 1}, .send = 5};
    radio.inbox_slots = kSlots;
    std::vector<float> action(6, 99);
    make_policy("consensus", radio)->act(row.data(), 0, action.data(), 6, 1, 0, 0);
    EXPECT_EQ(action[5], 1) << "everyone speaks";
    return action[4];
  }
};

TEST(ConsensusPolicy, WithoutLiarsItIsTheMean) {
  Heard heard(0.2F, 0);
  EXPECT_FLOAT_EQ(heard.say(), 0.2F);
  heard.hear(0, 0.8F);
  heard.hear(1, -0.4F);
  EXPECT_NEAR(heard.say(), 0.2F, 1e-6F);
  heard.hear(2, 0.6F);
  EXPECT_NEAR(heard.say(), 0.3F, 1e-6F);
}

// The rule as it is written: of the values above the own one the F greatest go, of those below the
// F least, all of them where there are fewer.
float wmsr(float own, std::vector<float> heard, int liars) {
  std::sort(heard.begin(), heard.end());
  float sum = own;
  int num = 1;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto above = std::count_if(heard.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                     heard.end(), [](float) { return true; });
    if (heard[i] > own && above < liars) continue;
    if (heard[i] < own && static_cast<int>(i) < liars) continue;
    sum += heard[i];
    ++num;
  }
  return sum / static_cast<float>(num);
}

TEST(ConsensusPolicy, LeavesOutTheExtremesAsTheRuleSays) {
  Rng rng(2, 0, Stream::kTask);
  for (int trial = 0; trial < 200; ++trial) {
    const float own = rng.uniform(-1, 1);
    const int liars = static_cast<int>(rng.below(4));
    const int num = static_cast<int>(rng.below(kSlots + 1));
    Heard heard(own, liars);
    std::vector<float> values;
    for (int i = 0; i < num; ++i) {
      // now and then the own value itself
      values.push_back(rng.below(5) == 0 ? own : rng.uniform(-1, 1));
      heard.hear(i, values.back());
    }
    EXPECT_NEAR(heard.say(), wmsr(own, values, liars), 1e-6F) << trial;
  }
}

TEST(ConsensusPolicy, NoLieOfAsManyAsExpectedMovesItOutOfTheHonestHull) {
  Rng rng(3, 0, Stream::kTask);
  for (int trial = 0; trial < 200; ++trial) {
    Heard heard(rng.uniform(-0.5F, 0.5F), 2);
    for (int i = 0; i < 5; ++i) heard.hear(i, rng.uniform(-0.5F, 0.5F));
    heard.hear(5, rng.uniform(-1, 1));
    heard.hear(6, trial % 2 == 0 ? 1.0F : -1.0F);
    EXPECT_LE(std::fabs(heard.say()), 0.5F);
  }
}

TEST(ConsensusPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"goal", "task"}) {
    Observation::Widths some;
    for (const auto& group : Heard::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("consensus", some, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
