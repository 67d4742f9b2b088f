#include "sense/neighbor_rows_common.hpp"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sense/neighbor_rows_common.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace volery::sense::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR
/// A packed agent as two vectors that overlap in one column: as a slot has seven columns, they fit
/// it without reaching into the next.
struct PackedLanes {
  using Tag = hn::FixedTag<float, 4>;
  hn::Vec<Tag> low;   // position, velocity x
  hn::Vec<Tag> high;  // velocity, present

  HWY_INLINE explicit PackedLanes(const swarm::PackedAgent& agent)
      : low(hn::Load(Tag(), &agent.position_w_m.x)),
        high(hn::LoadU(Tag(), &agent.velocity_w_mps.x)) {}
};

HWY_INLINE void write_row(const NeighborSlots& slots, int agent, int base, float* row) {
  const PackedLanes::Tag d;
  // rounding could exceed the radius; velocities have no bound
  HWY_ALIGN const float bounds[4] = {slots.radius_m, slots.radius_m, slots.radius_m,
                                     std::numeric_limits<float>::infinity()};
  const auto most = hn::Load(d, bounds);
  const auto least = hn::Neg(most);
  PackedLanes own(slots.table.agents[agent]);
  // the mask is no difference
  own.high = hn::IfThenElseZero(hn::FirstN(d, 3), own.high);
  for (int k = 0; k < slots.count; ++k, row += kNeighborColumns) {
    const int other = slots.neighbor(agent, base, k);
    if (other < 0) {
      std::fill(row, row + kNeighborColumns, 0.0F);
      continue;
    }
    const PackedLanes seen(slots.table.agents[other]);
    const auto low = hn::Max(hn::Min(hn::Sub(seen.low, own.low), most), least);
    hn::StoreU(low, d, row);
    hn::StoreU(hn::Sub(seen.high, own.high), d, row + 3);
  }
}
#else
HWY_INLINE void write_row(const NeighborSlots& slots, int agent, int base, float* row) {
  const swarm::PackedAgent& own = slots.table.agents[agent];
  for (int k = 0; k < slots.count; ++k, row += kNeighborColumns) {
    std::fill(row, row + kNeighborColumns, 0.0F);
    const int other = slots.neighbor(agent, base, k);
    if (other < 0) continue;
    const swarm::PackedAgent& seen = slots.table.agents[other];
    const Vec3 position = seen.position_w_m - own.position_w_m;
    const Vec3 velocity = seen.velocity_w_mps - own.velocity_w_mps;
    row[0] = std::clamp(position.x, -slots.radius_m, slots.radius_m);
    row[1] = std::clamp(position.y, -slots.radius_m, slots.radius_m);
    row[2] = std::clamp(position.z, -slots.radius_m, slots.radius_m);
    row[3] = velocity.x;
    row[4] = velocity.y;
    row[5] = velocity.z;
    row[6] = 1;
  }
}
#endif

void neighbors_kernel(const NeighborSlots& slots, const ObservationRows& out) {
  // neighbors stand anywhere in memory: where they leave the cache, ask for them early
  constexpr int kAhead = 8;
  constexpr int kLargeWorld = 4096;
  const bool prefetch = slots.num_agents > kLargeWorld;
  int base = slots.first / slots.num_agents * slots.num_agents;
  for (int agent = slots.first; agent < slots.last; ++agent) {
    if (agent >= base + slots.num_agents) base += slots.num_agents;
    if (prefetch && agent + kAhead < slots.last) {
      const std::ptrdiff_t entry = static_cast<std::ptrdiff_t>(agent + kAhead) * slots.table.count;
      for (int k = 0; k < slots.count; ++k) {
        __builtin_prefetch(slots.table.agents + base + std::max(slots.table.index[entry + k], 0));
      }
    }
    write_row(slots, agent, base, out.row(agent));
  }
}

}  // namespace volery::sense::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::sense {

HWY_EXPORT(neighbors_kernel);

void write_neighbors(const NeighborSlots& slots, const ObservationRows& out) noexcept {
  HWY_DYNAMIC_DISPATCH(neighbors_kernel)(slots, out);
}

}  // namespace volery::sense
#endif
