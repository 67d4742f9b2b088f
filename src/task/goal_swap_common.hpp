// Goals of the goal_swap task: formations that appear, jump and change places, after QuadSwarm.
//
// Scenarios and their numbers follow the environment of Batra et al., "Decentralized control of
// quadrotor swarms with end-to-end deep reinforcement learning", CoRL 2021, and Huang et al.,
// "Collision avoidance and navigation for a quadrotor swarm using end-to-end deep reinforcement
// learning", ICRA 2024.
#pragma once

#include <vector>

#include "core/rng.hpp"
#include "task/start_common.hpp"
#include "task/task_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

enum class Scenario : int {
  kStaticSameGoal,
  kStaticDiffGoal,
  kDynamicSameGoal,
  kDynamicDiffGoal,
  kSwapGoals,
  kSwarmVsSwarm,
  kAntipodalCircle,
  kAntipodalSphere,
  kMix,  // one of the first six, drawn for each episode
};

struct GoalSwapConfig {
  Scenario scenario = Scenario::kSwapGoals;
  float spacing_low_m = 0;
  float spacing_high_m = 0;
  float jump_low_s = 4;
  float jump_high_s = 6;
  float last_jump_s = 12;
  float antipodal_radius_m = 2;
  float goal_clearance_m = 0.25F;
  StartConfig start{};
  float arrival_m = 0.5F;
  float grace_s = 1.5F;
  float distance_weight = 1;
  float effort_weight = 0.05F;
  float spin_weight = 0.1F;
  float floor_weight = 1;
  float upright_weight = 1;
  float collision_cost = 5;
  float proximity_weight = 10;
  float proximity_m = 0.2F;
  void describe(FieldVisitor& v);
};

/// Writes the goals of a world, from keyed draws of its episode.
class GoalScenarios {
 public:
  /// What the world's fields hold.
  enum WorldField : int {
    kNumJumps = 0,  // so far
    kNextJump = 1,  // the step before which the goals jump again
    kScenario = 2,  // of this episode
    kNumWorldFields = 3,
  };

  GoalScenarios(const GoalSwapConfig& config, const TaskContext& context, int num_agents);

  /// First goals of the episode; antipodal scenarios also place the agents.
  void begin(const Slab& slab, int world, int goal_row) const noexcept;
  /// Lets the goals jump where it is time for it.
  void advance(const Slab& slab, int world, int goal_row) const noexcept;

 private:
  struct Swarm {
    int formation;
    float spacing_m;
    Vec3 center_w_m;
  };
  void write_goals(const Slab& slab, int world, int goal_row, Scenario scenario,
                   int jump) const noexcept;
  void write_antipodes(const Slab& slab, int world, int goal_row, bool sphere) const noexcept;
  void write_two_swarms(const Slab& slab, int world, int goal_row, bool exchanged) const noexcept;
  void schedule(const Slab& slab, int world) const noexcept;
  [[nodiscard]] Swarm draw_swarm(Rng& rng, Scenario scenario) const noexcept;
  void clear(const Slab& slab, int world, int row, float apart_m) const noexcept;
  [[nodiscard]] bool is_clear(Vec3 point_w_m) const noexcept;

  GoalSwapConfig config_;
  const Scene* scene_;
  Bounds bounds_;            // of goals
  Vec3 low_w_m_, high_w_m_;  // of centers
  float step_s_;
  float apart_m_;              // of goals that had to make way for obstacles
  std::vector<Vec3> offsets_;  // of the search for a clear point, nearest first; none without need
};

/// Shapes that goals stand in.
enum class GoalFormation : int {
  kCircleXy,
  kCircleXz,
  kCircleYz,
  kSphere,
  kGridXy,
  kGridXz,
  kGridYz,
  kCube,
  kCount,
};
/// Place of goal `index` of `count`, from the middle of the formation. Neighbors stand spacing_m
/// apart, on the sphere about that.
[[nodiscard]] Vec3 goal_slot(GoalFormation formation, int index, int count,
                             float spacing_m) noexcept;

}  // namespace volery::task
