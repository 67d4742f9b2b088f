// What a batch of one or several types of vehicles needs of each: parameters, controllers, what a
// body holds after a reset. Used while Setup is built.
#pragma once

#include <memory>
#include <vector>

#include "batch/setup.hpp"

namespace volery::batch {

/// What each row of a body holds after a reset, by its declaration alone.
[[nodiscard]] std::vector<float> initial_lane(const FieldTable& table);
/// The same of agents of a type, with what differs between types.
[[nodiscard]] std::vector<float> initial_lane_of(const Vehicle& type, const Setup& setup,
                                                 int index);
/// Declares rows for the flight parameters of each body; returns the first.
[[nodiscard]] int declare_param_rows(Setup& setup);

/// The action columns of the type that has most: types with fewer rotors leave the last ones alone.
[[nodiscard]] std::vector<Column> widest_columns(const ControllerEntry& level,
                                                 const VehicleFleet& fleet);
/// The controller of the fleet; rows from first_row on are its own.
[[nodiscard]] std::unique_ptr<Controller> make_controller(Setup& setup,
                                                          const ControllerEntry& level,
                                                          int first_row);

}  // namespace volery::batch
