#include "model/teams.hpp"
#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(DegreeSensor, CountsAllWithinTheRadius) {
  SenseWorld world(3, 50);
  world.slab.agents.at(60, kMode) = static_cast<float>(BodyMode::kAbsent);
  world.slab.agents.at(7, kPosition) = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> rows = world.observe(*world.make("degree", "radius_m = 2.5"));
  const Blocks& agents = world.slab.agents;
  double sum = 0;
  for (int agent = 0; agent < 150; ++agent) {
    int count = 0;
    for (int other = agent / 50 * 50; other < agent / 50 * 50 + 50; ++other) {
      const Vec3 d = agents.vec3(other, kPosition) - agents.vec3(agent, kPosition);
      if (other == agent || other == 60 || agent == 60) continue;
      count += d.x * d.x + d.y * d.y + d.z * d.z <= 6.25F ? 1 : 0;
    }
    EXPECT_EQ(rows[static_cast<std::size_t>(agent)], static_cast<float>(count)) << agent;
    sum += count;
  }
  EXPECT_GT(sum, 500);
}

TEST(DegreeSensor, CountsTheOwnTeamAloneWhereAsked) {
  SenseWorld world(2, 6);
  const Teams teams({"red", "blue", "blue"});
  const Value config = parse_toml("radius_m = 99\nsame_team = true", "test");
  SensorContext context{world.vehicle, world.scene, world.fields,        world.action,
                        world.goal,    config,      world.action_columns};
  context.teams = &teams;
  for (const SensorEntry* entry : sensor_entries()) {
    if (entry->name != std::string("degree")) continue;
    const auto rows = world.observe(*entry->make(context));
    const float expected[] = {1, 3, 3};
    for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(rows[i], expected[i % 3]) << i;
  }
}

TEST(DegreeSensor, RefusesARadiusOfNothing) {
  SenseWorld world;
  EXPECT_NE(world.refusal("degree", "radius_m = 0").find("radius_m"), std::string::npos);
}

}  // namespace
}  // namespace volery
