#include "policy/silent_common.hpp"

#include <algorithm>

namespace volery::policy {

void SilentPolicy::act(const float* observation, std::ptrdiff_t observation_stride, float* action,
                       std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
                       std::uint32_t step) const noexcept {
  policy_->act(observation, observation_stride, action, action_stride, num_rows, seed, step);
  for (int i = 0; i < num_rows; ++i) {
    float* const row = action + i * action_stride;
    std::fill(row + num_controls_, row + num_actions_, 0.0F);
  }
}

}  // namespace volery::policy
