#include <gtest/gtest.h>

#include <algorithm>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::act;
using test::make_error;
using test::Observation;

constexpr int kMiddle = kPatrolWindow * kPatrolWindow / 2;

struct Patrolled : Observation {
  Patrolled() : Observation(widths()) {
    const float area[5] = {5, 5, 5, 5, 0};
    std::copy_n(area, 5, group("task"));
    group("task")[kPatrolCellSize] = 1;
    for (int i = 0; i < kPatrolWindow * kPatrolWindow; ++i) age(i) = 1;
    age(kMiddle) = 0;
  }
  static Widths widths() {
    Widths all = Observation::all(2);
    all.emplace_back("task", kNumPatrolColumns);
    return all;
  }
  float& age(int cell) { return group("task")[kPatrolAges + cell]; }
};

std::vector<float> fly(const Observation& observation) {
  return act("patrol", observation, load_vehicle("cf2x"), "velocity");
}

TEST(PatrolPolicy, GoesToTheOldestCellNearby) {
  Patrolled seen;
  seen.age(kMiddle + 1) = 30;  // east
  EXPECT_GT(fly(seen)[0], 0.3F);
  EXPECT_NEAR(fly(seen)[1], 0, 1e-5F);
  seen.age(kMiddle - kPatrolWindow) = 40;  // south, older
  EXPECT_LT(fly(seen)[1], -0.3F);
}

TEST(PatrolPolicy, PrefersTheNearerOfTwoThatWaitedAsLong) {
  Patrolled seen;
  seen.age(kMiddle + 2) = 30;
  seen.age(kMiddle - 1) = 30;
  EXPECT_LT(fly(seen)[0], -0.3F);
}

TEST(PatrolPolicy, LeavesACellToTheNeighborThatIsNearerToIt) {
  Patrolled seen;
  seen.age(kMiddle + 1) = 30;
  seen.age(kMiddle - 1) = 25;
  EXPECT_GT(fly(seen)[0], 0.3F);
  seen.set_neighbor(0, {1.6F, 0, 0}, {0, 0, 0});
  EXPECT_LT(fly(seen)[0], -0.3F);
}

TEST(PatrolPolicy, NeverGoesOutside) {
  Patrolled seen;
  for (int i = 0; i < kPatrolWindow * kPatrolWindow; ++i) seen.age(i) = -1;
  seen.age(kMiddle) = 3;
  seen.group("task")[kPatrolCellX] = -0.3F;
  EXPECT_LT(fly(seen)[0], -0.1F) << "to the middle of the one cell there is";
}

TEST(PatrolPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "neighbors", "task"}) {
    Observation::Widths some;
    for (const auto& group : Patrolled::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("patrol", some, "velocity").find(missing), std::string::npos) << missing;
  }
}

}  // namespace
}  // namespace volery
