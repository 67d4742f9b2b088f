// Setup: everything about a batch that never changes after building, made once from the config.
// Shared by all workers, read only.
#pragma once

#include <memory>
#include <vector>

#include "batch/effects.hpp"
#include "batch/estimate.hpp"
#include "batch/fold.hpp"
#include "batch/join.hpp"
#include "batch/lanes.hpp"
#include "batch/randomize.hpp"
#include "contact/contact.hpp"
#include "flight/flight.hpp"
#include "flight/wind.hpp"
#include "model/fleet.hpp"
#include "model/teams.hpp"
#include "radio/radio.hpp"
#include "scene/scene.hpp"
#include "state/fields.hpp"
#include "swarm/downwash.hpp"
#include "swarm/neighbors.hpp"
#include "volery/config.hpp"
#include "volery/controller.hpp"
#include "volery/layout.hpp"
#include "volery/sensor.hpp"
#include "volery/task.hpp"

namespace volery::batch {

/// Rows that the batch itself keeps per agent, after those of flight, controller and task.
struct AgentRows {
  FieldRef action;       // U  clipped action of the present step
  FieldRef alive;        // 1  1 while the agent takes part in its episode
  FieldRef blind;        // 1  1 where the observation is zeros: dead since before this step
  FieldRef outcome;      // 1  an Outcome
  FieldRef steps;        // 1  agent steps that the sums below hold
  FieldRef return_sum;   // 1
  FieldRef term_sums;    // T
  FieldRef metric_sums;  // M  reduced as TaskSpec.reductions says
};

/// Where a prop starts each episode.
struct PropStart {
  Vec3 position_w_m;
  Quat quat_wb;
};

/// How an agent's episode ended. Stored as a float in AgentRows::outcome.
enum class Outcome : int { kNone = 0, kTerminated = 1, kTruncated = 2 };

/// What may differ between worlds and change between episodes: the task's own config, the time
/// limit, what a crash means, the wind, the ranges that numbers are drawn from. Variant 0 is the
/// batch's config; set_config() adds others, and so do prepared sets of drawn numbers.
struct Variant {
  Value changed;                // the five keys, resolved; equal variants have equal values
  std::shared_ptr<Task> task;   // variants of the same task config share it, and so the wind
  std::uint32_t max_steps = 0;  // of an episode
  OnCrash on_crash = OnCrash::kTerminateAgent;
  std::shared_ptr<const flight::Wind> wind;
  VariantDraws draws;
};

/// Sliders make one at every touch; few enough to be kept even where nobody uses them.
inline constexpr std::size_t kLeastVariants = 64;

struct Setup {
  explicit Setup(BatchConfig given);

  BatchConfig config;  // resolved: no default left open
  VehicleFleet fleet;
  Teams teams;
  Randomization randomization;
  const Vehicle& vehicle;       // that whose bounds hold for all: the widest of the fleet
  const TaskEntry* task_entry;  // null where the host scores
  Scene scene;

  FieldTable agent_fields;
  FieldTable prop_fields;
  AgentRows rows;
  flight::EffectRows effect_rows;
  EffectPlan effect_plan;
  JoinPlan joins;
  std::vector<RowRange> motion_rows;  // of an agent: what the substep loop reads and writes
  RewardRows reward_rows;
  ActionLimits action_limits;
  int fleet_row = -1;  // first FleetRow where the agents are of several types
  int param_row = -1;  // first of the flight parameters where agents have their own
  // one lane of a fresh block, a value per row; for agents one of each type
  std::vector<std::vector<float>> agent_initial;
  std::vector<float> prop_initial;

  std::vector<Variant> variants;         // without a task: a free place
  std::size_t drop_at = kLeastVariants;  // how many there may be before it pays to look for unused
  std::unique_ptr<radio::Radio> radio;   // null: there is none
  std::unique_ptr<Controller> controller;
  const EstimatedController* estimator = nullptr;  // the controller where it flies on estimates
  FieldTable fields_before_sensors;                // what sensors are declared after
  std::vector<std::unique_ptr<Sensor>> sensors;    // in the order of the observation
  std::vector<const Sensor*> advancing;            // those with memory
  // sensors whose errors are drawn: rows of each agent's own
  std::vector<std::pair<std::string, FieldRef>> sensor_error_rows;
  Layout layout;
  FoldPlan fold;

  int substeps = 1;  // per agent step
  float substep_s = 0;
  float step_s = 0;
  swarm::NeighborQuery neighbor_query;
  std::vector<PropStart> prop_starts;
  swarm::JetFleet jets;      // what the vehicle blows down
  float floor_height_m = 0;  // surface height where nothing is below

  std::unique_ptr<flight::FlightParams> flight_params;
  std::unique_ptr<flight::FreeBodyParams> prop_params;
  flight::ControlStage control;
  std::unique_ptr<contact::ContactModel> contact_model;

  /// The index of the variant with these changes to variant `from`, made where it does not exist
  /// yet. Not while a step runs. Throws Error.
  std::uint32_t variant_with(const Value& changes, std::uint32_t from);
  /// Forgets the variants whose `used` is 0, so that others may take their places. 0 stays, and so
  /// do the prepared worlds of those that stay.
  void drop_variants(std::vector<std::uint8_t> used);
  /// The index of the variant of a whole config that differs from the batch's in those keys alone.
  std::uint32_t add_variant(const BatchConfig& changed);
  /// A sensor as in the config but for some numbers; its rows are declared in a table that is
  /// thrown away.
  [[nodiscard]] std::unique_ptr<Sensor> scratch_sensor(const std::string& name,
                                                       std::span<const NumberEdit> edits);
  [[nodiscard]] const Variant& variant(const WorldHeader& header) const noexcept {
    return variants[header.variant];
  }
  [[nodiscard]] const TaskSpec& spec() const noexcept { return variants.front().task->spec(); }
  /// The task under a config of its own; declares its rows in `fields`.
  [[nodiscard]] std::unique_ptr<Task> make_task(const Value& task_config, FieldTable& fields) const;
  /// The same in a built batch: it may store and report nothing else. Throws Error.
  [[nodiscard]] std::unique_ptr<Task> make_fitting_task(const Value& task_config) const;
  /// The host writes starts before episodes begin.
  [[nodiscard]] bool host_places() const noexcept {
    return config.host_task != nullptr && config.host_task->places;
  }

  /// Rows of messages; none without a radio.
  [[nodiscard]] MessageRows messages() const noexcept {
    return radio == nullptr ? MessageRows{} : radio->rows();
  }
  /// One lane of a fresh block for that agent of a world.
  [[nodiscard]] const std::vector<float>& initial_of(int agent) const noexcept {
    return agent_initial[static_cast<std::size_t>(fleet.type_of(agent))];
  }
  [[nodiscard]] int num_worlds() const noexcept { return config.num_worlds; }
  [[nodiscard]] int num_agents() const noexcept { return config.num_agents; }
  [[nodiscard]] int num_props() const noexcept {
    return static_cast<int>(scene.config().props.size());
  }
  [[nodiscard]] int num_terms() const noexcept {
    return static_cast<int>(layout.reward_terms.size());
  }
  [[nodiscard]] int num_metrics() const noexcept { return static_cast<int>(layout.metrics.size()); }
  /// Rows of flags and terms that a task scores per agent.
  [[nodiscard]] int num_score_rows() const noexcept { return num_terms() + num_metrics() + 3; }
  [[nodiscard]] std::ptrdiff_t score_floats(int num_blocks) const noexcept {
    return static_cast<std::ptrdiff_t>(num_blocks) * num_score_rows() * kLanes;
  }
};

/// Fills in all of a variant but its task, wind and draws.
void resolve_variant(const BatchConfig& config, Variant& variant);
/// Makes the wind of a variant that has none. Throws Error where it is stronger than the batch was
/// built for.
void make_wind(const BatchConfig& config, float step_s, Variant& variant);

/// The names of OnCrash, in the order of its enumerators.
inline constexpr const char* kOnCrashNames[] = {"continue", "freeze", "terminate_agent",
                                                "terminate_world", "respawn"};

}  // namespace volery::batch
