#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

SceneConfig floor_at_zero() {
  SceneConfig config;
  config.statics.resize(1);
  config.statics[0].kind = PrimitiveKind::kPlane;
  return config;
}

// The flow deck's formula, in counts of a step of 1 / 30 s.
constexpr double kCountsPerRadps = 10 * 35 / 0.71674 / 30;

TEST(OpticalFlow, FollowsTheFlowDeckOverLevelGround) {
  SenseWorld world(1, 16, floor_at_zero());
  const auto sensor = world.make("optical_flow", "noise_counts = 0.0");
  for (int i = 0; i < 16; ++i) {
    // rolled by up to 0.3 rad
    const float roll = 0.02F * static_cast<float>(i);
    world.slab.agents.set_quat(i, {std::sin(roll / 2), 0, 0, std::cos(roll / 2)});
    world.slab.agents.set_vec3(i, kPosition, {0, 0, 0.05F + 0.15F * static_cast<float>(i)});
    world.slab.agents.set_vec3(i, kVelocity, {0.3F, -0.2F, 0.1F});
    world.slab.agents.set_vec3(i, kOmega, {0.2F, -0.4F, 1});
  }
  world.start(*sensor);
  const std::vector<float> rows = world.observe(*sensor);
  EXPECT_EQ(rows[2], 0) << "5 cm is out of focus";
  EXPECT_EQ(rows[0], 0);
  for (int i = 1; i < 16; ++i) {
    const testing::Matrix m(world.slab.agents.quat(i));
    const Vec3 v = world.slab.agents.vec3(i, kVelocity);
    const double z = double{world.slab.agents.vec3(i, kPosition).z};
    const double r22 = m.m[2][2];
    const float* row = rows.data() + 3 * i;
    EXPECT_EQ(row[2], 1);
    // float32 of some 50 counts
    EXPECT_NEAR(row[0], kCountsPerRadps * (m.to_body(v, 0) * r22 / z + double{0.4F}), 1e-4);
    EXPECT_NEAR(row[1], kCountsPerRadps * (m.to_body(v, 1) * r22 / z + double{0.2F}), 1e-4);
  }
}

TEST(OpticalFlow, NoiseGrowsWithTheRootOfTheInterval) {
  SenseWorld world(1, 512, floor_at_zero());
  for (int i = 0; i < 512; ++i) {
    world.slab.agents.set_quat(i, {});
    world.slab.agents.set_vec3(i, kPosition, {0, 0, 1});
    world.slab.agents.set_vec3(i, kVelocity, {});
    world.slab.agents.set_vec3(i, kOmega, {});
  }
  const auto sensor = world.make("optical_flow");
  world.start(*sensor);
  testing::expect_white(testing::spread(world, *sensor, 1, 10, [](int) { return 0.0; }),
                        2 * std::sqrt(100.0 / 30), 512 * 10);
}

TEST(OpticalFlow, SeesNothingFarAwayAndSaturates) {
  SenseWorld world(1, 16, floor_at_zero());
  const auto sensor = world.make("optical_flow", "noise_counts = 0.0");
  for (int i = 0; i < 16; ++i) {
    world.slab.agents.set_quat(i, {});
    world.slab.agents.set_vec3(i, kPosition, {0, 0, i == 0 ? 4.5F : 0.5F});
    world.slab.agents.set_vec3(i, kVelocity, {50, 0, 0});
    world.slab.agents.set_vec3(i, kOmega, {});
  }
  world.start(*sensor);
  const std::vector<float> rows = world.observe(*sensor);
  EXPECT_EQ(rows[2], 0);
  EXPECT_EQ(rows[3], sensor->columns()[0].high);
  EXPECT_NEAR(rows[3], 7.4 * kCountsPerRadps, 1e-4);
}

TEST(OpticalFlow, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(world.refusal("optical_flow", "min_range_m = 5.0").find("less than max_range_m"),
            std::string::npos);
  EXPECT_NE(world.refusal("optical_flow", "noise_counts = -2.0").find("noise_counts"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
