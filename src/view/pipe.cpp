// The bytes of the pipe.
#include "view/pipe.hpp"

#include <cstring>

#include "core/toml.hpp"
#include "io/packet_bytes.hpp"
#include "volery/error.hpp"

namespace volery::view {

namespace {

constexpr std::size_t kPacketHead = 8, kMomentHead = 44;
constexpr std::size_t kAgentBytes = 51, kPropBytes = 29, kGoalBytes = 12, kPacketBytes = 32;
constexpr std::size_t kLandmarkBytes = 36;

void put(Vec3 v, io::ByteWriter& to) {
  for (const float x : {v.x, v.y, v.z}) to.number(x);
}

void put(Quat q, io::ByteWriter& to) {
  for (const float x : {q.x, q.y, q.z, q.w}) to.number(x);
}

void put_flag(bool value, io::ByteWriter& to) {
  to.number(static_cast<std::uint8_t>(value ? 1 : 0));
}

template <class Number>
void take(Number& to, io::ByteReader& from) {
  to = from.number<Number>();
}

void take(Vec3& to, io::ByteReader& from) {
  for (float* x : {&to.x, &to.y, &to.z}) take(*x, from);
}

void take(Quat& to, io::ByteReader& from) {
  for (float* x : {&to.x, &to.y, &to.z, &to.w}) take(*x, from);
}

void take(bool& to, io::ByteReader& from) {
  to = from.number<std::uint8_t>() != 0;
}

[[noreturn]] void damaged(const std::string& what) {
  throw Error(ErrorKind::kFile, "pipe: " + what);
}

void put_head(PipeKind kind, std::size_t bytes, std::vector<std::uint8_t>& out) {
  io::ByteWriter writer(out);
  writer.number(static_cast<std::uint32_t>(kind));
  writer.number(static_cast<std::uint32_t>(bytes));
}

void append_text(PipeKind kind, const std::string& text, std::vector<std::uint8_t>& out) {
  put_head(kind, text.size(), out);
  out.insert(out.end(), text.begin(), text.end());
}

}  // namespace

std::vector<std::uint8_t> pipe_begin(const Value& header) {
  std::vector<std::uint8_t> out(kPipeMagic, kPipeMagic + 8);
  append_text(PipeKind::kHeader, write_toml(header), out);
  return out;
}

void append_moment(const Moment& moment, std::span<const float> rewards,
                   std::vector<std::uint8_t>& out) {
  const std::size_t bytes =
      kMomentHead + moment.agents.size() * kAgentBytes + moment.props.size() * kPropBytes +
      moment.goals_w_m.size() * kGoalBytes + moment.packets.size() * kPacketBytes +
      moment.landmarks.size() * kLandmarkBytes;
  out.reserve(out.size() + kPacketHead + bytes);
  put_head(PipeKind::kMoment, bytes, out);
  io::ByteWriter writer(out);
  writer.number(static_cast<std::int32_t>(moment.world));
  writer.number(moment.episode);
  writer.number(moment.time_s);
  writer.number(moment.step);
  for (const std::size_t count :
       {moment.agents.size(), moment.props.size(), moment.goals_w_m.size(), moment.packets.size(),
        moment.landmarks.size()}) {
    writer.number(static_cast<std::uint32_t>(count));
  }
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const AgentPose& agent = moment.agents[i];
    put(agent.position_w_m, writer);
    put(agent.quat_wb, writer);
    put(agent.velocity_w_mps, writer);
    writer.number(agent.rotor_speed_radps);
    writer.number(i < rewards.size() ? rewards[i] : 0.0F);
    put_flag(agent.alive, writer);
    put_flag(agent.present, writer);
    put_flag(agent.touching, writer);
  }
  for (const PropPose& prop : moment.props) {
    put(prop.position_w_m, writer);
    put(prop.quat_wb, writer);
    put_flag(prop.present, writer);
  }
  for (const Vec3 goal : moment.goals_w_m) put(goal, writer);
  for (const Packet& packet : moment.packets) io::write_packet(packet, writer);
  for (const Landmark& landmark : moment.landmarks) {
    writer.number(static_cast<std::int32_t>(landmark.kind));
    writer.number(static_cast<std::int32_t>(landmark.state));
    put(landmark.position_w_m, writer);
    put(landmark.axis_w, writer);
    writer.number(landmark.radius_m);
  }
}

void append_note(const std::string& text, std::vector<std::uint8_t>& out) {
  append_text(PipeKind::kNote, text, out);
}

void append_end(std::vector<std::uint8_t>& out) {
  put_head(PipeKind::kEnd, 0, out);
}

namespace {

struct Counts {
  std::uint32_t agents = 0, props = 0, goals = 0, packets = 0, landmarks = 0;
  [[nodiscard]] std::size_t bytes() const {
    return kMomentHead + agents * kAgentBytes + props * kPropBytes + goals * kGoalBytes +
           packets * kPacketBytes + landmarks * kLandmarkBytes;
  }
};

void take_bodies(io::ByteReader& from, const Counts& counts, PipeParser::Packet& out) {
  Moment& moment = out.moment;
  moment.agents.resize(counts.agents);
  out.rewards.resize(counts.agents);
  for (std::size_t i = 0; i < counts.agents; ++i) {
    AgentPose& agent = moment.agents[i];
    take(agent.position_w_m, from);
    take(agent.quat_wb, from);
    take(agent.velocity_w_mps, from);
    take(agent.rotor_speed_radps, from);
    take(out.rewards[i], from);
    take(agent.alive, from);
    take(agent.present, from);
    take(agent.touching, from);
  }
  moment.props.resize(counts.props);
  for (PropPose& prop : moment.props) {
    take(prop.position_w_m, from);
    take(prop.quat_wb, from);
    take(prop.present, from);
  }
  moment.goals_w_m.resize(counts.goals);
  for (Vec3& goal : moment.goals_w_m) take(goal, from);
}

void take_packets(io::ByteReader& from, const Counts& counts, Moment& moment) {
  moment.packets.resize(counts.packets);
  for (Packet& packet : moment.packets) {
    packet = io::read_packet(from);
    const auto agents = static_cast<std::int32_t>(counts.agents);
    if (packet.sender < 0 || packet.sender >= agents || packet.receiver < 0 ||
        packet.receiver >= agents) {
      damaged("a packet between agents that are not there");
    }
  }
  moment.landmarks.resize(counts.landmarks);
  for (Landmark& landmark : moment.landmarks) {
    const auto kind = from.number<std::int32_t>(), state = from.number<std::int32_t>();
    if (kind < 0 || kind > static_cast<int>(Landmark::Kind::kJammer) || state < 0 ||
        state > static_cast<int>(Landmark::State::kDone)) {
      damaged("a landmark of unknown kind");
    }
    landmark.kind = static_cast<Landmark::Kind>(kind);
    landmark.state = static_cast<Landmark::State>(state);
    take(landmark.position_w_m, from);
    take(landmark.axis_w, from);
    take(landmark.radius_m, from);
  }
}

void take_moment(std::span<const std::uint8_t> payload, int num_agents, PipeParser::Packet& out) {
  if (payload.size() < kMomentHead) damaged("a moment is cut short");
  io::ByteReader from(payload);
  Moment& moment = out.moment;
  moment = Moment{};
  take(moment.world, from);
  take(moment.episode, from);
  take(moment.time_s, from);
  take(moment.step, from);
  Counts counts;
  take(counts.agents, from);
  take(counts.props, from);
  take(counts.goals, from);
  take(counts.packets, from);
  take(counts.landmarks, from);
  if (counts.bytes() != payload.size()) damaged("a moment's length disagrees with its counts");
  if (counts.agents != static_cast<std::uint32_t>(num_agents) ||
      (counts.goals != 0 && counts.goals != counts.agents)) {
    damaged("a moment of " + std::to_string(counts.agents) + " agents, the header says " +
            std::to_string(num_agents));
  }
  take_bodies(from, counts, out);
  take_packets(from, counts, moment);
}

}  // namespace

void PipeParser::feed(std::span<const std::uint8_t> bytes) {
  if (begin_ > 0 && begin_ * 2 > buffer_.size()) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

bool PipeParser::next(Packet& out) {
  const auto left = [this] { return buffer_.size() - begin_; };
  if (!started_) {
    if (left() < 8) return false;
    if (std::memcmp(buffer_.data() + begin_, kPipeMagic, 8) != 0) {
      damaged("does not begin with VOLPIPE1");
    }
    begin_ += 8;
    started_ = true;
  }
  if (left() < kPacketHead) return false;
  io::ByteReader head({buffer_.data() + begin_, kPacketHead});
  const auto kind = head.number<std::uint32_t>(), bytes = head.number<std::uint32_t>();
  if (kind < 1 || kind > 4) damaged("unknown packet " + std::to_string(kind));
  if (bytes > kMaxPipePacket) damaged("a packet of " + std::to_string(bytes) + " bytes");
  if (left() < kPacketHead + bytes) return false;
  const std::span<const std::uint8_t> payload{buffer_.data() + begin_ + kPacketHead, bytes};
  begin_ += kPacketHead + bytes;
  out.kind = static_cast<PipeKind>(kind);
  if (has_header_ == (out.kind == PipeKind::kHeader)) {
    damaged(has_header_ ? "a second header" : "moments before the header");
  }
  const std::string text(payload.begin(), payload.end());
  switch (out.kind) {
    case PipeKind::kHeader:
      out.header = parse_toml(text, "pipe header");
      num_agents_ = pipe_num_agents(out.header);
      has_header_ = true;
      break;
    case PipeKind::kMoment:
      take_moment(payload, num_agents_, out);
      break;
    case PipeKind::kNote:
      out.note = text;
      break;
    case PipeKind::kEnd:
      break;
  }
  return true;
}

}  // namespace volery::view
