// What reaches each receiver: every transmission to a candidate gets exactly one fate, in the order
// of the stages: receiver, mask, range, occlusion, contention, jamming, loss, delay, inbox.
#include <algorithm>
#include <cmath>

#include "radio/worker.hpp"

namespace volery::radio {

namespace {

/// Grows, never shrinks.
template <class Vector>
void reserve_items(Vector& items, std::size_t count) {
  if (items.size() < count) items.resize(count);
}

// All agents within a radius, in memory that grows as needed.
int find_all(const IndexArrays& index, Vec3 at_w_m, float radius_m, Search search,
             std::vector<Found>& found) noexcept {
  constexpr int kLeast = 256;
  reserve_items(found, kLeast);
  // keep_lucky() reads past the end
  const auto room = [&] { return static_cast<int>(found.size()) - kLanes; };
  int count = find_agents(index, at_w_m, radius_m, search, found.data(), room());
  if (count > room()) {
    found.resize(static_cast<std::size_t>(count) * 2);
    count = find_agents(index, at_w_m, radius_m, search, found.data(), room());
  }
  return count;
}

float& row_of(const Slab& slab, int body, int row) noexcept {
  return slab.agents.block(body / kLanes)[row * kLanes + body % kLanes];
}

}  // namespace

RadioWorker::RadioWorker(const Radio& radio, const Scene& scene, int num_threads)
    : radio_(radio), scene_(scene), scratch_(static_cast<std::size_t>(num_threads)) {
  const RadioConfig& config = radio.config();
  plain_ = config.range.kind == RangeKind::kDisc && config.range.range_m.size() == 1 &&
           radio.antenna().is_omni() && !radio.occlusion().any() &&
           radio.contention().access() == Access::kOff && radio.loss().is_constant() &&
           config.topology.kind == TopologyKind::kRange && !config.faults.any() &&
           config.address.mode == Addressing::kBroadcast && config.address.channels == 1 &&
           !config.address.echo && config.timing.jitter_steps == 0 &&
           config.timing.bit_rate_bps == 0 && config.timing.expire_steps == 0 &&
           config.bandwidth.queue == 0 && !config.trace;
  const auto delays = static_cast<std::size_t>(radio.num_delays());
  const auto slots = static_cast<std::size_t>(radio.rows().slots);
  for (ReceiveScratch& scratch : scratch_) {
    scratch.arrivals.resize(delays * slots);
    scratch.num_arrivals.resize(delays);
    scratch.merged.resize(2 * slots *
                          static_cast<std::size_t>(radio.rows().slot_size + kFlightHead));
  }
}

void RadioWorker::exchange(const Slab& slab, const std::uint8_t* resting,
                           const Split& split) noexcept {
  const Blocks& agents = slab.agents;
  const auto room = static_cast<std::size_t>(agents.num_blocks * kLanes);
  reserve_items(packed_, room);
  reserve_items(outgoing_, room);
  reserve_items(sends_, room);
  reserve_items(payload_, room * static_cast<std::size_t>(radio_.rows().size));
  reserve_items(sender_index_, static_cast<std::size_t>(slab.num_agents));
  const RangeModel& range = radio_.range();
  if (range.has_shadowing()) draw_fields(slab, room);

  split.blocks(agents.num_blocks,
               [&](int first, int last) { collect(slab, resting, first, last); });
  const float factor = radio_.config().contention.interference_factor;
  radius_m_ = range.max_range_m() * (radio_.contention().access() == Access::kOff ? 1 : factor);
  index_.build(slab, packed_.data(), sends_.data(), radius_m_, split);
  if (radio_.contention().access() != Access::kOff) assign_slots(slab, resting);
  split.blocks(agents.num_blocks, [&](int first, int last) { commit(slab, first, last); });
  if (radio_.topology().num_nearest() > 0) {
    nearest_table_ = nearest_.find(slab, {radio_.topology().num_nearest(), kNearestRadius_m});
  }

  if (plain_) choose_all(slab, resting, split);
  split.blocks_by_thread(agents.num_blocks, [&](int first, int last, int thread) {
    const int end = std::min(last * kLanes, agents.num_bodies);
    ReceiveScratch& scratch = scratch_[static_cast<std::size_t>(thread)];
    for (int body = first * kLanes; body < end;) {
      const int world = body / slab.num_agents;
      const int world_end = std::min(end, (world + 1) * slab.num_agents);
      if (resting[world] != 0) {
        body = world_end;
        continue;
      }
      const World around = world_of(slab, world);
      for (; body < world_end; ++body) receive(slab, around, body, scratch);
    }
  });
  if (radio_.config().address.mode != Addressing::kAny) return;
  for (int world = 0; world < slab.num_worlds; ++world) {
    if (resting[world] == 0) miss_far_unicasts(slab, world_of(slab, world));
  }
}

RadioWorker::World RadioWorker::world_of(const Slab& slab, int world) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  return {world * slab.num_agents,
          {header.seed, header.episode, header.step},
          index_.world(world),
          slab.first_world + world};
}

void RadioWorker::draw_fields(const Slab& slab, std::size_t room) {
  reserve_items(shadow_, room);
  reserve_items(fields_, static_cast<std::size_t>(slab.num_worlds));
  for (int world = 0; world < slab.num_worlds; ++world) {
    const WorldHeader& header = slab.worlds[world];
    const RadioKey key{header.seed, header.episode, header.step};
    ShadowField& field = fields_[static_cast<std::size_t>(world)];
    if (!field.is_of(key)) radio_.range().draw_field(key, field);
  }
}

void RadioWorker::search(const World& world, int body, float radius_m,
                         ReceiveScratch& scratch) const noexcept {
  const Vec3 at_w_m = packed_[static_cast<std::size_t>(body)].position_w_m;
  scratch.num_found = find_all(world.index, at_w_m, radius_m, Search::kSenders, scratch.found);
  scratch.bodies.clear();
  if (!radio_.occlusion().counts_bodies()) return;
  const float reach_m = radius_m + radio_.occlusion().body_radius_m();
  const int near = find_all(world.index, at_w_m, reach_m, Search::kAll, scratch.near);
  for (int i = 0; i < near; ++i)
    scratch.bodies.push_back(scratch.near[static_cast<std::size_t>(i)].agent);
}

Reach RadioWorker::reach(const Slab& slab, const World& world, int body, const Found& found,
                         const ReceiveScratch& scratch) const noexcept {
  const int sender_body = world.first_agent + found.agent;
  const int receiver = body - world.first_agent;
  const Vec3 from = packed_[static_cast<std::size_t>(sender_body)].position_w_m;
  const Vec3 at = packed_[static_cast<std::size_t>(body)].position_w_m;
  const RangeModel& range = radio_.range();
  Link link{found.agent, receiver, at - from, found.square_m2, 0};
  const OcclusionModel& occlusion = radio_.occlusion();
  const Bodies others{packed_.data() + world.first_agent, scratch.bodies.data(),
                      static_cast<int>(scratch.bodies.size())};
  if (range.has_shadowing()) {
    link.gain_db = range.shadowing_db(shadow_[static_cast<std::size_t>(sender_body)],
                                      shadow_[static_cast<std::size_t>(body)], found.square_m2);
  }
  if (occlusion.any() && !occlusion.is_hard())
    link.gain_db -= occlusion.loss_db(scene_, from, at, others, found.agent, receiver);

  Reach out;
  const bool contended = radio_.contention().access() != Access::kOff;
  const float factor = radio_.config().contention.interference_factor;
  bool heard = range.is_heard(link);
  out.disturbs = contended && (heard || range.is_heard(link, factor));
  if (!radio_.antenna().is_omni() && (heard || out.disturbs) &&
      !radio_.antenna().connects(slab.agents.quat(sender_body), slab.agents.quat(body),
                                 link.offset_w_m)) {
    heard = out.disturbs = false;
  }
  if (!heard) out.fate = Fate::kOutOfRange;
  if ((heard || out.disturbs) && occlusion.any() && occlusion.is_hard() &&
      occlusion.is_blocked(scene_, from, at, others, found.agent, receiver)) {
    if (heard) out.fate = Fate::kOccluded;
    out.disturbs = false;
  }
  if (out.disturbs && radio_.contention().needs_power()) out.power_db = range.power_db(link);
  return out;
}

bool RadioWorker::is_addressed(int sender_body, int receiver) const noexcept {
  const std::int32_t to = outgoing_[static_cast<std::size_t>(sender_body)].to;
  if (to == kBroadcast) return true;
  const int num_agents = radio_.num_agents();
  return to < num_agents ? to == receiver : radio_.group_of(receiver) == to - num_agents;
}

bool RadioWorker::is_masked(const Slab& slab, const World& world, int sender, int receiver,
                            const LinkDraws& draws) const noexcept {
  const TopologyModel& topology = radio_.topology();
  if (!topology.allows(sender, receiver)) return true;
  if (topology.num_nearest() > 0) {
    const int count = nearest_table_.count;
    const std::int32_t* const row =
        nearest_table_.index + static_cast<std::ptrdiff_t>(world.first_agent + sender) * count;
    if (!TopologyModel::is_among(row, count, receiver)) return true;
  }
  if (radio_.hidden().allowed >= 0) {
    const float probability =
        row_of(slab, world.first_agent + sender, radio_.hidden().allowed + receiver);
    if (!TopologyModel::allows(probability, draws.mask)) return true;
  }
  return radio_.faults().has_partitions() &&
         radio_.faults().is_cut(sender, receiver, world.key.step);
}

// With contention: how each transmission reaches the receiver, and what that does to the others.
void RadioWorker::resolve(const Slab& slab, const World& world, int body,
                          ReceiveScratch& scratch) const noexcept {
  const auto count = static_cast<std::size_t>(scratch.num_found);
  reserve_items(scratch.reaches, count);
  reserve_items(scratch.slot_fates, count);
  scratch.heard.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const Found& found = scratch.found[i];
    const int sender_body = world.first_agent + found.agent;
    const Outgoing& out = outgoing_[static_cast<std::size_t>(sender_body)];
    scratch.reaches[i] = {};
    if (sender_body == body || out.slot == kDeferred) continue;
    scratch.reaches[i] = reach(slab, world, body, found, scratch);
    if (!scratch.reaches[i].disturbs) continue;
    scratch.heard.push_back({static_cast<std::int32_t>(i), scratch.reaches[i].power_db,
                             static_cast<std::int16_t>(out.slot),
                             static_cast<std::int16_t>(out.channel),
                             scratch.reaches[i].fate == Fate::kDelivered});
  }
  scratch.fates.resize(scratch.heard.size());
  const Outgoing& own = outgoing_[static_cast<std::size_t>(body)];
  radio_.contention().resolve(own.sends ? own.slot : kDeferred, scratch.heard, scratch.fates);
  for (std::size_t i = 0; i < scratch.heard.size(); ++i)
    scratch.slot_fates[static_cast<std::size_t>(scratch.heard[i].sender)] = scratch.fates[i];
}

void RadioWorker::begin_receiver(ReceiveScratch& scratch) const noexcept {
  std::fill(scratch.num_arrivals.begin(), scratch.num_arrivals.end(), 0);
  std::fill_n(scratch.num_fates, kNumFates, 0);
  scratch.received_bytes = scratch.delay_steps = 0;
}

// A radio of discs and constant loss, heard by everyone, of messages that all take equally long, is
// what most learners fly with. Its receivers are first looked after in the order of cells, where the
// agents near the one are near the next too, and given what they heard in their own order: in a
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

void RadioWorker::receive(const Slab& slab, const World& world, int body,
                          ReceiveScratch& scratch) noexcept {
  if (packed_[static_cast<std::size_t>(body)].present == 0) return;
  const int receiver = body - world.first_agent;
  const FaultModel& faults = radio_.faults();
  const bool is_up =
      row_of(slab, body, radio_.alive_row()) != 0 && !faults.is_out(receiver, world.key.step);
  const bool contended = radio_.contention().access() != Access::kOff;
  const float most_m = radio_.range().max_range_m();
  const int listens = radio_.listens_to(receiver);
  const int channel = listens >= 0 ? listens
                      : radio_.rows().channel >= 0
                          ? static_cast<int>(row_of(slab, body, radio_.rows().channel) + 0.5F)
                          : 0;

  if (plain_ && is_up) {
    deliver_chosen(slab, world, body, scratch);
    return;
  }
  search(world, body, radius_m_, scratch);
  if (contended) resolve(slab, world, body, scratch);
  begin_receiver(scratch);
  for (std::size_t i = 0; i < static_cast<std::size_t>(scratch.num_found); ++i) {
    const Found& found = scratch.found[i];
    const int sender_body = world.first_agent + found.agent;
    const Outgoing& out = outgoing_[static_cast<std::size_t>(sender_body)];
    const bool own = sender_body == body;
    if (out.slot == kDeferred || out.channel != channel || !(found.square_m2 < most_m * most_m) ||
        !is_addressed(sender_body, receiver))
      continue;
    if (own && !radio_.config().address.echo) continue;

    const auto sender = static_cast<std::uint32_t>(found.agent);
    const LinkDraws draws =
        radio_.needs_draws() ? link_draws(world.key, sender, static_cast<std::uint32_t>(receiver))
                             : LinkDraws{};
    Fate fate = Fate::kDelivered;
    if (!is_up) {
      fate = Fate::kReceiverDead;
    } else if (!own) {
      if (is_masked(slab, world, found.agent, receiver, draws)) {
        fate = Fate::kMasked;
      } else {
        fate = (contended ? scratch.reaches[i] : reach(slab, world, body, found, scratch)).fate;
        if (fate == Fate::kDelivered && contended) fate = scratch.slot_fates[i];
        if (fate == Fate::kDelivered && faults.has_jammers() &&
            faults.is_jammed(packed_[static_cast<std::size_t>(body)].position_w_m, world.key.step,
                             draws.jam))
          fate = Fate::kJammed;
        if (fate == Fate::kDelivered && radio_.loss().any()) {
          fate = radio_.loss().fate(world.key, sender, static_cast<std::uint32_t>(receiver), draws,
                                    std::sqrt(found.square_m2), out.bytes);
        }
      }
    }
    const Arrival arrival{found.square_m2, found.agent, out.created};
    if (fate == Fate::kDelivered) {
      accept(world, body, arrival, draws, scratch);
    } else {
      count_fate(world, body, arrival, fate, 0, scratch);
    }
  }
  deliver(slab, world, body, scratch);
}

// Messages to one agent that no search near it has found.
void RadioWorker::miss_far_unicasts(const Slab& slab, const World& world) noexcept {
  const float most_m = radio_.range().max_range_m();
  const int counts = radio_.rows().counts;
  for (int agent = 0; agent < slab.num_agents; ++agent) {
    const int body = world.first_agent + agent;
    const Outgoing& out = outgoing_[static_cast<std::size_t>(body)];
    if (!out.sends || out.slot == kDeferred || out.to < 0 || out.to >= radio_.num_agents() ||
        out.to == agent)
      continue;
    const int to_body = world.first_agent + out.to;
    const swarm::PackedAgent& to = packed_[static_cast<std::size_t>(to_body)];
    const Vec3 offset = to.position_w_m - packed_[static_cast<std::size_t>(body)].position_w_m;
    const bool there = to.present != 0;
    if (there && dot(offset, offset) < most_m * most_m) continue;
    const Fate fate = there ? Fate::kOutOfRange : Fate::kReceiverDead;
    row_of(slab, to_body, counts + static_cast<int>(fate)) += 1;
    row_of(slab, to_body, counts + kCandidates) += 1;
    if (radio_.config().trace) {
      scratch_.front().packets.push_back({world.number, world.key.step, agent, out.to,
                                          static_cast<std::int32_t>(fate), 0, out.bytes,
                                          there ? std::sqrt(dot(offset, offset)) : 0});
    }
  }
}

}  // namespace volery::radio
