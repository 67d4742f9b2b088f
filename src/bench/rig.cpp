#include "bench/rig.hpp"

#include "core/float_mode.hpp"
#include "volery/isa.hpp"

namespace volery::bench {

Rig::Rig(BatchConfig config) : setup(std::move(config)), store(setup), worker(setup, store) {
  apply_isa_environment();
  for (int i = 0; i < store.num_slabs(); ++i) {
    const Slab& slab = store.slab(i);
    for (int w = 0; w < slab.num_worlds; ++w) {
      slab.worlds[w].seed = static_cast<std::uint64_t>(slab.first_world + w);
      batch::reset_world(setup, slab, w, worker);
    }
    batch::hold_columns(setup, slab, {});
  }
}

Rig::Place Rig::agent(int world, int agent) const {
  const auto [slab, local] = store.place(world);
  return {slab.agents, local * slab.num_agents + agent};
}

void Rig::advance() {
  const FloatMode float_mode;
  for (int i = 0; i < store.num_slabs(); ++i) {
    const Slab& slab = store.slab(i);
    batch::hold_setpoints(setup, slab, {});
    batch::advance_near(setup, slab, worker, {});
    batch::for_each_piece(slab, worker.resetting.data(), [&](const batch::Piece& piece) {
      batch::advance_far(setup, piece, worker, {});
    });
    worker.contact.end_window(slab);
  }
}

}  // namespace volery::bench
