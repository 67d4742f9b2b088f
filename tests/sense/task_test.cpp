#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(TaskSensor, CopiesTheRowsThatTheTaskShows) {
  SenseWorld world;
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    world.slab.agents.at(agent, world.task_rows.row) = 0.01F * static_cast<float>(agent);
    world.slab.agents.at(agent, world.task_rows.row + 1) = -0.01F * static_cast<float>(agent);
  }
  const auto sensor = world.make("task");
  const std::vector<float> rows = world.observe(*sensor);
  ASSERT_EQ(rows.size(), static_cast<std::size_t>(2 * world.slab.num_agents));
  for (std::size_t agent = 0; agent < rows.size() / 2; ++agent) {
    EXPECT_EQ(rows[2 * agent], 0.01F * static_cast<float>(agent));
    EXPECT_EQ(rows[2 * agent + 1], -0.01F * static_cast<float>(agent));
  }
  EXPECT_EQ(sensor->columns()[1].name, "load");
}

TEST(TaskSensor, RefusesATaskThatShowsNothing) {
  SenseWorld world;
  world.task_columns.clear();
  EXPECT_NE(world.refusal("task", "").find("shows columns"), std::string::npos);
}

TEST(TaskSensor, RefusesUnknownKeys) {
  SenseWorld world;
  EXPECT_NE(world.refusal("task", "count = 2").find("sensor_config.task"), std::string::npos);
}

}  // namespace
}  // namespace volery
