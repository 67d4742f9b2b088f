// Gains: velocity follows its setpoint with the drive's own time constant t, so the position loop
// around it is t s^2 + s + k, which k = 1 / (4 t) damps critically. A rover's heading is the same
// loop. Where the body is too fast to brake within what the gain asks for, the gain is lower: at
// top speed it may ask for half of the deceleration that there is.
#include "model/drives.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace volery {
namespace {

// A command acts in the tick after next at the worst: one and a half ticks of 240 Hz.
constexpr float kHoldLag_s = 1.5F / 240;
constexpr float kDeceleration = 0.5F;  // share of what there is
// A particle below this cannot climb.
constexpr float kMinPushToWeight = 1.05F;
// Bounds of the near set rest on the limits below; covers the rounding of the kernels.
constexpr float kRoundUp = 1.001F;
constexpr float kSqrt3 = 1.7320509F;

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kValue, "vehicle." + message);
}

/// The shortest decimal of a float32.
std::string text(float value) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

/// Fields that say something of rotors must be left alone where there are none.
void check_no_rotors(const VehicleConfig& config) {
  const std::string kind = kVehicleKindNames[static_cast<int>(config.kind)];
  if (!config.rotors.empty()) {
    refuse("rotors: has " + std::to_string(config.rotors.size()) + "; kind = \"" + kind +
           "\" has none");
  }
  if (config.battery.capacity_ah > 0) {
    refuse("battery.capacity_ah = " + text(config.battery.capacity_ah) + ": kind = \"" + kind +
           "\" has no model of what it draws; must be 0");
  }
  const Value given = to_value(config);
  const Value defaults = to_value(VehicleConfig{});
  constexpr std::array kOfRotors{
      "thrust_coefficient_n_s2",  "torque_to_thrust_m", "rotor_inertia_kgm2",
      "rotor_radius_m",           "motor_rise_s",       "max_rotor_speed_radps",
      "min_rotor_speed_radps",    "motor_fall_s",       "rotor_drag_b_kg",
      "ground_effect_coefficient"};
  for (const char* key : kOfRotors) {
    if (!(*given.find(key) == *defaults.find(key)))
      refuse(std::string(key) + ": is of rotors, and kind = \"" + kind + "\" has none");
  }
}

/// The table of another kind must be left out.
template <class Spec>
void check_absent(const Spec& spec, const char* name, VehicleKind kind) {
  if (to_value(spec) == to_value(Spec{})) return;
  refuse(std::string(name) + ": is for kind = \"" + name + "\"; this is kind = \"" +
         kVehicleKindNames[static_cast<int>(kind)] + "\"");
}

void check_rover(const VehicleConfig& config) {
  const CollisionSpec& shape = config.collision;
  if (shape.shape == CollisionSpec::Shape::kSphere) {
    refuse("collision.shape = \"sphere\": a rover stands on a flat belly; must be box or cylinder");
  }
  if (shape.offset_b_m[2] >= 0.5F * shape.size_m[2]) {
    refuse("collision.offset_b_m[2] = " + text(shape.offset_b_m[2]) +
           ": the belly must lie below the center of mass; must be below " +
           text(0.5F * shape.size_m[2]) + " m");
  }
}

void check_particle(const VehicleConfig& config) {
  const ParticleSpec& spec = config.particle;
  if (config.collision.shape != CollisionSpec::Shape::kSphere)
    refuse("collision.shape: a particle is a sphere");
  if (!spec.gravity) return;
  if (spec.dimensions == 2) {
    refuse(
        "particle.gravity = true: a particle of 2 dimensions stays at its height; must be false");
  }
  if (spec.max_acceleration_mps2 < kMinPushToWeight * kGravityMps2) {
    refuse("particle.max_acceleration_mps2 = " + text(spec.max_acceleration_mps2) +
           ": cannot carry its weight; must be at least " + text(kMinPushToWeight * kGravityMps2) +
           " m/s^2 with gravity");
  }
}

Vec3 all_axes(float value) {
  return {value, value, value};
}

/// Gains of a body whose velocity lags by `response_s` and that can brake at `braking_mps2`.
void derive_gains_of(float response_s, float braking_mps2, Vehicle& vehicle) {
  ControlGains& gains = vehicle.gains;
  gains.max_speed_mps = vehicle.config.speed_limit_mps;
  gains.loop_lag_s = response_s + kHoldLag_s;
  gains.velocity_per_s = all_axes(1 / gains.loop_lag_s);
  gains.position_per_s = all_axes(
      std::min(1 / (4 * gains.loop_lag_s), kDeceleration * braking_mps2 / gains.max_speed_mps));
  gains.max_tilt_rad = 0;
}

}  // namespace

void check_kind(const VehicleConfig& config) {
  if (config.kind != VehicleKind::kRotorcraft) check_no_rotors(config);
  if (config.kind != VehicleKind::kRover) check_absent(config.rover, "rover", config.kind);
  if (config.kind != VehicleKind::kParticle) check_absent(config.particle, "particle", config.kind);
  if (config.kind == VehicleKind::kRotorcraft && config.rotors.empty()) {
    refuse("rotors: has 0; kind = \"rotorcraft\" needs at least 4");
  }
  if (config.kind == VehicleKind::kRover) check_rover(config);
  if (config.kind == VehicleKind::kParticle) check_particle(config);
}

void derive_drive(Vehicle& vehicle) {
  const VehicleConfig& c = vehicle.config;
  if (c.kind == VehicleKind::kRover) {
    const float braking_mps2 =
        std::min(c.collision.friction * kGravityMps2, c.rover.drive_force_n / c.mass_kg);
    derive_gains_of(c.rover.response_s, std::max(braking_mps2, 0.1F), vehicle);
    vehicle.gains.max_rate_radps = {0, 0, c.rover.max_yaw_rate_radps};
    vehicle.gains.attitude_per_s = {0, 0, 1 / (4 * vehicle.gains.loop_lag_s)};
    vehicle.drive_limit_n = kRoundUp * kMostGripWeights * c.mass_kg * kGravityMps2;
    return;
  }
  const float weight_mps2 = c.particle.gravity ? kGravityMps2 : 0;
  derive_gains_of(c.particle.response_s, c.particle.max_acceleration_mps2 - weight_mps2, vehicle);
  vehicle.drive_limit_n = kRoundUp * kSqrt3 * c.mass_kg * c.particle.max_acceleration_mps2;
}

}  // namespace volery
