// The downwash kernels, compiled once per instruction set.
#include <algorithm>
#include <cmath>

#include "swarm/downwash.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "swarm/downwash_lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/vec3_lanes.hpp"
#include "swarm/cells_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::swarm::HWY_NAMESPACE {

using namespace volery::HWY_NAMESPACE;  // NOLINT: the lane vocabulary of this target

using WholeTag = hn::RebindToSigned<FloatTag>;
using WholeVec = hn::Vec<WholeTag>;

/// 1.5 * 2^23: added to a number below 2^22 in size it leaves the nearest integer in the low bits.
constexpr float kRounder = 12582912.0F;
constexpr std::int32_t kRounderBits = 0x4B400000;

/// A sum of whole numbers, each at most 2^21 in size; up to kMostBruteForce of them.
struct WholeSum {
  WholeVec bits;
  HWY_INLINE WholeSum() : bits(hn::Zero(WholeTag())) {}
  HWY_INLINE void add(F32 value) {
    bits = hn::Add(bits, hn::BitCast(WholeTag(), (value + kRounder).raw));
  }
  /// What `count` calls of add() came to; wraps on the way, not in the end.
  HWY_INLINE WholeVec total(int count) const {
    const auto excess =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(count) * std::uint32_t{kRounderBits});
    return hn::Sub(bits, hn::Set(WholeTag(), excess));
  }
};

/// Vertical velocity squared, with its sign, that one jet adds, in units of kJetUnit. `offset` goes
/// from the source to the target.
HWY_INLINE F32 jet_square(Vec3F32 offset, Vec3F32 axis, F32 strength, F32 per_m) {
  constexpr float kSpread2 = kJetSpread * kJetSpread;
  constexpr float kProfile = 0.41421356F;  // sqrt 2 - 1
  constexpr float kRange2 = kJetRange * kJetRange;
  constexpr float kPerFade = 1 / (kRange2 - kJetFull * kJetFull);

  // along the axis, square of the distance from it, in motor distances
  const F32 s = per_m * dot(offset, axis);
  const F32 distance2 = per_m * per_m * dot(offset, offset);
  const F32 beside2 = max(distance2 - s * s, F32(0.0F));

  // U^2 = strength h^3 / (h + (sqrt 2 - 1) r^2)^4 with h = r_half^2
  const F32 from_origin = max(s - kJetOrigin, F32(-kJetOrigin));
  const F32 h = kSpread2 * from_origin * from_origin;
  const F32 wide = h + kProfile * beside2;
  const F32 wide2 = wide * wide;
  const F32 square = strength * (h * h * h / (wide2 * wide2));

  // fades: next to the source and at the end of the range
  const F32 near = clamp(s, F32(0.0F), F32(1.0F));
  const F32 far = clamp((kRange2 - distance2) * kPerFade, F32(0.0F), F32(1.0F));
  const F32 fade = near * near * (3.0F - 2.0F * near) * (far * far * (3.0F - 2.0F * far));
  // what is out of range may have overflowed above
  return select(distance2 < kRange2, square * (fade * fade), F32(0.0F));
}

/// The velocity whose signed square is a whole number of units.
HWY_INLINE F32 velocity_of(F32 units) {
  const F32 speed = sqrt(abs(units) * kJetUnit);
  return select(units < 0.0F, -speed, speed);
}

/// What the jets of 16 agents follow from, lane by lane.
struct LaneModels {
  HWY_ALIGN float gain[kLanes];
  HWY_ALIGN float per_m[kLanes];
};

HWY_INLINE void set_model(LaneModels& models, int lane, const JetModel& type) {
  models.gain[lane] = type.gain;
  models.per_m[lane] = 1 / type.motor_distance_m;
}

void pack(const Blocks& agents, const JetFleet& fleet, int first, int last, Jet* jets) {
  // |h^3 / wide^4| <= 1 / h <= 1 / h(0), so that no term of a sum exceeds 2^21
  constexpr float kStrongest = 0x1p21F * kJetSpread * kJetSpread * kJetOrigin * kJetOrigin;
  constexpr float kStrength = kJetDecay * kJetDecay * kJetSpread * kJetSpread / kJetUnit;
  LaneModels models;
  for (int l = 0; l < kLanes; ++l) set_model(models, l, fleet.types.front());
  for (int b = first; b < last; ++b) {
    if (fleet.type_row >= 0) {
      const float* type = agents.row(b, fleet.type_row);
      const float last_type = static_cast<float>(fleet.types.size() - 1);
      for (int l = 0; l < kLanes; ++l) {
        const float index = std::clamp(type[l], 0.0F, last_type);
        set_model(models, l, fleet.types[static_cast<std::size_t>(index)]);
      }
    }
    HWY_ALIGN float axis[3 * kLanes];
    HWY_ALIGN float strength[kLanes];
    HWY_ALIGN float there[kLanes];
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* body = agents.block(b) + lane;
      const Vec3F32 position = Vec3F32::load(body + kPosition * kLanes);
      const F32 x = load_row(body, kQuat), y = load_row(body, kQuat + 1);
      const F32 z = load_row(body, kQuat + 2), w = load_row(body, kQuat + 3);
      // against the thrust, which is along body z
      const Vec3F32 down{-2.0F * (x * z + w * y), -2.0F * (y * z - w * x),
                         2.0F * (x * x + y * y) - 1.0F};
      F32 squares = 0.0F;
      for (int r = 0; r < fleet.num_rotors; ++r) {
        const F32 speed = load_row(body, kRotorRows + fleet.num_rotors + r);
        squares = squares + speed * speed;
      }
      const F32 sum = position.x + position.y + position.z;
      const Mask present =
          (sum - sum == 0.0F) & !(load_row(body, kMode) == static_cast<float>(BodyMode::kAbsent));
      const F32 size = kStrength * F32::load(models.gain + lane) * squares * (down.z * abs(down.z));
      down.store(axis + lane);
      // a speed that is not finite blows nothing; its world ends in this step
      const F32 bounded = clamp(size, F32(-kStrongest), F32(kStrongest));
      select(present & (size - size == 0.0F), bounded, F32(0.0F)).store(strength + lane);
      select(present, F32::load(models.per_m + lane), F32(0.0F)).store(there + lane);
    }
    for (int l = 0; l < kLanes; ++l) {
      Jet& jet = jets[b * kLanes + l];
      const float* at = agents.row(b, kPosition) + l;
      const bool present = there[l] != 0;
      jet.position_w_m = present ? Vec3{at[0], at[kLanes], at[2 * kLanes]} : Vec3{};
      jet.axis_w = {axis[l], axis[l + kLanes], axis[l + 2 * kLanes]};
      jet.strength = strength[l];
      jet.per_m = there[l];
    }
  }
}

/// Adds the jets [first, last) to a vector of targets.
template <bool kMasked>
HWY_INLINE void add_jets(const Jet* jets, int first, int last, Vec3F32 target, Mask own,
                         WholeSum& sum) {
  for (int i = first; i < last; ++i) {
    const Jet& jet = jets[i];
    const Vec3F32 offset{target.x - jet.position_w_m.x, target.y - jet.position_w_m.y,
                         target.z - jet.position_w_m.z};
    const Vec3F32 axis{jet.axis_w.x, jet.axis_w.y, jet.axis_w.z};
    const F32 square = jet_square(offset, axis, jet.strength, jet.per_m);
    sum.add(kMasked ? select(own, square, F32(0.0F)) : square);
  }
}

void all_pairs_kernel(const Slab& slab, const Jet* jets, int row, int first_block, int last_block) {
  const int num_agents = slab.num_agents;
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const int agent = b * kLanes + lane;
      float* const out = slab.agents.row(b, row) + lane;
      const int end = std::min(agent + kVectorLanes, slab.agents.num_bodies);
      if (end <= agent) {
        F32(0.0F).store(out);
        continue;
      }
      const Vec3F32 target = Vec3F32::load(slab.agents.row(b, kPosition) + lane);
      const int first_world = agent / num_agents;
      const int last_world = (end - 1) / num_agents;
      WholeSum sum;
      int count = 0;
      WholeVec total = hn::Zero(WholeTag());
      if (first_world == last_world) {
        const int first = first_world * num_agents;
        add_jets<false>(jets, first, first + num_agents, target, Mask(), sum);
        total = sum.total(num_agents);
      } else {
        // lanes of several worlds: each world's jets blow in its own lanes alone
        const F32 number = F32(hn::Iota(FloatTag(), 0.0F));
        for (int w = first_world; w <= last_world; ++w) {
          const F32 from(static_cast<float>(w * num_agents - agent));
          const Mask own = (number >= from) & (number < from + static_cast<float>(num_agents));
          add_jets<true>(jets, w * num_agents, (w + 1) * num_agents, target, own, sum);
          count += num_agents;
        }
        total = sum.total(count);
      }
      const Mask absent =
          F32::load(slab.agents.row(b, kMode) + lane) == static_cast<float>(BodyMode::kAbsent);
      const F32 velocity = velocity_of(F32(hn::ConvertTo(FloatTag(), total)));
      select(absent, F32(0.0F), velocity).store(out);
    }
  }
}

/// Adds the jets of the slots [begin, end) to one target, a vector of them at a time.
HWY_INLINE void add_slots(const JetArrays& jets, Vec3F32 target, int begin, int end, WholeSum& sum,
                          int& count, std::int64_t& total) {
  const F32 number = F32(hn::Iota(FloatTag(), 0.0F));
  for (int at = begin / kVectorLanes * kVectorLanes; at < end; at += kVectorLanes) {
    const float* const block = jets.blocks[at / kLanes].position_w_m[0] + at % kLanes;
    const Vec3F32 offset = target - Vec3F32::load(block);
    const F32 square = jet_square(offset, Vec3F32::load(block + 3 * kLanes),
                                  F32::load(block + 6 * kLanes), F32::load(block + 7 * kLanes));
    const Mask within =
        (number >= static_cast<float>(begin - at)) & (number < static_cast<float>(end - at));
    sum.add(select(within, square, F32(0.0F)));
    if (++count < Downwash::kMostBruteForce) continue;
    HWY_ALIGN std::int32_t parts[kLanes];
    hn::Store(sum.total(count), WholeTag(), parts);
    for (int l = 0; l < kVectorLanes; ++l) total += parts[l];
    sum = WholeSum();
    count = 0;
  }
}

void cells_kernel(const JetArrays& jets, const Grid& grid, const Blocks& agents, int row, int first,
                  int last) {
  const double reach_m = static_cast<double>(jets.range_m) * (1 + kSearchSlack);
  for (int slot = first; slot < last; ++slot) {
    const float* const at = jets.blocks[slot / kLanes].position_w_m[0] + slot % kLanes;
    const Vec3F32 target{at[0], at[kLanes], at[2 * kLanes]};
    const CellSpan x(grid, 0, at[0], reach_m);
    const CellSpan y(grid, 1, at[kLanes], reach_m);
    const CellSpan z(grid, 2, at[2 * kLanes], reach_m);
    WholeSum sum;
    int count = 0;
    std::int64_t total = 0;
    for (int k = z.low; k <= z.high; ++k) {
      for (int j = y.low; j <= y.high; ++j) {
        add_slots(jets, target, jets.cell_start[grid.cell(x.low, j, k)],
                  jets.cell_start[grid.cell(x.high, j, k) + 1], sum, count, total);
      }
    }
    HWY_ALIGN std::int32_t parts[kLanes];
    hn::Store(sum.total(count), WholeTag(), parts);
    for (int l = 0; l < kVectorLanes; ++l) total += parts[l];
    const float units = static_cast<float>(total);
    const float speed = std::sqrt((units < 0 ? -units : units) * kJetUnit);
    agents.at(jets.agent_of[slot], row) = units < 0 ? -speed : speed;
  }
}

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::swarm {

HWY_EXPORT(pack);
HWY_EXPORT(all_pairs_kernel);
HWY_EXPORT(cells_kernel);

void pack_jets(const Blocks& agents, const JetFleet& fleet, int first_block, int last_block,
               Jet* jets) noexcept {
  HWY_DYNAMIC_DISPATCH(pack)(agents, fleet, first_block, last_block, jets);
}

void blow_all_pairs(const Slab& slab, const Jet* jets, int row, int first_block,
                    int last_block) noexcept {
  HWY_DYNAMIC_DISPATCH(all_pairs_kernel)(slab, jets, row, first_block, last_block);
}

void blow_cells(const JetArrays& jets, const Grid& grid, const Blocks& agents, int row, int first,
                int last) noexcept {
  HWY_DYNAMIC_DISPATCH(cells_kernel)(jets, grid, agents, row, first, last);
}

}  // namespace volery::swarm
#endif
