// A task with a slab of its own: no physics, the tests move the agents by hand.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/vehicle.hpp"
#include "scene/scene.hpp"
#include "state/slab.hpp"
#include "volery/task.hpp"

namespace volery::test {

struct RigOptions {
  int num_worlds = 1;
  int num_agents = 0;  // 0: the task's default
  Value config = Value::Table{};
  Value scene = "";  // "": the task's default
  float step_s = 1.0F / 30;
};

inline const TaskEntry& task_entry(const std::string& name) {
  for (const TaskEntry* entry : task_entries()) {
    if (entry->name == name) return *entry;
  }
  throw std::runtime_error("no task " + name);
}

class TaskRig {
 public:
  explicit TaskRig(const std::string& name, const RigOptions& options = {})
      : vehicle(load_vehicle("cf2x")),
        scene(load_scene(options.scene == Value("") ? Value(task_entry(name).scene)
                                                    : options.scene)) {
    declare_rigid_fields(fields);
    declare_flight_fields(fields, vehicle.num_rotors);
    task = task_entry(name).make({.vehicle = vehicle,
                                  .scene = scene,
                                  .fields = fields,
                                  .config = options.config,
                                  .num_agents = options.num_agents,
                                  .step_s = options.step_s});
    slab.num_worlds = options.num_worlds;
    slab.num_agents = task->spec().num_agents;
    slab.agents.num_bodies = slab.num_worlds * slab.num_agents;
    slab.agents.num_blocks = blocks_for(slab.agents.num_bodies);
    slab.agents.num_rows = fields.num_rows();
    slab.num_world_fields = task->spec().num_world_fields;
    blocks_.resize(static_cast<std::size_t>(slab.agents.num_blocks) *
                   static_cast<std::size_t>(slab.agents.num_rows));
    world_fields_.resize(static_cast<std::size_t>(slab.num_worlds * slab.num_world_fields) + 1);
    headers_.resize(static_cast<std::size_t>(slab.num_worlds));
    slab.agents.data = blocks_.front().lane;
    slab.world_fields = world_fields_.data();
    slab.worlds = headers_.data();

    const TaskSpec& spec = task->spec();
    rows.num_terms = static_cast<int>(spec.reward_terms.size());
    rows.num_metrics = static_cast<int>(spec.metrics.size());
    rows.num_rows = rows.num_terms + rows.num_metrics + 3;
    score_.resize(static_cast<std::size_t>(slab.agents.num_blocks * rows.num_rows));
    rows.data = score_.front().lane;
  }

  /// Starts episode `episode` of all worlds; world w has the seed `seed` + w.
  void reset(std::uint64_t seed, std::uint32_t episode = 0) {
    std::fill(blocks_.begin(), blocks_.end(), Row{});
    for (std::size_t i = 0; i < fields.fields().size(); ++i) {
      const FieldSpec& field = fields.fields()[i];
      for (int body = 0; body < slab.agents.num_bodies; ++body) {
        for (int c = 0; c < field.width; ++c) {
          slab.agents.at(body, fields.row_of(static_cast<int>(i)) + c) = field.initial;
        }
      }
    }
    for (int w = 0; w < slab.num_worlds; ++w) {
      headers_[static_cast<std::size_t>(w)] = {.seed = seed + static_cast<std::uint64_t>(w),
                                               .episode = episode,
                                               .phase = WorldPhase::kRunning};
      if (!task->reset(slab, w)) throw std::runtime_error("reset failed");
    }
  }
  void score() { score(0, slab.num_worlds); }
  void score(int first_world, int last_world) {
    std::fill(score_.begin(), score_.end(), Row{});
    task->score(slab, first_world, last_world, rows);
  }

  [[nodiscard]] float term(int body, const std::string& name) const {
    return rows.term(body / kLanes, index_of(task->spec().reward_terms, name))[body % kLanes];
  }
  [[nodiscard]] float metric(int body, const std::string& name) const {
    return rows.metric(body / kLanes, index_of(task->spec().metrics, name))[body % kLanes];
  }
  [[nodiscard]] bool crashed(int body) const {
    return rows.crashed(body / kLanes)[body % kLanes] != 0;
  }
  [[nodiscard]] bool truncated(int body) const {
    return rows.truncated(body / kLanes)[body % kLanes] != 0;
  }
  [[nodiscard]] bool terminated(int body) const {
    return rows.terminated(body / kLanes)[body % kLanes] != 0;
  }
  [[nodiscard]] Vec3 position(int body) const { return slab.agents.vec3(body, kPosition); }
  [[nodiscard]] Vec3 goal(int body) const { return slab.agents.vec3(body, task->spec().goal.row); }
  [[nodiscard]] float row(int body, const std::string& field) const {
    return slab.agents.at(body, fields.find(field).row);
  }
  /// All rows of one agent, to compare states.
  [[nodiscard]] std::vector<float> state_of(int body) const {
    std::vector<float> values;
    for (int r = 0; r < fields.num_rows(); ++r) values.push_back(slab.agents.at(body, r));
    return values;
  }

  Vehicle vehicle;
  Scene scene;
  FieldTable fields;
  std::unique_ptr<Task> task;
  Slab slab;
  ScoreRows rows;

 private:
  struct Row {
    alignas(64) float lane[kLanes] = {};
  };
  static int index_of(const std::vector<TermSpec>& terms, const std::string& name) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (terms[i].name == name) return static_cast<int>(i);
    }
    throw std::runtime_error("no term or metric " + name);
  }
  std::vector<Row> blocks_, score_;
  std::vector<float> world_fields_;
  std::vector<WorldHeader> headers_;
};

/// The message of the Error that building the task throws; "" where it throws none.
inline std::string build_error(const std::string& name, const RigOptions& options) {
  try {
    const TaskRig rig(name, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace volery::test
