// A fleet with the rows of optional effects, as a batch would declare them.
#pragma once

#include "tests/flight/fleet.hpp"

namespace volery {

/// A small pack: what matters is that every term is felt.
inline BatterySpec test_battery() {
  BatterySpec battery;
  battery.capacity_ah = 0.25F;
  battery.open_circuit_v = {3.0F,  3.78F, 3.83F, 3.87F, 3.89F, 3.92F,
                            3.96F, 4.0F,  4.04F, 4.1F,  4.2F};
  battery.resistance_ohm = 0.12F;
  battery.rc_resistance_ohm = 0.05F;
  battery.rc_time_s = 5;
  battery.idle_power_w = 1;
  battery.power_per_thrust_wpn = 12;
  battery.power_per_shaft_power = 2;
  battery.speed_offset_radps = 300;
  battery.speed_per_volt_radpspv = 700;
  return battery;
}

inline VehicleConfig with_battery(VehicleConfig config) {
  config.battery = test_battery();
  return config;
}

/// Everything on, on top of the effects that are always there.
inline flight::FlightConfig all_effects() {
  flight::FlightConfig config;
  config.wind = config.downwash = config.ceiling_effect = config.axial_inflow = true;
  config.battery = config.rotor_faults = true;
  config.command_delay_s = 2 * kStep_s;
  config.command_levels = 2000;
  config.disturbance.enabled = true;
  return config;
}

struct EffectFleet {
  EffectFleet(const VehicleConfig& vehicle_config, const flight::FlightConfig& config,
              int num_bodies = 1, float step_s = kStep_s)
      : vehicle(vehicle_config),
        rows(declare(config, step_s)),
        params(vehicle, config, step_s, rows),
        fleet(num_bodies, vehicle.num_rotors,
              table.num_rows() - kRotorRows - 2 * vehicle.num_rotors) {
    // initial values, as after a reset
    for (std::size_t f = 0; f < table.fields().size(); ++f) {
      const int first = table.row_of(static_cast<int>(f));
      if (first < kRotorRows) continue;
      for (int i = 0; i < fleet.num_lanes(); ++i) {
        for (int r = first; r < first + table.fields()[f].width; ++r)
          fleet.blocks.at(i, r) = table.fields()[f].initial;
      }
    }
  }
  void step(int num_substeps = 1) { fleet.step(params, num_substeps); }
  [[nodiscard]] float& at(int body, int row) const { return fleet.blocks.at(body, row); }
  [[nodiscard]] float speed(int body, int rotor) const {
    return at(body, kRotorRows + vehicle.num_rotors + rotor);
  }
  [[nodiscard]] float battery(int body, flight::BatteryRow row) const {
    return at(body, rows.battery + row);
  }
  /// Rotors at a speed, their commands too, also those on their way.
  void spin(int body, float speed_radps) {
    fleet.set_commands(body, speed_radps);
    fleet.set_speeds(body, speed_radps);
    for (int r = 0; r < rows.num_delayed * vehicle.num_rotors; ++r)
      at(body, rows.delay + r) = speed_radps;
  }

  Vehicle vehicle;
  FieldTable table;
  flight::EffectRows rows;
  flight::FlightParams params;
  Fleet fleet;

 private:
  flight::EffectRows declare(const flight::FlightConfig& config, float step_s) {
    declare_rigid_fields(table);
    declare_flight_fields(table, vehicle.num_rotors);
    return flight::declare_effect_fields(table, config, {&vehicle, 1}, {step_s, 8 * step_s});
  }
};

/// Any state and any value of the effects' rows that the batch could write.
inline void scatter_effects(EffectFleet& f, std::uint64_t seed) {
  scatter(f.fleet, seed, f.vehicle.hover_speed_radps);
  for (int i = 0; i < f.fleet.num_lanes(); ++i) {
    Rng rng(seed, 1, Stream::kTask, static_cast<std::uint32_t>(i));
    const Blocks& blocks = f.fleet.blocks;
    blocks.set_vec3(i, f.rows.wind, normal_vec3(rng) * 5.0F);
    blocks.at(i, f.rows.downwash) = -rng.uniform(0, 4);
    if (i % 4 == 0)
      blocks.at(i, f.rows.ceiling) = blocks.at(i, kPosition + 2) + rng.uniform(-0.05F, 0.2F);
    for (int r = 0; r < f.vehicle.num_rotors; ++r)
      blocks.at(i, f.rows.effectiveness + r) = i % 5 == 0 ? rng.uniform() : 1;
    for (int r = 0; r < f.rows.num_delayed * f.vehicle.num_rotors; ++r)
      blocks.at(i, f.rows.delay + r) = f.vehicle.hover_speed_radps * rng.uniform(0.7F, 1.3F);
    blocks.set_vec3(i, f.rows.force, normal_vec3(rng) * 0.05F);
    blocks.set_vec3(i, f.rows.torque, normal_vec3(rng) * 1e-4F);
    blocks.at(i, f.rows.battery + flight::kBatterySoc) = i % 7 == 0 ? 0.01F : rng.uniform();
  }
}

}  // namespace volery
