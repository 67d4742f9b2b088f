// Nearest neighbours of each agent within its world, found through one spatial index per world.
#pragma once

#include <cstdint>
#include <vector>

#include "state/slab.hpp"

namespace volery::swarm {

/// What the consumers of neighbours ask for together: the most neighbours and the largest radius.
struct NeighborQuery {
  int count = 0;       // K; 0 asks for none
  float radius_m = 0;  // farther agents are not neighbours
};

/// K nearest per agent of a slab, ascending by (distance, world-local index).
struct NeighborTable {
  int count = 0;                         // K
  const std::int32_t* index = nullptr;   // [agents][K] world-local agent index, -1 where none
  const float* distance_m = nullptr;     // [agents][K]
};

/// Reusable memory of the search; grows to the largest slab it has seen, then allocates no more.
class NeighborSearch {
 public:
  /// Finds the neighbours of all moving or frozen agents of the slab. Deterministic. Small worlds are
  /// searched by brute force in lanes, large ones through a counting-sort grid.
  NeighborTable find(const Slab& slab, const NeighborQuery& query);

 private:
  std::vector<std::int32_t> index_;
  std::vector<float> distance_m_;
  std::vector<std::int32_t> cell_start_, cell_of_, order_;
};

}  // namespace volery::swarm
