// Driver: runs an engine on a thread of its own and hands over the latest state. The window asks
// and looks, and never waits for a step; the engine never waits for the window.
//
// Above real time pictures are skipped, steps never. A test calls turn() instead of start().
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "view/compose.hpp"
#include "view/details.hpp"
#include "view/engine.hpp"
#include "view/timeline.hpp"

namespace volery::view {

/// What the window wants to be told. Replaced whole.
struct Wish {
  int world = 0;
  std::vector<int> agents;          // whose details
  bool details = true;              // the inspector is open
  std::vector<PlotKey> plots;       // numbers to be kept over time
  std::vector<int> worlds;          // beside `world`: of the grid of worlds
  bool radio = false;               // tallies, at every step
  bool timings = false;             // of the batch's stages, at every step
  std::optional<Intervention> fly;  // repeated at each step while given: a pilot's hands
  std::vector<Intervention> loads;  // likewise: forces and torques that are held
  friend bool operator==(const Wish&, const Wish&) = default;
};

/// Milliseconds of the driver's stages, over the last second.
struct StageTimes {
  struct Stage {
    std::string name;
    double now_ms = 0, mean_ms = 0, most_ms = 0;
    std::uint64_t count = 0;
  };
  std::vector<Stage> stages;
  void add(const char* name, double ms);
};

/// Everything that is shown, of one time. Immutable once handed over.
struct Sight {
  Timeline timeline;
  Moment before, now;          // of the world wished for; equal where nothing is between
  Trails trails;               // of the seconds before now
  std::vector<Moment> worlds;  // as wished for
  std::vector<AgentDetails> details;
  std::vector<Series> series;
  RadioTally radio;
  std::vector<TimeEvent> events;
  std::size_t num_events = 0;
  double achieved = 0;  // speed over the last second, signed
  double wall_s = 0;    // clock at hand-over, for drawing between moments
  double busy_s = 0;    // processor time of the driver's thread until then
  std::string error;    // what went wrong last; shown until the next command
  std::string notice;
  const char* kind = "LIVE";
  std::uint64_t state_hash = 0;   // 0 until it rests, and where there is no batch
  StageTimes times, stage_times;  // of the driver; of the batch's stages, where wished for
  std::uint64_t serial = 0;
};

class Driver {
 public:
  explicit Driver(std::unique_ptr<Engine> engine);
  ~Driver();
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Begins to run on a thread. `wall` are seconds that only rise.
  void start();
  void stop();
  /// One slice of work: takes commands, steps for at most `budget_s`, hands over. False where
  /// there was nothing to do.
  bool turn(double wall_s, double budget_s = 0.008);

  // Any thread may call the rest.

  /// Changes the timeline: play, seek, speed, ...
  void command(const std::function<void(Timeline&)>& change);
  /// To the next or previous event or bookmark.
  void go_event(int direction);
  void wish(const Wish& wish);
  void intervene(const Intervention& what);
  void branch();
  void restart(std::optional<std::uint64_t> seed);
  [[nodiscard]] std::shared_ptr<const Sight> latest() const;

  // never changes
  [[nodiscard]] const Scenery& scenery() const noexcept { return engine_->scenery(); }
  [[nodiscard]] int num_worlds() const noexcept { return engine_->num_worlds(); }
  [[nodiscard]] std::string title() const { return engine_->title(); }
  /// Once it was stopped: what it ran.
  [[nodiscard]] Engine& engine() noexcept { return *engine_; }
  /// For what does not change with time: layout, config, names of fields. Null: a stream.
  [[nodiscard]] const Batch* batch() const noexcept { return engine_->batch(); }

 private:
  struct Asked;  // by the window since the last turn
  void serve(Asked asked);
  bool move(double wall_s, double budget_s);
  bool step_once();
  void look(double wall_s);
  void read_into(Sight& sight, bool dragged);
  void recall(int world);
  void measure();
  void time_stages(bool on);
  void measure_stages();
  void fail(const std::exception& error);

  std::unique_ptr<Engine> engine_;
  mutable std::mutex mutex_;  // timeline_, asked_, latest_, error_
  std::condition_variable wake_;
  Timeline timeline_;
  std::unique_ptr<Asked> asked_;
  std::shared_ptr<const Sight> latest_;
  mutable bool taken_ = false;  // the latest one: somebody looks
  std::uint64_t revision_ = 0;  // commands so far: a step under way does not undo a newer one

  // of the running thread alone
  Wish wish_;
  Moment before_, now_;
  std::vector<Series> series_;
  RadioTally radio_;
  Trails trails_;
  int trailed_world_ = -1;  // whose they are
  bool recall_ = false;     // trails of where it was taken to are wanted
  double recalled_ms_ = 0;  // that a step of such a look back took last
  StageTimes times_, stage_times_;
  std::vector<double> stages_s_;  // at the last step
  std::string error_;
  double last_wall_s_ = -1;
  std::deque<std::pair<double, double>> paces_;  // wall, position
  double achieved_ = 0;
  bool changed_ = true, settled_ = false;
  bool lags_ = false;  // behind the speed that is wished for
  double read_s_ = 0;  // what handing over took last
  std::uint64_t serial_ = 0;
  std::thread thread_;
  bool stopping_ = false;
};

}  // namespace volery::view
