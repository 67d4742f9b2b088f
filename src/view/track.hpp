// Track view: the part of the time range that the track shows. The play head stays in it.
#pragma once

#include "view/timeline.hpp"

namespace volery::view {

class TrackView {
 public:
  static constexpr double kStep = 1.25;      // a notch of the wheel
  static constexpr double kLeastSteps = 20;  // that are shown
  static constexpr double kHeadRoom = 0.05;  // of the track, on both sides of the head

  /// Notches > 0 show less; the position `at` stays where it is, as far as the head allows.
  void zoom(double notches, double at);
  void show_all() noexcept { span_ = 0; }
  /// The head has moved, or the range has grown. Once a picture.
  void update(const TimeRange& range, double head) noexcept;

  [[nodiscard]] double low() const noexcept { return low_; }
  [[nodiscard]] double high() const noexcept { return high_; }
  [[nodiscard]] bool zoomed() const noexcept { return span_ > 0; }

 private:
  void keep_head() noexcept;

  double first_ = 0, last_ = 0, head_ = 0;  // the range
  double low_ = 0, high_ = 0;               // what is shown
  double span_ = 0;                         // 0: all
};

}  // namespace volery::view
