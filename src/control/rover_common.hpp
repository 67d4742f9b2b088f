// The levels that a rover takes: drive, and those of rotorcraft that say where to go.
#pragma once

#include <memory>

#include "control/control_common.hpp"

namespace volery::control {

enum class RoverLevel : int { kDrive, kVelocity, kPosition };

/// Wheel speeds from a rover's action, at every tick.
[[nodiscard]] std::unique_ptr<Controller> make_rover(const ControllerContext& context,
                                                     RoverLevel level);

}  // namespace volery::control
