// Nearest neighbors of each agent within its world, found through one spatial index per world.
#pragma once

#include <cstdint>
#include <vector>

#include "core/split.hpp"
#include "state/slab.hpp"
#include "swarm/cell_sort.hpp"
#include "swarm/neighbor_grid.hpp"

namespace volery::swarm {

/// What the consumers of neighbors ask for together: the most neighbors and the largest radius.
struct NeighborQuery {
  int count = 0;       // K, at most kMostNeighbors; 0 asks for none
  float radius_m = 0;  // farther agents are not neighbors
};

/// An agent as its neighbors see it, in half a cache line: in state blocks it fills six.
struct alignas(32) PackedAgent {
  Vec3 position_w_m;
  Vec3 velocity_w_mps;
  float present = 0;  // 1 where it may be somebody's neighbor
};

static_assert(sizeof(PackedAgent) == 8 * sizeof(float));

/// Packs whole blocks into out[agent].
void pack_agents(const Blocks& agents, int first_block, int last_block, PackedAgent* out) noexcept;

/// K nearest per agent of a slab, ascending by squared distance (as float32), ties by world-local
/// index.
struct NeighborTable {
  int count = 0;                        // K
  const std::int32_t* index = nullptr;  // [agents][K] world-local agent index, -1 where none
  const float* distance_m = nullptr;    // [agents][K] 0 where none
  const PackedAgent* agents = nullptr;  // [agents]
};

/// Reusable memory of the search; grows to the largest slab it has seen, then allocates no more.
///
/// Small worlds are searched by brute force in lanes, large ones through a counting-sort grid; both
/// give the same bits. The giant world splits its search over workers:
///   const NeighborTable table = search.build(slab, query);          // one worker
///   search.query_range(first, last);                                // disjoint ranges, in
///   parallel
class NeighborSearch {
 public:
  /// Finds the neighbors of all moving or frozen agents of the slab; others, and agents whose
  /// position is not finite, have none and are none. Deterministic. The table holds until the next
  /// call.
  NeighborTable find(const Slab& slab, const NeighborQuery& query);

  /// First half of find(): copies and sorts the positions, those of large worlds shared out by
  /// `split`. The table is complete once query_range has covered [0, slab.agents.num_bodies).
  NeighborTable build(const Slab& slab, const NeighborQuery& query, const Split& split = {});
  /// Second half: a share of the search. Shares are numbers of work, not rows: every row is
  /// complete only when all shares are done. Thread-safe for disjoint ranges; O(1) per agent at
  /// fixed density.
  void query_range(int first, int last) noexcept;

  /// Worlds of more agents than this are searched through the grid. For tests and benchmarks: the
  /// result does not depend on it.
  void set_largest_brute_force(int num_agents) noexcept { largest_brute_force_ = num_agents; }

 private:
  void build_small(const Slab& slab);
  void build_large(const Slab& slab, const Split& split);
  void sort_world(int world, std::size_t first_cell, const Split& split);
  void query_small(int first, int last) noexcept;
  void query_large(int first, int last) noexcept;

  NeighborQuery query_;
  int num_agents_ = 0;  // per world
  bool small_ = true;
  int largest_brute_force_ = 192;
  std::vector<std::int32_t> index_;
  std::vector<float> distance_m_;
  std::vector<PackedAgent> packed_;  // [blocks][16]
  Coordinates coordinates_;  // small: by world, each padded to whole blocks; large: sorted by cell
  std::vector<std::int32_t> agent_of_;    // large: [slots] world-local agent
  std::vector<std::int32_t> cell_start_;  // large: [cells of all worlds] slots
  std::vector<Grid> grids_;               // large: [worlds]
  CellSort cells_;
};

}  // namespace volery::swarm
