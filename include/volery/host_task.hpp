// Tasks that the host program scores: a Python class over NumPy arrays, say.
//
//   BatchConfig config{.task = "my_hover"};
//   config.host_task = std::make_shared<const HostTask>(...);
//   Batch batch(config);
//   batch.advance(actions);          // physics; then the host reads columns() of the whole batch,
//   batch.finish(scores, outputs);   // scores it at once, and this ends, resets and observes
//
// The engine places agents as the built-in tasks do (`task_config.start`); a host that places them
// itself says so (`places`) and writes what it wants to differ when finish() and reset() call it.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/described.hpp"
#include "volery/task.hpp"
#include "volery/value.hpp"

namespace volery {

/// A reward term.
struct HostTerm {
  std::string name, doc;
  void describe(FieldVisitor& v);
};

/// A metric and what the episode makes of it.
struct HostMetric {
  std::string name, doc;
  Reduction reduction = Reduction::kMean;
  void describe(FieldVisitor& v);
};

/// Numbers that the task keeps per agent: in snapshots and hashes as all other state.
struct HostField {
  std::string name;
  int width = 1;
  std::string unit, frame, doc;
  float initial = 0;
  void describe(FieldVisitor& v);
};

/// What a host declares of its task. A field "goal_w_m" of width 3 is the goal.
struct HostTask {
  std::string name, doc;
  std::string scene = "hover";
  std::string vehicle = "cf2x";
  std::vector<HostTerm> terms;
  std::vector<HostMetric> metrics;
  std::vector<HostField> fields;
  std::vector<std::string> sensors;
  Value sensor_config = Value::Table{};
  std::string action = "rotor";
  std::string baseline = "random";
  OnCrash on_crash = OnCrash::kTerminateAgent;
  float episode_s = 10;
  int num_agents = 1;
  int max_agents = 1 << 20;
  std::string headline;  // name of a metric; "": the return
  bool lower_is_better = false;
  Value bound = Value::Table{};  // a number, where the best is known
  bool places = false;           // the host writes starts: PlaceAgents is called
  void describe(FieldVisitor& v);
};

/// A host task from values (a dict); unknown keys and bad values throw Error, and so do names that
/// stand there twice.
[[nodiscard]] HostTask host_task(const Value& table);

/// The task inside the engine: starts as `task_config.start` says; score() is never called.
[[nodiscard]] std::unique_ptr<Task> make_host_task(const HostTask& host,
                                                   const TaskContext& context);

/// Scores of one step of the whole batch, column by column. A null array counts as zeros.
struct HostScores {
  const float* terms = nullptr;      // [T][W][A]
  const float* metrics = nullptr;    // [M][W][A]
  const bool* terminated = nullptr;  // [W][A] the dynamics ended the agent's episode
  const bool* truncated = nullptr;   // [W][A] something else did
  const bool* crashed = nullptr;     // [W][A] on_crash shall apply
};

/// Told which worlds have just begun an episode and may be written by Batch::set_rows().
using PlaceAgents = std::function<void(std::span<const int> worlds)>;

}  // namespace volery
