#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::Matrix;
using testing::SenseWorld;

// a dozen float32 operations on numbers up to 1, and a quaternion normalized in float32
constexpr double kRotationTol = 6e-7;

TEST(PoseSensor, WritesPositionAndRotationMatrix) {
  // a last block that is not full, and blocks of every remainder by four
  for (const int agents : {1, 2, 3, 15, 16, 18, 37}) {
    SenseWorld world(1, agents);
    const auto sensor = world.make("pose");
    ASSERT_EQ(sensor->columns().size(), 12U);
    const std::vector<float> rows = world.observe(*sensor);
    for (int agent = 0; agent < agents; ++agent) {
      const float* const row = rows.data() + agent * 12;
      const Matrix truth(world.slab.agents.quat(agent));
      for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(row[i], world.slab.agents.at(agent, kPosition + i));
        for (int j = 0; j < 3; ++j) {
          EXPECT_NEAR(row[3 + 3 * i + j], truth.m[i][j], kRotationTol) << i << j;
        }
      }
    }
  }
}

TEST(PoseSensor, NeverLeavesItsRangeByRounding) {
  SenseWorld world(1, 48);
  for (int agent = 0; agent < 48; ++agent) {
    // quarter turns, scaled up by one unit in the last place
    const float half = 0.70710683F;
    const Quat turns[] = {{0, 0, half, half}, {half, 0, 0, half}, {0, half, 0, half}, {0, 0, 0, 1}};
    world.slab.agents.set_quat(agent, turns[agent % 4]);
  }
  const std::vector<float> rows = world.observe(*world.make("pose"));  // checks the ranges
  EXPECT_EQ(rows[6], 1.0F) << "clamped";
}

TEST(PoseSensor, TellsFrameAndUnitOfItsColumns) {
  SenseWorld world;
  const auto columns = world.make("pose")->columns();
  EXPECT_EQ(columns[2].name, "position_z");
  EXPECT_EQ(columns[2].unit, "m");
  EXPECT_EQ(columns[2].frame, "world");
  EXPECT_EQ(columns[3].name, "rotation_xx");
  EXPECT_EQ(columns[4].name, "rotation_xy");
  EXPECT_EQ(columns[4].high, 1.0F);
}

TEST(PoseSensor, RefusesUnknownKeys) {
  SenseWorld world;
  EXPECT_NE(world.refusal("pose", "frame = \"body\"").find("sensor_config.pose"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
