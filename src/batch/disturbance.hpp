// Disturbing wrenches of an agent step, drawn for whole blocks.
#pragma once

#include "core/types.hpp"
#include "state/slab.hpp"

namespace volery::batch {

/// Force and torque: constant part and standard deviation per axis.
struct WrenchSpec {
  Vec3 force_w_n, torque_b_nm;
  float force_std_n = 0, torque_std_nm = 0;
};

/// First rows of the two vectors.
struct WrenchRows {
  int force = 0, torque = 0;
  int law = -1;  // of agents whose WrenchSpec is their own: force, torque, the two deviations
};

/// Fills the rows of blocks [first, last) of a slab's agents. Draws are keyed by (seed, episode,
/// kDisturbance, agent, step): the same for a world in any batch.
void draw_wrenches(const WrenchSpec& spec, const WrenchRows& rows, const Slab& slab, int first,
                   int last) noexcept;

}  // namespace volery::batch
