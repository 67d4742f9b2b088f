// Rovers and particles in scenes of a few bodies: what their tests drive.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "tests/batch/rig.hpp"

namespace volery::test {

/// One world of agents that start level and at rest over what `scene` holds.
inline BatchConfig ground(const Value& vehicle, const char* action, Value scene = Value::Table{},
                          int num_agents = 1) {
  BatchConfig config;
  config.vehicle = vehicle;
  config.num_agents = num_agents;
  config.action = action;
  config.on_crash = "continue";
  config.episode_s = 1000;
  scene.table().emplace("base", "empty");
  config.scene = std::move(scene);
  config.task_config = Value::Table{
      {"start", Value::Table{{"attitude_rad", 0.0}, {"velocity_mps", 0.0}, {"rates_radps", 0.0}}}};
  return config;
}

/// A batch whose agents are put where a test wants them.
struct GroundRig : Rig {
  explicit GroundRig(const BatchConfig& config) : Rig(config) { reset(1); }

  [[nodiscard]] Vec3 vec3(const char* field, int agent = 0) const {
    const std::vector<float> all = state(field, 3);
    const auto at = static_cast<std::size_t>(3 * agent);
    return {all[at], all[at + 1], all[at + 2]};
  }
  [[nodiscard]] Vec3 position(int agent = 0) const { return vec3("position_w_m", agent); }
  [[nodiscard]] Vec3 velocity(int agent = 0) const { return vec3("velocity_w_mps", agent); }
  [[nodiscard]] float yaw_rate(int agent = 0) const { return vec3("omega_b_radps", agent).z; }
  /// An axis of the body in the world.
  [[nodiscard]] Vec3 axis(Vec3 axis_b, int agent = 0) const {
    const std::vector<float> q = state("quat_wb_xyzw", 4);
    const auto at = static_cast<std::size_t>(4 * agent);
    return rotate({q[at], q[at + 1], q[at + 2], q[at + 3]}, axis_b);
  }
  /// Puts all agents of world 0 upright at these places, heading east and at rest.
  void place(const std::vector<float>& positions) {
    const auto agents = static_cast<std::size_t>(batch.num_agents());
    std::vector<float> quat;
    for (std::size_t i = 0; i < agents; ++i) quat.insert(quat.end(), {0, 0, 0, 1});
    batch.set_state(0, "position_w_m", positions);
    batch.set_state(0, "quat_wb_xyzw", quat);
    batch.set_state(0, "velocity_w_mps", std::vector<float>(3 * agents, 0.0F));
    batch.set_state(0, "omega_b_radps", std::vector<float>(3 * agents, 0.0F));
  }
  /// Steps with the same action for every agent.
  void hold(const std::vector<float>& action, float time_s) {
    const int steps =
        static_cast<int>(std::lround(time_s * static_cast<float>(batch.config().agent_rate_hz)));
    for (std::size_t i = 0; i < actions.size(); ++i) actions[i] = action[i % action.size()];
    for (int i = 0; i < steps; ++i) step();
  }
};

inline float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

/// A vehicle with some keys changed.
inline Value changed(const char* base, Value::Table keys) {
  keys.emplace("base", base);
  return keys;
}

}  // namespace volery::test
