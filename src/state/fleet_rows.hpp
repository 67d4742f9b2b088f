// Rows that say what an agent is, in worlds whose agents are of several types.
//
// Declared only there, right after the rows of flight; written at each reset and never changed
// after it.
#pragma once

#include "state/fields.hpp"

namespace volery {

/// From the row that declare_fleet_fields() returns.
enum FleetRow : int {
  kVehicleType = 0,  // index into VehicleFleet::types()
  kTypeHoverSpeed,   // rad/s of each rotor in hover
  kTypeRotors,       // number of rotors: the first so many of the rotor rows
  kNumFleetRows,
};

/// Declares the rows above and returns the first.
int declare_fleet_fields(FieldTable& table);

}  // namespace volery
