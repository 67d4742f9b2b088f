#include "batch/fleet_setup.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "control/fleet_common.hpp"
#include "state/fleet_rows.hpp"

namespace volery::batch {

std::vector<float> initial_lane(const FieldTable& table) {
  std::vector<float> lane(static_cast<std::size_t>(table.num_rows()));
  for (std::size_t i = 0; i < table.fields().size(); ++i) {
    const auto first = lane.begin() + table.row_of(static_cast<int>(i));
    std::fill_n(first, table.fields()[i].width, table.fields()[i].initial);
  }
  if (!lane.empty()) lane[kQuat + 3] = 1;
  return lane;
}

int declare_param_rows(Setup& setup) {
  if (setup.config.contacts == contact::ContactMode::kOff && setup.fleet.has(VehicleKind::kRover)) {
    throw Error(ErrorKind::kValue,
                "config.contacts = \"off\": a rover stands and drives on contacts; must be culled "
                "or all");
  }
  return setup.agent_fields
      .add({.name = "flight_parameters",
            .width = flight::FlightParams::num_rows(setup.fleet.num_rotors(), setup.effect_rows),
            .unit = "",
            .frame = "",
            .writer = "batch",
            .doc = "constants of the agent's type, folded with the substep"})
      .row;
}

std::vector<float> initial_lane_of(const Vehicle& type, const Setup& setup, int index) {
  std::vector<float> lane = initial_lane(setup.agent_fields);
  flight::start_battery(type, setup.config.flight, setup.effect_rows, lane);
  if (setup.param_row < 0) return lane;
  if (setup.fleet_row >= 0) {
    const auto row = static_cast<std::size_t>(setup.fleet_row);
    lane[row + kVehicleType] = static_cast<float>(index);
    lane[row + kTypeHoverSpeed] = type.hover_speed_radps;
    lane[row + kTypeRotors] = static_cast<float>(type.num_rotors);
  }
  const std::vector<float>& params = setup.flight_params->lane_of_type(index);
  std::copy(params.begin(), params.end(), lane.begin() + setup.param_row);
  return lane;
}

std::vector<Column> widest_columns(const ControllerEntry& level, const VehicleFleet& fleet) {
  std::vector<Column> columns;
  for (const Vehicle& type : fleet.types()) {
    check_level(level, type);
    std::vector<Column> own = level.columns(type);
    if (own.size() > columns.size()) columns = std::move(own);
  }
  return columns;
}

std::unique_ptr<Controller> make_controller(Setup& setup, const ControllerEntry& level,
                                            int first_row) {
  BatchConfig& config = setup.config;
  const float tick_s = 1.0F / static_cast<float>(config.control_rate_hz);
  ControllerChoice choice{level, config.controller, config.controller_config, config.num_agents,
                          config.flight.motor_lag};
  std::vector<std::unique_ptr<Controller>> types;
  for (const Vehicle& type : setup.fleet.types())
    types.push_back(
        volery::make_controller(choice, {type, tick_s, setup.rows.action, setup.agent_fields}));
  config.controller = choice.names;
  if (types.size() == 1) return std::move(types.front());
  std::vector<RowRange> written{{kRotorRows, kRotorRows + setup.fleet.num_rotors()},
                                {first_row, setup.agent_fields.num_rows()}};
  if (const int push = setup.effect_rows.push; push >= 0) written.push_back({push, push + 3});
  return std::make_unique<control::FleetController>(std::move(types), std::move(written),
                                                    setup.fleet_row + kVehicleType);
}

}  // namespace volery::batch
