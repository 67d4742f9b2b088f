// Action rows of the caller -> action lanes of the slab, clipped; and the check that comes before.
#include "batch/actions.hpp"

#include <algorithm>

#include "batch/worker.hpp"

namespace volery::batch {

std::ptrdiff_t first_non_finite(const float* values, std::size_t count) noexcept {
  // x * 0 is 0 for finite x and NaN otherwise; summing in chunks keeps the loop in vectors
  constexpr std::size_t kChunk = 1024;
  for (std::size_t begin = 0; begin < count; begin += kChunk) {
    const std::size_t end = std::min(count, begin + kChunk);
    float sums[kLanes] = {};
    std::size_t i = begin;
    for (; i + kLanes <= end; i += kLanes) {
      for (std::size_t l = 0; l < kLanes; ++l) sums[l] += values[i + l] * 0.0F;
    }
    float sum = 0;
    for (; i < end; ++i) sum += values[i] * 0.0F;
    for (const float s : sums) sum += s;
    if (sum == 0.0F) continue;
    for (i = begin; i < end; ++i) {
      if (!(values[i] * 0.0F == 0.0F)) return static_cast<std::ptrdiff_t>(i);
    }
  }
  return -1;
}

void read_actions(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const float* actions) noexcept {
  const int num_actions = setup.layout.action_size();
  const float* rows =
      actions + static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents * num_actions;
  std::uint64_t* clipped = &worker.counts.clipped_actions;
  split.blocks(slab.agents.num_blocks, [&](int first_block, int last_block) {
    std::uint64_t chunk_clipped = 0;
    for (int b = first_block; b < last_block; ++b) {
      const int lanes = std::min(kLanes, slab.agents.num_bodies - b * kLanes);
      // who died in the last step saw its last observation then, and sees nothing from now on
      const float* alive = slab.agents.row(b, setup.rows.alive.row);
      float* blind = slab.agents.row(b, setup.rows.blind.row);
      for (int l = 0; l < kLanes; ++l) blind[l] = 1.0F - alive[l];
      const float* block_rows = rows + static_cast<std::ptrdiff_t>(b) * kLanes * num_actions;
      for (int u = 0; u < num_actions; ++u) {
        const Column& column = setup.layout.action[static_cast<std::size_t>(u)];
        const float low = column.low;
        const float high = column.high;
        float* out = slab.agents.row(b, setup.rows.action.row + u);
        int outside = 0;
        for (int l = 0; l < lanes; ++l) {
          const float given = block_rows[l * num_actions + u];
          const float raised = given < low ? low : given;
          const float value = raised > high ? high : raised;
          outside += value != given ? 1 : 0;
          out[l] = value;
        }
        chunk_clipped += static_cast<std::uint64_t>(outside);
      }
    }
    if (chunk_clipped != 0) __atomic_fetch_add(clipped, chunk_clipped, __ATOMIC_RELAXED);
  });
}

}  // namespace volery::batch
