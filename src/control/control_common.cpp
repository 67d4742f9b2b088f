// Constants of the controllers, from the vehicle's parameters and gains.
#include "control/control_common.hpp"

#include <algorithm>
#include <cstdio>

#include "core/math.hpp"

namespace volery::control {

namespace {

// Thrust never points below the horizon by choice: a descent keeps this share of the weight, so
// that the rotors keep authority and the tilt limit means something.
constexpr float kLeastLift = 0.25F;

}  // namespace

MixerConstants::MixerConstants(const Vehicle& vehicle) : num_rotors(vehicle.num_rotors) {
  const VehicleConfig& config = vehicle.config;
  const float least_speed = config.min_rotor_speed_radps;
  const float most_speed = config.max_rotor_speed_radps;
  least_squared_radps = least_speed * least_speed;
  most_squared_radps = most_speed * most_speed;
  const float per_k = 1.0F / config.thrust_coefficient_n_s2;
  float lowest = 0;
  float highest = 0;
  for (int i = 0; i < num_rotors; ++i) {
    const auto& row = vehicle.mixer[static_cast<std::size_t>(i)];
    thrust[i] = row[0] * per_k;
    roll[i] = row[1] * per_k * config.inertia_b_kgm2[0];
    pitch[i] = row[2] * per_k * config.inertia_b_kgm2[1];
    yaw[i] = row[3] * per_k * config.inertia_b_kgm2[2];
    per_thrust[i] = 1.0F / thrust[i];
    per_yaw[i] = yaw[i] == 0.0F ? 0.0F : 1.0F / yaw[i];
    const float low = least_squared_radps * per_thrust[i];
    const float high = most_squared_radps * per_thrust[i];
    lowest = i == 0 ? low : std::max(lowest, low);
    highest = i == 0 ? high : std::min(highest, high);
  }
  reach_n = highest - lowest;
}

GyroConstants::GyroConstants(const Vehicle& vehicle) {
  const std::vector<float>& j = vehicle.config.inertia_b_kgm2;
  x = (j[2] - j[1]) / j[0];
  y = (j[0] - j[2]) / j[1];
  z = (j[1] - j[0]) / j[2];
}

AttitudeConstants::AttitudeConstants(const Vehicle& vehicle)
    : kr_x(vehicle.gains.attitude_kr_per_s2.x),
      kr_y(vehicle.gains.attitude_kr_per_s2.y),
      kw_x(vehicle.gains.attitude_kw_per_s.x),
      kw_y(vehicle.gains.attitude_kw_per_s.y),
      kw_z(vehicle.gains.rate_per_s.z),
      gyro(vehicle) {}

VelocityConstants::VelocityConstants(const Vehicle& vehicle)
    : kv_x(vehicle.gains.velocity_per_s.x),
      kv_y(vehicle.gains.velocity_per_s.y),
      kv_z(vehicle.gains.velocity_per_s.z),
      num_rotors(vehicle.num_rotors),
      mass_kg(vehicle.config.mass_kg) {
  const VehicleConfig& config = vehicle.config;
  // rotor drag at hover speed, body drag as it stands; body axes taken for world axes
  const float total_speed = static_cast<float>(vehicle.num_rotors) * vehicle.hover_speed_radps;
  const float per_mass = 1.0F / mass_kg;
  linear_x = config.rotor_drag_b_kg[0] * total_speed * per_mass;
  linear_y = config.rotor_drag_b_kg[1] * total_speed * per_mass;
  linear_z = config.rotor_drag_b_kg[2] * total_speed * per_mass;
  rotor_x = config.rotor_drag_b_kg[0] * per_mass;
  rotor_y = config.rotor_drag_b_kg[1] * per_mass;
  rotor_z = config.rotor_drag_b_kg[2] * per_mass;
  quadratic_x = config.body_drag_b_kgpm[0] * per_mass;
  quadratic_y = config.body_drag_b_kgpm[1] * per_mass;
  quadratic_z = config.body_drag_b_kgpm[2] * per_mass;

  // at most the lift that a vehicle tilted to the limit can still give; never less than the weight
  const float cosine = cos(vehicle.gains.max_tilt_rad);
  tan_max_tilt = sin(vehicle.gains.max_tilt_rad) / cosine;
  least_lift_mps2 = kLeastLift * kGravityMps2;
  most_lift_mps2 = std::max(vehicle.max_thrust_n * cosine * per_mass, kGravityMps2);
}

VelocityConstants::VelocityConstants(const Vehicle& vehicle, const FieldTable& fields)
    : VelocityConstants(vehicle) {
  speed_row = rotor_speed_row(fields);
}

int position_setpoint_row(FieldTable& fields) {
  return fields
      .add({.name = "position_setpoint_w_m",
            .width = 3,
            .unit = "m",
            .frame = "world",
            .writer = "control",
            .doc = "where the agent shall go in this agent step"})
      .row;
}

int rotor_speed_row(const FieldTable& fields) {
  return fields.find("rotor_speed_radps").row;
}

Column column(std::string name, std::string frame, std::string doc) {
  return {.name = std::move(name),
          .unit = "",
          .frame = std::move(frame),
          .low = -1,
          .high = 1,
          .doc = std::move(doc)};
}

std::string number(float value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", static_cast<double>(value));
  return text;
}

Column yaw_rate_column(const Vehicle& vehicle) {
  return column("yaw_rate", "world",
                "turn rate about the vertical, 1 = " + number(vehicle.gains.max_rate_radps.z) +
                    " rad/s to the left");
}

Column thrust_column(const Vehicle& vehicle) {
  return column(
      "thrust", "body",
      "collective thrust along body z, -1 = 0, 1 = " + number(vehicle.max_thrust_n) + " N");
}

}  // namespace volery::control
