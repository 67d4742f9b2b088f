// From action rows of gym-pybullet-drones to rotor speeds.
#pragma once

#include <array>

#include "flight/gpd_compat.hpp"
#include "flight/gpd_pid.hpp"

namespace volery::gpd {

/// Numbers in an action row.
[[nodiscard]] int action_size(GpdAction action) noexcept;
/// Whether the action is flown by the PID.
[[nodiscard]] bool needs_pid(GpdAction action) noexcept;

struct ActionMap {
  GpdAction action = GpdAction::kRpm;
  const Model* model = nullptr;
  PidGains gains;              // the mixer of CF2X even for CF2P, as in the original
  double control_step_s = 0;   // between actions
  double speed_limit_mps = 0;  // of kVel: 3 % of the model's maximum
  bool clip_rpm = true;        // of kMotorRpm: hold speeds in [0, maximum]
};
[[nodiscard]] ActionMap action_map(GpdAction action, const Model& model,
                                   double control_step_s) noexcept;

/// Rotor speeds of one drone. Actions are taken as they are: only kMotorRpm clips.
[[nodiscard]] std::array<double, kRotors> rotor_rpm(const ActionMap& map, const Drone& drone,
                                                    const double* action, PidState& pid) noexcept;

}  // namespace volery::gpd
