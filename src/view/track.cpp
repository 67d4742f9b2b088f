#include "view/track.hpp"

#include <algorithm>
#include <cmath>

namespace volery::view {

void TrackView::zoom(double notches, double at) {
  const double all = last_ - first_;
  const double before = high_ - low_;
  const double least = std::min(kLeastSteps, all);
  const double span = std::max(least, before * std::pow(kStep, -notches));
  if (!(span < all)) {
    show_all();
    return update({static_cast<std::uint64_t>(first_), static_cast<std::uint64_t>(last_), false},
                  head_);
  }
  const double share = before > 0 ? std::clamp((at - low_) / before, 0.0, 1.0) : 0.5;
  span_ = span;
  low_ = at - share * span;
  keep_head();
}

void TrackView::update(const TimeRange& range, double head) noexcept {
  first_ = static_cast<double>(range.first), last_ = static_cast<double>(range.last);
  head_ = std::clamp(head, first_, last_);
  if (span_ >= last_ - first_) span_ = 0;
  if (span_ > 0) return keep_head();
  low_ = first_, high_ = last_;
}

// Moves what is shown as little as the head needs, within the range.
void TrackView::keep_head() noexcept {
  const double room = kHeadRoom * span_;
  low_ = std::clamp(low_, head_ + room - span_, head_ - room);
  low_ = std::clamp(low_, first_, last_ - span_);
  high_ = low_ + span_;
}

}  // namespace volery::view
