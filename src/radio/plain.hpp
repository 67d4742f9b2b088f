// The short way of plain radios: discs and constant loss, heard by everyone, messages that all take
// equally long, which is what most learners fly with. Same results as the long way, in lanes.
//
// Receivers are looked after in runs, in the order of cells, where the agents near the one are near
// the next too: the links of a run are listed, the luck of all of them drawn together, so that no
// vector is half empty, then each receiver takes the nearest that came through. What they heard is
// written into their inboxes block by block, in the order of memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "radio/agent_index.hpp"
#include "radio/radio.hpp"
#include "swarm/neighbors.hpp"

namespace volery::radio {

/// Whether the short way can decide what is heard: in steps in which nobody asks for packets and
/// no jammer was put down.
[[nodiscard]] bool is_plain(const Radio& radio) noexcept;
/// Of plain radios: whether it writes the inboxes too, there being nothing in them but what arrives
/// in the step, all of one length.
[[nodiscard]] bool writes_in_lanes(const Radio& radio) noexcept;
/// Of those: whether it takes the messages from the actions too, nothing holding any back.
[[nodiscard]] bool sends_in_lanes(const Radio& radio) noexcept;

/// What the receivers count, rows of HeardTable::tallies.
enum Tally : int {
  kTallyDelivered,
  kTallyLost,
  kTallyFull,  // came through and found no room
  kTallyDeaf,  // might have been heard by a receiver that is no more
  kNumTallies,
};

/// What each receiver hears, the nearest first.
struct HeardTable {
  /// Room for so many blocks.
  void reserve(int num_blocks, int num_slots);
  /// Nothing heard, in blocks [first, last).
  void clear(int first_block, int last_block) noexcept;

  int slots = 0;
  std::vector<std::int32_t> senders;  // [blocks][slots][16] agents of the slab, -1 where none
  std::vector<float> tallies;         // [blocks][kNumTallies][16]
};

/// The agents of a slab as senders and receivers, [blocks][16] each.
struct Talkers {
  const swarm::PackedAgent* packed = nullptr;
  const float* sends = nullptr;    // 1 where it sends
  const float* up = nullptr;       // 1 where it can hear
  const float* payload = nullptr;  // [blocks][16][payload_stride]
  int payload_stride = 0;
  std::ptrdiff_t silence = 0;  // an agent beyond the blocks, whose payload is zeros
};

/// Columns of a payload in memory: whole vectors of four.
[[nodiscard]] constexpr int payload_stride(int size) noexcept {
  constexpr int kWhole = 4;
  return (size + kWhole - 1) / kWhole * kWhole;
}

/// One thread's memory for the links of a run of receivers.
struct LinkMemory {
  std::vector<std::int32_t> sender, receiver;
  std::vector<float> square_m2;  // infinite where the message got lost
  std::vector<std::int32_t> end;
};

/// One world whose receivers choose.
struct ChooseJob {
  IndexArrays index;
  int first_agent = 0;
  RadioKey key;
  float keep = 1;  // probability that a message gets through
  float radius_m = 0;
  const Talkers& talkers;
};

/// Fills the rows of `heard` of the receivers in slots [first, last) of the world's index.
void choose_messages(const ChooseJob& job, int first_slot, int last_slot, LinkMemory& memory,
                     HeardTable& heard) noexcept;

/// Takes in what the agents of whole blocks say, and counts it; `packed` is what pack_agents()
/// made of them, with `present` 0 where an agent sits this step out. Payloads are written where
/// an agent of the block sends.
void take_messages(const Radio& radio, const Blocks& agents, const swarm::PackedAgent* packed,
                   int first_block, int last_block, float* sends, float* up,
                   float* payload) noexcept;

/// Writes the inboxes and counts of whole blocks. `saved`: memory of this thread.
void write_inboxes(const Radio& radio, const Slab& slab, const Talkers& talkers,
                   const HeardTable& heard, int first_block, int last_block,
                   std::vector<float>& saved) noexcept;

}  // namespace volery::radio
