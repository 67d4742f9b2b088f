// Step responses and trajectories of the control laws, over the vehicle folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/rng.hpp"
#include "fleet.hpp"
#include "wrench.hpp"

namespace volery::test {

inline const std::vector<std::string>& law_names() {
  static const std::vector<std::string> names{"indi", "lee", "lqr", "mellinger", "pid"};
  return names;
}

/// Physics and control rates that the laws must fly at: Fleet's substeps are their ratio.
struct Rates {
  int physics_hz, control_hz;
};
inline constexpr Rates kRates[] = {{240, 240}, {240, 120}, {500, 250}, {1000, 1000}, {1000, 250}};

inline float unit_range(double v) {
  return static_cast<float>(std::clamp(v, -1.0, 1.0));
}

/// The action of position, and of track at rest, that asks for a place.
inline std::vector<float> to_place(Double3 goal_w, const Plant& p, int num_actions) {
  std::vector<float> action(static_cast<std::size_t>(num_actions), 0.0F);
  const Double3 way = goal_w - p.position_w;
  action[0] = unit_range(way.x);
  action[1] = unit_range(way.y);
  action[2] = unit_range(way.z);
  return action;
}

/// Where a law goes when asked for 1 m along an axis, in its own time unit.
struct Bands {
  Vec3 (*gain_per_s)(const Vehicle& vehicle, float tick_s);  // of its position loop
  double rise;       // 90 %, in units of 1 / gain, beside the time that the top speed takes
  double overshoot;  // share of the step
  double settle;     // to within kSettledShare, likewise
  double final_m;    // distance left at the end
};
inline constexpr double kSettledShare = 0.08;

inline void expect_position_steps(const std::string& law, const Bands& bands) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    for (const Rates rates : kRates) {
      const Vec3 gain = bands.gain_per_s(vehicle, 1.0F / static_cast<float>(rates.control_hz));
      for (int axis = 0; axis < 3; ++axis) {
        Fleet fleet(vehicle, "position", rates.control_hz, 1, Value(law), Value::Table{},
                    rates.physics_hz / rates.control_hz);
        fleet.plants[0].quat = turn({0, 0, 0.7});
        fleet.write_state();
        const Double3 goal_w = {axis == 0 ? 1.0 : 0, axis == 1 ? 1.0 : 0, axis == 2 ? 1.0 : 0};
        const double unit_s = 1 / static_cast<double>(axis == 2 ? gain.z : gain.x);
        const double top_s = 1 / static_cast<double>(vehicle.gains.max_speed_mps);
        StepResponse response(1, kSettledShare);
        fleet.fly(
            12 * unit_s + top_s, [&] { fleet.set_action(0, to_place(goal_w, fleet.plants[0], 4)); },
            [&](double t) {
              const Double3 at = fleet.plants[0].position_w;
              response.add(t, axis == 0 ? at.x : axis == 1 ? at.y : at.z);
            });
        const std::string what = law + ' ' + name + " axis " + std::to_string(axis) + " at " +
                                 std::to_string(rates.physics_hz) + '/' +
                                 std::to_string(rates.control_hz) + " Hz";
        EXPECT_GE(response.rise_s, 0) << what;
        EXPECT_LT(response.rise_s, bands.rise * unit_s + top_s) << what;
        EXPECT_LT(response.overshoot, bands.overshoot) << what;
        EXPECT_LT(response.settle_s, bands.settle * unit_s + top_s) << what;
        EXPECT_LT(norm(fleet.plants[0].position_w - goal_w), bands.final_m) << what;
      }
    }
  }
}

/// Steps of the levels inside the position loop: the value must arrive and stay.
inline void expect_inner_steps(const std::string& law, double overshoot, double final_share,
                               double rise = 6) {
  struct Inner {
    const char* level;
    int first_column, axes;
  };
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const ControlGains& g = vehicle.gains;
    const float hover = thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2);
    for (const Inner inner :
         {Inner{"ctbr", 1, 3}, Inner{"attitude", 1, 2}, Inner{"velocity", 0, 3}}) {
      for (int axis = 0; axis < inner.axes; ++axis) {
        Fleet fleet(vehicle, inner.level, 240, 1, Value(law));
        std::vector<float> action{inner.first_column == 1 ? hover : 0.0F, 0, 0, 0};
        constexpr float kStep = 0.2F;
        action[static_cast<std::size_t>(inner.first_column + axis)] = kStep;
        fleet.set_action(0, action);
        const std::string level_name = inner.level;
        double target = static_cast<double>(kStep);
        const auto of = [axis](Vec3 v) {
          return static_cast<double>(axis == 0 ? v.x : axis == 1 ? v.y : v.z);
        };
        double unit_s = 1 / of(g.velocity_per_s);
        if (level_name == "ctbr") {
          target *= of(g.max_rate_radps);
          unit_s = 1 / of(g.rate_per_s);
        } else if (level_name == "attitude") {
          target *= static_cast<double>(g.max_tilt_rad);
          unit_s = 1 / std::sqrt(of(g.attitude_kr_per_s2));
        } else {
          target *= static_cast<double>(g.max_speed_mps);
        }
        StepResponse response(target, kSettledShare);
        fleet.fly(12 * unit_s, [&](double t) {
          const Plant& p = fleet.plants[0];
          double value = axis == 0 ? p.velocity_w.x : axis == 1 ? p.velocity_w.y : p.velocity_w.z;
          if (level_name == "ctbr") {
            value = axis == 0 ? p.omega_b.x : axis == 1 ? p.omega_b.y : p.omega_b.z;
          } else if (level_name == "attitude") {
            value = axis == 0 ? p.roll() : p.pitch();
          }
          response.add(t, value);
        });
        const std::string what =
            law + ' ' + name + ' ' + level_name + " column " + std::to_string(axis);
        EXPECT_GE(response.rise_s, 0) << what;
        EXPECT_LT(response.rise_s, rise * unit_s) << what;
        EXPECT_LT(response.overshoot, overshoot) << what;
        EXPECT_NEAR(response.last, 1, final_share) << what;
      }
    }
  }
}

/// Steady circle of 1 m on the track level, at half the acceleration that the tilt limit allows and
/// no faster than `follow` times sqrt(kr), what the attitude loop can follow: the laws feed the
/// tilt forward, not its lag, which costs (w / sqrt(kr))^2 of the acceleration. Returns the root
/// mean square distance from the moving setpoint after it has settled.
inline double circle_error_m(const Vehicle& vehicle, const std::string& law, Rates rates,
                             const Value& options = Value::Table{}, double follow = 0.2) {
  Fleet fleet(vehicle, law, rates.control_hz, 1, "", options, rates.physics_hz / rates.control_hz);
  const double top = vehicle.gains.max_speed_mps;
  const double push = 0.5 * static_cast<double>(kGravityMps2) *
                      std::tan(static_cast<double>(vehicle.gains.max_tilt_rad));
  const double loop = std::sqrt(static_cast<double>(vehicle.gains.attitude_kr_per_s2.x));
  const double w = std::fmin(std::fmin(0.7 * top, follow * loop), std::sqrt(push));
  fleet.plants[0].position_w = {1, 0, 0};
  fleet.write_state();
  double now_s = 0, sum = 0;
  int count = 0;
  fleet.fly(
      10,
      [&] {
        const double c = std::cos(w * now_s), s = std::sin(w * now_s);
        std::vector<float> action = to_place({c, s, 0}, fleet.plants[0], 14);
        const Double3 motion[3] = {Double3{-s, c, 0} * w, Double3{-c, -s, 0} * (w * w),
                                   Double3{s, -c, 0} * (w * w * w)};
        for (std::size_t i = 0; i < 3; ++i) {
          action[3 + 3 * i] = static_cast<float>(motion[i].x);
          action[4 + 3 * i] = static_cast<float>(motion[i].y);
        }
        fleet.set_action(0, action);
      },
      [&](double t) {
        now_s = t;
        if (t < 5) return;
        const Double3 off =
            Double3{std::cos(w * t), std::sin(w * t), 0} - fleet.plants[0].position_w;
        sum += dot(off, off);
        ++count;
      });
  return std::sqrt(sum / count);
}

/// The largest distance to the start after tumbling, upside down among it.
inline double worst_after_tumbling_m(const Vehicle& vehicle, const std::string& law,
                                     double tilt_rad, double duration_s) {
  constexpr int kBodies = 64;
  Fleet fleet(vehicle, "position", 240, kBodies, Value(law));
  Rng rng(8, 0, Stream::kAction, 0, 0);
  const auto draw = [&](double size) { return size * static_cast<double>(rng.uniform(-1, 1)); };
  for (int i = 0; i < kBodies; ++i) {
    Plant& p = fleet.plants[static_cast<std::size_t>(i)];
    p.quat = turn({draw(tilt_rad), draw(tilt_rad), draw(tilt_rad)});
    p.omega_b = {draw(10), draw(10), draw(3)};
    p.velocity_w = {draw(2), draw(2), draw(2)};
  }
  fleet.write_state();
  fleet.fly(
      duration_s,
      [&] {
        for (int i = 0; i < kBodies; ++i) {
          fleet.set_action(i, to_place({}, fleet.plants[static_cast<std::size_t>(i)], 4));
        }
      },
      [](double) {});
  double worst = 0;
  for (const Plant& p : fleet.plants) worst = std::fmax(worst, norm(p.position_w));
  return worst;
}

/// A vehicle whose centre of mass lies aside of where its controller believes it.
inline Vehicle unbalanced(const std::string& name, float offset_m) {
  VehicleConfig config = load_vehicle(Value(name)).config;
  for (RotorSpec& rotor : config.rotors) rotor.position_b_m[0] += offset_m;
  return Vehicle(config);
}

/// Distance to the setpoint at the end of 12 s of hover.
inline double hover_error_m(const Vehicle& vehicle, const std::string& law, const Value& options) {
  Fleet fleet(vehicle, "position", 240, 1, Value(law), options);
  fleet.fly(
      12, [&] { fleet.set_action(0, to_place({}, fleet.plants[0], 4)); }, [](double) {});
  return norm(fleet.plants[0].position_w);
}

}  // namespace volery::test
