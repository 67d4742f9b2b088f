// What one worker needs to take a slab through a step: scratch that is reused for every slab and
// never carries anything from one step to the next.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "batch/lanes.hpp"
#include "batch/pieces.hpp"
#include "batch/setup.hpp"
#include "batch/stage_clock.hpp"
#include "batch/store.hpp"
#include "contact/contact.hpp"
#include "core/split.hpp"
#include "radio/worker.hpp"
#include "swarm/downwash.hpp"
#include "swarm/neighbors.hpp"
#include "volery/batch.hpp"

namespace volery::batch {

using volery::Split;

/// Blocks that are scored together by tasks that score agents alone.
inline constexpr int kScoredBlocks = 4;

struct Worker {
  Worker(const Setup& setup, const Store& store);

  contact::ContactWorker contact;
  swarm::NeighborSearch neighbors;
  swarm::Downwash downwash;
  std::unique_ptr<radio::RadioWorker> radio;  // where the batch has one
  // [blocks of a piece][score rows][16], or [threads][kScoredBlocks] of them
  AlignedFloats score;
  std::vector<BlockEvents> events;     // [blocks of a piece]
  std::vector<std::uint8_t> eventful;  // [worlds of a piece] 1: something happened to an agent
  std::vector<int> to_reset;           // [worlds of a piece] worlds of the piece, ascending
  int num_to_reset = 0;
  std::vector<std::uint8_t>
      resetting;  // [worlds] 1: ended before this step, will be reset at its end
  std::vector<VehicleScratch> vehicles;  // where they are drawn, one per type
  std::vector<FoldScratch> fold;         // one per thread that may split a slab
  StepCounts counts;                     // of this worker; Batch::stats() adds them up
  StageClock clock;
};

/// The arrays of one step: the caller's and the batch's own events, indexed by the batch's rows.
struct StepIo {
  const float* actions = nullptr;  // [W][A][U]
  StepOutputs out;
  std::uint8_t* ended = nullptr;       // [W]
  std::uint8_t* terminated = nullptr;  // [W]
  std::uint8_t* just_reset = nullptr;  // [W]
  std::uint32_t* status = nullptr;     // [W]
  std::int32_t* length = nullptr;      // [W]
  float* episode_return = nullptr;     // [W][A]
  float* episode_terms = nullptr;      // [W][A][T]
  float* episode_metrics = nullptr;    // [W][A][M]
  float* episode_radio = nullptr;      // [W][A][counts] where there is a radio
  const HostScores* scores = nullptr;  // those of a host's task; null: the engine scores
  FoldSums* fold = nullptr;            // where the new state is folded to; null: nobody asks
};

/// job(task, first_world, last_world) for each run of worlds under the same task config.
template <class Job>
void for_each_variant_run(const Setup& setup, const Slab& slab, Job&& job) noexcept {
  if (setup.variants.size() == 1) {
    job(*setup.variants.front().task, 0, slab.num_worlds);
    return;
  }
  int first = 0;
  while (first < slab.num_worlds) {
    int last = first + 1;
    while (last < slab.num_worlds && slab.worlds[last].variant == slab.worlds[first].variant)
      ++last;
    job(*setup.variant(slab.worlds[first]).task, first, last);
    first = last;
  }
}

// The stages of a step, in order; each file is named after its stage.

/// Clips the actions of the slab's agents into their rows. Actions are finite (checked before).
void read_actions(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const float* actions) noexcept;
/// Setpoints that hold for the whole step, where the action level has any (advance.cpp).
void hold_setpoints(const Setup& setup, const Slab& slab, const Split& split) noexcept;
/// All substeps of the near bodies: control, flight and contacts.
void advance_near(const Setup& setup, const Slab& slab, Worker& worker,
                  const Split& split) noexcept;
/// All substeps of everybody else in a piece; its near agents come back.
/// worker.contact.end_window() belongs after the last piece.
void advance_far(const Setup& setup, const Piece& piece, Worker& worker,
                 const Split& split) noexcept;
/// Flags worlds whose state is not finite or runs away, and parks their bodies. True where some
/// world is flagged, for this or for its contacts.
[[nodiscard]] bool flag_diverged(const Setup& setup, const Slab& slab, Worker& worker,
                                 const Split& split) noexcept;
/// The radio of a step: outboxes of the action to inboxes, where everybody is now (radio.cpp).
void exchange_messages(const Setup& setup, const Piece& piece, Worker& worker,
                       const Split& split) noexcept;
/// Reward terms, metrics and flags of the task; rewards and sums over the episode. Flags go to
/// worker.events. True where it also observed, on the way: a world of its own (the next may be a
/// reset away, hence not where worlds share the slab) whose deaths change nothing that is seen.
/// 100,000 drones cross the memory bus once less.
[[nodiscard]] bool score(const Setup& setup, const Slab& slab, bool any_flagged, Worker& worker,
                         const Split& split, const StepIo& io) noexcept;
/// Deaths, time limits, ends of episodes, statuses (end.cpp). Lists the worlds to reset.
void end_episodes(const Setup& setup, const Piece& piece, Worker& worker,
                  const StepIo& io) noexcept;
/// Resets the listed worlds; same_step keeps their last observation first.
void autoreset(const Setup& setup, const Piece& piece, Worker& worker, const StepIo& io) noexcept;
/// Agents whose time to join has come (join.cpp).
void join_agents(const Setup& setup, const Slab& slab) noexcept;
/// Who takes part in the next step, where that is asked for (end.cpp).
void report_alive(const Setup& setup, const Slab& slab, bool* alive) noexcept;
/// Surface heights, held until the next step; of blocks [first, last), or of all.
void hold_columns(const Setup& setup, const Slab& slab, int first, int last) noexcept;
void hold_columns(const Setup& setup, const Slab& slab, const Split& split) noexcept;
/// Takes the sensors with memory on by one agent step: once per step, after physics.
void advance_sensors(const Setup& setup, const Slab& slab, const Split& split) noexcept;
/// Begins them (and the estimator) for agents [first, last) where they stand now.
void start_sensors(const Setup& setup, const Slab& slab, int first, int last) noexcept;
/// The air of the next window, where the config asks for it: wind, downwash, and the surfaces above
/// (air.cpp).
void hold_air(const Setup& setup, const Slab& slab, Worker& worker, const Split& split) noexcept;
/// The wind of one world, after it was changed from outside.
void hold_wind_of(const Setup& setup, const Slab& slab, int world) noexcept;
/// Nearest neighbors of all agents, where a sensor asks for them.
[[nodiscard]] swarm::NeighborTable find_neighbors(const Setup& setup, const Slab& slab,
                                                  Worker& worker, const Split& split) noexcept;
/// Observation rows of the agents of blocks [first, last); zeros for those that are dead.
void observe_blocks(const Setup& setup, const Slab& slab, const swarm::NeighborTable& neighbors,
                    int first, int last, float* observation) noexcept;
/// The same of all agents.
void sense(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
           float* observation) noexcept;

/// The rows of the worlds to reset in `observation` [W][A][O]; neighbours in the same blocks may be
/// written too.
void sense_final(const Setup& setup, const Slab& slab, Worker& worker, float* observation) noexcept;

/// One slab through one agent step: the stages above in order (step.cpp).
void step_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
               const StepIo& io) noexcept;

// The same step in three parts, for tasks that the host scores in between (host.cpp).

/// Action(t) and physics: everything before the score.
void advance_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const float* actions) noexcept;
/// The scores, ends of episodes and resets.
void end_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
              const StepIo& io) noexcept;
/// Observation(t+1).
void observe_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const StepIo& io) noexcept;

/// Starts the next episode of a world: rows to their initial values, then the task places the
/// agents. False (and kStatusSpawnFailed) where it could not.
bool reset_world(const Setup& setup, const Slab& slab, int world, Worker& worker) noexcept;
/// The rest of a start, which follows from where the agents stand: reset_world() does it, or who
/// writes starts after it (Setup::host_places).
void start_world(const Setup& setup, const Slab& slab, int world) noexcept;

}  // namespace volery::batch
