#include <gtest/gtest.h>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

std::vector<float> fly(const Observation& observation) {
  return act("potential_field", observation, load_vehicle("cf2x"), "velocity");
}

TEST(PotentialField, IsPulledByTheGoalAndPushedByWhatIsNear) {
  Observation observation(Observation::all());
  observation.set("goal", {2, 0, 0});
  const auto alone = fly(observation);
  EXPECT_GT(alone[0], 0.3F);
  EXPECT_EQ(alone[1], 0);
  observation.set_neighbor(0, {0.2F, 0.2F, 0}, {0, 0, 0});
  const auto pushed = fly(observation);
  EXPECT_LT(pushed[0], alone[0]);
  EXPECT_LT(pushed[1], -0.1F);
  observation.group("neighbors")[6] = 0;
  EXPECT_EQ(fly(observation), alone);
}

TEST(PotentialField, IsPushedByBeams) {
  Observation observation(Observation::all());
  observation.group("rangefinder")[2] = 0.15F;  // left
  EXPECT_LT(fly(observation)[1], -0.1F);
}

// The field's known defect: straight behind an obstacle there is a place where the forces balance.
TEST(PotentialField, StopsSomewhereBetweenGoalAndSomebodyInTheWay) {
  const auto speed_at = [](float gap_m) {
    Observation observation(Observation::all());
    observation.set("goal", {3, 0, 0});
    observation.set_neighbor(0, {gap_m, 0, 0}, {0, 0, 0});
    return fly(observation)[0];
  };
  EXPECT_GT(speed_at(1), 0);
  EXPECT_LT(speed_at(0.2F), 0);
}

TEST(PotentialField, NamesTheSensorThatIsMissing) {
  EXPECT_NE(test::make_error("potential_field", {{"goal", 3}}, "velocity").find("neighbors"),
            std::string::npos);
  EXPECT_NE(test::make_error("potential_field", {{"neighbors", 7}}, "velocity").find("goal"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
