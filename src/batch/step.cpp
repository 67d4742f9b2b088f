// One agent step of one slab, stage by stage. The order is fixed: action(t), physics, score, reset,
// observation(t+1).
#include "batch/worker.hpp"
#include "core/float_mode.hpp"

namespace volery::batch {

namespace {

// Moving goals and the like, each run of worlds under its own task config.
void before_step(const Setup& setup, const Slab& slab) noexcept {
  int first = 0;
  while (first < slab.num_worlds) {
    int last = first + 1;
    while (last < slab.num_worlds && slab.worlds[last].variant == slab.worlds[first].variant)
      ++last;
    setup.variant(slab.worlds[first]).task->before_step(slab, first, last);
    first = last;
  }
}

}  // namespace

void step_slab(const Setup& setup, const Slab& slab, Worker& worker, const Split& split,
               const StepIo& io) noexcept {
  const FloatMode float_mode;

  // worlds that ended in the last step sit this one out and are reset at its end
  for (int w = 0; w < slab.num_worlds; ++w) {
    worker.resetting[static_cast<std::size_t>(w)] =
        slab.worlds[w].phase == WorldPhase::kEnded ? 1 : 0;
    slab.worlds[w].status = kStatusOk;
  }

  read_actions(setup, slab, worker, split, io.actions);
  before_step(setup, slab);
  advance(setup, slab, worker, split);
  flag_diverged(setup, slab, worker, split);
  score(setup, slab, worker);
  end_episodes(setup, slab, worker, split, io);
  autoreset(setup, slab, worker, io);
  hold_columns(setup, slab, split);
  sense(setup, slab, worker, split, io.out.observation);

  for (int w = 0; w < slab.num_worlds; ++w) io.status[slab.first_world + w] = slab.worlds[w].status;
}

}  // namespace volery::batch
