// The baseline of worlds whose agents are of several types: one policy per type.
#pragma once

#include <memory>
#include <vector>

#include "volery/policy.hpp"

namespace volery::policy {

/// Row i belongs to agent i % num_agents, whose type is that modulo the number of types.
class FleetPolicy final : public Policy {
 public:
  FleetPolicy(std::vector<std::unique_ptr<Policy>> types, int num_agents)
      : types_(std::move(types)), num_agents_(num_agents) {}
  void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
           std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
           std::uint32_t step) const noexcept override;

 private:
  std::vector<std::unique_ptr<Policy>> types_;
  int num_agents_;
};

}  // namespace volery::policy
