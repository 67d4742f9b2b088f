// The pool of threads that steps slabs. The caller of run() is worker 0.
//
// Threads start on the first run with more than one worker and again in a forked child; between
// runs they spin briefly, then sleep. Results never depend on which worker takes which item.
#pragma once

#include <functional>
#include <memory>

namespace volery {

class Workers {
 public:
  /// num_threads >= 1, the caller included.
  explicit Workers(int num_threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  [[nodiscard]] int num_threads() const noexcept;

  /// Calls job(context, item, worker) for each item in [0, num_items), each exactly once, and returns
  /// when all are done. Items are taken in ascending order by whichever worker is free. Not
  /// re-entrant; `job` must not throw. Allocates nothing after the first run.
  void run(int num_items, void (*job)(void* context, int item, int worker), void* context) noexcept;

  /// The same with any callable of (int item, int worker).
  template <class Job>
  void run(int num_items, Job&& job) noexcept {
    using Plain = std::remove_reference_t<Job>;
    run(num_items, [](void* context, int item, int worker) { (*static_cast<Plain*>(context))(item, worker); },
        const_cast<void*>(static_cast<const void*>(&job)));
  }

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace volery
