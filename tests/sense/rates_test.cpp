#include "tests/sense/sense_world.hpp"

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

}  // namespace
}  // namespace volery
