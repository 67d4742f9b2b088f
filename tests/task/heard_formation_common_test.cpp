#include "task/heard_formation_common.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using task::laplacian_similarity_error;
using test::RigOptions;
using test::TaskRig;

// float rounding of formulas of a dozen operations on values around 1
constexpr float kRounding = 2e-6F;
// of positions meters from the origin
constexpr float kRoundingM = 4e-6F;

RigOptions hearing(int num_worlds = 1) {
  return {.num_worlds = num_worlds,
          .config = Value::Table{{"hears", true}, {"spacing_m", 1.0}},
          .scene = "cube"};
}

Vec3 slot(const TaskRig& rig, int body) {
  return rig.slab.agents.vec3(body, rig.task->spec().column_rows.row);
}

// Puts everybody into the slot, about a middle.
void form(TaskRig& rig, Vec3 middle_w_m) {
  for (int body = 0; body < rig.slab.agents.num_bodies; ++body) {
    rig.slab.agents.set_vec3(body, kPosition, middle_w_m + slot(rig, body));
  }
}

void shift(TaskRig& rig, int body, Vec3 by_m) {
  rig.slab.agents.set_vec3(body, kPosition, rig.position(body) + by_m);
}

float length(Vec3 v) {
  return std::sqrt(dot(v, v));
}

TEST(HeardFormation, SixStandOnAHexagonAboutTheirOwnMiddle) {
  TaskRig rig("formation", hearing(5));
  ASSERT_EQ(rig.slab.num_agents, 6);
  rig.reset(0);
  std::set<float> headings;
  for (int w = 0; w < 5; ++w) {
    Vec3 of_agents, of_goals;
    for (int i = 6 * w; i < 6 * w + 6; ++i) {
      of_agents = of_agents + rig.position(i);
      of_goals = of_goals + rig.goal(i);
      EXPECT_NEAR(length(slot(rig, i)), 1, kRounding);
      EXPECT_EQ(slot(rig, i).z, 0);
      // one neighbor at 1 m on either side, one across
      std::multiset<int> centimeters;
      for (int j = 6 * w; j < 6 * w + 6; ++j) {
        const float apart_m = length(rig.goal(j) - rig.goal(i));
        centimeters.insert(static_cast<int>(100 * apart_m + 0.5F));
      }
      EXPECT_EQ(centimeters, (std::multiset<int>{0, 100, 100, 173, 173, 200}));
    }
    EXPECT_LT(length(of_agents - of_goals), 6 * kRoundingM);
    headings.insert(slot(rig, 6 * w).x);
  }
  EXPECT_EQ(headings.size(), 5U) << "each world turns it as its seed says";
}

TEST(HeardFormation, TellsNobodyWhereOthersOrItsPlaceAre) {
  const TaskRig rig("formation", hearing());
  const TaskSpec& spec = rig.task->spec();
  EXPECT_EQ(spec.sensors, (std::vector<std::string>{"pose", "velocity", "rates", "task"}));
  EXPECT_EQ(*spec.radio.find("base"), Value("formation"));
  const TaskRig seen("formation");
  EXPECT_EQ(seen.task->spec().radio, Value(""));
  EXPECT_EQ(seen.task->spec().num_agents, 16);
  EXPECT_EQ(seen.task->spec().metrics.size() + 4, spec.metrics.size());
}

TEST(HeardFormation, IsFormedAnywhere) {
  TaskRig rig("formation", hearing());
  rig.reset(0);
  for (const Vec3 middle : {Vec3{0, 0, 2}, Vec3{-2, 1, 5}}) {
    form(rig, middle);
    rig.score();
    for (int i = 0; i < 6; ++i) {
      EXPECT_EQ(rig.metric(i, "success"), 1);
      EXPECT_EQ(rig.metric(i, "in_place"), 1);
      EXPECT_NEAR(rig.metric(i, "slot_error_m"), 0, kRoundingM);
      EXPECT_NEAR(rig.metric(i, "laplacian_error_m"), 0, kRoundingM);
      EXPECT_NEAR(rig.metric(i, "laplacian_similarity_error"), 0, kRounding);
      EXPECT_NEAR(rig.metric(i, "procrustes_rms_m"), 0, kRoundingM);
      EXPECT_LT(length(rig.goal(i) - rig.position(i)), kRoundingM);
    }
  }
}

TEST(HeardFormation, OneThatStraysIsMostOfTheErrorItself) {
  TaskRig rig("formation", hearing());
  rig.reset(1);
  form(rig, {0, 0, 2});
  // outwards, so that no turn makes up for any of it
  const float strayed_m = 0.3F;
  shift(rig, 4, slot(rig, 4) * strayed_m);
  rig.score();
  for (int i = 0; i < 6; ++i) {
    // to itself all others are off by that much, to each of them one of five is
    const float laplacian_m = i == 4 ? strayed_m : strayed_m / 5;
    EXPECT_NEAR(rig.metric(i, "laplacian_error_m"), laplacian_m, kRoundingM);
    EXPECT_NEAR(rig.metric(i, "slot_error_m"), laplacian_m * 5 / 6, kRoundingM);
    EXPECT_NEAR(rig.metric(i, "procrustes_rms_m"), strayed_m * std::sqrt(5.0F) / 6, kRoundingM);
    EXPECT_EQ(rig.metric(i, "success"), 0) << "0.11 m";
  }
  shift(rig, 4, slot(rig, 4) * (0.25F - strayed_m));
  rig.score();
  EXPECT_EQ(rig.metric(0, "success"), 1) << "0.093 m";
}

TEST(HeardFormation, ATurnOfTheWholeIsAnErrorForConsensusAlone) {
  TaskRig rig("formation", hearing());
  rig.reset(2);
  for (int i = 0; i < 6; ++i) {
    const Vec3 d = slot(rig, i);
    rig.slab.agents.set_vec3(i, kPosition, {-d.y, d.x, 2});
  }
  rig.score();
  EXPECT_NEAR(rig.metric(0, "procrustes_rms_m"), 0, kRoundingM);
  EXPECT_NEAR(rig.metric(0, "laplacian_similarity_error"), 0, kRounding);
  EXPECT_NEAR(rig.metric(0, "laplacian_error_m"), std::sqrt(2.0F) * 6 / 5, kRoundingM);
}

TEST(HeardFormation, TellsWhenItWasFormedForGood) {
  TaskRig rig("formation", hearing());
  rig.reset(3);
  const auto formed_s_after = [&](std::uint32_t step) {
    rig.slab.worlds[0].step = step;
    rig.score();
    return rig.metric(0, "formed_s");
  };
  EXPECT_FLOAT_EQ(formed_s_after(0), 1.0F / 30);
  EXPECT_FLOAT_EQ(formed_s_after(29), 1);
  form(rig, {0, 0, 2});
  EXPECT_FLOAT_EQ(formed_s_after(30), 1);
  shift(rig, 0, {0, 0, 1});
  EXPECT_FLOAT_EQ(formed_s_after(59), 2);
  form(rig, {0, 0, 2});
  EXPECT_FLOAT_EQ(formed_s_after(700), 2);
  rig.reset(3);
  form(rig, {0, 0, 2});
  EXPECT_EQ(formed_s_after(0), 0) << "a new episode";
}

TEST(HeardFormation, TheAbsentAreLeftOut) {
  TaskRig rig("formation", hearing());
  rig.reset(4);
  form(rig, {0, 0, 2});
  rig.slab.agents.at(5, kMode) = static_cast<float>(BodyMode::kAbsent);
  shift(rig, 5, {0, 0, 50});
  rig.score();
  EXPECT_EQ(rig.metric(0, "success"), 1);
  EXPECT_NEAR(rig.metric(0, "procrustes_rms_m"), 0, kRoundingM);
  EXPECT_NEAR(rig.metric(0, "laplacian_error_m"), 0, kRoundingM);
}

TEST(HeardFormation, WorldsAreTheSameAloneAndAmongOthers) {
  TaskRig many("formation", hearing(4)), one("formation", hearing());
  many.reset(8);
  one.reset(10);  // the seed of world 2
  many.score(1, 3);
  one.score();
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(many.state_of(12 + i), one.state_of(i));
    for (const char* metric : {"slot_error_m", "laplacian_error_m", "laplacian_similarity_error",
                               "procrustes_rms_m", "formed_s", "success"}) {
      EXPECT_EQ(many.metric(12 + i, metric), one.metric(i, metric)) << metric;
    }
    EXPECT_EQ(many.term(12 + i, "slot"), one.term(i, "slot"));
    EXPECT_EQ(many.truncated(12 + i), one.truncated(i));
  }
}

TEST(HeardFormation, AgentsOutOfBoundsAreTruncated) {
  TaskRig rig("formation", hearing());
  rig.reset(0);
  shift(rig, 3, {20, 0, 0});
  rig.score();
  EXPECT_TRUE(rig.truncated(3));
  EXPECT_FALSE(rig.truncated(2));
  EXPECT_FALSE(rig.terminated(3));
}

TEST(LaplacianSimilarity, FollowsItsClosedFormForThreePoints) {
  // a triangle of equal sides: each edge is half of both degrees; in a row 0, 1, 2 the degrees are
  // 5, 2, 5
  const float height = std::sqrt(0.75F);
  const Vec3 triangle[3] = {{0, 0, 0}, {1, 0, 0}, {0.5F, height, 0}};
  const Vec3 row[3] = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
  const float near = 1 / std::sqrt(10.0F) - 0.5F, far = 0.8F - 0.5F;
  EXPECT_NEAR(laplacian_similarity_error(row, triangle, 3), 2 * (2 * near * near + far * far),
              kRounding);
  const Vec3 turned[3] = {{3, 0, 0}, {3, 5, 0}, {3, 2.5F, 5 * height}};
  EXPECT_NEAR(laplacian_similarity_error(turned, triangle, 3), 0, kRounding);
  const Vec3 spot[3] = {};
  EXPECT_NEAR(laplacian_similarity_error(spot, triangle, 3), 6 * 0.25F, kRounding);
}

}  // namespace
}  // namespace volery
