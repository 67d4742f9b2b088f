#include <gtest/gtest.h>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::make_error;
using test::Observation;

// A load at an offset from the agent, whose goal lies 2 m east of it.
struct Carried : Observation {
  explicit Carried(Vec3 load) : Observation(widths()) {
    set("task", load, kLoadX);
    set("task", {2, 0, 0}, kLoadGoalX);
    group("task")[kLoadCosYaw] = 1;
    group("task")[kLoadRadius] = 0.42F;
  }
  static Widths widths() {
    Widths all = Observation::all(2);
    all.emplace_back("task", kNumLoadColumns);
    return all;
  }
};

std::vector<float> push(const Observation& observation) {
  return act("transport", observation, load_vehicle("particle"), "velocity");
}

TEST(TransportPolicy, PushesAheadFromBehind) {
  const auto action = push(Carried({0.4F, 0, 0}));
  EXPECT_EQ(action[0], 1);
  EXPECT_NEAR(action[1], 0, 1e-6F);
}

TEST(TransportPolicy, GoesRoundTheLoadFromItsFront) {
  // east of the load and a little to the north: round by the north, not through it
  const auto action = push(Carried({-0.6F, -0.1F, 0}));
  EXPECT_GT(action[1], 0.3F);
  EXPECT_LT(action[0], 0.3F);
  const auto mirrored = push(Carried({-0.6F, 0.1F, 0}));
  EXPECT_NEAR(mirrored[1], -action[1], 1e-5F);
}

TEST(TransportPolicy, KeepsToTheHeightOfTheLoad) {
  EXPECT_LT(push(Carried({0.4F, 0, -0.3F}))[2], 0);
}

TEST(TransportPolicy, PushersBesideEachOtherMakeRoom) {
  Carried seen({0.4F, 0, 0});
  seen.set_neighbor(0, {0, 0.1F, 0}, {0, 0, 0});
  EXPECT_LT(push(seen)[1], 0);
}

TEST(TransportPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "neighbors", "task"}) {
    Observation::Widths some;
    for (const auto& group : Carried::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("transport", some, "velocity").find(missing), std::string::npos)
        << missing;
  }
}

}  // namespace
}  // namespace volery
