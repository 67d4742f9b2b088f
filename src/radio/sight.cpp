// Who is near each agent and what stands between them, once per step, where contention asks more
// than once: listening senders and all receivers look at the same links from both ends. Rays are
// most of the cost of such a radio, so that one ray per pair of agents serves all.
#include <algorithm>

#include "core/assert.hpp"
#include "radio/worker.hpp"

namespace volery::radio {

float RadioWorker::walls_between(const World& world, int body, const Found& found,
                                 const ReceiveScratch& scratch) const noexcept {
  const Vec3 from = packed_[static_cast<std::size_t>(world.first_agent + found.agent)].position_w_m;
  const Vec3 at = packed_[static_cast<std::size_t>(body)].position_w_m;
  const Bodies others{packed_.data() + world.first_agent, scratch.bodies.data(),
                      static_cast<int>(scratch.bodies.size())};
  const OcclusionModel& occlusion = radio_.occlusion();
  const int receiver = body - world.first_agent;
  if (!occlusion.is_hard())
    return occlusion.loss_db(scene_, from, at, others, found.agent, receiver);
  return occlusion.is_blocked(scene_, from, at, others, found.agent, receiver) ? 1.0F : 0.0F;
}

// One agent's links, with what stands in those that no other agent looks along.
void RadioWorker::look_from(const Slab& slab, const World& world, int body,
                            ReceiveScratch& scratch) noexcept {
  Sight& sight = sights_[static_cast<std::size_t>(body)];
  sight = {};
  if (packed_[static_cast<std::size_t>(body)].present == 0) return;
  search(world, body, radius_m_, scratch);
  sight.first = static_cast<std::int32_t>(scratch.seen.size());
  sight.count = scratch.num_found;
  const int receiver = body - world.first_agent;
  const bool up = up_[static_cast<std::size_t>(body)] != 0;
  const bool sends = sends_[static_cast<std::size_t>(body)] != 0;
  for (int i = 0; i < scratch.num_found; ++i) {
    const Found& found = scratch.found[i];
    const int other = world.first_agent + found.agent;
    float walls = 0;
    if (up && other != body && !(sends && other < body)) {
      // no ray where it decides nothing, in neither direction: walls only take away
      const Found back{receiver, found.square_m2};
      if ((is_on_air(other) && reach(slab, world, body, found, nullptr).matters()) ||
          (is_on_air(body) && reach(slab, world, other, back, nullptr).matters()))
        walls = walls_between(world, body, found, scratch);
    }
    scratch.seen.push_back(found);
    scratch.walls.push_back(walls);
  }
}

// What the agents of lower index have seen on their side.
void RadioWorker::share_sights(const World& world, int body) noexcept {
  if (sends_[static_cast<std::size_t>(body)] == 0) return;
  const int agent = body - world.first_agent;
  const Sight& own = sights_[static_cast<std::size_t>(body)];
  ReceiveScratch& memory = scratch_[static_cast<std::size_t>(own.thread)];
  for (std::int32_t i = own.first; i < own.first + own.count; ++i) {
    const std::int32_t other = memory.seen[static_cast<std::size_t>(i)].agent;
    if (other >= agent) continue;
    const Sight& sight = sights_[static_cast<std::size_t>(world.first_agent + other)];
    const ReceiveScratch& theirs = scratch_[static_cast<std::size_t>(sight.thread)];
    const Found* const seen = theirs.seen.data() + sight.first;
    const Found* const it =
        std::find_if(seen, seen + sight.count, [&](const Found& f) { return f.agent == agent; });
    VOLERY_ASSERT(it != seen + sight.count);
    memory.walls[static_cast<std::size_t>(i)] =
        theirs.walls[static_cast<std::size_t>(sight.first + (it - seen))];
  }
}

void RadioWorker::look_around(const Slab& slab, const std::uint8_t* resting,
                              const Split& split) noexcept {
  reserve_items(sights_, static_cast<std::size_t>(slab.agents.num_blocks * kLanes));
  for (ReceiveScratch& scratch : scratch_) {
    scratch.seen.clear();
    scratch.walls.clear();
  }
  each_body(slab, resting, split, [&](const World& world, int body, int thread) {
    look_from(slab, world, body, scratch_[static_cast<std::size_t>(thread)]);
    sights_[static_cast<std::size_t>(body)].thread = thread;
  });
  each_body(slab, resting, split,
            [&](const World& world, int body, int /*thread*/) { share_sights(world, body); });
}

}  // namespace volery::radio
