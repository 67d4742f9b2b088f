#include "task/nearest_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::task {

void nearest_distances(const Slab& slab, int world, float* distance_m) noexcept {
  constexpr float kFar = 1e12F;
  const int num = slab.num_agents;
  const int padded = blocks_for(num) * kLanes;
  alignas(64) float x[kMaxPairAgents];
  alignas(64) float y[kMaxPairAgents];
  alignas(64) float z[kMaxPairAgents];

  // a world may start in the middle of a block: gather it, absent agents and padding far away
  for (int i = 0; i < padded; ++i) {
    const int body = world * num + i;
    const bool present =
        i < num && slab.agents.at(body, kMode) != static_cast<float>(BodyMode::kAbsent);
    const Vec3 p = present ? slab.agents.vec3(body, kPosition) : Vec3{kFar, kFar, kFar};
    x[i] = p.x;
    y[i] = p.y;
    z[i] = p.z;
  }

  for (int first = 0; first < padded; first += kLanes) {
    alignas(64) float least[kLanes];
    std::fill_n(least, kLanes, kNoOtherM * kNoOtherM);
    for (int j = 0; j < num; ++j) {
      alignas(64) float square[kLanes];
      for (int l = 0; l < kLanes; ++l) {
        const float dx = x[first + l] - x[j], dy = y[first + l] - y[j], dz = z[first + l] - z[j];
        square[l] = dx * dx + dy * dy + dz * dz;
      }
      if (j >= first && j < first + kLanes) square[j - first] = kFar;
      for (int l = 0; l < kLanes; ++l) least[l] = square[l] < least[l] ? square[l] : least[l];
    }
    const int lanes = std::min(kLanes, num - first);
    for (int l = 0; l < lanes; ++l) distance_m[first + l] = std::sqrt(least[l]);
  }
}

}  // namespace volery::task
