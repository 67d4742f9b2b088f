#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::Matrix;
using testing::SenseWorld;

// float32 rotation of components up to 3
constexpr double kTurnTol = 4e-6;

TEST(VelocitySensor, CopiesTheWorldVelocity) {
  for (const int agents : {1, 6, 16, 37}) {
    SenseWorld world(1, agents);
    const std::vector<float> rows = world.observe(*world.make("velocity"));
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(3 * agents));
    for (int i = 0; i < 3 * agents; ++i) {
      EXPECT_EQ(rows[static_cast<std::size_t>(i)], world.slab.agents.at(i / 3, kVelocity + i % 3));
    }
  }
}

TEST(VelocitySensor, TurnsItIntoTheBodyFrameWhenAsked) {
  SenseWorld world;
  const auto sensor = world.make("velocity", "frame = \"body\"");
  EXPECT_EQ(sensor->columns()[0].frame, "body");
  const std::vector<float> rows = world.observe(*sensor);
  for (int agent = 0; agent < world.slab.num_agents; ++agent) {
    const Matrix rotation(world.slab.agents.quat(agent));
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(rows[static_cast<std::size_t>(3 * agent + i)],
                  rotation.to_body(world.slab.agents.vec3(agent, kVelocity), i), kTurnTol);
    }
  }
}

TEST(VelocitySensor, RefusesAnUnknownFrame) {
  SenseWorld world;
  const std::string message = world.refusal("velocity", "frame = \"bodi\"");
  EXPECT_NE(message.find("sensor_config.velocity.frame"), std::string::npos) << message;
  EXPECT_NE(message.find("body"), std::string::npos) << message;
}

TEST(VelocitySensor, AddsNoiseInTheFrameAskedFor) {
  SenseWorld world(1, 512);
  const auto sensor = world.make("velocity", "noise_mps = 0.2\nframe = 'body'");
  ASSERT_TRUE(sensor->has_memory());
  EXPECT_EQ(sensor->columns()[0].frame, "body");
  world.start(*sensor);
  const auto s = testing::spread(world, *sensor, 2, 10, [&](int agent) {
    return Matrix(world.slab.agents.quat(agent))
        .to_body(world.slab.agents.vec3(agent, kVelocity), 2);
  });
  testing::expect_white(s, 0.2, 512 * 10);
}

}  // namespace
}  // namespace volery
