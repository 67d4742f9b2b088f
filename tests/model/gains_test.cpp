// The gains, tried on the linear chain that they were derived for: torque behind its command by the
// loop lag, two integrators to the attitude, two more to the position.
#include "model/gains.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace volery {
namespace {

// Fine against every time constant here (the shortest lag is some 10 ms).
constexpr double kStep_s = 1e-4;
// Overshoot of the Bessel shape is below 1 %; lags that differ between loops add a little.
constexpr double kPositionOvershoot = 0.03;
// The attitude loop by itself: s^3 + s^2 + 7/15 s + 0.1244 overshoots by 12.3 %.
constexpr double kAttitudeOvershoot = 0.13;

struct Response {
  double peak = 0;
  double settled_s = 0;  // last time outside 2 % of the step
};

Response settle(const std::vector<double>& path) {
  Response response;
  for (std::size_t i = 0; i < path.size(); ++i) {
    response.peak = std::max(response.peak, path[i]);
    if (std::abs(path[i] - 1) > 0.02) response.settled_s = static_cast<double>(i) * kStep_s;
  }
  return response;
}

/// A unit step of attitude, and of position through attitude, in small-angle form.
class Chain {
 public:
  Chain(const ControlGains& gains, double rate, double attitude, double velocity, double position)
      : lag_(gains.loop_lag_s),
        rate_(rate),
        attitude_(attitude),
        velocity_(velocity),
        position_(position) {}

  std::vector<double> attitude_step(double seconds) {
    std::vector<double> path;
    while (static_cast<double>(path.size()) * kStep_s < seconds) {
      turn(1);
      path.push_back(angle_);
    }
    return path;
  }
  std::vector<double> position_step(double seconds) {
    std::vector<double> path;
    while (static_cast<double>(path.size()) * kStep_s < seconds) {
      turn(velocity_ * (position_ * (1 - place_) - speed_));
      // unit gravity: the angle is the acceleration
      speed_ += kStep_s * angle_;
      place_ += kStep_s * speed_;
      path.push_back(place_);
    }
    return path;
  }

 private:
  void turn(double wanted_angle) {
    const double command = rate_ * (attitude_ * (wanted_angle - angle_) - spin_);
    torque_ += kStep_s / lag_ * (command - torque_);
    spin_ += kStep_s * torque_;
    angle_ += kStep_s * spin_;
  }
  double lag_, rate_, attitude_, velocity_, position_;
  double torque_ = 0, spin_ = 0, angle_ = 0, speed_ = 0, place_ = 0;
};

class EveryVehicleGains : public testing::TestWithParam<std::string> {
 protected:
  const ControlGains gains = load_vehicle(GetParam()).gains;
};

TEST_P(EveryVehicleGains, StepHorizontallyWithoutOvershoot) {
  const float rate[2] = {gains.rate_per_s.x, gains.rate_per_s.y};
  const float attitude[2] = {gains.attitude_per_s.x, gains.attitude_per_s.y};
  for (int axis = 0; axis < 2; ++axis) {
    Chain chain(gains, rate[axis], attitude[axis], gains.velocity_per_s.x, gains.position_per_s.x);
    const Response response = settle(chain.position_step(20));
    EXPECT_LT(response.peak, 1 + kPositionOvershoot);
    // 45 lags for the Bessel shape: 3.2 s for a Crazyflie
    EXPECT_LT(response.settled_s, 4);
    EXPECT_GT(response.settled_s, 0.1);
  }
}

TEST_P(EveryVehicleGains, TurnWithLittleOvershoot) {
  Chain roll(gains, gains.rate_per_s.x, gains.attitude_per_s.x, 0, 0);
  EXPECT_LT(settle(roll.attitude_step(5)).peak, 1 + kAttitudeOvershoot);
  EXPECT_LT(settle(roll.attitude_step(5)).settled_s, 1.5);
  Chain yaw(gains, gains.rate_per_s.z, gains.attitude_per_s.z, 0, 0);
  EXPECT_LT(settle(yaw.attitude_step(10)).peak, 1 + kAttitudeOvershoot);
}

TEST_P(EveryVehicleGains, ClimbWithoutOvershoot) {
  double thrust = 0;
  double speed = 0;
  double height = 0;
  std::vector<double> path;
  while (path.size() < 200000) {
    const double command = gains.velocity_per_s.z * (gains.position_per_s.z * (1 - height) - speed);
    thrust += kStep_s / gains.loop_lag_s * (command - thrust);
    speed += kStep_s * thrust;
    height += kStep_s * speed;
    path.push_back(height);
  }
  EXPECT_LT(settle(path).peak, 1 + kPositionOvershoot);
  EXPECT_LT(settle(path).settled_s, 4);
}

TEST_P(EveryVehicleGains, GeometricGainsEqualTheCascade) {
  EXPECT_NEAR(gains.attitude_kr_per_s2.x, gains.rate_per_s.x * gains.attitude_per_s.x,
              1e-5 * gains.attitude_kr_per_s2.x);
  EXPECT_NEAR(gains.attitude_kr_per_s2.z, gains.rate_per_s.z * gains.attitude_per_s.z,
              1e-5 * gains.attitude_kr_per_s2.z);
  EXPECT_EQ(gains.attitude_kw_per_s, gains.rate_per_s);
}

TEST_P(EveryVehicleGains, AskForNoMoreTorqueThanThereIs) {
  const Vehicle vehicle = load_vehicle(GetParam());
  const double torque[3] = {vehicle.max_torque_b_nm.x, vehicle.max_torque_b_nm.y,
                            vehicle.max_torque_b_nm.z};
  const double kr[3] = {gains.attitude_kr_per_s2.x, gains.attitude_kr_per_s2.y,
                        gains.attitude_kr_per_s2.z};
  const double rate[3] = {gains.rate_per_s.x, gains.rate_per_s.y, gains.rate_per_s.z};
  const double full_stick[3] = {gains.max_rate_radps.x, gains.max_rate_radps.y,
                                gains.max_rate_radps.z};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double accel = torque[axis] / vehicle.config.inertia_b_kgm2[axis];
    EXPECT_LE(kr[axis] * 1.0, 0.5 * accel * (1 + 1e-5)) << axis;
    EXPECT_LE(rate[axis] * full_stick[axis], accel * (1 + 1e-5)) << axis;
    EXPECT_GT(full_stick[axis], 0.5) << axis;
  }
}

TEST_P(EveryVehicleGains, KeepHeightAtFullTilt) {
  const Vehicle vehicle = load_vehicle(GetParam());
  EXPECT_GT(std::cos(gains.max_tilt_rad) * vehicle.thrust_to_weight, 1.0);
}

INSTANTIATE_TEST_SUITE_P(Folder, EveryVehicleGains, testing::ValuesIn(rotorcraft_names()),
                         [](const auto& test) { return test.param; });

TEST(Gains, FollowTheLag) {
  VehicleConfig config = load_vehicle("cf2x").config;
  config.motor_rise_s = 0.03F;
  config.motor_fall_s = 0.05F;
  const ControlGains gains = Vehicle(config).gains;
  EXPECT_NEAR(gains.loop_lag_s, 0.04 + 1.5 / 240, 1e-7);
  // 1 / (4 z^2 t) with damping z = 0.73
  EXPECT_NEAR(gains.rate_per_s.x, 1 / (4 * 0.732 * 0.732 * gains.loop_lag_s), 0.05);
  EXPECT_NEAR(gains.rate_per_s.z * 3, gains.rate_per_s.x, 1e-4) << "yaw is slower by three";
}

TEST(Gains, SoftenWhereTorqueIsScarce) {
  VehicleConfig config = load_vehicle("cf2x").config;
  const ControlGains strong = Vehicle(config).gains;
  config.torque_to_thrust_m = 2e-4F;
  const ControlGains weak = Vehicle(config).gains;
  EXPECT_LT(weak.attitude_kr_per_s2.z, 0.5F * strong.attitude_kr_per_s2.z);
  EXPECT_EQ(weak.attitude_kr_per_s2.x, strong.attitude_kr_per_s2.x);
  // a vehicle that hardly lifts itself tilts less and climbs gently
  config.mass_kg = 0.05F;
  const ControlGains heavy = Vehicle(config).gains;
  EXPECT_LT(heavy.max_tilt_rad, 0.4F);
  EXPECT_LT(heavy.position_per_s.z, strong.position_per_s.z);
}

}  // namespace
}  // namespace volery
