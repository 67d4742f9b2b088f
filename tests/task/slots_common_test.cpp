#include "task/slots_common.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using task::assign_slots;
using task::formation_slots;
using task::least_distance;
using task::Shape;
using test::TaskRig;

// sums of float32 squares of a few meters
constexpr float kRounding = 1e-4F;

float cost(const TaskRig& rig, int agent, int slot) {
  const Vec3 way = rig.goal(slot) - rig.position(agent);
  return dot(way, way);
}

TEST(FormationSlots, KeepTheirSpacingInEveryShape) {
  for (const Shape shape : {Shape::kGrid, Shape::kCircle, Shape::kVee}) {
    for (const int num : {2, 5, 16, 33}) {
      const auto slots = formation_slots(shape, num, 0.5F, 2);
      ASSERT_EQ(slots.size(), static_cast<std::size_t>(num));
      EXPECT_NEAR(least_distance(slots), 0.5F, 1e-5F) << static_cast<int>(shape) << " " << num;
    }
  }
}

TEST(FormationSlots, StandRoundTheOrigin) {
  for (const Shape shape : {Shape::kGrid, Shape::kCircle, Shape::kVee}) {
    const auto slots = formation_slots(shape, 16, 0.5F, 1);
    float low = 0, high = 0;
    for (const Vec3& slot : slots) {
      low = std::min(low, slot.x);
      high = std::max(high, slot.x);
    }
    EXPECT_NEAR(low, -high, 1e-6F);
  }
  EXPECT_EQ(formation_slots(Shape::kCircle, 1, 0.5F, 1).front(), Vec3{});
}

TEST(AssignSlots, FindsTheBestOfAllPermutations) {
  TaskRig rig("hover",
              {.num_worlds = 20, .num_agents = 6, .config = Value::Table{{"goal", "random"}}});
  rig.reset(0);
  const int index = rig.fields.find("was_touching").row, scratch = kImpulse;
  for (int w = 0; w < 20; ++w) {
    assign_slots(rig.slab, w, rig.task->spec().goal.row, index, scratch);
    const int first = 6 * w;
    float assigned = 0;
    for (int i = 0; i < 6; ++i) {
      assigned +=
          cost(rig, first + i, first + static_cast<int>(rig.slab.agents.at(first + i, index)));
    }
    std::vector<int> order(6);
    std::iota(order.begin(), order.end(), 0);
    float best = 1e9F;
    do {
      float sum = 0;
      for (int i = 0; i < 6; ++i)
        sum += cost(rig, first + i, first + order[static_cast<std::size_t>(i)]);
      best = std::min(best, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    EXPECT_NEAR(assigned, best, kRounding);
  }
}

TEST(AssignSlots, GivesEachSlotOnceAlsoToCrowds) {
  for (const int num : {1, 64, 65, 300}) {
    TaskRig rig("hover", {.num_agents = num, .config = Value::Table{{"goal", "random"}}});
    rig.reset(0);
    const int index = rig.fields.find("was_touching").row;
    assign_slots(rig.slab, 0, rig.task->spec().goal.row, index, kImpulse);
    std::vector<int> holders(static_cast<std::size_t>(num), 0);
    for (int i = 0; i < num; ++i) {
      ++holders[static_cast<std::size_t>(rig.slab.agents.at(i, index))];
      EXPECT_EQ(rig.slab.agents.at(i, kImpulse), 0);
    }
    EXPECT_EQ(std::count(holders.begin(), holders.end(), 1), num);
  }
}

}  // namespace
}  // namespace volery
