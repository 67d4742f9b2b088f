// Downwash against a brute-force oracle in double precision, measurements, and itself.
#include "swarm/downwash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "core/isa.hpp"
#include "core/rng.hpp"
#include "core/workers.hpp"

namespace volery::swarm {
namespace {

const Vehicle& crazyflie() {
  static const Vehicle vehicle = load_vehicle(Value("cf2x"));
  return vehicle;
}

/// Worlds of drones that hover where they are put.
struct Swarm {
  static constexpr int kRow = kRotorRows + 8;
  Swarm(int num_worlds, int num_agents) {
    const int bodies = num_worlds * num_agents;
    const std::size_t floats = static_cast<std::size_t>(blocks_for(bodies) * (kRow + 1) * kLanes);
    memory.reset(static_cast<float*>(std::aligned_alloc(64, floats * sizeof(float))));
    std::fill_n(memory.get(), floats, 0.0F);
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    slab.agents = {memory.get(), blocks_for(bodies), kRow + 1, bodies};
    for (int i = 0; i < slab.agents.num_blocks * kLanes; ++i) {
      slab.agents.at(i, kMode) =
          static_cast<float>(i < bodies ? BodyMode::kMoving : BodyMode::kAbsent);
      slab.agents.set_quat(i, {0, 0, 0, 1});
      set_speed(i, crazyflie().hover_speed_radps);
    }
  }
  void set_speed(int body, float speed_radps) const {
    for (int r = 0; r < 4; ++r) slab.agents.at(body, kRotorRows + 4 + r) = speed_radps;
  }
  void put(int body, Vec3 at_w_m) const { slab.agents.set_vec3(body, kPosition, at_w_m); }
  /// Poses and speeds of all drones at random, in a box of this size.
  void scatter(std::uint64_t seed, float size_m) const {
    Rng rng(seed, 0, Stream::kSpawn);
    for (int i = 0; i < slab.agents.num_bodies; ++i) {
      put(i, {rng.uniform(0, size_m), rng.uniform(0, size_m), rng.uniform(0, size_m)});
      Quat q{rng.uniform(-0.6F, 0.6F), rng.uniform(-0.6F, 0.6F), rng.uniform(-1, 1), 1};
      const float length = std::sqrt(q.x * q.x + q.y * q.y + q.z * q.z + 1);
      slab.agents.set_quat(i, {q.x / length, q.y / length, q.z / length, q.w / length});
      set_speed(i, rng.uniform(0, 2500));
    }
  }
  void update(Downwash& downwash, const Split& split = {}) const {
    downwash.update(slab, JetFleet{{JetModel(crazyflie())}, 4}, kRow, split);
  }
  [[nodiscard]] std::vector<float> felt() const {
    std::vector<float> values;
    for (int i = 0; i < slab.agents.num_bodies; ++i) values.push_back(slab.agents.at(i, kRow));
    return values;
  }
  [[nodiscard]] std::vector<float> updated() const {
    Downwash downwash;
    update(downwash);
    return felt();
  }
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  std::unique_ptr<float, Free> memory;
  Slab slab;
};

double step_of(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return x * x * (3 - 2 * x);
}

/// The formulas of downwash.hpp, one pair at a time.
double oracle(const Swarm& swarm, int target) {
  const VehicleConfig& c = crazyflie().config;
  const Blocks& agents = swarm.slab.agents;
  double sum = 0;
  const int first = target / swarm.slab.num_agents * swarm.slab.num_agents;
  for (int source = first; source < first + swarm.slab.num_agents; ++source) {
    const Vec3 axis = rotate(agents.quat(source), {0, 0, -1});
    const Vec3 offset = agents.vec3(target, kPosition) - agents.vec3(source, kPosition);
    const double l = 2 * std::sqrt(2.0) * 0.03253;
    const double s = static_cast<double>(dot(offset, axis)) / l;
    const double d = std::sqrt(static_cast<double>(dot(offset, offset))) / l;
    if (source == target || s <= 0) continue;
    const double r = std::sqrt(std::max(0.0, d * d - s * s));
    double thrust = 0;
    for (int rotor = 0; rotor < 4; ++rotor) {
      const double w = agents.at(source, kRotorRows + 4 + rotor);
      thrust += c.thrust_coefficient_n_s2 * w * w;
    }
    const double disk = 4 * 3.14159265358979 * c.rotor_radius_m * c.rotor_radius_m;
    const double induced = std::sqrt(thrust / (2 * 1.225 * disk));
    const double half = 0.07668 * (s + 5.817);
    const double profile = 1 + (std::sqrt(2.0) - 1) * r * r / (half * half);
    const double speed = induced * 10.11 / (s + 5.817) / (profile * profile) * step_of(s) *
                         step_of((400 - d * d) / 300) * axis.z;
    sum += speed * std::abs(speed);
  }
  return sum < 0 ? -std::sqrt(-sum) : std::sqrt(sum);
}

TEST(Jets, BodiesWithoutRotorsBlowNothing) {
  for (const char* name : {"rover", "particle"}) {
    const JetModel jet(load_vehicle(name));
    EXPECT_EQ(jet.gain, 0) << name;
    EXPECT_LT(jet.motor_distance_m, JetModel(load_vehicle("cf2x")).motor_distance_m) << name;
  }
}

TEST(Downwash, EqualsTheSumOverPairs) {
  float strongest = 0;
  for (const int num_agents : {2, 3, 5, 16, 40, 100}) {
    Swarm swarm(num_agents == 100 ? 1 : 60 / num_agents, num_agents);
    swarm.scatter(static_cast<std::uint64_t>(num_agents), 1.2F);
    const std::vector<float> felt = swarm.updated();
    for (int i = 0; i < swarm.slab.agents.num_bodies; ++i) {
      const float v = felt[static_cast<std::size_t>(i)];
      // each jet is rounded to half a unit of its square
      const double expected = oracle(swarm, i);
      const double slack =
          0.5 * num_agents * static_cast<double>(kJetUnit) + 1e-4 * expected * expected;
      EXPECT_NEAR(v * std::abs(v), expected * std::abs(expected), slack)
          << i << " of " << num_agents;
      strongest = std::max(strongest, std::abs(v));
    }
  }
  EXPECT_GT(strongest, 1) << "some of them must feel something";
}

TEST(Downwash, OneJetIsTheFormulaOfThePlots) {
  Swarm swarm(1, 2);
  const float hover_n = crazyflie().config.mass_kg * kGravityMps2;
  for (const float below : {0.02F, 0.1F, 0.3F, 0.7F, 1.2F, 1.8F, 2.5F}) {
    for (const float beside : {0.0F, 0.05F, 0.2F}) {
      swarm.put(1, {beside, 0, -below});
      // hover speeds and weight agree to 1e-5; speeds squared are rounded to a unit
      const float expected = jet_speed_mps(crazyflie(), hover_n, below, beside);
      EXPECT_NEAR(swarm.updated()[1], -expected, 1e-3F + 0.02F * (expected < 0.1F))
          << below << ' ' << beside;
    }
  }
}

// Force on a 34 g Crazyflie hovering under another (G. Shi et al.: "Neural-Swarm", ICRA 2020, Fig.
// 3), against the drag that flight makes of this air. The two were not fitted to each other.
TEST(Downwash, PushesACrazyflieAsMeasured) {
  constexpr double kMeasured[][2] = {{0.2, 10}, {0.3, 8}, {0.4, 6}, {0.5, 4}};  // m, gram-force
  constexpr double kTolerance_g = 2;  // the figure is read to 1 g; the fit through it misses by 1
  const VehicleConfig& c = crazyflie().config;
  const float weight_n = 0.034F * kGravityMps2;
  const double speeds =
      4 * std::sqrt(weight_n / (4 * static_cast<double>(c.thrust_coefficient_n_s2)));
  for (const auto& [below, gram_force] : kMeasured) {
    const double v = jet_speed_mps(crazyflie(), weight_n, static_cast<float>(below), 0);
    const double force_n = (c.rotor_drag_b_kg[2] * speeds + c.body_drag_b_kgpm[2] * v) * v;
    EXPECT_NEAR(force_n / 9.80665 * 1000, gram_force, kTolerance_g) << below;
  }
}

TEST(Downwash, CarriesTheMomentumOfTheThrust) {
  // 0.96 of the weight for this vehicle where nothing fades; the jet's constants come from others
  const float weight_n = crazyflie().config.mass_kg * kGravityMps2;
  constexpr int kRings = 2000;
  double flux_n = 0;
  for (int i = 0; i < kRings; ++i) {
    const double r = (i + 0.5) * 0.6 / kRings;
    const double u = jet_speed_mps(crazyflie(), weight_n, 0.5F, static_cast<float>(r));
    flux_n += static_cast<double>(kAirDensity_kgpm3) * u * u * 2 * 3.14159265 * r * 0.6 / kRings;
  }
  EXPECT_NEAR(flux_n / static_cast<double>(weight_n), 0.96, 0.02);
}

TEST(Downwash, IsBoundedForEveryGeometry) {
  const float induced = std::sqrt(JetModel(crazyflie()).gain * 4) * crazyflie().hover_speed_radps;
  const float bound = 1.75F * induced;
  Swarm swarm(1, 2);
  for (const float below : {0.0F, 1e-30F, 1e-6F, 1e-3F, 0.01F, 0.03F, 0.06F, 0.09F, 0.12F}) {
    for (const float beside : {0.0F, 1e-20F, 1e-4F, 0.06F}) {
      swarm.put(1, {beside, 0, -below});
      const std::vector<float> felt = swarm.updated();
      EXPECT_LE(std::abs(felt[1]), bound) << below << ' ' << beside;
      EXPECT_EQ(felt[0], 0) << "nobody above";
    }
  }
  // upside down it blows at who is above
  swarm.slab.agents.set_quat(0, {1, 0, 0, 0});
  swarm.put(1, {0, 0, 0.4F});
  EXPECT_GT(swarm.updated()[1], 1);
  swarm.put(1, {0, 0, -0.4F});
  EXPECT_EQ(swarm.updated()[1], 0);
  // on its side it blows beside, which has no vertical part
  swarm.slab.agents.set_quat(0, {std::sqrt(0.5F), 0, 0, std::sqrt(0.5F)});
  swarm.put(1, {0, 0.4F, 0});
  EXPECT_NEAR(swarm.updated()[1], 0, 0.04F);
}

TEST(Downwash, GrowsAsTheRootOfTheNumberAbove) {
  Swarm swarm(1, 401);
  swarm.put(400, {0, 0, -0.5F});
  const float four_hundred = swarm.updated()[400];
  for (int i = 1; i < 400; ++i) swarm.put(i, {100, 0, 0});
  EXPECT_NEAR(four_hundred / swarm.updated()[400], 20, 0.01) << "momentum fluxes add";
}

TEST(Downwash, BadStatesNeitherBlowNorFeel) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float nan = std::nanf("");
  for (const int brute_force : {192, 0}) {
    Swarm swarm(1, 8);
    for (int i = 0; i < 8; ++i) swarm.put(i, {0, 0, 1 - 0.3F * static_cast<float>(i)});
    swarm.put(1, {nan, 0, 0.9F});
    swarm.put(2, {0, kInfinity, 0.9F});
    swarm.put(3, {1e30F, -1e30F, 1e30F});
    swarm.slab.agents.at(4, kMode) = static_cast<float>(BodyMode::kAbsent);
    swarm.set_speed(5, kInfinity);
    Downwash downwash;
    downwash.set_largest_brute_force(brute_force);
    swarm.update(downwash);
    const std::vector<float> felt = swarm.felt();
    for (const std::size_t i : {0U, 1U, 2U, 3U, 4U}) EXPECT_EQ(felt[i], 0) << i;
    for (const float v : felt) EXPECT_TRUE(std::isfinite(v));
    // 0 alone is left above 5 and 6
    Swarm two(1, 2);
    two.put(0, {0, 0, 1});
    two.put(1, {0, 0, 1 - 0.3F * 5});
    EXPECT_EQ(felt[5], two.updated()[1]);
  }
}

TEST(Downwash, TheOrderOfAgentsDoesNotMatter) {
  constexpr int kAgents = 64;
  Swarm swarm(1, kAgents), shuffled(1, kAgents);
  swarm.scatter(3, 1);
  const std::vector<float> felt = swarm.updated();
  for (int i = 0; i < kAgents; ++i) {
    const int to = i * 37 % kAgents;
    for (int r = 0; r <= Swarm::kRow; ++r) {
      shuffled.slab.agents.at(to, r) = swarm.slab.agents.at(i, r);
    }
  }
  const std::vector<float> after = shuffled.updated();
  for (int i = 0; i < kAgents; ++i) {
    EXPECT_EQ(after[static_cast<std::size_t>(i * 37 % kAgents)], felt[static_cast<std::size_t>(i)])
        << i;
  }
}

TEST(Downwash, GridThreadsAndInstructionSetsGiveTheSameBits) {
  for (const float size_m : {0.3F, 3.0F, 9.0F}) {
    Swarm swarm(2, 450);
    swarm.scatter(8, size_m);
    // one far away must not spoil the grid
    swarm.put(7, {-3e4F, 2e4F, 5});
    Downwash all_pairs;
    all_pairs.set_largest_brute_force(450);
    swarm.update(all_pairs);
    const std::vector<float> best = swarm.felt();
    EXPECT_GT(
        *std::max_element(best.begin(), best.end()) - *std::min_element(best.begin(), best.end()),
        1);
    Workers pool(3);
    for (const std::string& isa : available_isas()) {
      limit_isa(isa);
      for (const int brute_force : {450, 0}) {
        Downwash downwash;
        downwash.set_largest_brute_force(brute_force);
        swarm.update(downwash);
        EXPECT_EQ(swarm.felt(), best) << isa << ", " << size_m << " m, " << brute_force;
        swarm.update(downwash, Split{&pool});
        EXPECT_EQ(swarm.felt(), best)
            << isa << ", " << size_m << " m, " << brute_force << ", split";
      }
    }
    limit_isa("auto");
  }
}

TEST(Downwash, EachTypeBlowsItsOwnJet) {
  Vehicle large = crazyflie();
  for (RotorSpec& rotor : large.config.rotors) {
    for (float& x : rotor.position_b_m) x *= 3;
  }
  large.config.rotor_radius_m *= 3;
  JetFleet fleet{{JetModel(crazyflie()), JetModel(large)}, 4, kOmega};
  const float hover_n = crazyflie().config.mass_kg * kGravityMps2;
  for (const int brute_force : {192, 0}) {
    Swarm swarm(1, 4);
    swarm.put(0, {0, 0, 10});
    swarm.put(1, {0, 0, 9.3F});
    swarm.put(2, {50, 0, 10});
    swarm.put(3, {50, 0, 9.3F});
    swarm.slab.agents.at(2, kOmega) = 1;
    Downwash downwash;
    downwash.set_largest_brute_force(brute_force);
    downwash.update(swarm.slab, fleet, Swarm::kRow);
    EXPECT_NEAR(swarm.felt()[1], -jet_speed_mps(crazyflie(), hover_n, 0.7F, 0), 1e-3F);
    EXPECT_NEAR(swarm.felt()[3], -jet_speed_mps(large, hover_n, 0.7F, 0), 1e-3F);
    EXPECT_LT(std::abs(swarm.felt()[3] / swarm.felt()[1]), 0.7F);
  }
}

TEST(Downwash, WorldsDoNotMix) {
  // the same places in every world: who is above is in another world
  Swarm swarm(40, 3);
  for (int i = 0; i < 120; ++i) swarm.put(i, {0, 0, 10 - 0.05F * static_cast<float>(i / 3)});
  for (const float v : swarm.updated()) EXPECT_EQ(v, 0);
}

}  // namespace
}  // namespace volery::swarm
