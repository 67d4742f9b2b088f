// Play head arithmetic.
#include "view/timeline.hpp"

#include <algorithm>
#include <cmath>

#include "view/numbers.hpp"

namespace volery::view {

const char* event_name(TimeEvent::Kind kind) noexcept {
  switch (kind) {
    case TimeEvent::Kind::kCrash:
      return "crash";
    case TimeEvent::Kind::kEnded:
      return "ended";
    case TimeEvent::Kind::kTruncated:
      return "truncated";
    case TimeEvent::Kind::kReset:
      return "reset";
    case TimeEvent::Kind::kFailed:
      return "failed";
    case TimeEvent::Kind::kWritten:
      break;
  }
  return "written";
}

Timeline::Timeline(double step_s, TimeRange range) noexcept
    : step_s_(step_s), range_(range), head_(static_cast<double>(range.first)) {}

void Timeline::toggle_play() noexcept {
  // at the end of what does not grow the button reads Replay
  if (!playing_ && speed_ > 0 && at_end()) head_ = low();
  if (!playing_ && speed_ < 0 && head_ <= low()) head_ = high();
  playing_ = !playing_;
}

void Timeline::play_forward() noexcept {
  if (playing_ && speed_ > 0) return faster();
  speed_ = 1;
  playing_ = true;
}

void Timeline::play_backward() noexcept {
  if (playing_ && speed_ < 0) return faster();
  speed_ = -1;
  playing_ = true;
}

void Timeline::faster() noexcept {
  set_speed(speed_ * 2);
}
void Timeline::slower() noexcept {
  set_speed(speed_ / 2);
}

void Timeline::set_speed(double speed) noexcept {
  const double size = std::clamp(std::fabs(speed), kSlowest, kFastest);
  speed_ = speed < 0 ? -size : size;
}

void Timeline::step(int steps) noexcept {
  playing_ = false;
  const double to = static_cast<double>(position()) + steps;
  // a live run takes a step that nobody has seen yet
  head_ = std::max(static_cast<double>(range_.first), to);
  if (!range_.grows) head_ = std::min(head_, static_cast<double>(range_.last));
}

void Timeline::skip(double seconds) noexcept {
  seek(head_ + seconds / step_s_);
}

void Timeline::seek(double position) noexcept {
  head_ = std::clamp(std::round(position), static_cast<double>(range_.first),
                     static_cast<double>(range_.last));
}

void Timeline::go_start() noexcept {
  seek(static_cast<double>(range_.first));
}

void Timeline::go_newest() noexcept {
  seek(static_cast<double>(range_.last));
  if (!range_.grows) return;
  if (speed_ < 0) speed_ = 1;
  playing_ = true;
}

void Timeline::set_in() noexcept {
  in_ = position();
  if (out_ && *out_ <= *in_) out_.reset();
  loop_ = true;
}

void Timeline::set_out() noexcept {
  out_ = position();
  if (in_ && *in_ >= *out_) in_.reset();
  loop_ = true;
}

void Timeline::toggle_bookmark() {
  const std::uint64_t here = position();
  const auto at = std::lower_bound(bookmarks_.begin(), bookmarks_.end(), here);
  if (at != bookmarks_.end() && *at == here) {
    bookmarks_.erase(at);
  } else {
    bookmarks_.insert(at, here);
  }
}

bool Timeline::go_event(int direction, const std::vector<TimeEvent>& events) noexcept {
  const std::uint64_t here = position();
  std::optional<std::uint64_t> best;
  const auto consider = [&](std::uint64_t p) {
    const bool beyond = direction > 0 ? p > here : p < here;
    if (!beyond || p < range_.first || p > range_.last) return;
    if (!best || (direction > 0 ? p < *best : p > *best)) best = p;
  };
  for (const TimeEvent& event : events) consider(event.position);
  for (const std::uint64_t p : bookmarks_) consider(p);
  if (best) seek(static_cast<double>(*best));
  return best.has_value();
}

bool Timeline::go_typed(const std::string& text) {
  const auto typed = parse_time(text);
  if (!typed) return false;
  seek(typed->step ? static_cast<double>(*typed->step) : *typed->time_s / step_s_);
  return true;
}

double Timeline::low() const noexcept {
  return static_cast<double>(loop_ && in_ ? std::max(*in_, range_.first) : range_.first);
}

double Timeline::high() const noexcept {
  return static_cast<double>(loop_ && out_ ? std::min(*out_, range_.last) : range_.last);
}

void Timeline::advance(double wall_s) noexcept {
  if (!playing()) return;
  head_ += wall_s * speed_ / step_s_;
  // a loop without an end of its own runs to the last step that there is
  const bool loops = loop_ && (out_ || !range_.grows) && high() > low();
  if (speed_ > 0 && (loops || !range_.grows) && head_ > high()) {
    head_ = loops ? low() + std::fmod(head_ - low(), high() - low()) : high();
    playing_ = loops;
  } else if (speed_ < 0 && head_ < low()) {
    head_ = loops ? high() - std::fmod(high() - head_, high() - low()) : low();
    playing_ = loops;
  }
}

void Timeline::set_range(TimeRange range) noexcept {
  range_ = range;
  head_ = std::max(head_, static_cast<double>(range.first));
  if (!range.grows) head_ = std::min(head_, static_cast<double>(range.last));
}

std::uint64_t Timeline::position() const noexcept {
  return static_cast<std::uint64_t>(std::floor(std::max(0.0, head_) + 1e-6));
}

bool Timeline::at_end() const noexcept {
  return !range_.grows && head_ >= high();
}

}  // namespace volery::view
