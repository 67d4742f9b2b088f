#include "radio/config.hpp"

#include "core/assets.hpp"
#include "core/toml.hpp"

namespace volery::radio {

namespace {
// A day at 10,000 steps per second still counts exactly in a float.
constexpr double kMaxDelaySteps = 1000;
constexpr double kMaxAgents = 1 << 24;
}  // namespace

void PayloadConfig::describe(FieldVisitor& v) {
  v.choice("kind", kind, {"floats", "token", "bytes", "text"},
           "numbers in [-1, 1], one of `size` tokens, bytes, or UTF-8 text");
  v.field("size", size,
          {.low = 1, .high = 256, .doc = "numbers, tokens or most bytes of a message (M)"});
  v.field("quantize_bits", quantize_bits,
          {.low = 0, .high = 24, .doc = "bits per number of a payload of floats; 0: exact"});
  v.field("header_bytes", header_bytes,
          {.low = 0, .high = 1e6, .doc = "bytes of a message beside its payload"});
}

void AddressConfig::describe(FieldVisitor& v) {
  v.choice("mode", mode, {"broadcast", "any"},
           "whether the action has a column for whom a message is for");
  v.field("anonymous", anonymous, {.doc = "receivers are not told who the sender is"});
  v.field("echo", echo, {.doc = "senders hear themselves"});
  v.field("ttl", ttl,
          {.low = 0,
           .high = 255,
           .doc = "times that a message is sent on by those who hear it, from their queues; 0: "
                  "single hop"});
  v.field("group", group,
          {.low = 0,
           .high = kMaxAgents,
           .doc = "group of each agent of a world; empty: all in group 0"});
  v.field("channels", channels,
          {.low = 1,
           .high = 256,
           .doc = "channels that do not disturb each "
                  "other"});
  v.field("listens", listens,
          {.low = 0,
           .high = 255,
           .doc = "channel that each agent listens to; empty: the one that its action names"});
}

void TimingConfig::describe(FieldVisitor& v) {
  v.field("latency_steps", latency_steps,
          {.low = 1,
           .high = kMaxDelaySteps,
           .doc = "sent with action t, seen in observation t + latency_steps"});
  v.field("jitter_steps", jitter_steps,
          {.low = 0,
           .high = kMaxDelaySteps,
           .doc = "added to the latency, uniform from 0 to this, for each receiver"});
  v.field("bit_rate_bps", bit_rate_bps,
          {.unit = "bit/s",
           .low = 0,
           .high = 1e12,
           .doc = "a message occupies its sender for 8 bytes / bit_rate_bps; 0: for no time"});
  v.field("expire_steps", expire_steps,
          {.low = 0,
           .high = 2 * kMaxDelaySteps,
           .doc = "messages that are older when they arrive are dropped; 0: never"});
}

void BandwidthConfig::describe(FieldVisitor& v) {
  bucket.describe(v);
  v.field("queue", queue,
          {.low = 0, .high = 64, .doc = "messages that wait at a sender that cannot send"});
  v.choice("drop", drop, {"newest", "oldest"}, "which message a full queue drops");
}

void InboxConfig::describe(FieldVisitor& v) {
  v.field("slots", slots, {.low = 1, .high = 64, .doc = "messages that an agent holds (K)"});
  v.field(
      "keep_steps", keep_steps,
      {.low = 1,
       .high = kMaxDelaySteps,
       .doc = "observations in which a message is seen; a newer one of its sender replaces it"});
  v.choice("order", order, {"newest", "nearest"}, "which messages come first, and stay");
  v.field("range", range, {.doc = "the receiver measures the distance of the sender"});
  v.field("bearing", bearing, {.doc = "the receiver measures the direction of the sender"});
  v.field("velocity", velocity,
          {.doc = "the receiver measures the velocity of the sender relative to its own"});
  v.field("position_noise_m", position_noise_m,
          {.unit = "m",
           .low = 0,
           .high = 1e3,
           .doc = "error of both: a vector of random direction and normal length of this deviation "
                  "is added to the sender's relative position"});
}

void EnergyConfig::describe(FieldVisitor& v) {
  v.field("tx_j_per_byte", tx_j_per_byte,
          {.unit = "J/B", .low = 0, .high = 1e3, .doc = "what sending costs"});
  v.field("listen_w", listen_w,
          {.unit = "W", .low = 0, .high = 1e3, .doc = "what listening costs"});
}

void RadioConfig::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "for messages and docs"});
  v.field("doc", doc, {.doc = "one sentence"});
  v.table("payload", payload, "what a message holds");
  v.table("address", address, "whom it is for");
  v.table("topology", topology, "who may talk to whom");
  v.table("range", range, "how far it is heard");
  v.table("antenna", antenna, "in which directions it is heard");
  v.table("occlusion", occlusion, "what stands in its way");
  v.table("contention", contention, "what several at once do to each other");
  v.table("loss", loss, "what is lost by chance");
  v.table("timing", timing, "how long it takes");
  v.table("bandwidth", bandwidth, "how much a sender may send");
  v.table("inbox", inbox, "what the receiver holds and measures");
  v.table("energy", energy, "what sending and listening cost");
  v.table("faults", faults, "outages, jammers, partitions and liars");
  v.field("trace", trace, {.doc = "keep a record of each packet of the last step (slow)"});
}

RadioConfig load_radio(const Value& name_path_or_table) {
  RadioConfig config;
  if (name_path_or_table.is<std::string>()) {
    const auto file = asset_file("radios", name_path_or_table.as<std::string>());
    config.name = file.stem().string();
    load(config, read_toml(file), "radio");
    return config;
  }
  if (!name_path_or_table.is_table()) {
    throw Error(ErrorKind::kType, std::string("config.radio: must be a name, a path or a table, "
                                              "not ") +
                                      name_path_or_table.type_name());
  }
  Value given = name_path_or_table;
  Value::Table& table = given.table();
  if (const auto base = table.find("base"); base != table.end()) {
    if (!base->second.is<std::string>()) {
      throw Error(ErrorKind::kType, std::string("config.radio.base: must be a string, not ") +
                                        base->second.type_name());
    }
    config = load_radio(base->second);
    table.erase(base);
  }
  load(config, given, "config.radio");
  return config;
}

}  // namespace volery::radio
