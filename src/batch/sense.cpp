// Observations: every sensor writes its own columns of the slab's rows in the caller's memory.
#include <algorithm>
#include <bit>
#include <cstring>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// True where a lane is 1 and not 0; on the bits, since sums of floats have an order to keep.
bool any_blind(const float* blind) noexcept {
  std::uint32_t any = 0;
  for (int l = 0; l < kLanes; ++l) any |= std::bit_cast<std::uint32_t>(blind[l]);
  return any != 0;
}

// All sensors over agents [first, last) of a slab; `rows` is the slab's first row.
void run_sensors(const Setup& setup, const Slab& slab, const swarm::NeighborTable& neighbors,
                 int first, int last, float* rows) noexcept {
  const SenseInput in{slab, neighbors, setup.scene, setup.vehicle};
  const int size = setup.layout.observation_size();
  for (std::size_t i = 0; i < setup.sensors.size(); ++i) {
    setup.sensors[i]->sense(in, first, last, {rows, size, setup.layout.groups[i].first});
  }
  // the dead see nothing, from the step after their death on
  for (int b = first / kLanes; b < (last + kLanes - 1) / kLanes; ++b) {
    const float* blind = slab.agents.row(b, setup.rows.blind.row);
    if (!any_blind(blind)) continue;
    const int lanes = std::min(kLanes, last - b * kLanes);
    for (int l = 0; l < lanes; ++l) {
      if (blind[l] == 0) continue;
      std::memset(rows + static_cast<std::ptrdiff_t>(b * kLanes + l) * size, 0,
                  sizeof(float) * static_cast<std::size_t>(size));
    }
  }
}

// The slab's first row of the batch's observation.
float* first_row(const Setup& setup, const Slab& slab, float* observation) noexcept {
  return observation + static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents *
                           setup.layout.observation_size();
}

}  // namespace

void advance_sensors(const Setup& setup, const Slab& slab, const Split& split) noexcept {
  if (setup.advancing.empty()) return;
  const swarm::NeighborTable no_neighbors;
  const SenseInput in{slab, no_neighbors, setup.scene, setup.vehicle};
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    const int last_agent = std::min(last * kLanes, slab.agents.num_bodies);
    for (const Sensor* sensor : setup.advancing) sensor->advance(in, first * kLanes, last_agent);
  });
}

void start_sensors(const Setup& setup, const Slab& slab, int first, int last) noexcept {
  if (setup.estimator != nullptr) setup.estimator->start(slab, first, last);
  const swarm::NeighborTable no_neighbors;
  const SenseInput in{slab, no_neighbors, setup.scene, setup.vehicle};
  for (const Sensor* sensor : setup.advancing) sensor->start(in, first, last);
}

swarm::NeighborTable find_neighbors(const Setup& setup, const Slab& slab, Worker& worker,
                                    const Split& split) noexcept {
  const swarm::NeighborTable neighbors = worker.neighbors.build(slab, setup.neighbor_query, split);
  if (setup.neighbor_query.count == 0) return neighbors;
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    worker.neighbors.query_range(first * kLanes, std::min(last * kLanes, slab.agents.num_bodies));
  });
  return neighbors;
}

void observe_blocks(const Setup& setup, const Slab& slab, const swarm::NeighborTable& neighbors,
                    int first, int last, float* observation) noexcept {
  float* rows = first_row(setup, slab, observation);
  // a few blocks at a time stay in the L1 from sensor to sensor
  for (int b = first; b < last; b += kScoredBlocks) {
    const int end = std::min(std::min(b + kScoredBlocks, last) * kLanes, slab.agents.num_bodies);
    run_sensors(setup, slab, neighbors, b * kLanes, end, rows);
  }
}

void sense(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
           float* observation) noexcept {
  const swarm::NeighborTable neighbors = find_neighbors(setup, slab, worker, split);
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    observe_blocks(setup, slab, neighbors, first, last, observation);
  });
}

void sense_final(const Setup& setup, const Slab& slab, Worker& worker,
                 float* observation) noexcept {
  const int a = slab.num_agents;
  float* rows = first_row(setup, slab, observation);
  const swarm::NeighborTable neighbors = worker.neighbors.find(slab, setup.neighbor_query);
  int done = 0;  // agents before this one are sensed
  for (int i = 0; i < worker.num_to_reset; ++i) {
    const int w = worker.to_reset[static_cast<std::size_t>(i)];
    const int first = std::max(done, w * a / kLanes * kLanes);
    const int last = std::min(slab.agents.num_bodies, blocks_for((w + 1) * a) * kLanes);
    if (first < last) run_sensors(setup, slab, neighbors, first, last, rows);
    done = last;
  }
}

}  // namespace volery::batch
