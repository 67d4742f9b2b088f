#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(PositionFix, PresetsHaveTheirNoise) {
  for (const auto& [preset, std] :
       {std::pair{"uwb_twr", 0.25}, {"uwb_tdoa", 0.15}, {"mocap", 3.5e-3}}) {
    SenseWorld world(1, 2048);
    const auto sensor =
        world.make("position_fix", std::string("outlier = 0.0\npreset = '") + preset + "'");
    world.start(*sensor);
    const auto s = testing::spread(world, *sensor, 2, 3, [&](int agent) {
      return double{world.slab.agents.vec3(agent, kPosition).z};
    });
    testing::expect_white(s, std, 2048 * 3);
  }
}

TEST(PositionFix, OutliersComeAsOftenAsAsked) {
  SenseWorld world(1, 2048);
  const auto sensor = world.make("position_fix", "preset = 'mocap'\noutlier = 0.02");
  world.start(*sensor);
  int outliers = 0;
  constexpr int kSteps = 10;
  for (int step = 0; step < kSteps; ++step) {
    world.advance(*sensor);
    const std::vector<float> rows = world.observe(*sensor);
    for (int i = 0; i < 2048; ++i) {
      const Vec3 truth = world.slab.agents.vec3(i, kPosition);
      const float* row = rows.data() + 4 * i;
      const Vec3 e = Vec3{row[0], row[1], row[2]} - truth;
      // a meter per axis against millimeters: 0.05 m tells nearly all apart
      outliers += dot(e, e) > 0.05F * 0.05F ? 1 : 0;
    }
  }
  constexpr double kCount = 2048 * kSteps;
  // 3e-5 of the outliers stay within 0.05 m
  EXPECT_NEAR(outliers / kCount, 0.02, testing::kSigmas * std::sqrt(0.02 * 0.98 / kCount));
}

TEST(PositionFix, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(world.refusal("position_fix", "preset = 'moca'").find("mocap"), std::string::npos);
  EXPECT_NE(world.refusal("position_fix", "outlier = 2.0").find("position_fix.outlier"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
