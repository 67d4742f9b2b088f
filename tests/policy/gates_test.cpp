#include <gtest/gtest.h>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

std::vector<float> fly(const Observation& observation) {
  return act("gates", observation, load_vehicle("cf2x"), "velocity");
}

TEST(GatesPolicy, FliesFastAtAFarGoalAndSlowsBeforeATurn) {
  Observation observation(Observation::all());
  observation.set("goal", {10, 0, 0});
  EXPECT_GT(fly(observation)[0], 0.8F);
  observation.set("goal", {0.05F, 0, 0});
  observation.set("velocity", {0, 1.5F, 0});
  const auto turning = fly(observation);
  EXPECT_LT(turning[0], 0.6F);
  EXPECT_LT(turning[1], 0);  // takes back what leads aside
}

TEST(GatesPolicy, GivesWayToARacerAhead) {
  Observation observation(Observation::all());
  observation.set("goal", {10, 0, 0});
  observation.set("velocity", {1.5F, 0, 0});
  const auto alone = fly(observation);
  observation.set_neighbor(0, {0.6F, 0.05F, 0}, {-1.5F, 0, 0});
  EXPECT_NE(fly(observation), alone);
}

TEST(GatesPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "goal"}) {
    Observation::Widths widths;
    for (const auto& group : Observation::all()) {
      if (group.first != missing) widths.push_back(group);
    }
    EXPECT_NE(test::make_error("gates", widths, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
