// The lane loops of the stages around the physics, compiled once per instruction set (lanes.cpp).
//
// The compiler makes scalar code of such loops where rows may alias or loads stand behind
// conditions; as kernels they cost a half to a fifth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "state/blocks.hpp"
#include "volery/task.hpp"

namespace volery::batch {

/// Which rows take_rewards() reads and writes. Made once from the setup.
struct RewardRows {
  int alive = 0, steps = 0, return_sum = 0, term_sums = 0, metric_sums = 0;
  bool sum_returns = true;  // false where rewards are shared first
  std::vector<Reduction> reductions;
};

/// What happened to the 16 agents of a block in this step, one bit each.
struct BlockEvents {
  std::uint16_t any = 0;  // something below, and alive
  std::uint16_t terminated = 0, truncated = 0, crashed = 0;
};

/// The first block of [first, last) with a lane that is not finite in rows [0, kOmega + 3) or
/// [kNumRigidRows, last_row), or faster than the limit; `last` where there is none.
[[nodiscard]] int find_suspect(const Blocks& blocks, int first, int last, int last_row,
                               float limit_m2ps2) noexcept;

/// Rewards of blocks [first, last): terms and metrics of the living go into their sums, terms into
/// `reward` [agents of `agents`], flags into `events` [blocks].
void take_rewards(const RewardRows& rows, const Blocks& agents, int first, int last,
                  const ScoreRows& scores, float* reward, BlockEvents* events) noexcept;

/// Limits of the action columns.
struct ActionLimits {
  std::vector<float> low, high;
};

/// Which rows take_actions() reads and writes.
struct ActionRows {
  int action = 0, alive = 0, blind = 0;
};

/// The caller's rows [agents of `agents`][actions] into the action rows of blocks [first, last),
/// clipped; blind = 1 - alive. Returns how many numbers were clipped.
[[nodiscard]] std::uint64_t take_actions(const ActionLimits& limits, const Blocks& agents,
                                         int first, int last, const ActionRows& rows,
                                         const float* actions) noexcept;

/// False where some number is NaN or infinite.
[[nodiscard]] bool all_finite(const float* values, std::size_t count) noexcept;

}  // namespace volery::batch
