// Validation and derived values of a vehicle.
#include "model/vehicle.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "model/drives.hpp"
#include "model/gains.hpp"
#include "model/mixer.hpp"

namespace volery {
namespace {

// A vehicle below this cannot climb out of a disturbance.
constexpr double kMinThrustToWeight = 1.05;
// Inertias are published with two digits; a flat plate has Ixx + Iyy = Izz exactly.
constexpr double kInertiaTolerance = 0.01;

/// The shortest decimal of the value as a float32, which the numbers of a config are.
std::string number(double v) {
  std::array<char, 32> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<float>(v)).ptr;
  return {digits.data(), end};
}

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kValue, message);
}

void check_inertia(const VehicleConfig& config) {
  const auto& j = config.inertia_b_kgm2;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double others = static_cast<double>(j[(axis + 1) % 3]) + j[(axis + 2) % 3];
    if (j[axis] > others * (1 + kInertiaTolerance)) {
      refuse("vehicle.inertia_b_kgm2[" + std::to_string(axis) + "] = " + number(j[axis]) +
             ": must be at most the sum of the other two, " + number(others) +
             " kg m^2, as for every rigid body");
    }
  }
}

void check_rotors(const VehicleConfig& config) {
  for (std::size_t i = 0; i < config.rotors.size(); ++i) {
    if (config.rotors[i].spin == 0) {
      refuse("vehicle.rotors[" + std::to_string(i) +
             "].spin = 0: must be 1 (counter-clockwise seen from above) or -1");
    }
  }
  if (config.min_rotor_speed_radps >= config.max_rotor_speed_radps) {
    refuse("vehicle.min_rotor_speed_radps = " + number(config.min_rotor_speed_radps) +
           ": must be below max_rotor_speed_radps = " + number(config.max_rotor_speed_radps));
  }
}

void check_collision(const CollisionSpec& spec) {
  const auto& size = spec.size_m;
  const bool round = size[0] == size[1];
  if (spec.shape == CollisionSpec::Shape::kCylinder && !round) {
    refuse(
        "vehicle.collision.size_m: a cylinder's first two extents are its diameter, must be equal");
  }
  if (spec.shape == CollisionSpec::Shape::kSphere && !(round && size[1] == size[2])) {
    refuse("vehicle.collision.size_m: a sphere's extents are its diameter, must be equal");
  }
}

void check_battery(const BatterySpec& battery) {
  if (battery.capacity_ah <= 0) return;
  const std::vector<float>& curve = battery.open_circuit_v;
  if (static_cast<int>(curve.size()) != kOpenCircuitPoints) {
    refuse("vehicle.battery.open_circuit_v: has " + std::to_string(curve.size()) +
           " values, must have " + std::to_string(kOpenCircuitPoints) +
           ", at 0, 10, ... 100 % charge");
  }
  for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
    if (curve[i + 1] <= curve[i]) {
      refuse("vehicle.battery.open_circuit_v[" + std::to_string(i + 1) +
             "] = " + number(curve[i + 1]) + ": must be above the value before it, " +
             number(curve[i]) + " V, as voltage rises with charge");
    }
  }
  if (curve[0] <= 0) {
    refuse("vehicle.battery.open_circuit_v[0] = " + number(curve[0]) + ": must be above 0 V");
  }
  if (battery.power_per_thrust_wpn <= 0 && battery.power_per_shaft_power <= 0) {
    refuse(
        "vehicle.battery: power_per_thrust_wpn = 0 and power_per_shaft_power = 0: one must be "
        "above 0, or flight would cost nothing");
  }
}

/// Full, the pack must let all rotors hover; else the file contradicts itself.
void check_battery_hover(const Vehicle& vehicle) {
  const BatterySpec& battery = vehicle.config.battery;
  if (battery.capacity_ah <= 0) return;
  const double volts = battery.open_circuit_v.back();
  const double speed = battery.speed_offset_radps + battery.speed_per_volt_radpspv * volts;
  if (speed <= vehicle.hover_speed_radps) {
    refuse("vehicle.battery: rotors reach " + number(speed) + " rad/s at " + number(volts) +
           " V (speed_offset_radps + speed_per_volt_radpspv * voltage), must be more than the " +
           number(vehicle.hover_speed_radps) + " rad/s of hover");
  }
}

double bounding_radius(const CollisionSpec& spec) {
  const auto length = [](double x, double y, double z) { return std::sqrt(x * x + y * y + z * z); };
  const std::array<double, 3> half{0.5 * spec.size_m[0], 0.5 * spec.size_m[1],
                                   0.5 * spec.size_m[2]};
  const std::array<double, 3> offset{std::abs(static_cast<double>(spec.offset_b_m[0])),
                                     std::abs(static_cast<double>(spec.offset_b_m[1])),
                                     std::abs(static_cast<double>(spec.offset_b_m[2]))};
  double radius = 0;
  if (spec.shape == CollisionSpec::Shape::kSphere) {
    radius = half[0] + length(offset[0], offset[1], offset[2]);
  } else if (spec.shape == CollisionSpec::Shape::kCylinder) {
    radius = length(half[0] + length(offset[0], offset[1], 0), 0, half[2] + offset[2]);
  } else {
    radius = length(half[0] + offset[0], half[1] + offset[1], half[2] + offset[2]);
  }
  // rounded up: near-set bounds rest on it
  return radius * (1 + 1e-6);
}

/// Hover thrust of each rotor must lie between idle and full, for layouts whose centre of thrust is
/// off the centre of mass too.
void check_hover(const Vehicle& vehicle, double weight_n) {
  const VehicleConfig& config = vehicle.config;
  if (!(vehicle.thrust_to_weight > kMinThrustToWeight)) {
    refuse("vehicle: cannot hover: rotors at max_rotor_speed_radps lift " +
           number(vehicle.max_thrust_n) + " N, must be more than " + number(kMinThrustToWeight) +
           " times the weight of " + number(weight_n) + " N");
  }
  const double k = config.thrust_coefficient_n_s2;
  const double low = k * config.min_rotor_speed_radps * config.min_rotor_speed_radps;
  const double high = k * config.max_rotor_speed_radps * config.max_rotor_speed_radps;
  for (std::size_t i = 0; i < config.rotors.size(); ++i) {
    const double thrust = vehicle.mixer[i][0] * weight_n;
    if (thrust <= low || thrust >= high) {
      refuse("vehicle.rotors[" + std::to_string(i) + "]: level hover needs " + number(thrust) +
             " N of it, must be in [" + number(low) + ", " + number(high) +
             "] N; check the rotor positions and speeds");
    }
  }
}

/// How far the wrench can go along one torque axis from hover before some rotor is at its limit.
double torque_authority(const Vehicle& vehicle, std::size_t axis, double weight_n) {
  const VehicleConfig& config = vehicle.config;
  const double k = config.thrust_coefficient_n_s2;
  const double low = k * config.min_rotor_speed_radps * config.min_rotor_speed_radps;
  const double high = k * config.max_rotor_speed_radps * config.max_rotor_speed_radps;
  double authority = 0;
  bool bounded = false;
  for (std::size_t i = 0; i < config.rotors.size(); ++i) {
    const double hover = vehicle.mixer[i][0] * weight_n;
    const double slope = std::abs(static_cast<double>(vehicle.mixer[i][axis]));
    if (slope == 0) continue;
    const double reach = std::min(hover - low, high - hover) / slope;
    authority = bounded ? std::min(authority, reach) : reach;
    bounded = true;
  }
  return authority;
}

}  // namespace

float open_circuit_v(const BatterySpec& battery, float soc) noexcept {
  const float position = std::clamp(soc, 0.0F, 1.0F) * (kOpenCircuitPoints - 1);
  const auto below =
      static_cast<std::size_t>(std::min(static_cast<int>(position), kOpenCircuitPoints - 2));
  const float share = position - static_cast<float>(below);
  const std::vector<float>& curve = battery.open_circuit_v;
  return curve[below] + share * (curve[below + 1] - curve[below]);
}

Vehicle::Vehicle(VehicleConfig given) : config(std::move(given)) {
  // the loader's checks hold for configs that were built in C++ too
  VehicleConfig checked;
  load(checked, to_value(config), "vehicle");
  check_inertia(config);
  check_collision(config.collision);
  check_kind(config);
  check_cameras(config.cameras, "vehicle.cameras");
  bounding_radius_m = static_cast<float>(bounding_radius(config.collision));
  if (config.kind != VehicleKind::kRotorcraft) {
    derive_drive(*this);
    return;
  }
  check_rotors(config);
  check_battery(config.battery);

  num_rotors = static_cast<int>(config.rotors.size());
  derive_allocation(*this);

  // thrust k w^2 per rotor; at hover n k w^2 = m g
  const double weight_n = static_cast<double>(config.mass_kg) * kGravityMps2;
  const double per_speed_squared = num_rotors * static_cast<double>(config.thrust_coefficient_n_s2);
  const double max_speed = config.max_rotor_speed_radps;
  hover_speed_radps = static_cast<float>(std::sqrt(weight_n / per_speed_squared));
  max_thrust_n = static_cast<float>(per_speed_squared * max_speed * max_speed);
  thrust_to_weight = static_cast<float>(per_speed_squared * max_speed * max_speed / weight_n);
  check_hover(*this, weight_n);
  check_battery_hover(*this);

  max_torque_b_nm = {static_cast<float>(torque_authority(*this, 1, weight_n)),
                     static_cast<float>(torque_authority(*this, 2, weight_n)),
                     static_cast<float>(torque_authority(*this, 3, weight_n))};
  gains = derive_gains(*this);
}

}  // namespace volery
