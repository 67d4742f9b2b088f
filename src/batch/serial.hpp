// The canonical bytes of one world: what is hashed and what snapshots hold. Bodies in world-local
// order, row by row as declared; no lanes, blocks or slabs, so that equal worlds give equal bytes
// in any batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "state/slab.hpp"

namespace volery::batch {

/// Walks the state of a world through `sink(void* data, std::size_t bytes)`, which reads or
/// overwrites it.
template <class Sink>
void walk_bodies(const Blocks& blocks, int first_body, int num_bodies, Sink&& sink) {
  for (int i = 0; i < num_bodies; ++i) {
    float* lane = blocks.block((first_body + i) / kLanes) + (first_body + i) % kLanes;
    for (int r = 0; r < blocks.num_rows; ++r) sink(lane + r * kLanes, sizeof(float));
  }
}

template <class Sink>
void walk_world(const Slab& slab, int world, Sink&& sink) {
  WorldHeader& header = slab.worlds[world];
  sink(&header.seed, sizeof header.seed);
  sink(&header.episode, sizeof header.episode);
  sink(&header.step, sizeof header.step);
  sink(&header.status, sizeof header.status);
  sink(&header.phase, sizeof header.phase);
  walk_bodies(slab.agents, world * slab.num_agents, slab.num_agents, sink);
  walk_bodies(slab.props, world * slab.num_props, slab.num_props, sink);
  if (slab.num_world_fields > 0) {
    sink(slab.world_row(world), sizeof(float) * static_cast<std::size_t>(slab.num_world_fields));
  }
}

/// The jammers that were put down in a world, to be read; nothing where there are none.
template <class Sink>
void write_jammers(const Slab& slab, int world, Sink&& sink) {
  const auto jammers = slab.jammers_of(world);
  if (!jammers.empty()) sink(jammers.data(), jammers.size_bytes());
}

}  // namespace volery::batch
