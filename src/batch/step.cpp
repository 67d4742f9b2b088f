// One agent step of one slab, stage by stage. The order is fixed: action(t), physics, radio, score,
// reset, observation(t+1). step_slab() is the step; the three functions after it are the same step
// cut where a host scores and places agents itself.
#include <cstring>

#include "batch/worker.hpp"
#include "core/float_mode.hpp"
#include "state/body_copies.hpp"

namespace volery::batch {

namespace {

// Worlds that ended in the last step sit this one out and are reset at its end.
void begin_worlds(const Slab& slab, std::uint8_t* resetting) noexcept {
  for (int w = 0; w < slab.num_worlds; ++w) {
    resetting[w] = slab.worlds[w].phase == WorldPhase::kEnded ? 1 : 0;
    slab.worlds[w].status = kStatusOk;
    if (resetting[w] == 0) continue;
    for (int a = 0; a < slab.num_agents; ++a) leave_stand_in(slab.agents, w * slab.num_agents + a);
  }
}

// Nothing has ended yet.
void clear_events(const Slab& slab, const std::uint8_t* resetting, const StepIo& io) noexcept {
  const auto num_worlds = static_cast<std::size_t>(slab.num_worlds);
  const auto num_agents = static_cast<std::size_t>(slab.agents.num_bodies);
  const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents;
  std::memset(io.out.terminated + row, 0, num_agents);
  std::memset(io.out.truncated + row, 0, num_agents);
  std::memset(io.ended + slab.first_world, 0, num_worlds);
  std::memset(io.terminated + slab.first_world, 0, num_worlds);
  std::memcpy(io.just_reset + slab.first_world, resetting, num_worlds);
}

// Actions, what is held over the step, and the substeps of the near bodies.
void begin_step(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                const float* actions) noexcept {
  worker.clock.begin();
  begin_worlds(slab, worker.resetting.data());
  for_each_piece(slab, worker.resetting.data(), [&](const Piece& piece) {
    read_actions(setup, piece.slab, worker, split, actions);
    for_each_variant_run(setup, piece.slab, [&](const Task& task, int first, int last) {
      task.before_control(piece.slab, first, last, setup.rows.action.row);
    });
    hold_setpoints(setup, piece.slab, split);
  });
  for_each_variant_run(setup, slab, [&](const Task& task, int first, int last) {
    task.before_step(slab, first, last);
  });
  hold_effects(setup, slab, split);
  worker.clock.end(Stage::kActions);
  advance_near(setup, slab, worker, split);
}

// The substeps of everybody else and what measures them. True where some world is flagged.
bool end_physics(const Setup& setup, const Piece& piece, Worker& worker,
                 const Split& split) noexcept {
  advance_far(setup, piece, worker, split);
  worker.clock.end(Stage::kFarFlight);
  const bool any_flagged = flag_diverged(setup, piece.slab, worker, split);
  worker.clock.end(Stage::kEnds);
  advance_sensors(setup, piece.slab, split);
  worker.clock.end(Stage::kSensors);
  exchange_messages(setup, piece, worker, split);
  worker.clock.end(Stage::kRadio);
  return any_flagged;
}

// Deaths, ends, resets and who joins.
void end_piece(const Setup& setup, const Piece& piece, Worker& worker, const StepIo& io) noexcept {
  end_episodes(setup, piece, worker, io);
  autoreset(setup, piece, worker, io);
  join_agents(setup, piece.slab);
  report_alive(setup, piece.slab, io.out.alive);
  worker.clock.end(Stage::kEnds);
}

// The air of the next window, and what is seen of the new state. `unseen`: no stage before has
// observed it.
void observe_piece(const Setup& setup, const Piece& piece, Worker& worker, const Split& split,
                   const StepIo& io, bool unseen) noexcept {
  hold_air(setup, piece.slab, worker, split);
  worker.clock.end(Stage::kAir);
  if (unseen) {
    hold_columns(setup, piece.slab, split);
    sense(setup, piece.slab, worker, split, io.out.observation);
    worker.clock.end(Stage::kObservation);
  }
  if (io.fold == nullptr) return;
  fold_slab(setup.fold, piece.slab, worker.fold, split, *io.fold);
  worker.clock.end(Stage::kFold);
}

}  // namespace

void step_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
               const StepIo& io) noexcept {
  const FloatMode float_mode;

  begin_step(setup, slab, worker, split, io.actions);
  clear_events(slab, worker.resetting.data(), io);
  for_each_piece(slab, worker.resetting.data(), [&](const Piece& piece) {
    const bool any_flagged = end_physics(setup, piece, worker, split);
    const bool observed = score(setup, piece.slab, any_flagged, worker, split, io);
    worker.clock.end(Stage::kScore);
    end_piece(setup, piece, worker, io);
    observe_piece(setup, piece, worker, split, io, !observed || worker.num_to_reset > 0);
  });
  worker.contact.end_window(slab);
  worker.clock.end(Stage::kContacts);
}

void advance_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const float* actions) noexcept {
  const FloatMode float_mode;
  begin_step(setup, slab, worker, split, actions);
  for_each_piece(slab, worker.resetting.data(),
                 [&](const Piece& piece) { (void)end_physics(setup, piece, worker, split); });
  worker.contact.end_window(slab);
  worker.clock.end(Stage::kContacts);
}

void end_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
              const StepIo& io) noexcept {
  const FloatMode float_mode;
  worker.clock.begin();
  // another worker may have advanced this slab: what it knew of the worlds still stands in them
  for (int w = 0; w < slab.num_worlds; ++w)
    worker.resetting[static_cast<std::size_t>(w)] = slab.worlds[w].phase == WorldPhase::kEnded;
  clear_events(slab, worker.resetting.data(), io);
  for_each_piece(slab, worker.resetting.data(), [&](const Piece& piece) {
    bool any_flagged = false;
    for (int w = 0; w < piece.slab.num_worlds; ++w)
      any_flagged = any_flagged || piece.slab.worlds[w].status != kStatusOk;
    (void)score(setup, piece.slab, any_flagged, worker, split, io);
    worker.clock.end(Stage::kScore);
    end_piece(setup, piece, worker, io);
  });
}

void observe_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const StepIo& io) noexcept {
  const FloatMode float_mode;
  worker.clock.begin();
  for_each_piece(slab, worker.resetting.data(),
                 [&](const Piece& piece) { observe_piece(setup, piece, worker, split, io, true); });
}

}  // namespace volery::batch
