#include <gtest/gtest.h>

#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::Observation;

TEST(WaypointsPolicy, FliesThroughTheWaypointAndDoesNotStopThere) {
  const Vehicle vehicle = load_vehicle("cf2x");
  Observation near(Observation::all());
  near.set("goal", {0, 0.05F, 0});
  const float through = act("waypoints", near, vehicle, "velocity")[1];
  EXPECT_GT(through, 3 * act("hover", near, vehicle, "velocity")[1]);
  EXPECT_LE(through, 1);
}

TEST(WaypointsPolicy, StaysPutWhereTheWaypointIs) {
  const Vehicle vehicle = load_vehicle("cf2x");
  const Observation at(Observation::all());
  EXPECT_EQ(act("waypoints", at, vehicle, "velocity"), (std::vector<float>{0, 0, 0, 0}));
}

}  // namespace
}  // namespace volery
