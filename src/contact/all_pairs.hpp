// Brute force: every pair of every world, in canonical order. The code of mode `all` and of the
// audit; shares nothing with the near set, which it exists to check.
#pragma once

#include "contact/slab_bodies.hpp"

namespace volery::contact {

/// Calls visit(a, b) for each pair of bodies and each body with each static of one world.
template <class Visit>
void for_each_pair(const SlabBodies& bodies, int num_statics, Visit&& visit) {
  for (int a = 0; a < bodies.per_world; ++a) {
    for (int b = a + 1; b < bodies.per_world; ++b) visit(a, b);
    for (int s = 0; s < num_statics; ++s) visit(a, bodies.per_world + s);
  }
}

}  // namespace volery::contact
