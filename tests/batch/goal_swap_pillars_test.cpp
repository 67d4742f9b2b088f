// Pillars that goal_swap draws for each episode: whole worlds, since props are the batch's.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "core/types.hpp"
#include "tests/batch/rig.hpp"
#include "volery/error.hpp"

namespace volery::test {
namespace {

constexpr float kPillarRadiusM = 0.3F;
// the task's goal_clearance_m
constexpr float kClearanceM = 0.25F;
// float rounding of positions and ranges of some meters
constexpr float kRoundingM = 1e-5F;

BatchConfig pillars(double density, int num_worlds = 4) {
  BatchConfig config;
  config.task = "goal_swap";
  config.num_worlds = num_worlds;
  config.scene = Value("pillars");
  config.task_config = Value::Table{{"pillar_density", density}};
  return config;
}

std::vector<float> prop_state(const Rig& rig, const std::string& name, int width) {
  std::vector<float> values(static_cast<std::size_t>(rig.batch.num_worlds()) *
                            static_cast<std::size_t>(rig.batch.num_props() * width));
  rig.batch.state(name, values);
  return values;
}

Vec3 at(const std::vector<float>& values, int index) {
  const float* const v = values.data() + static_cast<std::ptrdiff_t>(3) * index;
  return {v[0], v[1], v[2]};
}

/// The pillars that stand in a world.
std::vector<Vec3> standing(const Rig& rig, int world) {
  const std::vector<float> positions = prop_state(rig, "prop_position_w_m", 3);
  const std::vector<float> modes = prop_state(rig, "prop_body_mode", 1);
  std::vector<Vec3> found;
  for (int p = 0; p < rig.batch.num_props(); ++p) {
    const int index = world * rig.batch.num_props() + p;
    const float mode = modes[static_cast<std::size_t>(index)];
    EXPECT_TRUE(mode == 1 || mode == 2) << "neither frozen nor absent";
    if (mode == 1) found.push_back(at(positions, index));
  }
  return found;
}

float level_gap_m(const std::vector<Vec3>& centers, Vec3 point) {
  float least_m = 1e9F;
  for (const Vec3 c : centers) {
    const float dx = c.x - point.x, dy = c.y - point.y;
    least_m = std::min(least_m, std::sqrt(dx * dx + dy * dy) - kPillarRadiusM);
  }
  return least_m;
}

TEST(GoalSwapPillars, StandInCellsOfTheirOwnThatEachEpisodeDraws) {
  for (const auto& [density, count] : {std::pair{0.2, 13U}, std::pair{0.8, 51U}}) {
    Rig rig(pillars(density));
    std::set<std::set<std::pair<float, float>>> drawings;
    for (int episode = 0; episode < 3; ++episode) {
      if (episode == 0) rig.reset(7);
      if (episode > 0) rig.batch.reset({}, rig.outputs());
      for (int w = 0; w < 4; ++w) {
        std::set<std::pair<float, float>> cells;
        for (const Vec3 p : standing(rig, w)) {
          cells.insert({p.x, p.y});
          // middles of cells of 1 m, floor to ceiling
          EXPECT_EQ(p.x - std::floor(p.x), 0.5F);
          EXPECT_EQ(p.y - std::floor(p.y), 0.5F);
          EXPECT_LT(std::max(std::fabs(p.x), std::fabs(p.y)), 4);
          EXPECT_EQ(p.z, 5);
        }
        EXPECT_EQ(cells.size(), count);
        drawings.insert(cells);
      }
    }
    EXPECT_EQ(drawings.size(), 12U);
  }
}

TEST(GoalSwapPillars, AWorldDrawsTheSamePillarsAloneAndAmongOthers) {
  Rig many(pillars(0.2, 4)), one(pillars(0.2, 1));
  many.reset(20);
  one.reset(22);
  EXPECT_EQ(standing(many, 2), standing(one, 0));
}

TEST(GoalSwapPillars, StartsAndGoalsStandClear) {
  for (const double density : {0.2, 0.8}) {
    Rig rig(pillars(density, 20));
    rig.reset(0);
    const std::vector<float> starts = rig.state("position_w_m", 3);
    const std::vector<float> goals = rig.state("goal_w_m", 3);
    for (int w = 0; w < 20; ++w) {
      const std::vector<Vec3> centers = standing(rig, w);
      for (int i = 8 * w; i < 8 * w + 8; ++i) {
        EXPECT_GE(level_gap_m(centers, at(starts, i)), kClearanceM - kRoundingM) << i;
        EXPECT_GE(level_gap_m(centers, at(goals, i)), kClearanceM - kRoundingM) << i;
      }
    }
  }
}

TEST(GoalSwapPillars, WhoRespawnsStandsClear) {
  BatchConfig config = pillars(0.8, 2);
  config.on_crash = "respawn";
  Rig rig(config);
  rig.reset(1);
  int respawns = 0;
  std::vector<float> before = rig.state("position_w_m", 3);
  for (int step = 0; step < 300; ++step) {
    rig.run(1, 0, step);
    const std::vector<float> now = rig.state("position_w_m", 3);
    for (int i = 0; i < 16; ++i) {
      const Vec3 way = at(now, i) - at(before, i);
      // nobody flies 0.5 m in a step of 10 ms
      if (dot(way, way) < 0.25F) continue;
      ++respawns;
      EXPECT_GE(level_gap_m(standing(rig, i / 8), at(now, i)), kClearanceM - kRoundingM);
    }
    before = now;
  }
  EXPECT_GT(respawns, 3);
}

// Random actions: agents tumble against pillars, floor and each other.
TEST(GoalSwapPillars, CulledContactsGiveTheBitsOfAllContactsAndPillarsHoldStill) {
  BatchConfig config = pillars(0.8, 2);
  Rig culled(config);
  config.contacts = contact::ContactMode::kAll;
  Rig all(config);
  culled.reset(3);
  all.reset(3);
  const std::vector<float> stood = prop_state(culled, "prop_position_w_m", 3);
  int touches = 0;
  for (int step = 0; step < 200; ++step) {
    culled.run(1, 5, step);
    all.run(1, 5, step);
    ASSERT_EQ(culled.batch.state_hash(), all.batch.state_hash()) << step;
    const std::vector<float> touching = culled.state("touch_static", 1);
    const std::vector<float> positions = culled.state("position_w_m", 3);
    for (int i = 0; i < 16; ++i) {
      // high up and far from the walls only pillars can be touched
      const Vec3 p = at(positions, i);
      const bool is_pillar =
          p.z > 0.3F && p.z < 9 && std::max(std::fabs(p.x), std::fabs(p.y)) < 4.5F;
      touches += is_pillar && touching[static_cast<std::size_t>(i)] > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(touches, 0);
  EXPECT_EQ(prop_state(culled, "prop_position_w_m", 3), stood);
}

// Where a ray meets pillars and the walls of the room, at most 4 m away.
float true_range_m(const std::vector<Vec3>& centers, Vec3 from, float x, float y) {
  float range_m = 4;
  const auto wall = [&](float place, float way) {
    if (std::fabs(way) > 1e-6F) range_m = std::min(range_m, ((way > 0 ? 5 : -5) - place) / way);
  };
  wall(from.x, x);
  wall(from.y, y);
  for (const Vec3 c : centers) {
    const float dx = c.x - from.x, dy = c.y - from.y;
    const float ahead_m = dx * x + dy * y;
    const float aside2 = dx * dx + dy * dy - ahead_m * ahead_m;
    const float within2 = kPillarRadiusM * kPillarRadiusM - aside2;
    if (ahead_m > 0 && within2 > 0) range_m = std::min(range_m, ahead_m - std::sqrt(within2));
  }
  return range_m;
}

TEST(GoalSwapPillars, TheLidarSeesThemAndTheWallsAndNotTheAgents) {
  // grazing rays amplify the rounding of their directions
  constexpr float kGrazingM = 2e-3F;
  Rig rig(pillars(0.2, 4));
  rig.reset(11);
  const auto& groups = rig.batch.layout().groups;
  const auto lidar = std::find_if(groups.begin(), groups.end(),
                                  [](const auto& group) { return group.name == "lidar"; });
  ASSERT_NE(lidar, groups.end());
  ASSERT_EQ(lidar->count, 16);
  const std::vector<float> positions = rig.state("position_w_m", 3);
  const int width = rig.batch.layout().observation_size();
  for (int i = 0; i < 32; ++i) {
    const std::vector<Vec3> centers = standing(rig, i / 8);
    for (int beam = 0; beam < 16; ++beam) {
      // all start level, heading east
      const double angle = 2 * 3.14159265358979 * beam / 16;
      const float expected =
          true_range_m(centers, at(positions, i), static_cast<float>(std::cos(angle)),
                       static_cast<float>(std::sin(angle)));
      EXPECT_NEAR(rig.observation[static_cast<std::size_t>(i * width + lidar->first + beam)],
                  expected, kGrazingM)
          << i << " " << beam;
    }
  }
}

TEST(GoalSwapPillars, RefusesMoreThanTheSceneHas) {
  try {
    const Batch batch(pillars(0.9));
    FAIL() << "took 58 of 51 pillars";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("task_config.pillar_density"), std::string::npos) << message;
    EXPECT_NE(message.find("58"), std::string::npos) << message;
    EXPECT_NE(message.find("51 / 64"), std::string::npos) << message;
  }
}

TEST(GoalSwapPillars, OtherScenesTakeNoNoticeOfTheDensity) {
  BatchConfig config = pillars(0.9, 1);
  config.scene = Value("cube");
  const Batch batch(config);
  EXPECT_EQ(batch.num_props(), 0);
}

}  // namespace
}  // namespace volery::test
