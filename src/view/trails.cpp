// Where agents came from.
#include <algorithm>

#include "view/compose.hpp"

namespace volery::view {

namespace {

constexpr double kSpacing_s = Trails::kSpan_s / (Trails::kPoints - 1);

}  // namespace

void Trails::add(const Moment& moment) {
  const bool back = !samples_.empty() && moment.time_s < samples_.back().time_s;
  if (moment.cut || back) samples_.clear();
  if (!samples_.empty() && moment.time_s - samples_.back().time_s < kSpacing_s) return;
  Sample sample;
  sample.time_s = moment.time_s;
  if (samples_.size() >= static_cast<std::size_t>(kPoints)) {
    // the oldest one's memory serves again
    sample.positions_w_m = std::move(samples_.front().positions_w_m);
    samples_.pop_front();
  }
  const std::size_t count = std::min(moment.agents.size(), static_cast<std::size_t>(kMaxAgents));
  sample.positions_w_m.resize(count);
  sample.drawn.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    sample.positions_w_m[i] = moment.agents[i].position_w_m;
    sample.drawn[i] = moment.agents[i].present && moment.agents[i].alive ? 1 : 0;
  }
  samples_.push_back(std::move(sample));
}

void Trails::clear() noexcept {
  samples_.clear();
}

void Trails::compose(const Scenery& scenery, const Moment& now, std::span<const int> agents,
                     bool all, render::Frame& out) const {
  const int count =
      static_cast<int>(std::min(now.agents.size(), static_cast<std::size_t>(kMaxAgents)));
  const auto add = [&](int agent) {
    if (agent < 0 || agent >= count || !now.agents[static_cast<std::size_t>(agent)].present) return;
    const auto i = static_cast<std::size_t>(agent);
    render::Trail trail;
    trail.first = static_cast<int>(out.trail_points.size());
    trail.color = team_color(scenery.team_of[i]);
    for (const Sample& sample : samples_) {
      // a moment before the newest sample is being shown: the rest has not happened yet
      if (sample.time_s > now.time_s) break;
      if (now.time_s - sample.time_s > kSpan_s || i >= sample.drawn.size() || sample.drawn[i] == 0)
        continue;
      out.trail_points.push_back(sample.positions_w_m[i]);
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
