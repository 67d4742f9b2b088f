// Vehicles: what an agent's body is made of, and what follows from it. Most are rotorcraft; rovers
// drive on two wheels, particles are points that move as they are told.
//
// Files in assets/vehicles/*.toml hold the parameters with unit and source; `Vehicle` adds the
// derived values that flight, controllers, tasks and docs share, so that nothing is derived twice.
// All of it is computed with + - * / sqrt alone, since it reaches the state.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "core/types.hpp"
#include "model/vehicle_camera.hpp"

namespace volery {

inline constexpr int kMaxRotors = 8;
inline constexpr int kMaxCameras = 8;

struct RotorSpec {
  std::vector<float> position_b_m{0, 0, 0};  // hub, from the centre of mass
  int spin = 1;  // +1: counter-clockwise seen from above; its drag torque on the body is then -z
  void describe(FieldVisitor& v);
};

struct CollisionSpec {
  enum class Shape : int { kCylinder, kBox, kSphere };
  Shape shape = Shape::kCylinder;
  std::vector<float> size_m{0.12F, 0.12F, 0.025F};  // full extents; cylinder: diameter, diameter,
                                                    // height; sphere: diameter three times
  std::vector<float> offset_b_m{0, 0, 0};           // of its centre from the centre of mass
  float friction = 0.5F;
  float restitution = 0.5F;
  void describe(FieldVisitor& v);
};

/// The battery and what the motors draw from it. Without capacity the vehicle has none, and
/// flight.battery cannot be switched on for it.
struct BatterySpec {
  float capacity_ah = 0;
  std::vector<float> open_circuit_v;  // of the pack at rest at 0, 10, ... 100 % charge; rising
  float resistance_ohm = 0.1F;        // of the pack with its connector: the sag is current times it
  float rc_resistance_ohm = 0;        // of the slow branch in series; 0: none
  float rc_time_s = 10;               // its time constant
  // power at the terminals = idle + per_thrust * sum of thrusts + per_shaft * sum of torque * speed
  float idle_power_w = 0;
  float power_per_thrust_wpn = 0;
  float power_per_shaft_power = 0;  // 1 / efficiency of motor and speed controller
  // highest speed of a rotor = offset + per_volt * voltage under load
  float speed_offset_radps = 0;
  float speed_per_volt_radpspv = 0;
  float fade_soc = 0.02F;  // below this charge the highest speed falls in proportion, to 0 at empty
  void describe(FieldVisitor& v);
};

enum class VehicleKind : int { kRotorcraft, kRover, kParticle };
inline constexpr const char* kVehicleKindNames[] = {"rotorcraft", "rover", "particle"};

/// Two wheels beside the centre of mass that carry and drive; what else touches the ground slides.
/// The wheels' friction is that of the collision shape. docs/vehicles.md has the equations.
struct RoverSpec {
  float track_m = 0.16F;            // between the wheels
  float wheel_radius_m = 0.033F;    //
  float max_yaw_rate_radps = 2.8F;  // what action +-1 means; speed_limit_mps likewise
  float drive_force_n = 80;         // most that both wheels push with, grip apart
  float response_s = 0.05F;         // time constant of the wheel speeds
  void describe(FieldVisitor& v);
};

/// A point with a sphere around it. speed_limit_mps is its top speed along each axis.
struct ParticleSpec {
  int dimensions = 3;               // 2: it stays at its height
  float max_acceleration_mps2 = 4;  // along each axis, weight included where gravity acts
  float response_s = 0.2F;          // velocity approaches its setpoint with this time constant
  bool gravity = false;             // it has weight, which its drive carries
  void describe(FieldVisitor& v);
};

/// The parameters of a vehicle file. Defaults are those of no real vehicle: files give all of them
/// that their kind has.
struct VehicleConfig {
  std::string name;  // the file's name where empty
  std::string doc;
  VehicleKind kind = VehicleKind::kRotorcraft;
  float mass_kg = 0.027F;
  std::vector<float> inertia_b_kgm2{1.4e-5F, 1.4e-5F, 2.17e-5F};  // principal axes
  std::vector<RotorSpec> rotors;
  float thrust_coefficient_n_s2 = 2.27e-8F;  // thrust = k w^2, w in rad/s
  float torque_to_thrust_m = 0.006F;         // drag torque / thrust
  float rotor_inertia_kgm2 = 0;
  float rotor_radius_m = 0.0231F;
  float max_rotor_speed_radps = 2500;
  float min_rotor_speed_radps = 0;
  float motor_rise_s = 0.05F;  // first-order time constants
  float motor_fall_s = 0.05F;
  std::vector<float> rotor_drag_b_kg{0, 0, 0};   // force = -diag(k) (sum of rotor speeds) v_b
  std::vector<float> body_drag_b_kgpm{0, 0, 0};  // force = -diag(c) |v_b| v_b
  float ground_effect_coefficient = 1;           // k of 1 / (1 - k (R / 4z)^2); 0 switches it off
  float speed_limit_mps = 2;                     // what action +-1 of the velocity level means
  BatterySpec battery;
  RoverSpec rover;
  ParticleSpec particle;
  CollisionSpec collision;
  std::vector<CameraSpec> cameras;
  void describe(FieldVisitor& v);
};

/// Points of BatterySpec::open_circuit_v, equally far apart in charge.
inline constexpr int kOpenCircuitPoints = 11;
/// Straight lines between them; held beyond the ends. The battery has a curve.
[[nodiscard]] float open_circuit_v(const BatterySpec& battery, float soc) noexcept;

/// Gains of the cascaded controllers, derived from inertia, authority and motor lag; every axis
/// x, y, z. src/model/gains.cpp gives the formulas. A controller with these gains flies every
/// vehicle that loads. Rovers and particles have those of velocity, position and speed alone, a
/// rover also that of its heading (attitude_per_s.z, rad/s per sine of the error).
struct ControlGains {
  Vec3 rate_per_s;          // torque / J = gain * rate error
  Vec3 attitude_per_s;      // rate setpoint = gain * attitude error (rad)
  Vec3 attitude_kr_per_s2;  // geometric controller: torque / J = -kr e_R - kw e_w
  Vec3 attitude_kw_per_s;
  Vec3 velocity_per_s;  // acceleration = gain * velocity error
  Vec3 position_per_s;  // velocity setpoint = gain * position error
  float max_tilt_rad = 0.6F;
  float max_speed_mps = 2;  // what action +-1 of the velocity level means
  Vec3 max_rate_radps;      // what action +-1 of the ctbr level means
  float loop_lag_s = 0;     // lag of thrust behind the command that the gains allow for
};

struct Vehicle {
  /// Validates and derives. Throws Error: a value out of range, rotors that cannot command the four
  /// axes, no hover, an impossible inertia.
  explicit Vehicle(VehicleConfig config);

  [[nodiscard]] VehicleKind kind() const noexcept { return config.kind; }
  [[nodiscard]] const char* kind_name() const noexcept {
    return kVehicleKindNames[static_cast<int>(config.kind)];
  }

  VehicleConfig config;
  int num_rotors = 0;           // 0 but for rotorcraft, as all that follows from rotors
  float hover_speed_radps = 0;  // each rotor, weight balanced (their common speed)
  float max_thrust_n = 0;       // all rotors at max speed
  float thrust_to_weight = 0;
  float bounding_radius_m = 0;  // of the collision shape about the centre of mass
  float drive_limit_n = 0;      // largest force of wheels or of a particle's drive
  Vec3 max_torque_b_nm;         // about each axis alone, at hover thrust
  /// Rotor thrusts from (collective thrust, torque x, y, z): thrust_i = sum_j mixer[i][j] wrench_j.
  /// Of all the thrusts that give the wrench, those with the smallest sum of squares.
  std::array<std::array<float, 4>, kMaxRotors> mixer{};
  /// The inverse direction: wrench_j = sum_i allocation[j][i] thrust_i.
  std::array<std::array<float, kMaxRotors>, 4> allocation{};
  ControlGains gains;
};

/// Standard gravity (ISO 80000-3), used everywhere but in the gym-pybullet-drones mode.
inline constexpr float kGravityMps2 = 9.80665F;

/// A vehicle by name from the assets folder or by path (a string), or a table whose `base` names
/// one and whose other keys override it; without `base` the table is the whole vehicle. Arrays
/// (rotors, sizes) are replaced whole. Throws Error naming the nearest vehicle or the bad field.
[[nodiscard]] Vehicle load_vehicle(const Value& name_path_or_table);
/// Names in the assets folder, sorted.
[[nodiscard]] std::vector<std::string> vehicle_names();
/// Those of rotorcraft alone.
[[nodiscard]] std::vector<std::string> rotorcraft_names();

}  // namespace volery
