// What can be drawn: reads the ranges of a config, declares their rows, bounds what they do.
#include <algorithm>
#include <cmath>
#include <utility>

#include "batch/drawn_field.hpp"
#include "core/described.hpp"
#include "model/vehicle.hpp"
#include "state/fleet_rows.hpp"

namespace volery::batch {

namespace {

constexpr const char* kFirstWords[] = {"vehicle",       "flight",      "wind",     "state",
                                       "sensor_config", "task_config", "episode_s"};

// "a.b.c" -> "a", "b.c".
std::pair<std::string, std::string> split_path(const std::string& path) {
  const std::size_t dot = path.find('.');
  if (dot == std::string::npos) return {path, ""};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

// "disturbance.force_w_n[1]" -> the index, and the path without it; -1 without one.
int take_index(std::string& path) {
  if (path.empty() || path.back() != ']') return -1;
  const std::size_t open = path.rfind('[');
  if (open == std::string::npos || path.size() - open < 3) return -1;
  const std::string digits = path.substr(open + 1, path.size() - open - 2);
  if (digits.size() > 4 || digits.find_first_not_of("0123456789") != std::string::npos) return -1;
  path.resize(open);
  return std::stoi(digits);
}

// What is no start: results, what a stage writes anew before it is read, numbers that belong
// together.
bool can_start_with(const FieldSpec& spec) {
  constexpr const char* kRefused[] = {"position_residual_w_m",
                                      "quat_wb_xyzw",
                                      "touch_static",
                                      "touch_agent",
                                      "contact_impulse_ns",
                                      "body_mode",
                                      "surface_height_w_m",
                                      "ceiling_height_w_m",
                                      "wind_w_mps",
                                      "downwash_w_mps",
                                      "rotor_command_radps",
                                      "rotor_command_delayed_radps",
                                      "battery_soc_residual",
                                      "battery_energy_residual_j",
                                      "command_delay_substeps",
                                      "cable_tension_n",
                                      "wheel_grip_ns",
                                      "push_w_mps2"};
  if (spec.name.starts_with("vehicle_") || spec.name == "flight_parameters") return false;
  return std::find(std::begin(kRefused), std::end(kRefused), spec.name) == std::end(kRefused);
}

// Both ends of the limits, as the described field takes them.
template <class Config>
void check_ends(const DrawnField& field, const Config& config, const std::string& prefix) {
  labelled(field, [&] {
    for (const float end : {field.low, field.high}) {
      Config copy = config;
      apply_edit(copy, edit_of(field, end), prefix);
    }
  });
}

// What later ranges of the field may ask for.
void read_limits(DrawnField& field) {
  const std::vector<float>& limits = field.config.limits;
  if (limits.empty()) return;
  if (limits.size() != 2 || !(limits[0] <= field.low) || !(limits[1] >= field.high))
    refuse(field, "limits: must be [low, high] that hold what is drawn");
  field.low = limits[0];
  field.high = limits[1];
}

void read_vehicle_field(const VehicleFleet& fleet, DrawnField& field) {
  field.target = DrawnTarget::kVehicle;
  std::vector<std::string> names;
  for (int t = 0; t < fleet.num_types(); ++t) {
    names.push_back(fleet.types()[static_cast<std::size_t>(t)].config.name);
    if (names.back() == field.config.type) field.type = t;
  }
  if (field.type < 0 && !field.config.type.empty()) {
    refuse(field, "type = \"" + field.config.type + "\": no such vehicle in the batch" +
                      did_you_mean(field.config.type, names));
  }
  for (const char* fixed : {"rotors", "collision", "cameras"}) {
    if (field.path.starts_with(fixed))
      refuse(field, std::string(fixed) + " are the same in all episodes");
  }
  VehicleConfig sample = fleet.types()[static_cast<std::size_t>(std::max(field.type, 0))].config;
  labelled(field, [&] {
    const NumberPlaces places = find_numbers(sample, field.path, "vehicle.");
    if (field.config.how == NumberEdit::How::kSet) field.nominal = *places.numbers.front();
  });
}

// Of the wind, the task or the episode; one world has one of each.
void read_world_field(const BatchConfig& config, DrawnField& field) {
  field.target = DrawnTarget::kWorld;
  field.path = field.config.field;
  if (!field.path.starts_with("task_config.")) {
    BatchConfig copy = config;
    const auto [word, rest] = split_path(field.path);
    labelled(field, [&, word = word, rest = rest] {
      const NumberPlaces places = word == "wind" ? find_numbers(copy.wind, rest, "wind.")
                                                 : find_numbers(copy, field.path, "");
      if (field.config.how == NumberEdit::How::kSet) field.nominal = *places.numbers.front();
    });
    check_ends(field, config, "config.");
  } else if (field.config.how != NumberEdit::How::kSet) {
    refuse(field, "fields of a task can be set only, not scaled or added to");
  }
  field.config.per = DrawnPer::kWorld;
}

}  // namespace

Randomization::Randomization(const BatchConfig& config, const VehicleFleet& fleet) {
  for (std::size_t i = 0; i < config.randomize.size(); ++i) read_field(config, fleet, i);
}

void Randomization::read_field(const BatchConfig& config, const VehicleFleet& fleet,
                               std::size_t index) {
  DrawnField field;
  field.config = config.randomize[index];
  const std::string path = "config.randomize[" + std::to_string(index) + "]";
  field.label = path + " (" + field.config.field + ")";
  const DrawnNumber drawn(field.config, path);
  field.low = drawn.low();
  field.high = drawn.high();
  read_limits(field);
  field.nominal = field.config.how == NumberEdit::How::kScale ? 1.0F : 0.0F;
  for (const DrawnField& other : fields) {
    if (other.config.field == field.config.field && other.config.type == field.config.type)
      refuse(field, "stands in the list twice");
  }

  const auto [word, rest] = split_path(field.config.field);
  field.path = rest;
  if (!field.config.type.empty() && word != "vehicle") refuse(field, "type is for vehicle.* only");
  if (word == "vehicle") {
    read_vehicle_field(fleet, field);
  } else if (word == "flight") {
    read_flight_field(config, field);
  } else if (word == "state") {
    field.target = DrawnTarget::kState;
  } else if (word == "sensor_config") {
    field.target = DrawnTarget::kSensor;
    std::tie(field.owner, field.path) = split_path(rest);
  } else if (word == "wind" || word == "task_config" || word == "episode_s") {
    read_world_field(config, field);
  } else {
    const std::vector<std::string> words(std::begin(kFirstWords), std::end(kFirstWords));
    refuse(field,
           "no such field; paths begin with vehicle, flight, wind, state, sensor_config, "
           "task_config or are episode_s" +
               did_you_mean(word, words));
  }
  fields.push_back(std::move(field));
}

void Randomization::read_flight_field(const BatchConfig& config, DrawnField& field) const {
  if (field.config.how != NumberEdit::How::kSet) refuse(field, "can be set only");
  std::string path = field.path;
  if (path == "battery_soc") {
    field.target = DrawnTarget::kCharge;
    if (!config.flight.battery) refuse(field, "needs flight.battery = true");
    field.nominal = config.flight.battery_soc;
  } else if (path == "command_delay_s") {
    field.target = DrawnTarget::kDelay;
    field.nominal = config.flight.command_delay_s;
  } else if (path.starts_with("disturbance.")) {
    field.target = DrawnTarget::kDisturbance;
    const int index = take_index(path);
    const std::pair<const char*, int> rows[] = {{"disturbance.force_w_n", 0},
                                                {"disturbance.torque_b_nm", 3},
                                                {"disturbance.force_std_n", 6},
                                                {"disturbance.torque_std_nm", 7}};
    for (const auto& [name, first] : rows) {
      if (path != name) continue;
      field.row = first + std::max(index, 0);
      field.count = first < 6 && index < 0 ? 3 : 1;
    }
    if (field.row < 0)
      refuse(field,
             "of disturbances only force_w_n, torque_b_nm, force_std_n and "
             "torque_std_nm are drawn");
  } else if (path.starts_with("faults[")) {
    field.target = DrawnTarget::kFault;
    const std::size_t dot = path.find('.');
    std::string list = path.substr(0, dot);
    field.fault = take_index(list);
    const std::string part = dot == std::string::npos ? "" : path.substr(dot + 1);
    const char* parts[] = {"time_s", "effectiveness", "rotor"};
    const auto found = std::find(std::begin(parts), std::end(parts), part);
    if (found == std::end(parts) || field.fault < 0 ||
        field.fault >= static_cast<int>(config.flight.faults.size())) {
      refuse(field,
             "must be flight.faults[i].time_s, .effectiveness or .rotor of a fault in the "
             "config, which has " +
                 std::to_string(config.flight.faults.size()));
    }
    field.fault_part = static_cast<int>(found - std::begin(parts));
    const flight::FaultConfig& fault = config.flight.faults[static_cast<std::size_t>(field.fault)];
    field.nominal = field.fault_part == 0   ? fault.time_s
                    : field.fault_part == 1 ? fault.effectiveness
                                            : static_cast<float>(fault.rotor);
    if (field.fault_part == 2) {
      if (!(field.low >= -1) || !(field.high < kMaxRotors)) refuse(field, "no such rotor");
      return;
    }
  } else {
    refuse(field,
           "of flight, battery_soc, command_delay_s, disturbance.* and faults[i].* can be "
           "drawn; the rest is one for all worlds");
  }
  flight::FlightConfig sample = config.flight;
  check_ends(field, sample, "flight.");
}

bool Randomization::any(DrawnTarget target) const noexcept {
  return std::any_of(fields.begin(), fields.end(),
                     [target](const DrawnField& field) { return field.target == target; });
}

bool Randomization::draws_lateral_drag() const noexcept {
  return std::any_of(fields.begin(), fields.end(), [](const DrawnField& field) {
    return field.target == DrawnTarget::kVehicle && (field.path.starts_with("rotor_drag_b_kg[") ||
                                                     field.path.starts_with("body_drag_b_kgpm["));
  });
}

flight::FlightConfig Randomization::widest(flight::FlightConfig config) const {
  for (const DrawnField& field : fields) {
    if (field.target == DrawnTarget::kDelay)
      config.command_delay_s = std::max(config.command_delay_s, field.high);
    if (field.target != DrawnTarget::kDisturbance) continue;
    config.disturbance.enabled = true;
    const NumberPlaces places = find_numbers(config, field.path, "flight.");
    const float most = std::max(std::abs(field.low), std::abs(field.high));
    for (float* const number : places.numbers) *number = std::max(std::abs(*number), most);
  }
  return config;
}

flight::WindConfig Randomization::strongest_wind(const BatchConfig& config, float step_s) const {
  BatchConfig most = config;
  for (const DrawnField& field : fields) {
    if (!field.path.starts_with("wind.")) continue;
    labelled(field, [&] {
      BatchConfig low = most;
      BatchConfig high = most;
      apply_edit(low, edit_of(field, field.low), "config.");
      apply_edit(high, edit_of(field, field.high), "config.");
      const flight::Wind slow(low.wind, step_s);
      const flight::Wind fast(high.wind, step_s);
      most.wind = slow.likely_max_mps() > fast.likely_max_mps() ? low.wind : high.wind;
    });
  }
  return most.wind;
}

void Randomization::declare_motion_rows(FieldTable& table, flight::EffectRows& effects) {
  if (any(DrawnTarget::kVehicle)) mass_row = declare_mass_fields(table);
  if (any(DrawnTarget::kDelay)) flight::declare_own_delay(table, effects);
}

void Randomization::declare_rows(FieldTable& table) {
  if (!any()) return;
  values = table.add({.name = "randomized",
                      .width = static_cast<int>(fields.size()),
                      .unit = "",
                      .frame = "",
                      .writer = "batch",
                      .doc = "what was drawn for each range of config.randomize, in their order"});
  if (!any(DrawnTarget::kDisturbance)) return;
  wrench_row = table
                   .add({.name = "disturbance_law",
                         .width = 8,
                         .unit = "",
                         .frame = "",
                         .writer = "batch",
                         .doc = "force_w_n, torque_b_nm, force_std_n, torque_std_nm of the agent"})
                   .row;
}

void Randomization::find_state_rows(const FieldTable& table, int end) {
  for (DrawnField& field : fields) {
    if (field.target != DrawnTarget::kState) continue;
    std::string name = field.path;
    const int index = take_index(name);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < table.fields().size(); ++i) {
      const FieldSpec& spec = table.fields()[i];
      const int row = table.row_of(static_cast<int>(i));
      if (row >= end || !can_start_with(spec)) continue;
      names.push_back(spec.name);
      if (spec.name != name) continue;
      if (index >= spec.width) refuse(field, "has " + std::to_string(spec.width) + " numbers");
      field.row = row + std::max(index, 0);
      field.count = index < 0 ? spec.width : 1;
    }
    if (field.row < 0)
      refuse(field, "no field of the state that a start can have" + did_you_mean(name, names));
  }
}

}  // namespace volery::batch
