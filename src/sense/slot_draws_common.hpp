// Keyed draws for slots of other agents: who is missed, how a slot is wrong, what stands in empty
// ones. Pure functions of (seed, episode, agent, step, slot), so that nothing has to be kept.
#pragma once

#include "sense/error_common.hpp"
#include "swarm/neighbor_grid.hpp"

namespace volery::sense {

struct SlotDraws {
  static constexpr int kSlots = swarm::kMostNeighbors;
  alignas(64) float miss[kSlots][kLanes];      // uniform, one per candidate
  alignas(64) float noise[kSlots][6][kLanes];  // normal
  alignas(64) float ghost[kSlots][4][kLanes];  // uniform
};

/// How many of each are needed; the others stay as they are.
struct SlotDrawCounts {
  int misses = 0;
  int noises = 0;
  int ghosts = 0;
};

void draw_slots(const LaneKeys& keys, const SlotDrawCounts& counts, SlotDraws& out) noexcept;

}  // namespace volery::sense
