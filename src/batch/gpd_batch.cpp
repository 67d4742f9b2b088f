#include <algorithm>

#include "batch/actions.hpp"
#include "batch/gpd_impl.hpp"
#include "batch/impl.hpp"
#include "core/float_mode.hpp"

namespace volery {

namespace {

// Worlds that a worker takes at a time: a few microseconds of work or more.
constexpr int kChunk = 16;

[[noreturn]] void fail(ErrorKind kind, const std::string& message) {
  throw Error(kind, message);
}

}  // namespace

GpdBatch::Impl::Impl(GpdConfig config) : setup(std::move(config)), pool(setup.config.num_threads) {
  const auto worlds = static_cast<std::size_t>(setup.config.num_worlds);
  const std::size_t rows = worlds * setup.agents();
  workers.resize(static_cast<std::size_t>(pool.num_threads()));
  for (gpd::Worker& worker : workers) {
    worker.scratch.reserve(setup.config.num_agents);
    worker.rpm.resize(setup.agents());
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

template <class Job>
void GpdBatch::Impl::for_each_world(Job&& job) noexcept {
  const int worlds = setup.config.num_worlds;
  const auto chunk = [&](int i, int worker) {
    const FloatMode float_mode;
    const int last = std::min(worlds, (i + 1) * kChunk);
    for (int w = i * kChunk; w < last; ++w) job(w, workers[static_cast<std::size_t>(worker)]);
  };
  const int chunks = (worlds + kChunk - 1) / kChunk;
  if (pool.num_threads() == 1 || chunks == 1) {
    for (int i = 0; i < chunks; ++i) chunk(i, 0);
  } else {
    pool.run(chunks, chunk);
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

// The rows of one world in arrays of the whole batch; null stays null.
struct Rows {
  float* observation;
  double* state;
};
Rows rows_at(const gpd::Setup& setup, int world, float* observation, double* state) noexcept {
  const std::size_t first = static_cast<std::size_t>(world) * setup.agents();
  const std::size_t width = static_cast<std::size_t>(setup.observation_size);
  return {observation == nullptr ? nullptr : observation + first * width,
          state == nullptr ? nullptr : state + first * gpd::kStateSize};
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
  impl.for_each_world([&](int w, gpd::Worker& /*worker*/) {
    const auto world = static_cast<std::size_t>(w);
    const gpd::WorldView view = impl.view(w);
    if (request.mask.empty() || request.mask[world] != 0) {
      gpd::reset_world(impl.setup, request.fresh, view);
      impl.ended[world] = impl.just_reset[world] = impl.diverged[world] = 0;
    }
    const Rows rows = rows_at(impl.setup, w, out.observation, out.state);
    gpd::write_rows(impl.setup, view, rows.observation, rows.state);
  });
}

void GpdBatch::observe(const GpdOutputs& out) {
  const BusyGuard guard(impl_->busy, "observe");
  Impl& impl = *impl_;
  impl.for_each_world([&](int w, gpd::Worker& /*worker*/) {
    const Rows rows = rows_at(impl.setup, w, out.observation, out.state);
    gpd::write_rows(impl.setup, impl.view(w), rows.observation, rows.state);
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

// One world: reset instead of stepped where it ended before (next_step), reset after where it ends
// now (same_step).
void step_one(GpdBatch::Impl& impl, int w, gpd::Worker& worker, std::span<const double> actions,
              const GpdOutputs& out) noexcept {
  const gpd::Setup& setup = impl.setup;
  const auto world = static_cast<std::size_t>(w);
  const gpd::WorldView view = impl.view(w);
  gpd::Score score;
  impl.ended[world] = impl.just_reset[world] = 0;
  if (view.header.phase == gpd::Phase::kEnded && setup.config.autoreset == Autoreset::kNextStep) {
    gpd::reset_world(setup, false, view);
    impl.just_reset[world] = 1;
  } else {
    const std::size_t row = setup.agents() * static_cast<std::size_t>(setup.action_size);
    score = gpd::step_world(setup, actions.data() + world * row, view, worker);
  }
  impl.diverged[world] = score.diverged ? 1 : 0;
  if (out.reward != nullptr) out.reward[w] = score.reward;
  if (out.terminated != nullptr) out.terminated[w] = score.terminated;
  if (out.truncated != nullptr) out.truncated[w] = score.truncated;
  if (score.terminated || score.truncated) {
    impl.ended[world] = 1;
    impl.length[world] = view.header.length;
    impl.episode_return[world] = view.header.episode_return;
    if (setup.config.autoreset == Autoreset::kSameStep) {
      const Rows last = rows_at(setup, w, out.final_observation, out.final_state);
      gpd::write_rows(setup, view, last.observation, last.state);
      gpd::reset_world(setup, false, view);
    }
  }
  const Rows rows = rows_at(setup, w, out.observation, out.state);
  gpd::write_rows(setup, view, rows.observation, rows.state);
}

}  // namespace

void GpdBatch::step(std::span<const double> actions, const GpdOutputs& out) {
  const BusyGuard guard(impl_->busy, "step");
  Impl& impl = *impl_;
  check_step(impl, actions);
  impl.for_each_world([&](int w, gpd::Worker& worker) { step_one(impl, w, worker, actions, out); });
  impl.events.num_ended =
      static_cast<int>(std::count(impl.ended.begin(), impl.ended.end(), std::uint8_t{1}));
}

}  // namespace volery
