// Where agents came from.
#include <algorithm>
#include <cmath>

#include "view/compose.hpp"

namespace volery::view {

namespace {

// Spacings between two samples beyond which what lies between is not known. Samples that fill a gap
// may leave nearly two at its end.
constexpr double kLargestGap = 2.5;

}  // namespace

void Trails::add(const Moment& moment) {
  auto after =
      std::lower_bound(samples_.begin(), samples_.end(), moment.step,
                       [](const Kept& sample, std::uint64_t step) { return sample->step < step; });
  const auto near = [&](const Sample& sample) {
    return sample.episode == moment.episode &&
           std::fabs(sample.time_s - moment.time_s) < kSpacing_s;
  };
  if (after != samples_.end()) {
    // another past than the one that is known
    const bool other = (*after)->episode == moment.episode && (*after)->time_s < moment.time_s;
    if (other) {
      after = samples_.erase(after, samples_.end());
    } else if (near(**after)) {
      return;
    }
  }
  if (after != samples_.begin()) {
    const Sample& before = **std::prev(after);
    const bool other = before.episode == moment.episode && before.time_s > moment.time_s;
    if (other) {
      clear();
      after = samples_.end();
    } else if (near(before)) {
      return;
    }
  }
  auto sample = std::make_shared<Sample>();
  sample->step = moment.step;
  sample->episode = moment.episode;
  sample->time_s = moment.time_s;
  const std::size_t count = std::min(moment.agents.size(), static_cast<std::size_t>(kMaxAgents));
  sample->positions_w_m.resize(count);
  sample->drawn.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    sample->positions_w_m[i] = moment.agents[i].position_w_m;
    sample->drawn[i] = moment.agents[i].present && moment.agents[i].alive ? 1 : 0;
  }
  const auto at = samples_.insert(after, std::move(sample));
  forget(static_cast<std::size_t>(at - samples_.begin()));
}

// Within the budget of points: from whichever end is farther from the sample `keep`.
void Trails::forget(std::size_t keep) {
  const std::size_t each = std::max<std::size_t>(1, samples_[keep]->positions_w_m.size());
  if (samples_.size() * each <= kMostPoints) return;
  if (keep >= samples_.size() / 2)
    samples_.pop_front();
  else
    samples_.pop_back();
}

void Trails::clear() noexcept {
  samples_.clear();
}

void Trails::cut(std::uint64_t step) {
  while (!samples_.empty() && samples_.back()->step > step) samples_.pop_back();
}

// Whether it lies in the seconds before the moment.
bool Trails::belongs(const Sample& sample, const Moment& now) noexcept {
  return sample.episode == now.episode && now.time_s - sample.time_s <= kSpan_s;
}

// Whether it has not happened yet: a moment may lie before its step.
bool Trails::later(const Sample& sample, const Moment& now) noexcept {
  return sample.episode == now.episode && sample.time_s > now.time_s;
}

// Those up to the moment's step, the newest first.
std::deque<Trails::Kept>::const_reverse_iterator Trails::before(const Moment& now) const {
  return std::make_reverse_iterator(
      std::upper_bound(samples_.begin(), samples_.end(), now.step,
                       [](std::uint64_t step, const Kept& sample) { return step < sample->step; }));
}

Trails Trails::recent(const Moment& now) const {
  Trails part;
  for (auto it = before(now); it != samples_.rend(); ++it) {
    if (later(**it, now)) continue;
    if (!belongs(**it, now)) break;
    part.samples_.push_front(*it);
  }
  return part;
}

std::optional<std::uint64_t> Trails::missing_from(const Moment& now, double step_s) const {
  // back from the moment as long as no gap is too wide
  const double largest_s = std::max(kSpacing_s, step_s) * kLargestGap;
  double known_s = now.time_s;
  for (auto it = before(now); it != samples_.rend(); ++it) {
    if (later(**it, now)) continue;
    if (!belongs(**it, now) || known_s - (*it)->time_s > largest_s) break;
    known_s = (*it)->time_s;
  }
  const double begin_s = std::max(0.0, now.time_s - kSpan_s);
  if (known_s - begin_s <= largest_s) return std::nullopt;
  const auto steps = static_cast<std::uint64_t>(std::llround((now.time_s - begin_s) / step_s));
  return now.step > steps ? now.step - steps : 0;
}

void Trails::compose(const Scenery& scenery, const Moment& now, std::span<const int> agents,
                     bool all, render::Frame& out) const {
  const int count =
      static_cast<int>(std::min(now.agents.size(), static_cast<std::size_t>(kMaxAgents)));
  const Trails part = recent(now);
  const auto add = [&](int agent) {
    if (agent < 0 || agent >= count || !now.agents[static_cast<std::size_t>(agent)].present) return;
    const auto i = static_cast<std::size_t>(agent);
    render::Trail trail;
    trail.first = static_cast<int>(out.trail_points.size());
    trail.color = team_color(scenery.team_of[i]);
    for (const Kept& sample : part.samples_) {
      if (i >= sample->drawn.size() || sample->drawn[i] == 0) continue;
      out.trail_points.push_back(sample->positions_w_m[i]);
    }
    if (now.agents[i].alive) out.trail_points.push_back(now.agents[i].position_w_m);
    trail.count = static_cast<int>(out.trail_points.size()) - trail.first;
    if (trail.count > 1) out.trails.push_back(trail);
  };
  if (all) {
    for (int agent = 0; agent < count; ++agent) add(agent);
  } else {
    for (const int agent : agents) add(agent);
  }
}

}  // namespace volery::view
