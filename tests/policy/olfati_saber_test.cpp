#include <gtest/gtest.h>

#include <cmath>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

std::vector<float> fly(const Observation& observation) {
  return act("olfati_saber", observation, load_vehicle("cf2x"), "velocity");
}

TEST(OlfatiSaberPolicy, KeepsItsSpacingAndComesToTheGoal) {
  Observation observation(Observation::all(1, 4));
  observation.fill("rangefinder", 8);
  observation.set_neighbor(0, {0.8F, 0, 0}, {0, 0, 0});  // 1.4 m apart is right
  EXPECT_LT(fly(observation)[0], -0.1F);
  observation.set_neighbor(0, {1.55F, 0, 0}, {0, 0, 0});
  EXPECT_GT(fly(observation)[0], 0.02F);
  observation.group("neighbors")[6] = 0;
  observation.set("goal", {0, 3, 0});
  EXPECT_GT(fly(observation)[1], 0.02F);
}

TEST(OlfatiSaberPolicy, TurnsAwayFromAWallAndKeepsTheGoalsHeight) {
  Observation observation(Observation::all(1, 4));
  observation.set("velocity", {1, 0, 0});
  observation.fill("rangefinder", 8);
  observation.group("rangefinder")[0] = 0.1F;
  observation.set("goal", {0, 0, 0.5F});
  const auto action = fly(observation);
  EXPECT_LT(action[0], 0.4F);
  EXPECT_GT(action[2], 0.1F);
}

TEST(OlfatiSaberPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "goal", "neighbors", "pose"}) {
    Observation::Widths widths;
    for (const auto& group : Observation::all()) {
      if (group.first != missing) widths.push_back(group);
    }
    EXPECT_NE(test::make_error("olfati_saber", widths, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
