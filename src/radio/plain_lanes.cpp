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
  HWY_ALIGN float present[kLanes];      // 1 where there is one
  HWY_ALIGN std::int32_t base[kLanes];  // first agent of its world
};

HWY_INLINE Receivers receivers_of(const Slab& slab, const Talkers& talkers, int block) {
  Receivers out;
  const int first = block * kLanes;
  load_present(talkers.packed + first, slab.agents.num_bodies - first, out.present);
  int world = first / slab.num_agents;
  for (int l = 0; l < kLanes; ++l) {
    // padding stays in the last world
    if (first + l == (world + 1) * slab.num_agents && world + 1 < slab.num_worlds) ++world;
    out.base[l] = world * slab.num_agents;
    out.step[l] = static_cast<float>(slab.worlds[world].step);
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

/// Slot k of all inboxes of a block.
HWY_INLINE void write_slot(const Radio& radio, const Talkers& talkers, const Receivers& receivers,
                           const std::int32_t* senders, int k, float* block) {
  const MessageRows rows = radio.rows();
  float* const slot = block + (rows.inbox + k * rows.slot_size) * kLanes;
  HWY_ALIGN float positions[4 * kLanes];  // of the senders
  for (int lane = 0; lane < kLanes; lane += 4) {
    take_four(rows.size, talkers, senders + lane, slot + rows.payload * kLanes + lane,
              positions + lane);
  }
  const F32 zero(0.0F), age_s(radio.step_s());
  for (int l = 0; l < kLanes; l += kVectorLanes) {
    const float* const own = block + l;
    const auto row = [&](int r) { return slot + r * kLanes + l; };
    const auto hidden = [&](int r) { return block + (r + k) * kLanes + l; };
    const IntTag di;
    const auto index = hn::LoadU(di, senders + l);
    const Mask valid{hn::RebindMask(FloatTag(), hn::Gt(index, hn::Set(di, -1)))};
    const F32 sender(hn::ConvertTo(FloatTag(), hn::Sub(index, hn::Load(di, receivers.base + l))));
    zero_unless(valid, F32(1.0F)).store(row(rows.valid));
    zero_unless(valid, age_s).store(row(rows.age));
    if (rows.sender >= 0) zero_unless(valid, sender).store(row(rows.sender));
    zero_unless(valid, sender + F32(1.0F)).store(hidden(rows.from));
    zero_unless(valid, F32::load(receivers.step + l)).store(hidden(rows.sent));
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

HWY_INLINE void count(const Radio& radio, const float* tallies, float* counts) {
  const auto bytes = static_cast<float>(radio.bytes_of(0));
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
    add(kBytesReceived, F32(bytes) * delivered);
    add(kDelaySteps, delivered);
  }
}

/// The rows that write_slot() writes: those of one lane, out of a block or back into it.
class SavedLanes {
 public:
  SavedLanes(const MessageRows& rows, float* block, std::vector<float>& memory)
      : rows_(rows), block_(block), memory_(memory) {
    const int width = rows.slots * (rows.slot_size + 2);
    if (memory.size() < static_cast<std::size_t>(width * kLanes))
      memory.resize(static_cast<std::size_t>(width * kLanes));
  }
  void save(const float* present) {
    each(present, [](float& row, float& kept) { kept = row; });
  }
  void restore(const float* present) {
    each(present, [](float& row, float& kept) { row = kept; });
  }

 private:
  template <class Job>
  void each(const float* present, Job&& job) {
    float* kept = memory_.data();
    for (int l = 0; l < kLanes; ++l) {
      if (present[l] != 0) continue;
      const auto rows = [&](int first, int number) {
        for (int r = first; r < first + number; ++r) job(block_[r * kLanes + l], *kept++);
      };
      rows(rows_.inbox, rows_.slots * rows_.slot_size);
      rows(rows_.from, rows_.slots);
      rows(rows_.sent, rows_.slots);
    }
  }

  const MessageRows& rows_;
  float* block_;
  std::vector<float>& memory_;
};

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
    const Receivers receivers = receivers_of(slab, talkers, b);
    // whoever sits this step out keeps what it has
    const bool all = std::find(receivers.present, receivers.present + kLanes, 0.0F) ==
                     receivers.present + kLanes;
    SavedLanes lanes(rows, block, saved);
    if (!all) lanes.save(receivers.present);
    for (int k = 0; k < heard.slots; ++k)
      write_slot(radio, talkers, receivers, senders + k * kLanes, k, block);
    if (!all) lanes.restore(receivers.present);
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
