#include "tests/sense/statistics.hpp"

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

TEST(PoseSensor, AddsNoiseToPlaceAndAttitude) {
  SenseWorld world(1, 512);
  const auto sensor = world.make("pose", "position_noise_m = 0.05\nattitude_noise_rad = 0.01");
  ASSERT_TRUE(sensor->has_memory());
  world.start(*sensor);
  const auto s = testing::spread(world, *sensor, 2, 10, [&](int agent) {
    return double{world.slab.agents.vec3(agent, kPosition).z};
  });
  testing::expect_white(s, 0.05, 512 * 10);
  // the turn from the true to the seen attitude about body x: half of (truth^T seen)'s zy - yz
  double squares = 0;
  const std::vector<float> rows = world.observe(*sensor);
  for (int agent = 0; agent < 512; ++agent) {
    const Matrix truth(world.slab.agents.quat(agent));
    const float* const seen = rows.data() + agent * 12 + 3;
    double zy = 0, yz = 0, norm = 0;
    for (int r = 0; r < 3; ++r) {
      zy += truth.m[r][2] * double{seen[3 * r + 1]};
      yz += truth.m[r][1] * double{seen[3 * r + 2]};
      norm += double{seen[3 * r]} * double{seen[3 * r]};
    }
    EXPECT_NEAR(norm, 1, 4 * kRotationTol);  // the square of a length
    squares += (zy - yz) * (zy - yz) / 4;
  }
  EXPECT_NEAR(std::sqrt(squares / 512) / 0.01, 1, testing::kSigmas / std::sqrt(2 * 512.0));
}

TEST(PoseSensor, MayComeLateAndSeldom) {
  SenseWorld world;
  const auto sensor = world.make("pose", "rate_hz = 10.0\ndelay_s = 0.1");
  for (int i = 0; i < world.slab.agents.num_bodies; ++i)
    world.slab.agents.set_vec3(i, kPosition, {1, 2, 3});
  // sampled at step 3, there at step 6
  world.start(*sensor);
  for (int i = 0; i < world.slab.agents.num_bodies; ++i)
    world.slab.agents.set_vec3(i, kPosition, {4, 5, 6});
  for (int step = 1; step <= 6; ++step) {
    world.advance(*sensor);
    EXPECT_EQ(world.observe(*sensor)[0], step < 6 ? 1 : 4) << step;
  }
  EXPECT_NE(world.refusal("pose", "attitude_noise_rad = 2.0").find("attitude_noise_rad"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
