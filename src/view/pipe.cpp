// The bytes of the pipe.
#include "view/pipe.hpp"

#include <cmath>
#include <cstring>
#include <iterator>

#include "core/described.hpp"
#include "core/toml.hpp"
#include "volery/error.hpp"

namespace volery::view {

namespace {

constexpr std::size_t kPacketHead = 8, kMomentHead = 44;
constexpr std::size_t kAgentBytes = 51, kPropBytes = 29, kGoalBytes = 12, kPacketBytes = 32;
constexpr std::size_t kLandmarkBytes = 36;

class Writer {
 public:
  explicit Writer(std::vector<std::uint8_t>& out) : out_(out) {}
  template <class T>
  void put(T value) {
    std::uint8_t bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.insert(out_.end(), std::begin(bytes), std::end(bytes));
  }
  void put(Vec3 v) { put(v.x), put(v.y), put(v.z); }
  void put(Quat q) { put(q.x), put(q.y), put(q.z), put(q.w); }
  void flag(bool value) { out_.push_back(value ? 1 : 0); }

 private:
  std::vector<std::uint8_t>& out_;
};

class Taker {
 public:
  explicit Taker(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  template <class T>
  T take() {
    T value{};
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  Vec3 vec3() {
    const float x = take<float>(), y = take<float>(), z = take<float>();
    return {x, y, z};
  }
  Quat quat() {
    const float x = take<float>(), y = take<float>(), z = take<float>(), w = take<float>();
    return {x, y, z, w};
  }
  bool flag() { return take<std::uint8_t>() != 0; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

[[noreturn]] void damaged(const std::string& what) {
  throw Error(ErrorKind::kFile, "pipe: " + what);
}

void put_head(PipeKind kind, std::size_t bytes, std::vector<std::uint8_t>& out) {
  Writer write(out);
  write.put(static_cast<std::uint32_t>(kind));
  write.put(static_cast<std::uint32_t>(bytes));
}

void append_text(PipeKind kind, const std::string& text, std::vector<std::uint8_t>& out) {
  put_head(kind, text.size(), out);
  out.insert(out.end(), text.begin(), text.end());
}

const Value* entry(const Value& header, const char* key, bool needed) {
  const Value* found = header.find(key);
  if (found == nullptr && needed) {
    throw Error(ErrorKind::kValue, std::string("pipe header: has no ") + key);
  }
  return found;
}

int whole(const Value& header, const char* key, bool needed, int low) {
  const Value* found = entry(header, key, needed);
  if (found == nullptr) return low;
  const bool fine = found->is<std::int64_t>() && found->as<std::int64_t>() >= low &&
                    found->as<std::int64_t>() <= 100'000'000;
  if (!fine) {
    throw Error(ErrorKind::kValue, std::string("pipe header: ") + key + " = " + found->to_text() +
                                       ": must be an integer of at least " + std::to_string(low));
  }
  return static_cast<int>(found->as<std::int64_t>());
}

std::vector<std::string> strings(const Value& header, const char* key) {
  std::vector<std::string> list;
  const Value* found = entry(header, key, false);
  if (found == nullptr) return list;
  const std::string wrong =
      std::string("pipe header: ") + key + " = " + found->to_text() + ": must be strings";
  if (!found->is<Value::Array>()) throw Error(ErrorKind::kType, wrong);
  for (const Value& item : found->as<Value::Array>()) {
    if (!item.is<std::string>()) throw Error(ErrorKind::kType, wrong);
    list.push_back(item.as<std::string>());
  }
  return list;
}

void check_keys(const Value& header) {
  static const std::vector<std::string> known{"title",     "scene",      "vehicle",
                                              "teams",     "num_worlds", "num_agents",
                                              "num_props", "step_s",     "fates"};
  for (const auto& [key, value] : header.table()) {
    bool found = false;
    for (const std::string& name : known) found = found || name == key;
    if (found) continue;
    throw Error(ErrorKind::kValue, "pipe header: unknown key " + key + did_you_mean(key, known));
  }
}

}  // namespace

Value pipe_header(const Batch& batch, const std::string& title) {
  const BatchConfig& config = batch.config();
  Value header = Value::Table{};
  Value::Table& table = header.table();
  table["title"] = title;
  table["scene"] = to_value(batch.scene());
  Value::Array vehicles;
  for (const Vehicle& vehicle : batch.fleet().types()) vehicles.push_back(to_value(vehicle.config));
  table["vehicle"] = vehicles.size() == 1 ? vehicles.front() : Value(vehicles);
  if (!config.teams.empty()) {
    table["teams"] = Value::Array(config.teams.begin(), config.teams.end());
  }
  table["num_worlds"] = batch.num_worlds();
  table["num_agents"] = batch.num_agents();
  table["num_props"] = batch.num_props();
  table["step_s"] = static_cast<double>(batch.facts().step_s);
  const std::vector<std::string> fates = scenery_of(batch).fates;
  if (!fates.empty()) table["fates"] = Value::Array(fates.begin(), fates.end());
  return header;
}

std::vector<std::uint8_t> pipe_begin(const Value& header) {
  std::vector<std::uint8_t> out(kPipeMagic, kPipeMagic + 8);
  append_text(PipeKind::kHeader, write_toml(header), out);
  return out;
}

PipeHeader read_pipe_header(const Value& header) {
  check_keys(header);
  PipeHeader read;
  if (const Value* title = entry(header, "title", false); title && title->is<std::string>()) {
    read.title = title->as<std::string>();
  }
  read.num_worlds = whole(header, "num_worlds", false, 1);
  Scenery& scenery = read.scenery;
  scenery.num_agents = whole(header, "num_agents", true, 1);
  scenery.num_props = whole(header, "num_props", false, 0);
  const Value* step = entry(header, "step_s", true);
  const double step_s = step->is<double>()         ? step->as<double>()
                        : step->is<std::int64_t>() ? static_cast<double>(step->as<std::int64_t>())
                                                   : 0;
  if (!(step_s > 0) || !std::isfinite(step_s)) {
    throw Error(ErrorKind::kValue,
                "pipe header: step_s = " + step->to_text() + ": must be above 0 (s)");
  }
  scenery.step_s = static_cast<float>(step_s);
  scenery.stage.scene = load_scene(*entry(header, "scene", true));
  const VehicleFleet fleet(*entry(header, "vehicle", true));
  const Teams teams(strings(header, "teams"));
  scenery.stage.vehicles = fleet.types();
  for (int agent = 0; agent < scenery.num_agents; ++agent) {
    scenery.vehicle_of.push_back(fleet.type_of(agent));
    scenery.team_of.push_back(teams.of(agent));
  }
  scenery.team_names = teams.names();
  scenery.fates = strings(header, "fates");
  scenery.cables = cables_of(scenery.stage.scene, scenery.num_agents);
  return read;
}

void append_moment(const Moment& moment, std::span<const float> rewards,
                   std::vector<std::uint8_t>& out) {
  const std::size_t bytes =
      kMomentHead + moment.agents.size() * kAgentBytes + moment.props.size() * kPropBytes +
      moment.goals_w_m.size() * kGoalBytes + moment.packets.size() * kPacketBytes +
      moment.landmarks.size() * kLandmarkBytes;
  out.reserve(out.size() + kPacketHead + bytes);
  put_head(PipeKind::kMoment, bytes, out);
  Writer write(out);
  write.put(static_cast<std::int32_t>(moment.world));
  write.put(moment.episode);
  write.put(moment.time_s);
  write.put(moment.step);
  for (const std::size_t count :
       {moment.agents.size(), moment.props.size(), moment.goals_w_m.size(), moment.packets.size(),
        moment.landmarks.size()}) {
    write.put(static_cast<std::uint32_t>(count));
  }
  for (std::size_t i = 0; i < moment.agents.size(); ++i) {
    const AgentPose& agent = moment.agents[i];
    write.put(agent.position_w_m);
    write.put(agent.quat_wb);
    write.put(agent.velocity_w_mps);
    write.put(agent.rotor_speed_radps);
    write.put(i < rewards.size() ? rewards[i] : 0.0F);
    write.flag(agent.alive);
    write.flag(agent.present);
    write.flag(agent.touching);
  }
  for (const PropPose& prop : moment.props) {
    write.put(prop.position_w_m);
    write.put(prop.quat_wb);
    write.flag(prop.present);
  }
  for (const Vec3 goal : moment.goals_w_m) write.put(goal);
  for (const Packet& packet : moment.packets) {
    write.put(packet.world);
    write.put(packet.step);
    write.put(packet.sender);
    write.put(packet.receiver);
    write.put(packet.fate);
    write.put(packet.delay_steps);
    write.put(packet.bytes);
    write.put(packet.distance_m);
  }
  for (const Landmark& landmark : moment.landmarks) {
    write.put(static_cast<std::int32_t>(landmark.kind));
    write.put(static_cast<std::int32_t>(landmark.state));
    write.put(landmark.position_w_m);
    write.put(landmark.axis_w);
    write.put(landmark.radius_m);
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

void take_bodies(Taker& take, const Counts& counts, PipeParser::Packet& out) {
  Moment& moment = out.moment;
  moment.agents.resize(counts.agents);
  out.rewards.resize(counts.agents);
  for (std::size_t i = 0; i < counts.agents; ++i) {
    AgentPose& agent = moment.agents[i];
    agent.position_w_m = take.vec3();
    agent.quat_wb = take.quat();
    agent.velocity_w_mps = take.vec3();
    agent.rotor_speed_radps = take.take<float>();
    out.rewards[i] = take.take<float>();
    agent.alive = take.flag();
    agent.present = take.flag();
    agent.touching = take.flag();
  }
  moment.props.resize(counts.props);
  for (PropPose& prop : moment.props) {
    prop.position_w_m = take.vec3();
    prop.quat_wb = take.quat();
    prop.present = take.flag();
  }
  moment.goals_w_m.resize(counts.goals);
  for (Vec3& goal : moment.goals_w_m) goal = take.vec3();
}

void take_packets(Taker& take, const Counts& counts, Moment& moment) {
  moment.packets.resize(counts.packets);
  for (Packet& packet : moment.packets) {
    packet.world = take.take<std::int32_t>();
    packet.step = take.take<std::uint32_t>();
    packet.sender = take.take<std::int32_t>();
    packet.receiver = take.take<std::int32_t>();
    packet.fate = take.take<std::int32_t>();
    packet.delay_steps = take.take<std::int32_t>();
    packet.bytes = take.take<std::int32_t>();
    packet.distance_m = take.take<float>();
    const auto agents = static_cast<std::int32_t>(counts.agents);
    if (packet.sender < 0 || packet.sender >= agents || packet.receiver < 0 ||
        packet.receiver >= agents) {
      damaged("a packet between agents that are not there");
    }
  }
  moment.landmarks.resize(counts.landmarks);
  for (Landmark& landmark : moment.landmarks) {
    const auto kind = take.take<std::int32_t>(), state = take.take<std::int32_t>();
    if (kind < 0 || kind > static_cast<int>(Landmark::Kind::kGate) || state < 0 ||
        state > static_cast<int>(Landmark::State::kDone)) {
      damaged("a landmark of unknown kind");
    }
    landmark.kind = static_cast<Landmark::Kind>(kind);
    landmark.state = static_cast<Landmark::State>(state);
    landmark.position_w_m = take.vec3();
    landmark.axis_w = take.vec3();
    landmark.radius_m = take.take<float>();
  }
}

void take_moment(std::span<const std::uint8_t> payload, int num_agents, PipeParser::Packet& out) {
  if (payload.size() < kMomentHead) damaged("a moment is cut short");
  Taker take(payload);
  Moment& moment = out.moment;
  moment = Moment{};
  moment.world = take.take<std::int32_t>();
  moment.episode = take.take<std::uint32_t>();
  moment.time_s = take.take<double>();
  moment.step = take.take<std::uint64_t>();
  Counts counts;
  counts.agents = take.take<std::uint32_t>();
  counts.props = take.take<std::uint32_t>();
  counts.goals = take.take<std::uint32_t>();
  counts.packets = take.take<std::uint32_t>();
  counts.landmarks = take.take<std::uint32_t>();
  if (counts.bytes() != payload.size()) damaged("a moment's length disagrees with its counts");
  if (counts.agents != static_cast<std::uint32_t>(num_agents) ||
      (counts.goals != 0 && counts.goals != counts.agents)) {
    damaged("a moment of " + std::to_string(counts.agents) + " agents, the header says " +
            std::to_string(num_agents));
  }
  take_bodies(take, counts, out);
  take_packets(take, counts, moment);
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
  Taker head({buffer_.data() + begin_, kPacketHead});
  const auto kind = head.take<std::uint32_t>(), bytes = head.take<std::uint32_t>();
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
      num_agents_ = whole(out.header, "num_agents", true, 1);
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
