#include <gtest/gtest.h>

#include <cmath>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::make_error;
using test::Observation;

// beams 0, 2, 4, 6 of eight look forward, left, back, right
std::vector<float> fly(const Observation& observation) {
  return act("formation", observation, load_vehicle("cf2x"), "velocity");
}

TEST(FormationPolicy, FliesStraightWhereTheWayIsFree) {
  Observation observation(Observation::all());
  observation.set("goal", {2, 0, 0});
  const auto action = fly(observation);
  EXPECT_GT(action[0], 0.3F);
  EXPECT_EQ(action[1], 0);
  EXPECT_EQ(action[2], 0);
}

TEST(FormationPolicy, TurnsAsideBeforeAnObstacle) {
  Observation observation(Observation::all());
  observation.set("goal", {2, 0, 0});
  observation.group("rangefinder")[0] = 0.4F;
  observation.group("rangefinder")[1] = 0.57F;  // the same wall, seen at 45 degrees
  observation.group("rangefinder")[7] = 0.57F;
  const auto action = fly(observation);
  EXPECT_GT(std::abs(action[1]), 0.2F);
  EXPECT_LT(action[0], 0.2F);
}

TEST(FormationPolicy, KeepsToTheSideOnWhichItPassesAnObstacle) {
  for (const float side : {-1.0F, 1.0F}) {
    Observation observation(Observation::all());
    observation.set("goal", {2, 0, 0});
    observation.set("velocity", {0, 0.4F * side, 0});
    for (const int beam : {7, 0, 1}) observation.group("rangefinder")[beam] = 0.5F;
    EXPECT_GT(fly(observation)[1] * side, 0.2F);
  }
}

TEST(FormationPolicy, BacksOffFromWhatIsTooNear) {
  Observation wall(Observation::all());
  wall.group("rangefinder")[2] = 0.08F;
  EXPECT_LT(fly(wall)[1], 0);
  Observation floor(Observation::all());
  floor.group("rangefinder")[8] = 0.08F;
  EXPECT_GT(fly(floor)[2], 0);
  Observation agent(Observation::all());
  agent.set_neighbor(1, {0.15F, 0, 0}, {0, 0, 0});
  EXPECT_LT(fly(agent)[0], 0);
}

TEST(FormationPolicy, BeamsTurnWithTheHeading) {
  Observation observation(Observation::all());
  observation.set_attitude({0, 0, std::sqrt(0.5F), std::sqrt(0.5F)});  // facing north
  observation.group("rangefinder")[0] = 0.08F;
  const auto action = fly(observation);
  EXPECT_LT(action[1], 0);
  EXPECT_NEAR(action[0], 0, 1e-5F);
}

TEST(FormationPolicy, IgnoresEmptyNeighborSlots) {
  Observation observation(Observation::all());
  observation.set("goal", {1, 0, 0});
  const auto alone = fly(observation);
  observation.set_neighbor(0, {0.1F, 0, 0}, {0, 0, 0});
  EXPECT_NE(fly(observation), alone);
  observation.group("neighbors")[6] = 0;
  EXPECT_EQ(fly(observation), alone);
}

TEST(FormationPolicy, AgentsThatMeetPassEachOtherOnTheRight) {
  Observation observation(Observation::all());
  observation.set("goal", {2, 0, 0});
  observation.set_neighbor(0, {0.6F, 0, 0}, {-1, 0, 0});
  EXPECT_LT(fly(observation)[1], 0);
}

TEST(FormationPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"pose", "velocity", "goal", "neighbors", "rangefinder"}) {
    Observation::Widths widths;
    for (const auto& group : Observation::all()) {
      if (group.first != missing) widths.push_back(group);
    }
    EXPECT_NE(make_error("formation", widths, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
