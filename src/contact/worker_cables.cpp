// The cables of a window: which are near, which are at work in a substep.
#include "contact/worker.hpp"

namespace volery::contact {

void ContactWorker::Impl::list_cables() {
  cable_worlds.clear();
  if (model.cables.empty()) return;
  live_groups.clear();
  cable_world_of.assign(static_cast<std::size_t>(bodies.slab.num_worlds), -1);
  const int num_groups = model.cables.num_groups();
  for (const int live : near.live_groups()) {
    const int world = live / num_groups;
    if (cable_worlds.empty() || cable_worlds.back().world != world) {
      cable_world_of[static_cast<std::size_t>(world)] = static_cast<int>(cable_worlds.size());
      cable_worlds.push_back({world, live_groups.size(), 0});
    }
    live_groups.push_back(live % num_groups);
    ++cable_worlds.back().count;
  }
}

// What is far pulls nothing; mode `all` finds the same substep by substep.
void ContactWorker::Impl::release_far_cables() {
  if (model.cables.empty()) return;
  for (int w = 0; w < bodies.slab.num_worlds; ++w) {
    for (int g = 0; g < model.cables.num_groups(); ++g) {
      if (near.world_on(w) && !near.is_live_group(w, g)) cables.release(bodies, w, g);
    }
  }
}

std::span<CableRow> ContactWorker::Impl::cables_at_work(int world) {
  if (cable_worlds.empty()) return {};
  const int at = cable_world_of[static_cast<std::size_t>(world)];
  if (at < 0) return {};
  CableWorld& own = cable_worlds[static_cast<std::size_t>(at)];
  own.solved = true;
  return cables.collect(bodies, world, std::span(live_groups).subspan(own.first, own.count));
}

// Of worlds that had no pair to look at.
void ContactWorker::Impl::solve_other_cables() {
  for (CableWorld& w : cable_worlds) {
    if (!w.solved && overflowed[static_cast<std::size_t>(w.world)] == 0) solve_islands(w.world);
    w.solved = false;
  }
}

}  // namespace volery::contact
