// What each agent puts on the air: its action's message or the oldest of its queue, within its rate
// and, with contention, in a slot.
#include <algorithm>
#include <span>

#include "radio/queue.hpp"
#include "radio/worker.hpp"

namespace volery::radio {

namespace {

RadioKey key_of(const WorldHeader& header) noexcept {
  return {header.seed, header.episode, header.step};
}

}  // namespace

// The message of the outbox waits. False where one was dropped for want of room.
bool RadioWorker::queue_own(const Rows& rows, const Outgoing& out) const noexcept {
  return SendQueue(radio_, rows).push(out, &rows[radio_.rows().data], kLanes);
}

void RadioWorker::take_outgoing(const Slab& slab, int body, const RadioKey& key,
                                Outgoing& out) noexcept {
  const MessageRows& message = radio_.rows();
  const HiddenRows& hidden = radio_.hidden();
  const RadioConfig& config = radio_.config();
  const Rows rows(slab.agents, body);
  const int agent = body % slab.num_agents;
  const int counts = message.counts;

  const bool is_up = rows[radio_.alive_row()] != 0 && !radio_.faults().is_out(agent, key.step);
  up_[static_cast<std::size_t>(body)] = is_up ? 1.0F : 0.0F;
  bool wants = is_up && rows[message.send] > 0;
  if (wants) {
    out.to = message.to < 0 ? static_cast<int>(kBroadcast) : whole(rows[message.to]);
    // the inbox still is the one that the agent saw when it answered
    if (out.to == kReply) out.to = whole(rows[message.from]) - 1;
    if (out.to == kBroadcast && message.to >= 0 && whole(rows[message.to]) == kReply) wants = false;
    out.channel = message.channel < 0 ? 0 : whole(rows[message.channel]);
    out.created = key.step;
    out.origin = agent;
    out.hops = config.address.ttl;
    out.bytes = radio_.bytes_of(message.length < 0 ? 0.0F : rows[message.length]);
  }

  // what waits goes first
  const bool queues = config.bandwidth.queue > 0;
  const SendQueue queue(radio_, rows);
  if (is_up && !queue.empty()) {
    if (wants && !queue_own(rows, out)) rows[counts + kRefusedQueue] += 1;
    out = {queue.front()};
    out.sends = out.queued = true;
  } else {
    out.sends = wants;
  }

  if (hidden.busy >= 0) {
    out.busy_s = rows[hidden.busy];
    rows[hidden.busy] = std::max(out.busy_s - radio_.step_s(), 0.0F);
  }
  if (radio_.bucket().any()) rows[hidden.tokens] = radio_.bucket().refilled(rows[hidden.tokens]);
  if (config.energy.listen_w > 0 && is_up)
    rows[counts + kEnergyJ] += config.energy.listen_w * radio_.step_s();
  if (!out.sends) return;

  const bool affords =
      !radio_.bucket().any() || static_cast<float>(out.bytes) <= rows[hidden.tokens];
  if (affords && out.busy_s < radio_.step_s()) {
    out.extra_steps = radio_.whole_steps(out.busy_s + radio_.airtime_s(out.bytes));
    return;
  }
  // not now: it waits where there is a queue
  if (!out.queued && !queue_own(rows, out))
    rows[counts + (queues ? kRefusedQueue : kRefusedRate)] += 1;
  out.sends = false;
}

void RadioWorker::take_payload(const Slab& slab, int body, const RadioKey& key,
                               const Outgoing& out) noexcept {
  const MessageRows& message = radio_.rows();
  const Rows rows(slab.agents, body);
  const int size = message.size;
  float* const payload = payload_.data() + static_cast<std::ptrdiff_t>(body) * payload_stride_;
  const int first = out.queued ? SendQueue(radio_, rows).front_payload() : message.data;
  for (int i = 0; i < size; ++i) payload[i] = rows[first + i];
  const PayloadKind kind = radio_.config().payload.kind;
  if (kind == PayloadKind::kToken) {
    const auto best = std::max_element(payload, payload + size) - payload;
    std::fill_n(payload, size, 0.0F);
    payload[best] = 1;
  } else if (kind == PayloadKind::kFloats) {
    if (radio_.config().payload.quantize_bits > 0) {
      for (int i = 0; i < size; ++i) payload[i] = radio_.quantized(payload[i]);
    }
  } else {
    for (int i = 0; i < size; ++i) payload[i] = static_cast<float>(whole(payload[i]));
    // bytes beyond the length were not sent
    const int length = static_cast<int>(payload[size - 1]);
    std::fill(payload + length, payload + size - 1, 0.0F);
  }
  if (radio_.faults().has_liars()) radio_.lie(key, body % slab.num_agents, payload);
}

void RadioWorker::collect(const Slab& slab, const std::uint8_t* resting, int first_block,
                          int last_block) noexcept {
  swarm::pack_agents(slab.agents, first_block, last_block, packed_.data());
  const int begin = first_block * kLanes;
  const int last = std::min(last_block * kLanes, slab.agents.num_bodies);
  for (int world = begin / slab.num_agents; world * slab.num_agents < last; ++world) {
    if (resting[world] == 0 && slab.worlds[world].status == kStatusOk) continue;
    const int end = std::min(last, (world + 1) * slab.num_agents);
    for (int body = std::max(begin, world * slab.num_agents); body < end; ++body)
      packed_[static_cast<std::size_t>(body)].present = 0;
  }
  if (ways_.sends_in_lanes) {
    take_messages(radio_, slab.agents, packed_.data(), first_block, last_block, sends_.data(),
                  up_.data(), payload_.data());
    return;
  }
  for (int body = begin; body < last; ++body) {
    const auto at = static_cast<std::size_t>(body);
    const int world = body / slab.num_agents;
    Outgoing& out = outgoing_[at];
    out = {};
    if (packed_[at].present != 0) {
      const RadioKey key = key_of(slab.worlds[world]);
      take_outgoing(slab, body, key, out);
      if (out.sends) take_payload(slab, body, key, out);
      if (radio_.range().has_shadowing()) {
        shadow_[at] = radio_.range().node_value(fields_[static_cast<std::size_t>(world)],
                                                packed_[at].position_w_m, key.step);
      }
    }
    sends_[at] = out.sends ? 1.0F : 0.0F;
  }
}

// Which of a world's senders hear which.
void RadioWorker::list_hearing(const Slab& slab, int world) noexcept {
  const int first_agent = world * slab.num_agents;
  const IndexArrays index = index_.world(world);
  ReceiveScratch& scratch = scratch_.front();
  const World around{first_agent, key_of(slab.worlds[world]), index, 0, {}};
  const bool several_channels = radio_.config().address.channels > 1;
  hearing_.clear();
  hearing_first_.assign(1, 0);
  for (const std::int32_t agent : senders_) {
    const int body = first_agent + agent;
    find_links(around, body, scratch);
    for (int i = 0; i < scratch.num_found; ++i) {
      const Found& found = scratch.found[i];
      if (found.agent == agent) continue;
      const auto other = static_cast<std::size_t>(first_agent + found.agent);
      if (several_channels &&
          outgoing_[other].channel != outgoing_[static_cast<std::size_t>(body)].channel)
        continue;
      if (scratch.reaches[i].disturbs)
        hearing_.push_back(sender_index_[static_cast<std::size_t>(found.agent)]);
    }
    hearing_first_.push_back(static_cast<std::int32_t>(hearing_.size()));
  }
}

void RadioWorker::assign_slots(const Slab& slab, const std::uint8_t* resting) noexcept {
  const ContentionModel& contention = radio_.contention();
  for (int world = 0; world < slab.num_worlds; ++world) {
    if (resting[world] != 0) continue;
    const int first_agent = world * slab.num_agents;
    senders_.clear();
    for (int agent = 0; agent < slab.num_agents; ++agent) {
      if (sends_[static_cast<std::size_t>(first_agent + agent)] == 0) continue;
      sender_index_[static_cast<std::size_t>(agent)] = static_cast<std::int32_t>(senders_.size());
      senders_.push_back(agent);
    }
    if (senders_.empty()) continue;
    if (contention.needs_hearing()) list_hearing(slab, world);
    slots_.resize(senders_.size());
    slot_scratch_.reserve(static_cast<int>(senders_.size()), contention.config().backoff_window);
    contention.assign_slots(key_of(slab.worlds[world]), senders_, {hearing_first_, hearing_},
                            slot_scratch_, slots_);
    for (std::size_t i = 0; i < senders_.size(); ++i)
      outgoing_[static_cast<std::size_t>(first_agent + senders_[i])].slot = slots_[i];
  }
}

void RadioWorker::commit(const Slab& slab, int first_block, int last_block) noexcept {
  const HiddenRows& hidden = radio_.hidden();
  const int counts = radio_.rows().counts;
  const int last = std::min(last_block * kLanes, slab.agents.num_bodies);
  for (int body = first_block * kLanes; body < last; ++body) {
    Outgoing& out = outgoing_[static_cast<std::size_t>(body)];
    if (!out.sends) continue;
    const Rows rows(slab.agents, body);
    if (out.slot == kDeferred) {
      if (!out.queued && !queue_own(rows, out))
        rows[counts + (radio_.config().bandwidth.queue > 0 ? kRefusedQueue : kNoSlot)] += 1;
      continue;
    }
    if (out.queued) SendQueue(radio_, rows).pop();
    if (radio_.bucket().any()) (void)radio_.bucket().take(rows[hidden.tokens], out.bytes);
    const float airtime_s = radio_.airtime_s(out.bytes);
    // what is left of it when the next step begins
    if (hidden.busy >= 0)
      rows[hidden.busy] = std::max(out.busy_s + airtime_s - radio_.step_s(), 0.0F);
    rows[counts + kSent] += 1;
    rows[counts + kBytesSent] += static_cast<float>(out.bytes);
    rows[counts + kAirtimeS] += airtime_s;
    rows[counts + kEnergyJ] += static_cast<float>(out.bytes) * radio_.config().energy.tx_j_per_byte;
  }
}

}  // namespace volery::radio
