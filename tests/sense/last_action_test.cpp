#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(LastActionSensor, CopiesTheClippedActionWithItsColumns) {
  SenseWorld world;
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    for (int i = 0; i < 4; ++i) {
      world.slab.agents.at(agent, world.action.row + i) = static_cast<float>(agent + i) / 100;
    }
  }
  const auto sensor = world.make("last_action");
  const std::vector<float> rows = world.observe(*sensor);
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(4 * world.slab.num_agents));
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(rows[static_cast<std::size_t>(4 * agent + i)], static_cast<float>(agent + i) / 100);
    }
  }
  EXPECT_EQ(sensor->columns()[0].name, "last_thrust");
  EXPECT_EQ(sensor->columns()[3].low, -3.0F);
}

TEST(LastActionSensor, RefusesUnknownKeys) {
  SenseWorld world;
  EXPECT_NE(world.refusal("last_action", "count = 2").find("sensor_config.last_action"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
