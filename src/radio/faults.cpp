#include "radio/faults.hpp"

#include <algorithm>
#include <cmath>

namespace volery {

void Jammer::describe(FieldVisitor& v) {
  v.field("center_w_m", center_w_m,
          {.unit = "m", .low = -1e5, .high = 1e5, .doc = "of the sphere, world frame", .size = 3});
  v.field("radius_m", radius_m,
          {.unit = "m",
           .low = 1e-3,
           .high = 1e5,
           .doc = "receivers nearer to the center than this lose messages"});
  v.field("probability", probability, {.low = 0, .high = 1, .doc = "of loss, at the center"});
  v.field("falling", falling,
          {.doc = "the probability falls linearly to 0 at the rim; else it is the same inside"});
}

}  // namespace volery

namespace volery::radio {

void TimeWindow::describe(FieldVisitor& v) {
  v.field("from_s", from_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "first moment, since the reset"});
  v.field("to_s", to_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "end, since the reset; not included"});
}

void OutageConfig::describe(FieldVisitor& v) {
  v.field("agents", agents,
          {.low = 0, .high = 1e7, .doc = "agents whose radio neither sends nor receives"});
  window.describe(v);
}

void JammerConfig::describe(FieldVisitor& v) {
  Jammer::describe(v);
  window.describe(v);
}

void PartitionConfig::describe(FieldVisitor& v) {
  v.field("groups", groups,
          {.low = 0,
           .high = 1e6,
           .doc = "group of each agent; no message passes from one group to another"});
  window.describe(v);
}

void LiarConfig::describe(FieldVisitor& v) {
  v.field("agents", agents, {.low = 0, .high = 1e7, .doc = "agents whose messages are replaced"});
  v.choice("mode", mode, {"random", "inverted", "constant"}, "what they send instead");
  v.field("value", value, {.low = -1, .high = 1, .doc = "constant: every number of the message"});
  window.describe(v);
}

bool FaultConfig::any() const noexcept {
  return !outages.empty() || !jammers.empty() || !partitions.empty() || !liars.empty();
}

void FaultConfig::describe(FieldVisitor& v) {
  v.tables("outages", outages, {.low = 0, .high = 1000, .doc = "radios that fail"});
  v.tables("jammers", jammers, {.low = 0, .high = 1000, .doc = "spheres of noise"});
  v.tables("partitions", partitions, {.low = 0, .high = 1000, .doc = "groups cut off"});
  v.tables("liars", liars, {.low = 0, .high = 1000, .doc = "agents that send something else"});
}

namespace {

/// 1 for the agents of a list, 0 for the others.
std::vector<std::int32_t> marks_of(const std::vector<float>& agents, int num_agents,
                                   const std::string& path) {
  std::vector<std::int32_t> marks(static_cast<std::size_t>(num_agents), 0);
  for (std::size_t i = 0; i < agents.size(); ++i) {
    const int agent = static_cast<int>(agents[i]);
    if (static_cast<float>(agent) != agents[i] || agent < 0 || agent >= num_agents) {
      throw Error(ErrorKind::kValue,
                  path + "[" + std::to_string(i) + "] = " + std::to_string(agents[i]) +
                      ": must be an agent, 0 .. " + std::to_string(num_agents - 1));
    }
    marks[static_cast<std::size_t>(agent)] = 1;
  }
  return marks;
}

std::vector<std::int32_t> groups_of(const std::vector<float>& groups, int num_agents,
                                    const std::string& path) {
  if (groups.size() != static_cast<std::size_t>(num_agents)) {
    throw Error(ErrorKind::kValue, path + ": has " + std::to_string(groups.size()) +
                                       " numbers: must be one per agent, " +
                                       std::to_string(num_agents));
  }
  std::vector<std::int32_t> numbers;
  for (const float group : groups) numbers.push_back(static_cast<std::int32_t>(group));
  return numbers;
}

std::string entry(const std::string& path, const char* list, std::size_t i) {
  return path + "." + list + "[" + std::to_string(i) + "]";
}

std::size_t index(int agent) noexcept {
  return static_cast<std::size_t>(agent);
}

/// Probability that a message gets past a jammer, to a receiver at this place.
float kept_by(const JammerRecord& jammer, Vec3 receiver_w_m) noexcept {
  const Vec3 center_w_m{jammer.center_w_m[0], jammer.center_w_m[1], jammer.center_w_m[2]};
  const Vec3 off = receiver_w_m - center_w_m;
  const float distance2_m2 = dot(off, off);
  if (!(distance2_m2 < jammer.radius_m * jammer.radius_m)) return 1;
  const float share =
      jammer.falling != 0 ? 1 - std::sqrt(distance2_m2) * (1 / jammer.radius_m) : 1.0F;
  return 1 - jammer.probability * share;
}

/// A list of them as a table has it.
struct JammerList {
  std::vector<Jammer> jammers;
  void describe(FieldVisitor& v) {
    v.tables("jammers", jammers, {.low = 0, .high = kMostJammers, .doc = "spheres of noise"});
  }
};

}  // namespace

JammerRecord record_of(const Jammer& jammer) noexcept {
  return {{jammer.center_w_m[0], jammer.center_w_m[1], jammer.center_w_m[2]},
          jammer.radius_m,
          jammer.probability,
          jammer.falling ? 1U : 0U};
}

Jammer jammer_of(const JammerRecord& record) {
  return {{record.center_w_m[0], record.center_w_m[1], record.center_w_m[2]},
          record.radius_m,
          record.probability,
          record.falling != 0};
}

void check_jammers(std::span<const Jammer> jammers, const std::string& path) {
  const Value written = to_value(JammerList{{jammers.begin(), jammers.end()}});
  JammerList list;
  load(list, written, path);
}

FaultModel::Window FaultModel::window_of(const TimeWindow& window, float step_s,
                                         const std::string& path) {
  if (!(window.from_s < window.to_s)) {
    throw Error(ErrorKind::kValue, path + ".to_s = " + std::to_string(window.to_s) +
                                       ": must be after from_s = " + std::to_string(window.from_s));
  }
  // to the nearest step
  const auto step_of = [step_s](float time_s) {
    const double steps = static_cast<double>(time_s) / static_cast<double>(step_s) + 0.5;
    return steps < 4e9 ? static_cast<std::uint32_t>(steps) : 0xffffffffU;
  };
  return {step_of(window.from_s), step_of(window.to_s)};
}

FaultModel::FaultModel(const FaultConfig& config, int num_agents, float step_s,
                       const std::string& path) {
  for (std::size_t i = 0; i < config.outages.size(); ++i) {
    const OutageConfig& outage = config.outages[i];
    const std::string at = entry(path, "outages", i);
    outages_.push_back({window_of(outage.window, step_s, at),
                        marks_of(outage.agents, num_agents, at + ".agents")});
  }
  for (std::size_t i = 0; i < config.jammers.size(); ++i) {
    const JammerConfig& jammer = config.jammers[i];
    jammers_.push_back(
        {window_of(jammer.window, step_s, entry(path, "jammers", i)), record_of(jammer)});
  }
  for (std::size_t i = 0; i < config.partitions.size(); ++i) {
    const PartitionConfig& partition = config.partitions[i];
    const std::string at = entry(path, "partitions", i);
    partitions_.push_back({window_of(partition.window, step_s, at),
                           groups_of(partition.groups, num_agents, at + ".groups")});
  }
  for (std::size_t i = 0; i < config.liars.size(); ++i) {
    const LiarConfig& liar = config.liars[i];
    const std::string at = entry(path, "liars", i);
    liars_.push_back(
        {{window_of(liar.window, step_s, at), marks_of(liar.agents, num_agents, at + ".agents")},
         liar.mode,
         liar.value});
  }
}

bool FaultModel::is_out(int agent, std::uint32_t step) const noexcept {
  for (const Group& outage : outages_) {
    if (outage.window.holds(step) && outage.of_agent[index(agent)] != 0) return true;
  }
  return false;
}

bool FaultModel::is_cut(int sender, int receiver, std::uint32_t step) const noexcept {
  for (const Group& partition : partitions_) {
    const auto& group = partition.of_agent;
    if (partition.window.holds(step) && group[index(sender)] != group[index(receiver)]) return true;
  }
  return false;
}

bool FaultModel::is_jammed(Vec3 receiver_w_m, std::uint32_t step, std::uint32_t draw,
                           std::span<const JammerRecord> put_down) const noexcept {
  float keep = 1;
  for (const TimedJammer& timed : jammers_) {
    if (timed.window.holds(step)) keep *= kept_by(timed.jammer, receiver_w_m);
  }
  for (const JammerRecord& jammer : put_down) keep *= kept_by(jammer, receiver_w_m);
  return unit_of(draw) >= keep;
}

void FaultModel::append_jammers(std::uint32_t step, std::vector<JammerRecord>& out) const {
  for (const TimedJammer& timed : jammers_) {
    if (timed.window.holds(step)) out.push_back(timed.jammer);
  }
}

const FaultModel::Liar* FaultModel::liar_of(int agent, std::uint32_t step) const noexcept {
  for (const Liar& liar : liars_) {
    if (liar.window.holds(step) && liar.of_agent[index(agent)] != 0) return &liar;
  }
  return nullptr;
}

bool FaultModel::is_liar(int agent, std::uint32_t step) const noexcept {
  return liar_of(agent, step) != nullptr;
}

namespace {

/// Number i of a liar's random message: four per block, counted down from the last receiver.
std::uint32_t lie_word(const RadioKey& key, int agent, std::size_t i,
                       std::array<std::uint32_t, 4>& words) noexcept {
  if (i % 4 == 0) {
    words = radio_words(key, DrawKind::kNoise, static_cast<std::uint32_t>(agent),
                        kNoReceiver - static_cast<std::uint32_t>(i / 4));
  }
  return words[i % 4];
}

}  // namespace

bool FaultModel::lie(const RadioKey& key, int agent, std::span<float> payload) const noexcept {
  const Liar* const liar = liar_of(agent, key.step);
  if (liar == nullptr) return false;
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < payload.size(); ++i) {
    if (liar->mode == LieMode::kRandom) {
      payload[i] = 2 * unit_of(lie_word(key, agent, i, words)) - 1;
    } else {
      payload[i] = liar->mode == LieMode::kInverted ? -payload[i] : liar->value;
    }
  }
  return true;
}

bool FaultModel::lie(const RadioKey& key, int agent,
                     std::span<std::uint8_t> payload) const noexcept {
  const Liar* const liar = liar_of(agent, key.step);
  if (liar == nullptr) return false;
  std::array<std::uint32_t, 4> words{};
  const auto constant = static_cast<std::uint8_t>((liar->value + 1) * 127.5F + 0.5F);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    if (liar->mode == LieMode::kRandom) {
      payload[i] = static_cast<std::uint8_t>(lie_word(key, agent, i, words) >> 24U);
    } else {
      payload[i] =
          liar->mode == LieMode::kInverted ? static_cast<std::uint8_t>(255 - payload[i]) : constant;
    }
  }
  return true;
}

}  // namespace volery::radio

namespace volery {

std::vector<Jammer> jammers_of(const Value& list, const std::string& path) {
  radio::JammerList jammers;
  load(jammers, Value::Table{{"jammers", list}}, path);
  return jammers.jammers;
}

}  // namespace volery
