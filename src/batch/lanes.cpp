#include "batch/lanes.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "batch/lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::batch::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

HWY_INLINE F32 load_row(const float* lanes, int row) {
  return F32::load(lanes + row * kLanes);
}

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

void take_rewards_of(const RewardRows& rows, const Blocks& agents, int first, int last,
                     const ScoreRows& scores, float* reward_out, BlockEvents* events_out) {
  const F32 zero(0.0F);
  const int num_terms = scores.num_terms;
  const int num_metrics = scores.num_metrics;
  const Reduction* const reductions = rows.reductions.data();
  for (int b = first; b < last; ++b) {
    HWY_ALIGN float rewards[kLanes];
    unsigned any = 0, terminated = 0, truncated = 0, crashed = 0;
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const block = agents.block(b) + lane;
      const float* const score = scores.row(b, 0) + lane;
      const F32 alive = load_row(block, rows.alive);
      const F32 steps = load_row(block, rows.steps);
      const Mask is_alive = alive > zero;

      F32 reward(0.0F);
      for (int t = 0; t < num_terms; ++t) {
        const F32 term = select(is_alive, load_row(score, t), zero);
        float* const sum = block + (rows.term_sums + t) * kLanes;
        reward = reward + term;
        (F32::load(sum) + term).store(sum);
      }
      reward.store(rewards + lane);
      if (rows.sum_returns) {
        float* const sum = block + rows.return_sum * kLanes;
        (F32::load(sum) + reward).store(sum);
      }
      for (int m = 0; m < num_metrics; ++m) {
        const F32 value = load_row(score, num_terms + m);
        float* const sum = block + (rows.metric_sums + m) * kLanes;
        const F32 old = F32::load(sum);
        if (reductions[m] == Reduction::kMean || reductions[m] == Reduction::kSum) {
          (old + select(is_alive, value, zero)).store(sum);
        } else {
          const F32 now = reduced(reductions[m], value, old, !(steps > zero));
          select(is_alive, now, old).store(sum);
        }
      }
      (steps + alive).store(block + rows.steps * kLanes);

      const auto set = [&](const float* flags) {
        return bits_of(!(F32::load(flags + lane) == zero)) << static_cast<unsigned>(lane);
      };
      const unsigned living = bits_of(is_alive) << static_cast<unsigned>(lane);
      const unsigned t = set(scores.terminated(b));
      const unsigned u = set(scores.truncated(b));
      const unsigned c = set(scores.crashed(b));
      any |= (t | u | c) & living;
      terminated |= t;
      truncated |= u;
      crashed |= c;
    }
    events_out[b] = {static_cast<std::uint16_t>(any), static_cast<std::uint16_t>(terminated),
                     static_cast<std::uint16_t>(truncated), static_cast<std::uint16_t>(crashed)};
    const int lanes = std::min(kLanes, agents.num_bodies - b * kLanes);
    std::memcpy(reward_out + static_cast<std::ptrdiff_t>(b) * kLanes, rewards,
                static_cast<std::size_t>(lanes) * sizeof(float));
  }
}

#if HWY_TARGET != HWY_SCALAR
/// Four agents' rows of four actions into four lanes of four rows.
HWY_INLINE void transpose_four(const float* from, float* to) {
  const hn::FixedTag<float, 4> d;
  const auto r0 = hn::LoadU(d, from);
  const auto r1 = hn::LoadU(d, from + 4);
  const auto r2 = hn::LoadU(d, from + 8);
  const auto r3 = hn::LoadU(d, from + 12);
  const auto low01 = hn::InterleaveLower(d, r0, r1);
  const auto low23 = hn::InterleaveLower(d, r2, r3);
  const auto high01 = hn::InterleaveUpper(d, r0, r1);
  const auto high23 = hn::InterleaveUpper(d, r2, r3);
  hn::Store(hn::ConcatLowerLower(d, low23, low01), d, to);
  hn::Store(hn::ConcatUpperUpper(d, low23, low01), d, to + kLanes);
  hn::Store(hn::ConcatLowerLower(d, high23, high01), d, to + 2 * kLanes);
  hn::Store(hn::ConcatUpperUpper(d, high23, high01), d, to + 3 * kLanes);
}
#endif

/// Rows of the first `lanes` agents of a block into lanes; the other lanes keep what they hold.
HWY_INLINE void transpose_actions(const float* from, int num_actions, int lanes, float* to) {
#if HWY_TARGET != HWY_SCALAR
  // four numbers is what every level of a quadcopter takes
  if (num_actions == 4 && lanes == kLanes) {
    for (int l = 0; l < kLanes; l += 4) transpose_four(from + l * 4, to + l);
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
