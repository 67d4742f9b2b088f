// The loop between an engine and whoever looks.
#include "view/driver.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace volery::view {

namespace {

constexpr double kPace_s = 1;   // over which the achieved speed is measured
constexpr double kLag_s = 0.1;  // wall time behind which the head is held back
constexpr double kHandOver_s = 0.008;
constexpr std::size_t kMostEventsShown = 4000;

double clock_s() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

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
    if (other_world) radio_.rows.clear();
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
    for (const Intervention& what : asked.interventions) {
      if (!engine_->intervene(what))
        throw Error(ErrorKind::kState, "a recording cannot be changed; branch it first");
    }
    if (asked.restart) {
      if (!engine_->restart(asked.seed))
        throw Error(ErrorKind::kState, "only a live run can be reset");
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
  if (target == engine_->position()) return false;
  const double begin_s = clock_s();
  const bool jump =
      target < engine_->position() || !playing || target > engine_->range().last + 100000;
  if (jump && target <= engine_->range().last) {
    const StageClock clock(times_, "seek");
    engine_->seek(target);
    measure();
    paces_.clear();
  } else {
    while (engine_->position() < target && clock_s() - begin_s < budget_s) {
      if (!step_once()) break;
    }
  }
  // whoever cannot keep up does not run after a head that flies away
  const std::lock_guard lock(mutex_);
  timeline_.set_range(engine_->range());
  const double behind = timeline_.head() - static_cast<double>(engine_->position());
  const double allowed = std::max(1.0, kLag_s * std::fabs(timeline_.speed()) / timeline_.step_s());
  if (revision == revision_ && playing && forward && behind > allowed) {
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
  const bool due = !latest_ || wall_s - latest_->wall_s >= kHandOver_s;
  bool comes_to_rest = false;
  {
    const std::lock_guard lock(mutex_);
    comes_to_rest = !settled_ && !timeline_.playing();
  }
  if ((moved || changed_ || comes_to_rest) && due) {
    look(wall_s);
    changed_ = false;
    return true;
  }
  changed_ = changed_ || moved;
  return moved;
}

// Hands over what there is.
void Driver::look(double wall_s) {
  auto sight = std::make_shared<Sight>();
  const std::uint64_t position = engine_->position();
  {
    const StageClock clock(times_, "read");
    const int world = std::clamp(wish_.world, 0, engine_->num_worlds() - 1);
    const bool next = now_.world == world && !now_.agents.empty() && now_.step + 1 == position;
    if (next) {
      before_ = now_;
    }
    engine_->read(world, now_);
    if (!next && before_.step + 1 != position) before_ = now_;
    for (const int w : wish_.worlds) {
      sight->worlds.emplace_back();
      engine_->read(w, sight->worlds.back());
    }
    if (wish_.details) {
      for (const int agent : wish_.agents) {
        if (agent >= 0 && agent < engine_->scenery().num_agents) {
          sight->details.push_back(details_of(*engine_, now_, world, agent));
        }
      }
    }
  }
  // pace
  paces_.emplace_back(wall_s, static_cast<double>(position));
  while (paces_.size() > 2 && paces_.front().first < wall_s - kPace_s) paces_.pop_front();
  const double span_s = paces_.back().first - paces_.front().first;
  if (span_s > 0) {
    achieved_ = (paces_.back().second - paces_.front().second) *
                static_cast<double>(engine_->scenery().step_s) / span_s;
  }
  sight->before = before_;
  sight->now = now_;
  sight->series = series_;
  sight->radio = radio_;
  const std::vector<TimeEvent>& events = engine_->events();
  const std::size_t shown = std::min(events.size(), kMostEventsShown);
  sight->events.assign(events.end() - static_cast<std::ptrdiff_t>(shown), events.end());
  sight->num_events = events.size();
  sight->wall_s = wall_s;
  sight->error = error_;
  sight->notice = engine_->notice();
  sight->kind = engine_->kind();
  sight->times = times_;
  sight->stage_times = stage_times_;
  sight->serial = ++serial_;
  const std::lock_guard lock(mutex_);
  timeline_.set_range(engine_->range());
  sight->timeline = timeline_;
  const bool rests = !timeline_.playing();
  if (rests) paces_.clear();
  sight->achieved = rests ? 0 : achieved_;
  settled_ = rests;
  // not of a step that it is still to leave for the one it was paused at
  const bool arrived = rests && timeline_.position() == position;
  if (arrived && engine_->batch() != nullptr) sight->state_hash = engine_->batch()->state_hash();
  latest_ = std::move(sight);
}

}  // namespace volery::view
