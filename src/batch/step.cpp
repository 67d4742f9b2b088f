// One agent step of one slab, stage by stage. The order is fixed: action(t), physics, score, reset,
// observation(t+1).
#include "batch/worker.hpp"
#include "core/float_mode.hpp"

namespace volery::batch {

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
  for_each_variant_run(setup, slab, [&](const Task& task, int first, int last) {
    task.before_step(slab, first, last);
  });
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
