// Plain radios: from actions to payloads, and from payloads to inboxes, block by block.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "radio/plain_lanes.cpp"
#include <hwy/foreach_target.h>

#include <algorithm>
#include <bit>

#include "core/math_lanes.hpp"
#include "core/transpose_lanes.hpp"
#include "core/vec3_lanes.hpp"
#include "radio/plain.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::radio::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

HWY_INLINE F32 zero_unless(Mask m, F32 value) {
  return select(m, value, F32(0.0F));
}

/// Adds to a row where the condition holds.
HWY_INLINE void add_to(float* row, Mask where, F32 value) {
  (F32::load(row) + zero_unless(where, value)).store(row);
}

/// The nearest of the levels that a quantized number has; see Radio::quantized().
HWY_INLINE F32 nearest_level(F32 x, float levels) {
  const F32 scaled = x * F32(levels);
  const F32 half = select(scaled < F32(0.0F), F32(-0.5F), F32(0.5F));
  const auto whole = hn::ConvertTo(IntTag(), (scaled + half).raw);
  return min(F32(hn::ConvertTo(FloatTag(), whole)), F32(levels - 1)) / F32(levels);
}

/// `present` of the agents of a block; padding has none.
HWY_INLINE void load_present(const swarm::PackedAgent* packed, int num_bodies, float* present) {
  const int there = std::min(num_bodies, kLanes);
  for (int l = 0; l < there; ++l) present[l] = packed[l].present;
  for (int l = there; l < kLanes; ++l) present[l] = 0;
}

/// The payloads of a block's actions, a row of `stride` numbers per agent.
HWY_INLINE void take_payloads(const Radio& radio, const float* block, int stride, float* to) {
  const MessageRows& rows = radio.rows();
  const float levels = radio.levels();
  HWY_ALIGN float zeros[kLanes] = {};
  HWY_ALIGN float quantized[4 * kLanes];
  for (int c = 0; c < rows.size; c += 4) {
    const float* columns[4];
    for (int i = 0; i < 4; ++i) {
      columns[i] = c + i < rows.size ? block + (rows.data + c + i) * kLanes : zeros;
      if (levels == 0 || c + i >= rows.size) continue;
      for (int l = 0; l < kLanes; l += kVectorLanes)
        nearest_level(F32::load(columns[i] + l), levels).store(quantized + i * kLanes + l);
      columns[i] = quantized + i * kLanes;
    }
    for (int lane = 0; lane < kLanes; lane += 4) {
      const float* const at[4] = {columns[0] + lane, columns[1] + lane, columns[2] + lane,
                                  columns[3] + lane};
      transpose_four(at, to + static_cast<std::ptrdiff_t>(lane) * stride + c, stride);
    }
  }
}

void take(const Radio& radio, const Blocks& agents, const swarm::PackedAgent* packed,
          int first_block, int last_block, float* sends, float* up, float* payload) {
  const MessageRows& rows = radio.rows();
  const int stride = payload_stride(rows.size);
  const auto bytes = static_cast<float>(radio.bytes_of(0));
  const EnergyConfig& energy = radio.config().energy;
  const F32 send_j(bytes * energy.tx_j_per_byte), listen_j(energy.listen_w * radio.step_s());
  for (int b = first_block; b < last_block; ++b) {
    float* const block = agents.block(b);
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(b) * kLanes;
    HWY_ALIGN float present[kLanes];
    load_present(packed + first, agents.num_bodies - b * kLanes, present);
    bool anyone = false;
    for (int l = 0; l < kLanes; l += kVectorLanes) {
      float* const lanes = block + l;
      float* const counts = lanes + rows.counts * kLanes;
      const Mask here = F32::load(present + l) > F32(0.0F);
      const Mask dead = load_row(lanes, radio.alive_row()) == F32(0.0F);
      const Mask is_up = here & (!dead);
      const Mask sending = is_up & (load_row(lanes, rows.send) > F32(0.0F));
      const FloatTag d;
      hn::StoreU(zero_unless(is_up, F32(1.0F)).raw, d, up + first + l);
      hn::StoreU(zero_unless(sending, F32(1.0F)).raw, d, sends + first + l);
      if (energy.listen_w > 0) add_to(counts + kEnergyJ * kLanes, is_up, listen_j);
      if (!any(sending)) continue;
      anyone = true;
      add_to(counts + kSent * kLanes, sending, F32(1.0F));
      add_to(counts + kBytesSent * kLanes, sending, F32(bytes));
      add_to(counts + kEnergyJ * kLanes, sending, send_j);
    }
    if (anyone) take_payloads(radio, block, stride, payload + first * stride);
  }
}

/// The receivers of a block.
struct Receivers {
  HWY_ALIGN float step[kLanes];         // of the world
  int flight[kLanes];                   // where it keeps what is sent in this step
  HWY_ALIGN float present[kLanes];      // 1 where there is one
  HWY_ALIGN std::int32_t base[kLanes];  // first agent of its world
};

HWY_INLINE Receivers receivers_of(const Radio& radio, const Slab& slab, const Talkers& talkers,
                                  int block) {
  Receivers out;
  const int first = block * kLanes;
  load_present(talkers.packed + first, slab.agents.num_bodies - first, out.present);
  int world = first / slab.num_agents;
  for (int l = 0; l < kLanes; ++world) {
    // padding stays in the last world
    const int next = world + 1 < slab.num_worlds
                         ? std::min((world + 1) * slab.num_agents - first, kLanes)
                         : kLanes;
    const std::uint32_t step = slab.worlds[world].step;
    const auto flight = static_cast<int>(step % static_cast<std::uint32_t>(radio.num_delays()));
    for (; l < next; ++l) {
      out.base[l] = world * slab.num_agents;
      out.step[l] = static_cast<float>(step);
      out.flight[l] = flight;
    }
  }
  return out;
}

/// The messages of four senders: payloads go into the rows that begin at `to`, places into those at
/// `position`.
HWY_INLINE void take_four(int size, const Talkers& talkers, const std::int32_t* senders, float* to,
                          float* position) {
  const float* payloads[4];
  const float* positions[4];
  for (int i = 0; i < 4; ++i) {
    const std::ptrdiff_t sender = senders[i] >= 0 ? senders[i] : talkers.silence;
    payloads[i] = talkers.payload + sender * talkers.payload_stride;
    positions[i] = &talkers.packed[sender].position_w_m.x;
  }
  transpose_four(positions, position, kLanes);
  for (int c = 0; c < size; c += 4) {
    HWY_ALIGN float turned[4 * 4];
    const bool whole = c + 4 <= size;
    transpose_four(payloads, whole ? to + c * kLanes : turned, whole ? kLanes : 4);
    for (int i = c; !whole && i < size; ++i) std::copy_n(turned + (i - c) * 4, 4, to + i * kLanes);
    for (const float*& payload : payloads) payload += 4;
  }
}

/// Where one slot of all receivers of a block lies: first rows.
struct SlotRows {
  int slot, from, sent;
};
HWY_INLINE SlotRows inbox_slot(const MessageRows& rows, int k) {
  return {rows.inbox + k * rows.slot_size, rows.from + k, rows.sent + k};
}
HWY_INLINE SlotRows flight_slot(const Radio& radio, int flight, int k) {
  const MessageRows& rows = radio.rows();
  const int slot =
      radio.hidden().in_flight + (flight * rows.slots + k) * (rows.slot_size + kFlightHead);
  return {slot, slot + rows.slot_size, slot + rows.slot_size + 1};
}

HWY_INLINE bool nobody(const std::int32_t* senders) {
  const IntTag di;
  auto all = hn::LoadU(di, senders);
  for (int l = kVectorLanes; l < kLanes; l += kVectorLanes)
    all = hn::And(all, hn::LoadU(di, senders + l));
  return hn::AllTrue(di, hn::Lt(all, hn::Zero(di)));
}
HWY_INLINE bool is_empty(const float* row) {
  F32 sum(0.0F);
  for (int l = 0; l < kLanes; l += kVectorLanes) sum = sum + F32::load(row + l);
  return !any(sum > F32(0.0F));
}

/// Writes what was heard into a slot. Messages under way have no age yet: `age_s` 0.
HWY_INLINE void write_slot(const MessageRows& rows, const Talkers& talkers,
                           const Receivers& receivers, const std::int32_t* senders, SlotRows at,
                           float seconds, float* block) {
  float* const slot = block + at.slot * kLanes;
  // filled slots come first: most of a large inbox is empty and stays so
  if (nobody(senders) && is_empty(slot + rows.valid * kLanes)) return;
  HWY_ALIGN float positions[4 * kLanes];  // of the senders
  for (int lane = 0; lane < kLanes; lane += 4) {
    take_four(rows.size, talkers, senders + lane, slot + rows.payload * kLanes + lane,
              positions + lane);
  }
  const F32 zero(0.0F), age_s(seconds);
  for (int l = 0; l < kLanes; l += kVectorLanes) {
    const float* const own = block + l;
    const auto row = [&](int r) { return slot + r * kLanes + l; };
    const IntTag di;
    const auto index = hn::LoadU(di, senders + l);
    const Mask valid{hn::RebindMask(FloatTag(), hn::Gt(index, hn::Set(di, -1)))};
    const F32 sender(hn::ConvertTo(FloatTag(), hn::Sub(index, hn::Load(di, receivers.base + l))));
    zero_unless(valid, F32(1.0F)).store(row(rows.valid));
    zero_unless(valid, age_s).store(row(rows.age));
    if (rows.sender >= 0) zero_unless(valid, sender).store(row(rows.sender));
    zero_unless(valid, sender + F32(1.0F)).store(block + at.from * kLanes + l);
    zero_unless(valid, F32::load(receivers.step + l)).store(block + at.sent * kLanes + l);
    const Vec3F32 offset_w_m =
        Vec3F32::load(positions + l) - Vec3F32::load(own + kPosition * kLanes);
    const F32 distance_m = sqrt(dot(offset_w_m, offset_w_m));
    if (rows.distance >= 0) zero_unless(valid, distance_m).store(row(rows.distance));
    if (rows.bearing < 0) continue;
    // in one place there is no direction
    const Vec3F32 toward_w = zero_unless(distance_m > zero, F32(1.0F) / distance_m) * offset_w_m;
    const Vec3F32 axis = F32(-1.0F) * Vec3F32::load(own + kQuat * kLanes);
    const Vec3F32 t = F32(2.0F) * cross(axis, toward_w);
    const Vec3F32 toward_b = toward_w + load_row(own, kQuat + 3) * t + cross(axis, t);
    select(valid, toward_b, {zero, zero, zero}).store(row(rows.bearing));
  }
}

/// Takes a slot of what was under way into an inbox.
HWY_INLINE void land(const MessageRows& rows, SlotRows from, SlotRows to, float seconds,
                     float* block) {
  const auto valid_row = [&](SlotRows at) { return block + (at.slot + rows.valid) * kLanes; };
  if (is_empty(valid_row(from)) && is_empty(valid_row(to))) return;
  for (int l = 0; l < kLanes; l += kVectorLanes) {
    float* const own = block + l;
    const auto move = [&](int old, int now) {
      load_row(own, old).store(own + now * kLanes);
      F32(0.0F).store(own + old * kLanes);
    };
    for (int r = 0; r < rows.slot_size; ++r) move(from.slot + r, to.slot + r);
    move(from.from, to.from);
    move(from.sent, to.sent);
    const Mask valid = load_row(own, to.slot + rows.valid) > F32(0.0F);
    zero_unless(valid, F32(seconds)).store(own + (to.slot + rows.age) * kLanes);
  }
}

HWY_INLINE void count(const Radio& radio, const float* tallies, float* counts) {
  const F32 bytes(static_cast<float>(radio.bytes_of(0)));
  const F32 delay(static_cast<float>(radio.config().timing.latency_steps));
  for (int l = 0; l < kLanes; l += kVectorLanes) {
    const auto tally = [&](Tally which) {
      return F32(hn::LoadU(FloatTag(), tallies + which * kLanes + l));
    };
    const auto add = [&](int which, F32 value) {
      float* const row = counts + which * kLanes + l;
      (F32::load(row) + value).store(row);
    };
    const F32 delivered = tally(kTallyDelivered), lost = tally(kTallyLost),
              full = tally(kTallyFull), deaf = tally(kTallyDeaf);
    add(static_cast<int>(Fate::kDelivered), delivered);
    add(static_cast<int>(Fate::kLost), lost);
    add(static_cast<int>(Fate::kInboxFull), full);
    add(static_cast<int>(Fate::kReceiverDead), deaf);
    add(kCandidates, delivered + lost + full + deaf);
    add(kBytesReceived, bytes * delivered);
    add(kDelaySteps, delay * delivered);
  }
}

/// Rows of lanes that are not to change, out of a block and back into it.
class SavedLanes {
 public:
  SavedLanes(float* block, const float* changes, std::vector<float>& memory)
      : block_(block), changes_(changes), memory_(memory) {}
  void save(int first, int number) {
    const auto most = static_cast<std::size_t>(number * kLanes);
    if (memory_.size() < static_cast<std::size_t>(size_) + most)
      memory_.resize(static_cast<std::size_t>(size_) + most);
    ranges_[num_ranges_++] = {first, number};
    each({first, number}, [](float& row, float& kept) { kept = row; });
  }
  void restore() {
    size_ = 0;
    for (int i = 0; i < num_ranges_; ++i)
      each(ranges_[i], [](float& row, float& kept) { row = kept; });
  }

 private:
  struct Range {
    int first, number;
  };
  template <class Job>
  void each(Range rows, Job&& job) {
    for (int l = 0; l < kLanes; ++l) {
      if (changes_[l] != 0) continue;
      for (int r = rows.first; r < rows.first + rows.number; ++r)
        job(block_[r * kLanes + l], memory_[static_cast<std::size_t>(size_++)]);
    }
  }

  float* block_;
  const float* changes_;
  std::vector<float>& memory_;
  Range ranges_[8];
  int num_ranges_ = 0;
  int size_ = 0;
};

/// What the receivers heard goes where it belongs, those of one `flight` at a time.
HWY_INLINE void write_block(const Radio& radio, const Talkers& talkers, const Receivers& receivers,
                            const std::int32_t* senders, int flight, float* block) {
  const MessageRows rows = radio.rows();
  if (radio.arrives_at_once()) {
    for (int k = 0; k < rows.slots; ++k) {
      write_slot(rows, talkers, receivers, senders + k * kLanes, inbox_slot(rows, k),
                 radio.step_s(), block);
    }
    return;
  }
  const int next = (flight + 1) % radio.num_delays();
  const float age_s = radio.step_s() * static_cast<float>(radio.config().timing.latency_steps);
  for (int k = 0; k < rows.slots; ++k) {
    write_slot(rows, talkers, receivers, senders + k * kLanes, flight_slot(radio, flight, k), 0,
               block);
    land(rows, flight_slot(radio, next, k), inbox_slot(rows, k), age_s, block);
  }
}

/// The same, leaving lanes alone that are not to change.
HWY_INLINE void write_some(const Radio& radio, const Talkers& talkers, const Receivers& receivers,
                           const std::int32_t* senders, int flight, const float* changes,
                           float* block, std::vector<float>& memory) {
  const MessageRows& rows = radio.rows();
  SavedLanes others(block, changes, memory);
  others.save(rows.inbox, rows.slots * rows.slot_size);
  others.save(rows.from, rows.slots);
  others.save(rows.sent, rows.slots);
  if (!radio.arrives_at_once()) {
    const int width = rows.slots * (rows.slot_size + kFlightHead);
    for (const int kept : {flight, (flight + 1) % radio.num_delays()})
      others.save(radio.hidden().in_flight + kept * width, width);
  }
  write_block(radio, talkers, receivers, senders, flight, block);
  others.restore();
}

/// Senders of a large world stand anywhere in memory: asks early for those of a later block.
HWY_INLINE void prefetch(const Talkers& talkers, const std::int32_t* senders, int number) {
  for (int i = 0; i < number; ++i) {
    if (senders[i] < 0) continue;
    __builtin_prefetch(talkers.packed + senders[i]);
    __builtin_prefetch(talkers.payload +
                       static_cast<std::ptrdiff_t>(senders[i]) * talkers.payload_stride);
  }
}

void write(const Radio& radio, const Slab& slab, const Talkers& talkers, const HeardTable& heard,
           int first_block, int last_block, std::vector<float>& saved) {
  constexpr int kLargeWorld = 4096;
  const MessageRows& rows = radio.rows();
  const int width = heard.slots * kLanes;
  for (int b = first_block; b < last_block; ++b) {
    float* const block = slab.agents.block(b);
    const std::int32_t* const senders =
        heard.senders.data() + static_cast<std::ptrdiff_t>(b) * width;
    if (slab.num_agents > kLargeWorld && b + 1 < last_block)
      prefetch(talkers, senders + width, width);
    const Receivers receivers = receivers_of(radio, slab, talkers, b);
    // whoever sits this step out keeps what it has; worlds may be in different steps
    HWY_ALIGN float left[kLanes];
    std::copy_n(receivers.present, kLanes, left);
    for (int l = 0; l < kLanes; ++l) {
      if (left[l] == 0) continue;
      HWY_ALIGN float changes[kLanes];
      int number = 0;
      for (int i = 0; i < kLanes; ++i) {
        const bool together = radio.arrives_at_once() || receivers.flight[i] == receivers.flight[l];
        changes[i] = together ? left[i] : 0.0F;
        left[i] -= changes[i];
        number += static_cast<int>(changes[i]);
      }
      if (number == kLanes) {
        write_block(radio, talkers, receivers, senders, receivers.flight[l], block);
        break;
      }
      write_some(radio, talkers, receivers, senders, receivers.flight[l], changes, block, saved);
    }
    count(radio, heard.tallies.data() + static_cast<std::ptrdiff_t>(b) * kNumTallies * kLanes,
          block + rows.counts * kLanes);
  }
}

}  // namespace volery::radio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::radio {

HWY_EXPORT(take);
HWY_EXPORT(write);

void take_messages(const Radio& radio, const Blocks& agents, const swarm::PackedAgent* packed,
                   int first_block, int last_block, float* sends, float* up,
                   float* payload) noexcept {
  HWY_DYNAMIC_DISPATCH(take)(radio, agents, packed, first_block, last_block, sends, up, payload);
}

void write_inboxes(const Radio& radio, const Slab& slab, const Talkers& talkers,
                   const HeardTable& heard, int first_block, int last_block,
                   std::vector<float>& saved) noexcept {
  HWY_DYNAMIC_DISPATCH(write)(radio, slab, talkers, heard, first_block, last_block, saved);
}

}  // namespace volery::radio
#endif
