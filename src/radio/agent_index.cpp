#include "radio/agent_index.hpp"

namespace volery::radio {

namespace {

/// Grows, never shrinks.
template <class Vector>
void reserve_items(Vector& items, std::size_t count) {
  if (items.size() < count) items.resize(count);
}

}  // namespace

void AgentIndex::build(const Slab& slab, const swarm::PackedAgent* agents, const float* sends,
                       float radius_m, const Split& split) {
  num_agents_ = slab.num_agents;
  small_ = num_agents_ <= largest_brute_force_;
  stride_ = blocks_for(num_agents_) * kLanes;
  const auto slots = static_cast<std::size_t>(slab.num_worlds) * static_cast<std::size_t>(stride_);
  position_.reserve(slots);
  // vectors that begin at the last slot read past it
  reserve_items(sends_, slots + kLanes);
  reserve_items(agent_of_, slots + kLanes);
  const auto num_worlds = static_cast<std::size_t>(slab.num_worlds);
  if (small_) {
    reserve_items(num_slots_, num_worlds);
    reserve_items(num_senders_, num_worlds);
    fill_small(slab, agents, sends);
    return;
  }
  reserve_items(grids_, num_worlds);
  std::size_t first_cell = 0;
  for (int world = 0; world < slab.num_worlds; ++world) {
    sort_world(world, agents, sends, radius_m, first_cell, split);
    first_cell += grids_[static_cast<std::size_t>(world)].num_cells() + 2;
  }
}

IndexArrays AgentIndex::world(int world) const noexcept {
  const std::ptrdiff_t slot = static_cast<std::ptrdiff_t>(world) * stride_;
  const auto at = static_cast<std::size_t>(world);
  IndexArrays arrays{position_.axis(0) + slot, position_.axis(1) + slot, position_.axis(2) + slot,
                     sends_.data() + slot, agent_of_.data() + slot};
  if (small_) {
    arrays.num_slots = num_slots_[at];
    arrays.num_senders = num_senders_[at];
    return arrays;
  }
  arrays.grid = &grids_[at];
  arrays.num_slots = arrays.grid->num_active;
  arrays.cell_start = cell_start_.data() + arrays.grid->first_cell;
  return arrays;
}

// senders first, so that those who look for them look at nobody else; the others from the end
void AgentIndex::fill_small(const Slab& slab, const swarm::PackedAgent* agents,
                            const float* sends) {
  for (int world = 0; world < slab.num_worlds; ++world) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(world) * num_agents_;
    const std::ptrdiff_t first_slot = static_cast<std::ptrdiff_t>(world) * stride_;
    int num_slots = 0;
    for (int a = 0; a < num_agents_; ++a) num_slots += agents[first + a].present != 0 ? 1 : 0;
    int next_sender = 0, next_other = num_slots - 1;
    for (int a = 0; a < num_agents_; ++a) {
      if (agents[first + a].present == 0) continue;
      // half of them send: no branch foresees which
      const int sender = sends[first + a] != 0 ? 1 : 0;
      const std::ptrdiff_t slot = first_slot + (sender != 0 ? next_sender : next_other);
      next_sender += sender;
      next_other -= 1 - sender;
      const Vec3 at = agents[first + a].position_w_m;
      position_.axis(0)[slot] = at.x;
      position_.axis(1)[slot] = at.y;
      position_.axis(2)[slot] = at.z;
      agent_of_[static_cast<std::size_t>(slot)] = a;
    }
    num_senders_[static_cast<std::size_t>(world)] = next_sender;
    num_slots_[static_cast<std::size_t>(world)] = num_slots;
  }
}

void AgentIndex::sort_world(int world, const swarm::PackedAgent* agents, const float* sends,
                            float radius_m, std::size_t first_cell, const Split& split) {
  const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(world) * num_agents_;
  const swarm::PackedAgent* const own = agents + first;
  const int first_slot = world * stride_;
  float* const x = position_.axis(0) + first_slot;
  float* const y = position_.axis(1) + first_slot;
  float* const z = position_.axis(2) + first_slot;

  // the grid is fitted to a sample; it decides about speed alone
  constexpr int kSample = 512;
  constexpr int kPerCell = 8;
  const int stride = (num_agents_ + kSample - 1) / kSample;
  int sampled = 0;
  for (int a = 0; a < num_agents_; a += stride) {
    if (own[a].present == 0) continue;
    x[sampled] = own[a].position_w_m.x;
    y[sampled] = own[a].position_w_m.y;
    z[sampled] = own[a].position_w_m.z;
    ++sampled;
  }
  swarm::Grid& grid = grids_[static_cast<std::size_t>(world)];
  grid = swarm::fit_grid({x, y, z, sampled, stride}, radius_m, kPerCell);
  grid.first_slot = first_slot;
  grid.first_cell = first_cell;
  const int num_cells = static_cast<int>(grid.num_cells());
  const std::size_t starts = first_cell + grid.num_cells() + 2;
  // some more, so that a swarm that spreads does not grow it in each step
  if (cell_start_.size() < starts) cell_start_.resize(starts + starts / 4);
  std::int32_t* const start = cell_start_.data() + first_cell;
  cells_.sort(
      num_agents_, num_cells, split,
      [&](int a) {
        if (own[a].present == 0) return num_cells;
        const Vec3 at = own[a].position_w_m;
        return grid.cell(grid.cell_along(0, at.x), grid.cell_along(1, at.y),
                         grid.cell_along(2, at.z));
      },
      [&](int a) {
        const Vec3 at = own[a].position_w_m;
        return swarm::CellPoint{at.x, at.y, at.z, sends[first + a]};
      },
      {x, y, z, sends_.data() + first_slot, agent_of_.data() + first_slot, nullptr, start});
  grid.num_active = start[num_cells];
}

}  // namespace volery::radio
