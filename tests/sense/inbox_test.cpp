#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(InboxSensor, ShowsTheRowsOfItsSlots) {
  SenseWorld world;
  const auto sensor = world.make("inbox");
  EXPECT_EQ(sensor->shape(), (std::vector<int>{2, 3}));
  ASSERT_EQ(sensor->columns().size(), 6U);
  EXPECT_EQ(sensor->columns()[4].name, "inbox1_age");
  EXPECT_EQ(sensor->columns()[4].unit, "s");
  const std::vector<float> rows = world.observe(*sensor);
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    for (int i = 0; i < 6; ++i) {
      EXPECT_EQ(rows[static_cast<std::size_t>(6 * agent + i)],
                world.slab.agents.at(agent, world.messages.inbox + i));
    }
  }
}

TEST(InboxSensor, RefusesABatchWithoutARadio) {
  SenseWorld world;
  world.messages = {};
  const std::string message = world.refusal("inbox", "");
  EXPECT_NE(message.find("needs a radio"), std::string::npos) << message;
}

}  // namespace
}  // namespace volery
