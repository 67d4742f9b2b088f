// Grid search: each target reads the cells around its own, ring by ring, until nothing farther out
// can be nearer than what it has. Included once per instruction set by search_lanes.cpp.
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
  HWY_INLINE bool full() const { return index[count - 1] >= 0; }
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

/// Low and high cell of a block around a cell, cut to the grid.
struct CellRange {
  int low = 0;
  int high = 0;
  HWY_INLINE CellRange(int cell, int ring, int count)
      : low(cell > ring ? cell - ring : 0),
        high(cell + ring < count - 1 ? cell + ring : count - 1) {}
};

/// The cells at exactly this ring around the target's cell; ring 1 takes the middle along.
HWY_INLINE void scan_ring(CellSearch& search, const int (&cell)[3], int ring) {
  const Grid& grid = search.grid;
  const CellRange x(cell[0], ring, grid.count[0]);
  const CellRange y(cell[1], ring, grid.count[1]);
  const CellRange z(cell[2], ring, grid.count[2]);
  for (int k = z.low; k <= z.high; ++k) {
    const bool z_face = k == cell[2] - ring || k == cell[2] + ring;
    for (int j = y.low; j <= y.high; ++j) {
      const bool face = z_face || j == cell[1] - ring || j == cell[1] + ring;
      if (face || ring == 1) {
        search.scan_row(x.low, x.high, j, k);
        continue;
      }
      // inside the shell only its two ends are new
      if (cell[0] - ring >= 0) search.scan_row(cell[0] - ring, cell[0] - ring, j, k);
      if (cell[0] + ring < grid.count[0]) search.scan_row(cell[0] + ring, cell[0] + ring, j, k);
    }
  }
}

/// Distance within which the block of this ring holds every agent: `ring` cells and the way to the
/// nearest side of the target's own cell (none of that outside the box). Rounded down.
HWY_INLINE double reach_m(const Grid& grid, const int (&cell)[3], const float (&at_m)[3],
                          int ring) {
  double margin = 0.5;
  for (int axis = 0; axis < 3; ++axis) {
    const double offset =
        (static_cast<double>(at_m[axis]) - grid.low_m[axis]) * grid.per_cell - cell[axis];
    const double side = offset < 1 - offset ? offset : 1 - offset;
    margin = side < margin ? side : margin;
  }
  margin = margin > 0 ? margin : 0;
  constexpr double kRounding = 1e-6;
  return (ring + margin) * grid.cell_m * (1 - kRounding);
}

/// The exact search of one slot, whatever its surroundings.
HWY_INLINE void nearest_of_slot(CellSearch& search, float radius_m, int slot) {
  const SearchArrays& a = search.a;
  const Grid& grid = search.grid;
  search.nearest.clear(a.count, a.limit_m2);
  if (slot < grid.num_active) {
    search.slot = slot;
    const float at_m[3] = {a.x_m[slot], a.y_m[slot], a.z_m[slot]};
    const int cell[3] = {grid.cell_along(0, at_m[0]), grid.cell_along(1, at_m[1]),
                         grid.cell_along(2, at_m[2])};
    const int widest = std::max({grid.count[0], grid.count[1], grid.count[2]});
    for (int ring = 1; ring <= widest; ++ring) {
      scan_ring(search, cell, ring);
      const double reach = reach_m(grid, cell, at_m, ring);
      if (reach >= static_cast<double>(radius_m)) break;
      const bool full = search.nearest.full();
      if (full && static_cast<double>(search.nearest.worst_m2()) < reach * reach) break;
    }
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
