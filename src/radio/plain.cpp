#include "radio/plain.hpp"

#include <algorithm>

#include "radio/worker.hpp"

namespace volery::radio {

bool is_plain(const Radio& radio) noexcept {
  const RadioConfig& config = radio.config();
  return config.range.kind == RangeKind::kDisc && config.range.range_m.size() == 1 &&
         radio.antenna().is_omni() && !radio.occlusion().any() &&
         radio.contention().access() == Access::kOff && radio.loss().is_constant() &&
         config.topology.kind == TopologyKind::kRange && !config.faults.any() &&
         config.address.mode == Addressing::kBroadcast && config.address.channels == 1 &&
         !config.address.echo && config.timing.jitter_steps == 0 &&
         config.timing.bit_rate_bps == 0 && config.timing.expire_steps == 0 &&
         config.bandwidth.queue == 0;
}

bool writes_in_lanes(const Radio& radio) noexcept {
  const PayloadKind kind = radio.config().payload.kind;
  return is_plain(radio) && radio.config().inbox.keep_steps == 1 &&
         radio.config().inbox.position_noise_m == 0 && !radio.config().inbox.velocity &&
         (kind == PayloadKind::kFloats || kind == PayloadKind::kToken);
}

bool sends_in_lanes(const Radio& radio) noexcept {
  return writes_in_lanes(radio) && radio.config().payload.kind == PayloadKind::kFloats &&
         !radio.bucket().any();
}

void HeardTable::reserve(int num_blocks, int num_slots) {
  slots = num_slots;
  const auto lanes = static_cast<std::size_t>(num_blocks * kLanes);
  reserve_items(senders, lanes * static_cast<std::size_t>(slots));
  reserve_items(tallies, lanes * kNumTallies);
}

void HeardTable::clear(int first_block, int last_block) noexcept {
  const auto all = [&](auto& items, int width, auto nothing) {
    std::fill_n(items.data() + static_cast<std::ptrdiff_t>(first_block) * width * kLanes,
                static_cast<std::ptrdiff_t>(last_block - first_block) * width * kLanes, nothing);
  };
  all(senders, slots, -1);
  all(tallies, kNumTallies, 0.0F);
}

void RadioWorker::choose_all(const Slab& slab, const std::uint8_t* resting,
                             const Split& split) noexcept {
  split.blocks(slab.agents.num_blocks, [&](int first, int last) { heard_.clear(first, last); });
  const Talkers all = talkers(slab);
  each_run(slab, resting, split, [&](const World& world, int first, int last, int chunk) {
    const ChooseJob job{world.index,          world.first_agent, world.key,
                        radio_.loss().keep(), radius_m_,         all};
    choose_messages(job, first, last, scratch_[static_cast<std::size_t>(chunk)].links, heard_);
  });
}

// Into inboxes of which more is to be kept than the newest messages.
void RadioWorker::deliver_chosen(const Slab& slab, const World& world, int body,
                                 ReceiveScratch& scratch) const noexcept {
  const std::ptrdiff_t block = body / kLanes, lane = body % kLanes;
  const std::int32_t* const senders = heard_.senders.data() + block * heard_.slots * kLanes + lane;
  const float* const tallies = heard_.tallies.data() + block * kNumTallies * kLanes + lane;
  const auto tally = [&](Tally which) { return static_cast<int>(tallies[which * kLanes]); };
  begin_receiver(scratch);
  scratch.num_fates[static_cast<int>(Fate::kLost)] = tally(kTallyLost);
  scratch.num_fates[static_cast<int>(Fate::kInboxFull)] = tally(kTallyFull);
  scratch.num_fates[static_cast<int>(Fate::kReceiverDead)] = tally(kTallyDeaf);
  const auto list = static_cast<std::size_t>(radio_.config().timing.latency_steps - 1);
  Arrival* const arrivals = scratch.arrivals.data() + list * static_cast<std::size_t>(heard_.slots);
  const int number = tally(kTallyDelivered);
  for (int k = 0; k < number; ++k)
    arrivals[k] = {0, senders[k * kLanes] - world.first_agent, world.key.step};
  scratch.num_arrivals[list] = number;
  deliver(slab, world, body, scratch);
}

}  // namespace volery::radio
