#include "task/nearest_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "task/nearest_common.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "core/lanes.hpp"

#ifndef VOLERY_TASK_NEAREST_CONSTANTS_
#define VOLERY_TASK_NEAREST_CONSTANTS_
namespace volery::task {

/// Where absent agents and padding are put, on each axis: nobody's nearest.
inline constexpr float kFarM = 1e12F;

}  // namespace volery::task
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::task::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::F32;
using volery::HWY_NAMESPACE::FloatTag;
using volery::HWY_NAMESPACE::kVectorLanes;
namespace hn = hwy::HWY_NAMESPACE;

/// Least distances of agents [0, num) to any other; the arrays are padded to whole blocks.
void nearest_of_arrays(const float* x, const float* y, const float* z, int num, float* least_m) {
  for (int first = 0; first < num; first += kVectorLanes) {
    const F32 own_x = F32::load(x + first), own_y = F32::load(y + first);
    const F32 own_z = F32::load(z + first);
    const auto square_to = [&](int other) {
      const F32 dx = own_x - F32(x[other]), dy = own_y - F32(y[other]), dz = own_z - F32(z[other]);
      return dx * dx + dy * dy + dz * dz;
    };
    // all others, and the agents of this vector without themselves
    F32 least(kNoOtherM * kNoOtherM);
    const int end = first + kVectorLanes < num ? first + kVectorLanes : num;
    for (int other = 0; other < first; ++other) least = min(square_to(other), least);
    for (int other = end; other < num; ++other) least = min(square_to(other), least);
    const F32 lane(hn::Iota(FloatTag(), static_cast<float>(first)));
    for (int other = first; other < end; ++other) {
      const F32 self(static_cast<float>(other));
      least = min(select(lane == self, F32(kFarM), square_to(other)), least);
    }
    sqrt(least).store(least_m + first);
  }
}

}  // namespace volery::task::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::task {

namespace {

HWY_EXPORT(nearest_of_arrays);

}  // namespace

void nearest_distances(const Slab& slab, int world, float* distance_m) noexcept {
  const int num = slab.num_agents;
  const int padded = blocks_for(num) * kLanes;
  alignas(64) float x[kMaxPairAgents];
  alignas(64) float y[kMaxPairAgents];
  alignas(64) float z[kMaxPairAgents];

  // a world may start in the middle of a block: gather it, absent agents and padding far away
  for (int i = 0; i < padded; ++i) {
    const int body = world * num + i;
    const bool present = i < num && !is_absent(slab.agents, body);
    const Vec3 p = present ? slab.agents.vec3(body, kPosition) : Vec3{kFarM, kFarM, kFarM};
    x[i] = p.x;
    y[i] = p.y;
    z[i] = p.z;
  }
  HWY_DYNAMIC_DISPATCH(nearest_of_arrays)(x, y, z, num, distance_m);
}

}  // namespace volery::task
#endif
