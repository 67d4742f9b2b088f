#include "control/riccati_common.hpp"

#include <algorithm>
#include <cmath>

namespace volery::control {

namespace {

using State = std::array<double, kMaxChain>;
using Square = std::array<State, kMaxChain>;

// Largest values that are fine. A metre off is what the position level can be asked for at once;
// half of the tilt limit and of the rotors' authority leave the other half for what comes on top.
constexpr double kPosition_m = 0.4;
constexpr double kClimb_m = 0.3;
constexpr double kHeading_rad = 0.5;
constexpr double kTiltShare = 0.5;
constexpr double kAuthorityShare = 0.25;
constexpr double kYawAuthorityShare = 0.5;
// Beyond this many the fixed point is as good as reached: the slowest pole, about 1/s, has decayed
// by e^10 at 10 kHz.
constexpr int kMaxIterations = 200000;
constexpr double kSettled = 1e-11;

// x+ = A x + B u of a chain over a tick, u held: the series of the matrix exponential.
struct Discrete {
  Square a{};
  State b{};
};

Discrete discretised(const Chain& chain, double tick_s) {
  // motors faster than a tick look like ones with a lag of a tick; the series then converges fast
  const double lag_s = std::max(chain.lag_s, tick_s);
  const auto n = static_cast<std::size_t>(chain.size);
  // a column of [A B] at a time: the terms F^k x / k! tick^k of a unit vector
  Discrete d;
  constexpr int kTerms = 20;
  for (std::size_t column = 0; column <= n; ++column) {
    State term{};
    double input = column == n ? 1 : 0;
    if (column < n) term[column] = 1;
    State sum = term;
    for (int k = 1; k <= kTerms; ++k) {
      State next{};
      next[0] = (input - term[0]) / lag_s;
      for (std::size_t i = 1; i < n; ++i) next[i] = chain.link[i] * term[i - 1];
      for (std::size_t i = 0; i < n; ++i) {
        next[i] *= tick_s / k;
        sum[i] += next[i];
      }
      term = next;
      input = 0;
    }
    for (std::size_t i = 0; i < n; ++i) (column < n ? d.a[i][column] : d.b[i]) = sum[i];
  }
  return d;
}

}  // namespace

std::array<double, kMaxChain> regulator_gains(const Chain& chain, double tick_s) {
  const auto n = static_cast<std::size_t>(chain.size);
  const Discrete d = discretised(chain, tick_s);
  State weight{};
  for (std::size_t i = 0; i < n; ++i) weight[i] = 1 / (chain.largest[i] * chain.largest[i]);
  const double input_weight = 1 / (chain.largest_input * chain.largest_input);

  // P <- Q + A'P A - A'P B (R + B'P B)^-1 B'P A from P = Q
  Square p{};
  for (std::size_t i = 0; i < n; ++i) p[i][i] = weight[i];
  State gain{};
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    Square pa{};
    State pb{};
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < n; ++k) {
        pb[i] += p[i][k] * d.b[k];
        for (std::size_t j = 0; j < n; ++j) pa[i][j] += p[i][k] * d.a[k][j];
      }
    }
    double bpb = input_weight;
    State bpa{};
    for (std::size_t k = 0; k < n; ++k) {
      bpb += d.b[k] * pb[k];
      for (std::size_t j = 0; j < n; ++j) bpa[j] += d.b[k] * pa[k][j];
    }
    double change = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const double next = bpa[j] / bpb;
      change = std::max(change, std::fabs(next - gain[j]) / std::max(std::fabs(next), 1e-300));
      gain[j] = next;
    }
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = i; j < n; ++j) {
        double sum = (i == j ? weight[i] : 0) - bpa[i] * gain[j];
        for (std::size_t k = 0; k < n; ++k) sum += d.a[k][i] * pa[k][j];
        p[i][j] = p[j][i] = sum;
      }
    }
    if (change < kSettled) break;
  }
  return gain;
}

LqrGains lqr_gains(const Vehicle& vehicle, float tick_s, Level level) {
  const VehicleConfig& config = vehicle.config;
  const double gravity = kGravityMps2;
  const double lag_s = 0.5 * (static_cast<double>(config.motor_rise_s) + config.motor_fall_s);
  LqrGains lqr{vehicle.gains, {}, 0};
  ControlGains& gains = lqr.cascade;
  const double tilt_rad = kTiltShare * static_cast<double>(gains.max_tilt_rad);
  const auto gains_of = [&](const Chain& chain) {
    return regulator_gains(chain, static_cast<double>(tick_s));
  };
  const auto authority = [&](float torque_nm, std::size_t axis) {
    return static_cast<double>(torque_nm) / config.inertia_b_kgm2[axis];
  };

  // roll and pitch: the first 2 states for rates, 3 for the attitude, 4 for the velocity
  const int horizontal = level == Level::kTrack ? 5 : 2 + static_cast<int>(level);
  const auto tilt_chain = [&](double most_radps2) {
    const double fine = kAuthorityShare * most_radps2;
    // rates and speeds that the next value up the chain reaches within its own time
    const double rate = 2 * std::sqrt(fine * tilt_rad);
    const double speed = std::sqrt(gravity * tilt_rad * kPosition_m);
    return Chain{
        horizontal, lag_s, {0, 1, 1, gravity, 1}, {fine, rate, tilt_rad, speed, kPosition_m}, fine};
  };
  const auto set_tilt = [&](const State& k, float& rotor, float& rate, float& kr, float& kw,
                            float& kv, float& kx) {
    rotor = static_cast<float>(k[0]);
    rate = kw = static_cast<float>(k[1]);
    if (horizontal >= 3) kr = static_cast<float>(k[2]);
    if (horizontal >= 4) kv = static_cast<float>(gravity * k[3] / k[2]);
    if (horizontal >= 5) kx = static_cast<float>(k[4] / k[3]);
  };
  const State roll = gains_of(tilt_chain(authority(vehicle.max_torque_b_nm.x, 0)));
  const State pitch = gains_of(tilt_chain(authority(vehicle.max_torque_b_nm.y, 1)));
  set_tilt(roll, lqr.rotor.x, gains.rate_per_s.x, gains.attitude_kr_per_s2.x,
           gains.attitude_kw_per_s.x, gains.velocity_per_s.y, gains.position_per_s.y);
  set_tilt(pitch, lqr.rotor.y, gains.rate_per_s.y, gains.attitude_kr_per_s2.y,
           gains.attitude_kw_per_s.y, gains.velocity_per_s.x, gains.position_per_s.x);

  // heading: its rate alone but for track
  const double turn = kYawAuthorityShare * authority(vehicle.max_torque_b_nm.z, 2);
  const State yaw = gains_of({level == Level::kTrack ? 3 : 2,
                              lag_s,
                              {0, 1, 1},
                              {turn, std::sqrt(turn * kHeading_rad), kHeading_rad},
                              turn});
  lqr.rotor.z = static_cast<float>(yaw[0]);
  gains.rate_per_s.z = gains.attitude_kw_per_s.z = static_cast<float>(yaw[1]);
  if (level == Level::kTrack) gains.attitude_kr_per_s2.z = static_cast<float>(yaw[2]);

  // height
  if (level >= Level::kVelocity) {
    const double climb = 0.5 * gravity * std::min(1.0, vehicle.thrust_to_weight - 1.0);
    const State up = gains_of({level == Level::kVelocity ? 2 : 3,
                               lag_s,
                               {0, 1, 1},
                               {climb, std::sqrt(climb * kClimb_m), kClimb_m},
                               climb});
    lqr.rotor_thrust = static_cast<float>(up[0]);
    gains.velocity_per_s.z = static_cast<float>(up[1]);
    if (level >= Level::kPosition) gains.position_per_s.z = static_cast<float>(up[2] / up[1]);
  }
  return lqr;
}

Vehicle with_gains(const Vehicle& vehicle, const ControlGains& gains) {
  Vehicle copy = vehicle;
  copy.gains = gains;
  return copy;
}

}  // namespace volery::control
