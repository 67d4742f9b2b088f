#include <gtest/gtest.h>

#include <cmath>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

std::vector<float> fly(const Observation& observation) {
  return act("pursuit", observation, load_vehicle("cf2x"), "velocity");
}

TEST(PursuitPolicy, FliesAheadOfAnEvaderThatCrosses) {
  Observation observation(Observation::all());
  observation.set("goal", {2, 0, 0});
  const auto straight = fly(observation);
  EXPECT_NEAR(straight[0], 1, 1e-5F);
  EXPECT_NEAR(straight[1], 0, 1e-5F);
  // the neighbor at the goal is the evader
  observation.set_neighbor(0, {2, 0, 0}, {0, 1, 0});
  const auto leading = fly(observation);
  EXPECT_GT(leading[1], 0.3F);
  EXPECT_GT(leading[0], 0.5F);
}

TEST(PursuitPolicy, SpreadsFromOtherChasersUntilItIsNear) {
  Observation observation(Observation::all());
  observation.set("goal", {2, 0, 0});
  observation.set_neighbor(0, {0, 1, 0}, {0, 0, 0});
  EXPECT_LT(fly(observation)[1], -0.1F);
  observation.set("goal", {0.5F, 0, 0});
  EXPECT_NEAR(fly(observation)[1], 0, 1e-5F);
}

TEST(PursuitPolicy, TurnsOnAnEvaderThatComesPast) {
  Observation observation(Observation::all());
  observation.set("goal", {1, 0, 0});
  observation.set_neighbor(0, {1, 0, 0}, {-3, 0, 0});  // its lead lies behind
  EXPECT_GT(fly(observation)[0], 0.9F);
}

TEST(PursuitPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "goal", "neighbors"}) {
    Observation::Widths widths;
    for (const auto& group : Observation::all()) {
      if (group.first != missing) widths.push_back(group);
    }
    EXPECT_NE(test::make_error("pursuit", widths, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
