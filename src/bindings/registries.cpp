// Names and descriptions of everything that a config may name, for `volery list` and `describe`.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "bindings/errors.hpp"
#include "bindings/module.hpp"
#include "volery/assets.hpp"
#include "volery/batch.hpp"
#include "volery/controller.hpp"
#include "volery/isa.hpp"
#include "volery/policy.hpp"
#include "volery/radio.hpp"
#include "volery/sensor.hpp"
#include "volery/task.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

struct Entry {
  std::string name;
  std::string doc;
  std::vector<FieldRow> fields;
};

template <class Registry>
std::vector<Entry> entries_of(const Registry& registry) {
  std::vector<Entry> entries;
  for (const auto* entry : registry) {
    Entry out{entry->name, entry->doc, {}};
    if constexpr (requires { entry->config_rows; }) {
      if (entry->config_rows != nullptr) out.fields = entry->config_rows();
    }
    entries.push_back(std::move(out));
  }
  return entries;
}

}  // namespace

void bind_registries(py::module_& module) {
  py::class_<Entry>(module, "Entry", "Something that a config may name.")
      .def_readonly("name", &Entry::name)
      .def_readonly("doc", &Entry::doc)
      .def_readonly("fields", &Entry::fields, "Fields of its own config table.")
      .def("__repr__", [](const Entry& e) { return "Entry(" + e.name + ")"; });

  module.def(
      "tasks", [] { return entries_of(task_entries()); }, "All tasks, sorted by name.");
  module.def(
      "sensors", [] { return entries_of(sensor_entries()); }, "All sensors.");
  module.def(
      "controllers", [] { return entries_of(controller_entries()); }, "All action levels.");
  module.def(
      "policies", [] { return entries_of(policy_entries()); }, "All scripted policies.");
  module.def(
      "config_fields",
      [] {
        BatchConfig config;
        return field_rows(DescribedRef(config));
      },
      "The fields of the batch's config, in order.");
  module.def("radio_fields", &radio_fields, "The fields of the config's table `radio`, in order.");
  module.def("asset_names", &asset_names, py::arg("kind"),
             "Names in assets/<kind>/: \"vehicles\", \"scenes\" or \"radios\".");
  module.def(
      "assets_folder", [] { return assets_folder().string(); },
      "Where vehicles and scenes are read from.");
  module.def(
      "set_assets_folder", [](const std::string& folder) { set_assets_folder(folder); },
      py::arg("folder"), "Tells where vehicles and scenes lie; $VOLERY_ASSETS goes before it.");
  module.def(
      "nearest_name",
      [](const std::string& name, const std::vector<std::string>& names) {
        return did_you_mean(name, names);
      },
      py::arg("name"), py::arg("names"), "The end of a message about an unknown name.");
  module.def("active_isa", &active_isa,
             "The instruction set that the kernels use in this process.");
  module.def("available_isas", &available_isas,
             "Those that this CPU and this build have, best first.");
  module.def(
      "limit_isa", &limit_isa, py::arg("name"),
      "Limits the kernels of this process to one instruction set; for tests and benchmarks.");
}

}  // namespace volery::bindings
