// The rows of the neighbors sensor in the world frame: two vectors per slot.
#pragma once

#include "state/neighbor_columns.hpp"
#include "state/slab.hpp"
#include "swarm/neighbors.hpp"
#include "volery/sensor.hpp"

namespace volery::sense {

/// Which neighbors of which agents.
struct NeighborSlots {
  const swarm::NeighborTable& table;
  int num_agents = 0;  // per world
  int first = 0;       // agents [first, last) of the slab
  int last = 0;
  int count = 0;       // slots that are written, at most those of the table
  float radius_m = 0;  // farther ones leave their slot empty

  /// The agent of the slab in slot k of an agent whose world starts at agent `base`, or -1.
  [[nodiscard]] int neighbor(int agent, int base, int k) const noexcept {
    const std::ptrdiff_t entry = static_cast<std::ptrdiff_t>(agent) * table.count + k;
    const int other = table.index[entry];
    return other >= 0 && table.distance_m[entry] <= radius_m ? base + other : -1;
  }
};

/// Writes slots.count times kNeighborColumns columns, zeros where nobody is.
void write_neighbors(const NeighborSlots& slots, const ObservationRows& out) noexcept;

}  // namespace volery::sense
