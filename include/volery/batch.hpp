// Batch: W worlds of A agents stepped together. What an embedding program and the Python package
// use.
//
//   volery::Batch batch(volery::BatchConfig{.task = "hover", .num_worlds = 4096});
//   std::vector<float> observation(batch.layout().observation_count()); ...
//   batch.reset({.seed = 0}, outputs);
//   batch.step(actions, outputs);
//
// Memory of actions and outputs belongs to the caller; nothing is allocated per step. One call at a
// time: a second one while a step runs throws Error(kState). Results depend on (version, config,
// seed, actions) alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "volery/batch_report.hpp"
#include "volery/config.hpp"
#include "volery/error.hpp"
#include "volery/host_task.hpp"
#include "volery/layout.hpp"
#include "volery/radio.hpp"
#include "volery/value.hpp"

namespace volery {

class Journal;
struct Landmark;
struct SensorBeam;
class Policy;
struct SceneConfig;
class Teams;
class VehicleFleet;

/// Where a step or reset writes. Arrays are C-contiguous; a null optional one is not written.
struct StepOutputs {
  float* observation = nullptr;  // [W][A][O]
  float* reward = nullptr;       // [W][A]; null for a reset
  bool* terminated = nullptr;    // [W][A] in this step; null for a reset
  bool* truncated = nullptr;     // [W][A] in this step; null for a reset
  float* final_observation =
      nullptr;  // [W][A][O] optional, same_step: the last observation of worlds that
                // ended in this step; other rows are left unspecified
  float* reward_terms = nullptr;  // [W][A][T] optional
  bool* alive = nullptr;  // [W][A] optional: takes part in the next step; a reset writes it too
};

/// Which worlds to reset, and their seeds.
struct ResetRequest {
  std::optional<std::uint64_t> seed = std::nullopt;  // world i gets seed + i and episode 0
  std::span<const std::uint64_t> seeds = {};         // or one per world [W]
  std::span<const std::uint8_t> mask = {};           // [W] non-zero resets; empty: all
};

class Batch {
 public:
  /// Validates everything, loads the vehicle and scene, allocates all memory. Throws Error.
  explicit Batch(BatchConfig config);
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;

  /// The config with every default filled in.
  [[nodiscard]] const BatchConfig& config() const noexcept;
  [[nodiscard]] const Layout& layout() const noexcept;
  [[nodiscard]] int num_worlds() const noexcept;
  [[nodiscard]] int num_agents() const noexcept;
  [[nodiscard]] int num_props() const noexcept;
  [[nodiscard]] WorldFacts facts() const;
  [[nodiscard]] WorldClock clock(int world) const;
  /// What a picture should show beside bodies and goals: of tasks in C++, and jammers that are on.
  [[nodiscard]] std::vector<Landmark> landmarks(int world) const;
  /// The rays that an agent's range sensors cast now, without their errors.
  [[nodiscard]] std::vector<SensorBeam> beams(int world, int agent) const;
  /// What the worlds look like: static geometry and props, the vehicle and the team of each agent.
  [[nodiscard]] const SceneConfig& scene() const noexcept;
  [[nodiscard]] const VehicleFleet& fleet() const noexcept;
  [[nodiscard]] const Teams& teams() const noexcept;

  /// Starts new episodes in the masked worlds and writes the observations of all. With a seed:
  /// episode 0 of seed + i; without: the next episode of each masked world. `place`: see finish().
  void reset(const ResetRequest& request, const StepOutputs& out, const PlaceAgents& place = {});

  /// One agent step of all worlds. actions: [W][A][U], finite; values outside a column's range are
  /// clipped on read and counted. Throws Error before anything is written: kValue for non-finite
  /// actions, kState before the first reset, after an end in disabled mode, or while another step
  /// runs.
  void step(std::span<const float> actions, const StepOutputs& out);

  // A step of a task that the host scores (host_task.hpp) is advance(), the score, finish().

  /// Action and physics of a step. Throws as step() does.
  void advance(std::span<const float> actions);
  /// The rest of it: scores, ends, resets, observation. Where the host places agents, `place` is
  /// called with the worlds that begin an episode; what it throws is thrown on once the step is
  /// complete. Throws Error (kValue) for a score of a living agent that is not finite; the step is
  /// then still to be finished.
  void finish(const HostScores& scores, const StepOutputs& out, const PlaceAgents& place = {});
  /// Copies a field of all agents, [width][W][A]: the fast way to read one for a score.
  void columns(const std::string& field, std::span<float> out) const;
  /// Overwrites a field of the host task's own, [width][W][A], between advance() and finish().
  void set_columns(const std::string& field, std::span<const float> values);
  /// Inside PlaceAgents: a field of its n worlds, [n][A][width], and writing it: poses, velocities
  /// and the task's own fields.
  void rows(const std::string& field, std::span<float> out) const;
  void set_rows(const std::string& field, std::span<const float> values);
  /// Uniform numbers in [0, 1) keyed by seed, episode, agent and step: [n][A][k] inside
  /// PlaceAgents, [W][A][k] between advance() and finish(). `first`: numbers drawn already.
  void draw(int first, std::span<float> out) const;

  /// Observations of the present state, as the last step or reset wrote them.
  void observe(float* observation);

  /// Which columns of each agent's next action are looked at, [W][A][U]: those of its vehicle type,
  /// and those of the outbox where the radio would take a message; none of agents that are not
  /// alive.
  void action_mask(std::span<bool> out) const;

  [[nodiscard]] const WorldEvents& events() const noexcept;
  [[nodiscard]] BatchStats stats() const noexcept;
  /// What became of every transmission of the last step, by world, receiver and sender. Throws
  /// Error where nothing keeps them.
  [[nodiscard]] std::vector<Packet> packets() const;
  /// Keeps packets from the next step on, or no longer; changes no result. Throws without a radio.
  void trace_packets(bool on);
  [[nodiscard]] bool traces_packets() const noexcept;

  /// Times the stages of steps by this clock, which all workers read at once, from zero; null: no
  /// longer. Changes no result, and costs nothing while there is none.
  void time_stages(ReadClock now_s);
  /// In the order of the step. Throws Error (kState) where nothing times them.
  [[nodiscard]] std::vector<StageTime> timings() const;

  [[nodiscard]] std::vector<StateField> state_fields() const;
  /// Copies a field of all worlds, [W][A][width] (or [W][props][width]). Throws for an unknown
  /// name.
  void state(const std::string& field, std::span<float> out) const;
  /// The same of one world, [A][width] (or [props][width]).
  void state(int world, const std::string& field, std::span<float> out) const;
  /// Overwrites a field of one world, [A][width]. Positions drop their residual, quaternions are
  /// normalised, contacts of the world are forgotten. Throws for non-finite values.
  void set_state(int world, const std::string& field, std::span<const float> values);
  /// goals [W][A][3], world frame; worlds whose mask is 0 keep theirs. Throws where the task has no
  /// goals.
  void set_goal(std::span<const float> goals, std::span<const std::uint8_t> mask);
  /// Changes `task_config`, `episode_s`, `on_crash`, `wind`, `randomize` of the masked worlds from
  /// their next reset on; the middle three also at once. What earlier calls changed stays.
  void set_config(const Value& changes, std::span<const std::uint8_t> mask,
                  When when = When::kReset);
  /// Those five as they are in the world's present episode.
  [[nodiscard]] Value live_config(int world) const;
  /// Puts jammers down in a world, in place of those put down before, from the next step to its
  /// next reset. Throws Error for bad numbers, more than kMostJammers, or without a radio.
  void set_jammers(int world, std::span<const Jammer> jammers);
  [[nodiscard]] std::vector<Jammer> jammers(int world) const;

  /// 64-bit hash of the whole state; of one world (equal worlds of different batches hash equal).
  [[nodiscard]] std::uint64_t state_hash() const;
  [[nodiscard]] std::uint64_t state_hash(int world) const;

  /// What the state folds to: that of the last step where the journal wanted it, else made now.
  [[nodiscard]] StateFold fold() const;
  /// What its numbers of fields are of: names of state_fields(), "contacts", "world".
  [[nodiscard]] std::vector<std::string> fold_names() const;

  /// Everything that the named worlds (all when empty) need to continue exactly, in any batch of
  /// the same config, at any width and thread count.
  [[nodiscard]] std::vector<std::uint8_t> snapshot(std::span<const int> worlds) const;
  /// Puts the snapshot's worlds into the named ones, in order. All or nothing; throws Error for a
  /// damaged, foreign or newer snapshot.
  void restore(std::span<const std::uint8_t> snapshot, std::span<const int> worlds);
  /// Puts the only world of the snapshot into every world of this batch, as a planner wants it.
  void branch(std::span<const std::uint8_t> snapshot);

  struct Impl;

  /// Tells the journal of everything that comes in from outside from now on (volery/journal.hpp);
  /// null: nobody.
  void attach(std::shared_ptr<Journal> journal);

  /// A scripted policy bound to this batch's layout: "random", or the task's own with "".
  [[nodiscard]] std::unique_ptr<Policy> policy(const std::string& name) const;

 private:
  std::unique_ptr<Impl> impl_;
};

/// Names in the registries, sorted, for `list` and for messages.
[[nodiscard]] std::vector<std::string> task_names();
[[nodiscard]] std::vector<std::string> controller_names();
[[nodiscard]] std::vector<std::string> sensor_names();
[[nodiscard]] std::vector<std::string> policy_names();

}  // namespace volery
