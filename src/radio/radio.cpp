#include "radio/radio.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "volery/radio.hpp"

namespace volery::radio {

namespace {

constexpr const char* kPath = "config.radio";
constexpr int kBitsPerByte = 8;
constexpr int kExactFloatBytes = 4;
constexpr int kMaxLearnedAgents = 1024;
// Rows of one agent's messages under way: a config beyond this would not fit any cache.
constexpr int kMaxFlightRows = 1 << 16;

bool has_length(PayloadKind kind) noexcept {
  return kind == PayloadKind::kBytes || kind == PayloadKind::kText;
}

// Bytes of a message of which nothing varies: all but the payload of bytes and text.
int fixed_bytes_of(const PayloadConfig& payload) {
  switch (payload.kind) {
    case PayloadKind::kFloats:
      if (payload.quantize_bits == 0) return payload.header_bytes + kExactFloatBytes * payload.size;
      return payload.header_bytes +
             (payload.quantize_bits * payload.size + kBitsPerByte - 1) / kBitsPerByte;
    case PayloadKind::kToken:
      return payload.header_bytes + 1;  // up to 256 of them
    case PayloadKind::kBytes:
    case PayloadKind::kText:
      break;
  }
  return payload.header_bytes;
}

int max_bytes_of(const PayloadConfig& payload) {
  return fixed_bytes_of(payload) + (has_length(payload.kind) ? payload.size : 0);
}

// A list with one entry per agent, or none.
void check_per_agent(const std::vector<float>& list, int num_agents, const char* name) {
  if (list.empty() || static_cast<int>(list.size()) == num_agents) return;
  throw Error(ErrorKind::kValue, std::string(kPath) + "." + name + ": has " +
                                     std::to_string(list.size()) +
                                     " entries; needs one for each "
                                     "of the " +
                                     std::to_string(num_agents) + " agents, or none");
}

void check_whole(const std::vector<float>& list, const char* name) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i] == std::floor(list[i])) continue;
    throw Error(ErrorKind::kValue, std::string(kPath) + "." + name + "[" + std::to_string(i) +
                                       "]: must be a whole number");
  }
}

}  // namespace

Radio::Radio(RadioConfig config, int num_agents, float step_s, const SceneConfig* scene)
    : config_(std::move(config)),
      num_agents_(num_agents),
      step_s_(step_s),
      max_bytes_(max_bytes_of(config_.payload)),
      range_(config_.range, num_agents, step_s, std::string(kPath) + ".range"),
      antenna_(config_.antenna),
      occlusion_(config_.occlusion, config_.range.kind == RangeKind::kPathLoss,
                 std::string(kPath) + ".occlusion", scene),
      contention_(config_.contention, num_agents, std::string(kPath) + ".contention"),
      loss_(config_.loss, max_bytes_, std::string(kPath) + ".loss"),
      bucket_(config_.bandwidth.bucket, max_bytes_, step_s, std::string(kPath) + ".bandwidth"),
      topology_(config_.topology, num_agents, std::string(kPath) + ".topology"),
      faults_(config_.faults, num_agents, step_s, std::string(kPath) + ".faults"),
      fixed_bytes_(fixed_bytes_of(config_.payload)) {
  check_per_agent(config_.address.group, num_agents, "address.group");
  check_per_agent(config_.address.listens, num_agents, "address.listens");
  check_whole(config_.address.group, "address.group");
  check_whole(config_.address.listens, "address.listens");
  for (const float group : config_.address.group)
    num_groups_ = std::max(num_groups_, static_cast<int>(group) + 1);
  for (const float channel : config_.address.listens) {
    if (channel < static_cast<float>(config_.address.channels)) continue;
    throw Error(ErrorKind::kValue,
                std::string(kPath) + ".address.listens: channel " +
                    std::to_string(static_cast<int>(channel)) +
                    " is not below channels = " + std::to_string(config_.address.channels));
  }
  if (config_.topology.kind == TopologyKind::kLearned && num_agents > kMaxLearnedAgents) {
    throw Error(ErrorKind::kValue, std::string(kPath) +
                                       ".topology.kind = \"learned\": takes at "
                                       "most " +
                                       std::to_string(kMaxLearnedAgents) + " agents, not " +
                                       std::to_string(num_agents));
  }
  if (relays() && config_.bandwidth.queue == 0) {
    throw Error(ErrorKind::kValue,
                std::string(kPath) + ".address.ttl = " + std::to_string(config_.address.ttl) +
                    ": needs bandwidth.queue of at least 1, where messages wait to be sent on");
  }
  const TimingConfig& timing = config_.timing;
  needs_draws_ = loss_.any() || timing.jitter_steps > 0 || faults_.has_jammers() ||
                 config_.topology.kind == TopologyKind::kLearned;
  if (timing.bit_rate_bps > 0) byte_s_ = kBitsPerByte / timing.bit_rate_bps;
  // a message may wait for almost a step until its sender is free
  const int on_air = byte_s_ > 0 ? 1 + whole_steps(airtime_s(max_bytes_)) : 0;
  num_delays_ = timing.latency_steps + timing.jitter_steps + on_air;
  if (config_.payload.quantize_bits > 0)
    levels_ = static_cast<float>((1 << (config_.payload.quantize_bits - 1)));
}

std::vector<Column> Radio::outbox_columns() const {
  const PayloadConfig& payload = config_.payload;
  std::vector<Column> columns;
  const auto add = [&columns](const std::string& name, float low, float high, const char* doc) {
    columns.push_back({"message_" + name, "", "", low, high, doc});
  };
  const bool bytes = has_length(payload.kind);
  for (int i = 0; i < payload.size; ++i) {
    add(std::to_string(i), bytes ? 0.0F : -1.0F, bytes ? 255.0F : 1.0F,
        bytes                                 ? "byte of the message"
        : payload.kind == PayloadKind::kToken ? "score of a token; the greatest is sent"
                                              : "number of the message");
  }
  if (bytes) add("length", 0, static_cast<float>(payload.size), "bytes that are sent");
  add("send", -1, 1, "the message is sent where this is above 0");
  if (config_.address.mode == Addressing::kAny) {
    add("to", static_cast<float>(kReply), static_cast<float>(num_agents_ + num_groups_ - 1),
        "-2: reply to the newest message, -1: everyone, 0 and on: that agent, then the groups");
  }
  if (config_.address.channels > 1)
    add("channel", 0, static_cast<float>(config_.address.channels - 1), "channel to send on");
  return columns;
}

std::vector<Column> Radio::slot_columns() const {
  const PayloadConfig& payload = config_.payload;
  const InboxConfig& inbox = config_.inbox;
  // as far as messages are heard; without a bound where there is none
  const float most_m = range_.max_range_m() + 3 * inbox.position_noise_m;
  const float most_s = static_cast<float>(num_delays_ + inbox.keep_steps) * step_s_;
  std::vector<Column> columns{{"valid", "", "", 0, 1, "1 where the slot holds a message, else 0"},
                              {"age", "s", "", 0, most_s, "time since it was handed over"}};
  if (config_.bandwidth.queue > 0) columns.back().high = std::numeric_limits<float>::infinity();
  if (inbox.range)
    columns.push_back({"range", "m", "", 0, most_m, "distance of the sender when it was sent"});
  if (inbox.bearing) {
    for (const char* axis : {"bearing_x", "bearing_y", "bearing_z"})
      columns.push_back({axis, "", "body", -1, 1, "direction of the sender when it was sent"});
  }
  if (inbox.velocity) {
    constexpr float kUnbounded = std::numeric_limits<float>::infinity();
    for (const char* axis : {"velocity_x", "velocity_y", "velocity_z"}) {
      columns.push_back({axis, "m/s", "body", -kUnbounded, kUnbounded,
                         "velocity of the sender relative to the receiver when it was sent"});
    }
  }
  if (!config_.address.anonymous) {
    columns.push_back(
        {"sender", "", "", 0, static_cast<float>(num_agents_ - 1), "index of the sender"});
  }
  const bool bytes = has_length(payload.kind);
  for (int i = 0; i < payload.size; ++i) {
    columns.push_back({std::to_string(i), "", "",
                       bytes || payload.kind == PayloadKind::kToken ? 0.0F : -1.0F,
                       bytes ? 255.0F : 1.0F, "payload"});
  }
  if (bytes)
    columns.push_back({"length", "", "", 0, static_cast<float>(payload.size), "bytes received"});
  return columns;
}

// The rows of the outbox, and the places in a slot of the inbox.
void Radio::lay_out_messages(int first_outbox_row) {
  const PayloadConfig& payload = config_.payload;
  const InboxConfig& inbox = config_.inbox;
  rows_.data = first_outbox_row;
  rows_.size = payload.size + (has_length(payload.kind) ? 1 : 0);
  if (has_length(payload.kind)) rows_.length = rows_.data + payload.size;
  int next = rows_.data + rows_.size;
  rows_.send = next++;
  if (config_.address.mode == Addressing::kAny) rows_.to = next++;
  if (config_.address.channels > 1) rows_.channel = next++;

  rows_.slots = inbox.slots;
  int offset = 2;
  if (inbox.range) rows_.distance = offset++;
  if (inbox.bearing) {
    rows_.bearing = offset;
    offset += 3;
  }
  if (inbox.velocity) {
    rows_.velocity = offset;
    offset += 3;
  }
  if (!config_.address.anonymous) rows_.sender = offset++;
  rows_.payload = offset;
  rows_.slot_size = offset + rows_.size;
}

void Radio::declare(FieldTable& fields, int first_outbox_row, int alive_row) {
  alive_row_ = alive_row;
  lay_out_messages(first_outbox_row);
  const InboxConfig& inbox = config_.inbox;
  const auto add = [&fields](const char* name, int width, const char* doc, float initial = 0) {
    return fields
        .add({.name = name,
              .width = width,
              .unit = "",
              .frame = "",
              .writer = "radio",
              .doc = doc,
              .initial = initial})
        .row;
  };
  rows_.inbox = add("inbox", rows_.slots * rows_.slot_size, "messages heard, slot by slot");
  rows_.from = add("inbox_from", rows_.slots, "1 + the sender of each slot, 0 where it is empty");
  rows_.sent = add("inbox_sent", rows_.slots, "the step in which it was handed over");
  rows_.counts = add("radio_counts", kNumCounts, "totals since the reset, see radio/counts.hpp");
  rows_.num_counts = kNumCounts;
  if (bucket_.any())
    hidden_.tokens = add("radio_tokens", 1, "bytes that may be sent now", bucket_.full());
  if (byte_s_ > 0) hidden_.busy = add("radio_busy_s", 1, "seconds until the sender is free");
  if (config_.bandwidth.queue > 0) {
    hidden_.queue = add("radio_queue", config_.bandwidth.queue * (kQueueHead + rows_.size),
                        "messages that wait to be sent, oldest first");
  }
  if (relays())
    hidden_.relayed = add("radio_relayed", 2 * kRelayMemory + 1, "messages heard lately");
  if (num_delays_ > 1 || inbox.keep_steps > 1) {
    const int width = num_delays_ * rows_.slots * (rows_.slot_size + kFlightHead);
    if (width > kMaxFlightRows) {
      throw Error(ErrorKind::kValue, std::string(kPath) + ".timing: delays of up to " +
                                         std::to_string(num_delays_) + " steps, " +
                                         std::to_string(rows_.slots) + " slots and " +
                                         std::to_string(rows_.slot_size) + " columns each make " +
                                         std::to_string(width) + " numbers per agent; at most " +
                                         std::to_string(kMaxFlightRows));
    }
    hidden_.in_flight = add("radio_in_flight", width, "messages that arrive later");
  }
  if (config_.topology.kind == TopologyKind::kLearned) {
    hidden_.allowed = add("radio_allowed", num_agents_,
                          "probability with which the agent may send to each other", 1);
  }
}

int Radio::bytes_of(float length) const noexcept {
  return has_length(config_.payload.kind) ? fixed_bytes_ + static_cast<int>(length + 0.5F)
                                          : fixed_bytes_;
}

float Radio::quantized(float x) const noexcept {
  if (levels_ == 0) return x;
  // the nearest of 2^bits levels that are evenly spread over [-1, 1)
  const float scaled = x * levels_;
  const float rounded =
      static_cast<float>(static_cast<int>(scaled < 0 ? scaled - 0.5F : scaled + 0.5F));
  return std::min(rounded, levels_ - 1) / levels_;
}

void Radio::lie(const RadioKey& key, int agent, float* payload) const noexcept {
  const int size = config_.payload.size;
  if (!has_length(config_.payload.kind)) {
    if (!faults_.lie(key, agent, {payload, static_cast<std::size_t>(size)})) return;
    if (config_.payload.kind != PayloadKind::kToken) return;
    const auto best = std::max_element(payload, payload + size) - payload;
    std::fill_n(payload, size, 0.0F);
    payload[best] = 1;
    return;
  }
  std::array<std::uint8_t, 256> bytes{};
  const auto length = static_cast<std::size_t>(payload[size]);
  for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(payload[i]);
  if (!faults_.lie(key, agent, std::span(bytes.data(), length))) return;
  for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<float>(bytes[i]);
}

int Radio::group_of(int agent) const noexcept {
  return config_.address.group.empty()
             ? 0
             : static_cast<int>(config_.address.group[static_cast<std::size_t>(agent)]);
}

int Radio::listens_to(int agent) const noexcept {
  return config_.address.listens.empty()
             ? -1
             : static_cast<int>(config_.address.listens[static_cast<std::size_t>(agent)]);
}

}  // namespace volery::radio

namespace volery {

const std::vector<std::string>& radio_count_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all(std::begin(radio::kFateNames), std::end(radio::kFateNames));
    all.insert(all.end(), std::begin(radio::kCountNames), std::end(radio::kCountNames));
    return all;
  }();
  return names;
}

std::vector<FieldRow> radio_fields() {
  radio::RadioConfig config;
  return field_rows(config);
}

}  // namespace volery
