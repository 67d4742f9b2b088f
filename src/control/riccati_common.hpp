// The gains of lqr: a discrete linear-quadratic regulator for each axis about hover.
//
// About hover the axes part: x with pitch, y with roll, height, heading. Each is a chain, from what
// the rotors give to the position:
//   horizontal  a' = (u - a) / t, omega' = a, theta' = omega, v' = g theta, p' = v
//   vertical    a' = (u - a) / t, v' = a, p' = v
//   heading     a' = (u - a) / t, omega' = a, psi' = omega
// with t the mean lag of the motors, and a level takes as much of its front as lies below its
// setpoint. Weights after Bryson: the square of 1 / the largest value that is fine (A. E. Bryson,
// Y.-C. Ho: "Applied optimal control", 1975). The Riccati equation is iterated to its fixed point
// in double precision with + - * / alone, so that every machine has the same gains.
#pragma once

#include <array>

#include "model/vehicle.hpp"
#include "volery/controller.hpp"

namespace volery::control {

inline constexpr int kMaxChain = 5;

/// One axis: state 0 follows u with the lag, state i + 1 integrates link[i + 1] times state i.
struct Chain {
  int size = 0;
  double lag_s = 0;
  double link[kMaxChain] = {};
  double largest[kMaxChain] = {};  // that is fine, of each state
  double largest_input = 1;
};

/// K of u = -K x that minimises the sum over ticks of the weighted squares.
[[nodiscard]] std::array<double, kMaxChain> regulator_gains(const Chain& chain, double tick_s);

/// Gains in the places of the cascade, and the feedback of what the rotors give.
struct LqrGains {
  ControlGains cascade;
  Vec3 rotor;              // on the angular acceleration that the rotors give
  float rotor_thrust = 0;  // on the thrust over mass beyond its feed-forward
};

[[nodiscard]] LqrGains lqr_gains(const Vehicle& vehicle, float tick_s, Level level);

/// The vehicle with other gains.
[[nodiscard]] Vehicle with_gains(const Vehicle& vehicle, const ControlGains& gains);

}  // namespace volery::control
