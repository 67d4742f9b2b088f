// The two search kernels, compiled once per instruction set.
//
// Squared distances are (dx dx + dy dy) + dz dz in float32 in both, so both see the same numbers;
// the order (squared distance, index) is total, so both find the same lists.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "swarm/neighbor_grid.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "swarm/search_lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"
#include "swarm/all_pairs_lanes.hpp"
#include "swarm/cell_ranks_lanes.hpp"

#if HWY_ONCE
namespace volery::swarm {

HWY_EXPORT(all_pairs);
HWY_EXPORT(cells);

void search_all_pairs(const SearchArrays& arrays, int num_agents, int first, int last) noexcept {
  HWY_DYNAMIC_DISPATCH(all_pairs)(arrays, num_agents, first, last);
}

void search_cells(const SearchArrays& arrays, const Grid& grid, const std::int32_t* cell_start,
                  const std::int32_t* agent_of, float radius_m, int first, int last) noexcept {
  HWY_DYNAMIC_DISPATCH(cells)(arrays, grid, cell_start, agent_of, radius_m, first, last);
}

}  // namespace volery::swarm
#endif
