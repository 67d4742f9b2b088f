// A quadcopter in double precision for the closed-loop tests: the equations of the model written
// down one after another, sharing no code with the kernels of src/flight.
//
// First-order rotor lag, thrust and drag torque, rotor drag, body drag, gyroscopic torques of body
// and rotors; semi-implicit Euler with the exact turn about the rate of the step. No ground.
#pragma once

#include <cmath>
#include <vector>

#include "model/vehicle.hpp"

namespace volery::test {

struct Double3 {
  double x = 0, y = 0, z = 0;
  friend Double3 operator+(Double3 a, Double3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend Double3 operator-(Double3 a, Double3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend Double3 operator*(Double3 a, double s) { return {a.x * s, a.y * s, a.z * s}; }
};
inline double dot(Double3 a, Double3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
inline Double3 cross(Double3 a, Double3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double norm(Double3 a) {
  return std::sqrt(dot(a, a));
}

/// Unit quaternion body to world, x y z w.
struct DoubleQuat {
  double x = 0, y = 0, z = 0, w = 1;
};
inline DoubleQuat multiply(DoubleQuat a, DoubleQuat b) {
  return {
      a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y, a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w, a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
}
/// The turn by |v| radians about v.
inline DoubleQuat turn(Double3 v) {
  const double angle = norm(v);
  const double k = angle > 1e-12 ? std::sin(0.5 * angle) / angle : 0.5;
  return {k * v.x, k * v.y, k * v.z, std::cos(0.5 * angle)};
}
inline Double3 to_world(DoubleQuat q, Double3 v) {
  const Double3 axis{q.x, q.y, q.z};
  const Double3 t = cross(axis, v) * 2.0;
  return v + t * q.w + cross(axis, t);
}
inline Double3 to_body(DoubleQuat q, Double3 v) {
  return to_world({-q.x, -q.y, -q.z, q.w}, v);
}

struct Plant {
  Double3 position_w;
  Double3 velocity_w;
  DoubleQuat quat;
  Double3 omega_b;
  std::vector<double> speed;  // rotors, rad/s

  /// Angle between body z and the vertical.
  [[nodiscard]] double tilt() const {
    return std::acos(std::fmin(1.0, to_world(quat, {0, 0, 1}).z));
  }
  [[nodiscard]] double roll() const {
    const double r21 = to_world(quat, {0, 1, 0}).z;
    const double r22 = to_world(quat, {0, 0, 1}).z;
    return std::atan2(r21, r22);
  }
  [[nodiscard]] double pitch() const { return -std::asin(to_world(quat, {1, 0, 0}).z); }
  [[nodiscard]] double yaw() const {
    const Double3 x_w = to_world(quat, {1, 0, 0});
    return std::atan2(x_w.y, x_w.x);
  }

  void step(const VehicleConfig& c, const std::vector<double>& command, double step_s) {
    Double3 force_b;
    Double3 torque_b;
    double total_speed = 0;
    double spin_momentum = 0;
    for (std::size_t i = 0; i < command.size(); ++i) {
      const RotorSpec& rotor = c.rotors[i];
      const double lag = command[i] > speed[i] ? c.motor_rise_s : c.motor_fall_s;
      const double share = lag > 0 ? 1 - std::exp(-step_s / lag) : 1;
      const double change = share * (command[i] - speed[i]);
      speed[i] += change;
      total_speed += speed[i];
      const double thrust = static_cast<double>(c.thrust_coefficient_n_s2) * speed[i] * speed[i];
      force_b.z += thrust;
      torque_b.x += rotor.position_b_m[1] * thrust;
      torque_b.y -= rotor.position_b_m[0] * thrust;
      torque_b.z -= rotor.spin * static_cast<double>(c.torque_to_thrust_m) * thrust;
      torque_b.z -= rotor.spin * static_cast<double>(c.rotor_inertia_kgm2) * change / step_s;
      spin_momentum += rotor.spin * static_cast<double>(c.rotor_inertia_kgm2) * speed[i];
    }
    const Double3 velocity_b = to_body(quat, velocity_w);
    const double airspeed = norm(velocity_b);
    const auto drag = [&](std::size_t axis, double v) {
      return (c.rotor_drag_b_kg[axis] * total_speed + c.body_drag_b_kgpm[axis] * airspeed) * v;
    };
    force_b =
        force_b - Double3{drag(0, velocity_b.x), drag(1, velocity_b.y), drag(2, velocity_b.z)};

    const double jx = c.inertia_b_kgm2[0], jy = c.inertia_b_kgm2[1], jz = c.inertia_b_kgm2[2];
    const Double3 momentum_b = {jx * omega_b.x, jy * omega_b.y, jz * omega_b.z + spin_momentum};
    const Double3 rest_b = torque_b - cross(omega_b, momentum_b);
    omega_b = omega_b + Double3{rest_b.x / jx, rest_b.y / jy, rest_b.z / jz} * step_s;
    velocity_w = velocity_w + (to_world(quat, force_b) * (1.0 / c.mass_kg) -
                               Double3{0, 0, static_cast<double>(kGravityMps2)}) *
                                  step_s;
    position_w = position_w + velocity_w * step_s;
    quat = multiply(quat, turn(omega_b * step_s));
    const double length =
        std::sqrt(quat.x * quat.x + quat.y * quat.y + quat.z * quat.z + quat.w * quat.w);
    quat = {quat.x / length, quat.y / length, quat.z / length, quat.w / length};
  }
};

}  // namespace volery::test
