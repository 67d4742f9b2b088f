// Resets of worlds: by the autoreset mode inside a step, and the columns that are held over a
// window.
#include <algorithm>
#include <cstring>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// Every row of a body to its declared initial value.
void clear_body(const std::vector<float>& initial, const Blocks& blocks, int body) noexcept {
  float* lane = blocks.block(body / kLanes) + body % kLanes;
  for (const float value : initial) {
    *lane = value;
    lane += kLanes;
  }
}

void place_props(const Setup& setup, const Slab& slab, int world) noexcept {
  for (int p = 0; p < slab.num_props; ++p) {
    const int body = world * slab.num_props + p;
    clear_body(setup.prop_initial, slab.props, body);
    slab.props.set_vec3(body, kPosition,
                        setup.prop_starts[static_cast<std::size_t>(p)].position_w_m);
    slab.props.set_quat(body, setup.prop_starts[static_cast<std::size_t>(p)].quat_wb);
  }
}

}  // namespace

void start_world(const Setup& setup, const Slab& slab, int world) noexcept {
  const int first = world * slab.num_agents;
  const int last = first + slab.num_agents;
  contact::hang_props(*setup.contact_model, slab, world);
  if (setup.effect_rows.any()) {
    for (int body = first; body < last; ++body) start_effects(setup, slab, body);
  }
  if (setup.randomization.any()) {
    for (int body = first; body < last; ++body) apply_start(setup, slab, body);
  }
  start_sensors(setup, slab, first, last);
  hold_back(setup, slab, world);
}

bool reset_world(const Setup& setup, const Slab& slab, int world, Worker& worker) noexcept {
  WorldHeader& header = slab.worlds[world];
  header.step = 0;
  if (slab.jammers != nullptr) slab.jammers[world].count = 0;
  header.variant = draw_variant(setup, header);
  header.phase = WorldPhase::kRunning;
  slab.contacts[world].pairs.clear();
  for (int a = 0; a < slab.num_agents; ++a)
    clear_body(setup.initial_of(a), slab.agents, world * slab.num_agents + a);
  if (slab.num_world_fields > 0) {
    std::memset(slab.world_row(world), 0,
                sizeof(float) * static_cast<std::size_t>(slab.num_world_fields));
  }
  if (setup.randomization.any()) draw_agents(setup, slab, world, worker.vehicles);
  place_props(setup, slab, world);
  const bool placed = setup.variant(header).task->reset(slab, world);
  if (placed) {
    setup.joins.begin(setup, slab, world);
    if (!setup.host_places()) start_world(setup, slab, world);
    return true;
  }

  // nobody is left half placed: the world is empty and ends again in its next step
  for (int a = 0; a < slab.num_agents; ++a) park(slab.agents, world * slab.num_agents + a);
  header.status |= kStatusSpawnFailed;
  ++worker.counts.failed_spawns;
  return false;
}

void autoreset(const Setup& setup, const Piece& piece, Worker& worker, const StepIo& io) noexcept {
  const Slab& slab = piece.slab;
  if (worker.num_to_reset == 0) return;
  // the worlds to reset are those that ended before this step, or in same_step mode in it
  if (setup.config.autoreset == Autoreset::kSameStep && io.out.final_observation != nullptr)
    sense_final(setup, slab, worker, io.out.final_observation);
  for (int i = 0; i < worker.num_to_reset; ++i) {
    const int w = worker.to_reset[static_cast<std::size_t>(i)];
    const int batch_world = slab.first_world + w;
    ++slab.worlds[w].episode;
    reset_world(setup, slab, w, worker);
    io.status[batch_world] = slab.worlds[w].status;
    if (piece.resetting[w] == 0) continue;
    // the reset took the place of the step: no reward, whatever was scored on the way
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(batch_world) * slab.num_agents;
    std::fill_n(io.out.reward + row, slab.num_agents, 0.0F);
    if (io.out.reward_terms != nullptr) {
      std::fill_n(io.out.reward_terms + row * setup.num_terms(),
                  slab.num_agents * setup.num_terms(), 0.0F);
    }
  }
}

void hold_columns(const Setup& setup, const Slab& slab, int first, int last) noexcept {
  if (!setup.config.flight.ground_effect) return;
  for (int b = first; b < last; ++b) {
    const float* x = slab.agents.row(b, kPosition);
    setup.scene.surface_heights_m(x, x + kLanes, x + 2 * kLanes, setup.floor_height_m,
                                  slab.agents.row(b, kSurfaceHeight));
  }
}

void hold_columns(const Setup& setup, const Slab& slab, const Split& split) noexcept {
  split.blocks(slab.agents.num_blocks,
               [&](int first, int last) { hold_columns(setup, slab, first, last); });
}

}  // namespace volery::batch
