// Control allocation: which rotor thrusts make a wrench. Used by Vehicle alone.
#pragma once

#include "model/vehicle.hpp"

namespace volery {

/// Fills allocation and mixer from the rotor positions, spins and the torque-to-thrust ratio.
///
/// A rotor at (x, y) with thrust T along +z gives torques (y T, -x T, -spin c T). The mixer is the
/// pseudo-inverse A^T (A A^T)^-1. Throws Error naming the axis that the rotors cannot command by
/// itself (fewer than four rotors, all in a line, one spin).
void derive_allocation(Vehicle& vehicle);

}  // namespace volery
