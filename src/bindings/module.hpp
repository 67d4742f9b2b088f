// The parts of the extension module, each in its own file.
#pragma once

#include <pybind11/pybind11.h>

namespace volery::bindings {

void bind_layout(pybind11::module_& module);
void bind_registries(pybind11::module_& module);
void bind_batch(pybind11::module_& module);
void bind_programs(pybind11::module_& module);
void bind_gpd(pybind11::module_& module);
void bind_gpd_pid(pybind11::module_& module);
void bind_vehicle(pybind11::module_& module);
void bind_assignment(pybind11::module_& module);
void bind_recording(pybind11::module_& module);
void bind_painter(pybind11::module_& module);
void bind_camera(pybind11::module_& module);

}  // namespace volery::bindings
