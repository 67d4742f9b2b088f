// What a driver hands over.
#include <algorithm>
#include <cmath>

#include "view/driver.hpp"
#include "view/stage_clock.hpp"

namespace volery::view {

namespace {

constexpr double kPace_s = 1;  // over which the achieved speed is measured
constexpr std::size_t kMostEventsShown = 4000;
// Wall time for flying the seconds before a seek again, so that it has trails; what takes longer
// (large swarms) has those that were seen before.
constexpr double kRecall_ms = 150;

}  // namespace

// Flies the seconds before now again, for their trails. The engine ends where it was.
void Driver::recall(int world) {
  recall_ = false;
  const auto step_s = static_cast<double>(engine_->scenery().step_s);
  const std::uint64_t to = engine_->position();
  const std::optional<std::uint64_t> missing = trails_.missing_from(now_, step_s);
  if (!missing) return;
  const std::uint64_t from = std::max(*missing, engine_->range().first);
  if (from >= to || recalled_ms_ * static_cast<double>(to - from) > kRecall_ms) return;
  const StageClock clock(times_, "recall");
  const auto every = static_cast<std::uint64_t>(std::ceil(Trails::kSpacing_s / step_s));
  const double begin_s = clock_s();
  try {
    engine_->seek(from);
    Moment past;
    while (engine_->position() < to) {
      if ((engine_->position() - from) % every == 0) {
        engine_->read(world, past);
        trails_.add(past);
      }
      if ((clock_s() - begin_s) * 1e3 > kRecall_ms || !engine_->step()) break;
    }
    const double took_ms = (clock_s() - begin_s) * 1e3;
    recalled_ms_ =
        took_ms / static_cast<double>(std::max<std::uint64_t>(1, engine_->position() - from));
    if (engine_->position() != to) engine_->seek(to);
  } catch (const std::exception& error) {
    fail(error);
  }
}

// The moments that are wished for, and what is known of the agents.
void Driver::read_into(Sight& sight, bool dragged) {
  const StageClock clock(times_, "read");
  const std::uint64_t position = engine_->position();
  const int world = std::clamp(wish_.world, 0, engine_->num_worlds() - 1);
  const bool next = now_.world == world && !now_.agents.empty() && now_.step + 1 == position;
  if (next) before_ = now_;
  engine_->read(world, now_);
  if (trailed_world_ != world) trails_.clear();
  trailed_world_ = world;
  trails_.add(now_);
  if (recall_ && !dragged) recall(world);
  if (!next && before_.step + 1 != position) before_ = now_;
  for (const int w : wish_.worlds) {
    sight.worlds.emplace_back();
    engine_->read(w, sight.worlds.back());
  }
  if (!wish_.details) return;
  for (const int agent : wish_.agents) {
    if (agent >= 0 && agent < engine_->scenery().num_agents) {
      sight.details.push_back(details_of(*engine_, now_, world, agent));
    }
  }
}

// Hands over what there is.
void Driver::look(double wall_s) {
  auto sight = std::make_shared<Sight>();
  bool dragged = false;
  {
    const std::lock_guard lock(mutex_);
    dragged = timeline_.dragging();
  }
  const double begin_s = clock_s();
  read_into(*sight, dragged);
  // pace
  paces_.emplace_back(wall_s, static_cast<double>(engine_->position()));
  while (paces_.size() > 2 && paces_.front().first < wall_s - kPace_s) paces_.pop_front();
  const double span_s = paces_.back().first - paces_.front().first;
  if (span_s > 0) {
    achieved_ = (paces_.back().second - paces_.front().second) *
                static_cast<double>(engine_->scenery().step_s) / span_s;
  }
  sight->before = before_;
  sight->now = now_;
  sight->trails = trails_.recent(now_);
  sight->series = series_;
  sight->radio = radio_;
  const std::vector<TimeEvent>& events = engine_->events();
  const std::size_t shown = std::min(events.size(), kMostEventsShown);
  sight->events.assign(events.end() - static_cast<std::ptrdiff_t>(shown), events.end());
  sight->num_events = events.size();
  sight->wall_s = wall_s;
  sight->busy_s = thread_busy_s();
  sight->error = error_;
  sight->notice = engine_->notice();
  sight->kind = engine_->kind();
  sight->times = times_;
  sight->stage_times = stage_times_;
  sight->serial = ++serial_;
  read_s_ = clock_s() - begin_s;
  const std::lock_guard lock(mutex_);
  timeline_.set_range(engine_->range());
  sight->timeline = timeline_;
  const bool rests = !timeline_.playing();
  if (rests) paces_.clear();
  sight->achieved = rests ? 0 : achieved_;
  settled_ = rests;
  // not of a step that it is still to leave for the one it was paused at
  const bool arrived = rests && timeline_.position() == engine_->position();
  if (arrived && engine_->batch() != nullptr) sight->state_hash = engine_->batch()->state_hash();
  latest_ = std::move(sight);
  taken_ = false;
}

}  // namespace volery::view
