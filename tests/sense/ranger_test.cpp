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

void place(SenseWorld& world, float height_m) {
  for (int i = 0; i < world.slab.agents.num_bodies; ++i) {
    world.slab.agents.set_quat(i, {});
    world.slab.agents.set_vec3(i, kPosition, {0, 0, height_m});
  }
}

TEST(Ranger, NoiseGrowsWithTheDistanceAsTheDataSay) {
  SenseWorld world(1, 1024, floor_at_zero());
  const auto sensor = world.make("ranger", "mode = 'long'");
  for (const double d : {0.5, 2.5, 3.2}) {
    place(world, static_cast<float>(d));
    world.start(*sensor);
    const auto s = testing::spread(world, *sensor, 0, 5, [&](int) { return d; });
    testing::expect_white(s, 0.0025 * (1 + std::exp(2.921 * (d - 2.5))), 1024 * 5);
  }
}

TEST(Ranger, LooksAlongBodyZ) {
  SenseWorld world(1, 16, floor_at_zero());
  const auto sensor = world.make("ranger", "noise_scale = 0.0");
  place(world, 1);
  // rolled by 60 degrees: twice as far; upside down: nothing
  world.slab.agents.set_quat(1, {0.5F, 0, 0, std::sqrt(0.75F)});
  world.slab.agents.set_quat(2, {1, 0, 0, 0});
  world.start(*sensor);
  const std::vector<float> rows = world.observe(*sensor);
  EXPECT_FLOAT_EQ(rows[0], 1);
  EXPECT_NEAR(rows[2], 2, 1e-5);
  EXPECT_EQ(rows[3], 1);
  EXPECT_EQ(rows[4], 3);
  EXPECT_EQ(rows[5], 0);
}

TEST(Ranger, TellsItsRangeWhereNothingIsSeen) {
  SenseWorld world(1, 64, floor_at_zero());
  for (const auto& [mode, range] : {std::pair{"short", 1.3F}, {"medium", 3.0F}, {"long", 4.0F}}) {
    const auto sensor = world.make("ranger", std::string("mode = '") + mode + "'");
    place(world, range + 0.01F);
    world.start(*sensor);
    const std::vector<float> rows = world.observe(*sensor);
    for (std::size_t i = 0; i < 64; ++i) {
      EXPECT_EQ(rows[2 * i], range);
      EXPECT_EQ(rows[2 * i + 1], 0);
    }
  }
}

TEST(Ranger, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(world.refusal("ranger", "mode = 'far'").find("long"), std::string::npos);
  EXPECT_NE(world.refusal("ranger", "noise_scale = -1.0").find("sensor_config.ranger.noise_scale"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
