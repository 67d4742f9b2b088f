// Scripted baselines: observation rows to action rows with local information only, one file each in
// src/policy/. A file src/policy/<name>.cpp defines `extern const PolicyEntry policy_<name>`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/vehicle.hpp"
#include "volery/column.hpp"

namespace volery {

/// Where the columns of a group stand in an observation row.
struct ColumnRange {
  int first = -1;  // -1: the observation has no such group
  int count = 0;
};

/// Where the outbox stands in an action row.
struct OutboxColumns {
  ColumnRange data;  // the payload; first is -1 where there is no radio
  int send = -1;     // sent where > 0
  int to = -1;       // an Address; -1 where all messages are broadcast
  int channel = -1;  // -1 where there is one
  [[nodiscard]] bool any() const noexcept { return data.first >= 0; }
};

struct PolicyContext {
  const Vehicle& vehicle;
  const std::string& action_level;
  int num_actions;  // columns of the action level; those of the outbox come behind them
  float step_s;     // agent step
  ColumnRange (*find_group)(const void* layout, std::string_view group);
  const void* layout;
  OutboxColumns outbox{};  // to be written by policies with PolicyEntry::speaks
  int inbox_slots = 0;     // K of the group "inbox"
  [[nodiscard]] ColumnRange group(std::string_view name) const { return find_group(layout, name); }
};

/// A baseline bound to a layout. Keeps no state between calls: everything is in the observation.
class Policy {
 public:
  virtual ~Policy() = default;
  /// rows x O observations to rows x U actions. Thread-safe. `seed`, `step` key the draws of random
  /// policies.
  virtual void act(const float* observation, std::ptrdiff_t observation_stride, float* action,
                   std::ptrdiff_t action_stride, int num_rows, std::uint64_t seed,
                   std::uint32_t step) const noexcept = 0;
};

struct PolicyEntry {
  const char* name;
  const char* doc;
  /// Throws Error naming the sensor or action level that it needs and lacks.
  std::unique_ptr<Policy> (*make)(const PolicyContext& context);
  /// It writes the outbox where there is one; others are given silence by the batch.
  bool speaks = false;
};

[[nodiscard]] const std::vector<const PolicyEntry*>& policy_entries();

}  // namespace volery
