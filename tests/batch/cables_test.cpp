// Cables between props and the world against analytic truths.
#include <gtest/gtest.h>

#include "tests/batch/cable_worlds.hpp"

namespace volery::test {
namespace {

constexpr D3 kAnchor{40, 0, 30};
constexpr double kLength = 0.5;

/// A bob that starts at an angle to the vertical, at rest.
BatchConfig pendulum(double angle_rad, double mass_kg = 0.1, double length_m = kLength) {
  const D3 bob = kAnchor + D3{std::sin(angle_rad), 0, -std::cos(angle_rad)} * length_m;
  return world_of({ball("bob", mass_kg, bob)},
                  {cable("bob", "world", length_m, {{"anchor_w_m", numbers(kAnchor)}})});
}

/// Mean time between two passes of the lowest point in the same direction.
double measured_period(const BatchConfig& config, int swings) {
  World world(config);
  double first = -1;
  double last = -1;
  int passes = 0;
  double before = world.at(0).x - kAnchor.x;
  for (int i = 1; passes <= swings && i < 100000; ++i) {
    world.step();
    const double now = world.at(0).x - kAnchor.x;
    if (before > 0 && now <= 0) {
      last = (i - 1 + before / (before - now)) * kStep_s;
      if (first < 0) first = last;
      ++passes;
    }
    before = now;
  }
  return (last - first) / swings;
}

// T = 2 pi sqrt(L / g) / agm(1, cos(angle / 2)): the elliptic integral by its mean
double true_period(double angle_rad, double length_m = kLength) {
  double a = 1;
  double g = std::cos(angle_rad / 2);
  for (int i = 0; i < 8; ++i) {
    const double mean = 0.5 * (a + g);
    g = std::sqrt(a * g);
    a = mean;
  }
  return 2 * kPi * std::sqrt(length_m / kGravity) / a;
}

// What a leapfrog gains on a pendulum is (frequency x step)^2 / 24, 1.4e-5 for small swings of 0.5
// m at 240 Hz, and up to three times that at 86 degrees.
constexpr double kPeriodTolerance = 5e-5;

TEST(Cables, SwingsTakeTheTimeOfTheEllipticIntegral) {
  for (const double angle : {0.05, 0.5, 1.0, 1.5}) {
    const double period_s = measured_period(pendulum(angle), 10);
    EXPECT_NEAR(period_s / true_period(angle), 1, kPeriodTolerance) << angle;
  }
}

TEST(Cables, ShorterStepsComeNearerToTheTruePeriod) {
  double error[2];
  for (const int fine : {0, 1}) {
    // the same pendulum, slower: a step of the same length is a smaller share of its period
    BatchConfig config = pendulum(1.0, 0.1, fine == 1 ? 4 * kLength : kLength);
    error[fine] = measured_period(config, 10) / true_period(1.0, fine == 1 ? 4 * kLength : kLength);
    error[fine] = std::abs(error[fine] - 1);
  }
  // of second order: half the relative step, a quarter of the error, as far as float can tell
  EXPECT_LT(error[1], 0.35 * error[0]);
}

// float velocities, over a step
constexpr double kLengthTolerance_m = 1e-7;

TEST(Cables, AHangingLoadPullsWithItsWeight) {
  for (const double mass_kg : {0.001, 0.1, 20.0}) {
    World world(pendulum(0, mass_kg));
    for (int i = 0; i < 240; ++i) world.step();
    EXPECT_NEAR(world.tension_n(0) / (mass_kg * kGravity), 1, 1e-5) << mass_kg;
    EXPECT_NEAR(norm(world.at(0) - kAnchor), kLength, kLengthTolerance_m);
    EXPECT_LT(norm(world.velocity(0)), 1e-5);
  }
}

// Of the bob at half steps, as the method has them; per kilogram.
double energy_jpkg(const World& world, double g = kGravity) {
  const D3 v = world.velocity(0);
  return 0.5 * dot(v, v) + g * (world.at(0).z - kAnchor.z - 0.5 * kStep_s * v.z);
}

TEST(Cables, SwingsNeitherGainNorLoseEnergyInAMinute) {
  for (const double angle : {0.5, 1.5}) {
    World world(pendulum(angle));
    world.step();
    const double first = energy_jpkg(world);
    const double swing = first + kGravity * kLength;  // above the lowest point
    double low = first;
    double high = first;
    for (int i = 0; i < 240 * 60; ++i) {
      world.step();
      low = std::min(low, energy_jpkg(world));
      high = std::max(high, energy_jpkg(world));
      ASSERT_NEAR(norm(world.at(0) - kAnchor), kLength, kLengthTolerance_m);
    }
    // it goes up and down within a swing by the square of the step, and does not drift
    EXPECT_GT(low, first - 1e-3 * swing) << angle;
    EXPECT_LT(high, first + 1e-3 * swing) << angle;
    EXPECT_NEAR(energy_jpkg(world), first, 1e-3 * swing) << angle;
  }
}

TEST(Cables, ABodyThatSwingsByItsEdgeGainsNoEnergyInAMinute) {
  for (const double angle : {0.3, 1.2}) {
    const D3 size{0.2, 0.04, 0.04};
    const D3 edge = kAnchor + D3{std::sin(angle), 0, -std::cos(angle)} * kLength;
    Value box = ball("box", 0.1, edge + D3{0.1, 0, 0});
    box.table()["kind"] = "box";
    box.table()["size_m"] = numbers(size);
    World world(world_of({box}, {cable("box", "world", kLength,
                                       {{"anchor_w_m", numbers(kAnchor)},
                                        {"attach_a_b_m", numbers({-0.1, 0, 0})}})}));
    // per kilogram, in the plane of the swing: rates about y
    const double inertia = (size.x * size.x + size.z * size.z) / 12;
    double first = 0;
    double most = -1e9;
    for (int i = 0; i < 240 * 60; ++i) {
      world.step();
      const D3 rates = world.prop("omega_b_radps", 0);
      const double energy = energy_jpkg(world) + 0.5 * inertia * dot(rates, rates);
      if (i == 0) first = energy;
      most = std::max(most, energy);
      ASSERT_LT(std::abs(world.at(0).y - kAnchor.y), 1e-3);
    }
    // above the lowest place; it goes up and down by 0.8 % where the box turns by 0.1 rad in a step
    const double swing = first + kGravity * (kLength + 0.1);
    EXPECT_LT(most, first + 0.01 * swing) << angle;
  }
}

TEST(Cables, ASlackCableChangesNoBit) {
  // falls past its anchor and is caught 0.5 m below it
  const auto thrown = [](bool tied) {
    BatchConfig config = pendulum(0);
    config.scene.table()["props"] = Value::Array{ball("bob", 0.1, kAnchor + D3{0.1, 0, 0.3})};
    if (!tied) config.scene.table().erase("cables");
    config.contacts = contact::ContactMode::kAll;  // in sight of the solver all the time
    auto world = std::make_unique<World>(config);
    world->set_velocity({{0.3, -0.2, 1}});
    world->batch.set_state(0, "prop_omega_b_radps", std::vector<float>{1, -2, 3});
    return world;
  };
  const auto tied = thrown(true);
  const auto loose = thrown(false);
  int slack_steps = 0;
  for (;; ++slack_steps) {
    tied->step();
    loose->step();
    if (tied->tension_n(0) > 0) break;
    for (const auto& [field, width] : {std::pair{"position_w_m", 3},
                                       {"quat_wb_xyzw", 4},
                                       {"velocity_w_mps", 3},
                                       {"omega_b_radps", 3}}) {
      ASSERT_EQ(tied->props(field, width), loose->props(field, width)) << field;
    }
  }
  EXPECT_GT(slack_steps, 60);
  EXPECT_NE(tied->props("velocity_w_mps", 3), loose->props("velocity_w_mps", 3));
}

TEST(Cables, AFallingLoadIsCaughtWithoutOvershoot) {
  for (const D3 start : {D3{0, 0, 0.4}, D3{0.1, 0, 0.3}, D3{0.45, 0, 0.1}, D3{0, 0, 30}}) {
    BatchConfig config = pendulum(0);
    config.scene.table()["props"] = Value::Array{ball("bob", 0.1, kAnchor + D3{0, 0, -0.1})};
    if (start.z < kLength)
      config.scene.table()["props"] = Value::Array{ball("bob", 0.1, kAnchor + start)};
    World world(config);
    // the last one is thrown down at 30 m/s, 12 cm in a substep
    if (start.z > kLength) world.set_velocity({{0, 0, -start.z}});
    double longest_m = 0;
    double most_n = 0;
    for (int i = 0; i < 480; ++i) {
      world.step();
      longest_m = std::max(longest_m, norm(world.at(0) - kAnchor));
      most_n = std::max(most_n, world.tension_n(0));
    }
    EXPECT_LT(longest_m, kLength + kLengthTolerance_m) << start.z;
    EXPECT_GT(most_n, 10 * 0.1 * kGravity) << start.z;
  }
}

/// Two balls joined in free fall, 0.5 m apart, the first one pushed.
BatchConfig joined_pair(double ratio, double lever_m) {
  BatchConfig config =
      world_of({ball("a", 0.1, {40, 0, 30}), ball("b", 0.1 * ratio, {40.5, 0, 30})},
               {cable("a", "b", 0.6,
                      {{"attach_a_b_m", numbers({lever_m, 0, 0})},
                       {"attach_b_b_m", numbers({0, lever_m, 0})}})});
  config.flight.gravity_mps2 = 0;
  return config;
}

TEST(Cables, TwoFreeBodiesKeepTheirMomentum) {
  for (const double ratio : {1.0, 100.0}) {
    for (const double lever_m : {0.0, 0.05}) {
      World world(joined_pair(ratio, lever_m));
      world.set_velocity({{-0.3, 1, 0.2}, {0, 0, 0}});
      const double masses[2] = {0.1, 0.1 * ratio};
      const D3 momentum0 = D3{-0.3, 1, 0.2} * masses[0];
      double energy_after_catch = 0;
      double energy = 0;
      for (int i = 0; i < 240 * 20; ++i) {
        world.step();
        D3 momentum, spin;
        energy = 0;
        for (int body = 0; body < 2; ++body) {
          const double m = masses[body];
          const D3 v = world.velocity(body);
          const D3 rates = world.prop("omega_b_radps", body);
          momentum = momentum + v * m;
          spin = spin + cross(world.at(body) - D3{40, 0, 30}, v * m);
          energy += 0.5 * m * dot(v, v) + 0.5 * (0.1 * m * 0.01) * dot(rates, rates);
        }
        ASSERT_LT(norm(momentum - momentum0), 1e-5 * norm(momentum0) * ratio) << i;
        // ends at the centers turn no ball, so that this is all of the angular momentum: 0 before
        if (lever_m == 0) {
          ASSERT_LT(norm(spin), 1e-4 * norm(momentum0) * kLength * ratio) << i;
        }
        if (i == 240 * 10) energy_after_catch = energy;
      }
      // no gain; a catch more may lose some
      EXPECT_LT(energy, energy_after_catch * 1.005) << ratio << ' ' << lever_m;
      if (lever_m == 0) {
        EXPECT_NEAR(energy, energy_after_catch, 1e-3 * energy);
      }
    }
  }
}

/// A chain of beads of 1 g with a load at its end, let go at an angle.
BatchConfig chain(int links, double load_kg) {
  Value::Array props, cables;
  D3 at = kAnchor;
  std::string above = "world";
  for (int i = 0; i < links; ++i) {
    at = at + D3{0.06, 0, -0.08};
    const std::string name = i == links - 1 ? "load" : "bead " + std::to_string(i);
    props.push_back(ball(name.c_str(), i == links - 1 ? load_kg : 0.001, at, 0.02));
    cables.push_back(cable(name.c_str(), above.c_str(), 0.1, {{"anchor_w_m", numbers(kAnchor)}}));
    above = name;
  }
  return world_of(props, cables);
}

TEST(Cables, AChainOfBeadsHoldsAHeavyLoad) {
  constexpr int kLinks = 8;
  for (const double load_kg : {0.05, 0.1}) {
    World world(chain(kLinks, load_kg));
    double longest_m = 0;
    double first = 0;
    double most = -1e9;
    for (int step = 0; step < 240 * 20; ++step) {
      world.step();
      double energy = 0;
      for (int i = 0; i < kLinks; ++i) {
        const D3 v = world.velocity(i);
        energy += (i == kLinks - 1 ? load_kg : 0.001) *
                  (0.5 * dot(v, v) + kGravity * (world.at(i).z - kAnchor.z - 0.5 * kStep_s * v.z));
        longest_m = std::max(longest_m, norm(world.at(i) - (i == 0 ? kAnchor : world.at(i - 1))));
      }
      if (step == 0) first = energy;
      most = std::max(most, energy);
    }
    // softness stretches a link by 2e-3 g h^2 load / bead, 1.7e-5 m for 50 times its own mass
    EXPECT_LT(longest_m, 0.1 + 1e-6 * load_kg / 0.001) << load_kg;
    EXPECT_LT(most, first + 0.01 * load_kg * kGravity * 0.8) << load_kg;
  }
}

TEST(Cables, CablesShareALoadFairly) {
  for (const int count : {2, 4, 8}) {
    Value::Array cables;
    for (int i = 0; i < count; ++i) {
      const double a = 2 * kPi * i / count;
      const D3 hook = kAnchor + D3{0.3 * std::cos(a), 0.3 * std::sin(a), 0};
      cables.push_back(cable("load", "world", 0.5, {{"anchor_w_m", numbers(hook)}}));
    }
    World world(world_of({ball("load", 0.1, kAnchor + D3{0, 0, -0.35})}, cables));
    for (int i = 0; i < 480; ++i) world.step();
    // 3-4-5: each leans by 0.6 to 0.8; the field is the sum over the cables
    EXPECT_NEAR(world.tension_n(0) * 0.8 / (0.1 * kGravity), 1, 1e-3) << count;
    EXPECT_NEAR(world.at(0).z - kAnchor.z, -0.4, 1e-5) << count;
    EXPECT_LT(norm(world.velocity(0)), 1e-3) << count;
  }
}

TEST(Cables, ACableThatIsTooLongIsDrawnInSlowly) {
  World world(pendulum(0));
  std::vector<float> far{static_cast<float>(kAnchor.x) + 2.5F, 0, static_cast<float>(kAnchor.z)};
  world.batch.set_state(0, "prop_position_w_m", far);
  double fastest = 0;
  for (int i = 0; i < 240 * 3; ++i) {
    world.step();
    const D3 span = world.at(0) - kAnchor;
    if (i < 240) fastest = std::max(fastest, -dot(world.velocity(0), span) / norm(span));
  }
  EXPECT_NEAR(fastest, 1, 0.05);
  EXPECT_LT(norm(world.at(0) - kAnchor), kLength + kLengthTolerance_m);
}

TEST(Cables, AnchoredPropsStayWhereTheSceneHasThem) {
  World world(pendulum(0.7));
  EXPECT_NEAR(world.at(0).x, kAnchor.x + kLength * std::sin(0.7), 1e-5);
}

}  // namespace
}  // namespace volery::test
