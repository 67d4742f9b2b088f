#include <gtest/gtest.h>

#include <algorithm>

#include "state/task_columns.hpp"
#include "tests/policy/observation.hpp"

namespace volery {
namespace {

using test::make_error;
using test::make_policy;
using test::Observation;

struct Foraged : Observation {
  Foraged() : Observation(widths()) {
    const float area[5] = {5, 5, 5, 5, 0};
    std::copy_n(area, 5, group("task"));
    at(kForagingNestX) = -2;
  }
  static Widths widths() {
    Widths all = Observation::all(2);
    all.emplace_back("task", kNumForagingColumns);
    return all;
  }
  float& at(int column) { return group("task")[column]; }
  [[nodiscard]] std::vector<float> fly(std::uint64_t seed = 1, std::uint32_t step = 0) const {
    std::vector<float> action(4, 99);
    make_policy("foraging", context(load_vehicle("cf2x"), "velocity"))
        ->act(row.data(), 0, action.data(), 4, 1, seed, step);
    return action;
  }
};

TEST(ForagingPolicy, CarriesHomeTakesWhatItSeesAndReturnsToARichSite) {
  Foraged seen;
  seen.at(kForagingSiteKnown) = 1;
  seen.at(kForagingSiteY) = 3;
  seen.at(kForagingSiteCount) = 40;  // surely more than a Poisson draw of 4.27
  EXPECT_GT(seen.fly()[1], 0.3F);
  seen.at(kForagingSeen) = 1;
  seen.at(kForagingItemX) = 0.6F;
  EXPECT_GT(seen.fly()[0], 0.2F);
  seen.at(kForagingCarrying) = 1;
  EXPECT_LT(seen.fly()[0], -0.3F);
}

TEST(ForagingPolicy, ReturnsToAPoorSiteAsOftenAsThePoissonLawSays) {
  Foraged seen;
  seen.at(kForagingSiteKnown) = 1;
  seen.at(kForagingSiteX) = 3;
  seen.at(kForagingSiteCount) = 3;
  seen.set("velocity", {-1, 0, 0});  // who does not return flies on westwards
  int returned = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) returned += seen.fly(seed)[0] > 0 ? 1 : 0;
  // P(k <= 3) at a rate of 4.27 is 0.3826; the deviation of the share is 0.0154
  EXPECT_NEAR(returned / 1000.0, 0.3826, 3 * 0.0154);
}

TEST(ForagingPolicy, WandersOnAndTurnsAtTheEdge) {
  Foraged seen;
  seen.set("velocity", {1, 0, 0});
  EXPECT_GT(seen.fly()[0], 0.3F);
  EXPECT_NE(seen.fly(1, 0), seen.fly(1, 31)) << "another second, another turn";
  EXPECT_EQ(seen.fly(1, 0), seen.fly(1, 29));
  seen.at(kAreaEast) = 0.5F;
  EXPECT_LT(seen.fly()[0], 0);
}

TEST(ForagingPolicy, NamesTheSensorThatIsMissing) {
  for (const char* missing : {"velocity", "neighbors", "task"}) {
    Observation::Widths some;
    for (const auto& group : Foraged::widths()) {
      if (group.first != missing) some.push_back(group);
    }
    EXPECT_NE(make_error("foraging", some, "velocity").find(missing), std::string::npos) << missing;
  }
}

}  // namespace
}  // namespace volery
