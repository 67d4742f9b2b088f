// Slots: the places of a formation, and who takes which.
#pragma once

#include <vector>

#include "core/types.hpp"
#include "state/slab.hpp"

namespace volery::task {

enum class Shape : int { kGrid, kCircle, kVee };

/// Slot offsets from the middle of the formation; x points ahead, z up. Neighbors stand spacing_m
/// apart. Grids are stacked `num_layers` high.
[[nodiscard]] std::vector<Vec3> formation_slots(Shape shape, int num_slots, float spacing_m,
                                                int num_layers);

/// Least distance between two slots; infinity for one slot.
[[nodiscard]] float least_distance(const std::vector<Vec3>& points) noexcept;

/// Largest A for which the assignment is optimal; beyond, it is greedy.
inline constexpr int kMaxOptimalAgents = 64;

/// Gives every agent of the world one of the slots, whose positions are in the three rows from
/// `slot_row` on (row of agent i: slot i). Writes the slot's index into `index_row`; the positions
/// stay in the order of slots. `scratch_row` holds 0 before and after. Up to kMaxOptimalAgents the
/// sum of squared distances is least (by shortest augmenting paths, O(A^3)); beyond, agents choose
/// the nearest free slot in their order.
void assign_slots(const Slab& slab, int world, int slot_row, int index_row,
                  int scratch_row) noexcept;

}  // namespace volery::task
