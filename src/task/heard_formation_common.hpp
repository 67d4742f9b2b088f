// The form of `formation` in which the shape counts, not its place: agents hear each other's state
// by radio and see nobody. Slots stand about the agents' own middle, wherever that is.
//
// With p an agent's position and d its slot from the formation's middle, x = p - d is where the
// agent would have that middle. The formation is there when all x agree, so flying in formation is
// consensus on x (R. Olfati-Saber, R. Murray, IEEE TAC 49(9), 2004), which no place enters.
#pragma once

#include "task/formation_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

class HeardFormation {
 public:
  /// As many as can hear all others at once.
  static constexpr int kMaxAgents = 64;
  /// What the world's fields hold behind those of the path.
  enum WorldField : int {
    kUnformedTime = FormationPath::kNumWorldFields,  // s, of the last step that was not formed
    kNumWorldFields,
  };
  /// Own metrics, counted from the first one.
  enum Metric : int { kLaplacian, kSimilarity, kRms, kFormedTime, kNumMetrics };

  /// Declares the rows that the sensor `task` shows. `goal_row`, `slot_row`: the task's own rows.
  HeardFormation(const TaskContext& context, const FormationConfig& config, int goal_row,
                 int slot_row);

  /// Adds metrics, columns, radio and sensors to a spec that holds the task's metrics, with a
  /// reduction for each.
  void append_to(TaskSpec& spec);

  /// Gives the agents of a world their slots. The goal rows hold the slots in their own order, from
  /// the formation's middle; afterwards each agent's own in the world.
  void start(const Slab& slab, int world) const noexcept;
  /// Moves each agent's goal to where its slot is now.
  void move_goals(const Slab& slab, int world) const noexcept;
  /// Writes the own metrics; true where the world is formed. The goals are those of the step.
  bool score(const Slab& slab, int world, const ScoreRows& out) const noexcept;

 private:
  [[nodiscard]] Vec3 offset(const Slab& slab, int body) const noexcept {
    return slab.agents.vec3(body, columns_.row);
  }

  FieldRef columns_;
  int goal_row_, slot_row_;
  float formed_m_, step_s_;
  int first_metric_ = 0;
};

/// |L' - L'_d|_F^2, where L' = I - D^(-1/2) W D^(-1/2) is the normalized Laplacian of the complete
/// graph whose edges weigh the squared distance of their ends, of the points and of the shape. It
/// is 0 for the shape at any place, turn and size (L. Quan et al., "Distributed swarm trajectory
/// optimization for formation flight in dense environments", ICRA 2022). num <= kMaxAgents.
[[nodiscard]] float laplacian_similarity_error(const Vec3* points_m, const Vec3* shape_m,
                                               int num) noexcept;

}  // namespace volery::task
