// DSLPIDControl: the position and attitude PID of gym-pybullet-drones, in its units (RPM and PWM).
#pragma once

#include <array>
#include <type_traits>

#include "flight/gpd_model.hpp"

namespace volery::gpd {

/// Gains, limits and mixer; the original's attributes, which scripts may change.
struct PidGains {
  V3 p_force{0.4, 0.4, 1.25}, i_force{0.05, 0.05, 0.05}, d_force{0.2, 0.2, 0.5};
  V3 p_torque{70000, 70000, 60000}, i_torque{0, 0, 500}, d_torque{20000, 20000, 12000};
  double rpm_per_pwm = 0.2685, rpm_at_zero = 4070.3;
  double min_pwm = 20000, max_pwm = 65535;
  double thrust_n_per_rpm2 = 0, weight_n = 0;
  std::array<V3, kRotors> mixer{};
};

/// The gains for a Crazyflie; its mixer is that of the model (kCf2x or kCf2p).
[[nodiscard]] PidGains pid_gains(GpdModel model) noexcept;

/// What the controller remembers. Doubles only, so that it can be copied and hashed as bytes.
struct PidState {
  V3 last_rpy_rad, integral_position, integral_attitude;
};
static_assert(sizeof(PidState) == 9 * sizeof(double));

struct PidTarget {
  V3 position_w_m, rpy_rad, velocity_w_mps, rpy_rates_radps;
};

struct PidOutput {
  std::array<double, kRotors> rpm{};
  V3 position_error_m;
  double yaw_error_rad = 0;
};

/// Rotor speeds from position, attitude and velocity; the angular velocity is not used. A direction
/// that is not defined (no thrust wanted, or wanted along the heading), for which the original
/// gives NaN, keeps the present body axes.
[[nodiscard]] PidOutput pid_control(const PidGains& gains, double step_s, V3 position_w_m,
                                    Q4 quat_wb, V3 velocity_w_mps, const PidTarget& target,
                                    PidState& state) noexcept;

}  // namespace volery::gpd
