// Crashes, failures, bounds and time limits become deaths and ended episodes.
#include <algorithm>
#include <bit>
#include <cstring>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// job(block, lanes) for each block with agents of a world; `lanes` has a bit for each of them.
// Stops where the job returns false.
template <class Job>
void for_each_block(const Slab& slab, int world, Job&& job) noexcept {
  const int first = world * slab.num_agents;
  const int last = first + slab.num_agents;
  for (int b = first / kLanes; b * kLanes < last; ++b) {
    const auto from = static_cast<unsigned>(std::max(0, first - b * kLanes));
    const auto to = static_cast<unsigned>(std::min(kLanes, last - b * kLanes));
    if (!job(b, (1U << to) - (1U << from))) return;
  }
}

// job(lane) for each bit, lowest first.
template <class Job>
void for_each_lane(unsigned bits, Job&& job) noexcept {
  for (; bits != 0; bits &= bits - 1) job(std::countr_zero(bits));
}

// Marks the worlds of those agents to whom something happened.
void mark_eventful(const Slab& slab, const BlockEvents* events, std::uint8_t* eventful) noexcept {
  std::memset(eventful, 0, static_cast<std::size_t>(slab.num_worlds));
  for (int b = 0; b < slab.agents.num_blocks; ++b) {
    for_each_lane(events[b].any, [&](int l) { eventful[(b * kLanes + l) / slab.num_agents] = 1; });
  }
}

bool has_living(const Setup& setup, const Slab& slab, int world) noexcept {
  for (int body = world * slab.num_agents; body < (world + 1) * slab.num_agents; ++body) {
    if (slab.agents.at(body, setup.rows.alive.row) != 0) return true;
  }
  return false;
}

// What on_crash makes of the crashed agents of a world; returns true where the whole world
// terminates.
bool apply_crashes(const Setup& setup, const Slab& slab, BlockEvents* events, int world) noexcept {
  const Variant& variant = setup.variant(slab.worlds[world]);
  if (variant.on_crash == OnCrash::kContinue) return false;
  bool end_world = false;
  for_each_block(slab, world, [&](int b, unsigned lanes) {
    for_each_lane(events[b].any & events[b].crashed & lanes, [&](int l) {
      const int body = b * kLanes + l;
      switch (variant.on_crash) {
        case OnCrash::kContinue:
          break;
        case OnCrash::kFreeze:
          slab.agents.at(body, kMode) = static_cast<float>(BodyMode::kFrozen);
          slab.agents.set_vec3(body, kVelocity, {});
          slab.agents.set_vec3(body, kOmega, {});
          events[b].terminated |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(l));
          break;
        case OnCrash::kTerminateAgent:
          events[b].terminated |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(l));
          break;
        case OnCrash::kTerminateWorld:
          end_world = true;
          break;
        case OnCrash::kRespawn:
          variant.task->respawn(slab, world, body - world * slab.num_agents);
          contact::hang_props(*setup.contact_model, slab, world, body - world * slab.num_agents);
          start_effects(setup, slab, body);
          if (setup.randomization.any()) apply_start(setup, slab, body);
          start_sensors(setup, slab, body, body + 1);
          break;
      }
    });
    return true;
  });
  return end_world;
}

// Copies the episode's sums of an ended world to the event arrays.
void report_episode(const Setup& setup, const Slab& slab, int world, Worker& worker,
                    const StepIo& io) noexcept {
  const int w = slab.first_world + world;
  const int terms = setup.num_terms();
  const int metrics = setup.num_metrics();
  io.ended[w] = 1;
  io.length[w] = static_cast<std::int32_t>(slab.worlds[world].step);
  bool all_terminated = true;
  bool any_was_there = false;
  for (int a = 0; a < slab.num_agents; ++a) {
    const int body = world * slab.num_agents + a;
    const bool was_there = !setup.joins.awaits(slab, body);
    any_was_there = any_was_there || was_there;
    // nobody joins an episode that is over
    if (!was_there) slab.agents.at(body, setup.joins.to_join.row) = 0;
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(w) * slab.num_agents + a;
    const float steps = std::max(1.0F, slab.agents.at(body, setup.rows.steps.row));
    all_terminated =
        all_terminated && (!was_there || slab.agents.at(body, setup.rows.outcome.row) ==
                                             static_cast<float>(Outcome::kTerminated));
    io.episode_return[row] = slab.agents.at(body, setup.rows.return_sum.row);
    for (int t = 0; t < terms; ++t)
      io.episode_terms[row * terms + t] = slab.agents.at(body, setup.rows.term_sums.row + t);
    for (int m = 0; m < metrics; ++m) {
      const bool mean =
          setup.reward_rows.reductions[static_cast<std::size_t>(m)] == Reduction::kMean;
      io.episode_metrics[row * metrics + m] =
          slab.agents.at(body, setup.rows.metric_sums.row + m) / (mean ? steps : 1.0F);
    }
    const MessageRows messages = setup.messages();
    for (int c = 0; c < messages.num_counts; ++c)
      io.episode_radio[row * messages.num_counts + c] = slab.agents.at(body, messages.counts + c);
  }
  io.terminated[w] = all_terminated && any_was_there ? 1 : 0;
  slab.worlds[world].phase = WorldPhase::kEnded;
  ++worker.counts.episodes;
}

bool is_over(const Setup& setup, const WorldHeader& header) noexcept {
  return header.step >= setup.variant(header).max_steps;
}

// One more step for the worlds that took it. Lists the worlds to look at: those in which something
// happened, whose time is up, and those that sat it out; returns how many they are.
int count_step(const Setup& setup, const Piece& piece, const std::uint8_t* eventful,
               std::uint32_t* __restrict status, int* __restrict due) noexcept {
  const std::uint8_t* resetting = piece.resetting;
  WorldHeader* worlds = piece.slab.worlds;
  int num_due = 0;
  for (int w = 0; w < piece.slab.num_worlds; ++w) {
    WorldHeader& header = worlds[w];
    header.step += resetting[w] != 0 ? 0 : 1;
    status[w] = header.status;
    // written in any case and kept where it counts: branches here are hard to predict
    due[num_due] = w;
    num_due += (resetting[w] | eventful[w] | (header.status != kStatusOk ? 1 : 0) |
                (is_over(setup, header) ? 1 : 0)) != 0
                   ? 1
                   : 0;
  }
  return num_due;
}

// Deaths of one world in which something happened.
void end_world_agents(const Setup& setup, const Slab& slab, int world, Worker& worker,
                      const StepIo& io) noexcept {
  const bool timeout = is_over(setup, slab.worlds[world]);
  const bool flagged = slab.worlds[world].status != kStatusOk;
  BlockEvents* events = worker.events.data();
  const bool end_world = !flagged && apply_crashes(setup, slab, events, world);
  const bool everyone = flagged || timeout || end_world;
  const std::ptrdiff_t first_row = static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents;
  for_each_block(slab, world, [&](int b, unsigned lanes) {
    const unsigned terminated = flagged ? 0 : end_world ? lanes : events[b].terminated;
    const unsigned truncated = flagged || timeout ? lanes : events[b].truncated;
    for_each_lane(
        (everyone ? lanes : events[b].any & lanes) & (terminated | truncated), [&](int l) {
          const int body = b * kLanes + l;
          float& alive = slab.agents.at(body, setup.rows.alive.row);
          if (alive == 0) return;
          const bool by_itself = (terminated >> static_cast<unsigned>(l) & 1U) != 0;
          io.out.terminated[first_row + body] = by_itself;
          io.out.truncated[first_row + body] = (truncated >> static_cast<unsigned>(l) & 1U) != 0;
          alive = 0;
          slab.agents.at(body, setup.rows.outcome.row) =
              static_cast<float>(by_itself ? Outcome::kTerminated : Outcome::kTruncated);
          slab.agents.at(body, kMotorsOn) = 0;
        });
    return true;
  });
  if (has_living(setup, slab, world)) return;
  if (everyone || !setup.joins.awaits_any(slab, world))
    report_episode(setup, slab, world, worker, io);
}

}  // namespace

void end_episodes(const Setup& setup, const Piece& piece, Worker& worker,
                  const StepIo& io) noexcept {
  const Slab& slab = piece.slab;
  mark_eventful(slab, worker.events.data(), worker.eventful.data());
  const int num_due = count_step(setup, piece, worker.eventful.data(), io.status + slab.first_world,
                                 worker.to_reset.data());
  // of the worlds that are due, those that are to be reset stay in the list
  const bool same_step = setup.config.autoreset == Autoreset::kSameStep;
  worker.num_to_reset = 0;
  for (int i = 0; i < num_due; ++i) {
    const int w = worker.to_reset[static_cast<std::size_t>(i)];
    bool reset = piece.resetting[w] != 0;
    if (!reset) {
      end_world_agents(setup, slab, w, worker, io);
      reset = same_step && io.ended[slab.first_world + w] != 0;
    }
    if (reset) worker.to_reset[static_cast<std::size_t>(worker.num_to_reset++)] = w;
  }
}

void report_alive(const Setup& setup, const Slab& slab, bool* alive) noexcept {
  if (alive == nullptr) return;
  bool* out = alive + static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents;
  for (int b = 0; b < slab.agents.num_blocks; ++b) {
    const float* row = slab.agents.row(b, setup.rows.alive.row);
    const int lanes = std::min(kLanes, slab.agents.num_bodies - b * kLanes);
    for (int l = 0; l < lanes; ++l) out[b * kLanes + l] = row[l] != 0;
  }
}

}  // namespace volery::batch
