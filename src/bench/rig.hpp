// Slabs and a worker without the rest of a batch, for cases that time the physics alone.
#pragma once

#include "batch/setup.hpp"
#include "batch/store.hpp"
#include "batch/worker.hpp"
#include "core/workers.hpp"

namespace volery::bench {

struct Rig {
  /// Every world is reset with its own seed.
  explicit Rig(BatchConfig config);

  batch::Setup setup;
  batch::Store store;
  batch::Worker worker;

  /// The blocks and index of an agent of the batch.
  struct Place {
    const Blocks& blocks;
    int body;
  };
  [[nodiscard]] Place agent(int world, int agent) const;
  /// All substeps of one agent step in every world, on this thread.
  void advance();
};

}  // namespace volery::bench
