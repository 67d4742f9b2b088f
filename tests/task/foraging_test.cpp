#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "state/task_columns.hpp"
#include "task/items_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using task::ItemLayout;
using test::build_error;
using test::TaskRig;

const task::Area kYard{-5, -5, 5, 5, 1};
const task::Nest kNest{0, 0, 0.5F};
// items of a cluster lie within it, but for rounding
constexpr float kRoundingM = 1e-5F;

std::vector<float> laid(ItemLayout layout, std::uint64_t seed, int num = 256) {
  std::vector<float> items(static_cast<std::size_t>(num * task::kNumItemFields));
  Rng rng(seed, 0, Stream::kTask);
  task::lay_items(layout, num, kYard, kNest, rng, items.data());
  return items;
}

// How many of the items lie within `radius_m` of that one, itself included.
int around(const std::vector<float>& items, int index, float radius_m) {
  const float* const at = items.data() + index * task::kNumItemFields;
  return task::look(items.data(), static_cast<int>(items.size()) / task::kNumItemFields,
                    at[task::kItemX], at[task::kItemY], radius_m)
      .count;
}

TEST(Items, LieOnTheGroundOfTheAreaOutsideTheNest) {
  for (const ItemLayout layout :
       {ItemLayout::kRandom, ItemLayout::kClustered, ItemLayout::kPowerLaw}) {
    const std::vector<float> items = laid(layout, 4);
    for (std::size_t i = 0; i < items.size(); i += task::kNumItemFields) {
      EXPECT_LE(std::fabs(items[i]), 5);
      EXPECT_LE(std::fabs(items[i + 1]), 5);
      EXPECT_EQ(items[i + 2], 0);
      EXPECT_GT(items[i] * items[i] + items[i + 1] * items[i + 1], 0.25F - kRoundingM);
    }
  }
}

TEST(Items, OfClustersLieTogether) {
  // 64 in a disc of radius sqrt(64 * 0.04 / pi) = 0.903 m
  const std::vector<float> items = laid(ItemLayout::kClustered, 1);
  for (int i = 0; i < 256; ++i) EXPECT_GE(around(items, i, 2 * 0.903F + kRoundingM), 64);
}

TEST(Items, OfAPowerLawAreAQuarterInEachSizeOfCluster) {
  const std::vector<float> items = laid(ItemLayout::kPowerLaw, 2);
  const auto diameter_m = [](float size) { return 2 * std::sqrt(size * 0.04F / 3.1415927F); };
  for (int i = 0; i < 64; ++i) EXPECT_GE(around(items, i, diameter_m(64) + kRoundingM), 64);
  for (int i = 64; i < 128; ++i) EXPECT_GE(around(items, i, diameter_m(16) + kRoundingM), 16);
  for (int i = 128; i < 192; ++i) EXPECT_GE(around(items, i, diameter_m(4) + kRoundingM), 4);
}

TEST(Items, AreSeenWithinTheRadiusNearestFirst) {
  std::vector<float> items{1, 0, 0, 0.5F, 0, 0, -2, 0, 0, 0.1F, 0, 1};
  const task::Sight sight = task::look(items.data(), 4, 0, 0, 1.5F);
  EXPECT_EQ(sight.count, 2) << "one is too far, one is carried";
  EXPECT_EQ(sight.nearest, 1);
  EXPECT_EQ(task::look(items.data(), 4, 5, 5, 1).nearest, -1);
}

// One item at a known place, agent 0 to fetch it.
struct Forage : TaskRig {
  Forage() : TaskRig("foraging", {.num_agents = 2, .config = Value::Table{{"num_items", 2}}}) {
    reset(0);
    put(0, 3, 0);
    put(1, 3.3F, 0);
    slab.agents.set_vec3(1, kPosition, {-4, -4, 1});
  }
  void put(int item, float x, float y) {
    slab.world_row(0)[3 * item] = x;
    slab.world_row(0)[3 * item + 1] = y;
  }
  void go(float x, float y, float z = 0.8F) {
    slab.agents.set_vec3(0, kPosition, {x, y, z});
    score();
  }
  float column(int c) { return slab.agents.at(0, task->spec().column_rows.row + c); }
};

TEST(Foraging, AnItemIsSeenTakenCarriedAndBroughtHome) {
  Forage rig;
  rig.go(1, 0);
  EXPECT_EQ(rig.column(kForagingSeen), 0);
  rig.go(2.5F, 0);
  EXPECT_EQ(rig.column(kForagingSeen), 2);
  EXPECT_FLOAT_EQ(rig.column(kForagingItemX), 0.5F);
  EXPECT_EQ(rig.term(0, "pickup"), 0);
  rig.go(2.9F, 0);
  EXPECT_FLOAT_EQ(rig.term(0, "pickup"), 0.1F);
  EXPECT_EQ(rig.column(kForagingCarrying), 1);
  EXPECT_EQ(rig.column(kForagingSeen), 1) << "the other one";
  rig.go(0.3F, 0.3F);
  EXPECT_EQ(rig.term(0, "delivery"), 1);
  EXPECT_EQ(rig.metric(0, "items"), 1);
  EXPECT_EQ(rig.metric(1, "items"), 0);
  EXPECT_EQ(rig.metric(1, "collected"), 0.5F);
  EXPECT_EQ(rig.column(kForagingCarrying), 0);
  EXPECT_EQ(rig.column(kForagingTrips), 1);
  rig.score();
  EXPECT_EQ(rig.term(0, "delivery"), 0);
  // one item by two agents in the first step of 1/30 s
  EXPECT_NEAR(rig.metric(0, "items_per_agent_minute"), 0.5F * 60 * 30, 1e-2F);
}

TEST(Foraging, ThePlaceOfTheLastPickUpIsRememberedUntilItIsEmpty) {
  Forage rig;
  rig.go(3, 0);
  rig.go(0, 0);
  EXPECT_EQ(rig.column(kForagingSiteKnown), 1);
  EXPECT_FLOAT_EQ(rig.column(kForagingSiteX), 3);
  EXPECT_EQ(rig.column(kForagingSiteCount), 2);
  rig.put(1, -3, -3);
  rig.go(3, 0.1F);
  EXPECT_EQ(rig.column(kForagingSiteKnown), 0);
  EXPECT_EQ(rig.column(kForagingSiteX), 0);
}

TEST(Foraging, NothingIsTakenFromAboveOrFromAside) {
  Forage rig;
  rig.go(3, 0, 3);
  EXPECT_EQ(rig.column(kForagingCarrying), 0);
  rig.go(2.7F, 0);
  EXPECT_EQ(rig.column(kForagingCarrying), 0);
}

TEST(Foraging, WhoTipsOverLeavesTheItemBehind) {
  Forage rig;
  rig.go(3, 0);
  rig.slab.agents.set_quat(0, {1, 0, 0, 0});
  rig.go(1, 1);
  EXPECT_EQ(rig.metric(0, "dropped"), 1);
  EXPECT_EQ(rig.column(kForagingCarrying), 0);
  EXPECT_EQ(rig.slab.world_row(0)[0], 1);
  EXPECT_EQ(rig.slab.world_row(0)[2], 0);
  rig.score();
  EXPECT_EQ(rig.metric(0, "dropped"), 0);
}

TEST(Foraging, AnItemIsTakenByOneAgentOnly) {
  Forage rig;
  rig.put(1, -4, 4);
  rig.slab.agents.set_vec3(1, kPosition, {3.1F, 0, 1});
  rig.go(2.9F, 0);
  EXPECT_GT(rig.term(0, "pickup"), 0);
  EXPECT_EQ(rig.term(1, "pickup"), 0);
}

TEST(Foraging, RefusesANestOutsideTheArea) {
  EXPECT_NE(build_error("foraging", {.config = Value::Table{{"nest_w_m", Value::Array{7.0, 0.0}}}})
                .find("inside the area"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
