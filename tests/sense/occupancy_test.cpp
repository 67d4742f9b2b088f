// Cells of the occupancy grid against distances to shapes placed by hand.
#include <algorithm>

#include "core/rotation.hpp"
#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

/// A box of 1 m from x = 1 to 2, and ground at 0.
SceneConfig box_and_ground() {
  SceneConfig config;
  config.statics.resize(2);
  config.statics[0].position_w_m = {1.5F, 0, 1};
  config.statics[1].kind = PrimitiveKind::kPlane;
  return config;
}

void place(SenseWorld& world, Vec3 position, float yaw_rad) {
  for (int agent = 0; agent < world.slab.agents.num_bodies; ++agent) {
    world.slab.agents.set_vec3(agent, kPosition,
                               position + Vec3{0, 0, 50.0F * static_cast<float>(agent)});
    // tilted, which no grid sees
    world.slab.agents.set_quat(agent, quat_from_rpy({0.4F, 0.2F, yaw_rad}));
  }
}

TEST(OccupancySensor, MarksTheCellsThatABoxReaches) {
  SenseWorld world(1, 1, box_and_ground());
  place(world, {0, 0, 1}, 0);
  const auto sensor = world.make("occupancy", "cells = 8\ncell_m = 0.5\nalignment = \"world\"");
  EXPECT_EQ(sensor->shape(), (std::vector<int>{8, 8}));
  EXPECT_EQ(sensor->columns()[11].name, "occupied_1_3");
  const std::vector<float> grid = world.observe(*sensor);
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) {
      const double x = (i - 3.5) * 0.5, y = (j - 3.5) * 0.5;
      const double dx = std::max({1 - x, 0.0, x - 2}), dy = std::max(std::abs(y) - 0.5, 0.0);
      const bool near = std::hypot(dx, dy) <= 0.25;
      EXPECT_EQ(grid[static_cast<std::size_t>(8 * i + j)], near ? 1.0F : 0.0F) << i << " " << j;
    }
  }
  EXPECT_GT(std::count(grid.begin(), grid.end(), 1.0F), 4);
}

TEST(OccupancySensor, TurnsWithTheHeadingOrNot) {
  SenseWorld world(1, 1, box_and_ground());
  place(world, {0, 0, 1}, 1.5707964F);
  // facing north, the box in the east is on the right: high x becomes low y
  const auto turned = world.observe(*world.make("occupancy", "cells = 8\ncell_m = 0.45"));
  const auto fixed =
      world.observe(*world.make("occupancy", "cells = 8\ncell_m = 0.45\nalignment = \"world\""));
  EXPECT_NE(turned, fixed);
  for (std::size_t i = 0; i < 8; ++i)
    for (std::size_t j = 0; j < 8; ++j) EXPECT_EQ(turned[8 * i + j], fixed[8 * (7 - j) + i]);
}

TEST(OccupancySensor, StacksLayersFromTheLowest) {
  SenseWorld world(1, 1, box_and_ground());
  place(world, {-9, 0, 1}, 0);
  const auto sensor = world.make("occupancy", "cells = 2\nlayers = 4\ncell_m = 0.5\nlayer_m = 0.5");
  EXPECT_EQ(sensor->shape(), (std::vector<int>{4, 2, 2}));
  const std::vector<float> grid = world.observe(*sensor);
  // centers at 0.25, 0.75, 1.25 and 1.75 m: only the lowest touches the ground
  for (std::size_t c = 0; c < 16; ++c) EXPECT_EQ(grid[c], c < 4 ? 1.0F : 0.0F) << c;
}

TEST(OccupancySensor, MarksOtherAgentsInAGridOfTheirOwn) {
  SenseWorld world(1, 3, box_and_ground());
  place(world, {-9, 0, 1}, 0);
  world.slab.agents.set_vec3(1, kPosition, {-8.375F, 0.125F, 1});
  world.slab.agents.set_quat(1, {});
  const auto sensor = world.make("occupancy", "cells = 8\nseparate = true\nalignment = \"world\"");
  EXPECT_EQ(sensor->shape(), (std::vector<int>{2, 8, 8}));
  const std::vector<float> grid = world.observe(*sensor);
  for (std::size_t c = 0; c < 128; ++c) {
    // the cell at (0.625, 0.125) in the second grid; the drone is smaller than the gap to the next
    EXPECT_EQ(grid[c], c == 64 + 8 * 6 + 4 ? 1.0F : 0.0F) << c;
  }
  const auto blind = world.observe(*world.make("occupancy", "cells = 8\nagents = false"));
  EXPECT_EQ(std::count(blind.begin(), blind.begin() + 64, 1.0F), 0);
}

TEST(OccupancySensor, EqualsDistancesInACrowd) {
  // more agents than one batch of solids, any attitude
  SenseWorld world(2, 120);
  const auto sensor = world.make(
      "occupancy", "cells = 10\nlayers = 3\ncell_m = 0.3\nlayer_m = 0.4\nalignment = \"world\"");
  const std::vector<float> grid = world.observe(*sensor);
  const Blocks& agents = world.slab.agents;
  const CollisionSpec& shape = world.vehicle.config.collision;
  int marked = 0;
  for (int agent = 0; agent < 240; agent += 7) {
    for (int cell = 0; cell < 300; ++cell) {
      const Vec3 at = agents.vec3(agent, kPosition);
      const double p[3] = {double{at.x} + (cell / 10 % 10 - 4.5) * 0.3,
                           double{at.y} + (cell % 10 - 4.5) * 0.3,
                           double{at.z} + (cell / 100 - 1) * 0.4};
      double least = 1e9;
      bool inside = false;
      for (int other = agent / 120 * 120; other < agent / 120 * 120 + 120; ++other) {
        if (other == agent) continue;
        const Quat q = agents.quat(other);
        const Vec3 c = agents.vec3(other, kPosition) +
                       rotate(q, {shape.offset_b_m[0], shape.offset_b_m[1], shape.offset_b_m[2]});
        const Vec3 d{static_cast<float>(p[0] - double{c.x}), static_cast<float>(p[1] - double{c.y}),
                     static_cast<float>(p[2] - double{c.z})};
        inside = inside || (std::abs(d.x) < 0.15F && std::abs(d.y) < 0.15F && std::abs(d.z) < 0.2F);
        const testing::Matrix m(q);
        const double radial = std::hypot(m.to_body(d, 0), m.to_body(d, 1));
        least = std::min(
            least,
            std::hypot(std::max(radial - double{shape.size_m[0]} / 2, 0.0),
                       std::max(std::abs(m.to_body(d, 2)) - double{shape.size_m[2]} / 2, 0.0)));
      }
      // cells that float32 may decide either way
      if (std::abs(least - 0.15) < 1e-5) continue;
      const float value = grid[static_cast<std::size_t>(agent * 300 + cell)];
      ASSERT_EQ(value, least < 0.15 || inside ? 1.0F : 0.0F)
          << "agent " << agent << ", cell " << cell;
      marked += value > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(marked, 20);
}

TEST(OccupancySensor, EqualsDistancesAmongManyStatics) {
  // more than are dealt with at a time, any attitude
  SceneConfig scene;
  std::mt19937 generator(3);
  std::uniform_real_distribution<float> draw(-1, 1);
  for (int i = 0; i < 90; ++i) {
    scene.statics.emplace_back();
    scene.statics.back().kind = i % 2 == 0 ? PrimitiveKind::kBox : PrimitiveKind::kSphere;
    scene.statics.back().position_w_m = {4 * draw(generator), 4 * draw(generator),
                                         4 * draw(generator)};
    scene.statics.back().rpy_rad = {draw(generator), draw(generator), 0};
    scene.statics.back().size_m = {0.6F, 0.6F, 0.6F};
  }
  SenseWorld world(1, 20, scene);
  const auto sensor = world.make(
      "occupancy",
      "cells = 11\nlayers = 5\ncell_m = 0.4\nlayer_m = 0.5\nagents = false\nalignment = \"world\"");
  const std::vector<float> grid = world.observe(*sensor);
  int marked = 0;
  for (int agent = 0; agent < 20; ++agent) {
    for (int cell = 0; cell < 605; ++cell) {
      const auto at = [](int i, float middle, float step_m) {
        return (static_cast<float>(i) - middle) * step_m;
      };
      const Vec3 p =
          world.slab.agents.vec3(agent, kPosition) +
          Vec3{at(cell / 11 % 11, 5, 0.4F), at(cell % 11, 5, 0.4F), at(cell / 121, 2, 0.5F)};
      float least_m = 1e9F;
      for (int i = 0; i < 90; ++i) least_m = std::min(least_m, world.scene.distance_m(i, p));
      // cells that float32 may decide either way
      if (std::abs(least_m - 0.2F) < 1e-5F) continue;
      const float value = grid[static_cast<std::size_t>(agent * 605 + cell)];
      ASSERT_EQ(value, least_m < 0.2F ? 1.0F : 0.0F) << "agent " << agent << ", cell " << cell;
      marked += value > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(marked, 300);
}

TEST(OccupancySensor, RefusesGridsThatAreTooLarge) {
  SenseWorld world;
  EXPECT_NE(world.refusal("occupancy", "cells = 64\nlayers = 2").find("8192"), std::string::npos);
  EXPECT_NE(world.refusal("occupancy", "cells = 65").find("[1, 64]"), std::string::npos);
  EXPECT_NE(world.refusal("occupancy", "cell_m = 0").find("cell_m"), std::string::npos);
}

}  // namespace
}  // namespace volery
