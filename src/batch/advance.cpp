// The substep loop: control, flight and contacts of one slab over one window.
//
// Blocks with a near body go substep by substep around the contact solver, with the same kernels
// that run all substeps of the other blocks in one go. A block that becomes near midway has not
// moved yet: it is advanced from the window's start to the present substep, so nothing is ever
// rolled back.
#include <algorithm>
#include <span>

#include "batch/worker.hpp"

namespace volery::batch {

namespace {

// Calls job(first, last) for each run of consecutive numbers in a list of blocks.
template <class Job>
void for_each_run(std::span<const int> blocks, Job&& job) {
  std::size_t i = 0;
  while (i < blocks.size()) {
    std::size_t end = i + 1;
    while (end < blocks.size() && blocks[end] == blocks[end - 1] + 1) ++end;
    job(blocks[i], blocks[end - 1] + 1);
    i = end;
  }
}

// The two halves of a substep for agents and props of the near blocks.
class NearLoop {
 public:
  NearLoop(const Setup& setup, const Slab& slab, Worker& worker)
      : setup_(setup), slab_(slab), worker_(worker) {}

  void run() const {
    for (int substep = 0; substep < setup_.substeps; ++substep) {
      velocities(worker_.contact.near_agent_blocks(), worker_.contact.near_prop_blocks(), substep);
      extend(substep);
      worker_.contact.solve(slab_, substep);
      poses(worker_.contact.near_agent_blocks(), worker_.contact.near_prop_blocks());
    }
  }

 private:
  void velocities(std::span<const int> agents, std::span<const int> props, int substep) const {
    for_each_run(agents, [&](int first, int last) {
      if (substep % setup_.control.every_substeps == 0) {
        setup_.control.run(setup_.control.constants, slab_.agents, first, last);
      }
      flight::advance_velocity(*setup_.flight_params, slab_.agents, first, last);
    });
    for_each_run(props, [&](int first, int last) {
      flight::advance_velocity_free(*setup_.prop_params, slab_.props, first, last);
    });
  }

  void poses(std::span<const int> agents, std::span<const int> props) const {
    for_each_run(agents, [&](int first, int last) {
      flight::advance_pose(setup_.substep_s, slab_.agents, first, last);
    });
    for_each_run(props, [&](int first, int last) {
      flight::advance_pose(setup_.substep_s, slab_.props, first, last);
    });
  }

  // pulls in the blocks of bodies that may now be reached, advanced to where the others are
  void extend(int substep) const {
    for (;;) {
      const std::size_t agents_before = worker_.contact.near_agent_blocks().size();
      const std::size_t props_before = worker_.contact.near_prop_blocks().size();
      if (worker_.contact.extend(slab_, substep) == 0) return;
      const auto agents = worker_.contact.near_agent_blocks().subspan(agents_before);
      const auto props = worker_.contact.near_prop_blocks().subspan(props_before);
      for (const int b : agents) {
        flight::advance_fused(*setup_.flight_params, setup_.control, slab_.agents, b, b + 1, 0,
                              substep);
      }
      for (int s = 0; s < substep; ++s) {
        for (const int b : props) {
          flight::advance_velocity_free(*setup_.prop_params, slab_.props, b, b + 1);
          flight::advance_pose(setup_.substep_s, slab_.props, b, b + 1);
        }
      }
      velocities(agents, props, substep);
    }
  }

  const Setup& setup_;
  const Slab& slab_;
  Worker& worker_;
};

void mark(std::span<const int> blocks, std::vector<std::uint8_t>& flags) {
  std::fill(flags.begin(), flags.end(), std::uint8_t{0});
  for (const int b : blocks) flags[static_cast<std::size_t>(b)] = 1;
}

// Calls job(first, last) for each run of unmarked blocks within [begin, end).
template <class Job>
void for_each_far_run(const std::vector<std::uint8_t>& near, int begin, int end, Job&& job) {
  int b = begin;
  while (b < end) {
    while (b < end && near[static_cast<std::size_t>(b)] != 0) ++b;
    const int first = b;
    while (b < end && near[static_cast<std::size_t>(b)] == 0) ++b;
    if (first < b) job(first, b);
  }
}

}  // namespace

void advance(const Setup& setup, const Slab& slab, Worker& worker, const Split& split) noexcept {
  // setpoints that hold for the whole step
  if (const Controller::Kernel window = setup.controller->window_kernel(); window != nullptr) {
    split.blocks(slab.agents.num_blocks, [&](int first, int last) {
      window(setup.controller->constants(), slab.agents, first, last);
    });
  }
  worker.contact.begin_window(slab, worker.resetting.data(), split);
  if (!worker.contact.nothing_near()) NearLoop(setup, slab, worker).run();

  // all other blocks: nothing can touch them in this window
  mark(worker.contact.near_agent_blocks(), worker.near_agents);
  mark(worker.contact.near_prop_blocks(), worker.near_props);
  split.blocks(slab.agents.num_blocks, [&](int begin, int end) {
    for_each_far_run(worker.near_agents, begin, end, [&](int first, int last) {
      flight::advance_fused(*setup.flight_params, setup.control, slab.agents, first, last, 0,
                            setup.substeps);
    });
  });
  for_each_far_run(worker.near_props, 0, slab.props.num_blocks, [&](int first, int last) {
    for (int s = 0; s < setup.substeps; ++s) {
      flight::advance_velocity_free(*setup.prop_params, slab.props, first, last);
      flight::advance_pose(setup.substep_s, slab.props, first, last);
    }
  });
  worker.contact.end_window(slab);
}

}  // namespace volery::batch
