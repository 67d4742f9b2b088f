// Fleets: which vehicle each agent of a world is.
//
// One type for all is the common case and costs nothing. Several types are listed in the config,
// `vehicle = ["cf2x", "racer"]`, and the agents of every world take them in turn. Their rotors are
// then numbered so that spins alternate, counter-clockwise first, in the order of the file
// otherwise (as in cf2x, cf2p and racer): rotors of all types with the same number turn alike.
// Rovers and particles have as many rotor rows as the others, at least kLeastRotorRows; a rover's
// first two are its wheels, left and right.
#pragma once

#include <vector>

#include "model/vehicle.hpp"

namespace volery {

/// The fewest rotor rows that flight has a kernel for.
inline constexpr int kLeastRotorRows = 4;

class VehicleFleet {
 public:
  /// A vehicle as load_vehicle() takes it, or an array of them. Throws Error that names the entry.
  explicit VehicleFleet(const Value& vehicle_or_array);

  [[nodiscard]] const std::vector<Vehicle>& types() const noexcept { return types_; }
  [[nodiscard]] int num_types() const noexcept { return static_cast<int>(types_.size()); }
  /// One type for all, and that a rotorcraft: nothing has to be kept per agent.
  [[nodiscard]] bool is_uniform() const noexcept {
    return types_.size() == 1 && types_.front().kind() == VehicleKind::kRotorcraft;
  }
  [[nodiscard]] bool has(VehicleKind kind) const noexcept;
  /// Index into types() of an agent, counted within its world.
  [[nodiscard]] int type_of(int agent) const noexcept { return agent % num_types(); }
  [[nodiscard]] const Vehicle& vehicle_of(int agent) const noexcept {
    return types_[static_cast<std::size_t>(type_of(agent))];
  }
  /// Rotor rows that every agent has: those of the type with most.
  [[nodiscard]] int num_rotors() const noexcept { return num_rotors_; }
  /// The type with the largest bounding radius: what keeps apart holds for all.
  [[nodiscard]] const Vehicle& widest() const noexcept {
    return types_[static_cast<std::size_t>(widest_)];
  }

 private:
  std::vector<Vehicle> types_;
  int num_rotors_ = 0;
  int widest_ = 0;
};

}  // namespace volery
