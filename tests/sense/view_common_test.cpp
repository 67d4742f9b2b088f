// The neighbors sensor with limits of sight: who is seen, hidden, missed, wrong and late.
#include <algorithm>

#include "core/isa.hpp"
#include "core/rotation.hpp"
#include "model/fleet.hpp"
#include "model/teams.hpp"
#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::component;
using testing::Matrix;
using testing::SenseWorld;

/// A sensor with the table that it asks for.
struct Seer {
  SenseWorld& world;
  std::unique_ptr<Sensor> sensor;
  swarm::NeighborSearch search;

  Seer(SenseWorld& in, const std::string& toml) : world(in), sensor(in.make("neighbors", toml)) {}
  std::vector<float> look() {
    return world.observe(*sensor, search.find(world.slab, sensor->neighbor_query()));
  }
};

/// Agents of one world at these places, level and heading east.
void place(SenseWorld& world, const std::vector<Vec3>& places) {
  for (int agent = 0; agent < world.slab.agents.num_bodies; ++agent) {
    world.slab.agents.set_vec3(agent, kPosition, places[static_cast<std::size_t>(agent)]);
    world.slab.agents.set_vec3(agent, kVelocity, {});
    world.slab.agents.set_quat(agent, {});
  }
}

/// Indices that agent 0 sees, with `index = true` as the last of `width` columns.
std::vector<int> seen(const std::vector<float>& rows, int count, int width = 8) {
  std::vector<int> indices;
  for (int k = 0; k < count; ++k) {
    const float* const slot = rows.data() + k * width;
    EXPECT_EQ(slot[6], slot[width - 1] >= 0 ? 1.0F : 0.0F);
    if (slot[6] != 0) indices.push_back(static_cast<int>(slot[width - 1]));
  }
  return indices;
}

TEST(NeighborsView, WithNothingHiddenEqualsTheExactSensor) {
  for (const char* frame : {"world", "body"}) {
    SenseWorld world(3, 21);
    const std::string toml = std::string("count = 4\nradius_m = 2.5\nframe = \"") + frame + '"';
    const std::vector<float> exact = Seer(world, toml).look();
    // a cone of all but the very back selects, and loses nobody here
    const std::vector<float> viewed = Seer(world, toml + "\nindex = true\ncone_rad = 3.14").look();
    for (std::size_t slot = 0; slot < exact.size() / 7; ++slot)
      for (std::size_t c = 0; c < 7; ++c)
        EXPECT_EQ(viewed[slot * 8 + c], exact[slot * 7 + c]) << frame << " slot " << slot;
  }
}

TEST(NeighborsView, ShowsTheNearestInTheConeAndTheAzimuth) {
  SenseWorld world(2, 30);
  Seer cone(world, "count = 3\nradius_m = 4\ncone_rad = 0.8\nindex = true\ncandidates = 64");
  Seer side(world, "count = 3\nradius_m = 4\nazimuth_rad = 0.6\nindex = true\ncandidates = 64");
  const std::vector<float> in_cone = cone.look();
  const std::vector<float> in_side = side.look();
  const Blocks& agents = world.slab.agents;
  int filled = 0;
  for (int agent = 0; agent < 60; ++agent) {
    std::vector<std::pair<double, int>> cones, sides;
    const Matrix attitude(agents.quat(agent));
    const double heading = std::atan2(attitude.m[1][0], attitude.m[0][0]);
    for (int other = agent / 30 * 30; other < agent / 30 * 30 + 30; ++other) {
      if (other == agent) continue;
      const Vec3 d = agents.vec3(other, kPosition) - agents.vec3(agent, kPosition);
      const double m = std::hypot(double{d.x}, double{d.y}, double{d.z});
      if (m > 4) continue;
      if (std::acos(attitude.to_body(d, 0) / m) <= 0.8) cones.emplace_back(m, other % 30);
      const double left =
          std::remainder(std::atan2(double{d.y}, double{d.x}) - heading, 2 * 3.141592653589793);
      if (std::abs(left) <= 0.6) sides.emplace_back(m, other % 30);
    }
    for (auto [truth, rows] : {std::pair(&cones, &in_cone), std::pair(&sides, &in_side)}) {
      std::sort(truth->begin(), truth->end());
      for (std::size_t k = 0; k < 3; ++k) {
        const float index = (*rows)[(static_cast<std::size_t>(agent) * 3 + k) * 8 + 7];
        EXPECT_EQ(index, k < truth->size() ? static_cast<float>((*truth)[k].second) : -1.0F)
            << "agent " << agent << ", slot " << k;
        if (index >= 0) ++filled;
      }
    }
  }
  EXPECT_GT(filled, 100);
}

/// A wall at x = 2, from y = -1 to 1.
SceneConfig wall() {
  SceneConfig config;
  config.statics.resize(1);
  config.statics[0].position_w_m = {2, 0, 1};
  config.statics[0].size_m = {0.1F, 2, 2};
  return config;
}

TEST(NeighborsView, HidesWhatIsBehindWallsAndDrones) {
  SenseWorld world(1, 5, wall());
  // 1 behind the wall, 2 past its edge, 3 free, 4 behind 3
  place(world, {{0, 0, 1}, {3, 0, 1}, {3, 2, 1}, {-1, 0, 1}, {-2, 0, 1}});
  const std::string toml = "count = 4\nradius_m = 9\nindex = true\nhidden_by = ";
  EXPECT_EQ(seen(Seer(world, toml + "\"nothing\"").look(), 4), (std::vector<int>{3, 4, 1, 2}));
  EXPECT_EQ(seen(Seer(world, toml + "\"statics\"").look(), 4), (std::vector<int>{3, 4, 2}));
  EXPECT_EQ(seen(Seer(world, toml + "\"all\"").look(), 4), (std::vector<int>{3, 2}));
  // a drone that lies across the line by less than its radius hides, by more it does not
  place(world, {{0, 0, 1}, {3, 0, 19}, {3, 2, 19}, {-1, 0.055F, 1}, {-2, 0, 1}});
  EXPECT_EQ(seen(Seer(world, toml + "\"all\"").look(), 4), (std::vector<int>{3}));
  place(world, {{0, 0, 1}, {3, 0, 19}, {3, 2, 19}, {-1, 0.065F, 1}, {-2, 0, 1}});
  EXPECT_EQ(seen(Seer(world, toml + "\"all\"").look(), 4), (std::vector<int>{3, 4}));
}

TEST(NeighborsView, LooksBeyondThoseItCannotSee) {
  // more than two packets of candidates stand behind the wall, one farther off does not
  SenseWorld world(1, 40, wall());
  std::vector<Vec3> places{{0, 0, 1}};
  for (int i = 1; i < 39; ++i) places.push_back({3 + 0.01F * static_cast<float>(i), 0, 1});
  places.push_back({-5, 0, 1});
  place(world, places);
  Seer seer(world,
            "count = 1\nradius_m = 9\nindex = true\nhidden_by = \"statics\"\ncandidates = 64");
  EXPECT_EQ(seen(seer.look(), 1), (std::vector<int>{39}));
}

TEST(NeighborsView, HasTheNoiseAskedFor) {
  SenseWorld world(20, 2);
  for (int agent = 0; agent < 40; ++agent) {
    world.slab.agents.set_vec3(agent, kPosition, {agent % 2 == 0 ? 0.0F : 2.0F, 0, 1});
    world.slab.agents.set_vec3(agent, kVelocity, {});
  }
  Seer seer(world,
            "count = 1\nradius_m = 9\nposition_noise_m = 0.05\nposition_noise_relative = 0.02\n"
            "velocity_noise_mps = 0.3");
  double position2 = 0, velocity2 = 0, mean = 0;
  int count = 0;
  for (int step = 0; step < 100; ++step) {
    for (WorldHeader& header : world.headers) ++header.step;
    const std::vector<float> rows = seer.look();
    EXPECT_EQ(rows, seer.look()) << "the same step";
    for (std::size_t agent = 0; agent < 40; ++agent) {
      const float* const slot = rows.data() + agent * 7;
      const double truth[] = {agent % 2 == 0 ? 2.0 : -2.0, 0, 0};
      for (std::size_t c = 0; c < 3; ++c) {
        const double error = double{slot[c]} - truth[c];
        position2 += error * error;
        mean += error;
        velocity2 += double{slot[3 + c]} * double{slot[3 + c]};
        ++count;
      }
    }
  }
  // five standard deviations of the estimates
  EXPECT_NEAR(std::sqrt(position2 / count), 0.09, 5 * 0.09 / std::sqrt(2.0 * count));
  EXPECT_NEAR(std::sqrt(velocity2 / count), 0.3, 5 * 0.3 / std::sqrt(2.0 * count));
  EXPECT_NEAR(mean / count, 0, 5 * 0.09 / std::sqrt(count));
}

TEST(NeighborsView, MissesAndInventsAsOftenAsAsked) {
  SenseWorld world(1, 5);
  place(world, {{0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}, {0.5F, 0, 1}});
  Seer seer(world, "count = 6\nradius_m = 3\ndropout = 0.2\nfalse_positives = 0.1\nindex = true");
  int real = 0, ghosts = 0, empty = 0;
  for (int step = 0; step < 400; ++step) {
    ++world.headers[0].step;
    const std::vector<float> rows = seer.look();
    for (std::size_t slot = 0; slot < rows.size() / 8; ++slot) {
      const float* const c = rows.data() + slot * 8;
      if (c[7] >= 0) {
        ++real;
      } else if (c[6] != 0) {
        ++ghosts;
        EXPECT_LT(std::hypot(c[0], c[1], c[2]), 3.0F);
      } else {
        ++empty;
      }
    }
  }
  const double chances = 400.0 * 5 * 4;
  EXPECT_NEAR(real / chances, 0.8, 5 * std::sqrt(0.16 / chances));
  const double slots = ghosts + empty;
  EXPECT_NEAR(ghosts / slots, 0.1, 5 * std::sqrt(0.09 / slots));
}

TEST(NeighborsView, TellsWhatWasSeenStepsAgo) {
  SenseWorld world(1, 20);
  world.agent_rate_hz = 20;
  Seer seer(world, "count = 1\nradius_m = 50\ndelay_s = 0.1\nrate_hz = 10");
  const auto move = [&](int step) {
    for (int agent = 0; agent < 20; ++agent) {
      const auto a = static_cast<float>(agent);
      const auto t = static_cast<float>(step);
      world.slab.agents.set_vec3(agent, kPosition, {a * (1 + 0.01F * t), 0, 1});
      world.slab.agents.set_vec3(agent, kVelocity, {0.01F * a, t, 0});
      world.slab.agents.set_quat(agent, {});
    }
  };
  move(0);
  world.start(*seer.sensor);
  EXPECT_NEAR(seer.look()[0], 1.0F, 1e-6F);
  // taken in even steps, seen two steps later
  const float taken[] = {0, 0, 0, 0, 2, 2, 4};
  for (int step = 1; step < 7; ++step) {
    move(step);
    world.advance(*seer.sensor);
    EXPECT_NEAR(seer.look()[0], 1 + 0.01F * taken[step], 1e-6F) << step;
  }
}

TEST(NeighborsView, TellsTeamTypeAndIndex) {
  SenseWorld world(1, 5);
  const Teams teams({"red", "red", "blue"});
  const VehicleFleet fleet(Value(Value::Array{Value("cf2x"), Value("racer")}));
  const FieldRef type = world.fields.add({.name = "vehicle_type", .width = 1});
  const Value config =
      parse_toml("count = 4\nradius_m = 9\nteam = true\ntype = true\nindex = true", "test");
  SensorContext context{world.vehicle, world.scene, world.fields,        world.action,
                        world.goal,    config,      world.action_columns};
  context.fleet = &fleet;
  context.teams = &teams;
  std::unique_ptr<Sensor> sensor;
  for (const SensorEntry* entry : sensor_entries())
    if (entry->name == std::string("neighbors")) sensor = entry->make(context);
  world.make_room();
  place(world, {{0, 0, 1}, {1, 0, 1}, {2, 0, 1}, {3, 0, 1}, {4, 0, 1}});
  for (int agent = 0; agent < 5; ++agent)
    world.slab.agents.at(agent, type.row) = static_cast<float>(fleet.type_of(agent));
  EXPECT_EQ(sensor->shape(), (std::vector<int>{4, 10}));
  EXPECT_EQ(sensor->columns()[17].name, "neighbor1_team");
  swarm::NeighborSearch search;
  const auto rows = world.observe(*sensor, search.find(world.slab, sensor->neighbor_query()));
  // agents 1 to 4, with teams red, blue, red, red, seen by a red one
  const float team[] = {1, 0, 1, 1};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_EQ(rows[k * 10 + 7], team[k]);
    EXPECT_EQ(rows[k * 10 + 8], static_cast<float>((k + 1) % 2));
    EXPECT_EQ(rows[k * 10 + 9], static_cast<float>(k + 1));
  }
}

TEST(NeighborsView, GivesTheSameBitsForEveryInstructionSet) {
  SenseWorld world(2, 37, wall());
  Seer seer(world,
            "count = 4\nframe = \"body\"\nhidden_by = \"all\"\nposition_noise_m = 0.1\ndropout = "
            "0.2\nfalse_positives = 0.2\nazimuth_rad = 2\ndelay_s = 0.1");
  const auto look = [&] {
    world.start(*seer.sensor);
    world.advance(*seer.sensor);
    return seer.look();
  };
  const std::vector<float> truth = look();
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    EXPECT_EQ(look(), truth) << set;
  }
  limit_isa("auto");
}

TEST(NeighborsView, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(
      world.refusal("neighbors", "count = 9\ndropout = 0.1\ncandidates = 8").find("count = 9"),
      std::string::npos);
  EXPECT_NE(world.refusal("neighbors", "hidden_by = \"fog\"").find("statics"), std::string::npos);
  EXPECT_NE(world.refusal("neighbors", "dropout = 2").find("dropout"), std::string::npos);
  EXPECT_NE(world.refusal("neighbors", "cone_rad = 4").find("cone_rad"), std::string::npos);
  EXPECT_NE(world.refusal("neighbors", "rate_hz = 7").find("must divide"), std::string::npos);
}

}  // namespace
}  // namespace volery
