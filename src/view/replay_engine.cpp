// Recordings as engines.
#include "view/replay_engine.hpp"

#include <algorithm>

namespace volery::view {

namespace {

TimeEvent::Kind kind_of(io::Mark::Kind kind) {
  switch (kind) {
    case io::Mark::Kind::kTerminated:
      return TimeEvent::Kind::kEnded;
    case io::Mark::Kind::kTruncated:
      return TimeEvent::Kind::kTruncated;
    case io::Mark::Kind::kWorldFailed:
      return TimeEvent::Kind::kFailed;
    case io::Mark::Kind::kWritten:
      return TimeEvent::Kind::kWritten;
    case io::Mark::Kind::kWorldEnded:
    case io::Mark::Kind::kWorldReset:
      break;
  }
  return TimeEvent::Kind::kReset;
}

}  // namespace

ReplayEngine::ReplayEngine(const std::filesystem::path& path, double ring_mb)
    : path_(path),
      player_(path, {.trace = true, .ring_mb = ring_mb}),
      scenery_(scenery_of(player_.batch())),
      reader_(player_.batch()) {
  for (const io::Mark& mark : player_.marks()) {
    const bool failed = mark.kind == io::Mark::Kind::kWorldFailed;
    events_.push_back({mark.step, mark.world, failed ? -1 : mark.agent, kind_of(mark.kind)});
  }
  std::stable_sort(events_.begin(), events_.end(),
                   [](const TimeEvent& a, const TimeEvent& b) { return a.position < b.position; });
}

std::string ReplayEngine::notice() const {
  if (player_.difference())
    return "differs from what was recorded: " + player_.difference()->text();
  return player_.notice();
}

StepFacts ReplayEngine::facts() const {
  const Layout& layout = player_.batch().layout();
  const StepOutputs& out = player_.outputs();
  const std::size_t rows = layout.num_rows();
  StepFacts facts;
  if (out.observation != nullptr) facts.observation = {out.observation, layout.observation_count()};
  if (out.reward != nullptr) facts.reward = {out.reward, rows};
  if (out.reward_terms != nullptr) {
    facts.reward_terms = {out.reward_terms, rows * layout.reward_terms.size()};
  }
  facts.actions = player_.actions();
  return facts;
}

TimeRange ReplayEngine::range() const noexcept {
  return {0, player_.num_steps(), false};
}

void ReplayEngine::read(int world, Moment& out) {
  reader_.read(player_.batch(), world, player_.position(), out);
}

}  // namespace volery::view
