// Rotor commands as the wrench they would give, and back, by the vehicle's matrices.
#pragma once

#include <algorithm>
#include <vector>

#include "fleet.hpp"

namespace volery::test {

struct Wrench {
  double thrust_n = 0;
  Double3 torque_b_nm;
};

/// What the commanded speeds would give.
inline Wrench commanded(const Vehicle& vehicle, const Fleet& fleet, int body) {
  double w[4] = {};
  for (int r = 0; r < vehicle.num_rotors; ++r) {
    const double speed = fleet.command(body, r);
    const double thrust_n =
        static_cast<double>(vehicle.config.thrust_coefficient_n_s2) * speed * speed;
    for (std::size_t j = 0; j < 4; ++j) {
      w[j] += static_cast<double>(vehicle.allocation[j][static_cast<std::size_t>(r)]) * thrust_n;
    }
  }
  return {w[0], {w[1], w[2], w[3]}};
}

/// Thrusts of the rotors for a wrench, unlimited.
inline std::vector<double> mixed(const Vehicle& vehicle, const Wrench& w) {
  std::vector<double> thrusts;
  for (std::size_t i = 0; i < static_cast<std::size_t>(vehicle.num_rotors); ++i) {
    const auto& m = vehicle.mixer[i];
    thrusts.push_back(m[0] * w.thrust_n + m[1] * w.torque_b_nm.x + m[2] * w.torque_b_nm.y +
                      m[3] * w.torque_b_nm.z);
  }
  return thrusts;
}

/// Whether every rotor can give its part.
inline bool fits(const Vehicle& vehicle, const Wrench& w, double slack_n) {
  const VehicleConfig& c = vehicle.config;
  const double k = c.thrust_coefficient_n_s2;
  const double low = k * c.min_rotor_speed_radps * c.min_rotor_speed_radps;
  const double high = k * c.max_rotor_speed_radps * c.max_rotor_speed_radps;
  const std::vector<double> thrusts = mixed(vehicle, w);
  return std::all_of(thrusts.begin(), thrusts.end(),
                     [&](double t) { return t >= low - slack_n && t <= high + slack_n; });
}

}  // namespace volery::test
