// The radio of a batch: what never changes after building. Messages are columns of the action, the
// inbox and everything that is under way are state rows, so snapshots, hashes and recordings hold
// them without knowing of them.
#pragma once

#include <string>
#include <vector>

#include "radio/config.hpp"
#include "radio/counts.hpp"
#include "scene/scene.hpp"
#include "state/fields.hpp"
#include "state/message_rows.hpp"
#include "volery/column.hpp"

namespace volery::radio {

/// Rows that only the radio itself reads.
struct HiddenRows {
  int tokens = -1;     // bytes that the sender may send now
  int busy = -1;       // seconds from the start of the step until the sender is free
  int queue = -1;      // [queue][size + kQueueHead] messages that wait, oldest first
  int in_flight = -1;  // [delays][slots][slot_size + kFlightHead] what arrives later
  int relayed = -1;  // [kRelayMemory][2] 1 + origin and step of messages heard, and the next place
  int allowed = -1;  // [agents] of a learned topology: with which probability i may send to j
};
/// Most slots of an inbox.
inline constexpr int kMostSlots = 64;
/// Rows of a queued message before its payload: 1 + the step in which it was handed over (0 where
/// the place is empty), whom it is for, its channel, its bytes, whose it is, how often others may
/// send it on.
inline constexpr int kQueueHead = 6;
/// Messages that an agent remembers to have heard, where messages are relayed.
inline constexpr int kRelayMemory = 32;
/// Rows of a message under way behind those of its slot: 1 + its sender, the step it was sent in.
inline constexpr int kFlightHead = 2;

class Radio {
 public:
  /// Throws Error for a config that does not fit the agents or itself. `scene`: that of all worlds.
  Radio(RadioConfig config, int num_agents, float step_s, const SceneConfig* scene);

  [[nodiscard]] const RadioConfig& config() const noexcept { return config_; }
  /// What the action holds behind the columns of its level.
  [[nodiscard]] std::vector<Column> outbox_columns() const;
  /// What an inbox slot holds.
  [[nodiscard]] std::vector<Column> slot_columns() const;
  /// Declares all rows but those of the outbox, which begin at `first_outbox_row`.
  void declare(FieldTable& fields, int first_outbox_row, int alive_row);

  [[nodiscard]] const MessageRows& rows() const noexcept { return rows_; }
  [[nodiscard]] const HiddenRows& hidden() const noexcept { return hidden_; }
  [[nodiscard]] int alive_row() const noexcept { return alive_row_; }
  [[nodiscard]] int num_agents() const noexcept { return num_agents_; }
  [[nodiscard]] float step_s() const noexcept { return step_s_; }
  [[nodiscard]] int whole_steps(float time_s) const noexcept {
    return static_cast<int>(time_s / step_s_);
  }
  /// The longest time from sending to the observation that shows it, in steps.
  [[nodiscard]] int num_delays() const noexcept { return num_delays_; }
  /// All messages arrive in the next observation and leave with it: the inbox is written directly.
  [[nodiscard]] bool arrives_at_once() const noexcept { return hidden_.in_flight < 0; }
  /// Whether those who hear a message send it on.
  [[nodiscard]] bool relays() const noexcept { return config_.address.ttl > 0; }
  /// Bytes of a message with that payload (`length` of the variable kinds).
  [[nodiscard]] int bytes_of(float length) const noexcept;
  /// Whether anything is drawn for each link.
  [[nodiscard]] bool needs_draws() const noexcept { return needs_draws_; }
  /// Seconds that it takes on the air.
  [[nodiscard]] float airtime_s(int num_bytes) const noexcept {
    return static_cast<float>(num_bytes) * byte_s_;
  }
  /// A number of a payload as it goes on the air.
  [[nodiscard]] float quantized(float x) const noexcept;
  /// Its levels between 0 and 1; 0: numbers are exact.
  [[nodiscard]] float levels() const noexcept { return levels_; }
  /// Replaces the payload of a liar.
  void lie(const RadioKey& key, int agent, float* payload) const noexcept;
  [[nodiscard]] int group_of(int agent) const noexcept;
  /// The channel that an agent listens to, whatever it sends on; -1: that of its outbox.
  [[nodiscard]] int listens_to(int agent) const noexcept;
  [[nodiscard]] int num_groups() const noexcept { return num_groups_; }

  // the models of the stages
  [[nodiscard]] const RangeModel& range() const noexcept { return range_; }
  [[nodiscard]] const AntennaModel& antenna() const noexcept { return antenna_; }
  [[nodiscard]] const OcclusionModel& occlusion() const noexcept { return occlusion_; }
  [[nodiscard]] const ContentionModel& contention() const noexcept { return contention_; }
  [[nodiscard]] const TokenBucket& bucket() const noexcept { return bucket_; }
  [[nodiscard]] const LossModel& loss() const noexcept { return loss_; }
  [[nodiscard]] const TopologyModel& topology() const noexcept { return topology_; }
  [[nodiscard]] const FaultModel& faults() const noexcept { return faults_; }

 private:
  void lay_out_messages(int first_outbox_row);

  RadioConfig config_;
  int num_agents_;
  float step_s_;
  int max_bytes_;  // of a message
  RangeModel range_;
  AntennaModel antenna_;
  OcclusionModel occlusion_;
  ContentionModel contention_;
  LossModel loss_;
  TokenBucket bucket_;
  TopologyModel topology_;
  FaultModel faults_;
  bool needs_draws_ = false;
  int num_groups_ = 1;
  int num_delays_ = 1;
  int fixed_bytes_ = 0;  // of a message without what varies
  float byte_s_ = 0;     // that a byte takes on the air
  float levels_ = 0;     // that a quantized number has between 0 and 1
  int alive_row_ = -1;
  MessageRows rows_;
  HiddenRows hidden_;
};

}  // namespace volery::radio
