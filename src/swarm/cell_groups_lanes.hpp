// Grid search of a vector of targets at once: slots that follow each other lie in the same row of
// cells, so one walk over the cells around them serves all, without a branch per candidate.
// Included once per instruction set by search_lanes.cpp.
//
// Candidates come in the order of the cells, not of the index. So the lists hold K + 1 entries:
// where two of them are equally far, or where the first ring was not enough, that target alone goes
// through the exact search of cells_lanes.hpp.
#if defined(VOLERY_SWARM_CELL_GROUPS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SWARM_CELL_GROUPS_LANES_HPP_
#undef VOLERY_SWARM_CELL_GROUPS_LANES_HPP_
#else
#define VOLERY_SWARM_CELL_GROUPS_LANES_HPP_
#endif

#include "swarm/cells_lanes.hpp"
#include "swarm/nearest_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::swarm::HWY_NAMESPACE {

/// Slots [begin, end) of one row of cells, at most a vector of them.
struct SlotGroup {
  int begin = 0;
  int end = 0;
  int low[3] = {0, 0, 0};  // their cells: from low[0] to high_x in row (low[1], low[2])
  int high_x = 0;
  // squared distance within which the first ring holds everything, infinite where that is the
  // radius
  HWY_ALIGN float reach_m2[kLanes] = {};
};

HWY_INLINE SlotGroup group_from(const CellSearch& search, float radius_m, int begin, int last) {
  // more cells bring in candidates that are far from most of the targets
  constexpr int kMostCells = 4;
  const SearchArrays& a = search.a;
  const Grid& grid = search.grid;
  SlotGroup group;
  group.begin = begin;
  for (int slot = begin; slot < last && slot < begin + kVectorLanes; ++slot) {
    const float at_m[3] = {a.x_m[slot], a.y_m[slot], a.z_m[slot]};
    const int cell[3] = {grid.cell_along(0, at_m[0]), grid.cell_along(1, at_m[1]),
                         grid.cell_along(2, at_m[2])};
    if (slot == begin) {
      std::copy(cell, cell + 3, group.low);
    } else if (cell[1] != group.low[1] || cell[2] != group.low[2] ||
               cell[0] >= group.low[0] + kMostCells) {
      break;
    }
    group.high_x = cell[0];
    group.end = slot + 1;
    const double reach = reach_m(grid, cell, at_m, 1);
    // rounded down, as the distances that it meets are rounded
    group.reach_m2[slot - begin] = reach >= static_cast<double>(radius_m)
                                       ? std::numeric_limits<float>::infinity()
                                       : static_cast<float>(reach * reach * (1 - 1e-6));
  }
  return group;
}

/// Offers every slot of the cells around the group to all its targets.
template <int kCount>
HWY_INLINE void offer_surroundings(const CellSearch& search, const SlotGroup& group,
                                   NearestLists<kCount>& lists) {
  const SearchArrays& a = search.a;
  const Grid& grid = search.grid;
  const Targets targets(a, group.begin);
  const F32 lane = F32(hn::Iota(FloatTag(), 0.0F));
  const int x_low = std::max(group.low[0] - 1, 0);
  const int x_high = std::min(group.high_x + 1, grid.count[0] - 1);
  const CellRange y(group.low[1], 1, grid.count[1]);
  const CellRange z(group.low[2], 1, grid.count[2]);
  for (int k = z.low; k <= z.high; ++k) {
    for (int j = y.low; j <= y.high; ++j) {
      const int begin = search.cell_start[grid.cell(x_low, j, k)];
      const int end = search.cell_start[grid.cell(x_high, j, k) + 1];
      for (int at = begin; at < end; ++at) {
        // no target is its own neighbor
        const Mask itself = lane == F32(static_cast<float>(at - group.begin));
        lists.offer(kCount, select(itself, F32(a.limit_m2), targets.square_to(a, at)),
                    F32(static_cast<float>(search.agent_of[at])));
      }
    }
  }
}

// kMost is K rounded up: the lists may be longer than asked for, which spares instantiations
template <int kMost>
HWY_INLINE void nearest_of_groups(CellSearch& search, float radius_m, int first, int last) {
  const SearchArrays& a = search.a;
  for (int begin = first; begin < last;) {
    const SlotGroup group = group_from(search, radius_m, begin, last);
    NearestLists<kMost + 1> lists(kMost + 1, a.limit_m2);
    offer_surroundings(search, group, lists);

    // complete where nothing farther out can be nearer, and no order hangs on the index
    Mask complete = lists.square_m2[a.count - 1] < F32::load(group.reach_m2);
    for (int k = 0; k < a.count; ++k) {
      const Mask tie = lists.square_m2[k] == lists.square_m2[k + 1];
      complete = complete & !(tie & (lists.index[k + 1] >= F32(0.0F)));
    }
    HWY_ALIGN float complete_lanes[kLanes];
    select(complete, F32(1.0F), F32(0.0F)).store(complete_lanes);
    const ListedNumbers<kMost + 1> numbers(lists, a.count);
    for (int slot = group.begin; slot < group.end; ++slot) {
      if (complete_lanes[slot - begin] != 0) {
        numbers.write(a, slot - begin, search.agent_of[slot]);
      } else {
        nearest_of_slot(search, radius_m, slot);
      }
    }
    begin = group.end;
  }
}

inline void cells(const SearchArrays& a, const Grid& grid, const std::int32_t* cell_start,
                  const std::int32_t* agent_of, float radius_m, int first, int last) {
  CellSearch search{a, grid, cell_start, agent_of, 0, {}};
  const int active_last = std::max(first, std::min(last, grid.num_active));
  if (a.count <= 2) {
    nearest_of_groups<2>(search, radius_m, first, active_last);
  } else if (a.count <= 4) {
    nearest_of_groups<4>(search, radius_m, first, active_last);
  } else if (a.count <= 6) {
    nearest_of_groups<6>(search, radius_m, first, active_last);
  } else if (a.count <= 8) {
    nearest_of_groups<8>(search, radius_m, first, active_last);
  } else {
    for (int slot = first; slot < active_last; ++slot) nearest_of_slot(search, radius_m, slot);
  }
  // agents that take no part have empty rows
  for (int slot = active_last; slot < last; ++slot) nearest_of_slot(search, radius_m, slot);
}

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SWARM_CELL_GROUPS_LANES_HPP_
