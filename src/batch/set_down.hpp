// Where rovers begin: tasks place agents in the air, and rovers stand on what is below.
#pragma once

#include "batch/setup.hpp"
#include "state/slab.hpp"

namespace volery::batch {

/// Puts an agent that was just placed upright and at rest on the surface below, its heading kept,
/// where it is a rover; others stay as they are. Static surfaces alone count: a rover above a prop
/// or another rover is pushed out by contacts.
void set_down(const Setup& setup, const Slab& slab, int body) noexcept;

}  // namespace volery::batch
