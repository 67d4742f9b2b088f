// Which columns of an action are looked at in the next step, as far as that is known before it.
#include <algorithm>

#include "batch/impl.hpp"

namespace volery {

namespace {

// Whether the radio would take the smallest message that the agent can hand it in that step.
bool takes_message(const radio::Radio& radio, const Blocks& agents, int body, int agent,
                   std::uint32_t step) noexcept {
  if (radio.faults().is_out(agent, step)) return false;
  const radio::BandwidthConfig& bandwidth = radio.config().bandwidth;
  const radio::HiddenRows& hidden = radio.hidden();
  if (bandwidth.queue > 0) {
    // the filled places come first
    const int last = (bandwidth.queue - 1) * (radio::kQueueHead + radio.rows().size);
    return bandwidth.drop != radio::DropPolicy::kNewest ||
           agents.at(body, hidden.queue + last) == 0;
  }
  if (hidden.busy >= 0 && !(agents.at(body, hidden.busy) < radio.step_s())) return false;
  return !radio.bucket().any() || static_cast<float>(radio.bytes_of(0)) <=
                                      radio.bucket().refilled(agents.at(body, hidden.tokens));
}

// The columns of the message itself; those that weigh links are looked at in any case.
void clear_message(const batch::Setup& setup, bool* row) noexcept {
  const MessageRows messages = setup.messages();
  const auto clear = [&](int first, int count) {
    if (first >= 0) std::fill_n(row + (first - setup.rows.action.row), count, false);
  };
  clear(messages.data, messages.size);
  clear(messages.send, 1);
  clear(messages.to, 1);
  clear(messages.channel, 1);
}

}  // namespace

void Batch::action_mask(std::span<bool> out) const {
  const BusyGuard guard(impl_->busy, "action_mask");
  const batch::Setup& setup = impl_->setup;
  const Layout& layout = setup.layout;
  if (out.size() != layout.action_count()) {
    throw Error(ErrorKind::kValue, "action_mask: out holds " + std::to_string(out.size()) +
                                       " flags, must hold " +
                                       std::to_string(layout.action_count()));
  }
  std::fill(out.begin(), out.end(), false);
  bool* row = out.data();
  for (int world = 0; world < num_worlds(); ++world) {
    const auto at = impl_->store.place(world);
    for (int a = 0; a < num_agents(); ++a, row += layout.action_size()) {
      const int body = at.world * num_agents() + a;
      const Blocks& agents = at.slab.agents;
      if (agents.at(body, setup.rows.alive.row) == 0) continue;
      std::fill_n(row, layout.control_sizes[static_cast<std::size_t>(setup.fleet.type_of(a))],
                  true);
      std::fill(row + layout.num_controls, row + layout.action_size(), true);
      if (setup.radio != nullptr &&
          !takes_message(*setup.radio, agents, body, a, at.slab.worlds[at.world].step))
        clear_message(setup, row);
    }
  }
}

}  // namespace volery
