// Stopwatch and statistics of repeats.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "bench/bench.hpp"

namespace volery::bench {

/// Seconds that a call takes.
template <class Job>
[[nodiscard]] double seconds_of(Job&& job) {
  const auto start = std::chrono::steady_clock::now();
  job();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

[[nodiscard]] inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

[[nodiscard]] inline int repeats_of(const Options& options) {
  if (options.repeats > 0) return options.repeats;
  return options.quick ? kLeastRepeats : kDefaultRepeats;
}

/// Calls to make per repeat so that one repeat takes about this long.
template <class Job>
[[nodiscard]] int calls_for(double repeat_s, Job&& job) {
  // the first call grows pools and faults pages in
  job();
  const double once_s = std::max(1e-9, seconds_of(job));
  return static_cast<int>(std::clamp(std::ceil(repeat_s / once_s), 1.0, 1e6));
}

/// Length of one repeat: about a time slice, so that on a busy machine some repeats are
/// undisturbed.
[[nodiscard]] inline double repeat_s(const Options& options) {
  return options.quick ? 0.002 : 0.004;
}

/// Seconds per call of each repeat.
template <class Job>
[[nodiscard]] std::vector<double> time_calls(const Options& options, Job&& job) {
  const int calls = calls_for(repeat_s(options), job);
  std::vector<double> seconds;
  for (int r = 0; r < repeats_of(options); ++r) {
    seconds.push_back(seconds_of([&] {
                        for (int i = 0; i < calls; ++i) job();
                      }) /
                      calls);
  }
  return seconds;
}

/// Fills the figures that every case has from seconds per call, each of which advances
/// `agent_steps` agents by one step.
inline void fill(Result& result, const std::vector<double>& seconds, double agent_steps) {
  const double scale = 1e9 / agent_steps;
  result.ns_per_agent_step = median(seconds) * scale;
  result.min = *std::min_element(seconds.begin(), seconds.end()) * scale;
  result.max = *std::max_element(seconds.begin(), seconds.end()) * scale;
  result.repeats = static_cast<int>(seconds.size());
}

}  // namespace volery::bench
