// What every swarm task logs beside its own metrics: nearness, collisions, way and energy.
//
//   metrics_(context, "task pursuit")          declares the rows that it remembers
//   metrics_.append_to(spec_);                 in the task's spec, after its own metrics
//   metrics_.score(slab, first, last, out);    first thing in score(): also fills the flags
//
// The rows of the last call can be read back from `out`, so that a reward term pays for them too.
#pragma once

#include <vector>

#include "task/task_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

class SwarmMetrics {
 public:
  /// Places of the common metrics, counted from first_metric().
  enum Metric : int {
    kClosest = 0,   // m, to the nearest other agent, between centers; least of the episode
    kCollisions,    // touches of other agents that began; sum. Per agent-minute: divide by time
    kObstacleHits,  // touches of statics and props that began; sum
    kPath,          // m, speed integrated at the agent rate; sum
    kEnergy,        // J, see below; sum
    kNumMetrics,
  };

  /// Energy is the work of the rotors' shafts against air drag, the integral of the sum of k w^3
  /// with k = thrust_coefficient * torque_to_thrust, over time. Agents without rotors count the
  /// kinetic energy that they gain whenever they speed up.
  SwarmMetrics(const TaskContext& context, const char* writer);

  /// Appends metrics and reductions to a spec that holds the task's own ones, with a reduction for
  /// each.
  void append_to(TaskSpec& spec);
  /// Place of kClosest among the spec's metrics.
  [[nodiscard]] int first_metric() const noexcept { return first_metric_; }
  /// The 16 lanes of a common metric.
  [[nodiscard]] float* row(const ScoreRows& out, int block, Metric metric) const noexcept {
    return out.metric(block, first_metric_ + metric);
  }

  /// Writes the common metrics and the flags of worlds [first_world, last_world): terminated 0,
  /// truncated out of the scene's bounds, crashed while anything is touched. O(A^2) in lanes up to
  /// kMaxPairAgents agents; of larger worlds the closest distance is not measured (kNoOtherM).
  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept;

  /// The agent was placed anew: it touches nothing and has not moved. Call after its velocity is
  /// written, at resets and respawns.
  void start(const Slab& slab, int body) const noexcept;

 private:
  // of each vehicle type, in the order of the agents
  struct TypePower {
    float per_speed3_w_s3;  // shaft power per cube of a rotor's speed; 0 without rotors
    float mass_kg;          // 0 with rotors
  };
  struct BlockScores;
  void score_touches(const Blocks& agents, int b, float* touching, BlockScores& out) const noexcept;
  void score_motion(const Slab& slab, int b, float* speed2, BlockScores& out) const noexcept;

  std::vector<TypePower> types_;
  int num_rotor_rows_;
  int fleet_row_;
  float step_s_;
  Bounds bounds_;
  FieldRef touching_, speed2_;
  int first_metric_ = 0;
};

}  // namespace volery::task
