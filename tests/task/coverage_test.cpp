#include <gtest/gtest.h>

#include <cmath>

#include "state/task_columns.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

void put_on_square_lattice(TaskRig& rig, int first) {
  for (int i = 0; i < 16; ++i) {
    rig.slab.agents.set_vec3(
        first + i, kPosition,
        {-3.75F + 2.5F * static_cast<float>(i % 4), -3.75F + 2.5F * static_cast<float>(i / 4), 1});
  }
}

TEST(Coverage, DeploysFromTheCorner) {
  TaskRig rig("coverage", {.num_worlds = 3});
  rig.reset(0);
  ASSERT_EQ(rig.slab.num_agents, 16);
  for (int body = 0; body < 48; ++body) {
    EXPECT_LT(rig.position(body).x, -1.4F);
    EXPECT_LT(rig.position(body).y, -1.4F);
  }
  rig.score();
  EXPECT_GT(rig.metric(0, "cost_ratio"), 5);
  EXPECT_EQ(rig.metric(0, "success"), 0);
}

TEST(Coverage, ScoresASquareTilingAsItsClosedForm) {
  TaskRig rig("coverage", {.num_worlds = 2});
  rig.reset(1);
  put_on_square_lattice(rig, 16);
  rig.score();
  for (int i = 16; i < 32; ++i) {
    EXPECT_NEAR(rig.metric(i, "cost_ratio"), 1.03923F, 1e-4F);
    EXPECT_NEAR(rig.term(i, "coverage"), 1.0F / 30 / 1.03923F, 1e-5F);
    EXPECT_EQ(rig.metric(i, "success"), 1);
  }
  EXPECT_EQ(rig.metric(0, "success"), 0);
}

TEST(Coverage, WrecksCoverNothing) {
  TaskRig rig("coverage");
  rig.reset(0);
  put_on_square_lattice(rig, 0);
  rig.score();
  const float whole = rig.metric(0, "cost_ratio");
  rig.slab.agents.set_quat(5, {1, 0, 0, 0});  // upside down
  rig.score();
  const float without = rig.metric(0, "cost_ratio");
  EXPECT_GT(without, whole + 0.05F);
  rig.slab.agents.set_quat(5, {0, 0, 0, 1});
  rig.slab.agents.at(5, kMotorsOn) = 0;
  rig.score();
  EXPECT_EQ(rig.metric(0, "cost_ratio"), without);
}

TEST(Coverage, ShowsTheWayToTheEdgesAndTheHeight) {
  TaskRig rig("coverage", {.config = Value::Table{{"area", Value::Table{{"margin_m", 0.5}}}}});
  rig.reset(0);
  rig.slab.agents.set_vec3(3, kPosition, {1, -2, 1.25F});
  rig.score();
  const int row = rig.task->spec().column_rows.row;
  EXPECT_EQ(rig.slab.agents.at(3, row + kAreaEast), 3.5F);
  EXPECT_EQ(rig.slab.agents.at(3, row + kAreaNorth), 6.5F);
  EXPECT_EQ(rig.slab.agents.at(3, row + kAreaWest), 5.5F);
  EXPECT_EQ(rig.slab.agents.at(3, row + kAreaSouth), 2.5F);
  EXPECT_EQ(rig.slab.agents.at(3, row + kAreaClimb), -0.25F);
}

TEST(Coverage, TouchesCostWhenTheyBegin) {
  TaskRig rig("coverage");
  rig.reset(0);
  rig.slab.agents.at(2, kTouchAgent) = 1;
  rig.score();
  EXPECT_EQ(rig.term(2, "collision"), -1);
  rig.score();
  EXPECT_EQ(rig.term(2, "collision"), 0);
}

TEST(Coverage, RefusesAnAreaThatIsNotThere) {
  EXPECT_NE(
      build_error("coverage", {.config = Value::Table{{"area", Value::Table{{"margin_m", 5.0}}}}})
          .find("leaves nothing"),
      std::string::npos);
  EXPECT_NE(
      build_error("coverage", {.config = Value::Table{{"area", Value::Table{{"height_m", 9.0}}}}})
          .find("within the bounds"),
      std::string::npos);
}

}  // namespace
}  // namespace volery
