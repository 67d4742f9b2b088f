// The control laws of attitude, velocity and position in double precision, written with rotation
// matrices as in the papers (see src/control/attitude_lanes.hpp), for comparison with the lanes.
#pragma once

#include <array>
#include <vector>

#include "core/rng.hpp"
#include "fleet.hpp"
#include "wrench.hpp"

namespace volery::test {

using Matrix = std::array<std::array<double, 3>, 3>;

inline Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix c{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}
inline Matrix transpose(const Matrix& a) {
  Matrix c{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) c[i][j] = a[j][i];
  }
  return c;
}
inline Double3 multiply(const Matrix& a, Double3 v) {
  return {a[0][0] * v.x + a[0][1] * v.y + a[0][2] * v.z,
          a[1][0] * v.x + a[1][1] * v.y + a[1][2] * v.z,
          a[2][0] * v.x + a[2][1] * v.y + a[2][2] * v.z};
}
inline Matrix matrix(DoubleQuat q) {
  const Double3 x = to_world(q, {1, 0, 0}), y = to_world(q, {0, 1, 0}), z = to_world(q, {0, 0, 1});
  return {{{x.x, y.x, z.x}, {x.y, y.y, z.y}, {x.z, y.z, z.z}}};
}
inline Matrix rotation_about(int axis, double angle) {
  return matrix(
      turn(Double3{axis == 0 ? 1.0 : 0, axis == 1 ? 1.0 : 0, axis == 2 ? 1.0 : 0} * angle));
}

struct Command {
  double thrust_n = 0;
  Double3 spin_up_b;  // torque / J
};

/// M of Lee's law over J: R_d is R turned by the shortest way until its third column is `axis_w`.
inline Double3 lee_spin_up(const Vehicle& vehicle, const Plant& p, Double3 axis_w,
                           double yaw_rate_radps) {
  const ControlGains& g = vehicle.gains;
  const Matrix r = matrix(p.quat);
  const Double3 z_w = to_world(p.quat, {0, 0, 1});
  const Double3 across = cross(z_w, axis_w);
  const double angle = std::atan2(norm(across), dot(z_w, axis_w));
  const Matrix r_d = multiply(matrix(turn(across * (angle / norm(across)))), r);

  // e_R = vee(R_d^T R - R^T R_d) / sqrt(1 + tr R_d^T R): Lee 2012, twice, so as to meet Lee 2010 at
  // 0
  const Matrix e = multiply(transpose(r_d), r);
  const double root = std::sqrt(1 + e[0][0] + e[1][1] + e[2][2]);
  const Double3 e_r = Double3{e[2][1] - e[1][2], e[0][2] - e[2][0], e[1][0] - e[0][1]} * (1 / root);

  // e_w = w - R^T R_d w_d, with w_d the turn about the vertical in the axes of R_d
  const Double3 w_d = multiply(transpose(r_d), Double3{0, 0, yaw_rate_radps});
  const Double3 e_w = p.omega_b - multiply(multiply(transpose(r), r_d), w_d);
  const auto& j = vehicle.config.inertia_b_kgm2;
  const Double3 gyro =
      cross(p.omega_b, {j[0] * p.omega_b.x, j[1] * p.omega_b.y, j[2] * p.omega_b.z});
  return {-g.attitude_kr_per_s2.x * e_r.x - g.attitude_kw_per_s.x * e_w.x + gyro.x / j[0],
          -g.attitude_kr_per_s2.y * e_r.y - g.attitude_kw_per_s.y * e_w.y + gyro.y / j[1],
          -g.rate_per_s.z * e_w.z + gyro.z / j[2]};
}

inline Command attitude_reference(const Vehicle& vehicle, const Plant& p,
                                  const std::vector<float>& action) {
  const ControlGains& g = vehicle.gains;
  const double tilt = g.max_tilt_rad;
  const Matrix wanted =
      multiply(rotation_about(2, p.yaw()),
               multiply(rotation_about(1, tilt * static_cast<double>(action[2])),
                        rotation_about(0, tilt * static_cast<double>(action[1]))));
  const Double3 axis_w = {wanted[0][2], wanted[1][2], wanted[2][2]};
  return {0.5 * (static_cast<double>(action[0]) + 1) * vehicle.max_thrust_n,
          lee_spin_up(vehicle, p, axis_w, static_cast<double>(g.max_rate_radps.z) * action[3])};
}

/// What drag takes from a vehicle with attitude q at a velocity, as acceleration.
inline Double3 drag_reference(const Vehicle& vehicle, DoubleQuat q, double total_speed,
                              Double3 velocity_w) {
  const VehicleConfig& c = vehicle.config;
  const Double3 v = to_body(q, velocity_w);
  const auto drag = [&](std::size_t i, double along) {
    return (c.rotor_drag_b_kg[i] * total_speed + c.body_drag_b_kgpm[i] * norm(velocity_w)) * along /
           c.mass_kg;
  };
  return to_world(q, {drag(0, v.x), drag(1, v.y), drag(2, v.z)});
}

/// From a wanted velocity: gain on its error, a drag and the weight fed forward, lift first.
inline Command velocity_reference(const Vehicle& vehicle, const Plant& p, Double3 wanted_w,
                                  Double3 drag_w, float yaw_action) {
  const ControlGains& g = vehicle.gains;
  const VehicleConfig& c = vehicle.config;
  const double gravity = kGravityMps2;
  Double3 a = drag_w;
  a.x += static_cast<double>(g.velocity_per_s.x) * (wanted_w.x - p.velocity_w.x);
  a.y += static_cast<double>(g.velocity_per_s.y) * (wanted_w.y - p.velocity_w.y);
  a.z += static_cast<double>(g.velocity_per_s.z) * (wanted_w.z - p.velocity_w.z) + gravity;
  const double tilt = g.max_tilt_rad;
  const double most = std::fmax(vehicle.max_thrust_n * std::cos(tilt) / c.mass_kg, gravity);
  a.z = std::fmin(std::fmax(a.z, 0.25 * gravity), most);
  const double share = std::fmin(1.0, a.z * std::tan(tilt) / std::hypot(a.x, a.y));
  a.x *= share;
  a.y *= share;
  const Double3 z_w = to_world(p.quat, {0, 0, 1});
  return {std::fmax(0.0, c.mass_kg * dot(a, z_w)),
          lee_spin_up(vehicle, p, a * (1 / norm(a)),
                      static_cast<double>(g.max_rate_radps.z) * yaw_action)};
}

inline Command velocity_reference(const Vehicle& vehicle, const Plant& p,
                                  const std::vector<float>& action) {
  const double top = vehicle.gains.max_speed_mps;
  const Double3 wanted_w = Double3{action[0], action[1], action[2]} * top;
  double total_speed = 0;
  for (const double speed : p.speed) total_speed += speed;
  return velocity_reference(vehicle, p, wanted_w,
                            drag_reference(vehicle, p.quat, total_speed, wanted_w), action[3]);
}

/// At the start of the agent step, where the action is the offset itself.
inline Command position_reference(const Vehicle& vehicle, const Plant& p,
                                  const std::vector<float>& action) {
  const Vec3 gain = vehicle.gains.position_per_s;
  const double top = vehicle.gains.max_speed_mps;
  Double3 wanted_w = {static_cast<double>(gain.x) * action[0],
                      static_cast<double>(gain.y) * action[1],
                      static_cast<double>(gain.z) * action[2]};
  if (norm(wanted_w) > top) wanted_w = wanted_w * (top / norm(wanted_w));
  // drag as in level hover
  const double total_speed = vehicle.num_rotors * static_cast<double>(vehicle.hover_speed_radps);
  return velocity_reference(vehicle, p, wanted_w,
                            drag_reference(vehicle, {}, total_speed, wanted_w), action[3]);
}

/// Compares a level's commands with its reference on random states. Returns how many bodies were
/// compared: those whose rotors are all within their limits, the mixer's tests see to the others.
template <class Reference>
int compare_with_reference(const Vehicle& vehicle, const char* level_name, Reference&& reference) {
  constexpr int kBodies = 2048;
  Fleet fleet(vehicle, level_name, 240, kBodies);
  Rng rng(11, 0, Stream::kAction, 0, 0);
  std::vector<std::vector<float>> actions;
  for (Plant& p : fleet.plants) {
    const auto draw = [&](double size) { return size * static_cast<double>(rng.uniform(-1, 1)); };
    p.position_w = {draw(10), draw(10), draw(10)};
    p.velocity_w = {draw(1), draw(1), draw(1)};
    p.omega_b = {draw(2), draw(2), draw(2)};
    p.quat = turn({draw(2), draw(2), draw(2)});
    actions.push_back(
        {rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)});
    fleet.set_action(static_cast<int>(actions.size()) - 1, actions.back());
  }
  fleet.write_state();
  fleet.run_window();
  fleet.run_tick();

  // float32 rounding of the state and of squared speeds
  const double thrust_tolerance_n = 1e-5 * vehicle.max_thrust_n;
  const double tolerance_radps2 = 1e-4 * vehicle.gains.attitude_kr_per_s2.x;
  int compared = 0;
  for (int i = 0; i < kBodies; ++i) {
    const Command want = reference(vehicle, fleet.plants[static_cast<std::size_t>(i)],
                                   actions[static_cast<std::size_t>(i)]);
    const auto& j = vehicle.config.inertia_b_kgm2;
    const Double3 torque_b_nm = {j[0] * want.spin_up_b.x, j[1] * want.spin_up_b.y,
                                 j[2] * want.spin_up_b.z};
    if (!fits(vehicle, {want.thrust_n, torque_b_nm}, 0)) continue;
    ++compared;
    const Wrench got = commanded(vehicle, fleet, i);
    EXPECT_NEAR(got.thrust_n, want.thrust_n, thrust_tolerance_n) << level_name << ' ' << i;
    EXPECT_NEAR(got.torque_b_nm.x / j[0], want.spin_up_b.x, tolerance_radps2) << level_name << i;
    EXPECT_NEAR(got.torque_b_nm.y / j[1], want.spin_up_b.y, tolerance_radps2) << level_name << i;
    EXPECT_NEAR(got.torque_b_nm.z / j[2], want.spin_up_b.z, tolerance_radps2) << level_name << i;
  }
  return compared;
}

}  // namespace volery::test
