// volery.GpdBatch: the environments of gym-pybullet-drones as the package's Python files see them.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include <cstring>
#include <memory>
#include <new>
#include <optional>

#include "bindings/arrays.hpp"
#include "bindings/batch.hpp"
#include "bindings/errors.hpp"
#include "bindings/module.hpp"
#include "bindings/values.hpp"
#include "volery/gpd.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

constexpr py::ssize_t kStateSize = 20;

/// One set of arrays that a step or reset writes.
class GpdArrays {
 public:
  GpdArrays(const GpdBatch& batch, bool with_final) {
    const py::ssize_t worlds = batch.num_worlds();
    const Shape rows{worlds, batch.num_agents(), batch.observation_size()};
    // the hover tasks observe floats, the others their state in doubles
    if (batch.action_buffer_size() > 0) {
      observation = keep(new_array<float>(rows), outputs.observation);
      if (with_final) final_observation = keep(new_array<float>(rows), outputs.final_observation);
    } else {
      observation = keep(new_array<double>(rows), outputs.state);
      if (with_final) final_observation = keep(new_array<double>(rows), outputs.final_state);
    }
    reward = keep(new_array<double>({worlds}), outputs.reward);
    terminated = keep(new_array<bool>({worlds}), outputs.terminated);
    truncated = keep(new_array<bool>({worlds}), outputs.truncated);
    ended = keep(new_array<bool>({worlds}), ended_);
    just_reset = keep(new_array<bool>({worlds}), just_reset_);
    diverged = keep(new_array<bool>({worlds}), diverged_);
  }

  void copy_events(const GpdEvents& events) noexcept {
    const auto copy = [](std::span<const std::uint8_t> from, bool* to) {
      for (std::size_t i = 0; i < from.size(); ++i) to[i] = from[i] != 0;
    };
    copy(events.ended, ended_);
    copy(events.just_reset, just_reset_);
    copy(events.diverged, diverged_);
    num_ended = events.num_ended;
  }

  GpdOutputs outputs;
  py::array observation, reward, terminated, truncated, ended, just_reset, diverged;
  std::optional<py::array> final_observation;
  int num_ended = 0;

 private:
  template <class T>
  static py::array keep(py::array_t<T> array, T*& pointer) {
    pointer = array.mutable_data();
    return array;
  }

  bool* ended_ = nullptr;
  bool* just_reset_ = nullptr;
  bool* diverged_ = nullptr;
};

std::unique_ptr<GpdBatch> make_gpd_batch(const AnyDict& config) {
  GpdConfig parsed = gpd_config(to_value(config, "gpd"));
  const std::string worlds = std::to_string(parsed.num_worlds);
  try {
    return std::make_unique<GpdBatch>(std::move(parsed));
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::kMemory, "gpd.num_worlds = " + worlds + ": does not fit in memory");
  }
}

std::unique_ptr<GpdArrays> make_outputs(const GpdBatch& batch, bool with_final) {
  return std::make_unique<GpdArrays>(batch, with_final);
}

void check_fits(const GpdBatch& batch, const GpdArrays& out) {
  const auto& a = out.observation;
  const bool fits = a.shape(0) == batch.num_worlds() && a.shape(1) == batch.num_agents() &&
                    a.shape(2) == batch.observation_size();
  if (!fits) throw_value("out: made for a batch of other sizes");
}

void reset(GpdBatch& batch, const py::object& mask, bool fresh, GpdArrays& out) {
  check_fits(batch, out);
  GpdResetRequest request{.fresh = fresh};
  py::array array;
  if (!mask.is_none()) {
    array = checked<bool>(mask, "mask", {batch.num_worlds()}, Access::kRead);
    request.mask = {static_cast<const std::uint8_t*>(array.data()),
                    static_cast<std::size_t>(array.size())};
  }
  const GpdOutputs rows{.observation = out.outputs.observation, .state = out.outputs.state};
  const py::gil_scoped_release unlocked;
  batch.reset(request, rows);
}

std::span<const double> doubles(const py::array& array) {
  return {static_cast<const double*>(array.data()), static_cast<std::size_t>(array.size())};
}

void step(GpdBatch& batch, const py::object& actions, GpdArrays& out) {
  check_fits(batch, out);
  const py::array array =
      checked<double>(actions, "actions",
                      {batch.num_worlds(), batch.num_agents(), batch.action_size()}, Access::kRead);
  const py::gil_scoped_release unlocked;
  batch.step(doubles(array), out.outputs);
  out.copy_events(batch.events());
}

py::array state(GpdBatch& batch) {
  auto out = new_array<double>({batch.num_worlds(), batch.num_agents(), kStateSize});
  batch.observe({.state = out.mutable_data()});
  return out;
}

py::array observe(GpdBatch& batch, GpdArrays& out) {
  check_fits(batch, out);
  batch.observe({.observation = out.outputs.observation, .state = out.outputs.state});
  return out.observation;
}

void set_state(GpdBatch& batch, int world, int agent, const py::object& values) {
  const py::array array = checked<double>(values, "state", {kStateSize}, Access::kRead);
  batch.set_state(world, agent, doubles(array));
}

/// Lengths and returns of the worlds that ended in the last step: (indices, l, r).
py::typing::Tuple<py::array_t<std::int64_t>, py::array_t<std::int64_t>, py::array_t<double>>
episodes(const GpdBatch& batch) {
  const GpdEvents& events = batch.events();
  std::vector<std::int64_t> worlds, lengths;
  std::vector<double> returns;
  for (std::size_t w = 0; w < events.ended.size(); ++w) {
    if (events.ended[w] == 0) continue;
    worlds.push_back(static_cast<std::int64_t>(w));
    lengths.push_back(events.length[w]);
    returns.push_back(events.episode_return[w]);
  }
  const Shape shape{static_cast<py::ssize_t>(worlds.size())};
  return py::make_tuple(copied<std::int64_t>(worlds, shape), copied<std::int64_t>(lengths, shape),
                        copied<double>(returns, shape));
}

py::bytes snapshot(const GpdBatch& batch, const std::vector<int>& worlds) {
  const std::vector<std::uint8_t> bytes = batch.snapshot(worlds);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void restore(GpdBatch& batch, const py::bytes& snapshot, const std::vector<int>& worlds) {
  const std::string_view text(snapshot);
  batch.restore({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, worlds);
}

py::array start(const std::vector<double>& rows) {
  return copied<double>(rows, {static_cast<py::ssize_t>(rows.size() / 3), 3});
}

}  // namespace

void bind_gpd(py::module_& module) {
  py::class_<GpdArrays>(module, "GpdOutputs", "One set of arrays that a step or reset writes.")
      .def_readonly("observation", &GpdArrays::observation, "(W, A, O) float32 or float64")
      .def_readonly("reward", &GpdArrays::reward, "(W,) float64")
      .def_readonly("terminated", &GpdArrays::terminated, "(W,) bool")
      .def_readonly("truncated", &GpdArrays::truncated, "(W,) bool")
      .def_readonly("final_observation", &GpdArrays::final_observation, "(W, A, O), or None")
      .def_readonly("ended", &GpdArrays::ended, "(W,) bool")
      .def_readonly("just_reset", &GpdArrays::just_reset, "(W,) bool")
      .def_readonly("diverged", &GpdArrays::diverged, "(W,) bool")
      .def_readonly("num_ended", &GpdArrays::num_ended);

  py::class_<GpdBatch>(module, "GpdBatch", "The engine behind the Gpd environments.")
      .def(py::init(&make_gpd_batch), py::arg("config"))
      .def("make_outputs", &make_outputs, py::arg("with_final"))
      .def("reset", &reset, py::arg("mask"), py::arg("fresh"), py::arg("out"))
      .def("step", &step, py::arg("actions"), py::arg("out"))
      .def("observe", &observe, py::arg("out"))
      .def("state", &state, "(W, A, 20) float64")
      .def("set_state", &set_state, py::arg("world"), py::arg("agent"), py::arg("state"))
      .def("episodes", &episodes, "Of the last step: (worlds, lengths, returns).")
      .def("state_hash", &GpdBatch::state_hash, py::arg("world"))
      .def("snapshot", &snapshot, py::arg("worlds"))
      .def("restore", &restore, py::arg("snapshot"), py::arg("worlds"))
      .def("start_xyzs", [](const GpdBatch& batch) { return start(batch.start_xyzs()); })
      .def("start_rpys", [](const GpdBatch& batch) { return start(batch.start_rpys()); })
      .def_property_readonly(
          "config",
          [](const GpdBatch& batch) -> AnyDict { return to_python(to_value(batch.config())); })
      .def_property_readonly("num_worlds", &GpdBatch::num_worlds)
      .def_property_readonly("num_agents", &GpdBatch::num_agents)
      .def_property_readonly("action_size", &GpdBatch::action_size)
      .def_property_readonly("observation_size", &GpdBatch::observation_size)
      .def_property_readonly("action_buffer_size", &GpdBatch::action_buffer_size);
  bind_gpd_pid(module);
}

}  // namespace volery::bindings
