// What becomes of a transmission at one candidate receiver: each has exactly one fate.
#pragma once

#include <cstdint>

namespace volery::radio {

/// In the order in which the pipeline decides where it can; the counters of a batch use this order.
enum class Fate : std::uint8_t {
  kDelivered,     // on its way to the inbox, or in it
  kOutOfRange,    // too far, too weak, or outside the sector of an antenna
  kOccluded,      // a wall or a body in between
  kLost,          // at random: constant, by distance, in bursts
  kBitError,      // a bit flipped, the checksum refused it
  kCollision,     // another transmission in the same slot and channel was too strong
  kHalfDuplex,    // the receiver was sending itself
  kQueueFull,     // no room among the messages on their way
  kInboxFull,     // arrived and found no room
  kExpired,       // too old when it arrived
  kReceiverDead,  // nobody there to receive it
  kMasked,        // the topology or a partition forbids the link
  kJammed,        // a jammer was louder
  kDuplicate,     // was heard before: relayed messages come several ways
};

inline constexpr int kNumFates = 14;

/// Names for counters and columns, in the order of Fate.
inline constexpr const char* kFateNames[kNumFates] = {
    "delivered",     "out_of_range", "occluded",   "lost",       "bit_error",
    "collision",     "half_duplex",  "queue_full", "inbox_full", "expired",
    "receiver_dead", "masked",       "jammed",     "duplicate",
};

}  // namespace volery::radio
