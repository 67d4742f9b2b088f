// Pilot: one agent flown by keys. Turns what hands hold into the controls of the agent's action
// level.
#pragma once

#include <optional>
#include <vector>

#include "model/vehicle.hpp"
#include "view/moment.hpp"
#include "volery/column.hpp"

namespace volery::view {

/// What is held, each in [-1, 1], as seen from the vehicle.
struct Hands {
  float forward = 0, left = 0, up = 0, turn = 0;  // turn > 0: to the left
};

/// The control columns of that moment; nothing for levels that no hand can fly (single rotors).
/// Velocity and position move in the vehicle's heading; attitude and rates level themselves.
[[nodiscard]] std::optional<std::vector<float>> pilot_action(const std::vector<Column>& controls,
                                                             const Vehicle& vehicle,
                                                             const AgentPose& pose,
                                                             const Hands& hands);

}  // namespace volery::view
