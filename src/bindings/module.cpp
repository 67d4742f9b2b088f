// volery._volery: the engine as the package's Python files see it. Users import `volery` instead.
#include "bindings/module.hpp"

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings/batch.hpp"
#include "bindings/errors.hpp"
#include "bindings/outputs.hpp"
#include "bindings/policy.hpp"
#include "volery/task.hpp"

namespace py = pybind11;

namespace volery::bindings {

void bind_batch(py::module_& module) {
  PYBIND11_NUMPY_DTYPE(Packet, world, step, sender, receiver, fate, delay_steps, bytes, distance_m);
  module.def("radio_count_names", &radio_count_names,
             "Names of the columns of the state field \"radio_counts\".");
  py::class_<Outputs>(module, "Outputs", "One set of arrays that a step or reset writes.")
      .def_readonly("observation", &Outputs::observation, "(W, A, O) float32")
      .def_readonly("reward", &Outputs::reward, "(W, A) float32")
      .def_readonly("terminated", &Outputs::terminated, "(W, A) bool")
      .def_readonly("truncated", &Outputs::truncated, "(W, A) bool")
      .def_readonly("final_observation", &Outputs::final_observation, "(W, A, O) float32, or None")
      .def_readonly("reward_terms", &Outputs::reward_terms, "(W, A, T) float32, or None")
      .def_readonly("alive", &Outputs::alive, "(W, A) bool")
      .def_readonly("ended", &Outputs::ended, "(W,) bool")
      .def_readonly("all_terminated", &Outputs::all_terminated, "(W,) bool")
      .def_readonly("just_reset", &Outputs::just_reset, "(W,) bool")
      .def_readonly("status", &Outputs::status, "(W,) uint32")
      .def_readonly("num_ended", &Outputs::num_ended);

  py::class_<TaskScores>(module, "TaskScores", "The arrays that a Python task scores into.")
      .def_readonly("terms", &TaskScores::terms, "(T, W, A) float32")
      .def_readonly("metrics", &TaskScores::metrics, "(M, W, A) float32")
      .def_readonly("terminated", &TaskScores::terminated, "(W, A) bool")
      .def_readonly("truncated", &TaskScores::truncated, "(W, A) bool")
      .def_readonly("crashed", &TaskScores::crashed, "(W, A) bool");

  py::class_<WorldFacts>(module, "WorldFacts", "What a Python task needs to know of its worlds.")
      .def_readonly("step_s", &WorldFacts::step_s)
      .def_readonly("hover_speed_radps", &WorldFacts::hover_speed_radps)
      .def_readonly("bounds_low_w_m", &WorldFacts::bounds_low_w_m, "Of the scene.")
      .def_readonly("bounds_high_w_m", &WorldFacts::bounds_high_w_m, "Of the scene.");

  py::class_<PyBatch>(module, "Batch", "The engine; volery.Batch is what users want.")
      .def(py::init<const AnyDict&, const py::object&>(), py::arg("config"),
           py::arg("task") = py::none())
      .def("make_outputs", &PyBatch::make_outputs, py::arg("given"), py::arg("with_final"),
           py::arg("with_terms"))
      .def("reset", &PyBatch::reset, py::arg("seed"), py::arg("seeds"), py::arg("mask"),
           py::arg("out"), py::arg("task") = py::none())
      .def("step", &PyBatch::step, py::arg("actions"), py::arg("out"), py::arg("task") = py::none())
      .def("observe", &PyBatch::observe, py::arg("out"))
      .def("episodes", &PyBatch::episodes)
      .def("action_mask", &PyBatch::action_mask)
      .def("state", &PyBatch::state, py::arg("field"))
      .def("set_state", &PyBatch::set_state, py::arg("world"), py::arg("values"))
      .def("set_goal", &PyBatch::set_goal, py::arg("goals"), py::arg("mask"))
      .def("set_config", &PyBatch::set_config, py::arg("mask"), py::arg("changes"), py::arg("now"))
      .def("live_config", &PyBatch::live_config, py::arg("world"))
      .def("set_jammers", &PyBatch::set_jammers, py::arg("world"), py::arg("jammers"))
      .def("jammers", &PyBatch::jammers, py::arg("world"))
      .def("landmarks", &PyBatch::landmarks, py::arg("world"))
      .def("status", &PyBatch::status)
      .def("state_hash", &PyBatch::state_hash, py::arg("world"))
      .def("snapshot", &PyBatch::snapshot, py::arg("worlds"))
      .def("restore", &PyBatch::restore, py::arg("snapshot"), py::arg("worlds"))
      .def("branch", &PyBatch::branch, py::arg("snapshot"))
      .def("stats", &PyBatch::stats)
      .def("time_stages", &PyBatch::time_stages, py::arg("on"))
      .def("timings", &PyBatch::timings)
      .def("trace_packets", &PyBatch::trace_packets, py::arg("on"))
      .def("traces_packets", &PyBatch::traces_packets)
      .def("packets", &PyBatch::packets)
      .def("state_fields", &PyBatch::state_fields)
      .def_property_readonly("facts", &PyBatch::facts)
      .def_property_readonly("scores", &PyBatch::scores,
                             py::return_value_policy::reference_internal)
      .def("task_columns", &PyBatch::task_columns, py::arg("field"), py::arg("out"))
      .def("set_task_columns", &PyBatch::set_task_columns, py::arg("field"), py::arg("values"))
      .def("task_rows", &PyBatch::task_rows, py::arg("field"), py::arg("out"))
      .def("set_task_rows", &PyBatch::set_task_rows, py::arg("field"), py::arg("values"))
      .def("task_draw", &PyBatch::task_draw, py::arg("worlds"), py::arg("count"), py::arg("first"))
      .def("close", &PyBatch::close)
      .def_property_readonly("layout", &PyBatch::layout,
                             py::return_value_policy::reference_internal)
      .def_property_readonly("config", &PyBatch::config)
      .def_property_readonly("num_props", &PyBatch::num_props)
      .def_property_readonly("closed", &PyBatch::closed);

  py::class_<PyPolicy>(module, "Policy", "A scripted policy bound to a batch's layout.")
      .def(py::init<PyBatch&, const std::string&>(), py::arg("batch"), py::arg("name"))
      .def("act", &PyPolicy::act, py::arg("observation"), py::arg("action"), py::arg("seed"),
           py::arg("step"));

  py::enum_<Status>(module, "Status", "Why the simulator ended a world's episode, one bit each.")
      .value("OK", kStatusOk)
      .value("DIVERGED", kStatusDiverged)
      .value("CONTACT_OVERFLOW", kStatusContactOverflow)
      .value("SPAWN_FAILED", kStatusSpawnFailed);
}

}  // namespace volery::bindings

PYBIND11_MODULE(_volery, module) {
  module.doc() = "The engine of volery.";
  module.attr("__version__") = VOLERY_VERSION;
  volery::bindings::register_errors();
  volery::bindings::bind_layout(module);
  volery::bindings::bind_registries(module);
  volery::bindings::bind_batch(module);
  volery::bindings::bind_programs(module);
  volery::bindings::bind_gpd(module);
  volery::bindings::bind_vehicle(module);
  volery::bindings::bind_assignment(module);
  volery::bindings::bind_recording(module);
  volery::bindings::bind_painter(module);
  volery::bindings::bind_camera(module);
}
