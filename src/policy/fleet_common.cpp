#include "policy/fleet_common.hpp"

namespace volery::policy {

void FleetPolicy::act(const float* observation, std::ptrdiff_t observation_stride, float* action,
                      std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
                      std::uint32_t step) const noexcept {
  for (int i = 0; i < num_rows; ++i) {
    const auto type = static_cast<std::size_t>(i % num_agents_) % types_.size();
    // one row per call, so the seed tells the rows apart for policies that draw
    types_[type]->act(observation + i * observation_stride, observation_stride,
                      action + i * action_stride, action_stride, 1,
                      seed + static_cast<std::uint64_t>(i) * 0x9E3779B97F4A7C15U, step);
  }
}

}  // namespace volery::policy
