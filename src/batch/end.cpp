// Scores become rewards; crashes, failures, bounds and time limits become deaths and ended
// episodes.
#include <algorithm>
#include <cstring>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// Row of the batch's arrays that belongs to the slab's first agent.
std::ptrdiff_t first_row(const Slab& slab) noexcept {
  return static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents;
}

ScoreRows score_rows(const Setup& setup, const Worker& worker) noexcept {
  return {worker.score.data(), setup.num_score_rows(), setup.num_terms(), setup.num_metrics()};
}

// The loops over lanes below are functions of their own with restricted pointers (score rows, state
// rows and the caller's rows never overlap), and load before they choose (a load behind a condition
// may not be made early): inlined or otherwise they end up scalar, at 20 against 4 ns per agent.

// sum += value where alive
[[gnu::noinline]] void add_lanes(const float* __restrict value, const float* __restrict alive,
                                 float* __restrict sum) noexcept {
  for (int l = 0; l < kLanes; ++l) {
    const float v = value[l];
    sum[l] += alive[l] > 0 ? v : 0.0F;
  }
}

// reduced = choose(value, reduced) where alive; just the value in the first step of an episode.
template <class Choose>
[[gnu::noinline]] void choose_lanes(const float* __restrict value, const float* __restrict alive,
                                    const float* __restrict steps, float* __restrict reduced,
                                    Choose choose) noexcept {
  for (int l = 0; l < kLanes; ++l) {
    const float v = value[l];
    const float old = reduced[l];
    const float chosen = choose(v, old);
    const float now = steps[l] > 0 ? chosen : v;
    reduced[l] = alive[l] > 0 ? now : old;
  }
}

// One more value of a metric into its reduction over the episode.
void reduce_lanes(Reduction reduction, const float* value, const float* alive, const float* steps,
                  float* reduced) noexcept {
  switch (reduction) {
    case Reduction::kMean:
    case Reduction::kSum:
      add_lanes(value, alive, reduced);
      break;
    case Reduction::kMin:
      choose_lanes(value, alive, steps, reduced,
                   [](float v, float old) { return v < old ? v : old; });
      break;
    case Reduction::kMax:
      choose_lanes(value, alive, steps, reduced,
                   [](float v, float old) { return v > old ? v : old; });
      break;
    case Reduction::kLast:
      choose_lanes(value, alive, steps, reduced, [](float v, float) { return v; });
      break;
  }
}

// Rewards of one block into the caller's rows, episode sums into the state.
void reward_block(const Setup& setup, const Slab& slab, const ScoreRows& rows, int b,
                  const StepIo& io) noexcept {
  const Blocks& agents = slab.agents;
  const float* alive = agents.row(b, setup.rows.alive.row);
  float* steps = agents.row(b, setup.rows.steps.row);
  float reward[kLanes] = {};
  for (int t = 0; t < rows.num_terms; ++t) {
    add_lanes(rows.term(b, t), alive, reward);
    add_lanes(rows.term(b, t), alive, agents.row(b, setup.rows.term_sums.row + t));
  }
  for (int m = 0; m < rows.num_metrics; ++m) {
    reduce_lanes(setup.reductions[static_cast<std::size_t>(m)], rows.metric(b, m), alive, steps,
                 agents.row(b, setup.rows.metric_sums.row + m));
  }
  for (int l = 0; l < kLanes; ++l) steps[l] += alive[l];

  const int lanes = std::min(kLanes, agents.num_bodies - b * kLanes);
  const std::ptrdiff_t first = first_row(slab) + static_cast<std::ptrdiff_t>(b) * kLanes;
  std::memcpy(io.out.reward + first, reward, static_cast<std::size_t>(lanes) * sizeof(float));
  if (io.out.reward_terms == nullptr) return;
  for (int l = 0; l < lanes; ++l) {
    float* out = io.out.reward_terms + (first + l) * rows.num_terms;
    for (int t = 0; t < rows.num_terms; ++t) out[t] = alive[l] != 0 ? rows.term(b, t)[l] : 0.0F;
  }
}

// Everyone's reward becomes the mean over the world's agents, dead ones counting as 0.
void share_rewards(const Setup& setup, const Slab& slab, int world, const StepIo& io) noexcept {
  const int a = slab.num_agents;
  float* reward = io.out.reward + static_cast<std::ptrdiff_t>(slab.first_world + world) * a;
  float sum = 0;
  for (int i = 0; i < a; ++i) sum += reward[i];
  const float mean = sum / static_cast<float>(a);
  for (int i = 0; i < a; ++i)
    reward[i] = slab.agents.at(world * a + i, setup.rows.alive.row) != 0 ? mean : 0.0F;
}

// Marks the worlds in which an agent's flag is set.
void find_eventful(const Setup& setup, const Slab& slab, const ScoreRows& rows,
                   Worker& worker) noexcept {
  std::fill_n(worker.eventful.begin(), slab.num_worlds, std::uint8_t{0});
  for (int b = 0; b < slab.agents.num_blocks; ++b) {
    const float* alive = slab.agents.row(b, setup.rows.alive.row);
    float any[kLanes];
    float sum = 0;
    for (int l = 0; l < kLanes; ++l) {
      any[l] = (rows.terminated(b)[l] + rows.truncated(b)[l] + rows.crashed(b)[l]) * alive[l];
      sum += any[l];
    }
    if (sum == 0) continue;
    const int lanes = std::min(kLanes, slab.agents.num_bodies - b * kLanes);
    for (int l = 0; l < lanes; ++l) {
      if (any[l] != 0)
        worker.eventful[static_cast<std::size_t>((b * kLanes + l) / slab.num_agents)] = 1;
    }
  }
}

// What on_crash makes of the crashed agents of a world; returns true where the whole world
// terminates.
bool apply_crashes(const Setup& setup, const Slab& slab, const ScoreRows& rows,
                   int world) noexcept {
  const Variant& variant = setup.variant(slab.worlds[world]);
  bool end_world = false;
  for (int a = 0; a < slab.num_agents; ++a) {
    const int body = world * slab.num_agents + a;
    const int b = body / kLanes;
    const int l = body % kLanes;
    if (rows.crashed(b)[l] == 0 || slab.agents.at(body, setup.rows.alive.row) == 0) continue;
    switch (variant.on_crash) {
      case OnCrash::kContinue:
        break;
      case OnCrash::kFreeze:
        slab.agents.at(body, kMode) = static_cast<float>(BodyMode::kFrozen);
        slab.agents.set_vec3(body, kVelocity, {});
        slab.agents.set_vec3(body, kOmega, {});
        rows.terminated(b)[l] = 1;
        break;
      case OnCrash::kTerminateAgent:
        rows.terminated(b)[l] = 1;
        break;
      case OnCrash::kTerminateWorld:
        end_world = true;
        break;
      case OnCrash::kRespawn:
        variant.task->respawn(slab, world, a);
        break;
    }
  }
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
  for (int a = 0; a < slab.num_agents; ++a) {
    const int body = world * slab.num_agents + a;
    const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(w) * slab.num_agents + a;
    const float steps = std::max(1.0F, slab.agents.at(body, setup.rows.steps.row));
    all_terminated = all_terminated && slab.agents.at(body, setup.rows.outcome.row) ==
                                           static_cast<float>(Outcome::kTerminated);
    io.episode_return[row] = slab.agents.at(body, setup.rows.return_sum.row);
    for (int t = 0; t < terms; ++t)
      io.episode_terms[row * terms + t] = slab.agents.at(body, setup.rows.term_sums.row + t);
    for (int m = 0; m < metrics; ++m) {
      const bool mean = setup.reductions[static_cast<std::size_t>(m)] == Reduction::kMean;
      io.episode_metrics[row * metrics + m] =
          slab.agents.at(body, setup.rows.metric_sums.row + m) / (mean ? steps : 1.0F);
    }
  }
  io.terminated[w] = all_terminated ? 1 : 0;
  slab.worlds[world].phase = WorldPhase::kEnded;
  ++worker.counts.episodes;
}

// Deaths of one world in which something happened.
void end_world_agents(const Setup& setup, const Slab& slab, const ScoreRows& rows, int world,
                      bool timeout, Worker& worker, const StepIo& io) noexcept {
  const bool flagged = slab.worlds[world].status != kStatusOk;
  const bool end_world = !flagged && apply_crashes(setup, slab, rows, world);
  int num_alive = 0;
  for (int a = 0; a < slab.num_agents; ++a) {
    const int body = world * slab.num_agents + a;
    float& alive = slab.agents.at(body, setup.rows.alive.row);
    if (alive == 0) continue;
    const bool terminated =
        !flagged && (end_world || rows.terminated(body / kLanes)[body % kLanes] != 0);
    const bool truncated = flagged || timeout || rows.truncated(body / kLanes)[body % kLanes] != 0;
    if (!terminated && !truncated) {
      ++num_alive;
      continue;
    }
    const std::ptrdiff_t row =
        static_cast<std::ptrdiff_t>(slab.first_world + world) * slab.num_agents + a;
    io.out.terminated[row] = terminated;
    io.out.truncated[row] = truncated;
    alive = 0;
    slab.agents.at(body, setup.rows.outcome.row) =
        static_cast<float>(terminated ? Outcome::kTerminated : Outcome::kTruncated);
    slab.agents.at(body, kMotorsOn) = 0;
  }
  if (num_alive == 0) report_episode(setup, slab, world, worker, io);
}

// The scores of a world that was flagged mean nothing: its agents get 0 in this step.
void clear_scores(const Slab& slab, const ScoreRows& rows, int world) noexcept {
  for (int a = 0; a < slab.num_agents; ++a) {
    const int body = world * slab.num_agents + a;
    for (int r = 0; r < rows.num_rows; ++r) rows.row(body / kLanes, r)[body % kLanes] = 0;
  }
}

}  // namespace

void score(const Setup& setup, const Slab& slab, Worker& worker) noexcept {
  const ScoreRows rows = score_rows(setup, worker);
  std::memset(rows.data, 0,
              sizeof(float) * kLanes * static_cast<std::size_t>(slab.agents.num_blocks) *
                  static_cast<std::size_t>(rows.num_rows));
  // each run of worlds by the task config that it runs under
  for_each_variant_run(setup, slab, [&](const Task& task, int first, int last) {
    task.score(slab, first, last, rows);
  });
}

void end_episodes(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
                  const StepIo& io) noexcept {
  const ScoreRows rows = score_rows(setup, worker);
  std::memset(io.out.terminated + first_row(slab), 0,
              static_cast<std::size_t>(slab.agents.num_bodies));
  std::memset(io.out.truncated + first_row(slab), 0,
              static_cast<std::size_t>(slab.agents.num_bodies));

  for (int w = 0; w < slab.num_worlds; ++w) {
    if (slab.worlds[w].status != kStatusOk) clear_scores(slab, rows, w);
  }
  find_eventful(setup, slab, rows, worker);
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    for (int b = first; b < last; ++b) reward_block(setup, slab, rows, b, io);
  });
  if (setup.config.reward == RewardShare::kTeam) {
    for (int w = 0; w < slab.num_worlds; ++w) share_rewards(setup, slab, w, io);
  }
  // the return is what the learner saw, hence after sharing
  for (int b = 0; b < slab.agents.num_blocks; ++b) {
    float* sum = slab.agents.row(b, setup.rows.return_sum.row);
    const float* reward = io.out.reward + first_row(slab) + static_cast<std::ptrdiff_t>(b) * kLanes;
    const int lanes = std::min(kLanes, slab.agents.num_bodies - b * kLanes);
    for (int l = 0; l < lanes; ++l) sum[l] += reward[l];
  }

  worker.counts.agent_steps += static_cast<std::uint64_t>(slab.agents.num_bodies);
  std::memset(io.ended + slab.first_world, 0, static_cast<std::size_t>(slab.num_worlds));
  std::memset(io.terminated + slab.first_world, 0, static_cast<std::size_t>(slab.num_worlds));
  for (int w = 0; w < slab.num_worlds; ++w) {
    if (worker.resetting[static_cast<std::size_t>(w)] != 0) continue;
    WorldHeader& header = slab.worlds[w];
    ++header.step;
    const bool timeout = header.step >= setup.variant(header).max_steps;
    if (!timeout && header.status == kStatusOk && worker.eventful[static_cast<std::size_t>(w)] == 0)
      continue;
    end_world_agents(setup, slab, rows, w, timeout, worker, io);
  }
}

}  // namespace volery::batch
