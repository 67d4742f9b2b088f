#include "task/nearest_common.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/isa.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::TaskRig;

// two square roots of equal sums of squares in float32
constexpr float kRounding = 1e-6F;

TEST(NearestDistances, EqualBruteForceInEveryInstructionSet) {
  for (const int num : {1, 2, 15, 16, 17, 40, 100}) {
    TaskRig rig("hover", {.num_worlds = 3, .num_agents = num});
    rig.reset(0);
    if (num > 2) rig.slab.agents.at(num + 1, kMode) = static_cast<float>(BodyMode::kAbsent);
    for (const std::string& isa : available_isas()) {
      limit_isa(isa);
      alignas(64) float nearest_m[task::kMaxPairAgents];
      task::nearest_distances(rig.slab, 1, nearest_m);
      for (int i = 0; i < num; ++i) {
        float least = task::kNoOtherM;
        for (int j = 0; j < num; ++j) {
          const bool absent = rig.slab.agents.at(num + j, kMode) != 0;
          if (j == i || absent || (num > 2 && i == 1)) continue;
          const Vec3 apart = rig.position(num + i) - rig.position(num + j);
          least = std::min(least, std::sqrt(dot(apart, apart)));
        }
        EXPECT_NEAR(nearest_m[i], least, kRounding) << isa << " " << num << " " << i;
      }
    }
    limit_isa("auto");
  }
}

TEST(NearestDistances, SeeAgentsInTheSamePlace) {
  TaskRig rig("hover", {.num_agents = 2});
  rig.reset(0);
  rig.slab.agents.set_vec3(0, kPosition, rig.position(1));
  alignas(64) float nearest_m[kLanes];
  task::nearest_distances(rig.slab, 0, nearest_m);
  EXPECT_EQ(nearest_m[0], 0);
  EXPECT_EQ(nearest_m[1], 0);
}

}  // namespace
}  // namespace volery
