// A C++ program that owns the loop: quadcopters hover under the scripted baseline.
#include <cstdio>
#include <memory>
#include <vector>

#include "volery/batch.hpp"
#include "volery/policy.hpp"

int main() try {
  volery::BatchConfig config;
  config.num_worlds = 256;
  volery::Batch batch(config);  // hover, with every other default
  const volery::Layout& layout = batch.layout();
  // all memory is the program's; the batch only writes to it
  const std::size_t rows = layout.num_rows();
  std::vector<float> observation(layout.observation_count());
  std::vector<float> actions(layout.action_count());
  std::vector<float> reward(rows);
  const auto terminated = std::make_unique<bool[]>(rows);
  const auto truncated = std::make_unique<bool[]>(rows);
  const volery::StepOutputs out{.observation = observation.data(),
                                .reward = reward.data(),
                                .terminated = terminated.get(),
                                .truncated = truncated.get()};
  const auto policy = batch.policy("");  // the task's own
  batch.reset({.seed = 0}, {.observation = observation.data()});
  double sum = 0;
  for (unsigned step = 0; step < 300; ++step) {
    policy->act(observation.data(), layout.observation_size(), actions.data(), layout.action_size(),
                static_cast<int>(rows), 0, step);
    batch.step(actions, out);
    for (const float r : reward) sum += r;
  }
  std::printf("mean reward %.4f\n", sum / static_cast<double>(300 * rows));
  return 0;
} catch (const volery::Error& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
