// Controllers: action levels, one file each in src/control/.
//
// A controller turns an agent's action columns, each in [-1, 1], into rotor commands at every
// control tick. The same code serves as action space and inside the scripted baselines. A file
// src/control/<name>.cpp defines `extern const ControllerEntry controller_<name>`; the folder is
// the registry. World frame ENU, body frame FLU, right-handed: positive roll lowers the right side,
// positive pitch the nose, positive yaw turns left. `gains` are Vehicle::gains, R its rotor count.
// Rovers and particles take velocity and position too, so that mixed swarms share one action space;
// docs/vehicles.md tells which columns they leave alone.
//
//   level     U  columns, in this order
//   rotor     R  rotor_0 .. rotor_R-1: thrust of that rotor, linear from its least (-1, at
//                config.min_rotor_speed_radps) to its greatest (+1). Hover is rotor_hover_action().
//   ctbr      4  thrust: collective, linear from 0 (-1) to vehicle.max_thrust_n (+1), along body z
//                roll_rate, pitch_rate, yaw_rate: body rates x, y, z, +-gains.max_rate_radps
//   attitude  4  thrust: as in ctbr
//                roll, pitch: ZYX Euler angles, +-gains.max_tilt_rad
//                yaw_rate: about the world's z axis, +-gains.max_rate_radps.z
//   velocity  4  vx, vy, vz: world frame, +-gains.max_speed_mps on each axis
//                yaw_rate: as in attitude
//   position  4  dx, dy, dz: setpoint minus the position at the start of the agent step, world
//                frame, metres (+-kPositionReachM); the setpoint then stands still for the step, so
//                that a baseline writes clamp(goal - position) and zero holds the present place
//                yaw_rate: as in attitude
//   drive     2  of rovers; speed: forwards, +-gains.max_speed_mps
//                yaw_rate: +-gains.max_rate_radps.z
//   acceleration  3  of particles; ax, ay, az: world frame, +-particle.max_acceleration_mps2,
//                weight apart, none beyond +-gains.max_speed_mps
//   track    14  in SI units, not in [-1, 1]; dx, dy, dz: as in position, but the setpoint moves on
//   during the step:
//                vx, vy, vz: its velocity, +-gains.max_speed_mps; ax, ay, az: its acceleration,
//                +-kTrackAccelerationMps2; jx, jy, jz: its jerk, +-kTrackJerkMps3
//                yaw: heading of body x from east to the left, +-pi; yaw_rate: its change
//
// Five control laws fly these levels: lee (the default), pid, mellinger, lqr, indi.
// config.controller chooses one for all agents or one for each; the action level of a law's own
// name is `track` flown by it. No law takes the rotor level. Rovers and particles have no inner
// loops to choose: config.controller says nothing to them.
//
// thrust_action() gives the thrust column for a force. No level but track keeps a heading: yaw rate
// 0 stops the turn. Where rotors saturate, yaw torque gives way first, then collective thrust, then
// roll and pitch, whose direction is kept (src/control/mixer_lanes.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "model/vehicle.hpp"
#include "state/blocks.hpp"
#include "volery/column.hpp"
#include "volery/value.hpp"

namespace volery {

/// What action +-1 of the position level means, on each axis.
inline constexpr float kPositionReachM = 1;
/// Range of the acceleration and jerk columns of track, on each axis.
inline constexpr float kTrackAccelerationMps2 = 2 * kGravityMps2;
inline constexpr float kTrackJerkMps3 = 200;

/// Where in the cascade a control law takes over: what its setpoint is. The rotor level has no law.
enum class Level : int { kCtbr, kAttitude, kVelocity, kPosition, kTrack };

/// The thrust column of ctbr and attitude that asks for a collective thrust; in [-1, 1] while the
/// vehicle can give it. Hover: thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2).
[[nodiscard]] inline float thrust_action(const Vehicle& vehicle, float thrust_n) noexcept {
  return 2 * thrust_n / vehicle.max_thrust_n - 1;
}

/// The column of the rotor level at which each rotor carries its share of the weight.
[[nodiscard]] inline float rotor_hover_action(const Vehicle& vehicle) noexcept {
  const float least = vehicle.config.min_rotor_speed_radps;
  const float most = vehicle.config.max_rotor_speed_radps;
  const float hover = vehicle.hover_speed_radps;
  return 2 * (hover * hover - least * least) / (most * most - least * least) - 1;
}

/// A controller bound to a vehicle and a rate. Immutable; one per batch.
class Controller {
 public:
  virtual ~Controller() = default;
  /// Lane kernel over blocks [first_block, last_block); `constants` is constants().
  using Kernel = void (*)(const void* constants, const Blocks& blocks, int first_block,
                          int last_block);
  /// Must run once per agent step on every block, after the action rows were written and before the
  /// first control tick: it latches setpoints and computes what holds over the step, from action,
  /// state and motors_on as they are then. Null where a level has nothing to do there (ctbr).
  [[nodiscard]] virtual Kernel window_kernel() const noexcept { return nullptr; }
  /// Runs at every control tick. Never null; does nothing where the commands of window_kernel()
  /// stand for the whole step (rotor).
  [[nodiscard]] virtual Kernel kernel() const noexcept = 0;
  [[nodiscard]] virtual const void* constants() const noexcept = 0;
};

/// What a controller is built from.
struct ControllerContext {
  const Vehicle& vehicle;
  float tick_s;                    // time between control ticks
  FieldRef action;                 // rows of the agent's (clipped) action
  FieldTable& fields;              // for state of its own (setpoints, integrators, filters)
  const Value* options = nullptr;  // the law's own table of config.controller_config, may be null
};

/// Which kinds of vehicles take an action level.
struct LevelBodies {
  bool rotorcraft = true;
  bool rover = false;
  bool particle = false;
  [[nodiscard]] constexpr bool has(VehicleKind kind) const noexcept {
    return kind == VehicleKind::kRover      ? rover
           : kind == VehicleKind::kParticle ? particle
                                            : rotorcraft;
  }
};

struct ControllerEntry {
  const char* name;
  const char* doc;
  std::vector<Column> (*columns)(const Vehicle& vehicle);
  std::unique_ptr<Controller> (*make)(const ControllerContext& context);
  /// For a control law: the same law taking over at another level. Null for a plain action level.
  std::unique_ptr<Controller> (*make_at)(const ControllerContext& context, Level level) = nullptr;
  LevelBodies bodies{};
};

/// All controllers, sorted by name (generated from src/control/*.cpp).
[[nodiscard]] const std::vector<const ControllerEntry*>& controller_entries();

/// Throws Error naming the levels that there are where the vehicle cannot take this one.
void check_level(const ControllerEntry& level, const Vehicle& vehicle);

/// What config.controller and config.controller_config ask for.
struct ControllerChoice {
  const ControllerEntry& level;  // of config.action
  Value names;                   // "", a law's name, or an array with one name per agent of a world
  Value options;  // a table: one sub-table per law, and `vehicle`: the one that gains are made for
  int num_agents = 1;
  bool motor_lag = true;  // config.flight.motor_lag: laws must not wait for a lag that is not there
};

/// The controller of that choice; `names` is left as what was resolved ("" becomes the law). Agents
/// with different laws share one batch: every law that a block needs runs on it, and a row selects.
/// Throws Error (path, value, what there is) for a level that the vehicle cannot take, an unknown
/// law, a law where the level has no loop, a list of another length, an unknown option.
[[nodiscard]] std::unique_ptr<Controller> make_controller(ControllerChoice& choice,
                                                          const ControllerContext& context);

}  // namespace volery
