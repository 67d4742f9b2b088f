#include "batch/lanes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "batch/lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/transpose_lanes.hpp"
#include "core/vec3_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::batch::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

/// Vectors of a row.
constexpr int kVectors = kLanes / kVectorLanes;

int find_suspect_of(const Blocks& blocks, int first, int last, int last_row, float limit_m2ps2) {
  for (int b = first; b < last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* const block = blocks.block(b) + lane;
      // x * 0 is 0 for finite x and NaN otherwise; two sums, since one waits for itself
      F32 even(0.0F), odd(0.0F);
      const auto add_rows = [&](int row, int end) {
        for (; row + 2 <= end; row += 2) {
          even = even + load_row(block, row) * 0.0F;
          odd = odd + load_row(block, row + 1) * 0.0F;
        }
        if (row < end) even = even + load_row(block, row) * 0.0F;
      };
      add_rows(0, kOmega + 3);
      add_rows(kNumRigidRows, last_row);
      const F32 vx = load_row(block, kVelocity);
      const F32 vy = load_row(block, kVelocity + 1);
      const F32 vz = load_row(block, kVelocity + 2);
      const F32 speed2 = vx * vx + vy * vy + vz * vz;
      // NaN fails both comparisons
      if (!all((even + odd == F32(0.0F)) & (speed2 <= F32(limit_m2ps2)))) return b;
    }
  }
  return last;
}

/// One more value of a metric into its reduction over the episode; just the value in the first
/// step.
HWY_INLINE F32 reduced(Reduction reduction, F32 value, F32 old, Mask first_step) {
  switch (reduction) {
    case Reduction::kMin:
      return select(first_step, value, min(value, old));
    case Reduction::kMax:
      return select(first_step, value, max(value, old));
    case Reduction::kMean:
    case Reduction::kSum:
    case Reduction::kLast:
      break;
  }
  return value;
}

HWY_INLINE unsigned bits_of(Mask m) {
  std::uint8_t bytes[8] = {};
  hn::StoreMaskBits(FloatTag(), m.raw, bytes);
  return bytes[0] | static_cast<unsigned>(bytes[1]) << 8U;
}

/// The lanes of one row of a block, in as many vectors as it takes.
struct Row {
  F32 at[kVectors];
  HWY_INLINE static Row load(const float* row) {
    Row r;
    for (int v = 0; v < kVectors; ++v) r.at[v] = F32::load(row + v * kVectorLanes);
    return r;
  }
  HWY_INLINE void store(float* row) const {
    for (int v = 0; v < kVectors; ++v) at[v].store(row + v * kVectorLanes);
  }
};

/// Bits of the lanes of a row where the condition holds.
template <class Condition>
HWY_INLINE std::uint16_t row_bits(Condition&& condition) {
  unsigned bits = 0;
  for (int v = 0; v < kVectors; ++v) {
    bits |= bits_of(condition(v)) << static_cast<unsigned>(v * kVectorLanes);
  }
  return static_cast<std::uint16_t>(bits);
}

/// Adds a row of the living to a sum.
HWY_INLINE void add_row(const Row& value, float* sum) {
  for (int v = 0; v < kVectors; ++v) {
    float* const part = sum + v * kVectorLanes;
    (F32::load(part) + value.at[v]).store(part);
  }
}

void take_rewards_of(const RewardRows& rows, const Blocks& agents, int first, int last,
                     const ScoreRows& scores, float* reward_out, BlockEvents* events_out) {
  const F32 zero(0.0F);
  const int num_terms = scores.num_terms;
  const int num_metrics = scores.num_metrics;
  const Reduction* const reductions = rows.reductions.data();
  for (int b = first; b < last; ++b) {
    float* const block = agents.block(b);
    const float* score = scores.row(b, 0);
    const Row alive = Row::load(block + rows.alive * kLanes);
    Mask living[kVectors];
    for (int v = 0; v < kVectors; ++v) living[v] = alive.at[v] > zero;
    const auto of_living = [&](const float* row) {
      Row value = Row::load(row);
      for (int v = 0; v < kVectors; ++v) value.at[v] = select(living[v], value.at[v], zero);
      return value;
    };

    Row reward;
    for (F32& part : reward.at) part = zero;
    float* sum = block + rows.term_sums * kLanes;
    for (int t = 0; t < num_terms; ++t, score += kLanes, sum += kLanes) {
      const Row term = of_living(score);
      for (int v = 0; v < kVectors; ++v) reward.at[v] = reward.at[v] + term.at[v];
      add_row(term, sum);
    }
    if (rows.sum_returns) add_row(reward, block + rows.return_sum * kLanes);

    Row steps = Row::load(block + rows.steps * kLanes);
    sum = block + rows.metric_sums * kLanes;
    for (int m = 0; m < num_metrics; ++m, score += kLanes, sum += kLanes) {
      if (reductions[m] == Reduction::kMean || reductions[m] == Reduction::kSum) {
        add_row(of_living(score), sum);
        continue;
      }
      const Row value = Row::load(score);
      for (int v = 0; v < kVectors; ++v) {
        float* const part = sum + v * kVectorLanes;
        const F32 old = F32::load(part);
        const F32 now = reduced(reductions[m], value.at[v], old, !(steps.at[v] > zero));
        select(living[v], now, old).store(part);
      }
    }
    for (int v = 0; v < kVectors; ++v) steps.at[v] = steps.at[v] + alive.at[v];
    steps.store(block + rows.steps * kLanes);

    const Row terminated = Row::load(scores.terminated(b));
    const Row truncated = Row::load(scores.truncated(b));
    const Row crashed = Row::load(scores.crashed(b));
    const auto flag = [&](const Row& flags, int v) { return !(flags.at[v] == zero); };
    events_out[b] = {row_bits([&](int v) {
                       return (flag(terminated, v) | flag(truncated, v) | flag(crashed, v)) &
                              living[v];
                     }),
                     row_bits([&](int v) { return flag(terminated, v); }),
                     row_bits([&](int v) { return flag(truncated, v); }),
                     row_bits([&](int v) { return flag(crashed, v); })};

    HWY_ALIGN float rewards[kLanes];
    reward.store(rewards);
    const int lanes = std::min(kLanes, agents.num_bodies - b * kLanes);
    std::memcpy(reward_out + static_cast<std::ptrdiff_t>(b) * kLanes, rewards,
                static_cast<std::size_t>(lanes) * sizeof(float));
  }
}

/// Rows of the first `lanes` agents of a block into lanes; the other lanes keep what they hold.
HWY_INLINE void transpose_actions(const float* from, int num_actions, int lanes, float* to) {
#if HWY_TARGET != HWY_SCALAR
  // four numbers is what every level of a quadcopter takes
  if (num_actions == 4 && lanes == kLanes) {
    const FourTag d;
    for (int l = 0; l < kLanes; l += 4, from += 16) {
      transpose_four(hn::LoadU(d, from), hn::LoadU(d, from + 4), hn::LoadU(d, from + 8),
                     hn::LoadU(d, from + 12), to + l, kLanes);
    }
    return;
  }
#endif
  for (int l = 0; l < lanes; ++l) {
    for (int u = 0; u < num_actions; ++u) to[u * kLanes + l] = from[l * num_actions + u];
  }
}

std::uint64_t take_actions_of(const ActionLimits& limits, const Blocks& agents, int first, int last,
                              const ActionRows& rows, const float* actions) {
  const int num_actions = static_cast<int>(limits.low.size());
  std::uint64_t clipped = 0;
  for (int b = first; b < last; ++b) {
    float* const block = agents.block(b);
    float* const taken = block + rows.action * kLanes;
    const int lanes = std::min(kLanes, agents.num_bodies - b * kLanes);
    transpose_actions(actions + static_cast<std::ptrdiff_t>(b) * kLanes * num_actions, num_actions,
                      lanes, taken);
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      // who died in the last step saw its last observation then, and sees nothing from now on
      (F32(1.0F) - load_row(block + lane, rows.alive)).store(block + rows.blind * kLanes + lane);
      const unsigned counted = ((1U << static_cast<unsigned>(lanes)) - 1) >> lane;
      for (int u = 0; u < num_actions; ++u) {
        float* const row = taken + u * kLanes + lane;
        const F32 low(limits.low[static_cast<std::size_t>(u)]);
        const F32 high(limits.high[static_cast<std::size_t>(u)]);
        const F32 given = F32::load(row);
        const F32 raised = select(given < low, low, given);
        const F32 value = select(raised > high, high, raised);
        value.store(row);
        clipped += std::popcount(bits_of(!(value == given)) & counted);
      }
    }
  }
  return clipped;
}

bool all_finite_of(const float* values, std::size_t count) {
  // two sums, since one waits for itself
  F32 even(0.0F), odd(0.0F);
  std::size_t i = 0;
  for (; i + 2 * kVectorLanes <= count; i += 2 * kVectorLanes) {
    even = even + F32(hn::LoadU(FloatTag(), values + i)) * 0.0F;
    odd = odd + F32(hn::LoadU(FloatTag(), values + i + kVectorLanes)) * 0.0F;
  }
  float rest = 0;
  for (; i < count; ++i) rest += values[i] * 0.0F;
  return all(even + odd == F32(0.0F)) && rest == 0;
}

}  // namespace volery::batch::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::batch {

HWY_EXPORT(find_suspect_of);
HWY_EXPORT(take_rewards_of);
HWY_EXPORT(take_actions_of);
HWY_EXPORT(all_finite_of);

int find_suspect(const Blocks& blocks, int first, int last, int last_row,
                 float limit_m2ps2) noexcept {
  return HWY_DYNAMIC_DISPATCH(find_suspect_of)(blocks, first, last, last_row, limit_m2ps2);
}

void take_rewards(const RewardRows& rows, const Blocks& agents, int first, int last,
                  const ScoreRows& scores, float* reward, BlockEvents* events) noexcept {
  HWY_DYNAMIC_DISPATCH(take_rewards_of)(rows, agents, first, last, scores, reward, events);
}

std::uint64_t take_actions(const ActionLimits& limits, const Blocks& agents, int first, int last,
                           const ActionRows& rows, const float* actions) noexcept {
  return HWY_DYNAMIC_DISPATCH(take_actions_of)(limits, agents, first, last, rows, actions);
}

bool all_finite(const float* values, std::size_t count) noexcept {
  return HWY_DYNAMIC_DISPATCH(all_finite_of)(values, count);
}

}  // namespace volery::batch
#endif  // HWY_ONCE
