// Optional effects of flight: which are on, and the rows that they read and write.
//
// Every effect is off by default and then has neither rows nor cost: bodies fly in the plain
// kernel. As soon as one row is declared, all bodies of the batch fly in the kernel with effects
// (effects_lanes.hpp), which looks at each row number once per vector.
//
// Who writes what: wind, downwash and ceiling rows once per window by whoever computes them (the
// batch's window stage), rotor effectiveness and disturbances by batch/effects.cpp and by
// set_state, all others by the flight kernel in every substep.
#pragma once

#include <span>
#include <vector>

#include "core/described.hpp"
#include "model/vehicle.hpp"
#include "state/fields.hpp"

namespace volery::flight {

struct FlightConfig;

/// Where no surface is above: high enough that no rotor feels it.
inline constexpr float kNoCeiling_m = 1e6F;

/// Commands wait at most this many substeps; each is a row per rotor.
inline constexpr int kMaxDelaySubsteps = 32;

/// Rows of the battery, from EffectRows::battery on.
enum BatteryRow : int {
  kBatterySoc = 0,         // battery_soc                   charge left, share of the capacity
  kBatterySocResidual,     // battery_soc_residual          what float32 dropped of it
  kBatteryRcVoltage,       // battery_rc_voltage_v          over the slow branch
  kBatteryVoltage,         // battery_voltage_v             at the terminals, under load
  kBatteryCurrent,         // battery_current_a
  kBatteryEnergy,          // battery_energy_j              taken from the terminals so far
  kBatteryEnergyResidual,  // battery_energy_residual_j     what float32 dropped of it
  kNumBatteryRows,
};

/// First row of each optional field in the blocks of agents; -1: the effect is off.
struct EffectRows {
  int wind = -1;      // 3  wind_w_mps             velocity of the air, held over the window
  int downwash = -1;  // 1  downwash_w_mps         vertical air velocity on top of it, < 0: down
  int ceiling = -1;   // 1  ceiling_height_w_m     world z of the surface above
  int effectiveness = -1;   // R  rotor_effectiveness    share of the commanded thrust, 1: healthy
  int delay = -1;           // D R  rotor_command_delayed_radps   oldest commands first
  int num_delayed = 0;      // D  substeps that a command waits
  int delay_substeps = -1;  // 1  command_delay_substeps, where agents differ: at most D
  int force = -1;           // 3  disturbance_force_w_n
  int torque = -1;          // 3  disturbance_torque_b_nm
  float force_limit_n = 0;
  int battery = -1;  // kNumBatteryRows
  int grip = -1;     // 1  wheel_grip_ns   where there are rovers
  int push = -1;     // 3  push_w_mps2     where there are particles

  /// The kernel with effects is needed for effects without rows too.
  bool axial_inflow = false;
  bool command_levels = false;

  [[nodiscard]] bool any() const noexcept {
    return wind >= 0 || downwash >= 0 || ceiling >= 0 || effectiveness >= 0 || delay >= 0 ||
           force >= 0 || torque >= 0 || battery >= 0 || axial_inflow || command_levels || drives();
  }
  /// Some bodies move without rotors.
  [[nodiscard]] bool drives() const noexcept { return grip >= 0 || push >= 0; }
  /// The air moves.
  [[nodiscard]] bool air() const noexcept { return wind >= 0 || downwash >= 0; }
};

/// A rotor that loses thrust at a given time of every episode.
struct FaultConfig {
  float time_s = 0;  // since the start of the episode; from the first agent step that starts then
  int agent = -1;    // -1: all
  int rotor = -1;    // -1: all
  float effectiveness = 0;  // share of the commanded thrust that is left; 0: the motor stops
  void describe(FieldVisitor& v);
};

/// A push in one agent step of every episode.
struct ImpulseConfig {
  float time_s = 0;
  int agent = -1;                            // -1: all
  std::vector<float> force_w_ns{0, 0, 0};    // change of momentum
  std::vector<float> torque_b_nms{0, 0, 0};  // change of angular momentum
  void describe(FieldVisitor& v);
};

/// Wrench on the body, constant over each agent step: constant part + normal draw + impulses. With
/// all of them zero the rows keep what set_state writes.
struct DisturbanceConfig {
  bool enabled = false;
  std::vector<float> force_w_n{0, 0, 0};
  std::vector<float> torque_b_nm{0, 0, 0};
  float force_std_n = 0;  // per axis, a fresh draw for every agent and agent step
  float torque_std_nm = 0;
  std::vector<ImpulseConfig> impulses;
  void describe(FieldVisitor& v);
};

/// Disturbing forces are clipped at this along each axis, N, so that the bound on what a body can
/// reach in a window holds (contacts rest on it): all that the config can ask for, and at least
/// kLeastForceWeights of the vehicle's weights for what set_state writes.
[[nodiscard]] float force_limit_n(const DisturbanceConfig& config, std::span<const Vehicle> types,
                                  float agent_step_s);
inline constexpr float kLeastForceWeights = 2;

/// Declares the rows of the effects that the config turns on, after those of flight, for agents of
/// these types; rovers and particles bring rows of their own. Throws Error where a rotorcraft lacks
/// what an effect needs (a battery), or a delay does not fit.
struct StepTimes {
  float substep_s;
  float agent_step_s;
};
[[nodiscard]] EffectRows declare_effect_fields(FieldTable& table, const FlightConfig& config,
                                               std::span<const Vehicle> types, StepTimes times);

/// Declares the row that gives each agent a delay of its own, of at most rows.num_delayed, and
/// enters it there.
void declare_own_delay(FieldTable& table, EffectRows& rows);
/// Substeps that commands wait: the nearest whole number.
[[nodiscard]] float delay_in_substeps(float delay_s, float substep_s) noexcept;

/// The voltage at the start in the initial values of an agent of that type, one value per row.
void start_battery(const Vehicle& type, const FlightConfig& config, const EffectRows& rows,
                   std::span<float> initial);

}  // namespace volery::flight
