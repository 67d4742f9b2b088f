// How the stages share out a slab that is the whole batch (a giant world).
#pragma once

#include <cstdint>

#include "core/workers.hpp"

namespace volery::batch {

/// Splits ranges of blocks over the pool where one slab is the whole batch; runs them in place
/// where many slabs share the pool already.
struct Split {
  Workers* pool = nullptr;  // null: in place

  /// job(first_block, last_block, thread), in chunks of at least kMinBlocks.
  template <class Job>
  void blocks_by_thread(int num_blocks, Job&& job) const noexcept {
    constexpr int kMinBlocks = 64;  // about 1,000 agents: 20 us of work, against 2 us to hand over
    if (pool == nullptr || num_blocks <= kMinBlocks) {
      if (num_blocks > 0) job(0, num_blocks, 0);
      return;
    }
    const int chunks = num_blocks / kMinBlocks;
    pool->run(chunks, [&](int chunk, int thread) {
      const auto edge = [&](int i) {
        return static_cast<int>(static_cast<std::int64_t>(num_blocks) * i / chunks);
      };
      job(edge(chunk), edge(chunk + 1), thread);
    });
  }

  /// The same with job(first_block, last_block).
  template <class Job>
  void blocks(int num_blocks, Job&& job) const noexcept {
    blocks_by_thread(num_blocks, [&](int first, int last, int /*thread*/) { job(first, last); });
  }
};

}  // namespace volery::batch
