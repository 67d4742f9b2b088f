// Moments from a stream, kept like a recording that grows.
#include "view/pipe_engine.hpp"

#include <algorithm>
#include <condition_variable>

#include "volery/error.hpp"

namespace volery::view {

struct PipeInbox::Shared {
  std::mutex mutex;
  std::condition_variable arrived;
  PipeParser parser;
  std::vector<PipeParser::Packet> packets;
  bool ended = false;
  std::string wrong;  // with the stream
};

std::shared_ptr<PipeInbox::Shared> PipeInbox::make_shared_state() {
  return std::make_shared<Shared>();
}

void PipeInbox::feed(std::span<const std::uint8_t> bytes) noexcept {
  Shared& shared = *shared_;
  const std::lock_guard lock(shared.mutex);
  if (shared.ended) return;
  try {
    shared.parser.feed(bytes);
    PipeParser::Packet packet;
    while (shared.parser.next(packet)) {
      if (packet.kind == PipeKind::kEnd) shared.ended = true;
      shared.packets.push_back(std::move(packet));
      packet = {};
    }
    if (bytes.empty()) shared.ended = true;
  } catch (const std::exception& error) {
    shared.wrong = error.what();
    shared.ended = true;
  }
  shared.arrived.notify_all();
}

std::vector<PipeParser::Packet> PipeInbox::take() {
  const std::lock_guard lock(shared_->mutex);
  std::vector<PipeParser::Packet> taken;
  taken.swap(shared_->packets);
  if (taken.empty() && !shared_->wrong.empty()) {
    const std::string wrong = std::exchange(shared_->wrong, "");
    throw Error(ErrorKind::kFile, wrong);
  }
  return taken;
}

PipeParser::Packet PipeInbox::wait_for_header() {
  std::unique_lock lock(shared_->mutex);
  shared_->arrived.wait(lock, [this] { return !shared_->packets.empty() || shared_->ended; });
  if (shared_->packets.empty()) {
    throw Error(ErrorKind::kFile, shared_->wrong.empty()
                                      ? "pipe: the stream ended before its header"
                                      : shared_->wrong);
  }
  PipeParser::Packet header = std::move(shared_->packets.front());
  shared_->packets.erase(shared_->packets.begin());
  return header;
}

bool PipeInbox::ended() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->ended && shared_->packets.empty();
}

PipeEngine::PipeEngine(PipeInbox inbox, double history_mb)
    : inbox_(std::move(inbox)),
      header_(read_pipe_header(inbox_.wait_for_header().header)),
      budget_bytes_(static_cast<std::size_t>(history_mb * 1e6)) {
  // something to show until the first moment comes
  Moment empty;
  empty.agents.resize(static_cast<std::size_t>(header_.scenery.num_agents));
  for (AgentPose& agent : empty.agents) agent.present = false;
  empty.props.resize(static_cast<std::size_t>(header_.scenery.num_props));
  for (PropPose& prop : empty.props) prop.present = false;
  moments_.push_back({{std::move(empty)}, {{}}});
}

// A world that was not sent at this step is shown by the first that was.
std::size_t PipeEngine::Kept::index_of(int world) const noexcept {
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    if (worlds[i].world == world) return i;
  }
  return 0;
}

std::size_t PipeEngine::Kept::bytes() const noexcept {
  std::size_t sum = sizeof(Kept);
  for (std::size_t i = 0; i < worlds.size(); ++i) {
    const Moment& m = worlds[i];
    sum += sizeof(Moment) + m.agents.size() * sizeof(AgentPose) +
           m.props.size() * sizeof(PropPose) + m.packets.size() * sizeof(Packet) +
           m.landmarks.size() * sizeof(Landmark) + m.goals_w_m.size() * sizeof(Vec3) +
           rewards[i].size() * sizeof(float);
  }
  return sum;
}

StepFacts PipeEngine::facts() const {
  StepFacts facts;
  const Kept& kept = moments_[position_ - first_];
  facts.reward = kept.rewards[kept.index_of(world_)];
  return facts;
}

TimeRange PipeEngine::range() const noexcept {
  return {first_, first_ + moments_.size() - 1, !ended_};
}

bool PipeEngine::step() {
  if (position_ + 1 >= first_ + moments_.size()) return false;
  ++position_;
  return true;
}

void PipeEngine::seek(std::uint64_t position) {
  position_ = std::clamp(position, first_, first_ + moments_.size() - 1);
}

void PipeEngine::read(int world, Moment& out) {
  world_ = world;
  const Kept& kept = moments_[position_ - first_];
  out = kept.worlds[kept.index_of(world)];
  out.step = position_;
}

// What a recording would have marked.
void PipeEngine::note_changes(const Moment& before, Moment& now, std::uint64_t position) {
  now.cut = before.world != now.world || before.episode != now.episode || position == 1;
  if (before.world == now.world && before.episode != now.episode) {
    events_.push_back({position, now.world, -1, TimeEvent::Kind::kReset});
  }
  for (std::size_t i = 0; i < now.agents.size() && !now.cut; ++i) {
    if (before.agents[i].alive && !now.agents[i].alive) {
      events_.push_back(
          {position, now.world, static_cast<int>(i),
           now.agents[i].touching ? TimeEvent::Kind::kCrash : TimeEvent::Kind::kEnded});
    }
  }
}

void PipeEngine::keep(Moment moment, std::vector<float> rewards) {
  Kept& last = moments_.back();
  // another world of the same step stands beside the first
  const bool beside = moments_.size() > 1 && last.worlds.front().step == moment.step &&
                      last.worlds[last.index_of(moment.world)].world != moment.world;
  const std::uint64_t position = first_ + moments_.size() - (beside ? 1 : 0);
  const Kept& earlier = beside ? moments_[moments_.size() - 2] : last;
  note_changes(earlier.worlds[earlier.index_of(moment.world)], moment, position);
  if (beside) {
    bytes_ -= std::min(bytes_, last.bytes());
    last.worlds.push_back(std::move(moment));
    last.rewards.push_back(std::move(rewards));
  } else {
    moments_.push_back({{std::move(moment)}, {std::move(rewards)}});
  }
  bytes_ += moments_.back().bytes();
  forget();
}

void PipeEngine::forget() {
  while (bytes_ > budget_bytes_ && moments_.size() > 2) {
    bytes_ -= std::min(bytes_, moments_.front().bytes());
    moments_.pop_front();
    ++first_;
  }
  position_ = std::max(position_, first_);
}

bool PipeEngine::poll() {
  bool any = false;
  std::vector<PipeParser::Packet> packets;
  try {
    packets = inbox_.take();
  } catch (const Error& error) {
    notice_ = error.what();
    ended_ = true;
    return true;
  }
  for (PipeParser::Packet& packet : packets) {
    any = true;
    if (packet.kind == PipeKind::kMoment) keep(std::move(packet.moment), std::move(packet.rewards));
    if (packet.kind == PipeKind::kNote) notice_ = packet.note;
    if (packet.kind == PipeKind::kEnd) ended_ = true;
  }
  if (!ended_ && inbox_.ended()) {
    ended_ = true;
    any = true;
  }
  return any;
}

}  // namespace volery::view
