// The parts behind volery::Batch, shared by the files that implement it.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "batch/setup.hpp"
#include "batch/store.hpp"
#include "batch/worker.hpp"
#include "core/workers.hpp"
#include "volery/batch.hpp"

namespace volery {

struct Batch::Impl {
  explicit Impl(BatchConfig config);

  batch::Setup setup;
  batch::Store store;
  Workers pool;
  std::vector<std::unique_ptr<batch::Worker>> workers;
  std::atomic<bool> busy{false};
  bool all_started = false;  // every world was seen to have been reset; restore() may undo that

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

/// The world's index checked against the batch; throws Error.
void check_world(const Batch::Impl& impl, int world, const char* call);

}  // namespace volery
