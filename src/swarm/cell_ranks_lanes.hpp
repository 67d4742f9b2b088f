// Grid search without a branch per candidate: collects all that are within a radius and ranks them
// by counting who is nearer. Included once per instruction set by search_lanes.cpp.
//
// Where that does not settle the list (too few or too many of them, or two equally far, whose order
// hangs on the index), the target goes through the exact search of cells_lanes.hpp.
#if defined(VOLERY_SWARM_CELL_RANKS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SWARM_CELL_RANKS_LANES_HPP_
#undef VOLERY_SWARM_CELL_RANKS_LANES_HPP_
#else
#define VOLERY_SWARM_CELL_RANKS_LANES_HPP_
#endif

#include "swarm/cells_lanes.hpp"

#ifndef VOLERY_SWARM_CHOSEN_LANES_
#define VOLERY_SWARM_CHOSEN_LANES_
namespace volery::swarm {

/// The lanes whose bits are set in a mask of up to eight, in order, then zeros.
struct ChosenLanes {
  std::uint8_t of_bits[256][8] = {};
  constexpr ChosenLanes() {
    for (int bits = 0; bits < 256; ++bits) {
      int n = 0;
      for (int lane = 0; lane < 8; ++lane) {
        if ((bits >> lane & 1) != 0) of_bits[bits][n++] = static_cast<std::uint8_t>(lane);
      }
    }
  }
};
inline constexpr ChosenLanes kChosenLanes;

}  // namespace volery::swarm
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::swarm::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::FloatMask;

/// Stores the lanes of a mask side by side and some others after them.
/// Highway's own for these vectors copies its table to the stack with GCC 12, at each call.
template <class Tag>
HWY_INLINE void store_chosen(hn::Vec<Tag> v, FloatMask chosen, unsigned bits,
                             hn::TFromD<Tag>* out) {
  const Tag d;
  if constexpr (kVectorLanes == 4 || kVectorLanes == 8) {
    const hn::RebindToSigned<Tag> di;
    const hn::Rebind<std::uint8_t, Tag> du8;
    const auto order = hn::PromoteTo(di, hn::LoadU(du8, kChosenLanes.of_bits[bits]));
    hn::StoreU(hn::TableLookupLanes(v, hn::IndicesFromVec(d, order)), d, out);
  } else {
    hn::CompressStore(v, hn::RebindMask(d, chosen), d, out);
  }
}

/// The slots within a radius of a target, itself among them.
struct CloseSlots {
  // twice what the surroundings of a target hold at constant density
  static constexpr int kMost = 4 * kMostNeighbors;
  // vectors are read and written past the end
  static constexpr int kRoom = kMost + 3 * kLanes;

  int count = 0;
  HWY_ALIGN float square_m2[kRoom];
  HWY_ALIGN std::int32_t slot[kRoom];
  HWY_ALIGN float distance_m[kRoom];
  HWY_ALIGN std::int32_t rank[kRoom];  // how many are nearer
  std::int32_t at_rank[kRoom];         // which

  /// Finds all whose square is below the limit, in no order. The radius is at least the limit's
  /// root, rounded up. False where they are too many.
  HWY_INLINE bool collect(const CellSearch& search, double radius_m, float limit_m2);
  /// Ranks them, the target's own slot first. False where the distances alone do not settle the
  /// order of the first `num_ranks`.
  HWY_INLINE bool sort(int num_ranks);
};

/// Appends the slots [at, end) of a vector that are closer than the limit.
struct Collector {
  const SearchArrays& a;
  F32 x, y, z;
  F32 limit_m2;
  hn::Vec<hn::RebindToSigned<FloatTag>> lane;

  HWY_INLINE int add(int at, int end, int count, CloseSlots& out) const {
    const FloatTag d;
    const hn::RebindToSigned<FloatTag> di;
    const F32 dx = x - F32(hn::LoadU(d, a.x_m + at));
    const F32 dy = y - F32(hn::LoadU(d, a.y_m + at));
    const F32 dz = z - F32(hn::LoadU(d, a.z_m + at));
    const F32 square_m2 = dx * dx + dy * dy + dz * dz;
    const auto left = hn::Lt(lane, hn::Set(di, end - at));
    const auto close = hn::And((square_m2 < limit_m2).raw, hn::RebindMask(d, left));
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(d, close, bytes);
    const unsigned bits = bytes[0] | (static_cast<unsigned>(bytes[1]) << 8U);
    store_chosen<FloatTag>(square_m2.raw, close, bits, out.square_m2 + count);
    store_chosen<decltype(di)>(hn::Add(lane, hn::Set(di, at)), close, bits, out.slot + count);
    return count + std::popcount(bits);
  }
};

HWY_INLINE bool CloseSlots::collect(const CellSearch& search, double radius_m, float limit_m2) {
  const SearchArrays& a = search.a;
  const Grid& grid = search.grid;
  const int own = search.slot;
  const CellSpan x(grid, 0, a.x_m[own], radius_m);
  const CellSpan y(grid, 1, a.y_m[own], radius_m);
  const CellSpan z(grid, 2, a.z_m[own], radius_m);
  const Collector collector{a,          a.x_m[own], a.y_m[own],
                            a.z_m[own], limit_m2,   hn::Iota(hn::RebindToSigned<FloatTag>(), 0)};
  int found = 0;
  for (int k = z.low; k <= z.high; ++k) {
    for (int j = y.low; j <= y.high; ++j) {
      const std::int32_t* const row = search.cell_start + grid.cell(0, j, k);
      const int end = row[x.high + 1];
      int at = row[x.low];
      do {
        found = collector.add(at, end, found, *this);
        at += kVectorLanes;
      } while (at < end && found <= kMost);
      if (HWY_UNLIKELY(found > kMost)) return false;
    }
  }
  count = found;
  return true;
}

HWY_INLINE bool CloseSlots::sort(int num_ranks) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  // whole vectors, filled up by some that are behind all others
  constexpr int kStep = 2 * kVectorLanes;
  const auto behind = hn::Set(d, std::numeric_limits<float>::infinity());
  hn::StoreU(behind, d, square_m2 + count);
  hn::StoreU(behind, d, square_m2 + count + kVectorLanes);
  const int filled = (count + kStep - 1) / kStep * kStep;
  for (int i = 0; i < filled; i += kStep) {
    const auto one_m2 = hn::Load(d, square_m2 + i);
    const auto two_m2 = hn::Load(d, square_m2 + i + kVectorLanes);
    hn::Store(hn::Sqrt(one_m2), d, distance_m + i);
    hn::Store(hn::Sqrt(two_m2), d, distance_m + i + kVectorLanes);
    auto one = hn::Zero(di);
    auto two = hn::Zero(di);
    for (int j = 0; j < filled; j += 4) {
      for (int n = 0; n < 4; ++n) {
        const auto other_m2 = hn::Set(d, square_m2[j + n]);
        // true is -1
        one = hn::Sub(one, hn::BitCast(di, hn::VecFromMask(d, hn::Lt(other_m2, one_m2))));
        two = hn::Sub(two, hn::BitCast(di, hn::VecFromMask(d, hn::Lt(other_m2, two_m2))));
      }
    }
    hn::Store(one, di, rank + i);
    hn::Store(two, di, rank + i + kVectorLanes);
  }

  // equals share a rank and leave the next one empty: one more than asked for shows them all
  const int checked = num_ranks < count ? num_ranks + 1 : count;
  for (int i = 0; i < checked; ++i) at_rank[i] = -1;
  for (int i = 0; i < filled; ++i) at_rank[rank[i]] = i;
  std::int32_t all = 0;
  for (int i = 0; i < checked; ++i) all |= at_rank[i];
  return all >= 0;
}

/// Writes the list of a target if those within a radius settle it.
HWY_INLINE bool nearest_within(const CellSearch& search, double within_m, float radius_m) {
  const SearchArrays& a = search.a;
  const bool all = within_m >= static_cast<double>(radius_m);
  const float limit_m2 =
      all ? a.limit_m2 : static_cast<float>(within_m * within_m * (1 - kSearchSlack));
  if (all) within_m = static_cast<double>(radius_m);
  CloseSlots close;
  if (!close.collect(search, within_m * (1 + kSearchSlack), limit_m2)) return false;
  if (close.count <= a.count && !all) return false;
  const int num_ranks = a.count + 1 < close.count ? a.count + 1 : close.count;
  if (!close.sort(num_ranks)) return false;

  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(search.agent_of[search.slot]) * a.count;
  for (int k = 0; k + 1 < num_ranks; ++k) {
    const int i = close.at_rank[k + 1];
    a.index[row + k] = search.agent_of[close.slot[i]];
    a.distance_m[row + k] = close.distance_m[i];
  }
  for (int k = num_ranks - 1; k < a.count; ++k) {
    a.index[row + k] = -1;
    a.distance_m[row + k] = 0;
  }
  return true;
}

/// Asks for the row that a slot's list will go to: rows lie in the order of agents, not of slots.
HWY_INLINE void expect_row(const SearchArrays& a, std::int32_t agent) {
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(agent) * a.count;
  __builtin_prefetch(a.index + row);
  __builtin_prefetch(a.index + row + a.count - 1);
  __builtin_prefetch(a.distance_m + row);
  __builtin_prefetch(a.distance_m + row + a.count - 1);
}

inline void cells(const SearchArrays& a, const Grid& grid, const std::int32_t* cell_start,
                  const std::int32_t* agent_of, float radius_m, int first, int last) {
  constexpr int kAhead = 8;
  // a sphere of a cell's size holds twice K; four times as much where that was too little, which is
  // one target in twenty inside the swarm
  const double small_m = grid.side_m;
  const double large_m = 1.6 * small_m;
  CellSearch search{a, grid, cell_start, agent_of, 0, {}};
  for (int slot = first; slot < last; ++slot) {
    if (slot + kAhead < last) expect_row(a, agent_of[slot + kAhead]);
    search.slot = slot;
    // agents that take no part have empty rows
    const bool done = slot < grid.num_active && (nearest_within(search, small_m, radius_m) ||
                                                 nearest_within(search, large_m, radius_m));
    if (!done) nearest_of_slot(search, radius_m, slot);
  }
}

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SWARM_CELL_RANKS_LANES_HPP_
