// Timeline: where the play head is and how it moves. Pure arithmetic on positions (agent steps), no
// clock of its own: whoever plays says how many seconds went by.
//
// Rules: play and pause only toggle; a seek keeps the play state; going live has its own command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace volery::view {

/// Something that happened, shown as a tick on the track.
struct TimeEvent {
  enum class Kind : std::uint8_t {
    kCrash,      // an agent ended, touching something
    kEnded,      // an agent ended by the task's rules: success or failure
    kTruncated,  // an agent ended by time, bounds or divergence
    kReset,      // a world began a new episode
    kFailed,     // a world diverged or could not be placed
    kWritten,    // somebody wrote the state: a push, a config, a restore
  };
  std::uint64_t position = 0;
  int world = 0;
  int agent = -1;  // -1: the whole world
  Kind kind = Kind::kCrash;
  friend bool operator==(const TimeEvent&, const TimeEvent&) = default;
};
[[nodiscard]] const char* event_name(TimeEvent::Kind kind) noexcept;

/// What can be shown.
struct TimeRange {
  std::uint64_t first = 0, last = 0;  // positions
  bool grows = false;                 // live: steps beyond the last can be taken
};

class Timeline {
 public:
  static constexpr double kSlowest = 1.0 / 64, kFastest = 64;

  explicit Timeline(double step_s = 1.0 / 30, TimeRange range = {}) noexcept;

  // commands
  void toggle_play() noexcept;
  void pause() noexcept { playing_ = false; }
  void play_forward() noexcept;   // again: twice as fast
  void play_backward() noexcept;  // likewise
  void faster() noexcept;
  void slower() noexcept;
  void set_speed(double speed) noexcept;
  void step(int steps) noexcept;  // pauses
  void skip(double seconds) noexcept;
  void seek(double position) noexcept;  // keeps the play state
  void go_start() noexcept;
  void go_newest() noexcept;  // live: plays on
  void set_in() noexcept;
  void set_out() noexcept;
  void toggle_loop() noexcept { loop_ = !loop_; }
  /// Adds one here, or removes the one that is here.
  void toggle_bookmark();
  /// To the next (+1) or previous (-1) event or bookmark; false where there is none.
  bool go_event(int direction, const std::vector<TimeEvent>& events) noexcept;
  /// A time or step as typed; false where it is none.
  bool go_typed(const std::string& text);
  /// A drag along the track holds playback until it ends.
  void begin_drag() noexcept { dragging_ = true; }
  void end_drag() noexcept { dragging_ = false; }
  [[nodiscard]] bool dragging() const noexcept { return dragging_; }

  /// Moves on by wall time. The head stays in the range, or past its end where that grows.
  void advance(double wall_s) noexcept;
  /// New limits: a live run has grown, or forgotten its oldest steps.
  void set_range(TimeRange range) noexcept;
  /// The head could not keep up and stands here instead.
  void fall_back(double position) noexcept { head_ = position; }

  [[nodiscard]] double head() const noexcept { return head_; }  // position, fractional
  [[nodiscard]] std::uint64_t position() const noexcept;        // the step that it stands on
  [[nodiscard]] double time_s() const noexcept { return head_ * step_s_; }
  [[nodiscard]] double step_s() const noexcept { return step_s_; }
  [[nodiscard]] bool playing() const noexcept { return playing_ && !dragging_; }
  [[nodiscard]] bool wants_to_play() const noexcept { return playing_; }
  [[nodiscard]] double speed() const noexcept { return speed_; }  // negative: backward
  [[nodiscard]] bool loop() const noexcept { return loop_; }
  [[nodiscard]] std::optional<std::uint64_t> in() const noexcept { return in_; }
  [[nodiscard]] std::optional<std::uint64_t> out() const noexcept { return out_; }
  [[nodiscard]] const std::vector<std::uint64_t>& bookmarks() const noexcept { return bookmarks_; }
  [[nodiscard]] const TimeRange& range() const noexcept { return range_; }
  /// Stands at the end of something that does not grow: the button reads Replay.
  [[nodiscard]] bool at_end() const noexcept;

 private:
  [[nodiscard]] double low() const noexcept;
  [[nodiscard]] double high() const noexcept;

  double step_s_;
  TimeRange range_;
  double head_ = 0;
  double speed_ = 1;
  bool playing_ = false, loop_ = false, dragging_ = false;
  std::optional<std::uint64_t> in_, out_;
  std::vector<std::uint64_t> bookmarks_;  // ascending
};

}  // namespace volery::view
