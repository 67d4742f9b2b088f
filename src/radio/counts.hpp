// What is counted: totals since the reset, per agent.
#pragma once

#include "radio/fate.hpp"

namespace volery::radio {

/// Rows of `radio_counts`. The first ones are the fates of what the agent might have heard, counted
/// at the receiver; they sum to kCandidates. The rest belongs to the agent as a sender, bytes and
/// delays apart.
enum Count : int {
  kCandidates = kNumFates,  // messages that the agent might have heard
  kSent,                    // messages sent
  kRefusedRate,             // not sent: over the rate, or still busy with the last message
  kRefusedQueue,            // dropped from the sender's full queue
  kNoSlot,                  // not sent: no slot was free
  kBytesSent,
  kBytesReceived,
  kDelaySteps,  // of delivered messages, summed at the receiver
  kEnergyJ,     // spent on sending and listening
  kAirtimeS,    // spent on sending
  kNumCounts,
};

inline constexpr const char* kCountNames[kNumCounts - kNumFates] = {
    "candidates", "sent",           "refused_rate", "refused_queue", "no_slot",
    "bytes_sent", "bytes_received", "delay_steps",  "energy_j",      "airtime_s"};

}  // namespace volery::radio
