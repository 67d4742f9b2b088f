#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::component;
using testing::SenseWorld;

TEST(Gps, ArrivesAtFiveHertzAHundredTwentyMillisecondsLate) {
  SenseWorld world;
  const auto sensor = world.make("gps");
  EXPECT_EQ(sensor->columns().back().name, "gps_fresh");
  world.start(*sensor);
  for (int step = 1; step <= 40; ++step) {
    world.advance(*sensor);
    // sampled at multiples of six steps, there 0.12 s later: four steps
    EXPECT_EQ(world.observe(*sensor)[6], step % 6 == 4 ? 1 : 0) << step;
  }
}

TEST(Gps, ErrorsHaveTheirStandardDeviations) {
  SenseWorld world(1, 4096);
  const auto sensor = world.make("gps", "rate_hz = 0.0\ndelay_s = 0.0");
  world.start(*sensor);
  const auto truth = [&](int row, int axis) {
    return [&world, row, axis](int agent) {
      return double{component(world.slab.agents.vec3(agent, row), axis)};
    };
  };
  for (int axis = 0; axis < 3; ++axis) {
    const double factor = axis == 2 ? 2 : 1;
    testing::expect_white(testing::spread(world, *sensor, axis, 1, truth(kPosition, axis)),
                          0.98 * factor, 4096);
    testing::expect_white(testing::spread(world, *sensor, 3 + axis, 1, truth(kVelocity, axis)),
                          0.09 * factor, 4096);
  }
}

TEST(Gps, TheErrorIsCorrelatedInTime) {
  SenseWorld world(1, 4096);
  const auto sensor = world.make("gps", "rate_hz = 0.0\ndelay_s = 0.0\nwander_tau_s = 2.0");
  world.start(*sensor);
  const auto errors = [&] {
    std::vector<double> e;
    const std::vector<float> rows = world.observe(*sensor);
    for (int i = 0; i < 4096; ++i) {
      e.push_back(double{rows[static_cast<std::size_t>(7 * i)]} -
                  double{world.slab.agents.vec3(i, kPosition).x});
    }
    return e;
  };
  const std::vector<double> before = errors();
  for (int step = 0; step < 60; ++step) world.advance(*sensor);
  const std::vector<double> after = errors();
  double product = 0;
  for (std::size_t i = 0; i < before.size(); ++i) product += before[i] * after[i] / 4096;
  // exp(-2 s / 2 s) of the variance; the error of a mean of products of two correlated normals
  EXPECT_NEAR(product / (0.98 * 0.98), std::exp(-1), testing::kSigmas * std::sqrt(1.14 / 4096));
}

TEST(Gps, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(world.refusal("gps", "noise_m = [-1.0, 0.0, 0.0]").find("sensor_config.gps.noise_m"),
            std::string::npos);
  EXPECT_NE(world.refusal("gps", "wander_tau_s = 0.0").find("wander_tau_s"), std::string::npos);
}

}  // namespace
}  // namespace volery
