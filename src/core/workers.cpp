// The thread pool.
//
// One 64-bit ticket hands items out: the number of the run in its upper half, the items left in its
// lower half. A worker takes an item by decrementing the lower half with a compare-and-swap, so one
// that comes late (descheduled since the last run, say) sees either work of the present run or
// none; it can never touch a job that the caller has left. The caller waits for items, not for
// workers: threads that never woke up cost nothing.
#include "core/workers.hpp"

#include <immintrin.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <thread>
#include <vector>

#include "core/assert.hpp"
#include "core/isa.hpp"

namespace volery {
namespace {

// A pause takes 40 to 140 cycles, hence about 20 to 50 us: longer than the gap between two stages
// of a step, shorter than the few 100 us that a learner needs between steps.
constexpr int kSpins = 1000;

constexpr std::uint64_t kItemsMask = 0xFFFFFFFFU;

}  // namespace

struct Workers::Pool {
  explicit Pool(int threads_wanted)
      : num_threads(threads_wanted),
        spins(threads_wanted > static_cast<int>(std::thread::hardware_concurrency()) ? 0 : kSpins) {
  }

  const int num_threads;
  const int spins;  // 0 where there are more threads than cores: spinning would hold up a worker

  // each on its own cache line: the ticket is written by all, the job only by the caller
  alignas(64) std::atomic<std::uint64_t> ticket{0};
  alignas(64) std::atomic<std::uint32_t> run_number{0};  // workers sleep on it
  alignas(64) std::atomic<int> num_done{0};              // the caller sleeps on it
  alignas(64) std::atomic<bool> stop{false};
  std::atomic<bool> running{false};

  // written before the ticket is published, read only by who took an item of that ticket
  void (*job)(void*, int, int) = nullptr;
  void* context = nullptr;
  int num_items = 0;

  std::unique_ptr<std::vector<std::thread>> threads;
  pid_t owner = 0;  // the process that started the threads

  void start() noexcept;
  void join() noexcept;
  void work(int worker) noexcept;
  bool take_one(int worker) noexcept;
};

/// Takes and does one item; false where none is left.
bool Workers::Pool::take_one(int worker) noexcept {
  std::uint64_t seen = ticket.load(std::memory_order_acquire);
  do {
    if ((seen & kItemsMask) == 0) return false;
  } while (!ticket.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel,
                                         std::memory_order_acquire));
  // the run cannot end before this item is done, so its job stays in place
  const int total = num_items;
  job(context, total - static_cast<int>(seen & kItemsMask), worker);
  const bool last = num_done.fetch_add(1, std::memory_order_seq_cst) + 1 == total;
  if (last) num_done.notify_one();
  return true;
}

/// The life of a started thread: spin for a ticket, then sleep for one.
void Workers::Pool::work(int worker) noexcept {
  int idle = 0;
  while (!stop.load(std::memory_order_acquire)) {
    const std::uint32_t run_seen = run_number.load(std::memory_order_acquire);
    if (take_one(worker)) {
      idle = 0;
    } else if (idle < spins) {
      ++idle;
      _mm_pause();
    } else {
      // returns at once where a run began since run_seen was read
      run_number.wait(run_seen, std::memory_order_acquire);
      idle = 0;
    }
  }
}

/// Starts what is missing: all threads at the first run, all again in a forked child.
void Workers::Pool::start() noexcept {
  const pid_t self = getpid();
  if (threads != nullptr && owner == self) return;
  // a child's handles name threads that exist in its parent only: neither join nor destroy them
  (void)threads.release();
  owner = self;
  // signals are the caller's business; Python expects them in its main thread
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    threads = std::make_unique<std::vector<std::thread>>();
    threads->reserve(static_cast<std::size_t>(num_threads) - 1);
    for (int worker = 1; worker < num_threads; ++worker) {
      threads->emplace_back([this, worker] { work(worker); });
    }
  } catch (const std::exception&) {
    // no more threads to be had: those that started, and the caller, do the work
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Workers::Pool::join() noexcept {
  if (threads == nullptr) return;
  if (owner != getpid()) {
    (void)threads.release();
    return;
  }
  stop.store(true, std::memory_order_release);
  run_number.fetch_add(1, std::memory_order_seq_cst);
  run_number.notify_all();
  for (std::thread& thread : *threads) thread.join();
}

Workers::Workers(int num_threads) {
  VOLERY_ASSERT(num_threads >= 1);
  apply_isa_environment();
  pool_ = std::make_unique<Pool>(num_threads);
}

Workers::~Workers() {
  pool_->join();
}

int Workers::num_threads() const noexcept {
  return pool_->num_threads;
}

void Workers::run(int num_items, void (*job)(void* context, int item, int worker),
                  void* context) noexcept {
  Pool& pool = *pool_;
  const bool busy = pool.running.exchange(true, std::memory_order_acquire);
  VOLERY_ASSERT(!busy);  // a job that calls run(), or two callers at once
  (void)busy;
  if (pool.num_threads == 1 || num_items <= 1) {
    for (int item = 0; item < num_items; ++item) job(context, item, 0);
    pool.running.store(false, std::memory_order_release);
    return;
  }

  // publish the job, then the ticket that hands its items out
  pool.start();
  pool.job = job;
  pool.context = context;
  pool.num_items = num_items;
  pool.num_done.store(0, std::memory_order_relaxed);
  const std::uint32_t run = pool.run_number.load(std::memory_order_relaxed) + 1;
  pool.ticket.store(
      (static_cast<std::uint64_t>(run) << 32U) | static_cast<std::uint64_t>(num_items),
      std::memory_order_release);
  pool.run_number.store(run, std::memory_order_seq_cst);
  pool.run_number.notify_all();

  // work beside the others, then wait for the items that they still hold
  while (pool.take_one(0)) {
  }
  int idle = 0;
  for (int done = pool.num_done.load(std::memory_order_acquire); done != num_items;
       done = pool.num_done.load(std::memory_order_acquire)) {
    if (idle++ < pool.spins) {
      _mm_pause();
    } else {
      pool.num_done.wait(done, std::memory_order_acquire);
    }
  }
  pool.running.store(false, std::memory_order_release);
}

}  // namespace volery
