// Loads: forces and torques that a hand puts on agents of a live run.
//
// A load acts as an impulse at the start of an agent step, which for the motion after the step is
// the same as a constant load over it but for terms of the order of the step. Held, it is given
// again at each step. Nominal masses and inertias are taken, not randomised ones.
#pragma once

#include "view/engine.hpp"

namespace volery::view {

[[nodiscard]] constexpr bool is_load(Intervention::Kind kind) noexcept {
  return kind == Intervention::Kind::kForce || kind == Intervention::Kind::kTorque;
}

/// Changes velocities or rates of turn by what the load does in one agent step. Throws Error
/// (kValue) for an agent that is not there, one that has no attitude, and a load that is not
/// finite.
void apply_load(Batch& batch, const Intervention& load);

}  // namespace volery::view
