#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(InboxSensor, ShowsTheRowsOfItsSlots) {
  SenseWorld world;
  MessageRows messages;
  messages.data = 0;
  messages.slots = 2;
  messages.slot_size = 4;
  messages.inbox = world.fields.add({.name = "inbox", .width = 8}).row;
  const std::vector<Column> slot{{"valid", "", "", 0, 1, ""},
                                 {"age", "s", "", 0, 1, ""},
                                 {"0", "", "", -1, 1, ""},
                                 {"1", "", "", -1, 1, ""}};
  world.messages = messages;
  world.inbox_slot = slot;
  const auto sensor = world.make("inbox");
  world.scatter();
  EXPECT_EQ(sensor->shape(), (std::vector<int>{2, 4}));
  ASSERT_EQ(sensor->columns().size(), 8U);
  EXPECT_EQ(sensor->columns()[5].name, "inbox1_age");
  EXPECT_EQ(sensor->columns()[5].unit, "s");
  const std::vector<float> rows = world.observe(*sensor);
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    for (int i = 0; i < 8; ++i) {
      EXPECT_EQ(rows[static_cast<std::size_t>(8 * agent + i)],
                world.slab.agents.at(agent, messages.inbox + i));
    }
  }
}

TEST(InboxSensor, RefusesABatchWithoutARadio) {
  SenseWorld world;
  const std::string message = world.refusal("inbox", "");
  EXPECT_NE(message.find("needs a radio"), std::string::npos) << message;
}

}  // namespace
}  // namespace volery
