#include "volery/config.hpp"

#include <thread>

#include "core/described.hpp"

namespace volery {

namespace {
// Rows are indexed with 32-bit integers; this bound leaves room for every product of them.
constexpr double kMaxRows = 1 << 26;
constexpr double kMaxThreads = 1024;
}  // namespace

void BatchConfig::describe(FieldVisitor& v) {
  v.field("task", task, {.doc = "what the agents shall do; `volery list` names the tasks"});
  v.field("num_worlds", num_worlds,
          {.low = 1, .high = kMaxRows, .doc = "worlds stepped together (W)"});
  v.field("num_agents", num_agents,
          {.low = 0, .high = kMaxRows, .doc = "agents per world (A); 0: the task's default"});
  v.field(
      "seed", seed,
      {.low = 0, .high = 0x1p62, .doc = "of the first reset without one; world i uses seed + i"});
  v.field("num_threads", num_threads,
          {.low = 0, .high = kMaxThreads, .doc = "workers, the caller included; 0: one per core"});
  v.field("action", action, {.doc = "action level; empty: the task's default"});
  v.tree("controller", controller,
         "control law of the inner loops, lee, pid, mellinger, lqr or indi, or an array with one "
         "for each agent of a world; empty: lee");
  v.field("sensors", sensors, {.doc = "observation groups, in order; empty: the task's default"});
  v.tree("vehicle", vehicle,
         "vehicle name, path of a TOML file, or a table that overrides its `base`; empty: the "
         "task's default");
  v.field("teams", teams,
          {.doc = "the team of each agent of a world by name, taken in turn; empty: one team"});
  v.tree("scene", scene, "scene name, path of a TOML file, or a table; empty: the task's default");
  v.choice("contacts", contacts, {"culled", "all", "off"},
           "which pairs the contact stage looks at; culled and all give the same bits");
  v.choice("autoreset", autoreset, {"next_step", "same_step", "disabled"},
           "what happens to a world whose episode ended");
  v.choice("reward", reward, {"agent", "team"},
           "own reward, or the mean over the world's agents for all");
  v.field("on_crash", on_crash,
          {.doc = "continue, freeze, terminate_agent, terminate_world or respawn; empty: the "
                  "task's default"});
  v.field("episode_s", episode_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "time limit; 0: the task's default"});
  v.field("join_s", join_s,
          {.unit = "s",
           .low = 0,
           .high = 1e6,
           .doc = "when agents join their episode, one time for all or one per agent, less than "
                  "the time limit; empty: everybody is there from the start"});
  v.field("physics_rate_hz", physics_rate_hz,
          {.unit = "Hz",
           .low = 0,
           .high = 10000,
           .doc = "substeps per second, at least 50; 0: the task's default, mostly 240"});
  v.field(
      "control_rate_hz", control_rate_hz,
      {.unit = "Hz",
       .low = 0,
       .high = 10000,
       .doc = "ticks of the inner loops; divides physics_rate_hz; 0: the task's default, mostly "
              "240"});
  v.field("agent_rate_hz", agent_rate_hz,
          {.unit = "Hz",
           .low = 0,
           .high = 10000,
           .doc = "steps per second; divides control_rate_hz; 0: the task's default, mostly 30"});
  v.field("max_speed_mps", max_speed_mps,
          {.unit = "m/s", .low = 1, .high = 1e4, .doc = "faster bodies count as diverged"});
  v.field("max_contact_pairs", max_contact_pairs,
          {.low = 0,
           .high = kMaxRows,
           .doc = "touching pairs per world; 0: derived from the number of bodies"});
  v.field("audit", audit, {.doc = "check in every substep that culling missed nothing (slow)"});
  v.field("slab_agents", slab_agents,
          {.low = 0,
           .high = kMaxRows,
           .doc = "agents per slab; 0: from the cache size and the threads"});
  v.table("flight", flight, "which effects of flight are on");
  v.table("wind", wind, "what the air does; anything but still air turns flight.wind on");
  v.tree("radio", radio,
         "radio name, path of a TOML file, or a table that overrides its `base`; empty: the "
         "task's default, \"off\": none");
  v.tree("task_config", task_config, "fields of the task; `volery describe <task>` lists them");
  v.tree("sensor_config", sensor_config, "one table per sensor");
  v.choice("estimator", estimator, {"none", "complementary"},
           "what the controller flies on: the true attitude and rates, or a complementary filter");
  v.tree("estimator_config", estimator_config,
         "fields of the estimator: its IMU, gains and heading");
  v.tree("controller_config", controller_config,
         "one table per control law; `vehicle`: name or table of the one that gains are made for");
  v.tables("randomize", randomize,
           {.low = 0, .high = 64, .doc = "numbers that differ from episode to episode"});
  v.field("randomize_sets", randomize_sets,
          {.low = 1,
           .high = 4096,
           .doc = "sets prepared of drawn fields of wind, task and sensors; an episode takes one"});
}

void BatchConfig::resolve_rates(const TaskRates& defaults) noexcept {
  if (physics_rate_hz == 0) physics_rate_hz = defaults.physics_hz;
  if (control_rate_hz == 0) control_rate_hz = defaults.control_hz;
  if (agent_rate_hz == 0) agent_rate_hz = defaults.agent_hz;
}

int BatchConfig::substeps() const noexcept {
  BatchConfig resolved = *this;
  resolved.resolve_rates({});
  return resolved.physics_rate_hz / resolved.agent_rate_hz;
}

BatchConfig batch_config(const Value& table) {
  BatchConfig config;
  load(config, table, "config");
  return config;
}

}  // namespace volery
