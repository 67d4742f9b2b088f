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

bool takes_part(const Slab& slab, int agent, Vec3 position) {
  const float sum = position.x + position.y + position.z;
  return slab.agents.at(agent, kMode) != static_cast<float>(BodyMode::kAbsent) && sum - sum == 0;
}

}  // namespace

NeighborTable NeighborSearch::find(const Slab& slab, const NeighborQuery& query) {
  const NeighborTable table = build(slab, query);
  query_range(0, slab.agents.num_bodies);
  return table;
}

NeighborTable NeighborSearch::build(const Slab& slab, const NeighborQuery& query) {
  VOLERY_ASSERT(query.count <= kMostNeighbors);
  query_ = query;
  if (query.count <= 0) return {};
  num_agents_ = slab.num_agents;
  small_ = slab.num_agents <= largest_brute_force_;
  const std::size_t rows = static_cast<std::size_t>(slab.agents.num_bodies);
  const std::size_t results = rows * static_cast<std::size_t>(query.count);
  reserve_items(index_, results);
  reserve_items(distance_m_, results);
  if (small_) {
    build_small(slab);
  } else {
    build_large(slab);
  }
  return {query.count, index_.data(), distance_m_.data()};
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
      const int agent = world * num_agents_ + a;
      Vec3 at{kInfinity, kInfinity, kInfinity};
      if (a < num_agents_) {
        const Vec3 position = slab.agents.vec3(agent, kPosition);
        if (takes_part(slab, agent, position)) at = position;
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

// a counting sort by cell per world; agents that take no part go to the end of their world's slots
void NeighborSearch::build_large(const Slab& slab) {
  const std::size_t agents = static_cast<std::size_t>(num_agents_);
  const std::size_t bodies = static_cast<std::size_t>(slab.agents.num_bodies);
  coordinates_.reserve(bodies);
  reserve_items(agent_of_, bodies);
  reserve_items(cell_of_, agents);
  reserve_items(grids_, static_cast<std::size_t>(slab.num_worlds));
  std::size_t first_cell = 0;
  for (int world = 0; world < slab.num_worlds; ++world) {
    sort_world(slab, world, first_cell);
    first_cell += grids_[static_cast<std::size_t>(world)].num_cells() + 1;
  }
}

void NeighborSearch::sort_world(const Slab& slab, int world, std::size_t first_cell) {
  const int first_slot = world * num_agents_;
  float* const x = coordinates_.axis(0) + first_slot;
  float* const y = coordinates_.axis(1) + first_slot;
  float* const z = coordinates_.axis(2) + first_slot;
  std::int32_t* const agent_of = agent_of_.data() + first_slot;

  // the grid is fitted to a sample; it decides about speed alone
  constexpr int kSample = 4096;
  const int stride = (num_agents_ + kSample - 1) / kSample;
  int sampled = 0;
  for (int a = 0; a < num_agents_; a += stride) {
    const Vec3 position = slab.agents.vec3(first_slot + a, kPosition);
    if (!takes_part(slab, first_slot + a, position)) continue;
    x[sampled] = position.x;
    y[sampled] = position.y;
    z[sampled] = position.z;
    ++sampled;
  }
  Grid& grid = grids_[static_cast<std::size_t>(world)];
  grid = fit_grid({x, y, z, sampled, stride}, query_.radius_m, query_.count);
  grid.first_slot = first_slot;
  grid.first_cell = first_cell;

  // count, then running sums: starts[c + 1] ends as the first slot of cell c + 1
  const std::size_t cells = grid.num_cells();
  reserve_items(cell_start_, first_cell + cells + 1);
  std::int32_t* const starts = cell_start_.data() + first_cell;
  std::fill(starts, starts + cells + 1, 0);
  for (int a = 0; a < num_agents_; ++a) {
    const Vec3 position = slab.agents.vec3(first_slot + a, kPosition);
    std::int32_t cell = -1;
    if (takes_part(slab, first_slot + a, position)) {
      cell = grid.cell(grid.cell_along(0, position.x), grid.cell_along(1, position.y),
                       grid.cell_along(2, position.z));
      ++starts[cell + 1];
      ++grid.num_active;
    }
    cell_of_[static_cast<std::size_t>(a)] = cell;
  }
  for (std::size_t c = 0; c < cells; ++c) starts[c + 1] += starts[c];

  // place; starts[c] walks to the end of cell c and is walked back afterwards
  int absent_slot = grid.num_active;
  for (int a = 0; a < num_agents_; ++a) {
    const std::int32_t cell = cell_of_[static_cast<std::size_t>(a)];
    const int slot = cell < 0 ? absent_slot++ : starts[cell]++;
    agent_of[slot] = a;
    const Vec3 position = slab.agents.vec3(first_slot + a, kPosition);
    x[slot] = position.x;
    y[slot] = position.y;
    z[slot] = position.z;
  }
  for (std::size_t c = cells; c > 0; --c) starts[c] = starts[c - 1];
  starts[0] = 0;
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
