#include "batch/worker.hpp"

namespace volery::batch {

Worker::Worker(const Setup& setup, const Store& store)
    : contact(*setup.contact_model, setup.motion_rows) {
  // the first slab is the largest
  const Slab& slab = store.slab(0);
  const std::size_t score_floats = static_cast<std::size_t>(slab.agents.num_blocks) *
                                   static_cast<std::size_t>(setup.num_score_rows()) * kLanes;
  score = AlignedFloats(score_floats);
  const auto worlds = static_cast<std::size_t>(slab.num_worlds);
  resetting.resize(worlds);
  eventful.resize(worlds);
  near_props.resize(static_cast<std::size_t>(slab.props.num_blocks));
}

}  // namespace volery::batch
