#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::Matrix;
using testing::SenseWorld;

// float32 rotation of components up to 6
constexpr double kTurnTol = 6e-6;

TEST(GoalSensor, IsTheWayToTheGoal) {
  SenseWorld world;
  const std::vector<float> rows = world.observe(*world.make("goal"));
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(rows[static_cast<std::size_t>(3 * agent + i)],
                world.slab.agents.at(agent, world.goal.row + i) -
                    world.slab.agents.at(agent, kPosition + i));
    }
  }
}

TEST(GoalSensor, TurnsIntoTheBodyFrameWhenAsked) {
  SenseWorld world;
  const auto sensor = world.make("goal", "frame = \"body\"");
  const std::vector<float> rows = world.observe(*sensor);
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    const Matrix rotation(world.slab.agents.quat(agent));
    const Vec3 way =
        world.slab.agents.vec3(agent, world.goal.row) - world.slab.agents.vec3(agent, kPosition);
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(rows[static_cast<std::size_t>(3 * agent + i)], rotation.to_body(way, i),
                  kTurnTol);
    }
  }
}

TEST(GoalSensor, RefusesATaskWithoutGoals) {
  SenseWorld world;
  const std::string message = world.refusal("goal", "", false);
  EXPECT_NE(message.find("goals"), std::string::npos) << message;
}

}  // namespace
}  // namespace volery
