// Cables as a user meets them: a scene with `cables`, stepped by a batch, against analytic truths.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "model/vehicle.hpp"
#include "tests/batch/rig.hpp"

namespace volery {
namespace {

using test::Rig;

constexpr double kGravity = 9.80665;
constexpr double kPi = 3.14159265358979;
constexpr double kStep_s = 1.0 / 240;

struct D3 {
  double x = 0, y = 0, z = 0;
};
D3 operator-(D3 a, D3 b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
D3 operator+(D3 a, D3 b) {
  return {a.x + b.x, a.y + b.y, a.z + b.z};
}
D3 operator*(D3 a, double s) {
  return {a.x * s, a.y * s, a.z * s};
}
double dot(D3 a, D3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
D3 cross(D3 a, D3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
double norm(D3 a) {
  return std::sqrt(dot(a, a));
}

Value numbers(D3 v) {
  return Value::Array{v.x, v.y, v.z};
}

/// A ball of 10 cm.
Value ball(const char* name, double mass_kg, D3 at, double size_m = 0.1) {
  return Value::Table{{"name", name},
                      {"kind", "sphere"},
                      {"mass_kg", mass_kg},
                      {"position_w_m", numbers(at)},
                      {"size_m", numbers({size_m, size_m, size_m})}};
}

Value cable(const char* a, const char* b, double length_m, Value::Table more = {}) {
  more.emplace("a", a);
  more.emplace("b", b);
  more.emplace("length_m", length_m);
  return more;
}

/// One world with a drone that has nothing to do with it, stepped substep by substep.
BatchConfig world_of(Value::Array props, Value::Array cables) {
  BatchConfig config;
  config.scene = Value::Table{{"bounds_low_m", numbers({-1000, -1000, -1000})},
                              {"bounds_high_m", numbers({1000, 1000, 1000})},
                              {"props", std::move(props)},
                              {"cables", std::move(cables)}};
  config.action = "rotor";
  config.on_crash = "continue";
  config.episode_s = 10000;
  config.agent_rate_hz = 240;
  config.max_speed_mps = 1e5F;
  return config;
}

class World : public Rig {
 public:
  explicit World(const BatchConfig& config) : Rig(config) {
    reset(3);
    // out of the way, and it stays there
    std::vector<float> mode(static_cast<std::size_t>(batch.num_agents()), 1);
    if (config.action == "rotor") batch.set_state(0, "body_mode", mode);
  }
  [[nodiscard]] std::vector<float> props(const std::string& name, int width) const {
    std::vector<float> values(static_cast<std::size_t>(batch.num_props() * width));
    batch.state("prop_" + name, values);
    return values;
  }
  [[nodiscard]] D3 prop(const std::string& name, int i) const {
    const std::vector<float> all = props(name, 3);
    const float* v = all.data() + 3 * i;
    return {static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2])};
  }
  [[nodiscard]] D3 at(int i) const {
    return prop("position_w_m", i) + prop("position_residual_w_m", i);
  }
  [[nodiscard]] D3 velocity(int i) const { return prop("velocity_w_mps", i); }
  [[nodiscard]] D3 agent(int i) const {
    const std::vector<float> all = state("position_w_m", 3);
    const float* v = all.data() + 3 * i;
    return {static_cast<double>(v[0]), static_cast<double>(v[1]), static_cast<double>(v[2])};
  }
  void set_velocity(std::initializer_list<D3> values) {
    std::vector<float> all;
    for (const D3& v : values) {
      for (const double c : {v.x, v.y, v.z}) all.push_back(static_cast<float>(c));
    }
    batch.set_state(0, "prop_velocity_w_mps", all);
  }
  [[nodiscard]] double tension_n(int i) const {
    return static_cast<double>(props("cable_tension_n", 1)[static_cast<std::size_t>(i)]);
  }
};

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
    // above the lowest place of the box; a turn of 20 rad/s is 0.08 rad in a step
    const double swing = first + kGravity * (kLength + 0.1);
    EXPECT_LT(most, first + 0.05 * swing) << angle;
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

// --- drones ---

/// A slung load under each drone, or one under all, in still air far from any ground.
BatchConfig flight_with(double load_kg, int num_agents, const char* carrier) {
  BatchConfig config =
      world_of({ball("load", load_kg, {0, 0, 0}, 0.03)}, {cable(carrier, "load", 2)});
  config.scene.table()["spawn_low_m"] = numbers({-0.3, -0.3, 4});
  config.scene.table()["spawn_high_m"] = numbers({0.3, 0.3, 6});
  config.num_agents = num_agents;
  config.action = "velocity";
  config.flight.ground_effect = false;
  config.agent_rate_hz = 60;
  return config;
}

/// Holds each drone at a point by a law that knows nothing of a load.
void hold(World& world, const std::vector<D3>& targets, double gain_per_s, double max_speed_mps,
          int steps) {
  for (int step = 0; step < steps; ++step) {
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const D3 error = targets[i] - world.agent(static_cast<int>(i));
      float* action = world.actions.data() + 4 * i;
      const double axes[3] = {error.x, error.y, error.z};
      for (int c = 0; c < 3; ++c) {
        action[c] = static_cast<float>(std::clamp(gain_per_s * axes[c] / max_speed_mps, -1.0, 1.0));
      }
      action[3] = 0;
    }
    world.step();
  }
}

/// Sum of the rotors' thrusts of all drones.
double thrust_n(const World& world, const Vehicle& vehicle) {
  double sum = 0;
  for (const float speed : world.state("rotor_speed_radps", 4)) {
    sum += static_cast<double>(vehicle.config.thrust_coefficient_n_s2) *
           static_cast<double>(speed) * static_cast<double>(speed);
  }
  return sum;
}

TEST(Cables, AHoveringDroneCarriesItsLoadAndSagsByTheGainOfItsLaw) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const auto drone_kg = static_cast<double>(vehicle.config.mass_kg);
  constexpr double kGain_per_s = 2;
  // from a hundredth of the drone to what its thrust can hold
  for (const double share : {0.01, 0.3, 0.7}) {
    const double load_kg = share * drone_kg;
    BatchConfig config = flight_with(load_kg, 1, "agent 0");
    // the law feeds the drag forward that the speed asked for would meet
    config.vehicle = Value::Table{{"base", "cf2x"},
                                  {"rotor_drag_b_kg", numbers({0, 0, 0})},
                                  {"body_drag_b_kgpm", numbers({0, 0, 0})}};
    World world(config);
    const D3 target{0, 0, 5};
    // level, so that nothing swings: little damps a swing of 2 m
    world.batch.set_state(0, "position_w_m", std::vector<float>{0, 0, 5});
    world.batch.set_state(0, "quat_wb_xyzw", std::vector<float>{0, 0, 0, 1});
    for (const char* field : {"velocity_w_mps", "omega_b_radps"})
      world.batch.set_state(0, field, std::vector<float>(3));
    world.batch.set_state(0, "prop_position_w_m", std::vector<float>{0, 0, 3});
    hold(world, {target}, kGain_per_s, static_cast<double>(vehicle.gains.max_speed_mps), 60 * 25);
    // the law asks for gain x error of speed, and that for velocity_per_s of it as acceleration
    const double sag_m =
        share * kGravity / (static_cast<double>(vehicle.gains.velocity_per_s.z) * kGain_per_s);
    EXPECT_NEAR(target.z - world.agent(0).z, sag_m, 0.02 * sag_m + 1e-3) << share;
    EXPECT_NEAR(thrust_n(world, vehicle) / ((drone_kg + load_kg) * kGravity), 1, 1e-3) << share;
    EXPECT_NEAR(world.tension_n(0) / (load_kg * kGravity), 1, 2e-3) << share;
    EXPECT_NEAR(static_cast<double>(world.state("cable_tension_n", 1)[0]), world.tension_n(0),
                1e-6);
    EXPECT_NEAR(world.agent(0).z - world.at(0).z, 2, 2e-3) << share;
  }
}

TEST(Cables, TwoDronesCarryOneLoad) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const auto drone_kg = static_cast<double>(vehicle.config.mass_kg);
  const double load_kg = drone_kg;
  World world(flight_with(load_kg, 2, "agents"));
  hold(world, {{-0.6, 0, 5}, {0.6, 0, 5}}, 2, static_cast<double>(vehicle.gains.max_speed_mps),
       60 * 25);
  const std::vector<float> tensions = world.state("cable_tension_n", 1);
  EXPECT_NEAR(world.at(0).x, 0, 0.01);
  EXPECT_NEAR(thrust_n(world, vehicle) / ((2 * drone_kg + load_kg) * kGravity), 1, 0.02);
  // each takes half of the weight over the slope of its cable
  const double half_m = 0.5 * (world.agent(1).x - world.agent(0).x);
  const double slope = std::sqrt(1 - half_m * half_m / 4);
  for (const float tension : tensions) {
    EXPECT_NEAR(static_cast<double>(tension) * slope / (0.5 * load_kg * kGravity), 1, 0.02);
  }
  EXPECT_NEAR(world.tension_n(0), static_cast<double>(tensions[0] + tensions[1]), 1e-5);
}

// --- resets ---

TEST(Cables, ALoadHangsBelowItsDroneFromTheReset) {
  BatchConfig config;
  config.scene = "slung";
  config.num_worlds = 20;
  Rig rig(config);
  rig.reset(5);
  const std::vector<float> drones = rig.state("position_w_m", 3);
  std::vector<float> loads(60);
  rig.batch.state("prop_position_w_m", loads);
  for (std::size_t w = 0; w < 20; ++w) {
    EXPECT_NEAR(loads[3 * w], drones[3 * w], 0.0125F);
    EXPECT_NEAR(loads[3 * w + 1], drones[3 * w + 1], 0.0125F);
    EXPECT_NEAR(drones[3 * w + 2] - loads[3 * w + 2], 1.015F, 0.005F);
  }
}

TEST(Cables, ALoadThatWouldHangInTheGroundLiesOnIt) {
  BatchConfig config;
  config.scene = Value::Table{{"base", "slung"},
                              {"spawn_low_m", numbers({-1, -1, 0.3})},
                              {"spawn_high_m", numbers({1, 1, 0.4})}};
  Rig rig(config);
  rig.reset(5);
  std::vector<float> load(3);
  rig.batch.state("prop_position_w_m", load);
  EXPECT_NEAR(load[2], 0.015F, 1e-4F);
}

TEST(Cables, AnchoredPropsStayWhereTheSceneHasThem) {
  World world(pendulum(0.7));
  EXPECT_NEAR(world.at(0).x, kAnchor.x + kLength * std::sin(0.7), 1e-5);
}

TEST(Cables, ARespawnedDroneGetsItsLoadBack) {
  BatchConfig config;
  config.scene = "slung";
  config.on_crash = "respawn";
  config.action = "rotor";
  config.num_worlds = 8;
  Rig rig(config);
  rig.reset(5);
  int respawns = 0;
  float before = 0;
  for (int step = 0; step < 90; ++step) {
    std::fill(rig.actions.begin(), rig.actions.end(), -1.0F);  // falls
    rig.step();
    const std::vector<float> drones = rig.state("position_w_m", 3);
    std::vector<float> loads(24);
    rig.batch.state("prop_position_w_m", loads);
    if (drones[2] > before + 0.5F) {
      ++respawns;
      EXPECT_NEAR(drones[2] - loads[2], 1.015F, 0.025F);
      EXPECT_NEAR(drones[0], loads[0], 0.0125F);
    }
    before = drones[2];
  }
  EXPECT_GT(respawns, 0);
}

// --- same seed, same bits ---

/// Drones that crash among themselves and into their own and others' loads.
BatchConfig slung_crowd() {
  BatchConfig config = test::crowd(6, 8);
  Value::Array props, cables;
  for (int i = 0; i < 6; ++i) {
    const std::string name = "load " + std::to_string(i);
    props.push_back(ball(name.c_str(), i % 2 == 0 ? 0.005 : 0.03, {0.2 * i, 0, 0.5}, 0.04));
    if (i < 4) {
      cables.push_back(cable(("agent " + std::to_string(i)).c_str(), name.c_str(), 0.3 + 0.1 * i,
                             {{"attach_a_b_m", numbers({0, 0, -0.01})}}));
    }
  }
  cables.push_back(cable("agent 4", "load 3", 0.5));
  cables.push_back(cable("load 4", "load 3", 0.2));
  cables.push_back(cable("agent 5", "agent 6", 0.7));
  cables.push_back(cable("load 5", "world", 0.6, {{"anchor_w_m", numbers({0, 0, 1.5})}}));
  config.scene = Value::Table{{"base", "room"}, {"props", props}, {"cables", cables}};
  return config;
}

std::uint64_t hash_of(const BatchConfig& config) {
  Rig rig(config);
  rig.reset(7);
  rig.run(60);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  EXPECT_EQ(rig.batch.stats().audit_failures, 0U);
  return rig.batch.state_hash();
}

TEST(Cables, ModesThreadsAndSlabsDoNotChangeTheBits) {
  const BatchConfig config = slung_crowd();
  const std::uint64_t expected = hash_of(config);
  BatchConfig other = config;
  other.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_of(other), expected);
  other = config;
  other.audit = true;
  EXPECT_EQ(hash_of(other), expected);
  other = config;
  other.num_threads = 2;
  other.slab_agents = 16;
  EXPECT_EQ(hash_of(other), expected);
}

TEST(Cables, ASnapshotInMidSwingGoesOnToTheSameBits) {
  const BatchConfig config = slung_crowd();
  Rig first(config);
  first.reset(7);
  first.run(25);
  Rig second(config);
  second.reset(1);
  second.batch.restore(first.batch.snapshot({}), {});
  first.run(35, 0, 25);
  second.run(35, 0, 25);
  EXPECT_EQ(first.batch.state_hash(), second.batch.state_hash());
}

// --- refusals ---

std::string refusal(const BatchConfig& config) {
  try {
    const Batch batch(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Cables, NeedTheContactSolver) {
  BatchConfig config;
  config.scene = "slung";
  config.contacts = contact::ContactMode::kOff;
  EXPECT_NE(refusal(config).find("scene.cables"), std::string::npos);
  EXPECT_NE(refusal(config).find("contacts"), std::string::npos);
}

TEST(Cables, AgentsThatAreNotThereAreRefused) {
  BatchConfig config = flight_with(0.01, 2, "agent 2");
  EXPECT_NE(refusal(config).find("scene.cables[0].a = \"agent 2\""), std::string::npos);
  EXPECT_NE(refusal(config).find("[0, 1]"), std::string::npos);
}

TEST(Cables, EndsFarOutsideOfTheirBodyAreRefused) {
  BatchConfig config = flight_with(0.01, 1, "agent 0");
  config.scene.table()["cables"] =
      Value::Array{cable("agent 0", "load", 0.5, {{"attach_b_b_m", numbers({0, 3, 0})}})};
  EXPECT_NE(refusal(config).find("scene.cables[0].attach_b_b_m: 3.0"), std::string::npos)
      << refusal(config);
  config.scene.table()["cables"] =
      Value::Array{cable("world", "load", 0.5, {{"attach_b_b_m", numbers({0, 3, 0})}})};
  EXPECT_NE(refusal(config).find("scene.cables[0].attach_b_b_m: 3.0"), std::string::npos);
}

}  // namespace
}  // namespace volery
