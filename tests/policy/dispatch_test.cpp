#include <gtest/gtest.h>

#include <algorithm>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::make_error;
using test::Observation;

struct Called : Observation {
  Called() : Observation(widths()) {
    group("task")[kDispatchCharge] = 1;
    group("task")[kDispatchHomeY] = -3;
  }
  static Widths widths() {
    Widths all = Observation::all(2);
    all.emplace_back("task", kNumDispatchColumns);
    return all;
  }
  void call(int k, float x, float y, float age_s) {
    float* const job = group("task") + kDispatchJobs + k * kNumJobColumns;
    job[kJobOpen] = 1;
    job[kJobFromX] = x;
    job[kJobFromY] = y;
    job[kJobAge] = age_s;
  }
  [[nodiscard]] std::vector<float> fly() const {
    return act("dispatch", *this, load_vehicle("cf2x"), "velocity");
  }
};

TEST(DispatchPolicy, TakesTheNearestJobAndGoesHomeWithoutOne) {
  Called seen;
  EXPECT_LT(seen.fly()[1], -0.3F);
  seen.call(0, 4, 0, 9);
  seen.call(1, -2, 0, 1);
  EXPECT_LT(seen.fly()[0], -0.3F);
}

TEST(DispatchPolicy, LeavesAYoungJobToANearerNeighbor) {
  Called seen;
  seen.call(0, 2, 0, 1);
  seen.set_neighbor(0, {1.7F, 1, 0}, {0, 0, 0});
  EXPECT_LT(seen.fly()[1], -0.3F) << "home";
  seen.call(0, 2, 0, 5);
  EXPECT_GT(seen.fly()[0], 0.3F) << "nobody came";
}

TEST(DispatchPolicy, BringsItsLoadFirst) {
  Called seen;
  seen.call(0, -2, 0, 9);
  seen.group("task")[kDispatchCarrying] = 1;
  seen.group("task")[kDispatchToX] = 3;
  EXPECT_GT(seen.fly()[0], 0.3F);
}

TEST(DispatchPolicy, ChargesWhenLowAndUntilFull) {
  Called seen;
  seen.call(0, 2, 2, 9);
  seen.group("task")[kDispatchCharge] = 0.3F;
  EXPECT_LT(seen.fly()[1], -0.3F);
  seen.group("task")[kDispatchHomeY] = -0.1F;
  seen.group("task")[kDispatchCharge] = 0.8F;
  EXPECT_LT(seen.fly()[1], 0) << "at home it goes on charging";
  seen.group("task")[kDispatchCharge] = 0.95F;
  EXPECT_GT(seen.fly()[1], 0.3F);
}

TEST(DispatchPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "neighbors", "task"}) {
    Observation::Widths some;
    for (const auto& group : Called::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("dispatch", some, "velocity").find(missing), std::string::npos) << missing;
  }
}

}  // namespace
}  // namespace volery
