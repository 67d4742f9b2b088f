#include "flight/effects.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "flight/flight.hpp"

namespace volery::flight {

namespace {

constexpr const char* kWriter = "flight";

int add(FieldTable& table, FieldSpec spec) {
  return table.add(std::move(spec)).row;
}

int declare_battery(FieldTable& table, const FlightConfig& config, std::span<const Vehicle> types) {
  const Vehicle* powered = nullptr;
  for (const Vehicle& type : types) {
    if (type.config.battery.capacity_ah > 0 && powered == nullptr) powered = &type;
    if (type.config.battery.capacity_ah > 0 || type.kind() != VehicleKind::kRotorcraft) continue;
    throw Error(ErrorKind::kValue, "flight.battery = true: vehicle '" + type.config.name +
                                       "' has no battery; give its file a [battery] with "
                                       "capacity_ah, open_circuit_v, ...");
  }
  if (powered == nullptr) {
    throw Error(ErrorKind::kValue,
                "flight.battery = true: no vehicle of the fleet is a rotorcraft; rovers and "
                "particles have no battery");
  }
  const int first = add(table, {.name = "battery_soc",
                                .width = 1,
                                .writer = kWriter,
                                .doc = "charge left, share of the capacity",
                                .initial = config.battery_soc});
  add(table, {.name = "battery_soc_residual",
              .width = 1,
              .writer = kWriter,
              .doc = "what float32 dropped of the charge"});
  add(table, {.name = "battery_rc_voltage_v",
              .width = 1,
              .unit = "V",
              .writer = kWriter,
              .doc = "over the slow branch of the battery"});
  add(table, {.name = "battery_voltage_v",
              .width = 1,
              .unit = "V",
              .writer = kWriter,
              .doc = "at the terminals, under load",
              .initial = open_circuit_v(powered->config.battery, config.battery_soc)});
  add(table, {.name = "battery_current_a",
              .width = 1,
              .unit = "A",
              .writer = kWriter,
              .doc = "out of the battery"});
  add(table, {.name = "battery_energy_j",
              .width = 1,
              .unit = "J",
              .writer = kWriter,
              .doc = "taken from the terminals in this episode"});
  add(table, {.name = "battery_energy_residual_j",
              .width = 1,
              .unit = "J",
              .writer = kWriter,
              .doc = "what float32 dropped of the energy"});
  return first;
}

void declare_air(FieldTable& table, const FlightConfig& config, EffectRows& rows) {
  if (config.wind) {
    rows.wind = add(table, {.name = "wind_w_mps",
                            .width = 3,
                            .unit = "m/s",
                            .frame = "world",
                            .writer = "wind",
                            .doc = "velocity of the air, held over the window"});
  }
  if (config.downwash) {
    rows.downwash = add(table, {.name = "downwash_w_mps",
                                .width = 1,
                                .unit = "m/s",
                                .frame = "world",
                                .writer = "downwash",
                                .doc = "vertical air velocity on top of the wind, < 0 downwards"});
  }
  if (config.ceiling_effect) {
    rows.ceiling = add(table, {.name = "ceiling_height_w_m",
                               .width = 1,
                               .unit = "m",
                               .frame = "world",
                               .writer = "swarm",
                               .doc = "height of the surface above, held over the window",
                               .initial = kNoCeiling_m});
  }
}

void declare_disturbance(FieldTable& table, EffectRows& rows) {
  rows.force = add(table, {.name = "disturbance_force_w_n",
                           .width = 3,
                           .unit = "N",
                           .frame = "world",
                           .writer = "batch",
                           .doc = "at the centre of mass, held over the window"});
  rows.torque = add(table, {.name = "disturbance_torque_b_nm",
                            .width = 3,
                            .unit = "N m",
                            .frame = "body",
                            .writer = "batch",
                            .doc = "held over the window"});
}

void declare_drives(FieldTable& table, std::span<const Vehicle> types, EffectRows& rows) {
  const auto has = [&](VehicleKind kind) {
    return std::any_of(types.begin(), types.end(),
                       [kind](const Vehicle& type) { return type.kind() == kind; });
  };
  if (has(VehicleKind::kRover)) {
    rows.grip = add(table, {.name = "wheel_grip_ns",
                            .width = 1,
                            .unit = "N s",
                            .frame = "",
                            .writer = "contact",
                            .doc = "friction times normal impulse under a rover's wheels, in the "
                                   "last substep"});
  }
  if (has(VehicleKind::kParticle)) {
    rows.push = add(table, {.name = "push_w_mps2",
                            .width = 3,
                            .unit = "m/s^2",
                            .frame = "world",
                            .writer = "control",
                            .doc = "acceleration that a particle's drive gives it"});
  }
}

int checked_delay(float delay_s, float substep_s) {
  const float substeps = delay_in_substeps(delay_s, substep_s);
  if (substeps > static_cast<float>(kMaxDelaySubsteps)) {
    throw Error(ErrorKind::kValue, "flight.command_delay_s = " + Value(delay_s).to_text() +
                                       ": is " + std::to_string(static_cast<int>(substeps)) +
                                       " substeps of " + Value(substep_s).to_text() +
                                       " s; must be at most " + std::to_string(kMaxDelaySubsteps));
  }
  return static_cast<int>(substeps);
}

/// As VehicleFleet::num_rotors().
int most_rotors(std::span<const Vehicle> types) {
  int most = 0;
  for (const Vehicle& type : types) {
    const bool flies = type.kind() == VehicleKind::kRotorcraft;
    most = std::max(most, flies ? type.num_rotors : kLeastRotorRows);
  }
  return most;
}

void check_faults(const FlightConfig& config, int num_rotors) {
  for (std::size_t i = 0; i < config.faults.size(); ++i) {
    if (config.faults[i].rotor < num_rotors) continue;
    throw Error(ErrorKind::kValue, "flight.faults[" + std::to_string(i) +
                                       "].rotor = " + std::to_string(config.faults[i].rotor) +
                                       ": vehicles have rotors 0 to " +
                                       std::to_string(num_rotors - 1) + " (-1: all)");
  }
}

}  // namespace

void FaultConfig::describe(FieldVisitor& v) {
  v.field("time_s", time_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "since the start of the episode"});
  v.field("agent", agent, {.low = -1, .high = 1 << 26, .doc = "index in its world; -1: all"});
  v.field("rotor", rotor, {.low = -1, .high = kMaxRotors - 1, .doc = "index; -1: all"});
  v.field("effectiveness", effectiveness,
          {.low = 0, .high = 1, .doc = "share of the commanded thrust that is left; 0: stops"});
}

void ImpulseConfig::describe(FieldVisitor& v) {
  v.field("time_s", time_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "since the start of the episode"});
  v.field("agent", agent, {.low = -1, .high = 1 << 26, .doc = "index in its world; -1: all"});
  v.field("force_w_ns", force_w_ns,
          {.unit = "N s", .low = -1e3, .high = 1e3, .doc = "change of momentum, world", .size = 3});
  v.field("torque_b_nms", torque_b_nms,
          {.unit = "N m s",
           .low = -1e3,
           .high = 1e3,
           .doc = "change of angular momentum, body",
           .size = 3});
}

void DisturbanceConfig::describe(FieldVisitor& v) {
  v.field("enabled", enabled, {.doc = "forces and torques on the body, held over an agent step"});
  v.field("force_w_n", force_w_n,
          {.unit = "N", .low = -1e4, .high = 1e4, .doc = "constant force, world", .size = 3});
  v.field("torque_b_nm", torque_b_nm,
          {.unit = "N m", .low = -1e4, .high = 1e4, .doc = "constant torque, body", .size = 3});
  v.field("force_std_n", force_std_n,
          {.unit = "N",
           .low = 0,
           .high = 1e4,
           .doc = "normal draw per axis for every agent and agent step"});
  v.field("torque_std_nm", torque_std_nm,
          {.unit = "N m", .low = 0, .high = 1e4, .doc = "the same of the torque"});
  v.tables("impulses", impulses, {.low = 0, .high = 64, .doc = "pushes in one agent step"});
}

float force_limit_n(const DisturbanceConfig& config, std::span<const Vehicle> types,
                    float agent_step_s) {
  constexpr float kLargestNormal = 5.9F;  // of core/math's normal()
  float most = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    float force = std::abs(config.force_w_n[axis]) + kLargestNormal * config.force_std_n;
    for (const ImpulseConfig& impulse : config.impulses)
      force += std::abs(impulse.force_w_ns[axis]) / agent_step_s;
    most = std::max(most, force);
  }
  for (const Vehicle& type : types)
    most = std::max(most, kLeastForceWeights * type.config.mass_kg * kGravityMps2);
  return most;
}

EffectRows declare_effect_fields(FieldTable& table, const FlightConfig& config,
                                 std::span<const Vehicle> types, StepTimes times) {
  const int num_rotors = most_rotors(types);
  EffectRows rows;
  declare_air(table, config, rows);
  check_faults(config, num_rotors);
  if (config.rotor_faults || !config.faults.empty()) {
    rows.effectiveness = add(table, {.name = "rotor_effectiveness",
                                     .width = num_rotors,
                                     .writer = "batch",
                                     .doc = "share of the commanded thrust; 1: healthy, 0: stopped",
                                     .initial = 1});
  }
  rows.num_delayed = checked_delay(config.command_delay_s, times.substep_s);
  if (rows.num_delayed > 0) {
    rows.delay = add(table, {.name = "rotor_command_delayed_radps",
                             .width = rows.num_delayed * num_rotors,
                             .unit = "rad/s",
                             .writer = kWriter,
                             .doc = "commands on their way, those of the oldest substep first"});
  }
  if (config.disturbance.enabled) {
    declare_disturbance(table, rows);
    rows.force_limit_n = force_limit_n(config.disturbance, types, times.agent_step_s);
  }
  if (config.battery) rows.battery = declare_battery(table, config, types);
  rows.axial_inflow = config.axial_inflow && config.rotor_drag;
  rows.command_levels = config.command_levels > 0;
  declare_drives(table, types, rows);
  return rows;
}

float delay_in_substeps(float delay_s, float substep_s) noexcept {
  return static_cast<float>(std::floor(static_cast<double>(delay_s) / substep_s + 0.5));
}

void declare_own_delay(FieldTable& table, EffectRows& rows) {
  if (rows.num_delayed == 0) return;
  rows.delay_substeps =
      add(table, {.name = "command_delay_substeps",
                  .width = 1,
                  .writer = "batch",
                  .doc = "how long commands of the agent wait, drawn at the start",
                  .initial = static_cast<float>(rows.num_delayed)});
}

void start_battery(const Vehicle& type, const FlightConfig& config, const EffectRows& rows,
                   std::span<float> initial) {
  if (rows.battery < 0) return;
  const bool powered = type.config.battery.capacity_ah > 0;
  initial[static_cast<std::size_t>(rows.battery + kBatteryVoltage)] =
      powered ? open_circuit_v(type.config.battery, config.battery_soc) : 0;
}

}  // namespace volery::flight
