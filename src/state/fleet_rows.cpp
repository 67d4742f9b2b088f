#include "state/fleet_rows.hpp"

namespace volery {

int declare_fleet_fields(FieldTable& table) {
  const FieldRef first =
      table.add({.name = "vehicle_type",
                 .width = 1,
                 .unit = "",
                 .frame = "",
                 .writer = "batch",
                 .doc = "which of the vehicles of the config the agent is, counted from 0"});
  table.add({.name = "vehicle_hover_speed_radps",
             .width = 1,
             .unit = "rad/s",
             .frame = "",
             .writer = "batch",
             .doc = "speed of each rotor of its type in hover",
             .initial = 1});
  table.add({.name = "vehicle_num_rotors",
             .width = 1,
             .unit = "",
             .frame = "",
             .writer = "batch",
             .doc = "rotors of its type: the first so many rotor rows",
             .initial = 1});
  return first.row;
}

int declare_mass_fields(FieldTable& table) {
  const FieldRef first = table.add({.name = "vehicle_mass_kg",
                                    .width = 1,
                                    .unit = "kg",
                                    .frame = "",
                                    .writer = "batch",
                                    .doc = "of the agent, drawn at the start",
                                    .initial = 1});
  table.add({.name = "vehicle_inertia_b_kgm2",
             .width = 3,
             .unit = "kg m^2",
             .frame = "body",
             .writer = "batch",
             .doc = "principal moments of the agent, drawn at the start",
             .initial = 1});
  return first.row;
}

}  // namespace volery
