#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "state/task_columns.hpp"
#include "task/jobs_common.hpp"
#include "tests/task/task_rig.hpp"

namespace volery {
namespace {

using task::Job;
using task::Point;
using test::build_error;
using test::TaskRig;

const task::Area kYard{-5, -5, 5, 5, 1};
// sums of a dozen floats of up to a hundred
constexpr float kRounding = 1e-4F;

TEST(DispatchTrace, IsAPoissonProcessInsideTheArea) {
  double gap_s = 0;
  constexpr int kTraces = 400;
  for (std::uint64_t seed = 0; seed < kTraces; ++seed) {
    const std::vector<Job> jobs = task::poisson_trace(seed, 9, 0.2F, kYard);
    gap_s += jobs.back().arrival_s / 9 / kTraces;
    for (const Job& job : jobs) {
      for (const Point& p : {job.from, job.to}) {
        EXPECT_LE(std::fabs(p.x_m), 4.5F);
        EXPECT_LE(std::fabs(p.y_m), 4.5F);
      }
    }
    EXPECT_TRUE(std::is_sorted(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) {
      return a.arrival_s < b.arrival_s;
    }));
  }
  // 3600 exponential gaps of 5 s: a deviation of 5 / 60 of their mean
  EXPECT_NEAR(gap_s, 5, 3 * 5.0 / 60);
  EXPECT_EQ(task::poisson_trace(3, 5, 1, kYard)[4].to.x_m,
            task::poisson_trace(3, 5, 1, kYard)[4].to.x_m);
}

// All orders of all jobs, each cut in all places into one list per agent.
float brute_force_mean_s(const std::vector<Job>& jobs, const std::vector<Point>& starts) {
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  float best_s = std::numeric_limits<float>::max();
  do {
    for (std::size_t cut = 0; cut <= jobs.size(); ++cut) {
      float sum_s = 0;
      for (std::size_t agent = 0; agent < 2; ++agent) {
        Point at = starts[agent];
        float time_s = 0;
        const std::size_t first = agent == 0 ? 0 : cut, last = agent == 0 ? cut : jobs.size();
        for (std::size_t i = first; i < last; ++i) {
          const Job& job = jobs[order[i]];
          time_s = std::max(job.arrival_s, time_s + task::distance_m(at, job.from));
          time_s += task::distance_m(job.from, job.to);
          sum_s += time_s - job.arrival_s;
          at = job.to;
        }
      }
      best_s = std::min(best_s, sum_s);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return best_s / static_cast<float>(jobs.size());
}

TEST(DispatchTrace, TheClairvoyantIsTheBestOfAllOrders) {
  const std::vector<Point> starts{{-2, -4}, {2, -4}};
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::vector<Job> jobs = task::poisson_trace(seed, 6, 0.5F, kYard);
    EXPECT_NEAR(task::clairvoyant_mean_s(jobs, starts, 1), brute_force_mean_s(jobs, starts),
                kRounding);
  }
}

TEST(DispatchTrace, OneJobCostsItsWayWhenThereWasTimeToGoThere) {
  const std::vector<Job> job{{100, {0, 0}, {3, 4}}};
  EXPECT_FLOAT_EQ(task::clairvoyant_mean_s(job, {{-4, -4}}, 2), 2.5F);
  const std::vector<Job> at_once{{0, {0, 0}, {3, 4}}};
  EXPECT_FLOAT_EQ(task::clairvoyant_mean_s(at_once, {{-3, -4}, {4, 4}}, 1), 10);
}

// One job that comes up at once, whose places are read off the columns.
struct Errand : TaskRig {
  Errand()
      : TaskRig(
            "dispatch",
            {.num_agents = 2,
             .config = Value::Table{
                 {"num_jobs", 1}, {"rate_per_s", 100.0}, {"charge_s", 1.0}, {"recharge_s", 2.0}}}) {
    reset(0);
    slab.worlds[0].step = 10;
    score();
  }
  float column(int c, int body = 0) {
    return slab.agents.at(body, task->spec().column_rows.row + c);
  }
  void go(float dx, float dy) {
    slab.agents.set_vec3(0, kPosition, position(0) + Vec3{dx, dy, 0});
    score();
  }
};

TEST(Dispatch, AJobIsShownPickedUpAndDelivered) {
  Errand rig;
  ASSERT_EQ(rig.column(int{kDispatchJobs} + kJobOpen), 1);
  EXPECT_EQ(rig.column(int{kDispatchJobs} + kNumJobColumns + kJobOpen), 0);
  EXPECT_GT(rig.column(int{kDispatchJobs} + kJobAge), 0.2F);
  EXPECT_LT(rig.term(0, "waiting"), 0);
  const float bring_x =
      rig.column(int{kDispatchJobs} + kJobToX) - rig.column(int{kDispatchJobs} + kJobFromX);
  const float bring_y =
      rig.column(int{kDispatchJobs} + kJobToY) - rig.column(int{kDispatchJobs} + kJobFromY);
  rig.go(rig.column(int{kDispatchJobs} + kJobFromX), rig.column(int{kDispatchJobs} + kJobFromY));
  EXPECT_EQ(rig.column(kDispatchCarrying), 1);
  EXPECT_EQ(rig.column(int{kDispatchJobs} + kJobOpen), 0) << "no longer open";
  EXPECT_NEAR(rig.column(kDispatchToX), bring_x, kRounding);
  EXPECT_EQ(rig.metric(0, "delivered"), 0);
  rig.go(bring_x, bring_y);
  EXPECT_EQ(rig.term(0, "delivery"), 1);
  EXPECT_EQ(rig.term(1, "delivery"), 0);
  EXPECT_EQ(rig.metric(1, "delivered"), 1);
  EXPECT_EQ(rig.metric(1, "success"), 1);
  EXPECT_EQ(rig.term(0, "waiting"), 0);
  const float delay_s = rig.metric(0, "mean_delay_s");
  rig.slab.worlds[0].step = 500;
  rig.score();
  EXPECT_EQ(rig.metric(0, "mean_delay_s"), delay_s) << "what is done waits no longer";
}

TEST(Dispatch, WhoFallsPutsTheLoadBack) {
  Errand rig;
  rig.go(rig.column(int{kDispatchJobs} + kJobFromX), rig.column(int{kDispatchJobs} + kJobFromY));
  ASSERT_EQ(rig.column(kDispatchCarrying), 1);
  rig.slab.agents.set_quat(0, {1, 0, 0, 0});
  rig.score();
  EXPECT_EQ(rig.column(kDispatchCarrying), 0);
  EXPECT_EQ(rig.column(int{kDispatchJobs} + kJobOpen), 1);
}

TEST(Dispatch, ChargeRunsOutAwayFromHomeAndStopsTheMotors) {
  Errand rig;
  EXPECT_EQ(rig.column(kDispatchCharge), 1) << "full at home";
  rig.go(1, 1);
  EXPECT_NEAR(rig.column(kDispatchCharge), 1 - 1.0F / 30, kRounding);
  rig.go(-1, -1);
  EXPECT_NEAR(rig.column(kDispatchCharge), 1 - 1.0F / 30 + 0.5F / 30, kRounding);
  rig.go(1, 1);
  for (int i = 0; i < 31; ++i) rig.score();
  EXPECT_EQ(rig.column(kDispatchCharge), 0);
  EXPECT_EQ(rig.metric(0, "empty"), 1);
  EXPECT_EQ(rig.slab.agents.at(0, kMotorsOn), 1);
  rig.task->before_step(rig.slab, 0, 1);
  EXPECT_EQ(rig.slab.agents.at(0, kMotorsOn), 0);
  EXPECT_EQ(rig.slab.agents.at(1, kMotorsOn), 1);
}

TEST(Dispatch, RefusesMoreStationsThanFit) {
  EXPECT_NE(build_error("dispatch", {.num_agents = 200}).find("m apart"), std::string::npos);
}

}  // namespace
}  // namespace volery
