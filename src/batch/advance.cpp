// The substep loop: control, flight and contacts of one slab over one window.
//
// Near agents are copied out by the contact worker and go substep by substep around its solver,
// with the same kernels that run all substeps of the others in one go. An agent that becomes near
// midway has not moved yet: its copy is advanced from the window's start to the present substep, so
// nothing is ever rolled back. Props are few and stay where they are.
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

// The two halves of a substep for the copies of near agents and the blocks of near props.
class NearLoop {
 public:
  NearLoop(const Setup& setup, const Slab& slab, Worker& worker)
      : setup_(setup), slab_(slab), contact_(worker.contact), clock_(worker.clock) {}

  void run() const {
    for (int substep = 0; substep < setup_.substeps; ++substep) {
      velocities(0, contact_.near_prop_blocks(), substep);
      clock_.end(Stage::kNearFlight);
      extend(substep);
      contact_.solve(slab_, substep);
      clock_.end(Stage::kContacts);
      poses();
    }
  }

 private:
  void velocities(int first_block, std::span<const int> props, int substep) const {
    const Blocks& agents = contact_.near_agents();
    if (substep % setup_.control.every_substeps == 0) {
      setup_.control.run(setup_.control.constants, agents, first_block, agents.num_blocks);
    }
    flight::advance_velocity(*setup_.flight_params, agents, first_block, agents.num_blocks);
    for_each_run(props, [&](int first, int last) {
      flight::advance_velocity_free(*setup_.prop_params, slab_.props, first, last);
    });
  }

  void poses() const {
    const Blocks& agents = contact_.near_agents();
    flight::advance_pose(setup_.substep_s, agents, 0, agents.num_blocks);
    for_each_run(contact_.near_prop_blocks(), [&](int first, int last) {
      flight::advance_pose(setup_.substep_s, slab_.props, first, last);
    });
  }

  // takes in bodies that may now be reached, advanced to where the others are
  void extend(int substep) const {
    for (;;) {
      const int agents_before = contact_.near_agents().num_blocks;
      const std::size_t props_before = contact_.near_prop_blocks().size();
      if (!contact_.extend(slab_, substep)) return;
      const Blocks& agents = contact_.near_agents();
      const auto props = contact_.near_prop_blocks().subspan(props_before);
      flight::advance_fused(*setup_.flight_params, setup_.control, agents, agents_before,
                            agents.num_blocks, 0, substep);
      for (int s = 0; s < substep; ++s) {
        for (const int b : props) {
          flight::advance_velocity_free(*setup_.prop_params, slab_.props, b, b + 1);
          flight::advance_pose(setup_.substep_s, slab_.props, b, b + 1);
        }
      }
      velocities(agents_before, props, substep);
    }
  }

  const Setup& setup_;
  const Slab& slab_;
  contact::ContactWorker& contact_;
  StageClock& clock_;
};

// Calls job(first, last) for each run of numbers in [begin, end) that skip() leaves.
template <class Skip, class Job>
void for_each_other_run(int begin, int end, Skip&& skip, Job&& job) {
  int b = begin;
  while (b < end) {
    while (b < end && skip(b)) ++b;
    const int first = b;
    while (b < end && !skip(b)) ++b;
    if (first < b) job(first, b);
  }
}

}  // namespace

void hold_setpoints(const Setup& setup, const Slab& slab, const Split& split) noexcept {
  const Controller::Kernel window = setup.controller->window_kernel();
  if (window == nullptr) return;
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    window(setup.controller->constants(), slab.agents, first, last);
  });
}

void advance_near(const Setup& setup, const Slab& slab, Worker& worker,
                  const Split& split) noexcept {
  contact::ContactWorker& contact = worker.contact;
  contact.begin_window(slab, worker.resetting.data(), split);
  worker.clock.end(Stage::kContacts);
  if (contact.nothing_near()) return;
  NearLoop(setup, slab, worker).run();
  worker.clock.end(Stage::kNearFlight);
}

void advance_far(const Setup& setup, const Piece& piece, Worker& worker,
                 const Split& split) noexcept {
  const contact::ContactWorker& contact = worker.contact;
  const Blocks& agents = piece.slab.agents;
  split.blocks(agents.num_blocks, [&](int begin, int end) {
    for_each_other_run(
        begin, end, [&](int b) { return contact.is_copied(piece.first_agent_block + b); },
        [&](int first, int last) {
          flight::advance_fused(*setup.flight_params, setup.control, agents, first, last, 0,
                                setup.substeps);
        });
    // those with a copy flew along in their blocks
    contact.write_back(agents, piece.first_agent_block, begin, end);
  });
  const Blocks& props = piece.slab.props;
  const auto near = [&](int b) { return contact.is_near_prop_block(piece.first_prop_block + b); };
  for_each_other_run(0, props.num_blocks, near, [&](int first, int last) {
    for (int s = 0; s < setup.substeps; ++s) {
      flight::advance_velocity_free(*setup.prop_params, props, first, last);
      flight::advance_pose(setup.substep_s, props, first, last);
    }
  });
}

}  // namespace volery::batch
