// Who is near whom, for the radio: the agents of each world with what they send, found by distance.
//
// Small worlds are searched by brute force in lanes, large ones through a grid of cells; both find
// the same set with the same squared distances, in different orders. So whoever uses the links must
// not depend on their order.
#pragma once

#include <cstdint>
#include <vector>

#include "core/split.hpp"
#include "radio/draws.hpp"
#include "state/slab.hpp"
#include "swarm/cell_sort.hpp"
#include "swarm/neighbor_grid.hpp"
#include "swarm/neighbors.hpp"

namespace volery::radio {

/// An agent that was found.
struct Found {
  std::int32_t agent = 0;  // world-local
  float square_m2 = 0;     // as float32, the same from either end
};

/// Which agents a search returns.
enum class Search { kSenders, kAll };

/// The agents of one world as the kernels see them, readable for 16 slots more. Slots are in the
/// order of cells; without a grid the senders come first.
struct IndexArrays {
  const float* x_m = nullptr;
  const float* y_m = nullptr;
  const float* z_m = nullptr;
  const float* sends = nullptr;            // 1 where it sends
  const std::int32_t* agent_of = nullptr;  // [slots]
  int num_slots = 0;                       // of agents that take part
  int num_senders = 0;                     // without a grid: those of them that send
  const swarm::Grid* grid = nullptr;       // null: all slots are searched
  const std::int32_t* cell_start = nullptr;
};

/// Writes the agents nearer than `radius_m` (squared: < limit_m2) to `out`; returns how many there
/// are, which may exceed the capacity: the rest is not written.
int find_agents(const IndexArrays& arrays, Vec3 at_w_m, float radius_m, Search search, Found* out,
                int capacity) noexcept;

/// Reusable memory; grows to the largest slab that it has seen, then allocates no more.
class AgentIndex {
 public:
  /// Takes in all worlds of a slab; `agents` and `sends` (1 or 0) are [blocks][16], the latter 0
  /// where the agent is not present. Radii of later searches are best about `radius_m`, which
  /// decides about speed alone.
  void build(const Slab& slab, const swarm::PackedAgent* agents, const float* sends, float radius_m,
             const Split& split);
  [[nodiscard]] IndexArrays world(int world) const noexcept;

  /// Worlds of more agents than this are searched through the grid. For tests: the links do not
  /// depend on it.
  void set_largest_brute_force(int num_agents) noexcept { largest_brute_force_ = num_agents; }

 private:
  void fill_small(const Slab& slab, const swarm::PackedAgent* agents, const float* sends);
  void sort_world(int world, const swarm::PackedAgent* agents, const float* sends, float radius_m,
                  std::size_t first_cell, const Split& split);

  int largest_brute_force_ = 192;
  int num_agents_ = 0;  // per world
  int stride_ = 0;      // slots per world
  bool small_ = true;
  swarm::Coordinates position_;
  std::vector<float> sends_;
  std::vector<std::int32_t> agent_of_;
  std::vector<std::int32_t> num_slots_, num_senders_;  // [worlds] small
  std::vector<std::int32_t> cell_start_;               // large
  std::vector<swarm::Grid> grids_;                     // large
  swarm::CellSort cells_;
};

}  // namespace volery::radio
