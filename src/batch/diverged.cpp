// Divergence: a world whose state is no longer finite, or faster than anything real, is flagged and
// parked, and later reset. The other worlds of the slab never notice.
#include <algorithm>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// Marks the worlds of the lanes of a block that are not finite or too fast.
void check_block(const Setup& setup, const Slab& slab, const Blocks& blocks, int bodies_per_world,
                 int last_row, int b) noexcept {
  float suspect[kLanes] = {};
  for (int r = kPosition; r <= kOmega + 2; ++r) {
    const float* row = blocks.row(b, r);
    for (int l = 0; l < kLanes; ++l) suspect[l] += row[l] * 0.0F;
  }
  for (int r = kNumRigidRows; r < last_row; ++r) {
    const float* row = blocks.row(b, r);
    for (int l = 0; l < kLanes; ++l) suspect[l] += row[l] * 0.0F;
  }
  const float* vx = blocks.row(b, kVelocity);
  const float* vy = blocks.row(b, kVelocity + 1);
  const float* vz = blocks.row(b, kVelocity + 2);
  const float limit = setup.config.max_speed_mps * setup.config.max_speed_mps;
  int bad = 0;
  int flags[kLanes];
  for (int l = 0; l < kLanes; ++l) {
    const float speed2 = vx[l] * vx[l] + vy[l] * vy[l] + vz[l] * vz[l];
    // NaN fails both comparisons
    flags[l] = (suspect[l] == 0.0F && speed2 <= limit) ? 0 : 1;
    bad += flags[l];
  }
  if (bad == 0) return;
  const int lanes = std::min(kLanes, blocks.num_bodies - b * kLanes);
  for (int l = 0; l < lanes; ++l) {
    if (flags[l] == 0) continue;
    WorldHeader& header = slab.worlds[(b * kLanes + l) / bodies_per_world];
    if (header.phase == WorldPhase::kRunning) {
      __atomic_fetch_or(&header.status, static_cast<std::uint32_t>(kStatusDiverged),
                        __ATOMIC_RELAXED);
    }
  }
}

}  // namespace

void flag_diverged(const Setup& setup, const Slab& slab, Worker& worker,
                   const Split& split) noexcept {
  // surface height, motors and rotor rows are as much a part of the flight state as the rigid body
  const int last_flight_row = kRotorRows + 2 * setup.vehicle.num_rotors;
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    for (int b = first; b < last; ++b)
      check_block(setup, slab, slab.agents, slab.num_agents, last_flight_row, b);
  });
  for (int b = 0; b < slab.props.num_blocks; ++b)
    check_block(setup, slab, slab.props, slab.num_props, 0, b);

  for (int w = 0; w < slab.num_worlds; ++w) {
    const std::uint32_t status = slab.worlds[w].status;
    if (status == kStatusOk) continue;
    if ((status & kStatusContactOverflow) != 0) ++worker.counts.overflowed_worlds;
    if ((status & kStatusDiverged) == 0) continue;
    ++worker.counts.diverged_worlds;
    for (int a = 0; a < slab.num_agents; ++a) {
      park(slab.agents, w * slab.num_agents + a);
      slab.agents.at(w * slab.num_agents + a, setup.rows.blind.row) = 1;
    }
    for (int p = 0; p < slab.num_props; ++p) park(slab.props, w * slab.num_props + p);
    slab.contacts[w].pairs.clear();
  }
}

}  // namespace volery::batch
