// Distance of each agent to its nearest other one, by testing all pairs: for worlds of up to a
// thousand agents, where that is cheaper than an index.
#pragma once

#include "state/slab.hpp"

namespace volery::task {

inline constexpr int kMaxPairAgents = 1024;
/// Reported where there is no other agent.
inline constexpr float kNoOtherM = 1000;

/// Writes the distances of the agents of a world, in order; absent ones neither have nor are
/// nearest. A <= kMaxPairAgents.
void nearest_distances(const Slab& slab, int world, float* distance_m) noexcept;

}  // namespace volery::task
