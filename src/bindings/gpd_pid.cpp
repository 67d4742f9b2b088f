// DSLPIDControl alone, for scripts that close the loop themselves, and the vehicles' constants.
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/typing.h>

#include <algorithm>

#include "bindings/arrays.hpp"
#include "bindings/batch.hpp"
#include "bindings/errors.hpp"
#include "bindings/module.hpp"
#include "bindings/values.hpp"
#include "volery/gpd.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

// Tuple[numpy.ndarray, ...] and the like in the stubs
using Tuple = py::typing::Tuple<py::object, py::ellipsis>;
using ArrayTuple = py::typing::Tuple<py::array_t<double>, py::ellipsis>;
using PidResult = py::typing::Tuple<py::array_t<double>, py::array_t<double>, py::float_>;

// any sequence of numbers; in place where it is an array of doubles already
using Numbers = py::array_t<double, py::array::c_style | py::array::forcecast>;

gpd::V3 vector_of(const py::handle& given, const char* name) {
  const auto array = Numbers::ensure(given);
  if (!array) {
    PyErr_Clear();
    throw_type(std::string(name) + ": must be 3 numbers");
  }
  if (array.size() != 3) {
    throw_value(std::string(name) + ": must be 3 numbers, not " + std::to_string(array.size()));
  }
  const double* v = array.data();
  return {v[0], v[1], v[2]};
}

// (3,) float64, written in place
gpd::V3* memory_of(const py::handle& given, const char* name) {
  static_assert(sizeof(gpd::V3) == 3 * sizeof(double));
  py::array array =
      checked<double>(py::reinterpret_borrow<py::object>(given), name, {3}, Access::kWrite);
  return static_cast<gpd::V3*>(array.mutable_data());
}

gpd::PidGains gains_of(const Tuple& given) {
  if (given.size() != 8) throw_value("gains: must be 8 arrays");
  gpd::PidGains gains;
  gpd::V3* const vectors[] = {&gains.p_force,  &gains.i_force,  &gains.d_force,
                              &gains.p_torque, &gains.i_torque, &gains.d_torque};
  for (std::size_t i = 0; i < std::size(vectors); ++i) {
    *vectors[i] = vector_of(given[i], "gains");
  }
  const auto mixer = Numbers::ensure(given[6]);
  const auto scalars = Numbers::ensure(given[7]);
  if (!mixer || !scalars || mixer.size() != 12 || scalars.size() != 6) {
    PyErr_Clear();
    throw_value("gains: the mixer must be (4, 3) and the scalars (6,)");
  }
  const double* m = mixer.data();
  for (gpd::V3& row : gains.mixer) {
    row = {m[0], m[1], m[2]};
    m += 3;
  }
  const double* s = scalars.data();
  gains.rpm_per_pwm = s[0];
  gains.rpm_at_zero = s[1];
  gains.min_pwm = s[2];
  gains.max_pwm = s[3];
  gains.thrust_n_per_rpm2 = s[4];
  gains.weight_n = s[5];
  if (!(gains.min_pwm <= gains.max_pwm)) throw_value("MIN_PWM: must not be above MAX_PWM");
  return gains;
}

PidResult run_pid(const Tuple& gains, double step_s, const py::object& position,
                  const py::object& quat, const py::object& velocity, const Tuple& target,
                  const ArrayTuple& memory) {
  if (!(step_s > 0)) throw_value("control_timestep: must be above 0");
  if (target.size() != 4 || memory.size() != 3) throw_value("target, memory: wrong sizes");
  const auto q = Numbers::ensure(quat);
  if (!q || q.size() != 4) {
    PyErr_Clear();
    throw_value("cur_quat: must be 4 numbers");
  }
  gpd::V3* const kept[] = {memory_of(memory[0], "last_rpy"), memory_of(memory[1], "integral_pos_e"),
                           memory_of(memory[2], "integral_rpy_e")};
  gpd::PidState state{*kept[0], *kept[1], *kept[2]};
  const gpd::PidTarget wanted{
      vector_of(target[0], "target_pos"), vector_of(target[1], "target_rpy"),
      vector_of(target[2], "target_vel"), vector_of(target[3], "target_rpy_rates")};
  const gpd::PidOutput out =
      gpd::pid_control(gains_of(gains), step_s, vector_of(position, "cur_pos"),
                       {q.data()[0], q.data()[1], q.data()[2], q.data()[3]},
                       vector_of(velocity, "cur_vel"), wanted, state);
  *kept[0] = state.last_rpy_rad;
  *kept[1] = state.integral_position;
  *kept[2] = state.integral_attitude;
  const gpd::V3 e = out.position_error_m;
  const double error[] = {e.x, e.y, e.z};
  return py::make_tuple(copied<double>(out.rpm, {4}), copied<double>(error, {3}),
                        out.yaw_error_rad);
}

// The gains that a controller of that model starts with, as run_pid takes them.
ArrayTuple default_gains(const std::string& model) {
  const gpd::PidGains g = gpd::pid_gains(gpd_config(Value::Table{{"model", model}}).model);
  const auto vector = [](gpd::V3 v) {
    const double numbers[] = {v.x, v.y, v.z};
    return copied<double>(numbers, {3});
  };
  std::vector<double> mixer;
  for (const gpd::V3 row : g.mixer) mixer.insert(mixer.end(), {row.x, row.y, row.z});
  const double scalars[] = {g.rpm_per_pwm, g.rpm_at_zero,       g.min_pwm,
                            g.max_pwm,     g.thrust_n_per_rpm2, g.weight_n};
  return py::make_tuple(vector(g.p_force), vector(g.i_force), vector(g.d_force), vector(g.p_torque),
                        vector(g.i_torque), vector(g.d_torque), copied<double>(mixer, {4, 3}),
                        copied<double>(scalars, {6}));
}

}  // namespace

void bind_gpd_pid(py::module_& module) {
  module.def("gpd_pid", &run_pid, py::arg("gains"), py::arg("step_s"), py::arg("position"),
             py::arg("quat"), py::arg("velocity"), py::arg("target"), py::arg("memory"),
             "Rotor speeds, position error and yaw error; `memory` is updated in place.");
  module.def("gpd_pid_gains", &default_gains, py::arg("model"));
  module.def(
      "gpd_constants",
      [](const std::string& model) -> AnyDict {
        return to_python(gpd_constants(gpd_config(Value::Table{{"model", model}}).model));
      },
      py::arg("model"), "The original's attributes of a vehicle, by name.");
}

}  // namespace volery::bindings
