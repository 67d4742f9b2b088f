// The pool of threads that steps slabs. The caller of run() is worker 0.
//
// Threads start on the first run with more than one worker and again in a forked child; between
// runs they spin briefly, then sleep. Results never depend on which worker takes which item.
#pragma once

#include <memory>
#include <type_traits>

namespace volery {

class Workers {
 public:
  /// num_threads >= 1, the caller included. Applies VOLERY_ISA (core/isa.hpp), hence throws Error
  /// where that names an instruction set that is not available.
  explicit Workers(int num_threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  [[nodiscard]] int num_threads() const noexcept;

  /// Calls job(context, item, worker) for each item in [0, num_items), each exactly once, and
  /// returns when all are done. Items are taken in ascending order by whichever worker is free;
  /// what a job wrote is visible to the caller afterwards. Not re-entrant and not for two callers
  /// at once: a job that calls run() of its own pool, or a second caller, fails an assertion. `job`
  /// must not throw. Allocates nothing after the first run. Where the system has no threads to
  /// give, fewer work.
  void run(int num_items, void (*job)(void* context, int item, int worker), void* context) noexcept;

  /// The same with any callable of (int item, int worker).
  template <class Job>
  void run(int num_items, Job&& job) noexcept {
    using Plain = std::remove_reference_t<Job>;
    run(
        num_items,
        [](void* context, int item, int worker) { (*static_cast<Plain*>(context))(item, worker); },
        const_cast<void*>(static_cast<const void*>(&job)));
  }

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace volery
