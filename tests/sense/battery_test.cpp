#include "tests/sense/statistics.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

TEST(BatterySensor, CopiesTheRowsOfTheBatteryWithNoise) {
  SenseWorld world(1, 1024);
  const int voltage = world.fields.find("battery_voltage_v").row;
  const int soc = world.fields.find("battery_soc").row;
  for (int i = 0; i < 1024; ++i) {
    world.slab.agents.at(i, voltage) = 3.7F;
    world.slab.agents.at(i, soc) = 0.25F;
  }
  const auto sensor = world.make("battery");
  world.start(*sensor);
  EXPECT_EQ(world.observe(*sensor)[1], 0.25F);
  testing::expect_white(testing::spread(world, *sensor, 0, 10, [](int) { return double{3.7F}; }),
                        0.01, 1024 * 10);
}

TEST(BatterySensor, StaysInItsRangeWhateverTheNoise) {
  SenseWorld world;
  const auto sensor = world.make("battery", "noise_v = 5.0\nsoc_noise = 1.0");
  world.start(*sensor);
  for (int step = 0; step < 5; ++step) {
    (void)world.observe(*sensor);  // checks the columns' ranges
    world.advance(*sensor);
  }
}

TEST(BatterySensor, RefusesAFlightWithoutBattery) {
  SenseWorld world;
  world.fields = FieldTable();
  declare_rigid_fields(world.fields);
  EXPECT_NE(world.refusal("battery", "").find("config.flight.battery = true"), std::string::npos);
}

TEST(BatterySensor, RefusesWhatCannotBe) {
  SenseWorld world;
  EXPECT_NE(world.refusal("battery", "noise_v = -1.0").find("sensor_config.battery.noise_v"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
