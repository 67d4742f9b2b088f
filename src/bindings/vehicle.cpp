// Vehicles with what follows from their parameters, for `volery describe vehicle` and the
// converters between newtons, rotor speeds and normalised thrust.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/typing.h>

#include "bindings/errors.hpp"
#include "bindings/module.hpp"
#include "bindings/values.hpp"
#include "volery/controller.hpp"

namespace py = pybind11;

namespace volery::bindings {
namespace {

/// Something that follows from the parameters.
struct Derived {
  std::string name;
  std::string unit;
  std::vector<float> values;  // one, or one per axis
  std::string doc;
};

std::vector<float> axes(const Vec3& v) {
  return {v.x, v.y, v.z};
}

/// The same of a rover or a particle.
std::vector<Derived> drive_values(const Vehicle& vehicle) {
  const ControlGains& gains = vehicle.gains;
  const float weight_n = vehicle.config.mass_kg * kGravityMps2;
  std::vector<Derived> values{
      {"weight_n", "N", {weight_n}, "mass times standard gravity"},
      {"drive_limit_n", "N", {vehicle.drive_limit_n}, "largest force of its own"},
      {"bounding_radius_m", "m", {vehicle.bounding_radius_m}, "of the collision shape"},
      {"position_per_s", "1/s", {gains.position_per_s.x}, "velocity = gain * position error"},
      {"max_speed_mps", "m/s", {gains.max_speed_mps}, "action 1 of velocity"},
  };
  if (vehicle.kind() == VehicleKind::kRover) {
    values.push_back(
        {"max_yaw_rate_radps", "rad/s", {gains.max_rate_radps.z}, "action 1 of yaw rate"});
    values.push_back({"turn_radps",
                      "rad/s",
                      {gains.attitude_per_s.z},
                      "yaw rate towards a velocity, per sine of the angle to it"});
  }
  return values;
}

std::vector<Derived> derived_values(const Vehicle& vehicle) {
  if (vehicle.kind() != VehicleKind::kRotorcraft) return drive_values(vehicle);
  const ControlGains& gains = vehicle.gains;
  const float weight_n = vehicle.config.mass_kg * kGravityMps2;
  return {
      {"weight_n", "N", {weight_n}, "mass times standard gravity"},
      {"hover_speed_radps", "rad/s", {vehicle.hover_speed_radps}, "of every rotor in hover"},
      {"hover_action", "", {rotor_hover_action(vehicle)}, "of level `rotor`, in [-1, 1]"},
      {"max_thrust_n", "N", {vehicle.max_thrust_n}, "all rotors at full speed"},
      {"thrust_to_weight", "", {vehicle.thrust_to_weight}, "max_thrust_n / weight_n"},
      {"max_torque_b_nm", "N m", axes(vehicle.max_torque_b_nm), "about one axis alone, in hover"},
      {"bounding_radius_m", "m", {vehicle.bounding_radius_m}, "of the collision shape"},
      {"loop_lag_s", "s", {gains.loop_lag_s}, "of thrust behind its command, as the gains have it"},
      {"rate_per_s", "1/s", axes(gains.rate_per_s), "torque / J = gain * rate error"},
      {"attitude_per_s", "1/s", axes(gains.attitude_per_s), "rate = gain * attitude error"},
      {"attitude_kr_per_s2", "1/s^2", axes(gains.attitude_kr_per_s2), "geometric: -kr e_R / J"},
      {"attitude_kw_per_s", "1/s", axes(gains.attitude_kw_per_s), "geometric: -kw e_w / J"},
      {"velocity_per_s", "1/s", axes(gains.velocity_per_s), "acceleration = gain * velocity error"},
      {"position_per_s", "1/s", axes(gains.position_per_s), "velocity = gain * position error"},
      {"max_tilt_rad", "rad", {gains.max_tilt_rad}, "action 1 of roll and pitch"},
      {"max_rate_radps", "rad/s", axes(gains.max_rate_radps), "action 1 of body rates"},
      {"max_speed_mps", "m/s", {gains.max_speed_mps}, "action 1 of velocity"},
  };
}

std::vector<std::vector<float>> mixer_rows(const Vehicle& vehicle) {
  std::vector<std::vector<float>> rows;
  for (int i = 0; i < vehicle.num_rotors; ++i) {
    const auto& row = vehicle.mixer[static_cast<std::size_t>(i)];
    rows.emplace_back(row.begin(), row.end());
  }
  return rows;
}

}  // namespace

void bind_vehicle(py::module_& module) {
  py::class_<Derived>(module, "DerivedValue", "What follows from a vehicle's parameters.")
      .def_readonly("name", &Derived::name)
      .def_readonly("unit", &Derived::unit, "Empty where dimensionless.")
      .def_readonly("values", &Derived::values, "One number, or one per axis x, y, z.")
      .def_readonly("doc", &Derived::doc)
      .def("__repr__", [](const Derived& d) { return "DerivedValue(" + d.name + ")"; });

  py::class_<Vehicle>(module, "Vehicle", "A validated vehicle with what follows from it.")
      .def(py::init([](const py::object& name_path_or_table) {
             return load_vehicle(to_value(name_path_or_table, "vehicle"));
           }),
           py::arg("name_path_or_table"),
           "By name from the assets, by a path ending in .toml, or from a table whose `base` may "
           "name one.")
      .def_property_readonly(
          "config",
          [](const Vehicle& v) -> py::typing::Dict<py::str, py::object> {
            return to_python(to_value(v.config));
          },
          "Every parameter, as in a vehicle file.")
      .def_property_readonly(
          "fields",
          [](const Vehicle& v) {
            VehicleConfig config = v.config;
            return field_rows(DescribedRef(config));
          },
          "Type, unit, range and meaning of every parameter; default_text is this vehicle's value.")
      .def_property_readonly("derived", &derived_values, "What follows from the parameters.")
      .def_property_readonly("mixer", &mixer_rows,
                             "Rows of rotors: thrust_i = sum_j mixer[i][j] (thrust, torque x, y, "
                             "z)_j, in newtons and newton meters.")
      .def_readonly("num_rotors", &Vehicle::num_rotors)
      .def_readonly("hover_speed_radps", &Vehicle::hover_speed_radps)
      .def_readonly("max_thrust_n", &Vehicle::max_thrust_n)
      .def_readonly("thrust_to_weight", &Vehicle::thrust_to_weight)
      .def("__repr__", [](const Vehicle& v) { return "Vehicle(" + v.config.name + ")"; });
}

}  // namespace volery::bindings
