// Scores and what is taken from them at once: rewards, sums over the episode, flags.
#include <algorithm>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// A slab's (or piece's) step as the functions below share it.
struct Scoring {
  const Setup& setup;
  const Slab& slab;
  const StepIo& io;
  BlockEvents* events;  // [blocks]

  // Row of the batch's arrays that belongs to the slab's first agent.
  [[nodiscard]] std::ptrdiff_t first_row() const noexcept {
    return static_cast<std::ptrdiff_t>(slab.first_world) * slab.num_agents;
  }
  [[nodiscard]] float* rewards() const noexcept { return io.out.reward + first_row(); }
  [[nodiscard]] ScoreRows rows(float* scratch, int first_block) const noexcept {
    return {scratch, setup.num_score_rows(), setup.num_terms(), setup.num_metrics(), first_block};
  }
};

// One column of the host's scores [W][A] into its lanes of a block; zeros where there is none.
template <class Number>
void take_lanes(const Number* column, std::ptrdiff_t first, int lanes, float* row) noexcept {
  for (int l = 0; l < lanes; ++l)
    row[l] = column != nullptr ? static_cast<float>(column[first + l]) : 0.0F;
}

// What the host scored for the whole batch, into the rows of the slab.
void take_scores(const Scoring& s, const ScoreRows& rows) noexcept {
  const HostScores& scores = *s.io.scores;
  const auto count = static_cast<std::ptrdiff_t>(s.setup.layout.num_rows());
  const auto column = [count](const float* columns, int i) {
    return columns != nullptr ? columns + i * count : nullptr;
  };
  for (int b = 0; b < s.slab.agents.num_blocks; ++b) {
    const std::ptrdiff_t first = s.first_row() + static_cast<std::ptrdiff_t>(b) * kLanes;
    const int lanes = std::min(kLanes, s.slab.agents.num_bodies - b * kLanes);
    for (int t = 0; t < rows.num_terms; ++t)
      take_lanes(column(scores.terms, t), first, lanes, rows.term(b, t));
    for (int m = 0; m < rows.num_metrics; ++m)
      take_lanes(column(scores.metrics, m), first, lanes, rows.metric(b, m));
    take_lanes(scores.terminated, first, lanes, rows.terminated(b));
    take_lanes(scores.truncated, first, lanes, rows.truncated(b));
    take_lanes(scores.crashed, first, lanes, rows.crashed(b));
  }
}

// The scores of a world that was flagged mean nothing: its agents get 0 in this step.
void clear_flagged(const Slab& slab, const ScoreRows& rows) noexcept {
  for (int w = 0; w < slab.num_worlds; ++w) {
    if (slab.worlds[w].status == kStatusOk) continue;
    for (int body = w * slab.num_agents; body < (w + 1) * slab.num_agents; ++body) {
      for (int r = 0; r < rows.num_rows; ++r) rows.row(body / kLanes, r)[body % kLanes] = 0;
    }
  }
}

// The terms as the caller asked for them: those of the living.
void write_terms(const Scoring& s, const ScoreRows& rows, int b) noexcept {
  const Blocks& agents = s.slab.agents;
  const float* alive = agents.row(b, s.setup.rows.alive.row);
  const int lanes = std::min(kLanes, agents.num_bodies - b * kLanes);
  const std::ptrdiff_t first = s.first_row() + static_cast<std::ptrdiff_t>(b) * kLanes;
  for (int l = 0; l < lanes; ++l) {
    float* out = s.io.out.reward_terms + (first + l) * rows.num_terms;
    for (int t = 0; t < rows.num_terms; ++t) out[t] = alive[l] != 0 ? rows.term(b, t)[l] : 0.0F;
  }
}

void reward(const Scoring& s, const ScoreRows& rows, int first, int last) noexcept {
  take_rewards(s.setup.reward_rows, s.slab.agents, first, last, rows, s.rewards(), s.events);
  if (s.io.out.reward_terms == nullptr) return;
  for (int b = first; b < last; ++b) write_terms(s, rows, b);
}

// A few blocks at a time: their scores never leave the cache, and threads share them. The same
// blocks are then observed where that is asked for.
void score_by_blocks(const Scoring& s, const Task& task, bool observe, Worker& worker,
                     const Split& split) noexcept {
  const swarm::NeighborTable neighbors =
      observe ? find_neighbors(s.setup, s.slab, worker, split) : swarm::NeighborTable{};
  split.blocks_by_thread(s.slab.agents.num_blocks, [&](int begin, int end, int thread) {
    float* scratch = worker.score.data() + thread * s.setup.score_floats(kScoredBlocks);
    for (int first = begin; first < end; first += kScoredBlocks) {
      const int last = std::min(first + kScoredBlocks, end);
      const ScoreRows rows = s.rows(scratch, first);
      task.score_agents(s.slab, first * kLanes, std::min(last * kLanes, s.slab.agents.num_bodies),
                        rows);
      reward(s, rows, first, last);
      if (!observe) continue;
      hold_columns(s.setup, s.slab, first, last);
      observe_blocks(s.setup, s.slab, neighbors, first, last, s.io.out.observation);
    }
  });
}

// Whole worlds, each run of them by the task config that it runs under.
void score_by_worlds(const Scoring& s, bool any_flagged, Worker& worker) noexcept {
  const ScoreRows rows = s.rows(worker.score.data(), 0);
  if (s.io.scores != nullptr) {
    take_scores(s, rows);
  } else {
    for_each_variant_run(s.setup, s.slab, [&](const Task& task, int first, int last) {
      task.score(s.slab, first, last, rows);
    });
  }
  if (any_flagged) clear_flagged(s.slab, rows);
  reward(s, rows, 0, s.slab.agents.num_blocks);
}

// Everyone's reward becomes the mean over the world's agents, dead ones counting as 0. The return
// is what the learner saw, hence summed here.
void share_rewards(const Scoring& s) noexcept {
  const int a = s.slab.num_agents;
  const AgentRows& rows = s.setup.rows;
  for (int w = 0; w < s.slab.num_worlds; ++w) {
    float* reward = s.rewards() + static_cast<std::ptrdiff_t>(w) * a;
    float sum = 0;
    for (int i = 0; i < a; ++i) sum += reward[i];
    const float mean = sum / static_cast<float>(a);
    for (int i = 0; i < a; ++i) {
      const int body = w * a + i;
      reward[i] = s.slab.agents.at(body, rows.alive.row) != 0 ? mean : 0.0F;
      s.slab.agents.at(body, rows.return_sum.row) += reward[i];
    }
  }
}

}  // namespace

bool score(const Setup& setup, const Slab& slab, bool any_flagged, Worker& worker,
           const Split& split, const StepIo& io) noexcept {
  const Scoring scoring{setup, slab, io, worker.events.data()};
  const bool one_task = setup.variants.size() == 1 || slab.num_worlds == 1;
  const bool by_blocks = one_task && !any_flagged && setup.spec().scores_agents_alone;
  const Variant& variant = setup.variant(slab.worlds[0]);
  const bool observe = by_blocks && slab.num_worlds == 1 && variant.on_crash != OnCrash::kFreeze &&
                       variant.on_crash != OnCrash::kRespawn && !setup.joins.any();
  if (by_blocks) {
    score_by_blocks(scoring, *variant.task, observe, worker, split);
  } else {
    score_by_worlds(scoring, any_flagged, worker);
  }
  if (setup.config.reward == RewardShare::kTeam) share_rewards(scoring);
  worker.counts.agent_steps += static_cast<std::uint64_t>(slab.agents.num_bodies);
  return observe;
}

}  // namespace volery::batch
