// The short way of plain radios.
#include <algorithm>

#include "radio/worker.hpp"

namespace volery::radio {

// A radio of discs and constant loss, heard by everyone, of messages that all take equally long, is
// what most learners fly with. Its receivers are first looked after in the order of cells, where
// the agents near the one are near the next too, and given what they heard in their own order: in a
// world of 100,000 that leaves a fraction of the cache misses. Same results as receive().
void RadioWorker::choose_all(const Slab& slab, const std::uint8_t* resting,
                             const Split& split) noexcept {
  const auto room = static_cast<std::size_t>(slab.agents.num_blocks * kLanes);
  reserve_items(chosen_, room);
  reserve_items(chosen_arrivals_, room * static_cast<std::size_t>(radio_.rows().slots));
  for (int number = 0; number < slab.num_worlds; ++number) {
    if (resting[number] != 0) continue;
    const World world = world_of(slab, number);
    constexpr int kLeastChunk = 512;
    const int chunks = std::min(split.num_chunks(world.index.num_slots, kLeastChunk),
                                static_cast<int>(scratch_.size()));
    split.each(chunks, [&](int chunk) {
      const int end = Split::edge(world.index.num_slots, chunks, chunk + 1);
      for (int slot = Split::edge(world.index.num_slots, chunks, chunk); slot < end; ++slot) {
        choose(world, world.first_agent + world.index.agent_of[slot],
               scratch_[static_cast<std::size_t>(chunk)]);
      }
    });
  }
}

void RadioWorker::choose(const World& world, int body, ReceiveScratch& scratch) noexcept {
  search(world, body, radius_m_, scratch);
  Found* const found = scratch.found.data();
  int count = scratch.num_found;
  if (sends_[static_cast<std::size_t>(body)] != 0) --count;
  const int left = keep_lucky(world.key, body - world.first_agent, radio_.loss().keep(), found,
                              scratch.num_found);
  // the nearest of them, all being of the same age
  const int slots = radio_.rows().slots;
  Arrival* const first = chosen_arrivals_.data() + static_cast<std::ptrdiff_t>(body) * slots;
  const auto is_nearer = [](const Found& a, const Arrival& b) {
    return a.square_m2 < b.square_m2 || (a.square_m2 == b.square_m2 && a.agent < b.sender);
  };
  int number = 0;
  for (int i = 0; i < left; ++i) {
    if (number == slots && !is_nearer(found[i], first[slots - 1])) continue;
    int at = number < slots ? number++ : slots - 1;
    for (; at > 0 && is_nearer(found[i], first[at - 1]); --at) first[at] = first[at - 1];
    first[at] = {found[i].square_m2, found[i].agent, world.key.step};
  }
  chosen_[static_cast<std::size_t>(body)] = {number, count - left, left - number};
}

void RadioWorker::deliver_chosen(const Slab& slab, const World& world, int body,
                                 ReceiveScratch& scratch) const noexcept {
  const int slots = radio_.rows().slots;
  const Arrival* const arrivals =
      chosen_arrivals_.data() + static_cast<std::ptrdiff_t>(body) * slots;
  // senders of a large world stand anywhere in memory: ask early for those of a later receiver
  constexpr int kAhead = 6;
  constexpr int kLargeWorld = 4096;
  if (slab.num_agents > kLargeWorld && body + kAhead < slab.agents.num_bodies) {
    const Chosen& later = chosen_[static_cast<std::size_t>(body + kAhead)];
    for (int k = 0; k < later.number; ++k) {
      const std::ptrdiff_t sender = world.first_agent + arrivals[kAhead * slots + k].sender;
      __builtin_prefetch(packed_.data() + sender);
      __builtin_prefetch(payload_.data() + sender * radio_.rows().size);
    }
  }
  begin_receiver(scratch);
  const Chosen& chosen = chosen_[static_cast<std::size_t>(body)];
  scratch.num_fates[static_cast<int>(Fate::kLost)] = chosen.lost;
  scratch.num_fates[static_cast<int>(Fate::kInboxFull)] = chosen.full;
  const auto list = static_cast<std::size_t>(radio_.config().timing.latency_steps - 1);
  scratch.num_arrivals[list] = chosen.number;
  std::copy_n(arrivals, chosen.number,
              scratch.arrivals.data() + list * static_cast<std::size_t>(slots));
  deliver(slab, world, body, scratch);
}

}  // namespace volery::radio
