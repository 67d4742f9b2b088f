// The search for links, a vector of squared distances at a time, those that are near enough packed
// together; and the luck of each of them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "radio/agents_lanes.cpp"
#include <hwy/foreach_target.h>

#include <bit>

#include "core/lanes.hpp"
#include "core/philox_lanes.hpp"
#include "radio/agent_index.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::radio::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::kVectorLanes;
namespace hn = hwy::HWY_NAMESPACE;

struct AgentSearch {
  const IndexArrays& a;
  Vec3 at;
  float limit_m2;
  bool masks_senders;
  Found* out;
  int capacity;
  int found = 0;

  /// The slots [begin, end).
  HWY_INLINE void scan(int begin, int end) {
    const FloatTag d;
    const F32 x(at.x), y(at.y), z(at.z), limit(limit_m2);
    for (int slot = begin; slot < end; slot += kVectorLanes) {
      const F32 dx = x - F32(hn::LoadU(d, a.x_m + slot));
      const F32 dy = y - F32(hn::LoadU(d, a.y_m + slot));
      const F32 dz = z - F32(hn::LoadU(d, a.z_m + slot));
      const F32 square_m2 = dx * dx + dy * dy + dz * dz;
      auto within = (square_m2 < limit).raw;
      if (masks_senders)
        within = hn::And(within, hn::Ne(hn::LoadU(d, a.sends + slot), hn::Zero(d)));
      if (hn::AllFalse(d, within)) continue;
      std::uint8_t bytes[8] = {};
      hn::StoreMaskBits(d, within, bytes);
      unsigned bits = bytes[0] | (static_cast<unsigned>(bytes[1]) << 8U);
      // the last vector may reach into the next run of cells
      const auto rest = static_cast<unsigned>(end - slot);
      if (rest < static_cast<unsigned>(kVectorLanes)) bits &= (1U << rest) - 1;
      HWY_ALIGN float squares[kLanes];
      square_m2.store(squares);
      for (; bits != 0; bits &= bits - 1) {
        const int lane = std::countr_zero(bits);
        if (found < capacity)
          out[found] = {a.agent_of[slot + lane], squares[lane]};
        ++found;
      }
    }
  }

  /// The cells that a sphere of that radius may touch.
  HWY_INLINE void scan_cells(double radius_m) {
    // slack against the rounding of places and squared distances
    constexpr double kSlack = 1e-6;
    const swarm::Grid& grid = *a.grid;
    const float at_m[3] = {at.x, at.y, at.z};
    int low[3], high[3];
    for (int axis = 0; axis < 3; ++axis) {
      const double place = grid.place(axis, at_m[axis]);
      const double reach = radius_m * (1 + kSlack) * grid.per_cell[axis] + kSlack;
      low[axis] = grid.cut(axis, place - reach);
      high[axis] = grid.cut(axis, place + reach);
    }
    for (int k = low[2]; k <= high[2]; ++k) {
      for (int j = low[1]; j <= high[1]; ++j) {
        scan(a.cell_start[grid.cell(low[0], j, k)], a.cell_start[grid.cell(high[0], j, k) + 1]);
      }
    }
  }
};

int find(const IndexArrays& arrays, Vec3 at, float radius_m, Search search, Found* out,
         int capacity) {
  const bool senders = search == Search::kSenders;
  AgentSearch links{
      arrays, at, radius_m * radius_m, senders && arrays.grid != nullptr, out, capacity};
  if (arrays.grid == nullptr) {
    links.scan(0, senders ? arrays.num_senders : arrays.num_slots);
  } else {
    links.scan_cells(static_cast<double>(radius_m));
  }
  return links.found;
}

int lucky(const RadioKey& key, std::int32_t receiver, float keep, Found* found, int count) {
  using volery::HWY_NAMESPACE::same_words;
  using volery::HWY_NAMESPACE::UintTag;
  using volery::HWY_NAMESPACE::UintVec;
  static_assert(sizeof(Found) == 2 * sizeof(std::uint32_t));
  const UintTag d;
  volery::HWY_NAMESPACE::PhiloxLanes luck{
      same_words(static_cast<std::uint32_t>(key.seed)),
      same_words(static_cast<std::uint32_t>(key.seed >> 32U)),
      same_words(0),
      same_words(0),
      same_words(key.step),
      same_words((key.episode << 8U) | static_cast<std::uint32_t>(Stream::kRadio))};
  int left = 0;
  for (int at = 0; at < count; at += kVectorLanes) {
    HWY_ALIGN std::uint32_t agents[kLanes], squares[kLanes];
    for (int l = 0; l < kVectorLanes; ++l) {
      agents[l] = static_cast<std::uint32_t>(found[at + l].agent);
      squares[l] = std::bit_cast<std::uint32_t>(found[at + l].square_m2);
    }
    luck.c1 = hn::Load(d, agents);  // of kind kLink, which is 0
    UintVec words[4];
    luck.words(static_cast<std::uint32_t>(receiver), words);
    const auto arrives =
        hn::RebindMask(d, (volery::HWY_NAMESPACE::uniform_of(words[0]) < F32(keep)).raw);
    const auto others = hn::Ne(luck.c1, same_words(static_cast<std::uint32_t>(receiver)));
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, hn::And(arrives, others), bytes);
    unsigned bits = bytes[0] | (static_cast<unsigned>(bytes[1]) << 8U);
    const auto rest = static_cast<unsigned>(count - at);
    if (rest < static_cast<unsigned>(kVectorLanes)) bits &= (1U << rest) - 1;
    for (; bits != 0; bits &= bits - 1) {
      const int lane = std::countr_zero(bits);
      found[left++] = {static_cast<std::int32_t>(agents[lane]),
                       std::bit_cast<float>(squares[lane])};
    }
  }
  return left;
}

}  // namespace volery::radio::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::radio {

HWY_EXPORT(find);
HWY_EXPORT(lucky);

int find_agents(const IndexArrays& arrays, Vec3 at_w_m, float radius_m, Search search, Found* out,
                int capacity) noexcept {
  return HWY_DYNAMIC_DISPATCH(find)(arrays, at_w_m, radius_m, search, out, capacity);
}

int keep_lucky(const RadioKey& key, std::int32_t receiver, float keep, Found* found,
               int count) noexcept {
  return HWY_DYNAMIC_DISPATCH(lucky)(key, receiver, keep, found, count);
}

}  // namespace volery::radio
#endif
