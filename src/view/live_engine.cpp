// A live batch that remembers its past.
//
// The state at a position holds what was done there: an intervention changes the state at once, and
// whoever comes to that position again by stepping does it again on arrival. A snapshot of the
// position is replaced by one from after it.
#include "view/live_engine.hpp"

#include <algorithm>
#include <cmath>

#include "view/loads.hpp"
#include "volery/error.hpp"

namespace volery::view {

namespace {

// What a person may do beside what the run was made for. Positions and rewards stay what they are:
// rotors of full effectiveness turn as those without the column, and still air resists as none.
BatchConfig shown(BatchConfig config) {
  config.flight.rotor_faults = true;
  // so that sliders may move it
  config.flight.wind = true;
  // an ended world must go on by itself
  if (config.autoreset == Autoreset::kDisabled) config.autoreset = Autoreset::kNextStep;
  return config;
}

bool has_same_words(const Value& a, const Value& b) {
  if (!a.is_table() || !b.is_table()) return a.is_table() == b.is_table();
  return std::equal(a.table().begin(), a.table().end(), b.table().begin(), b.table().end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first && has_same_words(x.second, y.second);
                    });
}

}  // namespace

LiveEngine::LiveEngine(BatchConfig config, const LiveOptions& options)
    : batch_(shown(std::move(config))),
      scenery_(scenery_of(batch_)),
      reader_(batch_),
      policy_(batch_.policy(options.policy)),
      policy_name_(options.policy),
      history_(options.history_mb) {
  allocate();
  batch_.reset({}, out_);
  arrive();
}

LiveEngine::LiveEngine(Batch batch, const LiveOptions& options)
    : batch_(std::move(batch)),
      scenery_(scenery_of(batch_)),
      reader_(batch_),
      policy_(batch_.policy(options.policy)),
      policy_name_(options.policy),
      history_(options.history_mb) {
  allocate();
  batch_.observe(observation_.data());
  arrive();
}

void LiveEngine::allocate() {
  const Layout& layout = batch_.layout();
  // results do not depend on it
  if (layout.inbox_slots > 0) batch_.trace_packets(true);
  observation_.resize(layout.observation_count());
  reward_.resize(layout.num_rows());
  reward_terms_.resize(layout.num_rows() * layout.reward_terms.size());
  action_.resize(layout.action_count());
  terminated_ = std::make_unique<bool[]>(layout.num_rows());
  truncated_ = std::make_unique<bool[]>(layout.num_rows());
  out_ = {.observation = observation_.data(),
          .reward = reward_.data(),
          .terminated = terminated_.get(),
          .truncated = truncated_.get(),
          .reward_terms = reward_terms_.empty() ? nullptr : reward_terms_.data()};
  const double every = kSnapshotEvery_s / static_cast<double>(scenery_.step_s);
  snapshot_every_ = static_cast<std::uint64_t>(std::max(1.0, std::round(every)));
}

std::string LiveEngine::title() const {
  return batch_.config().task + (policy_name_.empty() ? "" : " (" + policy_name_ + ")");
}

StepFacts LiveEngine::facts() const {
  return {observation_, reward_, reward_terms_, action_};
}

TimeRange LiveEngine::range() const noexcept {
  return {history_.first(), newest_, true};
}

void LiveEngine::read(int world, Moment& out) {
  reader_.read(batch_, world, position_, out);
}

void LiveEngine::act() {
  const Layout& layout = batch_.layout();
  policy_->act(observation_.data(), layout.observation_size(), action_.data(), layout.action_size(),
               static_cast<int>(layout.num_rows()),
               static_cast<std::uint64_t>(batch_.config().seed),
               static_cast<std::uint32_t>(position_));
  const auto [begin, end] = done_.equal_range(position_);
  for (auto it = begin; it != end; ++it) {
    const Intervention& what = it->second;
    if (what.kind != Intervention::Kind::kFly) continue;
    const auto row =
        static_cast<std::size_t>(what.world) * static_cast<std::size_t>(layout.num_agents) +
        static_cast<std::size_t>(what.agent);
    std::copy(what.action.begin(), what.action.end(),
              action_.begin() + static_cast<std::ptrdiff_t>(row * layout.action.size()));
  }
}

bool LiveEngine::step() {
  act();
  batch_.step(action_, out_);
  ++position_;
  newest_ = std::max(newest_, position_);
  if (position_ > noted_) note_step();
  arrive();
  return true;
}

// Does what was done at this position, and keeps a snapshot where one is due.
void LiveEngine::arrive() {
  const auto [begin, end] = done_.equal_range(position_);
  bool changed = false;
  for (auto it = begin; it != end; ++it) {
    if (it->second.kind == Intervention::Kind::kFly) continue;
    apply(it->second);
    changed = true;
  }
  if (changed) batch_.observe(observation_.data());
  const bool due = history_.empty() || position_ >= history_.last() + snapshot_every_;
  if (due) history_.add(position_, batch_.snapshot({}));
}

void LiveEngine::seek(std::uint64_t position) {
  position = std::clamp(position, history_.first(), newest_);
  if (position == position_) return;
  const bool near = position > position_ && position - position_ <= snapshot_every_;
  if (!near) {
    // one step before it where there is one: the step to it tells reward and actions
    const History::Entry* from =
        history_.at_or_before(position > history_.first() ? position - 1 : position);
    const bool helps = position < position_ || from->position > position_;
    if (helps) {
      batch_.restore(from->snapshot, {});
      position_ = from->position;
      batch_.observe(observation_.data());
      std::fill(reward_.begin(), reward_.end(), 0.0F);
      std::fill(reward_terms_.begin(), reward_terms_.end(), 0.0F);
      std::fill(action_.begin(), action_.end(), 0.0F);
    }
  }
  while (position_ < position) step();
}

void LiveEngine::note_step() {
  noted_ = position_;
  const WorldEvents& events = batch_.events();
  const int agents = batch_.num_agents();
  for (int world = 0; world < batch_.num_worlds(); ++world) {
    const auto w = static_cast<std::size_t>(world);
    const auto* row = terminated_.get() + w * static_cast<std::size_t>(agents);
    const auto* cut = truncated_.get() + w * static_cast<std::size_t>(agents);
    const bool any = std::find(row, row + agents, true) != row + agents ||
                     std::find(cut, cut + agents, true) != cut + agents;
    if (any) note_ends(world);
    if (events.status[w] != 0) {
      events_.push_back({position_, world, -1, TimeEvent::Kind::kFailed});
    }
    const bool reset = events.just_reset[w] != 0 ||
                       (events.ended[w] != 0 && batch_.config().autoreset == Autoreset::kSameStep);
    if (reset) events_.push_back({position_, world, -1, TimeEvent::Kind::kReset});
  }
  if (events_.size() > kMostEvents) {
    events_.erase(events_.begin(), events_.end() - static_cast<std::ptrdiff_t>(kMostEvents));
  }
}

void LiveEngine::note_ends(int world) {
  const auto agents = static_cast<std::size_t>(batch_.num_agents());
  std::vector<float> with_static(agents), with_agent(agents);
  batch_.state(world, "touch_static", with_static);
  batch_.state(world, "touch_agent", with_agent);
  const std::size_t first = static_cast<std::size_t>(world) * agents;
  for (std::size_t a = 0; a < agents; ++a) {
    const bool touching = with_static[a] != 0 || with_agent[a] != 0;
    const int agent = static_cast<int>(a);
    if (terminated_[first + a]) {
      events_.push_back(
          {position_, world, agent, touching ? TimeEvent::Kind::kCrash : TimeEvent::Kind::kEnded});
    } else if (truncated_[first + a]) {
      events_.push_back({position_, world, agent, TimeEvent::Kind::kTruncated});
    }
  }
}

void LiveEngine::apply_row(const Intervention& what, const char* field, int width, auto&& change) {
  const auto agents = static_cast<std::size_t>(batch_.num_agents());
  std::vector<float> row(agents * static_cast<std::size_t>(width));
  batch_.state(what.world, field, row);
  for (std::size_t a = 0; a < agents; ++a) {
    if (what.agent < 0 || static_cast<std::size_t>(what.agent) == a) {
      change(row.data() + a * static_cast<std::size_t>(width));
    }
  }
  batch_.set_state(what.world, field, row);
}

void LiveEngine::apply(const Intervention& what) {
  switch (what.kind) {
    case Intervention::Kind::kPush:
      apply_row(what, "velocity_w_mps", 3, [&](float* v) {
        v[0] += what.delta_w.x, v[1] += what.delta_w.y, v[2] += what.delta_w.z;
      });
      break;
    case Intervention::Kind::kStopMotor: {
      const int rotors = batch_.fleet().num_rotors();
      if (what.index < 0 || what.index >= rotors) {
        throw Error(ErrorKind::kValue, "rotor " + std::to_string(what.index) + ": must be in [0, " +
                                           std::to_string(rotors - 1) + "]");
      }
      apply_row(what, "rotor_effectiveness", rotors,
                [&](float* share) { share[what.index] = share[what.index] > 0 ? 0.0F : 1.0F; });
      break;
    }
    case Intervention::Kind::kConfig:
    case Intervention::Kind::kConfigNow: {
      std::vector<std::uint8_t> mask(static_cast<std::size_t>(num_worlds()), what.world < 0);
      if (what.world >= 0) mask[static_cast<std::size_t>(what.world)] = 1;
      const bool now = what.kind == Intervention::Kind::kConfigNow;
      batch_.set_config(what.changes, mask, now ? When::kNow : When::kReset);
      break;
    }
    case Intervention::Kind::kJam: {
      std::vector<Jammer> jammers = batch_.jammers(what.world);
      jammers.push_back(what.jammer);
      batch_.set_jammers(what.world, jammers);
      break;
    }
    case Intervention::Kind::kUnjam:
      batch_.set_jammers(what.world, {});
      break;
    case Intervention::Kind::kGoal:
      apply_row(what, "goal_w_m", 3, [&](float* goal) {
        goal[0] = what.delta_w.x, goal[1] = what.delta_w.y, goal[2] = what.delta_w.z;
      });
      break;
    case Intervention::Kind::kForce:
    case Intervention::Kind::kTorque:
      apply_load(batch_, what);
      break;
    case Intervention::Kind::kFly:
      break;
  }
}

bool LiveEngine::intervene(const Intervention& what) {
  if (what.kind == Intervention::Kind::kFly) {
    const std::size_t controls = static_cast<std::size_t>(batch_.layout().num_controls);
    if (what.action.size() != controls) {
      throw Error(ErrorKind::kValue, "an action of " + std::to_string(what.action.size()) +
                                         " controls: must be " + std::to_string(controls));
    }
  } else {
    apply(what);
    batch_.observe(observation_.data());
  }
  branch();
  forget_overruled(what);
  // what is held is one event, and is done again step by step from the snapshot before it
  const bool held = is_load(what.kind) && position_ > 0 && done_.count(position_ - 1) > 0 &&
                    done_.lower_bound(position_ - 1)->second.kind == what.kind;
  done_.emplace(position_, what);
  if (what.kind == Intervention::Kind::kFly) return true;
  const bool outdated = history_.last() == position_;
  if (outdated) {
    // what the snapshot holds is from before
    if (position_ > 0)
      history_.cut(position_ - 1);
    else
      history_.clear();
  }
  if (!held || outdated) history_.add(position_, batch_.snapshot({}));
  const TimeEvent written{position_, what.world, what.agent, TimeEvent::Kind::kWritten};
  if (!held && (events_.empty() || !(events_.back() == written))) events_.push_back(written);
  return true;
}

// A slider that is dragged while the run stands changes the same words over and over.
void LiveEngine::forget_overruled(const Intervention& what) {
  if (what.kind != Intervention::Kind::kConfigNow) return;
  const auto [begin, end] = done_.equal_range(position_);
  for (auto it = begin; it != end;) {
    const Intervention& before = it->second;
    const bool overruled = before.kind == what.kind && before.world == what.world &&
                           has_same_words(before.changes, what.changes);
    it = overruled ? done_.erase(it) : std::next(it);
  }
}

bool LiveEngine::branch() {
  newest_ = position_;
  noted_ = std::min(noted_, position_);
  history_.cut(position_);
  done_.erase(done_.upper_bound(position_), done_.end());
  std::erase_if(events_, [this](const TimeEvent& event) { return event.position > position_; });
  // steps by hand that were to come
  for (auto it = done_.lower_bound(position_); it != done_.end();) {
    it = it->second.kind == Intervention::Kind::kFly ? done_.erase(it) : std::next(it);
  }
  return true;
}

bool LiveEngine::restart(std::optional<std::uint64_t> seed) {
  batch_.reset({.seed = seed}, out_);
  position_ = newest_ = noted_ = 0;
  done_.clear();
  events_.clear();
  history_.clear();
  std::fill(reward_.begin(), reward_.end(), 0.0F);
  std::fill(reward_terms_.begin(), reward_terms_.end(), 0.0F);
  std::fill(action_.begin(), action_.end(), 0.0F);
  arrive();
  return true;
}

}  // namespace volery::view
