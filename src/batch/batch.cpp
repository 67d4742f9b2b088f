#include "volery/batch.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "batch/actions.hpp"
#include "batch/impl.hpp"
#include "core/described.hpp"
#include "core/float_mode.hpp"
#include "policy/fleet_common.hpp"
#include "policy/silent_common.hpp"
#include "state/neighbor_columns.hpp"
#include "volery/policy.hpp"

namespace volery {

BusyGuard::BusyGuard(std::atomic<bool>& busy, const char* call) : busy_(busy) {
  if (busy_.exchange(true, std::memory_order_acquire)) {
    throw Error(ErrorKind::kState,
                std::string(call) +
                    ": another call on this batch is still running; use one batch per thread");
  }
}

void check_world(const Batch::Impl& impl, int world, const char* call) {
  if (world < 0 || world >= impl.setup.num_worlds()) {
    throw Error(ErrorKind::kValue, std::string(call) + ": world = " + std::to_string(world) +
                                       ": must be in [0, " +
                                       std::to_string(impl.setup.num_worlds() - 1) + "]");
  }
}

// Throws where some world cannot be stepped.
static void check_phases(const Batch::Impl& impl) {
  const bool disabled = impl.setup.config.autoreset == Autoreset::kDisabled;
  for (int i = 0; i < impl.store.num_slabs(); ++i) {
    const Slab& slab = impl.store.slab(i);
    for (int w = 0; w < slab.num_worlds; ++w) {
      const WorldPhase phase = slab.worlds[w].phase;
      if (phase == WorldPhase::kNeverReset)
        throw Error(ErrorKind::kState, "step: call reset() first");
      if (disabled && phase == WorldPhase::kEnded) {
        throw Error(ErrorKind::kState,
                    "step: the episode of world " + std::to_string(slab.first_world + w) +
                        " has ended and autoreset is disabled; reset it first (reset_mask)");
      }
    }
  }
}

Batch::Impl::Impl(BatchConfig config)
    : setup(std::move(config)), store(setup), pool(setup.config.num_threads) {
  // a giant world needs the scratch of one worker only
  const int num_workers = store.num_slabs() == 1 ? 1 : pool.num_threads();
  for (int i = 0; i < num_workers; ++i)
    workers.push_back(std::make_unique<batch::Worker>(setup, store));

  const auto worlds = static_cast<std::size_t>(setup.num_worlds());
  const std::size_t rows = setup.layout.num_rows();
  ended.resize(worlds);
  terminated.resize(worlds);
  just_reset.resize(worlds);
  status.resize(worlds);
  length.resize(worlds);
  episode_return.resize(rows);
  episode_terms.resize(rows * setup.layout.reward_terms.size());
  episode_metrics.resize(rows * setup.layout.metrics.size());
  if (setup.radio != nullptr)
    episode_radio.resize(rows * static_cast<std::size_t>(setup.messages().num_counts));
  events = {ended,          terminated,    just_reset,      status,        length,
            episode_return, episode_terms, episode_metrics, episode_radio, 0};
}

Batch::Batch(BatchConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

const BatchConfig& Batch::config() const noexcept {
  return impl_->setup.config;
}
const Layout& Batch::layout() const noexcept {
  return impl_->setup.layout;
}
int Batch::num_worlds() const noexcept {
  return impl_->setup.num_worlds();
}
int Batch::num_agents() const noexcept {
  return impl_->setup.num_agents();
}
int Batch::num_props() const noexcept {
  return impl_->setup.num_props();
}
const WorldEvents& Batch::events() const noexcept {
  return impl_->events;
}

namespace {

void check_request(const Batch::Impl& impl, const ResetRequest& request) {
  check_between_steps(impl, "reset");
  const auto num_worlds = static_cast<std::size_t>(impl.setup.num_worlds());
  const auto check_size = [&](std::size_t size, const char* what) {
    if (size != 0 && size != num_worlds) {
      throw Error(ErrorKind::kValue, std::string("reset: ") + what + " has " +
                                         std::to_string(size) + " entries, must have " +
                                         std::to_string(num_worlds) + " (one per world)");
    }
  };
  check_size(request.mask.size(), "mask");
  check_size(request.seeds.size(), "seeds");
}

// Begins the episodes of the worlds asked for. The last world that could not be placed, or -1.
int begin_episodes(Batch::Impl& impl, const ResetRequest& request) {
  std::atomic<int> failed{-1};
  impl.for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split&) {
    const FloatMode float_mode;
    for (int w = 0; w < slab.num_worlds; ++w) {
      const auto world = static_cast<std::size_t>(slab.first_world + w);
      if (!request.mask.empty() && request.mask[world] == 0) continue;
      WorldHeader& header = slab.worlds[w];
      if (!request.seeds.empty() || request.seed.has_value() ||
          header.phase == WorldPhase::kNeverReset) {
        const std::uint64_t base =
            request.seed.value_or(static_cast<std::uint64_t>(impl.setup.config.seed));
        header.seed = request.seeds.empty() ? base + world : request.seeds[world];
        header.episode = 0;
      } else {
        ++header.episode;
      }
      header.status = kStatusOk;
      if (!batch::reset_world(impl.setup, slab, w, worker)) failed.store(static_cast<int>(world));
      impl.ended[world] = impl.terminated[world] = impl.just_reset[world] = 0;
      impl.status[world] = header.status;
    }
  });
  return failed;
}

}  // namespace

void Batch::reset(const ResetRequest& request, const StepOutputs& out, const PlaceAgents& place) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "reset");
  check_request(*impl_, request);
  impl_->fold_is_fresh = false;
  // the mask may be events().ended, which the reset clears
  const bool used_later = impl_->journal != nullptr || impl_->setup.host_places();
  const std::vector<std::uint8_t> mask(request.mask.begin(),
                                       used_later ? request.mask.end() : request.mask.begin());
  const int failed = begin_episodes(*impl_, request);
  for (int world = 0; impl_->setup.host_places() && world < this->num_worlds(); ++world) {
    const auto w = static_cast<std::size_t>(world);
    const bool asked = mask.empty() || mask[w] != 0;
    if (asked && impl_->status[w] == kStatusOk) impl_->fresh.push_back(world);
  }
  const std::exception_ptr failure = place_fresh(*impl_, place);
  impl_->for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split& split) {
    const FloatMode float_mode;
    batch::hold_columns(impl_->setup, slab, split);
    batch::hold_air(impl_->setup, slab, worker, split);
    batch::report_alive(impl_->setup, slab, out.alive);
    if (out.observation != nullptr)
      batch::sense(impl_->setup, slab, worker, split, out.observation);
  });
  guard.reset();
  if (impl_->journal != nullptr)
    impl_->journal->reset(*this, {.seed = request.seed, .seeds = request.seeds, .mask = mask});
  if (failure) std::rethrow_exception(failure);
  if (failed >= 0) {
    const auto [slab, world] = impl_->store.place(failed);
    throw Error(ErrorKind::kValue,
                "reset: world " + std::to_string(failed) + ": " +
                    impl_->setup.variant(slab.worlds[world]).task->spawn_failure(slab, world));
  }
}

void check_between_steps(const Batch::Impl& impl, const char* call) {
  if (!impl.mid_step) return;
  throw Error(ErrorKind::kState,
              std::string(call) + ": a step has been advanced; finish() it first");
}

void check_step(Batch::Impl& impl, std::span<const float> actions, const char* call) {
  const batch::Setup& setup = impl.setup;
  const std::string prefix = std::string(call) + ": ";
  if (actions.size() != setup.layout.action_count()) {
    throw Error(ErrorKind::kValue, prefix + "actions hold " + std::to_string(actions.size()) +
                                       " numbers, must hold " +
                                       std::to_string(setup.layout.action_count()));
  }
  check_between_steps(impl, call);
  if (!impl.all_started || setup.config.autoreset == Autoreset::kDisabled) {
    check_phases(impl);
    impl.all_started = true;
  }
  const std::ptrdiff_t bad = batch::first_non_finite(actions.data(), actions.size());
  if (bad >= 0) {
    const std::ptrdiff_t row = bad / setup.layout.action_size();
    throw Error(ErrorKind::kValue, prefix + "actions[" + std::to_string(row / setup.num_agents()) +
                                       ", " + std::to_string(row % setup.num_agents()) + ", " +
                                       std::to_string(bad % setup.layout.action_size()) +
                                       "] is not finite");
  }
}

batch::StepIo step_io(Batch::Impl& impl, const float* actions, const StepOutputs& out) noexcept {
  return {actions,
          out,
          impl.ended.data(),
          impl.terminated.data(),
          impl.just_reset.data(),
          impl.status.data(),
          impl.length.data(),
          impl.episode_return.data(),
          impl.episode_terms.data(),
          impl.episode_metrics.data(),
          impl.episode_radio.data()};
}

void count_ended(Batch::Impl& impl) noexcept {
  impl.events.num_ended =
      static_cast<int>(std::count(impl.ended.begin(), impl.ended.end(), std::uint8_t{1}));
}

void Batch::step(std::span<const float> actions, const StepOutputs& out) {
  std::optional<BusyGuard> guard(std::in_place, impl_->busy, "step");
  if (impl_->setup.config.host_task != nullptr) {
    throw Error(ErrorKind::kState, "step: task " + impl_->setup.config.task +
                                       " is scored by its host; use advance() and finish()");
  }
  check_step(*impl_, actions, "step");
  batch::StepIo io = step_io(*impl_, actions.data(), out);
  io.fold = begin_fold(*impl_);
  clear_traces(*impl_);
  impl_->for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split& split) {
    batch::step_slab(impl_->setup, slab, worker, split, io);
  });
  count_ended(*impl_);
  if (io.fold != nullptr) end_fold(*impl_);
  guard.reset();
  if (impl_->journal != nullptr) impl_->journal->step(*this, actions, out);
}

void Batch::observe(float* observation) {
  const BusyGuard guard(impl_->busy, "observe");
  impl_->for_each_slab([&](const Slab& slab, batch::Worker& worker, const batch::Split& split) {
    const FloatMode float_mode;
    batch::sense(impl_->setup, slab, worker, split, observation);
  });
}

namespace {

// Scripted policies read position, velocity and mask of each neighbor, and nothing between them.
void check_neighbor_columns(const Layout& layout, const std::string& policy) {
  if (policy == "random") return;
  for (const Group& group : layout.groups) {
    if (group.name != "neighbors" || group.shape.back() == kNeighborColumns) continue;
    throw Error(ErrorKind::kValue, "policy \"" + policy + "\": reads neighbors of " +
                                       std::to_string(kNeighborColumns) + " columns, not of " +
                                       std::to_string(group.shape.back()) +
                                       "; leave team, type and index out of "
                                       "sensor_config.neighbors");
  }
}

}  // namespace

std::unique_ptr<Policy> Batch::policy(const std::string& name) const {
  const std::string wanted = name.empty() ? impl_->setup.spec().baseline : name;
  for (const PolicyEntry* entry : policy_entries()) {
    if (wanted != entry->name) continue;
    const auto find_group = [](const void* layout, std::string_view group) {
      for (const Group& g : static_cast<const Layout*>(layout)->groups) {
        if (g.name == group) return ColumnRange{g.first, g.count};
      }
      return ColumnRange{};
    };
    check_neighbor_columns(layout(), wanted);
    const batch::Setup& setup = impl_->setup;
    const MessageRows messages = setup.messages();
    const auto column = [&](int row) { return row < 0 ? -1 : row - setup.rows.action.row; };
    const OutboxColumns outbox{{column(messages.data), messages.size},
                               column(messages.send),
                               column(messages.to),
                               column(messages.channel)};
    std::vector<std::unique_ptr<Policy>> types;
    for (const Vehicle& type : setup.fleet.types()) {
      types.push_back(entry->make({type, setup.config.action, layout().num_controls, setup.step_s,
                                   find_group, &layout(), outbox, messages.slots}));
    }
    std::unique_ptr<Policy> policy = types.size() == 1 ? std::move(types.front())
                                                       : std::make_unique<policy::FleetPolicy>(
                                                             std::move(types), setup.num_agents());
    if (!messages.any() || entry->speaks) return policy;
    return std::make_unique<policy::SilentPolicy>(std::move(policy), layout().num_controls,
                                                  layout().action_size());
  }
  throw Error(ErrorKind::kValue,
              "policy \"" + wanted + "\": no such policy" + did_you_mean(wanted, policy_names()));
}

namespace {

template <class Entry>
std::vector<std::string> names_of(const std::vector<const Entry*>& entries) {
  std::vector<std::string> names;
  for (const Entry* entry : entries) names.emplace_back(entry->name);
  return names;
}

}  // namespace

std::vector<std::string> task_names() {
  return names_of(task_entries());
}
std::vector<std::string> controller_names() {
  return names_of(controller_entries());
}
std::vector<std::string> sensor_names() {
  return names_of(sensor_entries());
}
std::vector<std::string> policy_names() {
  return names_of(policy_entries());
}

}  // namespace volery
