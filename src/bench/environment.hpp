// A batch with its buffers, as the cases step it.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "contact/plain_bullet.hpp"
#include "scene/scene.hpp"
#include "volery/batch.hpp"

namespace volery::bench {

class Environment {
 public:
  explicit Environment(BatchConfig config);

  Batch batch;
  StepOutputs out;

  [[nodiscard]] double num_rows() const { return static_cast<double>(batch.layout().num_rows()); }
  [[nodiscard]] std::vector<float>& observation() { return observation_; }
  void reset() { batch.reset({.seed = 0}, out); }
  void step(std::span<const float> actions) { batch.step(actions, out); }

 private:
  std::vector<float> observation_, reward_;
  std::unique_ptr<bool[]> terminated_, truncated_;
};

/// Sets of rotor actions with every thrust within 10 % of hover, [sets][W][A][U].
class HoverActions {
 public:
  HoverActions(const Vehicle& vehicle, const Layout& layout, int num_sets);
  /// The next set, round and round.
  [[nodiscard]] std::span<const float> next();

 private:
  std::vector<float> values_;
  std::size_t set_size_;
  std::size_t position_ = 0;
};

/// One world of plain Bullet with drones that hover apart from each other over flat ground: what
/// one body-step costs there is the unit that the hover case is measured in.
class PlainHover {
 public:
  explicit PlainHover(const Vehicle& vehicle, int num_bodies = 1024);
  /// Seconds per body and step, over some steps.
  [[nodiscard]] double seconds_per_body_step(int steps);

 private:
  Scene scene_;
  contact::PlainBullet bullet_;
  int num_bodies_;
};

/// Open air over flat ground, with room for a number of drones at a density.
[[nodiscard]] Value open_scene(int num_agents, double cubic_meters_per_agent);

}  // namespace volery::bench
