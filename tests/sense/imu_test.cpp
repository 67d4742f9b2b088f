// The IMU against mechanics, and its noise against its parameters.
#include <cmath>

#include "tests/sense/sense_world.hpp"

namespace volery {
namespace {

using testing::Matrix;
using testing::SenseWorld;

constexpr int kGyro = 0;
constexpr int kAccel = 3;
constexpr float kG = kGravityMps2;

// A float32 velocity of 3 m/s holds 2.4e-7; over a step of 1 / 30 s that is 7e-6 m/s^2, and the
// attitude's rounding times g the same again.
constexpr double kForceTolerance = 5e-5;
// Quaternions hold 6e-8 per component: twice that over the step.
constexpr double kRateTolerance = 2e-5;

float reading(const std::vector<float>& rows, int agent, int column) {
  return rows[static_cast<std::size_t>(agent * 6 + column)];
}

Quat product(Quat a, Quat b) {
  const Vec3 u{a.x, a.y, a.z};
  const Vec3 v{b.x, b.y, b.z};
  const Vec3 w = v * a.w + u * b.w + cross(u, v);
  return {w.x, w.y, w.z, a.w * b.w - dot(u, v)};
}

// The attitude after turning at body rate w for t seconds.
Quat turned_by(Quat q, Vec3 w, double t) {
  const double rate = std::sqrt(double{dot(w, w)});
  const double s = std::sin(rate * t / 2) / rate;
  return product(q,
                 {static_cast<float>(double{w.x} * s), static_cast<float>(double{w.y} * s),
                  static_cast<float>(double{w.z} * s), static_cast<float>(std::cos(rate * t / 2))});
}

template <class Job>
void for_all(SenseWorld& world, Job&& job) {
  for (int agent = 0; agent < world.slab.agents.num_bodies; ++agent) job(agent);
}

TEST(Imu, AtRestItReadsGravityUpwards) {
  SenseWorld world;
  const auto imu = world.make("imu", "preset = 'ideal'");
  for_all(world, [&](int agent) {
    world.slab.agents.set_vec3(agent, kVelocity, {});
    world.slab.agents.set_vec3(agent, kOmega, {});
  });
  world.start(*imu);
  for (int step = 0; step < 2; ++step) {
    const std::vector<float> rows = world.observe(*imu);
    for_all(world, [&](int agent) {
      const Matrix m(world.slab.agents.quat(agent));
      for (int axis = 0; axis < 3; ++axis) {
        EXPECT_NEAR(reading(rows, agent, kGyro + axis), 0, kRateTolerance);
        EXPECT_NEAR(reading(rows, agent, kAccel + axis), m.to_body({0, 0, kG}, axis),
                    kForceTolerance);
      }
    });
    world.advance(*imu);
  }
}

TEST(Imu, InFreeFallItReadsNothing) {
  SenseWorld world;
  const auto imu = world.make("imu", "preset = 'ideal'");
  world.start(*imu);
  for_all(world, [&](int agent) {
    const Vec3 v = world.slab.agents.vec3(agent, kVelocity);
    world.slab.agents.set_vec3(agent, kVelocity, {v.x, v.y, v.z - kG / 30});
  });
  world.advance(*imu);
  const std::vector<float> rows = world.observe(*imu);
  for_all(world, [&](int agent) {
    for (int axis = 0; axis < 3; ++axis)
      EXPECT_NEAR(reading(rows, agent, kAccel + axis), 0, kForceTolerance);
  });
}

TEST(Imu, GivesTheMeanRateOfATurnHoweverFast) {
  SenseWorld world;
  const auto imu = world.make("imu", "preset = 'ideal'");
  for_all(world, [&](int agent) { world.slab.agents.set_vec3(agent, kVelocity, {}); });
  world.start(*imu);
  // up to 15 rad/s on each axis: 0.87 rad in a step
  const auto rate = [](int agent) {
    return Vec3{15 - static_cast<float>(agent), 0.4F * static_cast<float>(agent), -3};
  };
  std::vector<Quat> before;
  for_all(world, [&](int agent) {
    before.push_back(world.slab.agents.quat(agent));
    world.slab.agents.set_quat(agent, turned_by(before.back(), rate(agent), 1.0 / 30));
  });
  world.advance(*imu);
  const std::vector<float> rows = world.observe(*imu);
  for_all(world, [&](int agent) {
    const Vec3 w = rate(agent);
    // specific force in axes halfway through the turn
    const Matrix m(turned_by(before[static_cast<std::size_t>(agent)], w, 0.5 / 30));
    for (int axis = 0; axis < 3; ++axis) {
      EXPECT_NEAR(reading(rows, agent, kGyro + axis), testing::component(w, axis), kRateTolerance);
      EXPECT_NEAR(reading(rows, agent, kAccel + axis), m.to_body({0, 0, kG}, axis),
                  kForceTolerance);
    }
  });
}

TEST(Imu, FeelsTheTurnAtALeverArm) {
  SenseWorld world;
  const auto imu = world.make("imu", "preset = 'ideal'\nlever_arm_b_m = [0.1, 0.0, 0.02]");
  const Vec3 lever{0.1F, 0, 0.02F};
  const Vec3 slow{0, 0, 4};
  const Vec3 fast{0.5F, 0, 6};
  for_all(world, [&](int agent) {
    world.slab.agents.set_vec3(agent, kVelocity, {});
    world.slab.agents.set_vec3(agent, kOmega, slow);
    world.slab.agents.set_quat(agent, {});
  });
  world.start(*imu);
  // a steady turn about z at 4 rad/s: 4^2 * 0.1 m inwards
  EXPECT_NEAR(reading(world.observe(*imu), 0, kAccel), -1.6, kForceTolerance);
  for_all(world, [&](int agent) {
    world.slab.agents.set_quat(agent, turned_by({}, slow, 1.0 / 30));
    world.slab.agents.set_vec3(agent, kOmega, fast);
  });
  world.advance(*imu);
  // mean rate `slow`, angular acceleration (fast - slow) * 30
  const Vec3 force = cross((fast - slow) * 30, lever) + cross(slow, cross(slow, lever));
  const std::vector<float> rows = world.observe(*imu);
  EXPECT_NEAR(reading(rows, 5, kAccel), force.x, kForceTolerance);
  EXPECT_NEAR(reading(rows, 5, kAccel + 1), force.y, kForceTolerance);
  EXPECT_NEAR(reading(rows, 5, kAccel + 2), force.z + kG, kForceTolerance);
}

TEST(Imu, SaturatesAtItsRange) {
  SenseWorld world;
  const auto imu = world.make("imu", "gyro_range = 2.0\naccel_range = 5.0");
  EXPECT_EQ(imu->columns()[kGyro].high, 2);
  EXPECT_EQ(imu->columns()[kAccel].low, -5);
  for_all(world, [&](int agent) {
    world.slab.agents.set_quat(agent, {});
    world.slab.agents.set_vec3(agent, kOmega, {-9, 9, 0});
  });
  world.start(*imu);
  const std::vector<float> rows = world.observe(*imu);
  EXPECT_EQ(reading(rows, 0, kGyro), -2);
  EXPECT_EQ(reading(rows, 0, kGyro + 1), 2);
  EXPECT_EQ(reading(rows, 0, kAccel + 2), 5);
}

// Still, level agents under an IMU: readings less the truth.
class StillImu {
 public:
  StillImu(int num_agents, int rate_hz, const std::string& toml) : world(4, num_agents / 4) {
    world.agent_rate_hz = rate_hz;
    imu = world.make("imu", toml);
    for_all(world, [&](int agent) {
      world.slab.agents.set_vec3(agent, kVelocity, {});
      world.slab.agents.set_vec3(agent, kOmega, {});
      world.slab.agents.set_quat(agent, {});
    });
    world.start(*imu);
    held = world.fields.find("imu_held").row;
  }
  void step() { world.advance(*imu); }
  [[nodiscard]] double error(int agent, int column) const {
    const float value = world.slab.agents.at(agent, held + column);
    return double{value} - (column == kAccel + 2 ? double{kG} : 0);
  }

  SenseWorld world;
  std::unique_ptr<Sensor> imu;
  int held = 0;
};

TEST(Imu, WhiteNoiseAndTurnOnBiasHaveTheirStandardDeviations) {
  StillImu still(256, 100, "preset = 'mpu9250'");
  constexpr int kSteps = 200;
  constexpr int kAgents = 256;
  for (const int first : {kGyro, kAccel}) {
    const double density = first == kGyro ? 0.01 * M_PI / 180 : 300e-6 * double{kG};
    const double turn_on = first == kGyro ? 5 * M_PI / 180 : 0.06 * double{kG};
    const double white = density / std::sqrt(0.01);
    double within = 0, between = 0;
    std::vector<double> means(kAgents * 3), squares(kAgents * 3);
    for (int step = 0; step < kSteps; ++step) {
      still.step();
      for (int i = 0; i < kAgents * 3; ++i) {
        const double e = still.error(i / 3, first + i % 3);
        means[static_cast<std::size_t>(i)] += e / kSteps;
        squares[static_cast<std::size_t>(i)] += e * e;
      }
    }
    for (int i = 0; i < kAgents * 3; ++i) {
      const double mean = means[static_cast<std::size_t>(i)];
      within += squares[static_cast<std::size_t>(i)] - kSteps * mean * mean;
      between += mean * mean;
    }
    // relative standard error of a standard deviation: 1 / sqrt(2 degrees of freedom)
    const double dof_within = kAgents * 3 * (kSteps - 1);
    const double dof_between = kAgents * 3;
    EXPECT_NEAR(std::sqrt(within / dof_within) / white, 1, 5 / std::sqrt(2 * dof_within));
    EXPECT_NEAR(std::sqrt(between / dof_between) / turn_on, 1, 5 / std::sqrt(2 * dof_between));
  }
}

TEST(Imu, ABiasBelongsToItsEpisode) {
  StillImu still(64, 100, "preset = 'mpu9250'\ngyro_noise = 0.0\naccel_noise = 0.0");
  const double first = still.error(7, kGyro);
  still.step();
  EXPECT_EQ(still.error(7, kGyro), first);
  still.world.start(*still.imu);
  EXPECT_EQ(still.error(7, kGyro), first) << "the same key draws the same";
  for (WorldHeader& header : still.world.headers) ++header.episode;
  still.world.start(*still.imu);
  EXPECT_NE(still.error(7, kGyro), first);
  EXPECT_NE(still.error(7, kGyro), still.error(8, kGyro));
  EXPECT_NE(still.error(7, kGyro), still.error(7, kGyro + 1));
}

// Allan deviation at averaging times of m samples, over all agents and the three axes from `first`
// on. IEEE Std 952-1997, annex C.
std::vector<double> allan_deviation(StillImu& still, int num_steps, const std::vector<int>& ms,
                                    int num_agents, int first) {
  std::vector<std::vector<double>> series(static_cast<std::size_t>(num_agents * 3));
  for (int step = 0; step < num_steps; ++step) {
    still.step();
    for (int i = 0; i < num_agents * 3; ++i)
      series[static_cast<std::size_t>(i)].push_back(still.error(i / 3, first + i % 3));
  }
  std::vector<double> deviations;
  for (const int m : ms) {
    double sum = 0;
    const int clusters = num_steps / m;
    for (const std::vector<double>& y : series) {
      double last = 0;
      for (int k = 0; k < clusters; ++k) {
        double mean = 0;
        for (int i = k * m; i < (k + 1) * m; ++i) mean += y[static_cast<std::size_t>(i)] / m;
        if (k > 0) sum += (mean - last) * (mean - last);
        last = mean;
      }
    }
    deviations.push_back(
        std::sqrt(sum / (2.0 * static_cast<double>(series.size()) * (clusters - 1))));
  }
  return deviations;
}

struct Line {
  double slope, at;  // log of the value where log x = log x0
};
// Least squares through (log x, log y), read at x0.
Line fit(const std::vector<double>& x, const std::vector<double>& y, double x0) {
  double mx = 0, my = 0, sxx = 0, sxy = 0;
  const auto n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    mx += std::log(x[i]) / n;
    my += std::log(y[i]) / n;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    sxx += (std::log(x[i]) - mx) * (std::log(x[i]) - mx);
    sxy += (std::log(x[i]) - mx) * (std::log(y[i]) - my);
  }
  const double slope = sxy / sxx;
  return {slope, my + slope * (std::log(x0) - mx)};
}

constexpr int kAllanAgents = 64;
constexpr int kAllanSteps = 20000;  // 200 s at 100 Hz
// Differences of neighbor means of white noise are correlated; their degrees of freedom are two
// thirds of their number (D. W. Allan, J. A. Barnes: 1981), and at least half for a random walk.
double dof(double tau_s, double share) {
  return share * kAllanAgents * 3 * (kAllanSteps * 0.01 / tau_s - 1);
}

TEST(Imu, AllanDeviationOfWhiteNoiseIsItsDensityAtOneSecond) {
  for (const int first : {kGyro, kAccel}) {
    StillImu still(kAllanAgents, 100, "preset = 'bmi088'");
    const double density = first == kGyro ? 0.014 * M_PI / 180 : 190e-6 * double{kG};
    const std::vector<int> ms{10, 20, 50, 100, 200, 300};
    const auto deviations = allan_deviation(still, kAllanSteps, ms, kAllanAgents, first);
    std::vector<double> taus;
    for (const int m : ms) taus.push_back(m * 0.01);
    const Line line = fit(taus, deviations, 1);
    // the longest averaging time bounds the error of each point: five sigma
    const double tolerance = 5 / std::sqrt(2 * dof(3, 2.0 / 3));
    EXPECT_NEAR(line.slope, -0.5, tolerance);
    EXPECT_NEAR(std::exp(line.at) / density, 1, tolerance);
  }
}

TEST(Imu, AllanDeviationOfARandomWalkIsItsDriveAtThreeSeconds) {
  for (const int first : {kGyro, kAccel}) {
    StillImu still(kAllanAgents, 100,
                   "preset = 'adis16448'\ngyro_noise = 0.0\naccel_noise = 0.0\n"
                   "gyro_tau_s = 0.0\naccel_tau_s = 0.0");
    const double walk = first == kGyro ? 3.879e-5 : 6e-3;
    const std::vector<int> ms{50, 100, 200, 300, 500, 1000};
    const auto deviations = allan_deviation(still, kAllanSteps, ms, kAllanAgents, first);
    std::vector<double> taus;
    for (const int m : ms) taus.push_back(m * 0.01);
    const Line line = fit(taus, deviations, 3);
    const double tolerance = 5 / std::sqrt(2 * dof(10, 0.5));
    EXPECT_NEAR(line.slope, 0.5, tolerance);
    EXPECT_NEAR(std::exp(line.at) / walk, 1, tolerance);
  }
}

TEST(Imu, AllanDeviationOfBothTogetherFallsAndRises) {
  // accelerometer of the adis16448: white at short times, walk at long ones
  StillImu still(kAllanAgents, 100, "preset = 'adis16448'");
  const std::vector<int> ms{5, 115, 1000};
  const auto d = allan_deviation(still, kAllanSteps, ms, kAllanAgents, kAccel);
  for (std::size_t i = 0; i < ms.size(); ++i) {
    const double tau = ms[i] * 0.01;
    const double expected = std::sqrt(4e-3 * 4e-3 / tau + 6e-3 * 6e-3 * tau / 3);
    // the finite correlation time takes 3 tau / 8 T off the deviation: 1.3 % at 10 s
    EXPECT_NEAR(d[i] / expected, 1, 5 / std::sqrt(2 * dof(tau, 0.5)) + 0.0125 * tau / 10);
  }
}

TEST(Imu, BiasesOfAGaussMarkovProcessSettleAtTheirStandardDeviation) {
  StillImu still(1024, 100, "preset = 'ideal'\ngyro_walk = 0.01\ngyro_tau_s = 0.5");
  for (int step = 0; step < 400; ++step) still.step();
  double squares = 0;
  for (int i = 0; i < 3 * 1024; ++i) squares += std::pow(still.error(i / 3, i % 3), 2);
  const double expected = 0.01 * std::sqrt(0.5 / 2);
  EXPECT_NEAR(std::sqrt(squares / (3 * 1024)) / expected, 1, 5 / std::sqrt(2 * 3 * 1024.0));
}

TEST(Imu, HoldsItsSampleBetweenSamples) {
  StillImu still(16, 100, "rate_hz = 25");
  std::vector<double> seen{still.error(3, kGyro)};
  for (int step = 1; step <= 12; ++step) {
    still.step();
    const double now = still.error(3, kGyro);
    if (step % 4 == 0) {
      EXPECT_NE(now, seen.back()) << step;
    } else {
      EXPECT_EQ(now, seen.back()) << step;
    }
    seen.push_back(now);
  }
}

TEST(Imu, RefusesWhatCannotBe) {
  SenseWorld world;
  const auto refused = [&](const char* toml, const char* part) {
    const std::string message = world.refusal("imu", toml);
    EXPECT_NE(message.find("sensor_config.imu"), std::string::npos) << toml << ": " << message;
    EXPECT_NE(message.find(part), std::string::npos) << toml << ": " << message;
  };
  refused("rate_hz = 7.0", "must divide config.agent_rate_hz = 30");
  refused("rate_hz = 60.0", "must divide");
  refused("rate_hz = -1.0", "rate_hz");
  refused("gyro_noise = -0.1", "gyro_noise");
  refused("accel_walk = 11.0", "accel_walk");
  refused("preset = 'bmi8'", "bmi088");
  refused("lever_arm_b_m = [0.0]", "lever_arm_b_m");
  refused("gyro_range = -1.0", "gyro_range");
  refused("gain = 1", "gain");
}

}  // namespace
}  // namespace volery
