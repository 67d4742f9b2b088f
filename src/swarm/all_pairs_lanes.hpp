// Brute-force search: a vector of targets meets every agent of the world in turn. Included once per
// instruction set by search_lanes.cpp.
#if defined(VOLERY_SWARM_ALL_PAIRS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
#undef VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
#else
#define VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
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

/// One vector of targets, from lane `target` of the world on.
template <int kFixedCount>
HWY_INLINE void nearest_of_vector(const SearchArrays& a, int num_agents, int target, int first,
                                  int last) {
  constexpr int kRoom = kFixedCount > 0 ? kFixedCount : kMostNeighbors;
  const int count = kFixedCount > 0 ? kFixedCount : a.count;
  const F32 x = F32::load(a.x_m + target);
  const F32 y = F32::load(a.y_m + target);
  const F32 z = F32::load(a.z_m + target);
  NearestLists<kRoom> lists;
  for (int k = 0; k < count; ++k) {
    lists.square_m2[k] = F32(a.limit_m2);
    lists.index[k] = F32(-1.0F);
  }
  const auto square_to = [&](int other) {
    const F32 dx = x - F32(a.x_m[other]);
    const F32 dy = y - F32(a.y_m[other]);
    const F32 dz = z - F32(a.z_m[other]);
    return dx * dx + dy * dy + dz * dz;
  };

  // all others, then the lanes of this vector without themselves, in ascending order
  const int own_end = target + kVectorLanes < num_agents ? target + kVectorLanes : num_agents;
  for (int other = 0; other < target; ++other) {
    lists.offer(count, square_to(other), F32(static_cast<float>(other)));
  }
  const F32 lane = F32(hn::Iota(FloatTag(), static_cast<float>(target)));
  for (int other = target; other < own_end; ++other) {
    const F32 name(static_cast<float>(other));
    lists.offer(count, select(lane == name, F32(a.limit_m2), square_to(other)), name);
  }
  for (int other = own_end; other < num_agents; ++other) {
    lists.offer(count, square_to(other), F32(static_cast<float>(other)));
  }

  // rows of the targets asked for
  HWY_ALIGN float distance_m[kRoom * kLanes];
  HWY_ALIGN float index[kRoom * kLanes];
  for (int k = 0; k < count; ++k) {
    const Mask found = lists.index[k] >= F32(0.0F);
    select(found, sqrt(lists.square_m2[k]), F32(0.0F)).store(distance_m + k * kVectorLanes);
    lists.index[k].store(index + k * kVectorLanes);
  }
  const int from = first > target ? first : target;
  const int to = last < own_end ? last : own_end;
  for (int agent = from; agent < to; ++agent) {
    const int row = agent * count;
    for (int k = 0; k < count; ++k) {
      a.index[row + k] = static_cast<std::int32_t>(index[k * kVectorLanes + agent - target]);
      a.distance_m[row + k] = distance_m[k * kVectorLanes + agent - target];
    }
  }
}

// lists of a fixed K stay in registers (two vectors per neighbor); others go through memory
template <int kFixedCount>
HWY_INLINE void all_pairs_of(const SearchArrays& a, int num_agents, int first, int last) {
  for (int target = first / kVectorLanes * kVectorLanes; target < last; target += kVectorLanes) {
    nearest_of_vector<kFixedCount>(a, num_agents, target, first, last);
  }
}

inline void all_pairs(const SearchArrays& a, int num_agents, int first, int last) {
  switch (a.count) {
    case 1:
      return all_pairs_of<1>(a, num_agents, first, last);
    case 2:
      return all_pairs_of<2>(a, num_agents, first, last);
    case 3:
      return all_pairs_of<3>(a, num_agents, first, last);
    case 4:
      return all_pairs_of<4>(a, num_agents, first, last);
    case 5:
      return all_pairs_of<5>(a, num_agents, first, last);
    case 6:
      return all_pairs_of<6>(a, num_agents, first, last);
    case 7:
      return all_pairs_of<7>(a, num_agents, first, last);
    case 8:
      return all_pairs_of<8>(a, num_agents, first, last);
    default:
      return all_pairs_of<0>(a, num_agents, first, last);
  }
}

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
