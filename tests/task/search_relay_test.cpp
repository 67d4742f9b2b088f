#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "state/task_columns.hpp"
#include "task/search_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using test::build_error;
using test::TaskRig;

void put_target(TaskRig& rig, int index, Vec3 at) {
  float* const target = rig.slab.world_row(0) + index * task::kNumTargetFields;
  target[task::kTargetX] = at.x;
  target[task::kTargetY] = at.y;
  target[task::kTargetZ] = at.z;
}

float column(const TaskRig& rig, int body, int c) {
  return rig.slab.agents.at(body, rig.task->spec().column_rows.row + c);
}

TEST(SearchRelay, TheBaseStandsAndEveryoneElseHasASectorOfItsOwn) {
  TaskRig rig("search_relay", {.num_worlds = 2});
  rig.reset(0);
  ASSERT_EQ(rig.slab.num_agents, 32);
  for (int w = 0; w < 2; ++w) {
    EXPECT_EQ(rig.slab.agents.at(32 * w, kMode), static_cast<float>(BodyMode::kFrozen));
    EXPECT_EQ(rig.position(32 * w), (Vec3{-7.5F, 0, 1.6F}));
    EXPECT_EQ(rig.row(32 * w, "sector_index"), 0);
    EXPECT_EQ(column(rig, 32 * w, kSearchBaseX), 0);
    std::set<float> sectors;
    float area_m2 = 0;
    for (int i = 1; i < 32; ++i) {
      const int body = 32 * w + i;
      sectors.insert(rig.row(body, "sector_index"));
      area_m2 += 4 * column(rig, body, kSearchHalfX) * column(rig, body, kSearchHalfY);
      EXPECT_EQ(rig.slab.agents.at(body, kMode), static_cast<float>(BodyMode::kMoving));
      EXPECT_LE(std::fabs(rig.goal(body).x), 7.5F);
      EXPECT_LE(std::fabs(rig.goal(body).y), 5.5F);
    }
    EXPECT_EQ(sectors.size(), 31U);
    EXPECT_NEAR(area_m2, 15 * 11, 0.01F) << "the sectors part the area";
  }
}

TEST(SearchRelay, WhoIsNearAndHasAFreeSightKnowsTheTarget) {
  TaskRig rig("search_relay");
  rig.reset(0);
  for (int i = 0; i < 12; ++i) put_target(rig, i, {7, 5, 0.4F});
  put_target(rig, 3, {-6, 0, 0.4F});
  for (int body = 1; body < 32; ++body) rig.slab.agents.set_vec3(body, kPosition, {0.5F, -2, 1.6F});
  rig.score();
  EXPECT_EQ(rig.metric(0, "found"), 0);
  rig.slab.agents.set_vec3(7, kPosition, {-5, 0, 1.6F});  // 1.56 m away
  rig.score();
  EXPECT_FLOAT_EQ(rig.metric(0, "found"), 1.0F / 12);
  EXPECT_FLOAT_EQ(rig.term(7, "sight"), 0.2F);
  EXPECT_EQ(rig.term(8, "sight"), 0);
  EXPECT_FLOAT_EQ(column(rig, 7, kSearchRecords), -6 / 7.5F);
  EXPECT_EQ(column(rig, 8, int{kSearchRecords} + kRecordCode), 0);
  EXPECT_EQ(rig.metric(0, "reported"), 0) << "nobody has told the base";
  rig.score();
  EXPECT_EQ(rig.term(7, "sight"), 0) << "paid once";
}

TEST(SearchRelay, NobodySeesThroughARack) {
  TaskRig rig("search_relay");
  rig.reset(0);
  for (int i = 0; i < 12; ++i) put_target(rig, i, {-3.5F, 0, 0.4F});  // behind rack A2
  for (int body = 1; body < 32; ++body) rig.slab.agents.set_vec3(body, kPosition, {-4.5F, 0, 1.2F});
  rig.score();
  EXPECT_EQ(rig.metric(0, "found"), 0);
  rig.slab.agents.set_vec3(5, kPosition, {-3.5F, 0.5F, 1.2F});
  rig.score();
  EXPECT_EQ(rig.metric(0, "found"), 1);
}

TEST(SearchRelay, WrecksSeeNothing) {
  TaskRig rig("search_relay");
  rig.reset(0);
  for (int i = 0; i < 12; ++i) put_target(rig, i, {-6, 0, 0.4F});
  for (int body = 1; body < 32; ++body) {
    rig.slab.agents.set_vec3(body, kPosition, {-6, 0, 1});
    rig.slab.agents.set_quat(body, {1, 0, 0, 0});
  }
  rig.score();
  EXPECT_EQ(rig.metric(0, "found"), 0);
}

TEST(SearchRelay, ShowsTheClockAndTheWayToTheBase) {
  TaskRig rig("search_relay");
  rig.reset(0);
  rig.slab.agents.set_vec3(4, kPosition, {-2.5F, 1, 1});
  rig.slab.worlds[0].step = 29;
  rig.score();
  EXPECT_FLOAT_EQ(column(rig, 4, kSearchTime), 1);
  EXPECT_FLOAT_EQ(column(rig, 4, kSearchBaseX), -5);
  EXPECT_FLOAT_EQ(column(rig, 4, kSearchBaseY), -1);
}

TEST(SearchRelay, RefusesABaseInARackAndALonelyOne) {
  EXPECT_NE(build_error("search_relay",
                        {.config = Value::Table{{"base_w_m", Value::Array{-4.0, 0.0, 1.0}}}})
                .find("clear of its obstacles"),
            std::string::npos);
  EXPECT_NE(build_error("search_relay", {.num_agents = 1}).find("at least 2"), std::string::npos);
}

}  // namespace
}  // namespace volery
