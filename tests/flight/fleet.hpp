// A small fleet for the flight tests: blocks, a vehicle and shorthands to step it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "core/math.hpp"
#include "core/rng.hpp"
#include "flight/flight.hpp"
#include "model/vehicle.hpp"
#include "state/blocks.hpp"

namespace volery {

inline constexpr float kStep_s = 1.0F / 240;

/// A quadcopter with every effect, each large enough to be seen.
inline VehicleConfig test_vehicle() {
  VehicleConfig config;
  config.name = "test";
  config.mass_kg = 0.03F;
  config.inertia_b_kgm2 = {1.6e-5F, 1.7e-5F, 2.9e-5F};
  config.thrust_coefficient_n_s2 = 2.5e-8F;
  config.torque_to_thrust_m = 0.006F;
  config.rotor_inertia_kgm2 = 3e-8F;
  config.rotor_radius_m = 0.0231F;
  config.max_rotor_speed_radps = 2500;
  config.motor_rise_s = 0.05F;
  config.motor_fall_s = 0.08F;
  config.rotor_drag_b_kg = {9e-7F, 9e-7F, 10e-7F};
  config.body_drag_b_kgpm = {1.0e-3F, 1.1e-3F, 1.6e-3F};
  config.ground_effect_coefficient = 1;
  const float arm_m = 0.0325F;
  const float x_m[] = {arm_m, -arm_m, -arm_m, arm_m};
  const float y_m[] = {-arm_m, -arm_m, arm_m, arm_m};
  for (std::size_t i = 0; i < 4; ++i) {
    RotorSpec rotor;
    rotor.position_b_m = {x_m[i], y_m[i], 0.0F};
    rotor.spin = i % 2 == 0 ? 1 : -1;
    config.rotors.push_back(rotor);
  }
  return config;
}

/// The same with equal drag along x and y, which has a kernel of its own.
inline VehicleConfig axial_vehicle() {
  VehicleConfig config = test_vehicle();
  config.body_drag_b_kgpm[1] = config.body_drag_b_kgpm[0];
  return config;
}

/// A regular polygon of rotors with alternating spins.
inline VehicleConfig polygon_vehicle(int num_rotors) {
  VehicleConfig config = test_vehicle();
  config.rotors.clear();
  config.thrust_coefficient_n_s2 *= 4.0F / static_cast<float>(num_rotors);
  for (int i = 0; i < num_rotors; ++i) {
    const float angle_rad =
        2 * kPi * (static_cast<float>(i) + 0.5F) / static_cast<float>(num_rotors);
    RotorSpec rotor;
    rotor.position_b_m = {0.046F * cos(angle_rad), 0.046F * sin(angle_rad), 0.002F};
    rotor.spin = i % 2 == 0 ? 1 : -1;
    config.rotors.push_back(rotor);
  }
  return config;
}

/// One vehicle for each kernel that is compiled.
inline std::vector<VehicleConfig> all_kinds() {
  return {test_vehicle(), axial_vehicle(), polygon_vehicle(6), polygon_vehicle(8)};
}

/// No effect but gravity, thrust, drag torque and whatever the caller turns back on.
inline flight::FlightConfig bare_flight() {
  return {.motor_lag = false,
          .gyroscopic = false,
          .rotor_drag = false,
          .body_drag = false,
          .ground_effect = false};
}

/// Blocks of resting bodies, 100 m above the surface, motors on, rotors still.
class Fleet {
 public:
  explicit Fleet(int num_bodies, int rotors = 4, int effect_rows = 0)
      : num_rotors(rotors),
        rows_(static_cast<std::size_t>(blocks_for(num_bodies) *
                                       (kRotorRows + 2 * rotors + effect_rows))) {
    blocks = {rows_[0].lane, blocks_for(num_bodies), kRotorRows + 2 * rotors + effect_rows,
              num_bodies};
    for (int i = 0; i < num_lanes(); ++i) {
      blocks.set_quat(i, {});
      blocks.at(i, kPosition + 2) = 100;
      blocks.at(i, kMotorsOn) = 1;
    }
  }
  Fleet(const Fleet& other)
      : blocks(other.blocks), num_rotors(other.num_rotors), rows_(other.rows_) {
    blocks.data = rows_[0].lane;
  }
  Fleet& operator=(const Fleet&) = delete;

  [[nodiscard]] int num_lanes() const { return blocks.num_blocks * kLanes; }

  void set_commands(int body, float speed_radps) {
    for (int r = 0; r < num_rotors; ++r) blocks.at(body, kRotorRows + r) = speed_radps;
  }
  void set_speeds(int body, float speed_radps) {
    for (int r = 0; r < num_rotors; ++r) blocks.at(body, kRotorRows + num_rotors + r) = speed_radps;
  }
  /// The rotors that turn counter-clockwise, which lie across: their torques in z do not cancel and
  /// those in x and y do.
  void set_counter_clockwise(int body, int first_row, float speed_radps) {
    blocks.at(body, first_row) = speed_radps;
    blocks.at(body, first_row + 2) = speed_radps;
  }
  /// Flight in both halves, as around the contact solver.
  void step(const flight::FlightParams& params, int num_substeps = 1) {
    for (int s = 0; s < num_substeps; ++s) {
      flight::advance_velocity(params, blocks, 0, blocks.num_blocks);
      flight::advance_pose(params.step_s(), blocks, 0, blocks.num_blocks);
    }
  }
  [[nodiscard]] bool same_bits(const Fleet& other) const {
    return std::memcmp(rows_.data(), other.rows_.data(), rows_.size() * sizeof(rows_[0])) == 0;
  }

  Blocks blocks;
  int num_rotors;

 private:
  std::vector<flight::ParamRow> rows_;
};

/// Any attitude, moderate velocities, commands about hover; the first lanes are close to the
/// surface.
inline void scatter(Fleet& fleet, std::uint64_t seed, float hover_radps) {
  for (int i = 0; i < fleet.num_lanes(); ++i) {
    Rng rng(seed, 0, Stream::kTask, static_cast<std::uint32_t>(i));
    const float height_m = i % 3 == 0 ? 0.05F : 3.0F;
    const Blocks& blocks = fleet.blocks;
    blocks.set_vec3(i, kPosition, {rng.uniform(-5, 5), rng.uniform(-5, 5), height_m});
    const Vec3 axis = normal_vec3(rng);
    const float w = normal(rng);
    const float scale = 1 / __builtin_sqrtf(dot(axis, axis) + w * w);
    blocks.set_quat(i, {axis.x * scale, axis.y * scale, axis.z * scale, w * scale});
    blocks.set_vec3(i, kVelocity, normal_vec3(rng));
    blocks.set_vec3(i, kOmega, normal_vec3(rng) * 5.0F);
    for (int r = 0; r < fleet.num_rotors; ++r) {
      blocks.at(i, kRotorRows + r) = hover_radps * rng.uniform(0.7F, 1.3F);
      blocks.at(i, kRotorRows + fleet.num_rotors + r) = hover_radps * rng.uniform(0.7F, 1.3F);
    }
  }
}

}  // namespace volery
