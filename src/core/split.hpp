// Sharing out the work on one big range of things, where a whole batch is a single world.
//
// Stages take a Split and neither know nor care whether there are workers behind it. Results must
// not depend on how a range is cut.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/types.hpp"
#include "core/workers.hpp"

namespace volery {

/// Splits ranges over the pool where one slab is the whole batch (a giant world); runs them in
/// place where many slabs share the pool already.
struct Split {
  Workers* pool = nullptr;  // null: in place

  /// job(i) for each i in [0, num_jobs), in any order and on any worker.
  template <class Job>
  void each(int num_jobs, Job&& job) const noexcept {
    if (pool == nullptr) {
      for (int i = 0; i < num_jobs; ++i) job(i);
      return;
    }
    pool->run(num_jobs, [&](int i, int /*worker*/) { job(i); });
  }

  /// Chunks of at least `least` items, a few per worker so that they balance; 1 in place.
  [[nodiscard]] int num_chunks(int num_items, int least) const noexcept {
    constexpr int kChunksPerWorker = 4;
    const int wanted = pool == nullptr ? 1 : kChunksPerWorker * pool->num_threads();
    return std::clamp(num_items / least, 1, wanted);
  }

  /// job(first_block, last_block, thread), in chunks of at least kMinBlocks.
  template <class Job>
  void blocks_by_thread(int num_blocks, Job&& job) const noexcept {
    constexpr int kMinBlocks = 64;  // about 1,000 agents: 20 us of work, against 2 us to hand over
    if (pool == nullptr || num_blocks <= kMinBlocks) {
      if (num_blocks > 0) job(0, num_blocks, 0);
      return;
    }
    const int chunks = num_blocks / kMinBlocks;
    pool->run(chunks, [&](int i, int thread) {
      job(edge(num_blocks, chunks, i), edge(num_blocks, chunks, i + 1), thread);
    });
  }

  /// The same with job(first_block, last_block).
  template <class Job>
  void blocks(int num_blocks, Job&& job) const noexcept {
    blocks_by_thread(num_blocks, [&](int first, int last, int /*thread*/) { job(first, last); });
  }

  /// Where chunk `i` of a range starts; chunk i + 1 starts where it ends.
  [[nodiscard]] static int edge(int num_items, int num_chunks, int i) noexcept {
    return static_cast<int>(static_cast<std::int64_t>(num_items) * i / num_chunks);
  }
};

}  // namespace volery
