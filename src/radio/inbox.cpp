// From what arrives to what the agent sees: delays, room, and how long a message stays.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/math.hpp"
#include "radio/worker.hpp"

namespace volery::radio {

namespace {

// 16 apart, as the rows of a lane are.
float& lane_row(float* lane, int row) noexcept {
  return lane[row * kLanes];
}

// Which of two messages comes first. No two of one receiver and step are equal.
bool comes_before(InboxOrder order, const Arrival& a, const Arrival& b) noexcept {
  if (order == InboxOrder::kNewest && a.created != b.created) return a.created > b.created;
  if (a.square_m2 != b.square_m2) return a.square_m2 < b.square_m2;
  if (a.created != b.created) return a.created > b.created;
  return a.sender < b.sender;
}

// A vector of random direction whose length is normal.
Vec3 noise_vector(const std::array<std::uint32_t, 4>& words, float sigma_m) noexcept {
  const float up = 2 * unit_of(words[0]) - 1;
  const float out = std::sqrt(std::max(0.0F, 1 - up * up));
  const float turn_rad = 2 * kPi * unit_of(words[1]);
  // Box and Muller (1958); 1 - uniform lies in (0, 1]
  const float radius = std::sqrt(-2 * log(1 - unit_of(words[2])));
  const float length_m = sigma_m * radius * cos(2 * kPi * unit_of(words[3]));
  return Vec3{out * cos(turn_rad), out * sin(turn_rad), up} * length_m;
}

}  // namespace

void RadioWorker::count_fate(const World& world, int body, const Arrival& arrival, Fate fate,
                             int delay_steps, ReceiveScratch& scratch) const noexcept {
  ++scratch.num_fates[static_cast<int>(fate)];
  const Outgoing& out = outgoing_[static_cast<std::size_t>(world.first_agent + arrival.sender)];
  if (fate == Fate::kDelivered) {
    scratch.received_bytes += out.bytes;
    scratch.delay_steps += delay_steps;
  }
  if (!traces_) return;
  scratch.packets.push_back({world.number, world.key.step, arrival.sender, body - world.first_agent,
                             static_cast<std::int32_t>(fate),
                             fate == Fate::kDelivered ? delay_steps : 0, out.bytes,
                             std::sqrt(arrival.square_m2)});
}

void RadioWorker::accept(const World& world, int body, const Arrival& arrival,
                         const LinkDraws& draws, ReceiveScratch& scratch) const noexcept {
  const TimingConfig& timing = radio_.config().timing;
  const Outgoing& out = outgoing_[static_cast<std::size_t>(world.first_agent + arrival.sender)];
  int delay = timing.latency_steps + out.extra_steps;
  if (timing.jitter_steps > 0) {
    delay += static_cast<int>(
        below_of(draws.jitter, static_cast<std::uint32_t>(timing.jitter_steps) + 1));
  }
  const int age = static_cast<int>(world.key.step - out.created) + delay;
  if (timing.expire_steps > 0 && age > timing.expire_steps) {
    count_fate(world, body, arrival, Fate::kExpired, delay, scratch);
    return;
  }
  // the first of their step, in order; the last one makes room
  const int slots = radio_.rows().slots;
  const auto list = static_cast<std::size_t>(delay - 1);
  Arrival* const first = scratch.arrivals.data() + list * static_cast<std::size_t>(slots);
  std::int32_t& number = scratch.num_arrivals[list];
  int at = number;
  while (at > 0 && comes_before(radio_.config().inbox.order, arrival, first[at - 1])) --at;
  if (number == slots) {
    const Arrival& last = at == slots ? arrival : first[slots - 1];
    count_fate(world, body, last, Fate::kInboxFull, delay, scratch);
    if (at == slots) return;
  } else {
    ++number;
  }
  std::copy_backward(first + at, first + number - 1, first + number);
  first[at] = arrival;
}

void RadioWorker::write_message(const Slab& slab, const World& world, int body,
                                const Arrival& arrival, float* slot, float* from,
                                float* sent) const noexcept {
  const MessageRows& rows = radio_.rows();
  const auto sender_body = static_cast<std::size_t>(world.first_agent + arrival.sender);
  lane_row(slot, rows.valid) = 1;
  const int origin = outgoing_[sender_body].origin;
  *from = static_cast<float>(origin + 1);
  *sent = static_cast<float>(arrival.created);
  if (rows.distance >= 0 || rows.bearing >= 0) {
    Vec3 offset_w_m =
        packed_[sender_body].position_w_m - packed_[static_cast<std::size_t>(body)].position_w_m;
    const float sigma_m = radio_.config().inbox.position_noise_m;
    if (sigma_m > 0) {
      const auto words = noise_words(world.key, static_cast<std::uint32_t>(arrival.sender),
                                     static_cast<std::uint32_t>(body - world.first_agent));
      offset_w_m = offset_w_m + noise_vector(words, sigma_m);
    }
    const float distance_m = std::sqrt(dot(offset_w_m, offset_w_m));
    if (rows.distance >= 0) lane_row(slot, rows.distance) = distance_m;
    if (rows.bearing >= 0) {
      // in one place there is no direction
      const float per_m = distance_m > 0 ? 1 / distance_m : 0.0F;
      const Vec3 bearing = rotate_inverse(slab.agents.quat(body), offset_w_m * per_m);
      lane_row(slot, rows.bearing) = bearing.x;
      lane_row(slot, rows.bearing + 1) = bearing.y;
      lane_row(slot, rows.bearing + 2) = bearing.z;
    }
  }
  if (rows.velocity >= 0) {
    const Vec3 velocity_w_mps = packed_[sender_body].velocity_w_mps -
                                packed_[static_cast<std::size_t>(body)].velocity_w_mps;
    const Vec3 velocity_b_mps = rotate_inverse(slab.agents.quat(body), velocity_w_mps);
    lane_row(slot, rows.velocity) = velocity_b_mps.x;
    lane_row(slot, rows.velocity + 1) = velocity_b_mps.y;
    lane_row(slot, rows.velocity + 2) = velocity_b_mps.z;
  }
  if (rows.sender >= 0) lane_row(slot, rows.sender) = static_cast<float>(origin);
  const float* const payload =
      payload_.data() + sender_body * static_cast<std::size_t>(payload_stride_);
  for (int i = 0; i < rows.size; ++i) lane_row(slot, rows.payload + i) = payload[i];
}

// Everything arrives in the next observation and leaves with it.
void RadioWorker::fill_inbox(const Slab& slab, const World& world, int body,
                             ReceiveScratch& scratch) const noexcept {
  const MessageRows& rows = radio_.rows();
  float* const lane = slab.agents.block(body / kLanes) + body % kLanes;
  const float age_s = radio_.step_s();
  const std::int32_t number = scratch.num_arrivals[0];
  for (int k = 0; k < rows.slots; ++k) {
    float* const slot = &lane_row(lane, rows.inbox + k * rows.slot_size);
    float& from = lane_row(lane, rows.from + k);
    float& sent = lane_row(lane, rows.sent + k);
    if (k < number) {
      const Arrival& arrival = scratch.arrivals[static_cast<std::size_t>(k)];
      count_fate(world, body, arrival, Fate::kDelivered, 1, scratch);
      write_message(slab, world, body, arrival, slot, &from, &sent);
      lane_row(slot, rows.age) = age_s * (1 + static_cast<float>(world.key.step - arrival.created));
    } else if (from != 0) {
      for (int r = 0; r < rows.slot_size; ++r) lane_row(slot, r) = 0;
      from = sent = 0;
    }
  }
}

// Arrivals take the room that is left in the step that they arrive in.
void RadioWorker::keep_for_later(const Slab& slab, const World& world, int body,
                                 ReceiveScratch& scratch) const noexcept {
  const MessageRows& rows = radio_.rows();
  const int stride = rows.slot_size + kFlightHead;
  float* const lane = slab.agents.block(body / kLanes) + body % kLanes;
  const int num_delays = radio_.num_delays();
  for (int delay = 1; delay <= num_delays; ++delay) {
    const std::int32_t number = scratch.num_arrivals[static_cast<std::size_t>(delay - 1)];
    if (number == 0) continue;
    const Arrival* const arrivals =
        scratch.arrivals.data() + static_cast<std::ptrdiff_t>(delay - 1) * rows.slots;
    float* const step =
        &lane_row(lane, radio_.hidden().in_flight + flight_of(world, delay) * rows.slots * stride);
    int taken = 0;
    while (taken < rows.slots && lane_row(step, taken * stride + rows.slot_size) != 0) ++taken;
    for (int i = 0; i < number; ++i, ++taken) {
      const bool fits = taken < rows.slots;
      count_fate(world, body, arrivals[i], fits ? Fate::kDelivered : Fate::kInboxFull, delay,
                 scratch);
      if (!fits) continue;
      float* const slot = &lane_row(step, taken * stride);
      write_message(slab, world, body, arrivals[i], slot, &lane_row(slot, rows.slot_size),
                    &lane_row(slot, rows.slot_size + 1));
    }
  }
}

int RadioWorker::flight_of(const World& world, int delay) const noexcept {
  return static_cast<int>((world.key.step + static_cast<std::uint32_t>(delay)) %
                          static_cast<std::uint32_t>(radio_.num_delays()));
}

void RadioWorker::deliver(const Slab& slab, const World& world, int body,
                          ReceiveScratch& scratch) const noexcept {
  if (radio_.arrives_at_once()) {
    fill_inbox(slab, world, body, scratch);
  } else {
    keep_for_later(slab, world, body, scratch);
    merge(slab, world, body, scratch);
  }
  float* const lane = slab.agents.block(body / kLanes) + body % kLanes;
  float* const counts = &lane_row(lane, radio_.rows().counts);
  int candidates = 0;
  for (int fate = 0; fate < kNumFates; ++fate) {
    const int number = scratch.num_fates[fate];
    if (number == 0) continue;
    lane_row(counts, fate) += static_cast<float>(number);
    candidates += number;
  }
  if (candidates == 0) return;
  lane_row(counts, kCandidates) += static_cast<float>(candidates);
  lane_row(counts, kBytesReceived) += static_cast<float>(scratch.received_bytes);
  lane_row(counts, kDelaySteps) += static_cast<float>(scratch.delay_steps);
}

void RadioWorker::append_trace(std::vector<Packet>& packets) const {
  for (const ReceiveScratch& scratch : scratch_)
    packets.insert(packets.end(), scratch.packets.begin(), scratch.packets.end());
}

void RadioWorker::clear_trace() noexcept {
  for (ReceiveScratch& scratch : scratch_) scratch.packets.clear();
}

}  // namespace volery::radio
