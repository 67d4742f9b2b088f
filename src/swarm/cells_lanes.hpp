// Grid search: each target reads the cells within a radius that grows until nothing farther out can
// be nearer than what it has. Included once per instruction set by search_lanes.cpp.
#if defined(VOLERY_SWARM_CELLS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SWARM_CELLS_LANES_HPP_
#undef VOLERY_SWARM_CELLS_LANES_HPP_
#else
#define VOLERY_SWARM_CELLS_LANES_HPP_
#endif

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/lanes.hpp"
#include "swarm/neighbor_grid.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::swarm::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::kVectorLanes;
namespace hn = hwy::HWY_NAMESPACE;

/// The ascending list of one target.
struct NearestList {
  int count = 0;  // K
  float square_m2[kMostNeighbors];
  std::int32_t index[kMostNeighbors];

  HWY_INLINE void clear(int k, float limit_m2) {
    count = k;
    for (int i = 0; i < k; ++i) {
      square_m2[i] = limit_m2;
      index[i] = -1;
    }
  }
  HWY_INLINE float worst_m2() const { return square_m2[count - 1]; }
  HWY_INLINE bool full_within(double limit_m2) const {
    return index[count - 1] >= 0 && static_cast<double>(worst_m2()) < limit_m2;
  }
  /// Candidates come in any order, so ties compare indices; an empty entry loses every tie.
  HWY_INLINE void offer(float candidate_m2, std::int32_t candidate) {
    const auto in_front_of = [&](int k) {
      return candidate_m2 < square_m2[k] || (candidate_m2 == square_m2[k] && candidate < index[k]);
    };
    int k = count - 1;
    if (!in_front_of(k)) return;
    for (; k > 0 && in_front_of(k - 1); --k) {
      square_m2[k] = square_m2[k - 1];
      index[k] = index[k - 1];
    }
    square_m2[k] = candidate_m2;
    index[k] = candidate;
  }
};

/// The target and what it searches in.
struct CellSearch {
  const SearchArrays& a;
  const Grid& grid;
  const std::int32_t* cell_start;
  const std::int32_t* agent_of;
  int slot = 0;
  NearestList nearest;

  /// Offers the slots [begin, end) of a run of cells, a vector of distances at a time.
  HWY_INLINE void scan(int begin, int end) {
    const FloatTag d;
    const F32 x(a.x_m[slot]);
    const F32 y(a.y_m[slot]);
    const F32 z(a.z_m[slot]);
    for (int at = begin; at < end; at += kVectorLanes) {
      const F32 dx = x - F32(hn::LoadU(d, a.x_m + at));
      const F32 dy = y - F32(hn::LoadU(d, a.y_m + at));
      const F32 dz = z - F32(hn::LoadU(d, a.z_m + at));
      const F32 square_m2 = dx * dx + dy * dy + dz * dz;
      const auto within = hn::And(hn::FirstN(d, static_cast<std::size_t>(end - at)),
                                  (square_m2 <= F32(nearest.worst_m2())).raw);
      if (hn::AllFalse(d, within)) continue;
      std::uint8_t bytes[8] = {};
      hn::StoreMaskBits(d, within, bytes);
      HWY_ALIGN float squares[kLanes];
      square_m2.store(squares);
      unsigned bits = bytes[0] | (static_cast<unsigned>(bytes[1]) << 8U);
      for (; bits != 0; bits &= bits - 1) {
        const int lane = std::countr_zero(bits);
        if (at + lane != slot) nearest.offer(squares[lane], agent_of[at + lane]);
      }
    }
  }
  /// Offers the cells i0..i1 of row (j, k), which lie side by side.
  HWY_INLINE void scan_row(int i0, int i1, int j, int k) {
    scan(cell_start[grid.cell(i0, j, k)], cell_start[grid.cell(i1, j, k) + 1]);
  }
};

/// The cells along one axis that hold all agents within a radius.
struct CellSpan {
  int low;
  int high;
  HWY_INLINE CellSpan(const Grid& grid, int axis, float at_m, double radius_m) {
    const double place = grid.place(axis, at_m);
    const double reach = radius_m * grid.per_cell[axis];
    low = grid.cut(axis, place - reach);
    high = grid.cut(axis, place + reach);
  }
};

// slack of a radius against the rounding of places and squared distances
inline constexpr double kSearchSlack = 1e-6;

/// The exact search of one slot, whatever its surroundings.
HWY_INLINE void nearest_of_slot(CellSearch& search, float radius_m, int slot) {
  const SearchArrays& a = search.a;
  const Grid& grid = search.grid;
  search.nearest.clear(a.count, a.limit_m2);
  search.slot = slot;
  // within a radius that grows until nothing farther out can be nearer than what is there
  for (double within_m = grid.side_m; slot < grid.num_active; within_m *= 2) {
    const bool whole = within_m >= static_cast<double>(radius_m);
    const double reach_m = (whole ? static_cast<double>(radius_m) : within_m) * (1 + kSearchSlack);
    const CellSpan x(grid, 0, a.x_m[slot], reach_m);
    const CellSpan y(grid, 1, a.y_m[slot], reach_m);
    const CellSpan z(grid, 2, a.z_m[slot], reach_m);
    search.nearest.clear(a.count, a.limit_m2);
    for (int k = z.low; k <= z.high; ++k) {
      for (int j = y.low; j <= y.high; ++j) search.scan_row(x.low, x.high, j, k);
    }
    if (whole || search.nearest.full_within(within_m * within_m * (1 - kSearchSlack))) break;
    const bool everywhere = x.low == 0 && x.high == grid.count[0] - 1 && y.low == 0 &&
                            y.high == grid.count[1] - 1 && z.low == 0 &&
                            z.high == grid.count[2] - 1;
    if (everywhere) break;
  }
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(search.agent_of[slot]) * a.count;
  for (int k = 0; k < a.count; ++k) {
    const bool found = search.nearest.index[k] >= 0;
    a.index[row + k] = search.nearest.index[k];
    a.distance_m[row + k] = found ? std::sqrt(search.nearest.square_m2[k]) : 0.0F;
  }
}

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SWARM_CELLS_LANES_HPP_
