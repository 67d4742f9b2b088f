// What reaches each receiver: every transmission to a candidate gets exactly one fate, in the order
// of the stages: receiver, mask, range, occlusion, contention, jamming, loss, delay, inbox.
#include <algorithm>
#include <cmath>

#include "radio/worker.hpp"

namespace volery::radio {

namespace {

constexpr std::size_t kLeastFound = 256;

// All agents within a radius, in memory that grows as needed.
int find_all(const IndexArrays& index, Vec3 at_w_m, float radius_m, Search search,
             std::vector<Found>& found) noexcept {
  reserve_items(found, kLeastFound);
  const auto room = [&] { return static_cast<int>(found.size()); };
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

// Discs of one size: whoever is found within their radius is heard, or disturbs, walls apart.
bool finds_only_what_matters(const Radio& radio) noexcept {
  const RangeConfig& range = radio.config().range;
  return range.kind == RangeKind::kDisc && range.range_m.size() == 1 && radio.antenna().is_omni();
}

}  // namespace

RadioWorker::RadioWorker(const Radio& radio, const Scene& scene, int num_threads)
    : radio_(radio),
      scene_(scene),
      shortest_{is_plain(radio), writes_in_lanes(radio), sends_in_lanes(radio)},
      traces_(radio.config().trace),
      payload_stride_(payload_stride(radio.rows().size)),
      contended_(radio.contention().access() != Access::kOff),
      every_found_link_matters_(finds_only_what_matters(radio)),
      scratch_(static_cast<std::size_t>(num_threads)) {
  const auto delays = static_cast<std::size_t>(radio.num_delays());
  const auto slots = static_cast<std::size_t>(radio.rows().slots);
  for (ReceiveScratch& scratch : scratch_) {
    scratch.arrivals.resize(delays * slots);
    scratch.num_arrivals.resize(delays);
    scratch.merged.resize(2 * slots *
                          static_cast<std::size_t>(radio.rows().slot_size + kFlightHead));
  }
}

// The short ways keep no packets and know of no jammers. Results are the same on either.
RadioWorker::Ways RadioWorker::choose_ways(const Slab& slab) const noexcept {
  if (!shortest_.plain || traces_) return {};
  for (int world = 0; slab.jammers != nullptr && world < slab.num_worlds; ++world) {
    if (slab.jammers[world].count > 0) return {};
  }
  return shortest_;
}

void RadioWorker::expect_jammers() {
  for (ReceiveScratch& scratch : scratch_)
    reserve_items(scratch.found_memory,
                  std::max(kLeastFound, static_cast<std::size_t>(radio_.num_agents())));
}

void RadioWorker::reserve(const Slab& slab) {
  const auto room = static_cast<std::size_t>(slab.agents.num_blocks * kLanes);
  // one more than there are agents: its payload is silence
  reserve_items(packed_, room + 1);
  reserve_items(outgoing_, room);
  reserve_items(sends_, room);
  reserve_items(up_, room);
  const std::size_t numbers = room * static_cast<std::size_t>(payload_stride_);
  reserve_items(payload_, numbers + static_cast<std::size_t>(payload_stride_));
  std::fill_n(payload_.data() + numbers, payload_stride_, 0.0F);
  reserve_items(sender_index_, static_cast<std::size_t>(slab.num_agents));
  if (ways_.plain) heard_.reserve(slab.agents.num_blocks, radio_.rows().slots);
  if (radio_.range().has_shadowing()) draw_fields(slab, room);
}

Talkers RadioWorker::talkers(const Slab& slab) const noexcept {
  return {packed_.data(),  sends_.data(),
          up_.data(),      payload_.data(),
          payload_stride_, static_cast<std::ptrdiff_t>(slab.agents.num_blocks) * kLanes};
}

void RadioWorker::exchange(const Slab& slab, const std::uint8_t* resting,
                           const Split& split) noexcept {
  const Blocks& agents = slab.agents;
  ways_ = choose_ways(slab);
  reserve(slab);
  split.blocks(agents.num_blocks,
               [&](int first, int last) { collect(slab, resting, first, last); });
  const float factor = radio_.config().contention.interference_factor;
  radius_m_ = radio_.range().max_range_m() * (contended_ ? factor : 1);
  index_.build(slab, packed_.data(), sends_.data(), radius_m_, split);
  // who listens before it sends has to look first; else only those are looked at who send
  const bool listens = radio_.contention().needs_hearing();
  if (contended_ && !listens) assign_slots(slab, resting);
  if (contended_) look_around(slab, resting, split);
  if (contended_ && listens) assign_slots(slab, resting);
  if (!ways_.sends_in_lanes)
    split.blocks(agents.num_blocks, [&](int first, int last) { commit(slab, first, last); });
  if (radio_.topology().num_nearest() > 0) {
    nearest_table_ = nearest_.find(slab, {radio_.topology().num_nearest(), kNearestRadius_m});
  }

  if (ways_.plain) choose_all(slab, resting, split);
  if (ways_.writes_in_lanes) {
    split.blocks_by_thread(agents.num_blocks, [&](int first, int last, int thread) {
      write_inboxes(radio_, slab, talkers(slab), heard_, first, last,
                    scratch_[static_cast<std::size_t>(thread)].saved);
    });
    return;
  }
  each_body(slab, resting, split, [&](const World& world, int body, int thread) {
    receive(slab, world, body, scratch_[static_cast<std::size_t>(thread)]);
  });
  // who is not near may still be reached by relays
  if (radio_.config().address.mode != Addressing::kAny || radio_.relays()) return;
  for (int world = 0; world < slab.num_worlds; ++world) {
    if (resting[world] == 0) miss_far_unicasts(slab, world_of(slab, world));
  }
}

RadioWorker::World RadioWorker::world_of(const Slab& slab, int world) const noexcept {
  const WorldHeader& header = slab.worlds[world];
  return {world * slab.num_agents,
          {header.seed, header.episode, header.step},
          index_.world(world),
          slab.first_world + world,
          slab.jammers_of(world)};
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
  scratch.num_found =
      find_all(world.index, at_w_m, radius_m, Search::kSenders, scratch.found_memory);
  scratch.found = scratch.found_memory.data();
  scratch.bodies.clear();
  if (!radio_.occlusion().counts_bodies()) return;
  const float reach_m = radius_m + radio_.occlusion().body_radius_m();
  const int near = find_all(world.index, at_w_m, reach_m, Search::kAll, scratch.near);
  for (int i = 0; i < near; ++i)
    scratch.bodies.push_back(scratch.near[static_cast<std::size_t>(i)].agent);
}

// The links of an agent: searched for now, or as look_around() has seen them.
void RadioWorker::find_links(const World& world, int body, ReceiveScratch& scratch) const noexcept {
  if (!contended_) {
    search(world, body, radius_m_, scratch);
    return;
  }
  const Sight& sight = sights_[static_cast<std::size_t>(body)];
  const ReceiveScratch& memory = scratch_[static_cast<std::size_t>(sight.thread)];
  scratch.found = memory.seen.data() + sight.first;
  scratch.reaches = memory.seen_reaches.data() + sight.first;
  scratch.num_found = sight.count;
}

Reach RadioWorker::reach(const Slab& slab, const World& world, int body, const Found& found,
                         const float* walls) const noexcept {
  const int sender_body = world.first_agent + found.agent;
  const Vec3 from = packed_[static_cast<std::size_t>(sender_body)].position_w_m;
  const Vec3 at = packed_[static_cast<std::size_t>(body)].position_w_m;
  const RangeModel& range = radio_.range();
  Link link{found.agent, body - world.first_agent, at - from, found.square_m2, 0};
  if (range.has_shadowing()) {
    link.gain_db = range.shadowing_db(shadow_[static_cast<std::size_t>(sender_body)],
                                      shadow_[static_cast<std::size_t>(body)], found.square_m2);
  }
  const bool is_hard = radio_.occlusion().is_hard();
  if (walls != nullptr && !is_hard) link.gain_db -= *walls;

  Reach out;
  const float factor = radio_.config().contention.interference_factor;
  bool heard = range.is_heard(link);
  out.disturbs = contended_ && (heard || range.is_heard(link, factor));
  if (!radio_.antenna().is_omni() && (heard || out.disturbs) &&
      !radio_.antenna().connects(slab.agents.quat(sender_body), slab.agents.quat(body),
                                 link.offset_w_m)) {
    heard = out.disturbs = false;
  }
  if (!heard) out.fate = Fate::kOutOfRange;
  if (walls != nullptr && is_hard && *walls != 0) {
    if (heard) out.fate = Fate::kOccluded;
    out.disturbs = false;
  }
  if (out.disturbs && radio_.contention().needs_power()) out.power_db = range.power_db(link);
  return out;
}

// The same with what stands between. No ray where it decides nothing: walls only take away.
Reach RadioWorker::reach_past_walls(const Slab& slab, const World& world, int body,
                                    const Found& found,
                                    const ReceiveScratch& scratch) const noexcept {
  const Reach clear = reach(slab, world, body, found, nullptr);
  if (!radio_.occlusion().any() || !clear.matters()) return clear;
  const float walls = walls_between(world, body, found, scratch);
  return reach(slab, world, body, found, &walls);
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
void RadioWorker::resolve(const World& world, int body, ReceiveScratch& scratch) const noexcept {
  const auto count = static_cast<std::size_t>(scratch.num_found);
  reserve_items(scratch.slot_fates, count);
  scratch.heard.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const int sender_body = world.first_agent + scratch.found[i].agent;
    const Outgoing& out = outgoing_[static_cast<std::size_t>(sender_body)];
    const Reach& reach = scratch.reaches[i];
    if (sender_body == body || out.slot == kDeferred || !reach.disturbs) continue;
    scratch.heard.push_back(
        {static_cast<std::int32_t>(i), reach.power_db, static_cast<std::int16_t>(out.slot),
         static_cast<std::int16_t>(out.channel), reach.fate == Fate::kDelivered});
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

// Whether no wall and no collision stops the transmission scratch.found[index], where that is
// known.
bool RadioWorker::gets_through(std::size_t index, const ReceiveScratch& scratch) const noexcept {
  return !contended_ || (scratch.reaches[index].fate == Fate::kDelivered &&
                         scratch.slot_fates[index] == Fate::kDelivered);
}

// What happens to the transmission scratch.found[index] on its way to a receiver that listens.
Fate RadioWorker::fate_of(const Slab& slab, const World& world, int body, std::size_t index,
                          const LinkDraws& draws, const ReceiveScratch& scratch) const noexcept {
  const Found& found = scratch.found[index];
  const int receiver = body - world.first_agent;
  if (is_masked(slab, world, found.agent, receiver, draws)) return Fate::kMasked;
  const Reach reached =
      contended_ ? scratch.reaches[index] : reach_past_walls(slab, world, body, found, scratch);
  if (reached.fate != Fate::kDelivered) return reached.fate;
  if (contended_ && scratch.slot_fates[index] != Fate::kDelivered) return scratch.slot_fates[index];
  if ((radio_.faults().has_jammers() || !world.jammers.empty()) &&
      radio_.faults().is_jammed(packed_[static_cast<std::size_t>(body)].position_w_m,
                                world.key.step, draws.jam, world.jammers))
    return Fate::kJammed;
  if (!radio_.loss().any()) return Fate::kDelivered;
  const Outgoing& out = outgoing_[static_cast<std::size_t>(world.first_agent + found.agent)];
  return radio_.loss().fate(world.key, static_cast<std::uint32_t>(found.agent),
                            static_cast<std::uint32_t>(receiver), draws, std::sqrt(found.square_m2),
                            out.bytes);
}

void RadioWorker::receive(const Slab& slab, const World& world, int body,
                          ReceiveScratch& scratch) noexcept {
  if (packed_[static_cast<std::size_t>(body)].present == 0) return;
  const int receiver = body - world.first_agent;
  const bool is_up = up_[static_cast<std::size_t>(body)] != 0;
  const float most_m = radio_.range().max_range_m();
  const int listens = radio_.listens_to(receiver);
  const int channel = listens >= 0 ? listens
                      : radio_.rows().channel >= 0
                          ? static_cast<int>(row_of(slab, body, radio_.rows().channel) + 0.5F)
                          : 0;

  if (ways_.plain) {
    deliver_chosen(slab, world, body, scratch);
    return;
  }
  find_links(world, body, scratch);
  if (contended_) resolve(world, body, scratch);
  begin_receiver(scratch);
  scratch.relayed.clear();
  const bool needs_draws = radio_.needs_draws() || !world.jammers.empty();
  for (std::size_t i = 0; i < static_cast<std::size_t>(scratch.num_found); ++i) {
    const Found& found = scratch.found[i];
    const int sender_body = world.first_agent + found.agent;
    const Outgoing& out = outgoing_[static_cast<std::size_t>(sender_body)];
    const bool own = sender_body == body;
    const bool addressed = is_addressed(sender_body, receiver);
    if (out.slot == kDeferred || out.channel != channel || !(found.square_m2 < most_m * most_m) ||
        !(addressed || radio_.relays()))
      continue;
    if (own && !radio_.config().address.echo) continue;

    const auto sender = static_cast<std::uint32_t>(found.agent);
    // luck is asked for by a mask, or by what got through to the receiver
    const bool draws_it =
        needs_draws && is_up && (radio_.hidden().allowed >= 0 || own || gets_through(i, scratch));
    const LinkDraws draws =
        draws_it ? link_draws(world.key, sender, static_cast<std::uint32_t>(receiver))
                 : LinkDraws{};
    Fate fate = Fate::kDelivered;
    if (!is_up) {
      fate = Fate::kReceiverDead;
    } else if (!own) {
      fate = fate_of(slab, world, body, i, draws, scratch);
    }
    const Arrival arrival{found.square_m2, found.agent, out.created};
    if (fate == Fate::kDelivered && radio_.relays()) {
      scratch.relayed.push_back({arrival, draws, addressed});
    } else if (fate == Fate::kDelivered) {
      accept(world, body, arrival, draws, scratch);
    } else {
      count_fate(world, body, arrival, fate, 0, scratch);
    }
  }
  if (radio_.relays()) relay(slab, world, body, scratch);
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
    if (traces_) {
      scratch_.front().packets.push_back({world.number, world.key.step, agent, out.to,
                                          static_cast<std::int32_t>(fate), 0, out.bytes,
                                          there ? std::sqrt(dot(offset, offset)) : 0});
    }
  }
}

}  // namespace volery::radio
