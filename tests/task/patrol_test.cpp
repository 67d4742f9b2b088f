#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "state/task_columns.hpp"
#include "task/patrol_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

constexpr float kStepS = 1.0F / 30;
// sums of a few hundred steps of float32
constexpr float kSumTolS = 2e-3F;

TEST(PatrolCells, PartTheAreaAndAreClosedIntoARound) {
  const task::CellGrid even = task::cell_grid({-5, -5, 5, 5, 1}, 1);
  EXPECT_EQ(even.num_cells(), 100);
  EXPECT_EQ(even.cell_x(-4.99F), 0);
  EXPECT_EQ(even.cell_y(4.99F), 9);
  EXPECT_EQ(even.cell_x(-7), 0) << "outside counts as the nearest";
  EXPECT_EQ(even.cell_x(7), 9);
  EXPECT_FLOAT_EQ(even.middle_x_m(9), 4.5F);
  EXPECT_FLOAT_EQ(task::cycle_m(even), 100);
  EXPECT_FLOAT_EQ(task::cycle_m(task::cell_grid({0, 0, 3, 4, 1}, 1)), 12);
  EXPECT_FLOAT_EQ(task::cycle_m(task::cell_grid({0, 0, 4, 3, 1}, 1)), 12);
  EXPECT_FLOAT_EQ(task::cycle_m(task::cell_grid({0, 0, 3, 3, 1}, 1)), 8 + std::sqrt(2.0F));
  EXPECT_FLOAT_EQ(task::cycle_m(task::cell_grid({0, 0, 5, 1, 1}, 1)), 8);
  // cells that are twice as wide as deep: the round with the fewest long steps
  EXPECT_FLOAT_EQ(task::cycle_m(task::cell_grid({0, 0, 4, 2, 1}, 2)), 4);
}

// One agent goes round all cells, a cell per `steps`: what an even patrol leaves in the steady
// state.
TEST(Patrol, AnEvenRoundHasTheIdlenessOfItsClosedForm) {
  // 3 x 4 cells of 1 m, one agent at 1 m/s: a round takes 12 s
  const Value yard = Value::Table{{"base", "yard"},
                                  {"bounds_low_m", Value::Array{-1.5, -2.0, -0.1}},
                                  {"bounds_high_m", Value::Array{1.5, 2.0, 4.0}},
                                  {"spawn_low_m", Value::Array{-1.0, -1.0, 0.8}},
                                  {"spawn_high_m", Value::Array{1.0, 1.0, 1.2}}};
  TaskRig rig("patrol", {.num_agents = 1, .scene = yard});
  rig.reset(0);
  const int tour[12][2] = {{0, 0}, {1, 0}, {2, 0}, {2, 1}, {1, 1}, {1, 2},
                           {2, 2}, {2, 3}, {1, 3}, {0, 3}, {0, 2}, {0, 1}};
  double sum = 0;
  float greatest = 0;
  for (int round = 0; round < 2; ++round) {
    for (const auto& cell : tour) {
      rig.slab.agents.set_vec3(
          0, kPosition,
          {-1.0F + static_cast<float>(cell[0]), -1.5F + static_cast<float>(cell[1]), 1});
      for (int step = 0; step < 30; ++step) {
        rig.score();
        if (round == 0) continue;
        sum += rig.metric(0, "mean_idleness_s") / 360;
        greatest = std::max(greatest, rig.metric(0, "max_idleness_s"));
      }
    }
  }
  // a visit lasts the whole second of a cell: a cell is then left for 11 s of the 12, so the mean
  // over a round is 11^2 / (2 * 12), and half a step more for the age that a step has brought
  EXPECT_NEAR(sum, 121.0 / 24 + 11.0 / 12 * kStepS / 2, 2 * kSumTolS);
  EXPECT_NEAR(greatest, 11, kStepS + kSumTolS);
}

TEST(Patrol, StartsWithTheAgesThatAnEvenPatrolLeaves) {
  TaskRig rig("patrol", {.num_worlds = 20});
  rig.reset(0);
  rig.score();
  float sum = 0;
  for (int w = 0; w < 20; ++w) {
    // 100 cells, 4 agents, 1 m/s: ages up to 25 s
    EXPECT_LT(rig.metric(4 * w, "max_idleness_s"), 25 + 2 * kStepS);
    sum += rig.metric(4 * w, "idleness_ratio") / 20;
  }
  // the mean of 2000 uniform draws has a deviation of 0.013
  EXPECT_NEAR(sum, 1, 0.05F);
}

TEST(Patrol, AVisitCountsNearTheMiddleAndOnce) {
  TaskRig rig("patrol");
  rig.reset(0);
  for (int i = 0; i < 4; ++i) rig.slab.agents.set_vec3(i, kPosition, {4.9F, 4.9F, 1});
  const auto visits = [&] {
    rig.score();
    return rig.metric(1, "visits");
  };
  EXPECT_EQ(visits(), 0) << "in the cell, but far from its middle";
  rig.slab.agents.set_vec3(1, kPosition, {0.5F, 0.6F, 1});
  EXPECT_EQ(visits(), 1);
  EXPECT_EQ(visits(), 0) << "still there";
  rig.slab.agents.set_quat(1, {1, 0, 0, 0});
  rig.slab.agents.set_vec3(1, kPosition, {1.5F, 0.6F, 1});
  EXPECT_EQ(visits(), 0) << "a wreck sees nothing";
}

TEST(Patrol, ShowsTheAgesOfTheCellsAround) {
  TaskRig rig("patrol");
  rig.reset(0);
  rig.slab.agents.set_vec3(2, kPosition, {-4.4F, -3.6F, 1});  // cell (0, 1)
  rig.score();
  const int row = rig.task->spec().column_rows.row;
  const auto column = [&](int c) { return rig.slab.agents.at(2, row + c); };
  EXPECT_NEAR(column(kPatrolCellX), -0.1F, 1e-6F);
  EXPECT_NEAR(column(kPatrolCellY), 0.1F, 1e-6F);
  EXPECT_EQ(column(kPatrolCellSize), 1);
  const float* const age_s = rig.slab.world_row(0);
  for (int y = -2; y <= 2; ++y) {
    for (int x = -2; x <= 2; ++x) {
      const float shown = column(kPatrolAges + (y + 2) * kPatrolWindow + x + 2);
      if (x < 0 || 1 + y < 0) {
        EXPECT_EQ(shown, -1);
      } else {
        EXPECT_EQ(shown, age_s[(1 + y) * 10 + x]);
      }
    }
  }
  EXPECT_EQ(column(kPatrolAges + 12), 0) << "the own cell was just visited";
}

TEST(Patrol, RefusesMoreCellsThanItKeeps) {
  EXPECT_NE(build_error("patrol", {.config = Value::Table{{"cell_m", 0.1}}}).find("10000 cells"),
            std::string::npos);
}

}  // namespace
}  // namespace volery
