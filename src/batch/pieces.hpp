// Pieces: all of a step but the near bodies runs piece by piece, a few blocks at a time.
//
// A piece is a slab of its own, whole worlds in whole blocks, so the stages need not know. Its
// scores stay in the L1 and need no room beside the state in the L2, and a world that is a piece by
// itself is observed where it is scored. Alone on a core, one drone per world costs the same slab
// by slab (24 ns per agent step in these stages).
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "core/types.hpp"
#include "state/slab.hpp"

namespace volery::batch {

/// Agents per piece, where worlds are smaller: eight blocks of 3.3 KiB with one drone per world. 64
/// cost 0.4 ns per agent step more, in calls.
inline constexpr int kPieceAgents = 128;

/// A run of worlds of a slab, and what the step knows of them.
struct Piece {
  Slab slab;
  int first_agent_block = 0;  // of the piece in its slab
  int first_prop_block = 0;
  const std::uint8_t* resetting = nullptr;  // [worlds] 1: ended before this step
};

/// Blocks of bodies [first, last); first is a multiple of 16.
[[nodiscard]] inline Blocks blocks_of(const Blocks& blocks, int first, int last) noexcept {
  return {blocks.block(first / kLanes), blocks_for(last - first), blocks.num_rows, last - first};
}

/// Worlds [first, last) of a slab as a slab; the bodies of `first` begin a block.
[[nodiscard]] inline Slab worlds_of(const Slab& slab, int first, int last) noexcept {
  Slab part = slab;
  part.first_world += first;
  part.num_worlds = last - first;
  part.agents = blocks_of(slab.agents, first * slab.num_agents, last * slab.num_agents);
  part.props = blocks_of(slab.props, first * slab.num_props, last * slab.num_props);
  part.worlds += first;
  part.world_fields = slab.world_row(first);
  part.contacts += first;
  if (part.jammers != nullptr) part.jammers += first;
  return part;
}

/// Worlds per piece: the least number that fills whole blocks, or more up to kPieceAgents.
[[nodiscard]] inline int worlds_per_piece(int num_agents, int num_props) noexcept {
  const int whole_blocks = kLanes / std::gcd(kLanes, std::gcd(num_agents, num_props));
  return std::max(1, kPieceAgents / (whole_blocks * num_agents)) * whole_blocks;
}

/// job(piece) for each piece of a slab, in order.
template <class Job>
void for_each_piece(const Slab& slab, const std::uint8_t* resetting, Job&& job) noexcept {
  const int step = worlds_per_piece(slab.num_agents, slab.num_props);
  for (int first = 0; first < slab.num_worlds; first += step) {
    const int last = std::min(first + step, slab.num_worlds);
    job(Piece{worlds_of(slab, first, last), first * slab.num_agents / kLanes,
              first * slab.num_props / kLanes, resetting + first});
  }
}

}  // namespace volery::batch
