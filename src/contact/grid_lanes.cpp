#include "contact/grid_lanes.hpp"

#include <algorithm>
#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "contact/grid_lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::contact::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::any;
using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::kVectorLanes;
using volery::HWY_NAMESPACE::Mask;
using volery::HWY_NAMESPACE::select;
namespace hn = hwy::HWY_NAMESPACE;

/// One sphere, broadcast.
struct Sphere {
  const SortedSpheres& s;
  int slot;
  F32 x, y, z, radius;

  HWY_INLINE Sphere(const SortedSpheres& spheres, int at)
      : s(spheres),
        slot(at),
        x(spheres.x_m[at]),
        y(spheres.y_m[at]),
        z(spheres.z_m[at]),
        radius(spheres.radius_m[at]) {}

  /// Meets the slots [begin, end).
  HWY_INLINE void meet(int begin, int end, OverlapList& out) const {
    const FloatTag d;
    for (int at = begin; at < end; at += kVectorLanes) {
      const F32 dx = x - F32(hn::LoadU(d, s.x_m + at));
      const F32 dy = y - F32(hn::LoadU(d, s.y_m + at));
      const F32 dz = z - F32(hn::LoadU(d, s.z_m + at));
      const F32 reach = radius + F32(hn::LoadU(d, s.radius_m + at));
      // lanes past the end are rarely close: they are sorted out below
      const Mask hit = dx * dx + dy * dy + dz * dz <= reach * reach;
      if (HWY_UNLIKELY(any(hit))) add(hit, at, end, out);
    }
  }

  HWY_NOINLINE void add(Mask hit, int at, int end, OverlapList& out) const {
    std::uint8_t bytes[8] = {};
    hn::StoreMaskBits(FloatTag(), hit.raw, bytes);
    unsigned bits = bytes[0] | (static_cast<unsigned>(bytes[1]) << 8U);
    if (end - at < kVectorLanes) bits &= (1U << static_cast<unsigned>(end - at)) - 1;
    for (; bits != 0; bits &= bits - 1)
      out.add(s.index[slot], s.index[at + std::countr_zero(bits)]);
  }
};

float widest_radius_of(const float* radius_m, int count, float most_m) {
  const FloatTag d;
  F32 widest(0.0F);
  int i = 0;
  for (; i + kVectorLanes <= count; i += kVectorLanes) {
    const F32 r = hn::LoadU(d, radius_m + i);
    widest = select((r <= F32(most_m)) & (r > widest), r, widest);
  }
  HWY_ALIGN float lanes[kLanes];
  widest.store(lanes);
  float result = *std::max_element(lanes, lanes + kVectorLanes);
  for (; i < count; ++i) {
    if (radius_m[i] <= most_m && radius_m[i] > result) result = radius_m[i];
  }
  return result;
}

void meet_all_before_of(const SortedSpheres& s, int first, int last, OverlapList& out) {
  for (int slot = first; slot < last; ++slot) {
    // with NaN, one that takes no part
    if (s.x_m[slot] == s.x_m[slot]) Sphere(s, slot).meet(0, slot, out);
  }
}

void meet_cells_of(const SortedSpheres& s, int first, int last, OverlapList& out) {
  for (int slot = first; slot < last;) {
    // rows of cells after this one that are next to it; each one's cells lie side by side
    const int row = s.cell[slot] / s.cells_x;
    const int row_cell = row * s.cells_x;
    const int y = row % s.cells_y;
    const int layer = s.cells_x * s.cells_y;
    int rows_after[4];
    int num_rows = 0;
    if (y + 1 < s.cells_y) rows_after[num_rows++] = s.cells_x;
    if (row + s.cells_y < s.cells_y * s.cells_z) {
      if (y > 0) rows_after[num_rows++] = layer - s.cells_x;
      rows_after[num_rows++] = layer;
      if (y + 1 < s.cells_y) rows_after[num_rows++] = layer + s.cells_x;
    }

    // each sphere with those after it in its own cell and the next, and with three cells of each
    // row
    const int end = std::min(last, s.start[row_cell + s.cells_x]);
    for (; slot < end; ++slot) {
      const Sphere sphere(s, slot);
      const std::int32_t* const own = s.start + s.cell[slot];
      const int left = s.cell[slot] > row_cell ? -1 : 0;
      const int past = s.cell[slot] + 1 < row_cell + s.cells_x ? 2 : 1;
      sphere.meet(slot + 1, own[past], out);
      for (int i = 0; i < num_rows; ++i) {
        const std::int32_t* const other = own + rows_after[i];
        sphere.meet(other[left], other[past], out);
      }
    }
  }
}

}  // namespace volery::contact::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::contact {

HWY_EXPORT(widest_radius_of);
HWY_EXPORT(meet_all_before_of);
HWY_EXPORT(meet_cells_of);

void OverlapList::add(int one, int other) {
  pairs.push_back(one < other ? SpherePair{one, other} : SpherePair{other, one});
}

float widest_radius(const float* radius_m, int count, float most_m) noexcept {
  return HWY_DYNAMIC_DISPATCH(widest_radius_of)(radius_m, count, most_m);
}

void meet_all_before(const SortedSpheres& spheres, int first, int last, OverlapList& out) noexcept {
  HWY_DYNAMIC_DISPATCH(meet_all_before_of)(spheres, first, last, out);
}

void meet_cells(const SortedSpheres& spheres, int first, int last, OverlapList& out) noexcept {
  HWY_DYNAMIC_DISPATCH(meet_cells_of)(spheres, first, last, out);
}

}  // namespace volery::contact
#endif
