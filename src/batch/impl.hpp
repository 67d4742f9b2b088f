// The parts behind volery::Batch, shared by the files that implement it.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <vector>

#include "batch/setup.hpp"
#include "batch/store.hpp"
#include "batch/worker.hpp"
#include "core/workers.hpp"
#include "volery/batch.hpp"
#include "volery/journal.hpp"

namespace volery {

struct Batch::Impl {
  explicit Impl(BatchConfig config);

  batch::Setup setup;
  batch::Store store;
  Workers pool;
  std::vector<std::unique_ptr<batch::Worker>> workers;
  std::atomic<bool> busy{false};
  bool all_started = false;  // every world was seen to have been reset; restore() may undo that
  bool mid_step = false;     // between advance() and finish()
  std::vector<int> fresh;    // worlds that the host is placing, while it does

  std::shared_ptr<Journal> journal;  // null: nobody is told
  batch::FoldSums fold;              // what the state folds to, where fold_is_fresh
  bool fold_is_fresh = false;        // nothing was written since
  std::uint64_t config_hash = 0;     // of snapshots; 0: not made yet

  // events of the last step, behind the spans of `events`
  std::vector<std::uint8_t> ended, terminated, just_reset;
  std::vector<std::uint32_t> status;
  std::vector<std::int32_t> length;
  std::vector<float> episode_return, episode_terms, episode_metrics, episode_radio;
  WorldEvents events;

  [[nodiscard]] const Slab& slab(int i) const noexcept { return store.slab(i); }
  /// One slab is the whole batch and there are workers to split it over.
  [[nodiscard]] bool splits_slabs() const noexcept {
    return store.num_slabs() == 1 && pool.num_threads() > 1;
  }
  /// job(slab, worker, split) for every slab, over the pool.
  template <class Job>
  void for_each_slab(Job&& job) noexcept {
    if (splits_slabs()) {
      job(store.slab(0), *workers[0], Split{&pool});
      return;
    }
    pool.run(store.num_slabs(), [&](int i, int worker) {
      job(store.slab(i), *workers[static_cast<std::size_t>(worker)], Split{});
    });
  }
};

/// Refuses a second call while one runs, and marks this one as running.
class BusyGuard {
 public:
  BusyGuard(std::atomic<bool>& busy, const char* call);
  ~BusyGuard() { busy_.store(false, std::memory_order_release); }
  BusyGuard(const BusyGuard&) = delete;
  BusyGuard& operator=(const BusyGuard&) = delete;

 private:
  std::atomic<bool>& busy_;
};

/// Throws Error(kState) between advance() and finish().
void check_between_steps(const Batch::Impl& impl, const char* call);
/// Everything about the arguments of a step that can be refused, before anything is written.
void check_step(Batch::Impl& impl, std::span<const float> actions, const char* call);
/// The arrays of a step.
[[nodiscard]] batch::StepIo step_io(Batch::Impl& impl, const float* actions,
                                    const StepOutputs& out) noexcept;
/// All sums to zero.
void clear_fold(Batch::Impl& impl);
/// Where the step that begins folds the state to, cleared; null where no journal wants it.
[[nodiscard]] batch::FoldSums* begin_fold(Batch::Impl& impl);
/// Adds up what the workers gathered since.
void end_fold(Batch::Impl& impl) noexcept;

/// Forgets the packets of the last step, where they are traced.
void clear_traces(Batch::Impl& impl) noexcept;
/// Worlds that ended in a step, into the events.
void count_ended(Batch::Impl& impl) noexcept;

/// Lets the host write the starts of `fresh` worlds, then begins their episodes and empties the
/// list. Returns what the host threw.
[[nodiscard]] std::exception_ptr place_fresh(Batch::Impl& impl, const PlaceAgents& place) noexcept;

/// Where there are many variants, forgets those that no world has or will have.
void drop_unused_variants(Batch::Impl& impl);

/// The world's index checked against the batch; throws Error.
void check_world(const Batch::Impl& impl, int world, const char* call);

}  // namespace volery
