// Stage clock: how long a stage of the driver took. For what is shown; no result depends on it.
#pragma once

#include <chrono>
#include <ctime>

#include "view/driver.hpp"

namespace volery::view {

/// Seconds that only rise.
[[nodiscard]] inline double clock_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

/// Processor time of the calling thread.
[[nodiscard]] inline double thread_busy_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// Adds the time that it lives to a stage.
class StageClock {
 public:
  StageClock(StageTimes& times, const char* name) : times_(times), name_(name) {}
  ~StageClock() { times_.add(name_, (clock_s() - begin_s_) * 1e3); }
  StageClock(const StageClock&) = delete;
  StageClock& operator=(const StageClock&) = delete;

 private:
  StageTimes& times_;
  const char* name_;
  double begin_s_ = clock_s();
};

}  // namespace volery::view
