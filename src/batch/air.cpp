// The air that agents will fly in until the next step: wind, downwash of each other, and how far
// the surface above is. Rows that no effect declared cost nothing.
#include <algorithm>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// Each run of worlds under the same config has its wind.
void hold_wind(const Setup& setup, const Slab& slab, const Split& split) noexcept {
  const int row = setup.effect_rows.wind;
  const auto write = [&](const flight::Wind& wind, int first_world, int last_world) {
    if (!wind.any()) return;
    const int begin = first_world * slab.num_agents;
    const int end = last_world * slab.num_agents;
    split.blocks(slab.agents.num_blocks, [&](int first, int last) {
      const int from = std::max(begin, first * kLanes);
      const int to = std::min(end, last * kLanes);
      if (from < to) wind.write(slab, from, to, row);
    });
  };
  if (setup.variants.size() == 1) {
    write(*setup.variants.front().wind, 0, slab.num_worlds);
    return;
  }
  int first = 0;
  while (first < slab.num_worlds) {
    int last = first + 1;
    while (last < slab.num_worlds && slab.worlds[last].variant == slab.worlds[first].variant)
      ++last;
    write(*setup.variant(slab.worlds[first]).wind, first, last);
    first = last;
  }
}

void hold_ceiling(const Setup& setup, const Slab& slab, const Split& split) noexcept {
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    for (int b = first; b < last; ++b) {
      const float* x = slab.agents.row(b, kPosition);
      setup.scene.ceiling_heights_m(x, x + kLanes, x + 2 * kLanes, flight::kNoCeiling_m,
                                    slab.agents.row(b, setup.effect_rows.ceiling));
    }
  });
}

}  // namespace

void hold_wind_of(const Setup& setup, const Slab& slab, int world) noexcept {
  const int row = setup.effect_rows.wind;
  if (row < 0) return;
  const int first = world * slab.num_agents;
  // still air writes nothing
  for (int body = first; body < first + slab.num_agents; ++body)
    slab.agents.set_vec3(body, row, {});
  const flight::Wind& wind = *setup.variant(slab.worlds[world]).wind;
  if (wind.any()) wind.write(slab, first, first + slab.num_agents, row);
}

void hold_air(const Setup& setup, const Slab& slab, Worker& worker, const Split& split) noexcept {
  if (setup.effect_rows.wind >= 0) hold_wind(setup, slab, split);
  if (setup.effect_rows.downwash >= 0 && slab.num_agents > 1)
    worker.downwash.update(slab, setup.jets, setup.effect_rows.downwash, split);
  if (setup.effect_rows.ceiling >= 0) hold_ceiling(setup, slab, split);
}

}  // namespace volery::batch
