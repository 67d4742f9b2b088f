#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(FieldsSensor, ShowsRowsOfTheStateAsTheyStand) {
  SenseWorld world;
  const auto sensor = world.make("fields", "names = [\"goal_w_m\", \"battery_soc\"]");
  const std::vector<Column> columns = sensor->columns();
  ASSERT_EQ(columns.size(), 4U);
  EXPECT_EQ(columns[0].name, "goal_w_m_x");
  EXPECT_EQ(columns[0].unit, "m");
  EXPECT_EQ(columns[3].name, "battery_soc");
  const std::vector<float> rows = world.observe(*sensor);
  const int soc = world.fields.find("battery_soc").row;
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    const auto row = static_cast<std::size_t>(4 * agent);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(rows[row + static_cast<std::size_t>(i)],
                world.slab.agents.at(agent, world.goal.row + i));
    }
    EXPECT_EQ(rows[row + 3], world.slab.agents.at(agent, soc));
  }
}

TEST(FieldsSensor, NamesTheNearestFieldInItsRefusal) {
  SenseWorld world;
  const std::string message = world.refusal("fields", "names = [\"gaol_w_m\"]");
  EXPECT_NE(message.find("goal_w_m"), std::string::npos) << message;
}

TEST(FieldsSensor, RefusesToShowNothing) {
  SenseWorld world;
  const std::string message = world.refusal("fields", "");
  EXPECT_NE(message.find("at least one"), std::string::npos) << message;
}

}  // namespace
}  // namespace volery
