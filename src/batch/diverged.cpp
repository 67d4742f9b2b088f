// Divergence: a world whose state is no longer finite, or faster than anything real, is flagged and
// parked, and later reset. The other worlds of the slab never notice.
#include <algorithm>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// Marks the running worlds of those lanes of a block that are not finite or too fast.
void flag_block(const Slab& slab, const Blocks& blocks, int bodies_per_world, int last_row,
                float limit_m2ps2, int b) noexcept {
  const int lanes = std::min(kLanes, blocks.num_bodies - b * kLanes);
  for (int l = 0; l < lanes; ++l) {
    const float* lane = blocks.block(b) + l;
    float suspect = 0;
    for (int r = kPosition; r <= kOmega + 2; ++r) suspect += lane[r * kLanes] * 0.0F;
    for (int r = kNumRigidRows; r < last_row; ++r) suspect += lane[r * kLanes] * 0.0F;
    const Vec3 v = blocks.vec3(b * kLanes + l, kVelocity);
    // NaN fails both comparisons
    if (suspect == 0.0F && dot(v, v) <= limit_m2ps2) continue;
    WorldHeader& header = slab.worlds[(b * kLanes + l) / bodies_per_world];
    if (header.phase == WorldPhase::kRunning) {
      __atomic_fetch_or(&header.status, static_cast<std::uint32_t>(kStatusDiverged),
                        __ATOMIC_RELAXED);
    }
  }
}

void flag_blocks(const Setup& setup, const Slab& slab, const Blocks& blocks, int bodies_per_world,
                 int last_row, int first, int last) noexcept {
  const float limit_m2ps2 = setup.config.max_speed_mps * setup.config.max_speed_mps;
  for (int b = first; b < last; ++b) {
    b = find_suspect(blocks, b, last, last_row, limit_m2ps2);
    if (b < last) flag_block(slab, blocks, bodies_per_world, last_row, limit_m2ps2, b);
  }
}

// Nothing of a diverged world moves, touches or is seen any more.
void park_world(const Setup& setup, const Slab& slab, int world) noexcept {
  for (int a = 0; a < slab.num_agents; ++a) {
    park(slab.agents, world * slab.num_agents + a);
    slab.agents.at(world * slab.num_agents + a, setup.rows.blind.row) = 1;
  }
  for (int p = 0; p < slab.num_props; ++p) park(slab.props, world * slab.num_props + p);
  slab.contacts[world].pairs.clear();
}

}  // namespace

bool flag_diverged(const Setup& setup, const Slab& slab, Worker& worker,
                   const Split& split) noexcept {
  // surface height, motors and rotor rows are as much a part of the flight state as the rigid body
  const int last_flight_row = kRotorRows + 2 * setup.fleet.num_rotors();
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    flag_blocks(setup, slab, slab.agents, slab.num_agents, last_flight_row, first, last);
  });
  flag_blocks(setup, slab, slab.props, slab.num_props, 0, 0, slab.props.num_blocks);

  std::uint32_t any_status = kStatusOk;
  for (int w = 0; w < slab.num_worlds; ++w) any_status |= slab.worlds[w].status;
  if (any_status == kStatusOk) return false;
  for (int w = 0; w < slab.num_worlds; ++w) {
    const std::uint32_t status = slab.worlds[w].status;
    if ((status & kStatusContactOverflow) != 0) ++worker.counts.overflowed_worlds;
    if ((status & kStatusDiverged) == 0) continue;
    ++worker.counts.diverged_worlds;
    park_world(setup, slab, w);
  }
  return true;
}

}  // namespace volery::batch
