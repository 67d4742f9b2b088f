// The loop between an engine and whoever looks.
#include "view/driver.hpp"

#include <algorithm>
#include <cmath>

#include "view/stage_clock.hpp"

namespace volery::view {

namespace {

constexpr double kLag_s = 0.1;  // wall time behind which the head is held back
constexpr double kHandOver_s = 0.008;
// what nobody looks at is handed over this seldom: reading a large swarm costs as much as a step
constexpr double kUnseen_s = 0.1;
// A run that cannot keep up gives this share of its time for being looked at, and is looked at
// some times a second however much that takes.
constexpr double kReadShare = 0.02;
constexpr double kSeldom_s = 0.2;

}  // namespace

struct Driver::Asked {
  std::optional<Wish> wish;
  std::vector<Intervention> interventions;
  bool branch = false;
  bool restart = false;
  std::optional<std::uint64_t> seed;
  bool command = false;  // something was asked for, not only looked at
  bool any = false;
};

void StageTimes::add(const char* name, double ms) {
  auto at = std::find_if(stages.begin(), stages.end(),
                         [name](const Stage& stage) { return stage.name == name; });
  if (at == stages.end()) {
    stages.push_back({name, ms, ms, ms, 1});
    return;
  }
  // a mean over some 60 calls, a maximum that fades as slowly
  constexpr double kShare = 1.0 / 60;
  at->now_ms = ms;
  at->mean_ms += (ms - at->mean_ms) * kShare;
  at->most_ms = std::max(ms, at->most_ms + (at->mean_ms - at->most_ms) * kShare);
  ++at->count;
}

Driver::Driver(std::unique_ptr<Engine> engine)
    : engine_(std::move(engine)),
      timeline_(static_cast<double>(engine_->scenery().step_s), engine_->range()),
      asked_(std::make_unique<Asked>()) {
  timeline_.seek(static_cast<double>(engine_->position()));
  // from before any time, so that the first turn may hand over
  look(-1e9);
}

Driver::~Driver() {
  stop();
}

void Driver::start() {
  stopping_ = false;
  thread_ = std::thread([this] {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        if (stopping_) return;
      }
      if (turn(clock_s())) continue;
      // a stream may bring something at any time, all else wakes by command
      std::unique_lock lock(mutex_);
      const auto rest = std::chrono::milliseconds(timeline_.playing() ? 1 : 10);
      wake_.wait_for(lock, rest, [this] { return stopping_ || asked_->any; });
    }
  });
}

void Driver::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Driver::command(const std::function<void(Timeline&)>& change) {
  const std::lock_guard lock(mutex_);
  change(timeline_);
  ++revision_;
  asked_->command = asked_->any = true;
  wake_.notify_all();
}

void Driver::go_event(int direction) {
  const std::shared_ptr<const Sight> sight = latest();
  command([&](Timeline& timeline) { timeline.go_event(direction, sight->events); });
}

void Driver::wish(const Wish& wish) {
  const std::lock_guard lock(mutex_);
  asked_->wish = wish;
  asked_->any = true;
  wake_.notify_all();
}

void Driver::intervene(const Intervention& what) {
  const std::lock_guard lock(mutex_);
  asked_->interventions.push_back(what);
  asked_->command = asked_->any = true;
  wake_.notify_all();
}

void Driver::branch() {
  const std::lock_guard lock(mutex_);
  asked_->branch = asked_->command = asked_->any = true;
  wake_.notify_all();
}

void Driver::restart(std::optional<std::uint64_t> seed) {
  const std::lock_guard lock(mutex_);
  asked_->restart = asked_->command = asked_->any = true;
  asked_->seed = seed;
  wake_.notify_all();
}

std::shared_ptr<const Sight> Driver::latest() const {
  const std::lock_guard lock(mutex_);
  taken_ = true;
  return latest_;
}

void Driver::fail(const std::exception& error) {
  error_ = error.what();
  const std::lock_guard lock(mutex_);
  timeline_.pause();
  timeline_.fall_back(static_cast<double>(engine_->position()));
}

void Driver::serve(Asked asked) {
  if (!asked.any) return;
  changed_ = true;
  if (asked.command) error_.clear();
  if (asked.wish) {
    const bool other_world = asked.wish->world != wish_.world;
    if (asked.wish->timings != wish_.timings) time_stages(asked.wish->timings);
    wish_ = std::move(*asked.wish);
    if (other_world) {
      radio_.rows.clear();
      trails_.clear();
      recall_ = true;
    }
    std::erase_if(series_, [this](const Series& series) {
      return std::find(wish_.plots.begin(), wish_.plots.end(), series.key) == wish_.plots.end();
    });
    for (const PlotKey& key : wish_.plots) {
      const bool known = std::any_of(series_.begin(), series_.end(),
                                     [&](const Series& series) { return series.key == key; });
      if (!known) series_.push_back({key, unit_of(*engine_, key), {}, {}});
    }
  }
  try {
    if (asked.branch) engine_->branch();
    if (asked.branch || !asked.interventions.empty()) trails_.cut(engine_->position());
    for (const Intervention& what : asked.interventions) {
      if (!engine_->intervene(what))
        throw Error(ErrorKind::kState, "a recording cannot be changed; branch it first");
    }
    if (asked.restart) {
      if (!engine_->restart(asked.seed))
        throw Error(ErrorKind::kState, "only a live run can be reset");
      trails_.clear();
      const std::lock_guard lock(mutex_);
      timeline_.set_range(engine_->range());
      timeline_.fall_back(0);
    }
  } catch (const std::exception& error) {
    fail(error);
  }
}

bool Driver::step_once() {
  if (wish_.fly && engine_->position() == engine_->range().last) engine_->intervene(*wish_.fly);
  for (const Intervention& load : wish_.loads) {
    engine_->intervene(load);
    trails_.cut(engine_->position());
  }
  {
    const StageClock clock(times_, "step");
    if (!engine_->step()) return false;
  }
  measure();
  measure_stages();
  return true;
}

// What is kept at every step.
void Driver::measure() {
  if (series_.empty() && !wish_.radio) return;
  const StageClock clock(times_, "measure");
  Moment moment;
  const bool needs_moment = wish_.radio || engine_->batch() == nullptr;
  if (needs_moment) engine_->read(wish_.world, moment);
  const std::uint64_t position = engine_->position();
  for (Series& series : series_) {
    series.add(position, value_of(*engine_, moment, series.key));
  }
  const Scenery& scenery = engine_->scenery();
  if (wish_.radio && !scenery.fates.empty()) {
    radio_.add(position, static_cast<double>(scenery.step_s), scenery.fates.size(), moment.packets);
  }
}

void Driver::time_stages(bool on) {
  engine_->time_stages(on ? clock_s : nullptr);
  stage_times_ = {};
  stages_s_.clear();
}

void Driver::measure_stages() {
  if (!wish_.timings) return;
  const std::vector<StageTime> times = engine_->timings();
  stages_s_.resize(times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    stage_times_.add(times[i].name, (times[i].seconds - stages_s_[i]) * 1e3);
    stages_s_[i] = times[i].seconds;
  }
}

bool Driver::move(double wall_s, double budget_s) {
  const double passed_s = last_wall_s_ < 0 ? 0 : wall_s - last_wall_s_;
  last_wall_s_ = wall_s;
  std::uint64_t target = 0, revision = 0;
  bool playing = false, forward = true;
  {
    const std::lock_guard lock(mutex_);
    timeline_.advance(passed_s);
    target = timeline_.position();
    playing = timeline_.playing();
    forward = timeline_.speed() > 0;
    revision = revision_;
  }
  if (target == engine_->position()) {
    lags_ = false;
    return false;
  }
  const double begin_s = clock_s();
  const bool jump =
      target < engine_->position() || !playing || target > engine_->range().last + 100000;
  if (jump && target <= engine_->range().last) {
    const StageClock clock(times_, "seek");
    engine_->seek(target);
    measure();
    paces_.clear();
    recall_ = true;
  } else {
    while (engine_->position() < target && clock_s() - begin_s < budget_s) {
      if (!step_once()) break;
    }
    recall_ = recall_ || !playing;
  }
  // whoever cannot keep up does not run after a head that flies away
  const std::lock_guard lock(mutex_);
  timeline_.set_range(engine_->range());
  const double behind = timeline_.head() - static_cast<double>(engine_->position());
  const double allowed = std::max(1.0, kLag_s * std::fabs(timeline_.speed()) / timeline_.step_s());
  lags_ = playing && forward && behind > allowed;
  if (revision == revision_ && lags_) {
    timeline_.fall_back(static_cast<double>(engine_->position()));
  }
  return true;
}

bool Driver::turn(double wall_s, double budget_s) {
  Asked asked;
  {
    const std::lock_guard lock(mutex_);
    std::swap(asked, *asked_);
  }
  serve(std::move(asked));
  bool moved = false;
  try {
    if (engine_->poll()) {
      changed_ = true;
      const std::lock_guard lock(mutex_);
      const bool newest = timeline_.position() >= timeline_.range().last;
      timeline_.set_range(engine_->range());
      // a stream is shown as it comes, at its own pace
      if (newest && timeline_.wants_to_play())
        timeline_.seek(static_cast<double>(engine_->range().last));
    }
    moved = move(wall_s, budget_s);
  } catch (const std::exception& error) {
    fail(error);
    changed_ = true;
  }
  bool comes_to_rest = false, due = true;
  {
    const std::lock_guard lock(mutex_);
    const double since_s = wall_s - latest_->wall_s;
    const double least_s = lags_ ? std::min(kSeldom_s, read_s_ / kReadShare) : 0;
    due = since_s >= std::max(least_s, taken_ ? kHandOver_s : kUnseen_s);
    comes_to_rest = !settled_ && !timeline_.playing();
  }
  // fast play leaves gaps in the trails
  recall_ = recall_ || comes_to_rest;
  if ((moved || changed_ || comes_to_rest) && due) {
    look(wall_s);
    changed_ = false;
    return true;
  }
  changed_ = changed_ || moved;
  return moved;
}

}  // namespace volery::view
