// The worlds of swarm64, for the cases that measure them.
#pragma once

#include <vector>

#include "bench/environment.hpp"
#include "bench/timing.hpp"

namespace volery::bench {

/// 64 worlds of 64 drones that cross the swarm, without a radio.
[[nodiscard]] BatchConfig mute_swarm_config(const Options& options);
/// The same with a radio that half of them use in each step.
[[nodiscard]] BatchConfig talking_swarm_config(const Options& options);
/// Steps per repeat.
[[nodiscard]] int swarm_steps(const Options& options);
/// What the baseline does from a reset on, [steps][W][A][U]; it has been done when this returns.
[[nodiscard]] std::vector<float> swarm_actions(Environment& env, int steps);

}  // namespace volery::bench
