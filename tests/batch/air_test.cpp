// Wind, downwash and ceilings in whole batches: who feels what, and that nothing depends on how the
// work is cut.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/isa.hpp"
#include "flight/wind.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"
#include "swarm/downwash.hpp"
#include "tests/batch/rig.hpp"
#include "volery/policy.hpp"

namespace volery {
namespace {

using test::crowd;
using test::Rig;

constexpr std::size_t kY = 1, kZ = 2;

/// Every kind of moving air at once, in a room.
BatchConfig windy(int num_worlds, int num_agents) {
  BatchConfig config = crowd(num_worlds, num_agents);
  config.wind.mean_w_mps = {3, 1, 0};
  config.wind.turbulence = flight::Turbulence::kModerate;
  config.wind.random_gusts.speed_mps = 3;
  config.flight.downwash = num_agents > 1;
  config.flight.ceiling_effect = true;
  return config;
}

bool has_field(const Batch& batch, const std::string& name) {
  const std::vector<StateField> fields = batch.state_fields();
  return std::any_of(fields.begin(), fields.end(),
                     [&](const StateField& f) { return f.name == name; });
}

std::uint64_t hash_after(const BatchConfig& config, int steps = 45) {
  Rig rig(config);
  rig.reset(7);
  rig.run(steps);
  EXPECT_GT(rig.batch.stats().touching_share, 0);
  return rig.batch.state_hash();
}

TEST(Air, StillAirHasNoRows) {
  const Rig rig(crowd(2, 4));
  for (const char* name : {"wind_w_mps", "downwash_w_mps", "ceiling_height_w_m"}) {
    EXPECT_FALSE(has_field(rig.batch, name)) << name;
  }
  EXPECT_FALSE(rig.batch.config().flight.wind);
}

TEST(Air, AnyWindTurnsItsEffectOn) {
  BatchConfig config = crowd(1, 2);
  config.wind.random_gusts.speed_mps = 40;
  const Rig rig(config);
  EXPECT_TRUE(has_field(rig.batch, "wind_w_mps"));
  EXPECT_TRUE(rig.batch.config().flight.wind);
  EXPECT_GE(rig.batch.config().flight.max_air_speed_mps, 40);
}

TEST(Air, RowsHoldWhatTheModelsSay) {
  const BatchConfig config = windy(6, 5);
  Rig rig(config);
  rig.reset(11);
  rig.run(20);
  const flight::Wind wind(rig.batch.config().wind, 1.0F / 30);
  const Scene scene(load_scene(rig.batch.config().scene));
  const std::vector<float> at = rig.state("position_w_m", 3);
  const std::vector<float> air = rig.state("wind_w_mps", 3);
  const std::vector<float> above = rig.state("ceiling_height_w_m", 1);
  float strongest = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    WorldHeader world;
    world.seed = 11 + i / 5;
    world.step = 20;
    flight::WindLanes lanes{};
    for (int l = 0; l < kLanes; ++l) lanes.set(l, world);
    alignas(64) float position[3 * kLanes] = {}, velocity[3 * kLanes];
    for (std::size_t c = 0; c < 3; ++c) position[c * kLanes] = at[3 * i + c];
    wind.sample(lanes, position, velocity);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(air[3 * i + c], velocity[c * kLanes]) << i;
    EXPECT_EQ(above[i], scene.ceiling_height_m({at[3 * i], at[3 * i + 1], at[3 * i + 2]},
                                               flight::kNoCeiling_m));
    EXPECT_LT(above[i], 10) << "the room has a ceiling";
    strongest = std::max(strongest, std::abs(air[3 * i + kZ]));
  }
  EXPECT_GT(strongest, 0.3F);
}

TEST(Air, ThreadsSlabsAndInstructionSetsDoNotChangeTheBits) {
  BatchConfig config = windy(12, 6);
  const std::uint64_t chosen = hash_after(config);
  for (const int agents : {6, 36, 100000}) {
    config.slab_agents = agents;
    EXPECT_EQ(hash_after(config), chosen) << agents << " agents per slab";
  }
  config.slab_agents = 0;
  config.num_threads = 3;
  EXPECT_EQ(hash_after(config), chosen) << "threads";
  for (const std::string& isa : available_isas()) {
    limit_isa(isa);
    EXPECT_EQ(hash_after(config), chosen) << isa;
  }
  limit_isa("auto");
}

TEST(Air, AGiantWorldIsSplitWithoutChangingTheBits) {
  BatchConfig config = windy(1, 2000);
  config.task = "hover";
  config.action = "ctbr";
  config.scene = Value::Table{{"spawn_low_m", Value::Array{-10.0, -10.0, 0.5}},
                              {"spawn_high_m", Value::Array{10.0, 10.0, 12.0}},
                              {"base", "empty"}};
  std::uint64_t hashes[2];
  for (const int threads : {1, 3}) {
    config.num_threads = threads;
    Rig rig(config);
    rig.reset(1);
    rig.run(6);
    hashes[threads == 3 ? 1 : 0] = rig.batch.state_hash();
    const std::vector<float> felt = rig.state("downwash_w_mps", 1);
    EXPECT_LT(*std::min_element(felt.begin(), felt.end()), -1) << "somebody is under somebody";
  }
  EXPECT_EQ(hashes[0], hashes[1]);
}

TEST(Air, CulledContactsEqualAll) {
  BatchConfig config = windy(5, 10);
  config.wind.turbulence = flight::Turbulence::kSevere;
  const std::uint64_t culled = hash_after(config);
  config.contacts = contact::ContactMode::kAll;
  EXPECT_EQ(hash_after(config), culled);
  config.contacts = contact::ContactMode::kCulled;
  config.audit = true;
  Rig rig(config);
  rig.reset(3);
  rig.run(45);
  EXPECT_EQ(rig.batch.stats().audit_failures, 0U);
}

TEST(Air, SnapshotsContinueInOtherBatches) {
  Rig rig(windy(4, 4));
  rig.reset(5);
  rig.run(30);
  const int taken[] = {2};
  const std::vector<std::uint8_t> snapshot = rig.batch.snapshot(taken);
  Rig other(windy(1, 4));
  other.reset(1);
  other.batch.restore(snapshot, {});
  rig.run(20, 0, 30);
  for (int i = 30; i < 50; ++i) {
    // the actions of world 2 of the other
    other.draw_actions(2, i);
    other.step();
  }
  EXPECT_EQ(other.batch.state_hash(0), rig.batch.state_hash(2));
}

TEST(Air, SetConfigChangesTheWindOfNamedWorlds) {
  BatchConfig config = crowd(3, 2);
  config.flight.wind = true;
  Rig rig(config);
  const std::uint8_t mask[] = {0, 1, 0};
  const Value gale =
      Value::Table{{"wind", Value::Table{{"mean_w_mps", Value::Array{0.0, 8.0, 0.0}}}}};
  rig.batch.set_config(gale, mask);
  rig.reset(1);
  const std::vector<float> air = rig.state("wind_w_mps", 3);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(air[3 * i + kY], i / 2 == 1 ? 8 : 0) << i;

  const auto refused = [](Rig& batch, const Value& changes, const char* reason) {
    try {
      batch.batch.set_config(changes, {});
      ADD_FAILURE() << reason;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kValue);
      EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
    }
  };
  Rig calm(crowd(1, 2));
  refused(calm, gale, "build it with flight.wind = true");
  refused(rig, Value::Table{{"wind", Value::Table{{"mean_w_mps", Value::Array{45.0, 0.0, 0.0}}}}},
          "flight.max_air_speed_mps = 30");
  refused(rig, Value::Table{{"wind", Value::Table{{"mean_mps", 3.0}}}}, "mean_mps");
}

/// Distances from the goal, after three seconds, of 32 drones that the baseline flies by positions.
std::vector<Vec3> held_offsets(BatchConfig config) {
  config.task = "hover";
  config.action = "position";
  config.num_worlds = 32;
  config.on_crash = "continue";
  Rig rig(config);
  const std::unique_ptr<Policy> policy = rig.batch.policy("");
  const Layout& layout = rig.batch.layout();
  rig.reset(0);
  std::vector<Vec3> offsets;
  constexpr int kSteps = 200, kSettled = 90;
  for (int i = 0; i < kSteps; ++i) {
    policy->act(rig.observation.data(), layout.observation_size(), rig.actions.data(),
                layout.action_size(), config.num_worlds, 1, 0);
    rig.step();
    if (i < kSettled) continue;
    const std::vector<float> at = rig.state("position_w_m", 3);
    for (std::size_t w = 0; w < 32; ++w) {
      offsets.push_back(Vec3{at[3 * w], at[3 * w + 1], at[3 * w + 2]} - Vec3{0, 0, 1});
    }
  }
  EXPECT_EQ(rig.batch.stats().diverged_worlds, 0U);
  return offsets;
}

TEST(Air, TheBaselineHoldsItsPlaceInModerateWind) {
  // no level has an integral part, so a steady wind leaves an offset: the drag over the stiffness
  constexpr double kWind_mps = 3;
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const VehicleConfig& c = vehicle.config;
  const double drag_n =
      (c.rotor_drag_b_kg[0] * 4 * vehicle.hover_speed_radps + c.body_drag_b_kgpm[0] * kWind_mps) *
      kWind_mps;
  const double offset_m = drag_n / static_cast<double>(c.mass_kg) /
                          static_cast<double>(vehicle.gains.position_per_s.x) /
                          static_cast<double>(vehicle.gains.velocity_per_s.x);
  BatchConfig steady;
  steady.wind.mean_w_mps = {static_cast<float>(kWind_mps), 0, 0};
  // the thrust that the tilt takes, the drag along the tilted axes
  constexpr double kTolerance = 0.15;
  // the middle one: some still come back from a wild start
  std::vector<float> along, across;
  for (const Vec3 off : held_offsets(steady)) {
    along.push_back(off.x);
    across.push_back(off.y);
  }
  const auto middle = [](std::vector<float>& values) {
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
  };
  EXPECT_NEAR(middle(along) / offset_m, 1, kTolerance);
  EXPECT_NEAR(middle(across), 0, 0.02);

  // 3 m/s with gusts of half of that: some twice as far at times
  BatchConfig rough = steady;
  rough.wind.turbulence = flight::Turbulence::kCustom;
  rough.wind.w20_mps = 7;
  double square = 0;
  float farthest = 0;
  const std::vector<Vec3> offsets = held_offsets(rough);
  for (const Vec3 off : offsets) {
    square += dot(off, off) / static_cast<double>(offsets.size());
    farthest = std::max(farthest, std::sqrt(dot(off, off)));
  }
  EXPECT_LT(std::sqrt(square), 2 * offset_m);
  EXPECT_LT(farthest, 6 * offset_m) << "nobody is blown away";
}

/// Two Crazyflies at hover thrust, one above the other.
struct Stack {
  explicit Stack(float below_m, bool downwash)
      : vehicle(load_vehicle(Value("cf2x"))), rig([&] {
          BatchConfig config;
          config.num_agents = 2;
          config.scene = "empty";
          config.action = "rotor";
          config.on_crash = "continue";
          config.flight.downwash = downwash;
          return config;
        }()) {
    rig.reset(0);
    const float hover = vehicle.hover_speed_radps;
    const float top = vehicle.config.max_rotor_speed_radps;
    std::fill(rig.actions.begin(), rig.actions.end(), 2 * hover * hover / (top * top) - 1);
    rig.batch.set_state(0, "rotor_speed_radps", std::vector<float>(8, hover));
    rig.batch.set_state(0, "velocity_w_mps", std::vector<float>(6, 0));
    rig.batch.set_state(0, "omega_b_radps", std::vector<float>(6, 0));
    rig.batch.set_state(0, "quat_wb_xyzw", std::vector<float>{0, 0, 0, 1, 0, 0, 0, 1});
    rig.batch.set_state(0, "position_w_m", std::vector<float>{0, 0, 20, 0, 0, 20 - below_m});
  }
  Vehicle vehicle;
  Rig rig;
};

TEST(Air, WhoFliesUnderAnotherSinksByTheDragOfTheModel) {
  Stack stack(0.4F, true);
  Stack calm(0.4F, false);
  const double air = stack.rig.state("downwash_w_mps", 1)[1];
  EXPECT_NEAR(air, -swarm::jet_speed_mps(stack.vehicle, 0.027F * kGravityMps2, 0.4F, 0), 0.02);
  EXPECT_EQ(stack.rig.state("downwash_w_mps", 1)[0], 0);
  stack.rig.step();
  calm.rig.step();
  const VehicleConfig& c = stack.vehicle.config;
  const double speeds = 4 * static_cast<double>(stack.vehicle.hover_speed_radps);
  const double accel =
      (c.rotor_drag_b_kg[2] * speeds + c.body_drag_b_kgpm[2] * std::abs(air)) * air / c.mass_kg;
  const double felt =
      stack.rig.state("velocity_w_mps", 3)[3 + kZ] - calm.rig.state("velocity_w_mps", 3)[3 + kZ];
  // drag falls by a few per cent while it gains 7 cm/s
  EXPECT_NEAR(felt / (accel / 30), 1, 0.06);
  EXPECT_EQ(stack.rig.state("velocity_w_mps", 3)[kZ], calm.rig.state("velocity_w_mps", 3)[kZ]);
  for (int i = 0; i < 20; ++i) stack.rig.step();
  EXPECT_LT(stack.rig.state("position_w_m", 3)[3 + kZ], 19.3F);
  EXPECT_EQ(stack.rig.batch.stats().diverged_worlds, 0U);
}

TEST(Air, EachTypeOfAFleetBlowsItsOwnJet) {
  BatchConfig config;
  config.num_agents = 2;
  config.vehicle = Value::Array{"cf2x", "racer"};
  config.scene = "empty";
  config.flight.downwash = true;
  Rig rig(config);
  rig.reset(0);
  const Vehicle racer = load_vehicle(Value("racer"));
  const std::size_t rotors = rig.state("rotor_speed_radps", 4).size() / 2;
  rig.batch.set_state(0, "rotor_speed_radps",
                      std::vector<float>(2 * rotors, racer.hover_speed_radps));
  rig.batch.set_state(0, "quat_wb_xyzw", std::vector<float>{0, 0, 0, 1, 0, 0, 0, 1});
  rig.batch.set_state(0, "position_w_m", std::vector<float>{0, 0, 20, 0, 0, 21.5F});
  const std::vector<float> felt = rig.state("downwash_w_mps", 1);
  EXPECT_NEAR(felt[0], -swarm::jet_speed_mps(racer, racer.config.mass_kg * kGravityMps2, 1.5F, 0),
              0.01);
  EXPECT_EQ(felt[1], 0);
}

TEST(Air, StaysFiniteInAndThroughEachOther) {
  for (const float below_m : {0.0F, 1e-6F, 0.01F, 0.03F, -0.02F}) {
    Stack stack(below_m, true);
    for (int i = 0; i < 30; ++i) stack.rig.step();
    for (const char* name : {"position_w_m", "velocity_w_mps"}) {
      for (const float v : stack.rig.state(name, 3)) EXPECT_LT(std::abs(v), 100) << name << below_m;
    }
    EXPECT_EQ(stack.rig.batch.stats().diverged_worlds, 0U) << below_m;
  }
}

TEST(Air, TheGroundEffectKnowsSlopesAndObstacles) {
  BatchConfig config;
  config.num_agents = 3;
  config.action = "rotor";
  config.on_crash = "continue";
  const Value slope = Value::Table{{"kind", "plane"}, {"rpy_rad", Value::Array{0.0, -0.3, 0.0}}};
  const Value box = Value::Table{{"kind", "box"},
                                 {"position_w_m", Value::Array{0.0, 3.0, 1.0}},
                                 {"size_m", Value::Array{1.0, 1.0, 2.0}}};
  config.scene = Value::Table{{"base", "empty"}, {"statics", Value::Array{slope, box}}};
  Rig rig(config);
  rig.reset(0);
  rig.batch.set_state(0, "position_w_m", std::vector<float>{1, 0, 1, 0.2F, 3.1F, 2.3F, -2, 1, 4});
  const std::vector<float> below = rig.state("surface_height_w_m", 1);
  // tan 0.3 along x
  EXPECT_NEAR(below[0], 0.30934, 1e-4);
  EXPECT_EQ(below[kY], 2);
  EXPECT_NEAR(below[2], -2 * 0.30934, 1e-4);
}

}  // namespace
}  // namespace volery
