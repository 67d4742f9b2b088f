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
  Kept empty;
  empty.moment.agents.resize(static_cast<std::size_t>(header_.scenery.num_agents));
  for (AgentPose& agent : empty.moment.agents) agent.present = false;
  empty.moment.props.resize(static_cast<std::size_t>(header_.scenery.num_props));
  for (PropPose& prop : empty.moment.props) prop.present = false;
  moments_.push_back(std::move(empty));
}

StepFacts PipeEngine::facts() const {
  StepFacts facts;
  facts.reward = moments_[position_ - first_].rewards;
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

void PipeEngine::read(int /*world*/, Moment& out) {
  out = moments_[position_ - first_].moment;
  out.step = position_;
}

void PipeEngine::keep(Kept kept) {
  const auto size = [](const Kept& k) {
    return sizeof(Kept) + k.moment.agents.size() * sizeof(AgentPose) +
           k.moment.props.size() * sizeof(PropPose) + k.moment.packets.size() * sizeof(Packet) +
           (k.moment.goals_w_m.size() * 3 + k.rewards.size()) * sizeof(float);
  };
  const Moment& before = moments_.back().moment;
  Moment& now = kept.moment;
  const std::uint64_t position = first_ + moments_.size();
  now.cut = before.world != now.world || before.episode != now.episode || position == 1;
  if (before.episode != now.episode && before.world == now.world) {
    events_.push_back({position, now.world, -1, TimeEvent::Kind::kReset});
  }
  for (std::size_t i = 0; i < now.agents.size() && !now.cut; ++i) {
    if (before.agents[i].alive && !now.agents[i].alive) {
      events_.push_back(
          {position, now.world, static_cast<int>(i),
           now.agents[i].touching ? TimeEvent::Kind::kCrash : TimeEvent::Kind::kEnded});
    }
  }
  bytes_ += size(kept);
  moments_.push_back(std::move(kept));
  while (bytes_ > budget_bytes_ && moments_.size() > 2) {
    bytes_ -= std::min(bytes_, size(moments_.front()));
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
    if (packet.kind == PipeKind::kMoment)
      keep({std::move(packet.moment), std::move(packet.rewards)});
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
