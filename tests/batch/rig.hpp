// A batch with its buffers and a fixed stream of actions: what every test of this folder drives.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/rng.hpp"
#include "volery/batch.hpp"

namespace volery::test {

struct Rig {
  explicit Rig(const BatchConfig& config) : batch(config) {
    const Layout& layout = batch.layout();
    const std::size_t rows = layout.num_rows();
    observation.resize(layout.observation_count());
    final_observation.resize(layout.observation_count());
    actions.resize(layout.action_count());
    reward.resize(rows);
    reward_terms.resize(rows * layout.reward_terms.size());
    terminated = std::make_unique<bool[]>(rows);
    truncated = std::make_unique<bool[]>(rows);
  }

  [[nodiscard]] StepOutputs outputs() {
    return {observation.data(),       reward.data(),      terminated.get(), truncated.get(),
            final_observation.data(), reward_terms.data()};
  }
  void reset(std::uint64_t seed) { batch.reset({.seed = seed}, outputs()); }

  /// Actions drawn per (world, agent, step) from `seed`, around `center`: the same for a world in
  /// any batch.
  void draw_actions(std::uint64_t seed, int step, float center = 0, float spread = 0.6F) {
    const int a = batch.num_agents();
    const int u = batch.layout().action_size();
    for (int w = 0; w < batch.num_worlds(); ++w) {
      for (int i = 0; i < a; ++i) {
        Rng rng(seed + static_cast<std::uint64_t>(w), 0, Stream::kAction,
                static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(step));
        float* row = actions.data() + (static_cast<std::ptrdiff_t>(w) * a + i) * u;
        for (int c = 0; c < u; ++c) row[c] = rng.uniform(center - spread, center + spread);
      }
    }
  }
  void step() { batch.step(actions, outputs()); }
  /// `steps` steps of drawn actions.
  void run(int steps, std::uint64_t seed = 0, int first = 0) {
    for (int i = first; i < first + steps; ++i) {
      draw_actions(seed, i);
      step();
    }
  }
  [[nodiscard]] std::vector<float> state(const std::string& name, int width) const {
    std::vector<float> values(batch.layout().num_rows() * static_cast<std::size_t>(width));
    batch.state(name, values);
    return values;
  }

  Batch batch;
  std::vector<float> observation, final_observation, actions, reward, reward_terms;
  std::unique_ptr<bool[]> terminated, truncated;
};

/// A crowded, crash-rich world: drones that fall, hit each other, the walls and the furniture.
inline BatchConfig crowd(int num_worlds, int num_agents) {
  BatchConfig config;
  config.task = "formation";
  config.num_worlds = num_worlds;
  config.num_agents = num_agents;
  config.action = "rotor";
  config.on_crash = "continue";
  config.episode_s = 3;
  return config;
}

}  // namespace volery::test
