// The flight model in double precision by fourth-order Runge-Kutta: what the kernels converge to.
#pragma once

#include <array>
#include <cmath>

#include "model/vehicle.hpp"

namespace volery {

/// The equations of motion in double precision: position, quaternion, velocity, omega, rotor
/// speeds.
struct Reference {
  static constexpr std::size_t kSize = 17;
  using State = std::array<double, kSize>;
  VehicleConfig config;
  std::array<double, 4> command{};

  [[nodiscard]] State rates(const State& s) const {
    State d{};
    const double x = s[3], y = s[4], z = s[5], w = s[6];
    const double r[3][3] = {{1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)},
                            {2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)},
                            {2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)}};
    const double* v = &s[7];
    const double* o = &s[10];
    double lift = 0, sum = 0, spin = 0, spin_rate = 0, torque[3] = {};
    for (std::size_t i = 0; i < 4; ++i) {
      const RotorSpec& rotor = config.rotors[i];
      const double speed = s[13 + i];
      const double lag = command[i] > speed ? config.motor_rise_s : config.motor_fall_s;
      d[13 + i] = (command[i] - speed) / lag;
      const double thrust = static_cast<double>(config.thrust_coefficient_n_s2) * speed * speed;
      lift += thrust;
      sum += speed;
      const double spin_inertia = config.rotor_inertia_kgm2 * static_cast<double>(rotor.spin);
      spin += spin_inertia * speed;
      spin_rate += spin_inertia * d[13 + i];
      torque[0] += rotor.position_b_m[1] * thrust;
      torque[1] -= rotor.position_b_m[0] * thrust;
      torque[2] -= config.torque_to_thrust_m * static_cast<double>(rotor.spin) * thrust;
    }
    const double speed = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
    double force[3];
    for (std::size_t i = 0; i < 3; ++i) {
      const double v_b = r[0][i] * v[0] + r[1][i] * v[1] + r[2][i] * v[2];
      force[i] = -(config.rotor_drag_b_kg[i] * sum + config.body_drag_b_kgpm[i] * speed) * v_b;
    }
    force[2] += lift;
    for (std::size_t i = 0; i < 3; ++i) {
      d[i] = v[i];
      d[7 + i] = (r[i][0] * force[0] + r[i][1] * force[1] + r[i][2] * force[2]) / config.mass_kg;
    }
    d[9] -= kGravityMps2;
    const auto& j = config.inertia_b_kgm2;
    const double l[3] = {j[0] * o[0], j[1] * o[1], j[2] * o[2] + spin};
    d[10] = (torque[0] - (o[1] * l[2] - o[2] * l[1])) / j[0];
    d[11] = (torque[1] - (o[2] * l[0] - o[0] * l[2])) / j[1];
    d[12] = (torque[2] - (o[0] * l[1] - o[1] * l[0]) - spin_rate) / j[2];
    d[3] = 0.5 * (w * o[0] + y * o[2] - z * o[1]);
    d[4] = 0.5 * (w * o[1] + z * o[0] - x * o[2]);
    d[5] = 0.5 * (w * o[2] + x * o[1] - y * o[0]);
    d[6] = 0.5 * (-x * o[0] - y * o[1] - z * o[2]);
    return d;
  }

  [[nodiscard]] State advanced(State s, double step_s, int num_steps) const {
    const auto plus = [](const State& a, const State& b, double scale) {
      State sum;
      for (std::size_t i = 0; i < kSize; ++i) sum[i] = a[i] + scale * b[i];
      return sum;
    };
    for (int n = 0; n < num_steps; ++n) {
      const State k1 = rates(s);
      const State k2 = rates(plus(s, k1, step_s / 2));
      const State k3 = rates(plus(s, k2, step_s / 2));
      const State k4 = rates(plus(s, k3, step_s));
      for (std::size_t i = 0; i < kSize; ++i) {
        s[i] += step_s / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
      }
    }
    return s;
  }
};

}  // namespace volery
