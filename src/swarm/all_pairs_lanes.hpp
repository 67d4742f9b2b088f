// Brute-force search: a vector of targets meets every agent of the world in turn. Included once per
// instruction set by search_lanes.cpp.
#if defined(VOLERY_SWARM_ALL_PAIRS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
#undef VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
#else
#define VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
#endif

#include "core/lanes.hpp"
#include "swarm/nearest_lanes.hpp"
#include "swarm/neighbor_grid.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::swarm::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::kVectorLanes;
using volery::HWY_NAMESPACE::Mask;
namespace hn = hwy::HWY_NAMESPACE;

/// One vector of targets, from lane `target` of the world on.
template <int kFixedCount>
HWY_INLINE void nearest_of_vector(const SearchArrays& a, int num_agents, int target, int first,
                                  int last) {
  constexpr int kRoom = kFixedCount > 0 ? kFixedCount : kMostNeighbors;
  const int count = kFixedCount > 0 ? kFixedCount : a.count;
  const Targets targets(a, target);
  NearestLists<kRoom> lists(count, a.limit_m2);

  // all others, then the lanes of this vector without themselves, in ascending order
  const int own_end = target + kVectorLanes < num_agents ? target + kVectorLanes : num_agents;
  for (int other = 0; other < target; ++other) {
    lists.offer(count, targets.square_to(a, other), F32(static_cast<float>(other)));
  }
  const F32 lane = F32(hn::Iota(FloatTag(), static_cast<float>(target)));
  for (int other = target; other < own_end; ++other) {
    const F32 name(static_cast<float>(other));
    lists.offer(count, select(lane == name, F32(a.limit_m2), targets.square_to(a, other)), name);
  }
  for (int other = own_end; other < num_agents; ++other) {
    lists.offer(count, targets.square_to(a, other), F32(static_cast<float>(other)));
  }

  // rows of the targets asked for
  const ListedNumbers<kRoom> numbers(lists, a.count);
  const int from = first > target ? first : target;
  const int to = last < own_end ? last : own_end;
  for (int agent = from; agent < to; ++agent) numbers.write(a, agent - target, agent);
}

// lists of a fixed length (K rounded up, which spares instantiations) stay in registers, two
// vectors per neighbor; longer ones go through memory
template <int kFixedCount>
HWY_INLINE void all_pairs_of(const SearchArrays& a, int num_agents, int first, int last) {
  for (int target = first / kVectorLanes * kVectorLanes; target < last; target += kVectorLanes) {
    nearest_of_vector<kFixedCount>(a, num_agents, target, first, last);
  }
}

inline void all_pairs(const SearchArrays& a, int num_agents, int first, int last) {
  if (a.count <= 2) return all_pairs_of<2>(a, num_agents, first, last);
  if (a.count <= 4) return all_pairs_of<4>(a, num_agents, first, last);
  if (a.count <= 6) return all_pairs_of<6>(a, num_agents, first, last);
  if (a.count <= 8) return all_pairs_of<8>(a, num_agents, first, last);
  return all_pairs_of<0>(a, num_agents, first, last);
}

}  // namespace volery::swarm::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_SWARM_ALL_PAIRS_LANES_HPP_
