// What describes buffers and configs, read-only in Python.
#include "volery/layout.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include "bindings/module.hpp"
#include "volery/batch.hpp"

namespace py = pybind11;

namespace volery::bindings {

void bind_layout(py::module_& module) {
  py::class_<Column>(module, "Column", "One number of an action or observation row.")
      .def_readonly("name", &Column::name)
      .def_readonly("unit", &Column::unit, "Empty where dimensionless.")
      .def_readonly("frame", &Column::frame, "\"world\", \"body\" or empty.")
      .def_readonly("low", &Column::low)
      .def_readonly("high", &Column::high)
      .def_readonly("doc", &Column::doc)
      .def("__repr__", [](const Column& c) {
        return "Column(" + c.name + (c.unit.empty() ? "" : ", " + c.unit) +
               (c.frame.empty() ? "" : ", " + c.frame) + ")";
      });
  py::class_<Group>(module, "Group", "A run of observation columns that one sensor writes.")
      .def_readonly("name", &Group::name)
      .def_readonly("first", &Group::first, "Its first column.")
      .def_readonly("count", &Group::count, "Its number of columns.")
      .def_property_readonly(
          "shape",
          [](const Group& g) -> py::typing::Tuple<int, py::ellipsis> {
            return py::tuple(py::cast(g.shape));
          },
          "Of the group in a dict observation, per agent.")
      .def_readonly("doc", &Group::doc)
      .def("__repr__", [](const Group& g) {
        return "Group(" + g.name + ", columns " + std::to_string(g.first) + " to " +
               std::to_string(g.first + g.count - 1) + ")";
      });
  py::class_<TermSpec>(module, "Term", "A named part of the reward, or a metric.")
      .def_readonly("name", &TermSpec::name)
      .def_readonly("doc", &TermSpec::doc)
      .def("__repr__", [](const TermSpec& t) { return "Term(" + t.name + ")"; });
  py::class_<Headline>(module, "Headline", "The one number that tells how well a task was done.")
      .def_readonly("metric", &Headline::metric, "By name; empty: the return.")
      .def_readonly("lower_is_better", &Headline::lower_is_better)
      .def_readonly("bound", &Headline::bound, "The best known or possible; nan where none is.");
  py::class_<Layout>(module, "Layout", "Names, shapes and offsets of every buffer of a batch.")
      .def_readonly("num_worlds", &Layout::num_worlds, "W")
      .def_readonly("num_agents", &Layout::num_agents, "A")
      .def_property_readonly("action_size", &Layout::action_size, "U")
      .def_property_readonly("observation_size", &Layout::observation_size, "O")
      .def_readonly("action", &Layout::action, "U columns.")
      .def_readonly("control_sizes", &Layout::control_sizes,
                    "Control columns that each vehicle type reads; types take turns.")
      .def_readonly("observation", &Layout::observation, "O columns.")
      .def_readonly("num_controls", &Layout::num_controls,
                    "Columns of the action level; those of the outbox come behind them.")
      .def_readonly("inbox_slots", &Layout::inbox_slots,
                    "K messages that an agent holds; 0 without a radio.")
      .def_readonly("inbox_slot", &Layout::inbox_slot, "Columns of one of them.")
      .def_readonly("groups", &Layout::groups, "Of the observation, in order.")
      .def_readonly("reward_terms", &Layout::reward_terms, "T terms that sum to the reward.")
      .def_readonly("metrics", &Layout::metrics, "M numbers of info[\"episode\"].")
      .def_readonly("headline", &Layout::headline, "Which of them counts.");
  py::class_<StateField>(module, "StateField", "A field of the state, for state() and set_state().")
      .def_readonly("name", &StateField::name)
      .def_readonly("width", &StateField::width)
      .def_readonly("per_prop", &StateField::per_prop, "Rows are props instead of agents.")
      .def_readonly("unit", &StateField::unit)
      .def_readonly("frame", &StateField::frame)
      .def_readonly("writer", &StateField::writer)
      .def_readonly("doc", &StateField::doc)
      .def("__repr__", [](const StateField& f) {
        return "StateField(" + f.name + ", width " + std::to_string(f.width) + ")";
      });
  py::class_<FieldRow>(module, "ConfigField", "A field of a config: type, unit, range, default.")
      .def_readonly("path", &FieldRow::path)
      .def_readonly("type", &FieldRow::type)
      .def_readonly("unit", &FieldRow::unit)
      .def_readonly("low", &FieldRow::low)
      .def_readonly("high", &FieldRow::high)
      .def_readonly("default_text", &FieldRow::default_text)
      .def_readonly("doc", &FieldRow::doc)
      .def("__repr__", [](const FieldRow& f) { return "ConfigField(" + f.path + ")"; });
  py::class_<BatchStats>(module, "BatchStats", "Counters since the batch was built.")
      .def_readonly("agent_steps", &BatchStats::agent_steps)
      .def_readonly("episodes", &BatchStats::episodes)
      .def_readonly("clipped_actions", &BatchStats::clipped_actions)
      .def_readonly("diverged_worlds", &BatchStats::diverged_worlds)
      .def_readonly("overflowed_worlds", &BatchStats::overflowed_worlds)
      .def_readonly("failed_spawns", &BatchStats::failed_spawns)
      .def_readonly("near_share", &BatchStats::near_share, "Of body-substeps in the near set.")
      .def_readonly("touching_share", &BatchStats::touching_share,
                    "Of body-substeps with a contact point.")
      .def_readonly("extensions", &BatchStats::extensions)
      .def_readonly("audit_failures", &BatchStats::audit_failures);
}

}  // namespace volery::bindings
