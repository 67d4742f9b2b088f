// Mean and spread of what a sensor tells over agents, with bounds from the number of samples.
#pragma once

#include <cmath>

#include "tests/sense/sense_world.hpp"

namespace volery::testing {

/// Five standard errors: one test in two million fails by chance, and the keys are fixed anyway.
inline constexpr double kSigmas = 5;

struct Spread {
  double mean = 0, std = 0;
};

/// Of one column, over all agents and a number of steps of still agents, less `truth(agent)`.
template <class Truth>
Spread spread(SenseWorld& world, const Sensor& sensor, int column, int num_steps, Truth&& truth) {
  const std::size_t width = sensor.columns().size();
  double sum = 0, squares = 0;
  double count = 0;
  for (int step = 0; step < num_steps; ++step) {
    world.advance(sensor);
    const std::vector<float> rows = world.observe(sensor);
    for (int agent = 0; agent < world.slab.agents.num_bodies; ++agent) {
      const std::size_t at = static_cast<std::size_t>(agent) * width;
      const double e = double{rows[at + static_cast<std::size_t>(column)]} - truth(agent);
      sum += e;
      squares += e * e;
      ++count;
    }
  }
  const double mean = sum / count;
  return {mean, std::sqrt(squares / count - mean * mean)};
}

/// Expects independent samples of that standard deviation about zero.
inline void expect_white(const Spread& s, double std, double count) {
  EXPECT_NEAR(s.mean, 0, kSigmas * std / std::sqrt(count));
  EXPECT_NEAR(s.std / std, 1, kSigmas / std::sqrt(2 * count));
}

}  // namespace volery::testing
