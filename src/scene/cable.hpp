// Cables of a scene with their ends found: which bodies each one joins.
#pragma once

#include <vector>

#include "core/types.hpp"
#include "scene/scene.hpp"

namespace volery {

/// What an end of a cable is tied to.
struct CableEnd {
  enum class Kind : int { kAgent, kProp, kWorld };
  Kind kind = Kind::kWorld;
  int index = 0;  // of the agent in its world, or of the prop in SceneConfig.props
  Vec3 at_m;      // from the body's center of mass in its frame; in the world for kWorld
};

/// One cable of each world.
struct Cable {
  CableEnd a, b;
  float length_m = 0;
  int spec = 0;  // index into SceneConfig.cables
};

inline constexpr double kShortestCable_m = 0.01;
inline constexpr double kLongestCable_m = 1000;
/// For checks before the number of agents is known.
inline constexpr int kAnyNumberOfAgents = -1;

/// The cables of a world of that many agents: one for each entry of SceneConfig.cables, but one per
/// agent in ascending order where an end is "agents". Throws Error for an unknown name, an agent or
/// prop that is not there, and two ends at one body.
[[nodiscard]] std::vector<Cable> cables_of(const SceneConfig& config, int num_agents);

}  // namespace volery
