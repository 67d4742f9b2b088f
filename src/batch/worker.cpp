#include "batch/worker.hpp"

#include <algorithm>

namespace volery::batch {

Worker::Worker(const Setup& setup, const Store& store)
    : contact(*setup.contact_model, setup.motion_rows), vehicles(make_vehicle_scratch(setup)) {
  if (setup.radio != nullptr) {
    radio =
        std::make_unique<radio::RadioWorker>(*setup.radio, setup.scene, setup.config.num_threads);
  }
  // the first slab is the largest
  const Slab& slab = store.slab(0);
  const int piece_worlds =
      std::min(worlds_per_piece(slab.num_agents, slab.num_props), slab.num_worlds);
  const int piece_blocks = blocks_for(piece_worlds * slab.num_agents);
  const int scored_blocks = std::max(piece_blocks, kScoredBlocks * setup.config.num_threads);
  score = AlignedFloats(static_cast<std::size_t>(setup.score_floats(scored_blocks)));
  events.resize(static_cast<std::size_t>(piece_blocks));
  eventful.resize(static_cast<std::size_t>(piece_worlds));
  to_reset.resize(static_cast<std::size_t>(piece_worlds));
  resetting.resize(static_cast<std::size_t>(slab.num_worlds));
  const int splitting = store.num_slabs() == 1 ? setup.config.num_threads : 1;
  fold.assign(static_cast<std::size_t>(splitting), FoldScratch(setup.fold));
}

}  // namespace volery::batch
