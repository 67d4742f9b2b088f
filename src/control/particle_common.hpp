// The levels that a particle takes: acceleration, and those of rotorcraft that say where to go.
#pragma once

#include <memory>

#include "control/control_common.hpp"

namespace volery::control {

enum class ParticleLevel : int { kAcceleration, kVelocity, kPosition };

/// The push of a particle from its action, at every tick.
[[nodiscard]] std::unique_ptr<Controller> make_particle(const ControllerContext& context,
                                                        ParticleLevel level);

}  // namespace volery::control
