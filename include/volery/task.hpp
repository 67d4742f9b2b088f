// Tasks: what the agents shall do, one file each in src/task/.
//
// A file src/task/<name>.cpp defines `extern const TaskEntry task_<name>`: its config, how a world
// starts, and how it is scored. Reset writes the world; score only writes reward terms, flags,
// metrics and the task's own fields.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/described.hpp"
#include "core/rng.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"
#include "state/message_rows.hpp"
#include "state/slab.hpp"
#include "volery/column.hpp"

namespace volery {

/// What becomes of an agent that crashes (hits something while `crash` of the task says so).
enum class OnCrash : int { kContinue, kFreeze, kTerminateAgent, kTerminateWorld, kRespawn };

/// What info["episode"] holds of a metric.
enum class Reduction : int {
  kMean,  // over the steps of the episode
  kSum,
  kMin,
  kMax,
  kLast,  // its value at the last step
};

/// What a task declares when it is built.
struct TaskSpec {
  std::vector<TermSpec> reward_terms;  // their sum is the reward
  std::vector<TermSpec> metrics;       // per agent and step
  std::vector<Reduction> reductions;   // of each metric over an episode; missing ones are means
  std::vector<std::string> sensors;    // default observation
  Value sensor_config;                 // defaults of the sensors' own tables, by sensor name
  std::string action = "rotor";        // default action level
  Value radio = "";                    // default radio; "": none
  std::string baseline;                // policy/ name
  OnCrash on_crash = OnCrash::kTerminateAgent;
  float episode_s = 10;  // truncation by time
  int num_agents = 1;    // default A
  int max_agents = 1 << 20;
  int num_world_fields = 0;          // floats per world
  bool scores_agents_alone = false;  // each agent by its own rows only: score_agents() is there
  FieldRef goal;                     // goal_w_m rows, row -1 where the task has none
  Headline headline;                 // the metric that counts, for tables of results
  // What an agent perceives of the task beside itself and others, shown by the sensor `task`. Rows
  // of the task's own, one per column, written by reset(), respawn() and score().
  std::vector<Column> columns;
  FieldRef column_rows;
};

struct TaskContext {
  const Vehicle& vehicle;  // in worlds of several types the widest: what keeps apart holds for all
  const Scene& scene;
  FieldTable& fields;   // declare rows here
  const Value& config;  // the task's own table
  int num_agents;       // 0: not given, use the task's default
  float step_s;         // agent step
  int fleet_row = -1;   // first of the rows of FleetRow; -1: all agents are `vehicle`
  // types that the agents of each world take in turn; null: all are `vehicle`
  const std::vector<Vehicle>* types = nullptr;
  std::string_view action_level = {};  // config.action; empty: the task's default
};

/// What score() writes, as lanes: the 16 agents of a block side by side, like state rows. Blocks
/// count from the slab's first one; flags are 0 or 1. What the
/// rows hold before the call means nothing.
struct ScoreRows {
  float* data = nullptr;  // [blocks][num_rows][16]
  int num_rows = 0;       // reward terms, metrics, then the three flags
  int num_terms = 0;
  int num_metrics = 0;
  int first_block = 0;  // that `data` begins with
  [[nodiscard]] float* row(int block, int r) const noexcept {
    return data + (static_cast<std::ptrdiff_t>(block - first_block) * num_rows + r) * kLanes;
  }
  /// The 16 lanes of reward term (metric) i, in the order of TaskSpec.
  [[nodiscard]] float* term(int block, int i) const noexcept { return row(block, i); }
  [[nodiscard]] float* metric(int block, int i) const noexcept { return row(block, num_terms + i); }
  /// The dynamics ended the agent's episode (the task's own success or failure).
  [[nodiscard]] float* terminated(int block) const noexcept { return row(block, num_rows - 3); }
  /// Something else did (out of bounds); the time limit is the batch's.
  [[nodiscard]] float* truncated(int block) const noexcept { return row(block, num_rows - 2); }
  /// on_crash shall apply.
  [[nodiscard]] float* crashed(int block) const noexcept { return row(block, num_rows - 1); }
};

/// Something of a task's own that a picture of the world should show.
struct Landmark {
  enum class Kind : int {
    kTarget,  // to be found or reached
    kItem,    // to be picked up or delivered
    kZone,    // a place on the ground, radius_m wide: nest, depot, base
    kGate,    // to be flown through along axis_w; radius_m is half of its opening
    kJammer,  // a sphere in which messages are lost, of the radio
  };
  enum class State : int { kOpen, kBusy, kDone };
  const char* name = "";  // static text: "target", "nest"
  Kind kind = Kind::kTarget;
  State state = State::kOpen;  // kBusy: seen but not reported, being carried, next in turn
  Vec3 position_w_m;
  Vec3 axis_w{0, 0, 1};
  float radius_m = 0.1F;
};

class Task {
 public:
  virtual ~Task() = default;
  [[nodiscard]] virtual const TaskSpec& spec() const noexcept = 0;
  /// Places the agents of one world: pose, velocity, goal, own fields. All rows hold their initial
  /// values before. False where it could not (the world is flagged kStatusSpawnFailed).
  virtual bool reset(const Slab& slab, int world) const noexcept = 0;
  /// Why reset() failed in that world, with the number of agents that fitted. Asked right after the
  /// failure, with the header as it was then, so it may place them again to count.
  [[nodiscard]] virtual std::string spawn_failure(const Slab& /*slab*/, int /*world*/) const {
    return "the task could not place every agent";
  }
  /// Places one agent again (on_crash = respawn).
  virtual bool respawn(const Slab& slab, int world, int agent) const noexcept = 0;
  /// Scores worlds [first_world, last_world) of the slab: writes every row for the lanes of their
  /// agents and no others, neither in the rows nor in the task's own fields, so that runs of worlds
  /// under different configs can be scored in turn. Scores each world once per step, since own
  /// fields (what was touched a step ago, say) move on. Dead agents may get any finite value: the
  /// batch ignores them.
  virtual void score(const Slab& slab, int first_world, int last_world,
                     const ScoreRows& out) const noexcept = 0;
  /// The same for agents [first_agent, last_agent) of the slab, of tasks that score each agent by
  /// its own rows (TaskSpec::scores_agents_alone): called for parts of a giant world, by several
  /// threads at once. first_agent is a multiple of 16.
  virtual void score_agents(const Slab& /*slab*/, int /*first_agent*/, int /*last_agent*/,
                            const ScoreRows& /*out*/) const noexcept {}
  /// Called once, after all rows are declared: where messages are, for tasks that score what is
  /// said. `messages.any()` is false where there is no radio; throws Error where the task needs
  /// one.
  virtual void connect(const MessageRows& /*messages*/) {}
  /// Before control: may overwrite the action rows, from `action_row` on, of agents that the task
  /// itself flies. They hold the clipped actions of the step. Most tasks need none.
  virtual void before_control(const Slab& /*slab*/, int /*first_world*/, int /*last_world*/,
                              int /*action_row*/) const noexcept {}
  /// Before the physics of a step: moving goals and the like. Most tasks need none.
  virtual void before_step(const Slab& /*slab*/, int /*first_world*/,
                           int /*last_world*/) const noexcept {}
  /// Appends what a picture of the world should show beside bodies and goals. Never called in a
  /// step.
  virtual void landmarks(const Slab& /*slab*/, int /*world*/,
                         std::vector<Landmark>& /*out*/) const {}
};

/// Rates where the config gives none. Each divides the one before.
struct TaskRates {
  int physics_hz = 240;
  int control_hz = 240;
  int agent_hz = 30;
};

struct TaskEntry {
  const char* name;
  const char* doc;
  const char*
      scene;  // default, by name; known before the task is made, since making it needs the scene
  std::unique_ptr<Task> (*make)(const TaskContext& context);
  std::vector<FieldRow> (*config_rows)();
  const char* vehicle = "cf2x";  // default, by name; known before the task is made, like the scene
  TaskRates rates{};             // likewise
};

[[nodiscard]] const std::vector<const TaskEntry*>& task_entries();

}  // namespace volery
