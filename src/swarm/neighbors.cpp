#include "swarm/neighbors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/assert.hpp"

namespace volery::swarm {

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Grows, never shrinks: the memory of the largest slab is kept.
template <class Vector>
void reserve_items(Vector& items, std::size_t count) {
  if (items.size() < count) items.resize(count);
}

}  // namespace

NeighborTable NeighborSearch::find(const Slab& slab, const NeighborQuery& query) {
  const NeighborTable table = build(slab, query);
  query_range(0, slab.agents.num_bodies);
  return table;
}

NeighborTable NeighborSearch::build(const Slab& slab, const NeighborQuery& query,
                                    const Split& split) {
  VOLERY_ASSERT(query.count <= kMostNeighbors);
  query_ = query;
  if (query.count <= 0) return {};
  num_agents_ = slab.num_agents;
  small_ = slab.num_agents <= largest_brute_force_;
  const std::size_t rows = static_cast<std::size_t>(slab.agents.num_bodies);
  const std::size_t results = rows * static_cast<std::size_t>(query.count);
  reserve_items(index_, results);
  reserve_items(distance_m_, results);
  reserve_items(packed_, static_cast<std::size_t>(slab.agents.num_blocks * kLanes));
  split.blocks(slab.agents.num_blocks,
               [&](int first, int last) { pack_agents(slab.agents, first, last, packed_.data()); });
  if (small_) {
    build_small(slab);
  } else {
    build_large(slab, split);
  }
  return {query.count, index_.data(), distance_m_.data(), packed_.data()};
}

void NeighborSearch::query_range(int first, int last) noexcept {
  if (query_.count <= 0) return;
  if (small_) {
    query_small(first, last);
  } else {
    query_large(first, last);
  }
}

// each world by itself, so that no lane mixes worlds
void NeighborSearch::build_small(const Slab& slab) {
  const int padded = blocks_for(num_agents_) * kLanes;
  coordinates_.reserve(static_cast<std::size_t>(slab.num_worlds) *
                       static_cast<std::size_t>(padded));
  float* const axes[3] = {coordinates_.axis(0), coordinates_.axis(1), coordinates_.axis(2)};
  for (int world = 0; world < slab.num_worlds; ++world) {
    std::ptrdiff_t slot = static_cast<std::ptrdiff_t>(world) * padded;
    for (int a = 0; a < padded; ++a, ++slot) {
      Vec3 at{kInfinity, kInfinity, kInfinity};
      if (a < num_agents_) {
        const PackedAgent& agent = packed_[static_cast<std::size_t>(world * num_agents_ + a)];
        if (agent.present != 0) at = agent.position_w_m;
      }
      axes[0][slot] = at.x;
      axes[1][slot] = at.y;
      axes[2][slot] = at.z;
    }
  }
}

void NeighborSearch::query_small(int first, int last) noexcept {
  const int padded = blocks_for(num_agents_) * kLanes;
  for (int agent = first; agent < last;) {
    const int world = agent / num_agents_;
    const int from = agent - world * num_agents_;
    const int to = std::min(num_agents_, last - world * num_agents_);
    const std::ptrdiff_t slot = static_cast<std::ptrdiff_t>(world) * padded;
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(world) * num_agents_ * query_.count;
    const SearchArrays arrays{coordinates_.axis(0) + slot,      coordinates_.axis(1) + slot,
                              coordinates_.axis(2) + slot,      query_.count,
                              search_limit_m2(query_.radius_m), index_.data() + row,
                              distance_m_.data() + row};
    search_all_pairs(arrays, num_agents_, from, to);
    agent += to - from;
  }
}

// agents that take no part go to the end of their world's slots
void NeighborSearch::build_large(const Slab& slab, const Split& split) {
  const std::size_t bodies = static_cast<std::size_t>(slab.agents.num_bodies);
  coordinates_.reserve(bodies);
  reserve_items(agent_of_, bodies);
  reserve_items(grids_, static_cast<std::size_t>(slab.num_worlds));
  std::size_t first_cell = 0;
  for (int world = 0; world < slab.num_worlds; ++world) {
    sort_world(world, first_cell, split);
    first_cell += grids_[static_cast<std::size_t>(world)].num_cells() + 2;
  }
}

void NeighborSearch::sort_world(int world, std::size_t first_cell, const Split& split) {
  const int first_slot = world * num_agents_;
  const PackedAgent* const agents = packed_.data() + first_slot;
  float* const x = coordinates_.axis(0) + first_slot;
  float* const y = coordinates_.axis(1) + first_slot;
  float* const z = coordinates_.axis(2) + first_slot;

  // the grid is fitted to a sample; it decides about speed alone
  constexpr int kSample = 512;
  const int stride = (num_agents_ + kSample - 1) / kSample;
  int sampled = 0;
  for (int a = 0; a < num_agents_; a += stride) {
    if (agents[a].present == 0) continue;
    x[sampled] = agents[a].position_w_m.x;
    y[sampled] = agents[a].position_w_m.y;
    z[sampled] = agents[a].position_w_m.z;
    ++sampled;
  }
  Grid& grid = grids_[static_cast<std::size_t>(world)];
  grid = fit_grid({x, y, z, sampled, stride}, query_.radius_m, query_.count);
  grid.first_slot = first_slot;
  grid.first_cell = first_cell;

  const int num_cells = static_cast<int>(grid.num_cells());
  // some more, so that a swarm that spreads does not grow it in each step
  const std::size_t starts = first_cell + grid.num_cells() + 2;
  if (cell_start_.size() < starts) cell_start_.resize(starts + starts / 4);
  std::int32_t* const start = cell_start_.data() + first_cell;
  cells_.sort(
      num_agents_, num_cells, split,
      [&](int a) {
        const Vec3 at = agents[a].position_w_m;
        if (agents[a].present == 0) return num_cells;
        return grid.cell(grid.cell_along(0, at.x), grid.cell_along(1, at.y),
                         grid.cell_along(2, at.z));
      },
      [&](int a) {
        const Vec3 at = agents[a].position_w_m;
        return CellPoint{at.x, at.y, at.z, 0};
      },
      {x, y, z, nullptr, agent_of_.data() + first_slot, nullptr, start});
  grid.num_active = start[num_cells];
}

void NeighborSearch::query_large(int first, int last) noexcept {
  for (int slot = first; slot < last;) {
    const int world = slot / num_agents_;
    const int world_slot = world * num_agents_;
    const int to = std::min(num_agents_, last - world_slot);
    const Grid& grid = grids_[static_cast<std::size_t>(world)];
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(world_slot) * query_.count;
    const SearchArrays arrays{coordinates_.axis(0) + world_slot, coordinates_.axis(1) + world_slot,
                              coordinates_.axis(2) + world_slot, query_.count,
                              search_limit_m2(query_.radius_m),  index_.data() + row,
                              distance_m_.data() + row};
    search_cells(arrays, grid, cell_start_.data() + grid.first_cell, agent_of_.data() + world_slot,
                 query_.radius_m, slot - world_slot, to);
    slot = world_slot + to;
  }
}

}  // namespace volery::swarm
