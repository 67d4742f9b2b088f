// How agents start, beside where: attitude, velocities, spinning rotors. Shared by the tasks that
// fly.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/rng.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"
#include "state/slab.hpp"
#include "volery/task.hpp"

namespace volery::task {

/// The spread of the start. All draws are uniform: 0 starts every agent level and at rest.
struct StartConfig {
  float attitude_rad = 0;  // largest rotation from level, about any axis; pi: upside down too
  float velocity_mps = 0;  // largest world velocity along each axis
  float rates_radps = 0;   // largest body rate about each axis
  float separation_m = 0;  // least distance between agents; 0: three bounding radii
  float clearance_m = 0;   // least distance to obstacles; 0: twice the bounding radius
  void describe(FieldVisitor& v);
};

/// A StartConfig bound to a vehicle.
class Start {
 public:
  /// `fleet_row`: TaskContext::fleet_row.
  Start(const StartConfig& config, const Vehicle& vehicle, int fleet_row = -1);
  /// Draws attitude and velocities of one agent and lets its rotors spin at hover speed. The
  /// position and everything else stays. `step` keys the draws: 0 at reset, the world's step at a
  /// respawn.
  void apply(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept;

 private:
  float rotation_;  // tan(attitude_rad / 4), the largest modified Rodrigues vector
  float velocity_mps_;
  float rates_radps_;
  float hover_speed_radps_;
  int num_rotors_;
  int fleet_row_;

  void spin_rotors(const Slab& slab, int body) const noexcept;
};

/// separation_m and clearance_m with their defaults from the vehicle filled in.
[[nodiscard]] StartConfig resolved(const StartConfig& config, const Vehicle& vehicle);

/// The config of a task that has a table `start`, that table resolved.
template <class Config>
[[nodiscard]] Config load_with_start(const TaskContext& context) {
  Config config;
  load(config, context.config, "task_config");
  config.start = resolved(config.start, context.vehicle);
  return config;
}

}  // namespace volery::task
