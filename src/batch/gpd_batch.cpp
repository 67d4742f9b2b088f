#include <algorithm>

#include "batch/actions.hpp"
#include "batch/gpd_impl.hpp"
#include "batch/impl.hpp"
#include "core/float_mode.hpp"

namespace volery {

namespace {

// Drones that a worker takes at a time: enough for their chains of operations to overlap and for
// some microseconds of work, few enough for the first-level cache.
constexpr int kRunDrones = 16;

[[noreturn]] void fail(ErrorKind kind, const std::string& message) {
  throw Error(kind, message);
}

}  // namespace

GpdBatch::Impl::Impl(GpdConfig config) : setup(std::move(config)), pool(setup.config.num_threads) {
  const auto worlds = static_cast<std::size_t>(setup.config.num_worlds);
  const std::size_t rows = worlds * setup.agents();
  workers.resize(static_cast<std::size_t>(pool.num_threads()));
  for (gpd::Worker& worker : workers) {
    const std::size_t run = static_cast<std::size_t>(run_length()) * setup.agents();
    worker.scratch.reserve(static_cast<int>(run));
    worker.rpm.resize(run);
  }
  headers.resize(worlds);
  ring_heads.resize(worlds);
  drones.resize(rows);
  pids.resize(rows);
  rings.resize(worlds * setup.ring_floats());
  ended.resize(worlds);
  just_reset.resize(worlds);
  diverged.resize(worlds);
  length.resize(worlds);
  episode_return.resize(worlds);
  events = {ended, just_reset, diverged, length, episode_return, 0};
}

gpd::WorldView GpdBatch::Impl::view(int world) noexcept {
  const auto w = static_cast<std::size_t>(world);
  const std::size_t agents = setup.agents();
  const std::size_t ring = setup.ring_floats();
  return {headers[w], ring_heads[w], std::span(drones).subspan(w * agents, agents),
          std::span(pids).subspan(w * agents, agents), std::span(rings).subspan(w * ring, ring)};
}

void GpdBatch::Impl::check_world(int world, const char* call) const {
  if (world < 0 || world >= setup.config.num_worlds) {
    fail(ErrorKind::kValue, std::string(call) + ": world = " + std::to_string(world) +
                                ": must be in [0, " + std::to_string(setup.config.num_worlds - 1) +
                                "]");
  }
}

int GpdBatch::Impl::run_length() const noexcept {
  return std::max(1, kRunDrones / setup.config.num_agents);
}

template <class Job>
void GpdBatch::Impl::for_each_run(Job&& job) noexcept {
  const int worlds = setup.config.num_worlds;
  const int at_once = run_length();
  const auto run = [&](int i, int worker) {
    const FloatMode float_mode;
    job(i * at_once, std::min(worlds, (i + 1) * at_once),
        workers[static_cast<std::size_t>(worker)]);
  };
  const int runs = (worlds + at_once - 1) / at_once;
  if (pool.num_threads() == 1 || runs == 1) {
    for (int i = 0; i < runs; ++i) run(i, 0);
  } else {
    pool.run(runs, run);
  }
}

GpdBatch::GpdBatch(GpdConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
GpdBatch::~GpdBatch() = default;
GpdBatch::GpdBatch(GpdBatch&&) noexcept = default;
GpdBatch& GpdBatch::operator=(GpdBatch&&) noexcept = default;

const GpdConfig& GpdBatch::config() const noexcept {
  return impl_->setup.config;
}
int GpdBatch::num_worlds() const noexcept {
  return impl_->setup.config.num_worlds;
}
int GpdBatch::num_agents() const noexcept {
  return impl_->setup.config.num_agents;
}
int GpdBatch::action_size() const noexcept {
  return impl_->setup.action_size;
}
int GpdBatch::observation_size() const noexcept {
  return impl_->setup.observation_size;
}
int GpdBatch::action_buffer_size() const noexcept {
  return impl_->setup.buffer_size;
}
const std::vector<double>& GpdBatch::start_xyzs() const noexcept {
  return impl_->setup.start_xyzs;
}
const std::vector<double>& GpdBatch::start_rpys() const noexcept {
  return impl_->setup.start_rpys;
}
const GpdEvents& GpdBatch::events() const noexcept {
  return impl_->events;
}

namespace {

// The rows of one world into arrays of the whole batch; null is not written.
void write(GpdBatch::Impl& impl, int world, float* observation, double* state) noexcept {
  const gpd::Setup& setup = impl.setup;
  const std::size_t first = static_cast<std::size_t>(world) * setup.agents();
  const auto width = static_cast<std::size_t>(setup.observation_size);
  gpd::write_rows(setup, impl.view(world),
                  observation == nullptr ? nullptr : observation + first * width,
                  state == nullptr ? nullptr : state + first * gpd::kStateSize);
}

}  // namespace

void GpdBatch::reset(const GpdResetRequest& request, const GpdOutputs& out) {
  const BusyGuard guard(impl_->busy, "reset");
  Impl& impl = *impl_;
  const auto worlds = static_cast<std::size_t>(impl.setup.config.num_worlds);
  if (!request.mask.empty() && request.mask.size() != worlds) {
    fail(ErrorKind::kValue, "reset: mask has " + std::to_string(request.mask.size()) +
                                " entries, must have " + std::to_string(worlds) +
                                " (one per world)");
  }
  impl.for_each_run([&](int first, int last, gpd::Worker& /*worker*/) {
    for (int w = first; w < last; ++w) {
      const auto world = static_cast<std::size_t>(w);
      if (request.mask.empty() || request.mask[world] != 0) {
        gpd::reset_world(impl.setup, request.fresh, impl.view(w));
        impl.ended[world] = impl.just_reset[world] = impl.diverged[world] = 0;
      }
      write(impl, w, out.observation, out.state);
    }
  });
}

void GpdBatch::observe(const GpdOutputs& out) {
  const BusyGuard guard(impl_->busy, "observe");
  Impl& impl = *impl_;
  impl.for_each_run([&](int first, int last, gpd::Worker& /*worker*/) {
    for (int w = first; w < last; ++w) write(impl, w, out.observation, out.state);
  });
}

namespace {

// All checks of a step: a refused one has written nothing.
void check_step(GpdBatch::Impl& impl, std::span<const double> actions) {
  const gpd::Setup& setup = impl.setup;
  const std::size_t row = static_cast<std::size_t>(setup.action_size);
  const std::size_t wanted = impl.drones.size() * row;
  if (actions.size() != wanted) {
    fail(ErrorKind::kValue, "step: actions hold " + std::to_string(actions.size()) +
                                " numbers, must hold " + std::to_string(wanted));
  }
  const bool disabled = setup.config.autoreset == Autoreset::kDisabled;
  if (!impl.all_started || disabled) {
    for (std::size_t w = 0; w < impl.headers.size(); ++w) {
      if (impl.headers[w].phase == gpd::Phase::kNeverReset) {
        fail(ErrorKind::kState, "step: call reset() first");
      }
      if (disabled && impl.headers[w].phase == gpd::Phase::kEnded) {
        fail(ErrorKind::kState, "step: the episode of world " + std::to_string(w) +
                                    " has ended and autoreset is disabled; reset it first");
      }
    }
    impl.all_started = true;
  }
  double sum = 0;
  for (const double a : actions) sum += a * 0;
  if (sum == 0) return;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (actions[i] * 0 == 0) continue;
    const std::size_t at = i / row;
    fail(ErrorKind::kValue, "step: actions[" + std::to_string(at / setup.agents()) + ", " +
                                std::to_string(at % setup.agents()) + ", " +
                                std::to_string(i % row) + "] is not finite");
  }
}

// next_step: a world that ended before is reset instead of stepped.
bool resets_now(const GpdBatch::Impl& impl, std::size_t world) noexcept {
  return impl.setup.config.autoreset == Autoreset::kNextStep &&
         impl.headers[world].phase == gpd::Phase::kEnded;
}

// Flags, reward, resets and rows of a world whose drones have flown.
void finish_world(GpdBatch::Impl& impl, int w, const GpdOutputs& out) noexcept {
  const gpd::Setup& setup = impl.setup;
  const auto world = static_cast<std::size_t>(w);
  const gpd::WorldView view = impl.view(w);
  gpd::Score score;
  const bool resets = resets_now(impl, world);
  if (resets) {
    gpd::reset_world(setup, false, view);
  } else {
    score = gpd::finish(setup, view);
  }
  const bool ends = score.terminated || score.truncated;
  impl.just_reset[world] = resets ? 1 : 0;
  impl.diverged[world] = score.diverged ? 1 : 0;
  impl.ended[world] = ends ? 1 : 0;
  if (out.reward != nullptr) out.reward[w] = score.reward;
  if (out.terminated != nullptr) out.terminated[w] = score.terminated;
  if (out.truncated != nullptr) out.truncated[w] = score.truncated;
  if (ends) {
    impl.length[world] = view.header.length;
    impl.episode_return[world] = view.header.episode_return;
    if (setup.config.autoreset == Autoreset::kSameStep) {
      write(impl, w, out.final_observation, out.final_state);
      gpd::reset_world(setup, false, view);
    }
  }
  write(impl, w, out.observation, out.state);
}

void step_run(GpdBatch::Impl& impl, int first, int last, gpd::Worker& worker,
              std::span<const double> actions, const GpdOutputs& out) noexcept {
  const gpd::Setup& setup = impl.setup;
  const std::size_t agents = setup.agents();
  const std::size_t row = agents * static_cast<std::size_t>(setup.action_size);
  gpd::Rpm* rpm = worker.rpm.data();
  for (int w = first; w < last; ++w, rpm += agents) {
    const auto world = static_cast<std::size_t>(w);
    if (resets_now(impl, world)) {
      // these fly nowhere, and are put back below
      std::fill_n(rpm, agents, gpd::Rpm{});
    } else {
      gpd::command(setup, actions.data() + world * row, impl.view(w), rpm);
    }
  }
  const std::size_t count = static_cast<std::size_t>(last - first) * agents;
  gpd::advance(setup.world, setup.substeps, last - first, std::span(worker.rpm).first(count),
               std::span(impl.drones).subspan(static_cast<std::size_t>(first) * agents, count),
               worker.scratch);
  for (int w = first; w < last; ++w) finish_world(impl, w, out);
}

}  // namespace

void GpdBatch::step(std::span<const double> actions, const GpdOutputs& out) {
  const BusyGuard guard(impl_->busy, "step");
  Impl& impl = *impl_;
  check_step(impl, actions);
  impl.for_each_run([&](int first, int last, gpd::Worker& worker) {
    step_run(impl, first, last, worker, actions, out);
  });
  impl.events.num_ended =
      static_cast<int>(std::count(impl.ended.begin(), impl.ended.end(), std::uint8_t{1}));
}

}  // namespace volery
