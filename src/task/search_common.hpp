// Targets of search_relay, and what agents remember of them.
#pragma once

#include "core/rng.hpp"
#include "scene/scene.hpp"
#include "state/message_rows.hpp"
#include "state/task_columns.hpp"
#include "task/area_common.hpp"

namespace volery::task {

/// What the world's fields hold of a target.
enum TargetField : int {
  kTargetX = 0,  // m
  kTargetY,
  kTargetZ,
  kTargetCode,  // in [-1, 1], not within 0.05 of 0
  kTargetSeen,  // 1 once an agent has seen it
  kTargetHome,  // 1 once the base has heard of it
  kNumTargetFields,
};

/// Two records closer than this in each number are the same: coarser than the quantization of any
/// useful radio, fine enough that nobody guesses one.
inline constexpr float kSameRecord = 0.004F;

/// A target's record.
struct Record {
  float value[kRecordSize] = {};
  [[nodiscard]] bool is_empty() const noexcept { return value[kRecordCode] == 0; }
  [[nodiscard]] bool same_as(const Record& other) const noexcept;
};
[[nodiscard]] Record record_of(const float* target, const Area& area) noexcept;

/// Draws a target for the world's fields: a free point of the area at the height given.
void draw_target(const Area& area, const Scene& scene, float height_m, float clearance_m, Rng& rng,
                 float* target) noexcept;

/// The records in an agent's inbox: a payload holds as many as fit. Calls job(record).
template <class Job>
void for_each_heard(const Blocks& agents, int body, const MessageRows& messages,
                    Job&& job) noexcept {
  const int numbers = messages.size - (messages.length >= 0 ? 1 : 0);
  for (int slot = 0; slot < messages.slots; ++slot) {
    const int first = messages.inbox + slot * messages.slot_size;
    if (agents.at(body, first + messages.valid) == 0) continue;
    for (int i = 0; i + kRecordSize <= numbers; i += kRecordSize) {
      Record record;
      for (int c = 0; c < kRecordSize; ++c)
        record.value[c] = agents.at(body, first + messages.payload + i + c);
      if (!record.is_empty()) job(record);
    }
  }
}

/// An agent's memory of records: kMostRecords of kSearchRecordSize rows from `row` on.
class RecordMemory {
 public:
  RecordMemory(const Blocks& agents, int body, int row) noexcept
      : agents_(agents), body_(body), row_(row) {}
  /// Keeps a record that is not there yet; where there is no room it is let go.
  void keep(const Record& record) const noexcept;
  /// Counts a sending of that record, if it is kept.
  void count_sent(const Record& record) const noexcept;
  [[nodiscard]] Record at(int index) const noexcept;

 private:
  [[nodiscard]] int find(const Record& record) const noexcept;
  [[nodiscard]] float& cell(int index, int field) const noexcept {
    return agents_.at(body_, row_ + index * kSearchRecordSize + field);
  }
  const Blocks& agents_;
  int body_, row_;
};

}  // namespace volery::task
