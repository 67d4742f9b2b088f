#include "policy/pilot_common.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/policy/observation.hpp"
#include "volery/controller.hpp"

namespace volery {
namespace {

using test::act;
using test::make_error;
using test::Observation;

// sums of a few products of thrusts, as shares of the full range
constexpr float kRounding = 1e-5F;

/// Thrust and torques (n, n m) that rotor actions ask for.
std::array<float, 4> wrench(const Vehicle& vehicle, const std::vector<float>& action) {
  const VehicleConfig& config = vehicle.config;
  const float k = config.thrust_coefficient_n_s2;
  const float least = k * config.min_rotor_speed_radps * config.min_rotor_speed_radps;
  const float most = k * config.max_rotor_speed_radps * config.max_rotor_speed_radps;
  std::array<float, 4> sum{};
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t i = 0; i < 4; ++i) {
      sum[j] += vehicle.allocation[j][i] * (least + 0.5F * (action[i] + 1) * (most - least));
    }
  }
  return sum;
}

TEST(Pilot, HoldsTheWeightAtTheGoal) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(name);
    const Observation at_goal(Observation::all());
    for (const float a : act("hover", at_goal, vehicle, "rotor")) {
      EXPECT_NEAR(a, rotor_hover_action(vehicle), kRounding) << name;
    }
    const float thrust = thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2);
    for (const char* level : {"ctbr", "attitude"}) {
      const auto action = act("hover", at_goal, vehicle, level);
      EXPECT_NEAR(action[0], thrust, kRounding);
      for (std::size_t i = 1; i < 4; ++i) EXPECT_NEAR(action[i], 0, kRounding);
    }
    for (const char* level : {"velocity", "position"}) {
      EXPECT_EQ(act("hover", at_goal, vehicle, level), (std::vector<float>{0, 0, 0, 0}));
    }
  }
}

TEST(Pilot, LeansTowardsTheGoal) {
  const Vehicle vehicle = load_vehicle("cf2x");
  Observation ahead(Observation::all());
  ahead.set("goal", {1, 0, 0});
  EXPECT_GT(act("hover", ahead, vehicle, "ctbr")[2], 0.01F);  // nose down
  EXPECT_GT(act("hover", ahead, vehicle, "attitude")[2], 0.01F);
  EXPECT_GT(act("hover", ahead, vehicle, "velocity")[0], 0.01F);
  EXPECT_GT(act("hover", ahead, vehicle, "position")[0], 0.01F);
  EXPECT_GT(wrench(vehicle, act("hover", ahead, vehicle, "rotor"))[2], 0);
  Observation left(Observation::all());
  left.set("goal", {0, 1, 0});
  EXPECT_LT(act("hover", left, vehicle, "ctbr")[1], -0.01F);  // left side down
  EXPECT_LT(act("hover", left, vehicle, "attitude")[1], -0.01F);
  EXPECT_LT(wrench(vehicle, act("hover", left, vehicle, "rotor"))[1], 0);
  Observation above(Observation::all());
  above.set("goal", {0, 0, 1});
  for (const char* level : {"ctbr", "attitude"}) {
    EXPECT_GT(act("hover", above, vehicle, level)[0],
              thrust_action(vehicle, vehicle.config.mass_kg * kGravityMps2) + 0.01F);
  }
}

TEST(Pilot, CommandsDoNotDependOnTheHeading) {
  // turned left by 90 degrees, a goal to the east lies on the right hand
  const Vehicle vehicle = load_vehicle("cf2x");
  Observation turned(Observation::all());
  turned.set_attitude({0, 0, std::sqrt(0.5F), std::sqrt(0.5F)});
  turned.set("goal", {1, 0, 0});
  Observation right(Observation::all());
  right.set("goal", {0, -1, 0});
  for (const char* level : {"rotor", "ctbr", "attitude"}) {
    const auto a = act("hover", turned, vehicle, level), b = act("hover", right, vehicle, level);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a[i], b[i], kRounding) << level;
  }
}

TEST(Pilot, TurnsUprightFromAnyAttitude) {
  const Vehicle vehicle = load_vehicle("cf2x");
  for (int i = 1; i <= 35; ++i) {
    const float half = 0.5F * 3.14159265F / 180 * 10 * static_cast<float>(i);
    Observation rolled(Observation::all());
    rolled.set_attitude({std::sin(half), 0, 0, std::cos(half)});
    const float rate = act("hover", rolled, vehicle, "ctbr")[1];
    if (i < 18) {
      EXPECT_LT(rate, 0) << i;  // the short way back
    } else if (i > 18) {
      EXPECT_GT(rate, 0) << i;
    } else {
      EXPECT_NE(rate, 0);  // upside down either way will do
    }
  }
}

TEST(Pilot, NeverAsksForMoreThanTheRotorsGive) {
  const Vehicle vehicle = load_vehicle("cf2x");
  Observation wild(Observation::all());
  wild.set_attitude({0.6F, 0.3F, -0.2F, std::sqrt(1 - 0.36F - 0.09F - 0.04F)});
  wild.set("rates", {30, -40, 50});
  wild.set("velocity", {9, -9, -9});
  wild.set("goal", {-50, 50, 50});
  for (const char* level : {"rotor", "ctbr", "attitude", "velocity", "position"}) {
    for (const float a : act("hover", wild, vehicle, level)) {
      EXPECT_GE(a, -1);
      EXPECT_LE(a, 1);
    }
  }
}

TEST(Pilot, KeepsTheDirectionOfTorqueWhereRotorsSaturate) {
  const Vehicle vehicle = load_vehicle("cf2x");
  Observation tumbling(Observation::all());
  tumbling.set("rates", {40, -20, 0});
  const auto sum = wrench(vehicle, act("hover", tumbling, vehicle, "rotor"));
  EXPECT_LT(sum[1], 0);
  EXPECT_GT(sum[2], 0);
  // torque along each axis is inertia times rate error, here all from the rates
  const float wished = vehicle.config.inertia_b_kgm2[0] * 2 / vehicle.config.inertia_b_kgm2[1];
  EXPECT_NEAR(-sum[1] / sum[2], wished, 0.01F);
}

TEST(Pilot, NamesTheSensorThatIsMissing) {
  const Observation::Widths goal_only{{"goal", 3}};
  EXPECT_EQ(make_error("hover", goal_only, "velocity"), "");
  EXPECT_NE(make_error("hover", goal_only, "ctbr").find("sensor 'pose'"), std::string::npos);
  EXPECT_NE(make_error("hover", {{"goal", 3}, {"pose", 12}}, "ctbr").find("sensor 'velocity'"),
            std::string::npos);
  const Observation::Widths no_rates{{"goal", 3}, {"pose", 12}, {"velocity", 3}};
  EXPECT_EQ(make_error("hover", no_rates, "attitude"), "");
  EXPECT_NE(make_error("hover", no_rates, "rotor").find("sensor 'rates'"), std::string::npos);
  for (const char* name : {"hover", "waypoints"}) {
    EXPECT_NE(make_error(name, {}, "velocity").find("sensor 'goal'"), std::string::npos);
  }
}

TEST(Pilot, RefusesAnUnknownActionLevel) {
  const std::string message = make_error("hover", Observation::all(), "velocty");
  EXPECT_NE(message.find("'velocity'"), std::string::npos) << message;
}

/// The action of push() for a drone level at rest.
std::vector<float> push(const Vehicle& vehicle, const char* level, Vec3 acceleration) {
  const Observation observation(Observation::all());
  const policy::Pilot pilot(observation.context(vehicle, level), "test");
  std::vector<float> action(4, 99);
  pilot.push(pilot.read(observation.row.data()), acceleration, action.data());
  return action;
}

TEST(Pilot, PushesUpwardsWithTheAcceleration) {
  const Vehicle vehicle = load_vehicle("racer");
  const float mass_kg = vehicle.config.mass_kg;
  const auto up = wrench(vehicle, push(vehicle, "rotor", {0, 0, 5}));
  EXPECT_NEAR(up[0], mass_kg * (kGravityMps2 + 5), kRounding * vehicle.max_thrust_n);
  EXPECT_NEAR(push(vehicle, "ctbr", {0, 0, 5})[0],
              thrust_action(vehicle, mass_kg * (kGravityMps2 + 5)), kRounding);
  // a velocity above its own
  EXPECT_GT(push(vehicle, "velocity", {0, 0, 1})[2], 0);
}

TEST(Pilot, PushesNoHarderThanItsLimits) {
  const Vehicle vehicle = load_vehicle("racer");
  const float mass_kg = vehicle.config.mass_kg;
  const Observation observation(Observation::all());
  const auto limits_at = [&](const char* level) {
    return policy::Pilot(observation.context(vehicle, level), "test").hard_limits();
  };
  const float most_n = mass_kg * limits_at("ctbr").thrust_mps2;
  EXPECT_LT(most_n, vehicle.max_thrust_n);
  EXPECT_NEAR(push(vehicle, "ctbr", {0, 0, 1000})[0], thrust_action(vehicle, most_n), kRounding);
  // downwards it keeps some lift, and turns no further over
  const float least_n = mass_kg * limits_at("ctbr").least_mps2;
  EXPECT_NEAR(push(vehicle, "ctbr", {0, 0, -1000})[0], thrust_action(vehicle, least_n), kRounding);
  // the tilt that the level attitude can be told, and what holds the height at the others
  EXPECT_NEAR(limits_at("attitude").slope, std::tan(vehicle.gains.max_tilt_rad), 1e-4F);
  EXPECT_GT(limits_at("ctbr").slope, limits_at("attitude").slope);
  EXPECT_NEAR(push(vehicle, "attitude", {1000, 0, 0})[2], 1, 1e-4F);
  const Vehicle weak = load_vehicle("cf2x");
  const auto held = policy::Pilot(observation.context(weak, "ctbr"), "test").hard_limits();
  EXPECT_LE(kGravityMps2 * std::sqrt(1 + held.slope * held.slope), held.thrust_mps2 * 1.0001F);
}

}  // namespace
}  // namespace volery
