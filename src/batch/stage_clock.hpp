// What the stages of a step cost, each worker by its own clock. Off unless somebody asks; nothing
// that is simulated depends on it.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>

#include "volery/batch_report.hpp"

namespace volery::batch {

/// In the order of the step.
enum class Stage : int {
  kActions,      // actions, setpoints and effects that are held over the step
  kNearFlight,   // control and flight of bodies that could touch something
  kContacts,     // which those are, their contacts and the solver
  kFarFlight,    // control and flight of everybody else
  kSensors,      // sensors with memory
  kRadio,        // outboxes to inboxes
  kScore,        // task and reward; the observation too, where a world is observed as it is scored
  kEnds,         // who diverged, deaths, ends of episodes, resets, who joins
  kAir,          // wind, downwash, ceilings
  kObservation,  // heights, neighbors, the rows of the observation
  kFold,         // of the state, where a recording wants it
};
inline constexpr const char* kStageNames[] = {"actions", "near_flight", "contacts", "far_flight",
                                              "sensors", "radio",       "score",    "ends",
                                              "air",     "observation", "fold"};
inline constexpr int kNumStages = static_cast<int>(std::size(kStageNames));

/// Each mark belongs to the stage that ends with it: time since the last mark is the stage's.
class StageClock {
 public:
  /// Starts at zero by this clock; null: stops.
  void set(ReadClock now_s) noexcept {
    now_s_ = now_s;
    seconds_ = {};
    counts_ = {};
  }
  [[nodiscard]] bool is_on() const noexcept { return now_s_ != nullptr; }
  /// What came before belongs to no stage.
  void begin() noexcept {
    if (is_on()) last_s_ = now_s_();
  }
  void end(Stage stage) noexcept {
    if (is_on()) [[unlikely]]
      add(stage);
  }
  [[nodiscard]] double seconds(int stage) const noexcept {
    return seconds_[static_cast<std::size_t>(stage)];
  }
  [[nodiscard]] std::uint64_t count(int stage) const noexcept {
    return counts_[static_cast<std::size_t>(stage)];
  }

 private:
  void add(Stage stage) noexcept {
    const double now_s = now_s_();
    const auto s = static_cast<std::size_t>(stage);
    seconds_[s] += now_s - last_s_;
    ++counts_[s];
    last_s_ = now_s;
  }

  ReadClock now_s_ = nullptr;
  double last_s_ = 0;
  std::array<double, kNumStages> seconds_{};
  std::array<std::uint64_t, kNumStages> counts_{};
};

}  // namespace volery::batch
