// Action rows of the caller -> action lanes of the slab, clipped; and the check that comes before.
#include "batch/actions.hpp"

#include <algorithm>

#include "batch/worker.hpp"

namespace volery::batch {

std::ptrdiff_t first_non_finite(const float* values, std::size_t count) noexcept {
  if (all_finite(values, count)) return -1;
  std::size_t i = 0;
  while (values[i] * 0.0F == 0.0F) ++i;
  return static_cast<std::ptrdiff_t>(i);
}

void read_actions(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const float* actions) noexcept {
  const float* rows = actions + static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents *
                                    setup.layout.action_size();
  const ActionRows state_rows{setup.rows.action.row, setup.rows.alive.row, setup.rows.blind.row};
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    const std::uint64_t clipped =
        take_actions(setup.action_limits, slab.agents, first, last, state_rows, rows);
    if (clipped != 0) __atomic_fetch_add(&worker.counts.clipped_actions, clipped, __ATOMIC_RELAXED);
  });
}

}  // namespace volery::batch
