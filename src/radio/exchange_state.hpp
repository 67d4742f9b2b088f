// What a worker of the radio holds of senders and receivers while it takes a step.
#pragma once

#include <cstdint>
#include <vector>

#include "radio/agent_index.hpp"
#include "radio/plain.hpp"
#include "radio/queue.hpp"
#include "radio/radio.hpp"
#include "volery/radio.hpp"

namespace volery::radio {

/// Room for that many items; grows, never shrinks.
template <class Vector>
void reserve_items(Vector& items, std::size_t count) {
  if (items.size() < count) items.resize(count);
}

/// What an agent puts on the air in this step.
struct Outgoing : QueuedMessage {
  std::int32_t slot = 0;         // kDeferred: it found none
  std::int32_t extra_steps = 0;  // that it takes on the air
  float busy_s = 0;              // for which the last message keeps the sender
  bool sends = false;
  bool queued = false;  // it is the oldest of its queue
};

/// A message that reaches a receiver.
struct Arrival {
  float square_m2 = 0;
  std::int32_t sender = 0;
  std::uint32_t created = 0;
};

/// A message that reaches somebody who may send it on.
struct Relayed {
  Arrival arrival;
  LinkDraws draws;
  bool addressed = false;  // it is for the receiver too
};

/// What of a transmission gets to a receiver's antenna.
struct Reach {
  Fate fate = Fate::kDelivered;  // or kOutOfRange, kOccluded
  bool disturbs = false;         // it is strong enough to disturb others
  float power_db = 0;            // where contention asks for it
  [[nodiscard]] bool matters() const noexcept { return disturbs || fate == Fate::kDelivered; }
};

/// Where the links of an agent are kept for a step; see sight.cpp.
struct Sight {
  std::int32_t first = 0, count = 0;  // into `seen`
  std::int32_t thread = 0;            // of that thread's memory
};

/// One thread's memory.
struct ReceiveScratch {
  std::vector<Found> found_memory, near;
  std::vector<std::int32_t> bodies;
  std::vector<Found> seen;                 // see Sight
  std::vector<float> seen_walls;           // [seen] 1 where blocked, or dB
  std::vector<Reach> seen_reaches;         // [seen]
  std::vector<Heard> heard;                // those of them that disturb
  std::vector<Fate> fates;                 // [heard]
  std::vector<Fate> slot_fates;            // [found]
  std::vector<Arrival> arrivals;           // [delays][slots]
  std::vector<std::int32_t> num_arrivals;  // [delays]
  std::vector<float> merged;               // [2 slots] messages, for the new inbox
  std::vector<Relayed> relayed;
  std::vector<Packet> packets;
  LinkMemory links;          // of plain radios
  std::vector<float> saved;  // rows of those who sit it out
  // of the present receiver
  const Found* found = nullptr;
  const Reach* reaches = nullptr;  // [found] with contention
  int num_found = 0;
  std::int32_t num_fates[kNumFates] = {};
  int received_bytes = 0;
  int delay_steps = 0;
};

}  // namespace volery::radio
