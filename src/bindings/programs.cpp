// What the command line program needs beside the engine: benchmarks, plain Bullet, settings.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include "batch/setup.hpp"
#include "bench/bench.hpp"
#include "bench/environment.hpp"
#include "bench/plain_twin.hpp"
#include "bench/timing.hpp"
#include "bindings/arrays.hpp"
#include "bindings/errors.hpp"
#include "bindings/module.hpp"
#include "bindings/values.hpp"
#include "io/config_file.hpp"
#include "volery/controller.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

// Figures of a case that was timed in Python.
bench::Result result_of(const std::string& name, int worlds, int agents, int threads, int substeps,
                        const std::vector<double>& seconds, std::vector<bench::Figure> figures) {
  if (worlds < 1 || agents < 1 || substeps < 1) throw_value("sizes must be at least 1");
  if (seconds.empty()) throw_value("seconds: must not be empty");
  bench::Result result;
  result.case_name = name;
  result.worlds = worlds;
  result.agents = agents;
  result.threads = threads;
  result.substeps = substeps;
  bench::fill(result, seconds, static_cast<double>(worlds) * agents);
  result.figures = std::move(figures);
  return result;
}

bench::Result run_benchmark(const std::string& name, int worlds, int agents, int threads,
                            int repeats, bool quick) {
  const py::gil_scoped_release unlocked;
  return bench::run(name, {worlds, agents, threads, repeats, quick});
}

std::span<const float> rows_of(const py::array& array) {
  return {static_cast<const float*>(array.data()), static_cast<std::size_t>(array.size())};
}

void load(bench::PlainTwin& twin, const py::array_t<float, py::array::c_style>& position_w_m,
          const py::array_t<float, py::array::c_style>& quat_wb_xyzw,
          const py::array_t<float, py::array::c_style>& velocity_w_mps,
          const py::array_t<float, py::array::c_style>& omega_b_radps) {
  twin.load(rows_of(position_w_m), rows_of(quat_wb_xyzw), rows_of(velocity_w_mps),
            rows_of(omega_b_radps));
}

void bind_benchmarks(py::module_& module) {
  py::class_<bench::Result>(module, "BenchmarkResult", "Figures of a benchmark.")
      .def("json", &bench::to_json, "One JSON object.")
      .def("text", &bench::to_text, "Several lines for people.");
  module.def(
      "benchmarks",
      [] {
        std::vector<std::pair<std::string, std::string>> names;
        for (const bench::Case& entry : bench::cases()) names.emplace_back(entry.name, entry.doc);
        return names;
      },
      "Names and descriptions of the benchmarks.");
  module.def("run_benchmark", &run_benchmark, py::arg("name"), py::arg("worlds") = 0,
             py::arg("agents") = 0, py::arg("threads") = 1, py::arg("repeats") = 0,
             py::arg("quick") = false, "Runs a benchmark in C++; sizes of 0 are the case's own.");
  module.def("benchmark_result", &result_of, py::arg("name"), py::arg("worlds"), py::arg("agents"),
             py::arg("threads"), py::arg("substeps"), py::arg("seconds"), py::arg("figures"),
             "A result from seconds per step, one number per repeat.");
}

void bind_plain_bullet(py::module_& module) {
  py::class_<bench::PlainTwin>(module, "PlainBullet",
                               "Plain Bullet worlds with the bodies of a batch.")
      .def(py::init([](const py::typing::Dict<py::str, py::object>& config) {
             return std::make_unique<bench::PlainTwin>(batch_config(to_value(config, "config")));
           }),
           py::arg("config"))
      .def("load", &load, py::arg("position_w_m"), py::arg("quat_wb_xyzw"),
           py::arg("velocity_w_mps"), py::arg("omega_b_radps"))
      .def("step", &bench::PlainTwin::step, py::arg("substeps"),
           "Steps all worlds; returns the seconds that it took.",
           py::call_guard<py::gil_scoped_release>())
      .def_property_readonly("touching_share", &bench::PlainTwin::touching_share);
  py::class_<bench::PlainHover>(module, "PlainHover",
                                "One plain Bullet world of hovering bodies, as a unit of cost.")
      .def(py::init([](const std::string& vehicle, int num_bodies) {
             return std::make_unique<bench::PlainHover>(load_vehicle(vehicle), num_bodies);
           }),
           py::arg("vehicle"), py::arg("num_bodies"))
      .def("seconds_per_body_step", &bench::PlainHover::seconds_per_body_step, py::arg("steps"),
           py::call_guard<py::gil_scoped_release>());
}

}  // namespace

void bind_programs(py::module_& module) {
  bind_benchmarks(module);
  bind_plain_bullet(module);
  module.def(
      "baseline_name",
      [](const py::typing::Dict<py::str, py::object>& config) {
        return batch::Setup(batch_config(to_value(config, "config"))).spec().baseline;
      },
      py::arg("config"), "The scripted policy of a config's task.");
  module.def(
      "read_config",
      [](const std::string& file) -> py::typing::Dict<py::str, py::object> {
        return to_python(io::read_config(file));
      },
      py::arg("file"), "The config table in a TOML file; a scene file becomes its `scene`.");
  module.def(
      "parse_setting",
      [](const std::string& text) -> py::typing::Dict<py::str, py::object> {
        return to_python(io::parse_setting(text));
      },
      py::arg("text"), "\"a.b=c\" as {\"a\": {\"b\": c}}.");
  module.def(
      "rotor_hover_action",
      [](const std::string& vehicle) { return rotor_hover_action(load_vehicle(vehicle)); },
      py::arg("vehicle"), "The action of level `rotor` at which a vehicle hovers.");
}

}  // namespace volery::bindings
