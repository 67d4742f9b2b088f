// Controller gains from vehicle parameters. Used by Vehicle alone.
#pragma once

#include "model/vehicle.hpp"

namespace volery {

/// Gains for a validated vehicle whose other derived values are in place.
[[nodiscard]] ControlGains derive_gains(const Vehicle& vehicle);

}  // namespace volery
