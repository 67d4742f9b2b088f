// Lists of the nearest candidates so far, one per lane. Included once per instruction set by the
// kernels of search_lanes.cpp.
#if defined(VOLERY_SWARM_NEAREST_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SWARM_NEAREST_LANES_HPP_
#undef VOLERY_SWARM_NEAREST_LANES_HPP_
#else
#define VOLERY_SWARM_NEAREST_LANES_HPP_
#endif

#include "core/lanes.hpp"
#include "swarm/neighbor_grid.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::swarm::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::kVectorLanes;
using volery::HWY_NAMESPACE::Mask;
namespace hn = hwy::HWY_NAMESPACE;

/// Ascending lists, one per lane: squared distances and indices (exact in float32 up to 2^24).
template <int kRoom>
struct NearestLists {
  F32 square_m2[kRoom];
  F32 index[kRoom];

  HWY_INLINE NearestLists(int count, float limit_m2) {
    for (int k = 0; k < count; ++k) {
      square_m2[k] = F32(limit_m2);
      index[k] = F32(-1.0F);
    }
  }
  /// Puts a candidate of every lane in its place and drops the farthest. Candidates come in
  /// ascending order of index, so that on a tie the earlier one stays in front.
  HWY_INLINE void offer(int count, F32 candidate_m2, F32 candidate) {
    Mask before = candidate_m2 < square_m2[count - 1];
    for (int k = count - 1; k > 0; --k) {
      // slot k takes its left neighbor's entry if the candidate goes left of that, else the
      // candidate
      const Mask left = candidate_m2 < square_m2[k - 1];
      square_m2[k] = select(before, select(left, square_m2[k - 1], candidate_m2), square_m2[k]);
      index[k] = select(before, select(left, index[k - 1], candidate), index[k]);
      before = left;
    }
    square_m2[0] = select(before, candidate_m2, square_m2[0]);
    index[0] = select(before, candidate, index[0]);
  }
};

/// Coordinates of a vector of targets.
struct Targets {
  F32 x, y, z;
  HWY_INLINE Targets(const SearchArrays& a, int first)
      : x(hn::LoadU(FloatTag(), a.x_m + first)),
        y(hn::LoadU(FloatTag(), a.y_m + first)),
        z(hn::LoadU(FloatTag(), a.z_m + first)) {}
  /// Squared distances to one point.
  HWY_INLINE F32 square_to(const SearchArrays& a, int other) const {
    const F32 dx = x - F32(a.x_m[other]);
    const F32 dy = y - F32(a.y_m[other]);
    const F32 dz = z - F32(a.z_m[other]);
    return dx * dx + dy * dy + dz * dz;
  }
};

/// Lists of a vector of targets as numbers, to be read lane by lane.
template <int kRoom>
struct ListedNumbers {
  HWY_ALIGN float distance_m[kRoom * kLanes];
  HWY_ALIGN float index[kRoom * kLanes];

  HWY_INLINE ListedNumbers(const NearestLists<kRoom>& lists, int count) {
    for (int k = 0; k < count; ++k) {
      const Mask found = lists.index[k] >= F32(0.0F);
      select(found, sqrt(lists.square_m2[k]), F32(0.0F)).store(distance_m + k * kVectorLanes);
      lists.index[k].store(index + k * kVectorLanes);
    }
  }
  /// Writes the list of one lane into the row of an agent.
  HWY_INLINE void write(const SearchArrays& a, int lane, std::int32_t agent) const {
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(agent) * a.count;
    for (int k = 0; k < a.count; ++k) {
      a.index[row + k] = static_cast<std::int32_t>(index[k * kVectorLanes + lane]);
      a.distance_m[row + k] = distance_m[k * kVectorLanes + lane];
    }
  }
};

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SWARM_NEAREST_LANES_HPP_
