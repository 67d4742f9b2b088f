#include "task/jobs_common.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/math.hpp"
#include "core/rng.hpp"

namespace volery::task {

namespace {

// One agent after the other takes an ordered list of what is left.
class Search {
 public:
  Search(const std::vector<Job>& jobs, const std::vector<Point>& starts, float speed_mps)
      : jobs_(jobs), starts_(starts), speed_mps_(speed_mps), taken_(jobs.size(), 0) {}

  float least_sum_s() {
    float least_left_s = 0;
    for (const Job& job : jobs_) least_left_s += distance_m(job.from, job.to) / speed_mps_;
    go_on(0, starts_[0], 0, 0, 0, least_left_s);
    return best_s_;
  }

 private:
  // `agent` is free at a place and time; `num_done` jobs cost sum_s so far, and those left cost at
  // least least_left_s
  void go_on(std::size_t agent, Point at, float time_s, std::size_t num_done, float sum_s,
             float least_left_s) {
    if (sum_s + least_left_s >= best_s_) return;
    if (num_done == jobs_.size()) {
      best_s_ = sum_s;
      return;
    }
    const bool is_last = agent + 1 == starts_.size();
    for (std::size_t j = 0; j < jobs_.size(); ++j) {
      if (taken_[j] != 0) continue;
      const Job& job = jobs_[j];
      const float ready_s = std::max(job.arrival_s, time_s + distance_m(at, job.from) / speed_mps_);
      const float way_s = distance_m(job.from, job.to) / speed_mps_;
      taken_[j] = 1;
      go_on(agent, job.to, ready_s + way_s, num_done + 1, sum_s + ready_s + way_s - job.arrival_s,
            least_left_s - way_s);
      taken_[j] = 0;
    }
    // the rest is for the others
    if (!is_last) go_on(agent + 1, starts_[agent + 1], 0, num_done, sum_s, least_left_s);
  }

  const std::vector<Job>& jobs_;
  const std::vector<Point>& starts_;
  float speed_mps_;
  std::vector<char> taken_;
  float best_s_ = std::numeric_limits<float>::max();
};

}  // namespace

float distance_m(Point a, Point b) noexcept {
  const float dx = a.x_m - b.x_m, dy = a.y_m - b.y_m;
  return std::sqrt(dx * dx + dy * dy);
}

std::vector<Job> poisson_trace(std::uint64_t seed, int num_jobs, float rate_per_s,
                               const Area& area) {
  constexpr float kMarginM = 0.5F;
  Rng rng(seed, 0, Stream::kTask, 0xFFFFFFFDU);
  const auto point = [&] {
    const float x_m = rng.uniform(area.low_x_m + kMarginM, area.high_x_m - kMarginM);
    return Point{x_m, rng.uniform(area.low_y_m + kMarginM, area.high_y_m - kMarginM)};
  };
  std::vector<Job> jobs;
  float time_s = 0;
  for (int i = 0; i < num_jobs; ++i) {
    // gaps of a Poisson process are exponential; 1 - u is never 0
    time_s -= log(1 - rng.uniform()) / rate_per_s;
    const Point from = point();
    jobs.push_back({time_s, from, point()});
  }
  return jobs;
}

float clairvoyant_mean_s(const std::vector<Job>& jobs, const std::vector<Point>& starts,
                         float speed_mps) {
  return Search(jobs, starts, speed_mps).least_sum_s() / static_cast<float>(jobs.size());
}

}  // namespace volery::task
