#include <algorithm>
#include <utility>

#include "core/isa.hpp"
#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::component;
using testing::Matrix;
using testing::SenseWorld;

// float32 rotation of components up to 6
constexpr double kTurnTol = 6e-6;

/// Rows by sorting all pairs of a world in double precision.
void expect_neighbors(SenseWorld& world, const std::vector<float>& rows, int count, float radius_m,
                      bool body_frame) {
  const Blocks& agents = world.slab.agents;
  int filled = 0;
  int empty = 0;
  for (int agent = 0; agent < agents.num_bodies; ++agent) {
    const int base = agent / world.slab.num_agents * world.slab.num_agents;
    std::vector<std::pair<double, int>> others;
    for (int other = base; other < base + world.slab.num_agents; ++other) {
      if (other == agent) continue;
      const Vec3 d = agents.vec3(other, kPosition) - agents.vec3(agent, kPosition);
      const double m = std::sqrt(double{d.x} * d.x + double{d.y} * d.y + double{d.z} * d.z);
      if (m <= double{radius_m}) others.emplace_back(m, other);
    }
    std::sort(others.begin(), others.end());
    const Matrix rotation(agents.quat(agent));
    for (int k = 0; k < count; ++k) {
      const float* const slot = rows.data() + (agent * count + k) * 7;
      if (k >= static_cast<int>(others.size())) {
        ++empty;
        for (int c = 0; c < 7; ++c) EXPECT_EQ(slot[c], 0.0F);
        continue;
      }
      ++filled;
      const int other = others[static_cast<std::size_t>(k)].second;
      const Vec3 position = agents.vec3(other, kPosition) - agents.vec3(agent, kPosition);
      const Vec3 velocity = agents.vec3(other, kVelocity) - agents.vec3(agent, kVelocity);
      EXPECT_EQ(slot[6], 1.0F);
      for (int c = 0; c < 3; ++c) {
        if (body_frame) {
          EXPECT_NEAR(slot[c], rotation.to_body(position, c), kTurnTol);
          EXPECT_NEAR(slot[3 + c], rotation.to_body(velocity, c), kTurnTol);
        } else {
          EXPECT_EQ(slot[c], component(position, c));
          EXPECT_EQ(slot[3 + c], component(velocity, c));
        }
      }
    }
  }
  EXPECT_GT(filled, 0);
  EXPECT_GT(empty, 0);
}

TEST(NeighborsSensor, EqualsASortOfAllPairs) {
  for (const int agents : {5, 16, 21}) {
    for (const bool body_frame : {false, true}) {
      SenseWorld world(3, agents);
      const auto sensor = world.make("neighbors", std::string("count = 4\nradius_m = 2\nframe = ") +
                                                      (body_frame ? "\"body\"" : "\"world\""));
      EXPECT_EQ(sensor->shape(), (std::vector<int>{4, 7}));
      swarm::NeighborSearch search;
      const auto rows = world.observe(*sensor, search.find(world.slab, sensor->neighbor_query()));
      expect_neighbors(world, rows, 4, 2, body_frame);
    }
  }
}

TEST(NeighborsSensor, KeepsToItsOwnCountAndRadiusInALargerTable) {
  SenseWorld world(2, 20);
  const auto sensor = world.make("neighbors", "count = 3\nradius_m = 1.5");
  swarm::NeighborSearch search;
  const auto rows = world.observe(*sensor, search.find(world.slab, {7, 50}));
  expect_neighbors(world, rows, 3, 1.5F, false);
}

TEST(NeighborsSensor, ReadsLargeWorldsTheSameWithEveryInstructionSet) {
  SenseWorld world(1, 4200);
  const auto sensor = world.make("neighbors", "count = 3\nradius_m = 0.3");
  for (const std::string& set : available_isas()) {
    limit_isa(set);
    swarm::NeighborSearch search;
    const auto rows = world.observe(*sensor, search.find(world.slab, sensor->neighbor_query()));
    expect_neighbors(world, rows, 3, 0.3F, false);
  }
  limit_isa("auto");
}

TEST(NeighborsSensor, LeavesSlotsEmptyThatNoTableHas) {
  // nobody asked for as many as it shows
  SenseWorld world(1, 20);
  for (const char* frame : {"world", "body"}) {
    const auto sensor =
        world.make("neighbors", std::string("count = 5\nradius_m = 6\nframe = \"") + frame + '"');
    swarm::NeighborSearch search;
    const auto rows = world.observe(*sensor, search.find(world.slab, {2, 6}));
    for (std::size_t row = 0; row < 20; ++row) {
      EXPECT_EQ(rows[row * 35 + 13], 1.0F);
      for (std::size_t c = 14; c < 35; ++c) EXPECT_EQ(rows[row * 35 + c], 0.0F);
    }
  }
}

TEST(NeighborsSensor, DeclaresItsColumnsPerSlot) {
  SenseWorld world;
  const auto columns = world.make("neighbors", "count = 2\nradius_m = 3")->columns();
  ASSERT_EQ(columns.size(), 14U);
  EXPECT_EQ(columns[7].name, "neighbor1_position_x");
  EXPECT_EQ(columns[7].high, 3.0F);
  EXPECT_EQ(columns[13].name, "neighbor1_mask");
}

TEST(NeighborsSensor, RefusesCountsAndRadiiOutOfRange) {
  SenseWorld world;
  EXPECT_NE(world.refusal("neighbors", "count = 0").find("sensor_config.neighbors.count"),
            std::string::npos);
  EXPECT_NE(world.refusal("neighbors", "count = 65").find("[1, 64]"), std::string::npos);
  EXPECT_NE(world.refusal("neighbors", "radius_m = 0").find("radius_m"), std::string::npos);
}

}  // namespace
}  // namespace volery
