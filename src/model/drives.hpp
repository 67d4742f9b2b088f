// Bodies without rotors: what a rover's and a particle's file must hold, and what follows from it.
// Used by Vehicle alone.
#pragma once

#include "model/vehicle.hpp"

namespace volery {

/// Wheels grip with at most this many times the weight, whatever presses on them: an impact may,
/// and contacts rest on a bound of what a body can do by itself.
inline constexpr float kMostGripWeights = 3;

/// Throws Error for parts that a vehicle of this kind has not, and for numbers of a rover or
/// particle that contradict each other.
void check_kind(const VehicleConfig& config);

/// Limits and gains of a checked rover or particle.
void derive_drive(Vehicle& vehicle);

}  // namespace volery
