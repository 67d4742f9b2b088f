// What the batch does for the optional effects of flight: planned faults, disturbances, the rows
// that a start has to fill, and how far they carry a body in a window.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "batch/disturbance.hpp"
#include "contact/contact.hpp"
#include "core/split.hpp"
#include "flight/flight.hpp"
#include "state/slab.hpp"

namespace volery::batch {

class Randomization;
struct Setup;

/// The first agent step that starts at that time or later; the slack keeps 0.1 s at 30 Hz from
/// becoming step 4.
[[nodiscard]] std::uint32_t step_at(float time_s, float agent_step_s) noexcept;

/// The config's faults and disturbances in units of agent steps.
class EffectPlan {
 public:
  EffectPlan() = default;
  /// Rows as declared for the same config. Throws Error for an agent that no world has.
  EffectPlan(const flight::FlightConfig& config, const flight::EffectRows& rows, int num_agents,
             float agent_step_s);

  struct Fault {
    std::uint32_t step = 0;
    int agent = -1, rotor = -1;  // -1: all
    float effectiveness = 1;
    // rows that hold an agent's own time (s), effectiveness and rotor; -1: those above
    int time_row = -1, effectiveness_row = -1, rotor_row = -1;
  };
  struct Impulse {
    std::uint32_t step = 0;
    int agent = -1;
    Vec3 force_w_n, torque_b_nm;  // over that step
  };
  /// What agents draw for themselves.
  void take_draws(const Randomization& randomization);

  std::vector<Fault> faults;
  std::vector<Impulse> impulses;
  WrenchSpec wrench;           // at all times
  int wrench_row = -1;         // of agents that have their own, as WrenchRows::law
  bool writes_wrench = false;  // false: the rows are set_state's

  [[nodiscard]] bool idle() const noexcept { return faults.empty() && !writes_wrench; }
};

/// How much farther than in plain flight a vehicle of any of the types can get in a window; the
/// near set rests on it.
[[nodiscard]] contact::FlightReach flight_reach(const flight::FlightConfig& config,
                                                const flight::EffectRows& rows,
                                                std::span<const VehicleConfig> types);

/// Faults that begin with this agent step, and the wrench that it holds.
void hold_effects(const Setup& setup, const Slab& slab, const Split& split) noexcept;

/// Rows of effects of an agent that was just placed: a full battery (as configured), healthy
/// rotors, and the commands of the start already on their way. Rovers are set down.
void start_effects(const Setup& setup, const Slab& slab, int body) noexcept;

}  // namespace volery::batch
