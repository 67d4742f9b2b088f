// Rate, delay and dropout, seen through sensors that have them.
#include <cmath>

#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::SenseWorld;

// Agents that move: x counts the steps.
class Moving {
 public:
  explicit Moving(const std::string& toml, int num_agents = 20)
      : world(1, num_agents), sensor(world.make("position_fix", toml)) {
    move_to(0);
    world.start(*sensor);
  }
  void step() {
    move_to(++count);
    world.advance(*sensor);
  }
  [[nodiscard]] float seen(int agent = 0) { return world.observe(*sensor)[4 * index(agent)]; }
  [[nodiscard]] bool fresh(int agent = 0) {
    return world.observe(*sensor)[4 * index(agent) + 3] != 0;
  }

  SenseWorld world;
  std::unique_ptr<Sensor> sensor;
  int count = 0;

 private:
  static std::size_t index(int agent) { return static_cast<std::size_t>(agent); }
  void move_to(int step) {
    for (int i = 0; i < world.slab.agents.num_bodies; ++i)
      world.slab.agents.set_vec3(i, kPosition, {static_cast<float>(step), 0, 0});
  }
};

TEST(NoisySensor, WithoutErrorsShowsEachStepAtOnce) {
  Moving moving("noise_m = 0.0");
  EXPECT_TRUE(moving.fresh());
  for (int step = 1; step < 9; ++step) {
    moving.step();
    EXPECT_EQ(moving.seen(), static_cast<float>(step));
    EXPECT_TRUE(moving.fresh());
  }
}

TEST(NoisySensor, ALowerRateHoldsTheSample) {
  Moving moving("noise_m = 0.0\nrate_hz = 10.0");  // every third step of 30 Hz
  for (int step = 1; step < 20; ++step) {
    moving.step();
    EXPECT_EQ(moving.seen(), static_cast<float>(step / 3 * 3));
    EXPECT_EQ(moving.fresh(), step % 3 == 0);
  }
}

TEST(NoisySensor, ADelayShowsWhatWas) {
  // shorter than, equal to and several times the sample interval of three steps
  for (const int delay : {1, 2, 3, 4, 7, 12}) {
    Moving moving("noise_m = 0.0\nrate_hz = 10.0\ndelay_s = " + std::to_string(delay / 30.0));
    for (int step = 1; step < 40; ++step) {
      moving.step();
      const int age = step - delay;
      EXPECT_EQ(moving.seen(), static_cast<float>(age < 0 ? 0 : age / 3 * 3)) << delay;
      EXPECT_EQ(moving.fresh(), age >= 0 && age % 3 == 0) << delay;
    }
  }
}

TEST(NoisySensor, ALostSampleLeavesTheLastOne) {
  for (const char* delay : {"", "\ndelay_s = 0.1"}) {
    constexpr int kAgents = 400;
    constexpr int kSteps = 50;
    Moving moving(std::string("noise_m = 0.0\ndropout = 0.3") + delay, kAgents);
    const int late = *delay == 0 ? 0 : 3;
    std::vector<float> last(kAgents, 0);
    int arrived = 0;
    for (int step = 1; step <= kSteps; ++step) {
      moving.step();
      const std::vector<float> rows = moving.world.observe(*moving.sensor);
      for (std::size_t i = 0; i < kAgents; ++i) {
        const bool fresh = rows[4 * i + 3] != 0;
        EXPECT_EQ(rows[4 * i], fresh ? static_cast<float>(step - late) : last[i]);
        last[i] = rows[4 * i];
        arrived += fresh && step > late ? 1 : 0;
      }
    }
    // binomial: five standard deviations
    const double n = kAgents * (kSteps - late);
    EXPECT_NEAR(arrived / n, 0.7, 5 * std::sqrt(0.3 * 0.7 / n));
  }
}

TEST(NoisySensor, LosesEverythingWithDropoutOne) {
  Moving moving("noise_m = 0.0\ndropout = 1.0");
  for (int step = 0; step < 5; ++step) moving.step();
  EXPECT_EQ(moving.seen(), 0) << "the first one is there";
  EXPECT_FALSE(moving.fresh());
}

TEST(NoisySensor, StartsSomeAgentsAndLeavesTheOthers) {
  Moving moving("noise_m = 0.0\nrate_hz = 1.0\ndelay_s = 0.5", 40);
  for (int step = 0; step < 5; ++step) moving.step();
  moving.sensor->start({moving.world.slab, {}, moving.world.scene, moving.world.vehicle}, 18, 21);
  for (int agent = 0; agent < 40; ++agent) {
    EXPECT_EQ(moving.seen(agent), agent >= 18 && agent < 21 ? 5 : 0) << agent;
  }
}

TEST(NoisySensor, RefusesTimingThatCannotBe) {
  SenseWorld world;
  const auto refused = [&](const char* toml, const char* part) {
    EXPECT_NE(world.refusal("gps", toml).find(part), std::string::npos)
        << world.refusal("gps", toml);
  };
  refused("rate_hz = 7.0", "sensor_config.gps.rate_hz = 7: must divide config.agent_rate_hz = 30");
  refused("rate_hz = -5.0", "sensor_config.gps.rate_hz");
  refused("delay_s = -0.1", "sensor_config.gps.delay_s");
  refused("dropout = 1.5", "sensor_config.gps.dropout");
  refused("rate_hz = 0.0\ndelay_s = 5.0", "must be less than 64 samples");
  world.agent_rate_hz = 48;
  refused("", "sensor_config.gps.rate_hz = 5: must divide config.agent_rate_hz = 48");
}

}  // namespace
}  // namespace volery
