#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::Matrix;
using testing::SenseWorld;

TEST(Magnetometer, TurnsTheFieldIntoBodyAxes) {
  SenseWorld world;
  const auto sensor = world.make(
      "magnetometer", "noise = 0.0\nwalk = 0.0\nturn_on_ut = 0.0\nfield_w_ut = [3.0, 20.0, -40.0]");
  world.start(*sensor);
  const std::vector<float> rows = world.observe(*sensor);
  for (int agent = 0; agent < 37; ++agent) {
    const Matrix m(world.slab.agents.quat(agent));
    for (int axis = 0; axis < 3; ++axis) {
      // rounding of three products of 40 uT
      EXPECT_NEAR(rows[static_cast<std::size_t>(3 * agent + axis)], m.to_body({3, 20, -40}, axis),
                  4e-5);
    }
  }
}

TEST(Magnetometer, NoiseAndTurnOnBiasHaveTheirStandardDeviations) {
  SenseWorld world(1, 2048);
  for (int i = 0; i < 2048; ++i) world.slab.agents.set_quat(i, {});
  const auto truth = [](int) { return double{21.8F}; };
  const auto noise = world.make("magnetometer", "walk = 0.0\nturn_on_ut = 0.0");
  world.start(*noise);
  testing::expect_white(testing::spread(world, *noise, 1, 5, truth), 0.04 * std::sqrt(30.0),
                        2048 * 5);
  const auto bias = world.make("magnetometer", "walk = 0.0\nnoise = 0.0\nturn_on_ut = 2.0");
  world.start(*bias);
  testing::expect_white(testing::spread(world, *bias, 1, 1, truth), 2, 2048);
}

TEST(Magnetometer, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(world.refusal("magnetometer", "field_w_ut = [1.0, 2.0]").find("field_w_ut"),
            std::string::npos);
  EXPECT_NE(world.refusal("magnetometer", "noise = -0.1").find("sensor_config.magnetometer.noise"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
