// The config of a batch: TOML scene files, Python keyword arguments and this struct are one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "contact/contact.hpp"
#include "core/described.hpp"
#include "flight/flight.hpp"
#include "flight/wind.hpp"
#include "volery/host_task.hpp"
#include "volery/randomize.hpp"
#include "volery/task.hpp"
#include "volery/value.hpp"

namespace volery {

/// What happens to a world whose episode ended (Gymnasium's AutoresetMode).
enum class Autoreset : int {
  kNextStep,  // the next step resets it: action ignored, reward 0
  kSameStep,  // reset at once; the last observation goes to final_observation
  kDisabled,  // it must be reset by hand; stepping it is an error
};

/// What tells the controller its attitude and rates.
enum class EstimatorKind : int {
  kNone,           // the truth
  kComplementary,  // a complementary filter on an IMU and a heading
};

/// Who gets which reward.
enum class RewardShare : int { kAgent, kTeam };  // team: everyone the mean over the world's agents

struct BatchConfig {
  std::string task = "hover";
  int num_worlds = 1;                // W
  int num_agents = 0;                // A; 0: the task's default
  std::int64_t seed = 0;             // of the first reset without one
  int num_threads = 1;               // 0: one per core
  std::string action;                // action level; "": the task's default
  Value controller = "";             // law of the inner loops, or one per agent; "": lee
  std::vector<std::string> sensors;  // observation groups in order; empty: the task's default
  Value vehicle = "";                // name, path or table with `base`; "": the task's default
  std::vector<std::string> teams{};  // a name per agent, taken in turn; empty: one team
  Value scene = "";                  // name, path or table; "": the task's default
  contact::ContactMode contacts = contact::ContactMode::kCulled;
  Autoreset autoreset = Autoreset::kNextStep;
  RewardShare reward = RewardShare::kAgent;
  std::string on_crash;       // an OnCrash name; "": the task's default
  float episode_s = 0;        // time limit; 0: the task's default
  int physics_rate_hz = 0;    // 0: the task's default, as for the next two
  int control_rate_hz = 0;    // divides physics_rate_hz
  int agent_rate_hz = 0;      // divides control_rate_hz
  float max_speed_mps = 200;  // faster bodies are taken as diverged
  int max_contact_pairs = 0;  // per world; 0: derived from the number of bodies
  bool audit = false;         // check the near set in every substep (slow)
  int slab_agents = 0;        // agents per slab; 0: from the cache size and the threads
  flight::FlightConfig flight;
  flight::WindConfig wind;               // any part of it turns flight.wind on
  Value radio = "";                      // name, path or table; "": the task's default
  Value task_config = Value::Table{};    // the task's own fields
  Value sensor_config = Value::Table{};  // one table per sensor name
  EstimatorKind estimator = EstimatorKind::kNone;
  Value estimator_config = Value::Table{};  // its own fields
  Value controller_config =
      Value::Table{};  // one table per law; `vehicle`: whom gains are made for

  // when agents join their episode, s: one time for all, or one each; empty: all start with it
  std::vector<float> join_s{};

  std::vector<RangeConfig> randomize{};  // what differs from episode to episode
  int randomize_sets = 64;  // prepared sets of what objects are built from: wind, task, sensors

  // no field: `task` is this one, which the host scores (Batch::advance, Batch::finish)
  std::shared_ptr<const HostTask> host_task = nullptr;

  void describe(FieldVisitor& v);
  /// Fills in the rates that were not given.
  void resolve_rates(const TaskRates& defaults) noexcept;
  /// Physics substeps per agent step, of a config whose task asks for no rates of its own or whose
  /// rates are resolved.
  [[nodiscard]] int substeps() const noexcept;
};

/// A config from values (a dict or TOML table); unknown keys and bad values throw Error.
[[nodiscard]] BatchConfig batch_config(const Value& table);

/// From when a change of the config holds.
enum class When : int {
  kReset,  // the world's next reset
  kNow,    // the next step
};

}  // namespace volery
