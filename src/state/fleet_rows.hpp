// Rows that say what an agent is, in worlds whose agents are of several types.
//
// Declared only there, right after the rows of flight; written at each reset and never changed
// after it. So are the masses of agents that differ within a type.
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

/// Of agents whose mass is drawn, from the row that declare_mass_fields() returns.
enum MassRow : int {
  kAgentMass = 0,     // kg
  kAgentInertia = 1,  // 3  principal axes, kg m^2
  kNumMassRows = 4,
};
int declare_mass_fields(FieldTable& table);

}  // namespace volery
