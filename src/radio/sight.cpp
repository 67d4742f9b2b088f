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
  search(world, body, radius_m_, scratch);
  sight.first = static_cast<std::int32_t>(scratch.seen.size());
  sight.count = scratch.num_found;
  const std::size_t size = scratch.seen.size() + static_cast<std::size_t>(scratch.num_found);
  scratch.seen.insert(scratch.seen.end(), scratch.found, scratch.found + scratch.num_found);
  scratch.seen_reaches.resize(size);
  if (!radio_.occlusion().any()) return;
  scratch.seen_walls.resize(size);
  const bool up = up_[static_cast<std::size_t>(body)] != 0;
  const bool sends = sends_[static_cast<std::size_t>(body)] != 0;
  for (int i = 0; i < scratch.num_found; ++i) {
    const Found& found = scratch.found[i];
    const int other = world.first_agent + found.agent;
    const bool looks = up && other != body && !(sends && other < body);
    scratch.seen_walls[static_cast<std::size_t>(sight.first + i)] =
        looks && is_worth_a_ray(slab, world, body, found)
            ? walls_between(world, body, found, scratch)
            : 0;
  }
}

// Whether walls decide anything, in either direction: they only take away.
bool RadioWorker::is_worth_a_ray(const Slab& slab, const World& world, int body,
                                 const Found& found) const noexcept {
  const int other = world.first_agent + found.agent;
  if (every_found_link_matters_) return is_on_air(other) || is_on_air(body);
  const Found back{body - world.first_agent, found.square_m2};
  return (is_on_air(other) && reach(slab, world, body, found, nullptr).matters()) ||
         (is_on_air(body) && reach(slab, world, other, back, nullptr).matters());
}

// What the agents of lower index have seen on their side, and what of each link gets through.
void RadioWorker::share_sights(const Slab& slab, const World& world, int body) noexcept {
  const int agent = body - world.first_agent;
  const Sight& own = sights_[static_cast<std::size_t>(body)];
  ReceiveScratch& memory = scratch_[static_cast<std::size_t>(own.thread)];
  const bool sends = sends_[static_cast<std::size_t>(body)] != 0;
  const bool occluded = radio_.occlusion().any();
  for (std::size_t i = static_cast<std::size_t>(own.first),
                   end = i + static_cast<std::size_t>(own.count);
       i < end; ++i) {
    const Found& found = memory.seen[i];
    if (occluded && sends && found.agent < agent) {
      const Sight& sight = sights_[static_cast<std::size_t>(world.first_agent + found.agent)];
      const ReceiveScratch& theirs = scratch_[static_cast<std::size_t>(sight.thread)];
      const Found* const seen = theirs.seen.data() + sight.first;
      const Found* const it =
          std::find_if(seen, seen + sight.count, [&](const Found& f) { return f.agent == agent; });
      VOLERY_ASSERT(it != seen + sight.count);
      memory.seen_walls[i] = theirs.seen_walls[static_cast<std::size_t>(sight.first + (it - seen))];
    }
    if (found.agent != agent) {
      memory.seen_reaches[i] =
          reach(slab, world, body, found, occluded ? &memory.seen_walls[i] : nullptr);
    }
  }
}

void RadioWorker::look_around(const Slab& slab, const std::uint8_t* resting,
                              const Split& split) noexcept {
  reserve_items(sights_, static_cast<std::size_t>(slab.agents.num_blocks * kLanes));
  for (ReceiveScratch& scratch : scratch_) {
    scratch.seen.clear();
    scratch.seen_walls.clear();
    scratch.seen_reaches.clear();
  }
  each_by_cells(slab, resting, split, [&](const World& world, int body, int chunk) {
    look_from(slab, world, body, scratch_[static_cast<std::size_t>(chunk)]);
    sights_[static_cast<std::size_t>(body)].thread = chunk;
  });
  each_by_cells(slab, resting, split, [&](const World& world, int body, int /*chunk*/) {
    share_sights(slab, world, body);
  });
}

}  // namespace volery::radio
