// Messages that are sent on by those who hear them (address.ttl): flooding, each message once per
// agent. It goes into the agent's queue as it is heard and on the air in the next step in which it
// is its turn; so a hop takes a step, and the latency counts once, at the receiver.
#include <algorithm>
#include <tuple>

#include "radio/worker.hpp"

namespace volery::radio {

namespace {

// False where the message is known; else it is from now on, in the place of the oldest.
bool remember(const Rows& rows, int first, const Outgoing& out) noexcept {
  const float origin = static_cast<float>(out.origin + 1);
  const auto created = static_cast<float>(out.created);
  for (int i = 0; i < kRelayMemory; ++i) {
    if (rows[first + 2 * i] == origin && rows[first + 2 * i + 1] == created) return false;
  }
  float& next = rows[first + 2 * kRelayMemory];
  const int at = first + 2 * whole(next);
  rows[at] = origin;
  rows[at + 1] = created;
  next = static_cast<float>((whole(next) + 1) % kRelayMemory);
  return true;
}

}  // namespace

// All that came through in this step, the nearest first: of two ways of one message that arrive
// together the nearer one counts, in whatever order the links were found.
void RadioWorker::relay(const Slab& slab, const World& world, int body,
                        ReceiveScratch& scratch) const noexcept {
  const auto place = [](const Relayed& r) {
    return std::tuple(r.arrival.square_m2, r.arrival.sender);
  };
  std::sort(scratch.relayed.begin(), scratch.relayed.end(),
            [&](const Relayed& a, const Relayed& b) { return place(a) < place(b); });
  const Rows rows(slab.agents, body);
  const SendQueue queue(radio_, rows);
  for (const Relayed& heard : scratch.relayed) {
    const auto sender_body = static_cast<std::size_t>(world.first_agent + heard.arrival.sender);
    const Outgoing& out = outgoing_[sender_body];
    if (out.origin == body - world.first_agent || !remember(rows, radio_.hidden().relayed, out)) {
      count_fate(world, body, heard.arrival, Fate::kDuplicate, 0, scratch);
      continue;
    }
    if (out.hops > 0) {
      QueuedMessage next = out;
      --next.hops;
      const float* const payload =
          payload_.data() + sender_body * static_cast<std::size_t>(payload_stride_);
      if (!queue.push(next, payload, 1)) rows[radio_.rows().counts + kRefusedQueue] += 1;
    }
    if (heard.addressed) {
      accept(world, body, heard.arrival, heard.draws, scratch);
    } else {
      count_fate(world, body, heard.arrival, Fate::kDelivered, 0, scratch);
    }
  }
}

}  // namespace volery::radio
