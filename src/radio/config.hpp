// The config of a radio: what a message is, and one table per stage of its way.
//
// Stages in the order in which a message meets them: the sender's queue and rate (bandwidth), who
// may talk to whom (topology, faults), range, occlusion, contention, loss, the delay (timing), the
// inbox. docs/radio.md tells what each does.
#pragma once

#include <string>
#include <vector>

#include "core/described.hpp"
#include "radio/antenna.hpp"
#include "radio/contention.hpp"
#include "radio/faults.hpp"
#include "radio/loss.hpp"
#include "radio/occlusion.hpp"
#include "radio/propagation.hpp"
#include "radio/token_bucket.hpp"
#include "radio/topology.hpp"
#include "volery/value.hpp"

namespace volery::radio {

enum class PayloadKind : int {
  kFloats,  // numbers in [-1, 1]
  kToken,   // one of `size` tokens: the action holds a score for each, the greatest is sent
  kBytes,   // up to `size` bytes
  kText,    // the same, as UTF-8
};

struct PayloadConfig {
  PayloadKind kind = PayloadKind::kFloats;
  int size = 8;
  int quantize_bits = 0;  // of a float; 0: exact
  int header_bytes = 0;   // that each message takes beside its payload
  void describe(FieldVisitor& v);
};

enum class Addressing : int { kBroadcast, kAny };

struct AddressConfig {
  Addressing mode = Addressing::kBroadcast;
  bool anonymous = true;     // receivers are not told who the sender is
  bool echo = false;         // a sender hears itself
  int ttl = 0;               // times that those who hear a message send it on
  std::vector<float> group;  // of each agent; empty: all are in group 0
  int channels = 1;
  std::vector<float> listens;  // channel that each agent listens to; empty: that of its outbox
  void describe(FieldVisitor& v);
};

struct TimingConfig {
  int latency_steps = 1;
  int jitter_steps = 0;    // added at random, from 0 to this
  float bit_rate_bps = 0;  // 0: a message takes no time on the air
  int expire_steps = 0;    // a message that would come later than this is dropped; 0: never
  void describe(FieldVisitor& v);
};

enum class DropPolicy : int { kNewest, kOldest };

struct BandwidthConfig {
  TokenBucketConfig bucket;  // its fields are the table's own
  int queue = 0;             // messages that wait at the sender
  DropPolicy drop = DropPolicy::kNewest;
  void describe(FieldVisitor& v);
};

enum class InboxOrder : int { kNewest, kNearest };

struct InboxConfig {
  int slots = 4;
  int keep_steps = 1;  // for how many steps a message stays
  InboxOrder order = InboxOrder::kNewest;
  bool range = true;
  bool bearing = true;
  bool velocity = false;
  float position_noise_m = 0;
  void describe(FieldVisitor& v);
};

struct EnergyConfig {
  float tx_j_per_byte = 0;
  float listen_w = 0;
  void describe(FieldVisitor& v);
};

struct RadioConfig {
  std::string name = "inline";
  std::string doc;
  PayloadConfig payload;
  AddressConfig address;
  TopologyConfig topology;
  RangeConfig range;
  AntennaConfig antenna;
  OcclusionConfig occlusion;
  ContentionConfig contention;
  LossConfig loss;
  TimingConfig timing;
  BandwidthConfig bandwidth;
  InboxConfig inbox;
  EnergyConfig energy;
  FaultConfig faults;
  bool trace = false;  // keep a record of each packet of the last step
  void describe(FieldVisitor& v);
};

/// A radio by name from the assets folder or by a path ending in .toml (a string), or a table of
/// RadioConfig's fields, whose `base` may name a radio that the other keys override. Throws Error
/// naming path, value and range, or the nearest name.
[[nodiscard]] RadioConfig load_radio(const Value& name_path_or_table);

}  // namespace volery::radio
