#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(RatesSensor, CopiesTheBodyRates) {
  SenseWorld world(2, 19);
  const auto sensor = world.make("rates");
  const std::vector<float> rows = world.observe(*sensor);
  ASSERT_EQ(rows.size(), 3U * 38U);
  for (int i = 0; i < 3 * 38; ++i) {
    EXPECT_EQ(rows[static_cast<std::size_t>(i)], world.slab.agents.at(i / 3, kOmega + i % 3));
  }
  EXPECT_EQ(sensor->columns()[1].name, "rate_y");
  EXPECT_EQ(sensor->columns()[1].unit, "rad/s");
  EXPECT_EQ(sensor->columns()[1].frame, "body");
}

TEST(RatesSensor, RefusesUnknownKeys) {
  SenseWorld world;
  EXPECT_NE(world.refusal("rates", "unit = 1").find("sensor_config.rates"), std::string::npos);
}

TEST(RatesSensor, AddsNoiseWhereAsked) {
  SenseWorld world(1, 512);
  const auto sensor = world.make("rates", "noise_radps = 0.1");
  ASSERT_TRUE(sensor->has_memory());
  world.start(*sensor);
  const auto s = testing::spread(world, *sensor, 1, 10, [&](int agent) {
    return double{world.slab.agents.at(agent, kOmega + 1)};
  });
  testing::expect_white(s, 0.1, 512 * 10);
}

TEST(RatesSensor, StaysAPureFunctionWithoutErrors) {
  SenseWorld world;
  EXPECT_FALSE(world.make("rates", "noise_radps = 0.0")->has_memory());
  EXPECT_TRUE(world.make("rates", "delay_s = 0.1")->has_memory());
  EXPECT_NE(world.refusal("rates", "noise_radps = -1.0").find("sensor_config.rates.noise_radps"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
