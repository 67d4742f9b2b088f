#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

constexpr double kMetersPerPascal = 1 / (1.225 * 9.80665);

TEST(Barometer, TellsTheAltitudeWithNoiseInPascals) {
  SenseWorld world(1, 512);
  const auto sensor = world.make("barometer", "offset_pa = 0.0\nnoise_pa = 3.0");
  EXPECT_EQ(sensor->columns()[0].unit, "m");
  world.start(*sensor);
  const auto s = testing::spread(world, *sensor, 0, 20, [&](int agent) {
    return double{world.slab.agents.vec3(agent, kPosition).z};
  });
  testing::expect_white(s, 3 * kMetersPerPascal, 512 * 20);
}

TEST(Barometer, ThePressureIsThatOfTheStandardAtmosphere) {
  SenseWorld world(1, 37);
  const auto sensor =
      world.make("barometer", "output = 'pressure'\noffset_pa = 0.0\nnoise_pa = 0.0");
  // ISO 2533: geopotential altitude and pressure; half a pascal of table rounding, and float32
  const double table[][2] = {{0, 101325}, {1000, 89874.6}, {5000, 54019.9}, {-1000, 113929}};
  for (int i = 0; i < 4; ++i)
    world.slab.agents.set_vec3(i, kPosition, {0, 0, static_cast<float>(table[i][0])});
  world.start(*sensor);
  const std::vector<float> rows = world.observe(*sensor);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(rows[i], table[i][1], 0.6);
}

TEST(Barometer, OffsetsDifferByEpisodeAndDriftKeepsItsSpread) {
  SenseWorld world(1, 2048);
  const auto sensor = world.make(
      "barometer", "offset_pa = 20.0\nnoise_pa = 0.0\ndrift_pa = 10.0\ndrift_tau_s = 1.0");
  world.start(*sensor);
  const auto truth = [&](int agent) { return double{world.slab.agents.vec3(agent, kPosition).z}; };
  const double expected = std::sqrt(20.0 * 20 + 10.0 * 10) * kMetersPerPascal;
  for (int round = 0; round < 3; ++round) {
    const auto s = testing::spread(world, *sensor, 0, 1, truth);
    testing::expect_white(s, expected, 2048);
    for (int i = 0; i < 40; ++i) world.advance(*sensor);
  }
}

TEST(Barometer, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(world.refusal("barometer", "noise_pa = -1.0").find("sensor_config.barometer.noise_pa"),
            std::string::npos);
  EXPECT_NE(world.refusal("barometer", "drift_tau_s = 0.0").find("drift_tau_s"), std::string::npos);
  EXPECT_NE(world.refusal("barometer", "output = 'feet'").find("altitude"), std::string::npos);
}

}  // namespace
}  // namespace volery
