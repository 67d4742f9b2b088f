#include <gtest/gtest.h>

#include <cmath>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

std::vector<float> fly(const Observation& observation) {
  return act("vicsek", observation, load_vehicle("cf2x"), "velocity");
}

TEST(VicsekPolicy, FliesAtItsSpeedInTheMeanDirection) {
  Observation observation(Observation::all(1, 4));
  observation.set("velocity", {0.5F, 0, 0});
  observation.fill("rangefinder", 8);
  observation.set_neighbor(0, {1, 0, 0}, {-0.5F, 0.5F, 0});  // flies north
  const auto action = fly(observation);
  // two thirds of the greatest speed to the north-east, give or take half the noise
  EXPECT_NEAR(std::sqrt(action[0] * action[0] + action[1] * action[1]), 2.0F / 3, 1e-3F);
  EXPECT_GT(action[0], 0.3F);
  EXPECT_GT(action[1], 0.3F);
}

TEST(VicsekPolicy, TurnsAwayFromAWallAndKeepsTheGoalsHeight) {
  Observation observation(Observation::all(1, 4));
  observation.set("velocity", {1, 0, 0});
  observation.fill("rangefinder", 8);
  observation.group("rangefinder")[0] = 0.2F;
  observation.set("goal", {0, 0, 0.5F});
  const auto action = fly(observation);
  EXPECT_LT(action[0], 0);
  EXPECT_GT(action[2], 0.1F);
}

TEST(VicsekPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "goal", "neighbors", "pose"}) {
    Observation::Widths widths;
    for (const auto& group : Observation::all()) {
      if (group.first != missing) widths.push_back(group);
    }
    EXPECT_NE(test::make_error("vicsek", widths, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
