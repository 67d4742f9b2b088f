// The lane loops against plain ones, bit for bit.
#include "batch/lanes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "core/rng.hpp"

namespace volery::batch {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct alignas(64) Line {
  float lane[kLanes] = {};
};

// Blocks with numbers in all rows.
struct Fleet {
  Fleet(int num_bodies, int num_rows)
      : lines(static_cast<std::size_t>(blocks_for(num_bodies) * num_rows)),
        blocks{lines.front().lane, blocks_for(num_bodies), num_rows, num_bodies} {
    Rng rng(5, 0, Stream::kTask);
    for (Line& line : lines) {
      for (float& x : line.lane) x = rng.uniform(-1, 1);
    }
  }
  std::vector<Line> lines;
  Blocks blocks;
};

TEST(Lanes, FindTheFirstBodyThatIsNotFiniteOrTooFast) {
  constexpr int kLastRow = 30, kNumRows = 40;
  Fleet fleet(5 * kLanes, kNumRows);
  const auto find = [&](int first) { return find_suspect(fleet.blocks, first, 5, kLastRow, 100); };
  EXPECT_EQ(find(0), 5);
  for (int row = 0; row < kNumRows; ++row) {
    const bool checked = row < kOmega + 3 || (row >= kNumRigidRows && row < kLastRow);
    for (const float bad : {kNan, kInfinity, -kInfinity}) {
      const int body = 3 * kLanes + row % kLanes;
      float& x = fleet.blocks.at(body, row);
      const float good = x;
      x = bad;
      EXPECT_EQ(find(0), checked ? 3 : 5) << "row " << row;
      EXPECT_EQ(find(4), 5);
      x = good;
    }
  }
  fleet.blocks.set_vec3(kLanes + 15, kVelocity, {0, -8, 6.1F});
  EXPECT_EQ(find(0), 1);
  fleet.blocks.set_vec3(kLanes + 15, kVelocity, {0, -8, 6});
  EXPECT_EQ(find(0), 5);
}

// What take_rewards() does, one agent and one number at a time.
struct PlainRewards {
  std::vector<float> reward;
  std::vector<BlockEvents> events;

  PlainRewards(const RewardRows& rows, const Blocks& agents, const ScoreRows& scores)
      : reward(static_cast<std::size_t>(agents.num_bodies)),
        events(static_cast<std::size_t>(agents.num_blocks)) {
    for (int i = 0; i < agents.num_blocks * kLanes; ++i) take(rows, agents, scores, i);
  }

  void take(const RewardRows& rows, const Blocks& agents, const ScoreRows& scores, int i) {
    const int b = i / kLanes, l = i % kLanes;
    const bool alive = agents.at(i, rows.alive) > 0;
    float sum = 0;
    for (int t = 0; t < scores.num_terms; ++t) {
      const float term = alive ? scores.term(b, t)[l] : 0;
      sum += term;
      agents.at(i, rows.term_sums + t) += term;
    }
    if (i < agents.num_bodies) reward[static_cast<std::size_t>(i)] = sum;
    if (rows.sum_returns) agents.at(i, rows.return_sum) += sum;
    float& steps = agents.at(i, rows.steps);
    for (int m = 0; alive && m < scores.num_metrics; ++m) {
      const float value = scores.metric(b, m)[l];
      float& kept = agents.at(i, rows.metric_sums + m);
      switch (rows.reductions[static_cast<std::size_t>(m)]) {
        case Reduction::kMean:
        case Reduction::kSum:
          kept += value;
          break;
        case Reduction::kMin:
          kept = steps > 0 ? std::min(value, kept) : value;
          break;
        case Reduction::kMax:
          kept = steps > 0 ? std::max(value, kept) : value;
          break;
        case Reduction::kLast:
          kept = value;
          break;
      }
    }
    steps += agents.at(i, rows.alive);
    const auto bit = [l](float flag) {
      return static_cast<std::uint16_t>(flag != 0 ? 1U << static_cast<unsigned>(l) : 0);
    };
    BlockEvents& e = events[static_cast<std::size_t>(b)];
    e.terminated |= bit(scores.terminated(b)[l]);
    e.truncated |= bit(scores.truncated(b)[l]);
    e.crashed |= bit(scores.crashed(b)[l]);
    e.any |= alive ? bit(scores.terminated(b)[l] + scores.truncated(b)[l] + scores.crashed(b)[l])
                   : std::uint16_t{0};
  }
};

TEST(Lanes, TakeRewardsLikePlainLoops) {
  constexpr int kTerms = 3, kMetrics = 5, kScoreRows = kTerms + kMetrics + 3;
  // the last block is not full
  Fleet fleet(3 * kLanes + 5, 16);
  for (const bool sum_returns : {true, false}) {
    const RewardRows rows{.alive = 0,
                          .steps = 1,
                          .return_sum = 2,
                          .term_sums = 3,
                          .metric_sums = 3 + kTerms,
                          .sum_returns = sum_returns,
                          .reductions = {Reduction::kMean, Reduction::kMin, Reduction::kMax,
                                         Reduction::kLast, Reduction::kSum}};
    Rng rng(6, 0, Stream::kTask);
    for (int i = 0; i < fleet.blocks.num_blocks * kLanes; ++i) {
      fleet.blocks.at(i, rows.alive) = rng.below(3) > 0 ? 1 : 0;
      fleet.blocks.at(i, rows.steps) = static_cast<float>(rng.below(3));
    }
    Fleet score(fleet.blocks.num_bodies, kScoreRows);
    for (int i = 0; i < score.blocks.num_blocks * kLanes; ++i) {
      for (int r = kTerms + kMetrics; r < kScoreRows; ++r)
        score.blocks.at(i, r) = rng.below(8) == 0 ? 1 : 0;
    }
    // blocks 1 to 3 alone, as a piece of the world in its own scratch would be
    const ScoreRows scores{score.blocks.block(1), kScoreRows, kTerms, kMetrics, 1};
    const ScoreRows all{score.blocks.data, kScoreRows, kTerms, kMetrics, 0};

    Fleet expected = fleet;
    expected.blocks.data = expected.lines.front().lane;
    const PlainRewards plain(rows, expected.blocks, all);
    std::vector<float> reward(static_cast<std::size_t>(fleet.blocks.num_bodies), kNan);
    std::vector<BlockEvents> events(4);
    take_rewards(rows, fleet.blocks, 0, 1, all, reward.data(), events.data());
    take_rewards(rows, fleet.blocks, 1, 4, scores, reward.data(), events.data());

    EXPECT_EQ(reward, plain.reward);
    for (std::size_t b = 0; b < events.size(); ++b) {
      EXPECT_EQ(events[b].any, plain.events[b].any);
      EXPECT_EQ(events[b].terminated, plain.events[b].terminated);
      EXPECT_EQ(events[b].truncated, plain.events[b].truncated);
      EXPECT_EQ(events[b].crashed, plain.events[b].crashed);
    }
    for (int i = 0; i < fleet.blocks.num_bodies; ++i) {
      for (int r = 0; r < fleet.blocks.num_rows; ++r)
        ASSERT_EQ(fleet.blocks.at(i, r), expected.blocks.at(i, r)) << "agent " << i << " row " << r;
    }
  }
}

TEST(Lanes, TakeActionsClipsCountsAndKeepsZerosSign) {
  for (const int num_actions : {3, 4}) {
    const int num_agents = 2 * kLanes + 7;
    Fleet fleet(num_agents, 10);
    for (int i = 0; i < fleet.blocks.num_blocks * kLanes; ++i)
      fleet.blocks.at(i, 8) = static_cast<float>(i % 2);
    ActionLimits limits;
    std::vector<float> given;
    for (int u = 0; u < num_actions; ++u) {
      limits.low.push_back(u == 0 ? 0 : -1);
      limits.high.push_back(0.5F);
    }
    Rng rng(7, 0, Stream::kAction);
    for (int i = 0; i < num_agents * num_actions; ++i)
      given.push_back(i % 5 == 0 ? -0.0F : rng.uniform(-2, 2));
    const std::uint64_t clipped = take_actions(limits, fleet.blocks, 0, fleet.blocks.num_blocks,
                                               {.action = 2, .alive = 8, .blind = 9}, given.data());
    std::uint64_t expected_clipped = 0;
    for (int i = 0; i < num_agents; ++i) {
      for (int u = 0; u < num_actions; ++u) {
        const auto column = static_cast<std::size_t>(u);
        const float x = given[static_cast<std::size_t>(i * num_actions + u)];
        const float expected = std::clamp(x, limits.low[column], limits.high[column]);
        expected_clipped += expected != x ? 1 : 0;
        EXPECT_EQ(fleet.blocks.at(i, 2 + u), expected);
        EXPECT_EQ(std::signbit(fleet.blocks.at(i, 2 + u)), std::signbit(expected));
      }
      EXPECT_EQ(fleet.blocks.at(i, 9), 1 - i % 2);
    }
    EXPECT_EQ(clipped, expected_clipped);
    EXPECT_GT(clipped, 0U);
  }
}

TEST(Lanes, AllFiniteLooksAtEveryNumber) {
  std::vector<float> values(67, 3.0F);
  EXPECT_TRUE(all_finite(values.data(), values.size()));
  for (float& x : values) {
    for (const float bad : {kNan, kInfinity, -kInfinity}) {
      x = bad;
      EXPECT_FALSE(all_finite(values.data(), values.size()));
    }
    x = -std::numeric_limits<float>::max();
  }
  EXPECT_TRUE(all_finite(values.data(), values.size()));
}

}  // namespace
}  // namespace volery::batch
