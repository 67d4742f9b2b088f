#include "bindings/batch.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

#include "bindings/values.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

std::span<const std::uint8_t> bytes_span(const py::array& mask) {
  return {static_cast<const std::uint8_t*>(mask.data()), static_cast<std::size_t>(mask.size())};
}

std::span<const float> floats_span(const py::array& array) {
  return {static_cast<const float*>(array.data()), static_cast<std::size_t>(array.size())};
}

std::shared_ptr<Batch> make_batch(const py::dict& config, const py::object& task) {
  BatchConfig parsed = batch_config(to_value(config, "config"));
  if (!task.is_none())
    parsed.host_task = std::make_shared<const HostTask>(host_task(to_value(task, "task")));
  const std::string worlds = std::to_string(parsed.num_worlds);
  const py::gil_scoped_release unlocked;
  try {
    return std::make_shared<Batch>(std::move(parsed));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::kMemory, "config.num_worlds = " + worlds + ": does not fit in memory");
  }
}

// The worlds with a flag, ascending. Flags are mostly 0: eight at a time.
std::vector<std::int64_t> worlds_with(std::span<const std::uint8_t> flags) {
  std::vector<std::int64_t> worlds;
  constexpr std::size_t kAtOnce = sizeof(std::uint64_t);
  for (std::size_t first = 0; first < flags.size(); first += kAtOnce) {
    const std::size_t last = std::min(first + kAtOnce, flags.size());
    std::uint64_t any = 0;
    std::memcpy(&any, flags.data() + first, last - first);
    if (any == 0) continue;
    for (std::size_t w = first; w < last; ++w) {
      if (flags[w] != 0) worlds.push_back(static_cast<std::int64_t>(w));
    }
  }
  return worlds;
}

// Rows of some worlds: values [W][width] to an array (n, width...).
template <class Number>
py::array rows_of(std::span<const Number> values, std::span<const std::int64_t> worlds,
                  const Shape& shape) {
  py::ssize_t width = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) width *= shape[i];
  py::array_t<Number> out(shape);
  Number* next = out.mutable_data();
  for (const std::int64_t world : worlds) {
    const Number* row = values.data() + world * width;
    next = std::copy(row, row + width, next);
  }
  return out;
}

}  // namespace

PyBatch::PyBatch(std::shared_ptr<Batch> batch)
    : batch_(std::move(batch)),
      layout_(batch_->layout()),
      config_(to_python(volery::to_value(batch_->config()))),
      fields_(batch_->state_fields()),
      num_props_(batch_->num_props()),
      facts_(batch_->facts()) {}

PyBatch::PyBatch(const AnyDict& config, const py::object& task)
    : PyBatch(make_batch(config, task)) {
  if (!task.is_none()) scores_ = TaskScores(layout_);
}

std::unique_ptr<Outputs> PyBatch::make_outputs(const AnyDict& given, bool with_final,
                                               bool with_terms) const {
  return std::make_unique<Outputs>(layout_, given, with_final, with_terms);
}

void PyBatch::reset(const std::optional<std::uint64_t>& seed, const py::object& seeds,
                    const py::object& mask, Outputs& out, const py::object& task) {
  out.check_fits(layout_);
  ResetRequest request{.seed = seed};
  py::array seed_array;
  if (!seeds.is_none()) {
    seed_array = checked<std::uint64_t>(seeds, "seeds", {layout_.num_worlds}, Access::kRead);
    request.seeds = {static_cast<const std::uint64_t*>(seed_array.data()),
                     static_cast<std::size_t>(seed_array.size())};
  }
  const py::array mask_array = checked_mask(mask, "mask");
  request.mask = bytes_span(mask_array);
  // a reset scores nothing, so rewards and flags stay as they are
  const StepOutputs observation_only{.observation = out.pointers().observation,
                                     .alive = out.pointers().alive};
  if (!task.is_none()) return reset_with(task, request, observation_only);
  exclusive([&](Batch& batch) { batch.reset(request, observation_only); });
}

void PyBatch::step(const py::object& actions, Outputs& out, const py::object& task) {
  out.check_fits(layout_);
  const py::array array = checked<float>(
      actions, "actions", {layout_.num_worlds, layout_.num_agents, layout_.action_size()},
      Access::kRead);
  out.check_apart("actions", array);
  if (!task.is_none()) return step_with(task, floats_span(array), out);
  exclusive([&](Batch& batch) {
    batch.step(floats_span(array), out.pointers());
    out.copy_events(batch.events());
  });
}

void PyBatch::observe(Outputs& out) {
  out.check_fits(layout_);
  exclusive([&](Batch& batch) { batch.observe(out.pointers().observation); });
}

ArrayDict PyBatch::episodes() {
  const Call call(*this);
  const WorldEvents& events = batch_->events();
  const std::vector<std::int64_t> worlds = worlds_with(events.ended);
  const auto ended = static_cast<py::ssize_t>(worlds.size());
  const py::ssize_t agents = layout_.num_agents;
  const auto terms = static_cast<py::ssize_t>(layout_.reward_terms.size());
  const auto metrics = static_cast<py::ssize_t>(layout_.metrics.size());
  ArrayDict out;
  out["worlds"] = py::array_t<std::int64_t>(ended, worlds.data());
  out["length"] = rows_of(events.length, worlds, {ended});
  out["return"] = rows_of(events.episode_return, worlds, {ended, agents});
  out["terms"] = rows_of(events.episode_terms, worlds, {ended, agents, terms});
  out["metrics"] = rows_of(events.episode_metrics, worlds, {ended, agents, metrics});
  if (!events.episode_radio.empty()) {
    const auto counts = static_cast<py::ssize_t>(radio_count_names().size());
    out["radio"] = rows_of(events.episode_radio, worlds, {ended, agents, counts});
  }
  return out;
}

py::array PyBatch::packets() {
  const std::vector<Packet> packets = exclusive([](Batch& batch) { return batch.packets(); });
  return py::array_t<Packet>(static_cast<py::ssize_t>(packets.size()), packets.data());
}

BatchStats PyBatch::stats() {
  return exclusive([](Batch& batch) { return batch.stats(); });
}

void PyBatch::time_stages(bool on) {
  const auto now_s = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double>(now).count();
  };
  exclusive([&](Batch& batch) { batch.time_stages(on ? +now_s : nullptr); });
}

FloatDict PyBatch::timings() {
  FloatDict seconds;
  for (const StageTime& stage : exclusive([](Batch& batch) { return batch.timings(); }))
    seconds[stage.name] = stage.seconds;
  return seconds;
}

void PyBatch::trace_packets(bool on) {
  exclusive([&](Batch& batch) { batch.trace_packets(on); });
}

bool PyBatch::traces_packets() {
  return exclusive([](Batch& batch) { return batch.traces_packets(); });
}

void PyBatch::close() {
  if (batch_ == nullptr) return;
  if (busy_) throw_state("cannot close: a call on this batch is running in a different thread");
  // the workers are joined here, which needs no lock
  const std::shared_ptr<Batch> last = std::move(batch_);
  batch_ = nullptr;
}

std::shared_ptr<Batch> PyBatch::shared() {
  const Call call(*this);
  return batch_;
}

py::array PyBatch::checked_mask(const py::object& mask, const char* name) const {
  if (mask.is_none()) return py::array_t<bool>(0);  // empty: all worlds
  return checked<bool>(mask, name, {layout_.num_worlds}, Access::kRead);
}

}  // namespace volery::bindings
