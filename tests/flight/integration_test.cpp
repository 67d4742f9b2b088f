// The error of the integrator over an aggressive figure-eight: docs/physics/integration.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

#include "tests/flight/fleet.hpp"
#include "tests/flight/reference.hpp"

namespace volery {
namespace {

using State = Reference::State;
using Vector = std::array<double, 3>;

// The reference commands its rotors at a rate that 240, 500 and 1000 Hz divide, and takes two steps
// per command: Runge-Kutta at 12 kHz.
constexpr int kCommandRate_hz = 6000;
constexpr int kStepsPerCommand = 2;
constexpr double kDuration_s = 5;

double dot(const Vector& a, const Vector& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Vector unit(const Vector& a) {
  const double norm = std::sqrt(dot(a, a));
  return {a[0] / norm, a[1] / norm, a[2] / norm};
}

/// x = a sin(wt), y = a/2 sin(2wt), z = 0.3 a (1 - cos(wt)): position, velocity, acceleration.
struct Eight {
  double size_m, period_s;
  [[nodiscard]] std::array<Vector, 3> at(double t) const {
    const double w = 2 * 3.14159265358979 / period_s;
    const double a = size_m, s = std::sin(w * t), c = std::cos(w * t);
    const double s2 = std::sin(2 * w * t), c2 = std::cos(2 * w * t);
    return {Vector{a * s, a / 2 * s2, 0.3 * a * (1 - c)},
            Vector{a * w * c, a * w * c2, 0.3 * a * w * s},
            Vector{-a * w * w * s, -2 * a * w * w * s2, 0.3 * a * w * w * c}};
  }
};

/// A geometric tracking controller (Lee, Leok, McClamroch, CDC 2010, without feed-forward of rates)
/// with the vehicle's derived gains: it only has to make commands that are worth integrating.
std::array<double, 4> commands(const Vehicle& vehicle, const Eight& eight, double t,
                               const State& s) {
  const auto [p, v, a] = eight.at(t);
  const double x = s[3], y = s[4], z = s[5], w = s[6];
  const Vector column[3] = {{1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)},
                            {2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)},
                            {2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)}};
  const ControlGains& gains = vehicle.gains;
  const double kv[3] = {gains.velocity_per_s.x, gains.velocity_per_s.y, gains.velocity_per_s.z};
  const double kp[3] = {gains.position_per_s.x, gains.position_per_s.y, gains.position_per_s.z};
  Vector wanted;
  for (std::size_t i = 0; i < 3; ++i)
    wanted[i] = a[i] + kv[i] * (v[i] - s[7 + i] + kp[i] * (p[i] - s[i]));
  wanted[2] += kGravityMps2;
  const Vector b3 = unit(wanted), b2 = unit(cross(b3, {1, 0, 0})), b1 = cross(b2, b3);
  const Vector desired[3] = {b1, b2, b3};
  // e_R = 1/2 vee(Rd^T R - R^T Rd)
  const auto entry = [&](std::size_t i, std::size_t j) { return dot(desired[i], column[j]); };
  const double error[3] = {0.5 * (entry(2, 1) - entry(1, 2)), 0.5 * (entry(0, 2) - entry(2, 0)),
                           0.5 * (entry(1, 0) - entry(0, 1))};
  const double kr[3] = {gains.attitude_kr_per_s2.x, gains.attitude_kr_per_s2.y,
                        gains.attitude_kr_per_s2.z};
  const double kw[3] = {gains.attitude_kw_per_s.x, gains.attitude_kw_per_s.y,
                        gains.attitude_kw_per_s.z};
  double wrench[4] = {vehicle.config.mass_kg * dot(wanted, column[2])};
  for (std::size_t i = 0; i < 3; ++i)
    wrench[i + 1] = vehicle.config.inertia_b_kgm2[i] * (-kr[i] * error[i] - kw[i] * s[10 + i]);
  std::array<double, 4> speed{};
  for (std::size_t i = 0; i < 4; ++i) {
    double thrust = 0;
    for (std::size_t j = 0; j < 4; ++j) thrust += vehicle.mixer[i][j] * wrench[j];
    const double k = vehicle.config.thrust_coefficient_n_s2;
    speed[i] = std::clamp(std::sqrt(std::max(0.0, thrust) / k),
                          static_cast<double>(vehicle.config.min_rotor_speed_radps),
                          static_cast<double>(vehicle.config.max_rotor_speed_radps));
  }
  return speed;
}

/// The flight of the reference: its commands, where it ends, and how hard it was.
struct Flown {
  std::vector<std::array<double, 4>> commands;
  State start{}, end{};
  double top_speed_mps = 0, top_accel_mps2 = 0, top_tilt_rad = 0, length_m = 0;
};

Flown fly_reference(const Vehicle& vehicle, const Eight& eight) {
  Reference reference;
  reference.config = vehicle.config;
  Flown flown;
  State s{};
  s[6] = 1;
  for (std::size_t i = 0; i < 4; ++i) s[13 + i] = vehicle.hover_speed_radps;
  const auto [p, v, a] = eight.at(0);
  for (std::size_t i = 0; i < 3; ++i) {
    s[i] = p[i];
    s[7 + i] = v[i];
  }
  flown.start = s;
  const int ticks = static_cast<int>(kDuration_s * kCommandRate_hz);
  for (int n = 0; n < ticks; ++n) {
    reference.command = commands(vehicle, eight, static_cast<double>(n) / kCommandRate_hz, s);
    flown.commands.push_back(reference.command);
    const State d = reference.rates(s);
    const double speed = std::sqrt(s[7] * s[7] + s[8] * s[8] + s[9] * s[9]);
    flown.top_speed_mps = std::max(flown.top_speed_mps, speed);
    flown.length_m += speed / kCommandRate_hz;
    flown.top_accel_mps2 =
        std::max(flown.top_accel_mps2, std::sqrt(d[7] * d[7] + d[8] * d[8] + d[9] * d[9]));
    flown.top_tilt_rad =
        std::max(flown.top_tilt_rad, std::acos(1 - 2 * (s[3] * s[3] + s[4] * s[4])));
    s = reference.advanced(s, 1.0 / (kCommandRate_hz * kStepsPerCommand), kStepsPerCommand);
  }
  flown.end = s;
  return flown;
}

/// Position error after the flight when the kernels fly the same commands, averaged over each
/// substep.
double kernel_error_m(const Vehicle& vehicle, const Flown& flown, int rate_hz) {
  flight::FlightConfig config;
  config.ground_effect = false;
  const flight::FlightParams params(vehicle, config, 1.0F / static_cast<float>(rate_hz));
  Fleet fleet(1);
  const int rows[] = {kPosition, kQuat, kVelocity, kOmega, kRotorRows + 4};
  const std::size_t first[] = {0, 3, 7, 10, 13, 17};
  for (std::size_t f = 0; f < 5; ++f) {
    for (std::size_t i = first[f]; i < first[f + 1]; ++i)
      fleet.blocks.at(0, rows[f] + static_cast<int>(i - first[f])) =
          static_cast<float>(flown.start[i]);
  }
  const int per_substep = kCommandRate_hz / rate_hz;
  for (std::size_t tick = 0; tick < flown.commands.size(); ++tick) {
    if (tick % static_cast<std::size_t>(per_substep) != 0) continue;
    for (std::size_t i = 0; i < 4; ++i) {
      double sum = 0;
      for (std::size_t n = 0; n < static_cast<std::size_t>(per_substep); ++n)
        sum += flown.commands[tick + n][i];
      fleet.blocks.at(0, kRotorRows + static_cast<int>(i)) = static_cast<float>(sum / per_substep);
    }
    fleet.step(params);
  }
  double square = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double error = fleet.blocks.at(0, kPosition + static_cast<int>(i)) - flown.end[i];
    square += error * error;
  }
  return std::sqrt(square);
}

/// The numbers of docs/physics/integration.md.
struct Documented {
  const char* vehicle;
  Eight eight;
  double error_m[3];  // at 240, 500 and 1000 Hz
};

TEST(Integration, ErrorsOfAFigureEightAreThoseOfTheDocs) {
  const Documented table[] = {
      {"cf2x", {1, 3}, {0.0334, 0.0150, 0.0114}},
      {"racer", {5, 4}, {0.0870, 0.0401, 0.0206}},
  };
  const int rates_hz[] = {240, 500, 1000};
  for (const Documented& row : table) {
    const Vehicle vehicle = load_vehicle(row.vehicle);
    const Flown flown = fly_reference(vehicle, row.eight);
    // the first columns of the table, for whoever keeps it
    std::printf("%s: %.2f m at up to %.2f m/s, %.1f m/s^2, tilt %.0f deg; error after %g s:",
                row.vehicle, flown.length_m, flown.top_speed_mps, flown.top_accel_mps2,
                flown.top_tilt_rad * 57.29578, kDuration_s);
    for (std::size_t i = 0; i < 3; ++i) {
      const double error_m = kernel_error_m(vehicle, flown, rates_hz[i]);
      std::printf(" %.4f m at %d Hz", error_m, rates_hz[i]);
      // the docs round to 0.1 mm
      EXPECT_NEAR(error_m, row.error_m[i], 0.02 * row.error_m[i]) << row.vehicle;
    }
    std::printf("\n");
  }
}

}  // namespace
}  // namespace volery
