#include "core/rotation.hpp"
#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

/// Ground at 0 and a wall at x = 5 that looks back along -x.
SceneConfig ground_and_wall() {
  SceneConfig config;
  config.statics.resize(2);
  config.statics[0].kind = PrimitiveKind::kPlane;
  config.statics[1].kind = PrimitiveKind::kPlane;
  config.statics[1].position_w_m = {5, 0, 0};
  config.statics[1].rpy_rad = {0, -1.5707964F, 0};
  return config;
}

// float32 at a few meters, and the wall's angle in float32
constexpr float kRangeTol_m = 5e-6F;

TEST(RangefinderSensor, MeasuresAlongLevelBeamsAndDown) {
  SenseWorld world(1, 3, ground_and_wall());
  // heading east, north and west; tilted, which the yaw mount must not see
  const float yaws[] = {0, 1.5707964F, 3.1415927F};
  for (int agent = 0; agent < 3; ++agent) {
    world.slab.agents.set_vec3(agent, kPosition, {2, 1, 1.5F});
    world.slab.agents.set_quat(agent, quat_from_rpy({0.3F, 0.4F, yaws[agent]}));
  }
  const auto sensor = world.make("rangefinder", "horizontal = 4\nmax_range_m = 10");
  const std::vector<float> rows = world.observe(*sensor);
  ASSERT_EQ(rows.size(), 15U);
  // the wall is 3 m east; beams are forward, left, back, right, then down
  const float expected[3][5] = {
      {3, 10, 10, 10, 1.5F}, {10, 10, 10, 3, 1.5F}, {10, 10, 3, 10, 1.5F}};
  for (int i = 0; i < 15; ++i) {
    EXPECT_NEAR(rows[static_cast<std::size_t>(i)], expected[i / 5][i % 5], kRangeTol_m)
        << "agent " << i / 5 << ", beam " << i % 5;
  }
}

TEST(RangefinderSensor, TurnsWithTheBodyWhenMountedOnIt) {
  SenseWorld world(1, 1, ground_and_wall());
  world.slab.agents.set_vec3(0, kPosition, {2, 1, 1.5F});
  // nose down by 30 degrees: forward meets the ground after 3 m, down leans backwards
  world.slab.agents.set_quat(0, quat_from_rpy({0, 0.52359878F, 0}));
  const auto sensor =
      world.make("rangefinder", "horizontal = 1\nmax_range_m = 10\nmount = \"body\"");
  const std::vector<float> rows = world.observe(*sensor);
  EXPECT_NEAR(rows[0], 3.0F, kRangeTol_m);
  EXPECT_NEAR(rows[1], 1.5 / std::cos(double{0.52359878F}), kRangeTol_m);
}

TEST(RangefinderSensor, BeamsAreEvenlySpaced) {
  SceneConfig config;
  config.statics.resize(1);
  config.statics[0].kind = PrimitiveKind::kPlane;
  config.statics[0].position_w_m = {5, 0, 0};
  config.statics[0].rpy_rad = {0, -1.5707964F, 0};
  SenseWorld world(1, 1, config);
  world.slab.agents.set_vec3(0, kPosition, {2, 0, 0});
  world.slab.agents.set_quat(0, {});
  const auto sensor = world.make("rangefinder", "horizontal = 16\ndown = false\nmax_range_m = 100");
  const std::vector<float> rows = world.observe(*sensor);
  ASSERT_EQ(rows.size(), 16U);
  for (int i = 0; i < 16; ++i) {
    const double cosine = std::cos(2 * 3.141592653589793 * i / 16);
    const double truth = cosine > 1e-6 ? std::min(100.0, 3 / cosine) : 100.0;
    EXPECT_NEAR(rows[static_cast<std::size_t>(i)], truth, 5e-5) << i;
  }
}

TEST(RangefinderSensor, NormalizesAndStaysInRange) {
  SenseWorld world(1, 37, ground_and_wall());
  const auto sensor =
      world.make("rangefinder", "horizontal = 7\nmax_range_m = 3.3\nnormalized = true");
  const auto meters = world.make("rangefinder", "horizontal = 7\nmax_range_m = 3.3");
  EXPECT_EQ(sensor->columns()[0].high, 1.0F);
  const std::vector<float> shares = world.observe(*sensor);
  const std::vector<float> ranges = world.observe(*meters);
  int full = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EXPECT_NEAR(shares[i] * 3.3F, ranges[i], 1e-6F);
    if (ranges[i] == 3.3F) ++full;
  }
  EXPECT_GT(full, 10);
}

TEST(RangefinderSensor, SurvivesANoseStraightUp) {
  SenseWorld world(1, 1, ground_and_wall());
  world.slab.agents.set_vec3(0, kPosition, {2, 1, 1.5F});
  world.slab.agents.set_quat(0, {0, -0.70710678F, 0, 0.70710678F});
  const std::vector<float> rows = world.observe(*world.make("rangefinder", "max_range_m = 10"));
  for (const float range_m : rows) EXPECT_TRUE(std::isfinite(range_m));
}

TEST(RangefinderSensor, RefusesConfigsThatSeeNothing) {
  SenseWorld world;
  EXPECT_NE(world.refusal("rangefinder", "down = false\nhorizontal = 0").find("horizontal"),
            std::string::npos);
  EXPECT_NE(world.refusal("rangefinder", "horizontal = 65").find("[0, 64]"), std::string::npos);
  EXPECT_NE(world.refusal("rangefinder", "max_range_m = 0").find("max_range_m"), std::string::npos);
  EXPECT_NE(world.refusal("rangefinder", "mount = \"head\"").find("yaw"), std::string::npos);
}

}  // namespace
}  // namespace volery
