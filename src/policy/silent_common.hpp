// Policies that know nothing of the radio, in batches that have one: they send nothing.
#pragma once

#include <memory>

#include "volery/policy.hpp"

namespace volery::policy {

/// Another policy, with columns [num_controls, num_actions) of its actions at 0.
class SilentPolicy final : public Policy {
 public:
  SilentPolicy(std::unique_ptr<Policy> policy, int num_controls, int num_actions)
      : policy_(std::move(policy)), num_controls_(num_controls), num_actions_(num_actions) {}
  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
           std::uint32_t step) const noexcept override;

 private:
  std::unique_ptr<Policy> policy_;
  int num_controls_;
  int num_actions_;
};

}  // namespace volery::policy
