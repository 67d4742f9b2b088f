#include "model/fleet.hpp"

#include <algorithm>
#include <string>

#include "volery/error.hpp"

namespace volery {

namespace {

// Every type more is one more run of the controller over all agents; no swarm that we know of mixes
// as many bodies.
constexpr std::size_t kMostTypes = 16;

// The same vehicle with its rotors renumbered so that spins alternate.
Vehicle with_alternating_spins(const Vehicle& vehicle) {
  std::vector<RotorSpec> counter_clockwise, clockwise;
  for (const RotorSpec& rotor : vehicle.config.rotors)
    (rotor.spin > 0 ? counter_clockwise : clockwise).push_back(rotor);
  if (counter_clockwise.size() != clockwise.size()) {
    throw Error(ErrorKind::kValue, "vehicle.rotors: " + std::to_string(counter_clockwise.size()) +
                                       " of " + std::to_string(vehicle.config.rotors.size()) +
                                       " have spin 1; must be half of them");
  }
  VehicleConfig config = vehicle.config;
  config.rotors.clear();
  for (std::size_t i = 0; i < clockwise.size(); ++i) {
    config.rotors.push_back(counter_clockwise[i]);
    config.rotors.push_back(clockwise[i]);
  }
  return Vehicle(std::move(config));
}

}  // namespace

VehicleFleet::VehicleFleet(const Value& vehicle_or_array) {
  if (!vehicle_or_array.is<Value::Array>()) {
    types_.push_back(load_vehicle(vehicle_or_array));
  } else {
    const Value::Array& entries = vehicle_or_array.as<Value::Array>();
    if (entries.empty() || entries.size() > kMostTypes) {
      throw Error(ErrorKind::kValue, "config.vehicle: has " + std::to_string(entries.size()) +
                                         " entries; must have 1 to " + std::to_string(kMostTypes));
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      try {
        const Vehicle vehicle = load_vehicle(entries[i]);
        const bool as_it_is = entries.size() == 1 || vehicle.kind() != VehicleKind::kRotorcraft;
        types_.push_back(as_it_is ? vehicle : with_alternating_spins(vehicle));
      } catch (const Error& error) {
        throw Error(error.kind(), "config.vehicle[" + std::to_string(i) + "]: " + error.what());
      }
    }
  }
  if (!is_uniform()) num_rotors_ = kLeastRotorRows;
  for (const Vehicle& type : types_) {
    num_rotors_ = std::max(num_rotors_, type.num_rotors);
    if (type.bounding_radius_m > widest().bounding_radius_m)
      widest_ = static_cast<int>(&type - types_.data());
  }
}

bool VehicleFleet::has(VehicleKind kind) const noexcept {
  return std::any_of(types_.begin(), types_.end(),
                     [kind](const Vehicle& type) { return type.kind() == kind; });
}

}  // namespace volery
