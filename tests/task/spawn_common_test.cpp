#include "task/spawn_common.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using task::SpawnRegion;
using task::SpawnSpec;
using test::TaskRig;

// positions are float32 around 3 m, so a separation may fall short by a few rounding errors
constexpr float kRoundingM = 2e-6F;

float least_apart_m(const TaskRig& rig, int first, int last) {
  float least = 1e9F;
  for (int i = first; i < last; ++i) {
    for (int j = first; j < i; ++j) {
      const Vec3 apart = rig.position(i) - rig.position(j);
      least = std::min(least, std::sqrt(dot(apart, apart)));
    }
  }
  return least;
}

SceneConfig box_scene(float edge_m) {
  SceneConfig scene = load_scene("empty");
  scene.spawn_low_m = {0, 0, 1};
  scene.spawn_high_m = {edge_m, edge_m, 1 + edge_m};
  return scene;
}

TEST(SpawnRegion, KeepsAgentsApartInLooseAndInPackedCrowds) {
  for (const int num_agents : {2, 16, 100, 900}) {
    TaskRig rig("hover", {.num_worlds = 3, .num_agents = num_agents});
    rig.reset(1);
    for (int w = 0; w < 3; ++w) {
      EXPECT_GE(least_apart_m(rig, w * num_agents, (w + 1) * num_agents),
                3 * rig.vehicle.bounding_radius_m - kRoundingM)
          << num_agents;
    }
  }
}

TEST(SpawnRegion, FillsTheLastPlaceAndRefusesOneMore) {
  // 5 x 5 x 5 points 0.5 m apart in a cube of 2 m
  const Scene scene(box_scene(2));
  SpawnSpec spec = task::spawn_spec(scene, 0.1F, 0.5F, 125);
  const SpawnRegion region(scene, spec);
  spec.num_agents = 126;
  try {
    const SpawnRegion full(scene, spec);
    FAIL() << "126 agents must not fit";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kValue);
    EXPECT_NE(std::string(error.what()).find("num_agents = 126: only 125 fit"), std::string::npos)
        << error.what();
  }
}

TEST(SpawnRegion, CountsOnlyPlacesClearOfObstacles) {
  SceneConfig config = box_scene(2);
  Primitive box;
  box.position_w_m = {1, 1, 2};
  box.size_m = {4, 4, 0.5F};  // takes the middle one of five layers
  config.statics.push_back(box);
  const Scene scene(config);
  EXPECT_NO_THROW(SpawnRegion(scene, task::spawn_spec(scene, 0.1F, 0.5F, 100)));
  EXPECT_THROW(SpawnRegion(scene, task::spawn_spec(scene, 0.1F, 0.5F, 101)), Error);
}

TEST(SpawnRegion, KeepsItsClearanceInARoomFullOfObstacles) {
  // a region over the whole room, so that most draws of a single agent hit something
  SceneConfig config = load_scene("room");
  config.spawn_low_m = {-3.8F, -3.8F, 0.2F};
  config.spawn_high_m = {3.8F, 3.8F, 3.3F};
  const Scene room(config);
  for (const int num_agents : {1, 60}) {
    const SpawnRegion region(room, task::spawn_spec(room, 0.15F, 0.3F, num_agents));
    TaskRig rig("hover", {.num_worlds = 30, .num_agents = num_agents});
    rig.reset(5);
    for (int w = 0; w < 30; ++w) region.place(rig.slab, w, kPosition, Stream::kSpawn);
    for (int body = 0; body < 30 * num_agents; ++body) {
      EXPECT_EQ(room.near_primitives(rig.position(body), 0.15F, nullptr, 0), 0);
    }
  }
}

TEST(SpawnRegion, KeepsItsClearanceToProps) {
  SceneConfig config = box_scene(1);
  PropSpec prop;
  prop.position_w_m = {0.5F, 0.5F, 1.5F};
  prop.size_m = {0.4F, 0.4F, 0.4F};
  config.props.push_back(prop);
  const Scene scene(config);
  const SpawnRegion region(scene, task::spawn_spec(scene, 0.1F, 0.2F, 1));
  EXPECT_FALSE(region.is_clear({0.5F, 0.5F, 1.5F}));
  EXPECT_TRUE(region.is_clear({0, 0, 1}));
}

TEST(SpawnRegion, SpreadsOneAgentOverTheWholeRegion) {
  TaskRig rig("hover", {.num_worlds = 400});
  rig.reset(0);
  const SceneConfig& scene = rig.scene.config();
  std::set<int> octants;
  for (int body = 0; body < 400; ++body) {
    const Vec3 p = rig.position(body);
    const float xyz[3] = {p.x, p.y, p.z};
    int octant = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      octant |= (xyz[i] > 0.5F * (scene.spawn_low_m[i] + scene.spawn_high_m[i]) ? 1 : 0) << i;
    }
    octants.insert(octant);
  }
  EXPECT_EQ(octants.size(), 8U);
}

TEST(SpawnRegion, AnswersFalseWhereNoPlaceIsLeftForARespawn) {
  // two agents in a region so small that the second is always too near the first
  const Scene scene(box_scene(0.05F));
  TaskRig rig("hover", {.num_agents = 2});
  rig.reset(0);
  SpawnSpec spec = task::spawn_spec(scene, 0.1F, 0.5F, 1);
  const SpawnRegion region(scene, spec);
  rig.slab.agents.set_vec3(0, kPosition, {0, 0, 1});
  rig.slab.agents.set_vec3(1, kPosition, {9, 9, 9});
  EXPECT_FALSE(region.place_one(rig.slab, 0, 1, kPosition, Stream::kSpawn));
  EXPECT_EQ(rig.position(1), (Vec3{9, 9, 9}));
}

}  // namespace
}  // namespace volery
