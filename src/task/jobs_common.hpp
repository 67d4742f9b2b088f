// Jobs of the dispatch task: a fixed trace of arrivals, and what a dispatcher who knew it would
// pay.
#pragma once

#include <cstdint>
#include <vector>

#include "task/area_common.hpp"

namespace volery::task {

struct Point {
  float x_m = 0, y_m = 0;
};
[[nodiscard]] float distance_m(Point a, Point b) noexcept;

struct Job {
  float arrival_s = 0;
  Point from, to;
};

/// More would take too long to solve exactly.
inline constexpr int kMostJobs = 9;

/// Arrivals of a Poisson process of that rate, places uniform in the area less a margin of 0.5 m.
/// The same for the same seed, whatever the world.
[[nodiscard]] std::vector<Job> poisson_trace(std::uint64_t seed, int num_jobs, float rate_per_s,
                                             const Area& area);

/// The least mean time from arrival to delivery for agents that know all arrivals beforehand, start
/// at `starts` at time 0, fly straight at speed_mps, carry one load each and never charge: a bound
/// for all that do not know. Exact, by branch and bound over which agent does what in which order;
/// at most kMostJobs jobs. Not step-time code.
[[nodiscard]] float clairvoyant_mean_s(const std::vector<Job>& jobs,
                                       const std::vector<Point>& starts, float speed_mps);

}  // namespace volery::task
