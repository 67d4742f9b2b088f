#include "control/setpoint_common.hpp"

#include "core/described.hpp"
#include "core/math.hpp"

namespace volery::control {

namespace {

Column quantity(std::string name, std::string what, float reach, const char* unit) {
  return {.name = std::move(name),
          .unit = unit,
          .frame = "world",
          .low = -reach,
          .high = reach,
          .doc = std::move(what)};
}

}  // namespace

SetpointConstants::SetpointConstants(const ControllerContext& context, Level at)
    : level(at),
      action_row(context.action.row),
      half_thrust_n(0.5F * context.vehicle.max_thrust_n),
      max_tilt_rad(context.vehicle.gains.max_tilt_rad),
      max_speed_mps(context.vehicle.gains.max_speed_mps),
      max_rate_radps(context.vehicle.gains.max_rate_radps),
      tick_s(context.tick_s) {
  if (level == Level::kAttitude) {
    axis_row = context.fields
                   .add({.name = "thrust_axis_setpoint",
                         .width = 3,
                         .unit = "",
                         .frame = "heading",
                         .writer = "control",
                         .doc = "wanted body z: world frame turned by the ZYX yaw angle"})
                   .row;
  }
  if (level >= Level::kPosition) {
    position_row = position_setpoint_row(context.fields);
  }
  if (level == Level::kTrack) {
    motion_row = context.fields
                     .add({.name = "track_setpoint_w",
                           .width = 10,
                           .unit = "SI",
                           .frame = "world",
                           .writer = "control",
                           .doc = "velocity, acceleration, jerk and yaw that go with the position"})
                     .row;
  }
}

CascadeConstants::CascadeConstants(const ControllerContext& context, Level level,
                                   const Vehicle& tuned)
    : setpoint(context, level),
      position_per_s(tuned.gains.position_per_s),
      rate_per_s(tuned.gains.rate_per_s),
      kr_z(tuned.gains.attitude_kr_per_s2.z),
      velocity(tuned, context.fields),
      attitude(tuned),
      mixer(tuned) {
  if (level == Level::kTrack) attitude.kw_z = tuned.gains.attitude_kw_per_s.z;
}

RotorSpinConstants::RotorSpinConstants(const Vehicle& vehicle) : num_rotors(vehicle.num_rotors) {
  const VehicleConfig& c = vehicle.config;
  const float k = c.thrust_coefficient_n_s2;
  for (int i = 0; i < num_rotors; ++i) {
    const auto rotor = static_cast<std::size_t>(i);
    roll[i] = vehicle.allocation[1][rotor] * k / c.inertia_b_kgm2[0];
    pitch[i] = vehicle.allocation[2][rotor] * k / c.inertia_b_kgm2[1];
    yaw[i] = vehicle.allocation[3][rotor] * k / c.inertia_b_kgm2[2];
    spin_momentum[i] =
        static_cast<float>(c.rotors[rotor].spin) * c.rotor_inertia_kgm2 / c.inertia_b_kgm2[2];
  }
  thrust = k / c.mass_kg;
}

std::vector<Column> track_columns(const Vehicle& vehicle) {
  const ControlGains& gains = vehicle.gains;
  std::vector<Column> columns;
  const char* const axes[] = {"x", "y", "z"};
  const char* const directions[] = {"east", "north", "up"};
  const auto three = [&](const char* prefix, const std::string& what, float reach,
                         const char* unit) {
    for (int i = 0; i < 3; ++i) {
      columns.push_back(
          quantity(std::string(prefix) + axes[i], what + ' ' + directions[i], reach, unit));
    }
  };
  three("d", "setpoint minus position at the start of the step,", kPositionReachM, "m");
  three("v", "velocity of the setpoint", gains.max_speed_mps, "m/s");
  three("a", "acceleration of the setpoint", kTrackAccelerationMps2, "m/s^2");
  three("j", "jerk of the setpoint", kTrackJerkMps3, "m/s^3");
  columns.push_back(quantity("yaw", "heading of body x, from east to the left", kPi, "rad"));
  columns.push_back(
      quantity("yaw_rate", "its change, to the left", gains.max_rate_radps.z, "rad/s"));
  return columns;
}

int state_row(FieldTable& fields, const char* name, int width, const char* unit, const char* frame,
              const char* doc, float initial) {
  return fields
      .add({.name = name,
            .width = width,
            .unit = unit,
            .frame = frame,
            .writer = "control",
            .doc = doc,
            .initial = initial})
      .row;
}

void no_options(const ControllerContext& context, const char* law) {
  if (context.options == nullptr) return;
  const std::string path = std::string("config.controller_config.") + law;
  if (!context.options->is_table()) {
    throw Error(ErrorKind::kType,
                path + ": must be a table, not " + std::string(context.options->type_name()));
  }
  if (!context.options->table().empty()) {
    throw Error(ErrorKind::kValue, path + '.' + context.options->table().begin()->first + ": " +
                                       law + " has no options; its gains follow from the vehicle");
  }
}

}  // namespace volery::control
