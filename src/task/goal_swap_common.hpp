// Goals of the goal_swap task: formations that appear, jump and change places, after QuadSwarm.
//
// Scenarios and their numbers follow the environment of Batra et al., "Decentralized control of
// quadrotor swarms with end-to-end deep reinforcement learning", CoRL 2021, and Huang et al.,
// "Collision avoidance and navigation for a quadrotor swarm using end-to-end deep reinforcement
// learning", ICRA 2024.
#pragma once

#include <vector>

#include "core/rng.hpp"
#include "task/goal_swap_pillars_common.hpp"
#include "task/start_common.hpp"
#include "task/task_common.hpp"
#include "volery/task.hpp"

namespace volery::task {

// Draws of a whole world: a key that no agent has.
inline constexpr std::uint32_t kWorldKey = 0xFFFFFFFEU;

enum class Scenario : int {
  kStaticSameGoal,
  kStaticDiffGoal,
  kDynamicSameGoal,
  kDynamicDiffGoal,
  kSwapGoals,
  kSwarmVsSwarm,
  kAntipodalCircle,
  kAntipodalSphere,
  kRunAway,            // each second the first two goals take the place of others
  kDynamicFormations,  // one formation that shrinks, turns inside out and grows again
  kBezier,             // one goal for all, on a new curve every five seconds
  kLissajous,          // one goal for all, on one long curve
  kMix,                // one of the first six, drawn for each episode
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
  float pillar_density = 0.2F;
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
    kNumJumps = 0,  // so far; of a dynamic formation: how often it turned
    kNextJump = 1,  // the step before which the goals jump, or the formation turns, again
    kScenario = 2,  // of this episode
    kNumWorldFields = 3,
  };

  GoalScenarios(const GoalSwapConfig& config, const TaskContext& context, int num_agents);

  /// Pillars and first goals of the episode; antipodal scenarios also place the agents. Agents
  /// that a pillar has come to stand on make way.
  void begin(const Slab& slab, int world, int goal_row) const noexcept;
  /// Moves an agent placed by chance to the nearest point clear of pillars.
  void clear_start(const Slab& slab, int world, int agent) const noexcept;
  /// True where the scene has pillars to draw.
  [[nodiscard]] bool has_pillars() const noexcept { return pillars_.any(); }
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
  void write_copies(const Slab& slab, int world, int goal_row, Rng& rng) const noexcept;
  void schedule(const Slab& slab, int world) const noexcept;
  // goals that move in every step (goal_swap_paths_common.cpp)
  void write_moving(const Slab& slab, int world, int goal_row, Scenario scenario) const noexcept;
  void write_formation(const Slab& slab, int world, int goal_row) const noexcept;
  [[nodiscard]] Vec3 curve_point(const WorldHeader& header, float time_s) const noexcept;
  [[nodiscard]] Swarm draw_swarm(Rng& rng, Scenario scenario) const noexcept;
  void clear(const Slab& slab, int world, int row, float apart_m) const noexcept;
  void clear_one(const Slab& slab, int world, int body, int row, float apart_m) const noexcept;
  [[nodiscard]] bool is_clear(const Slab& slab, int world, Vec3 point_w_m) const noexcept;

  GoalSwapConfig config_;
  const Scene* scene_;
  Pillars pillars_;
  Bounds bounds_;                        // of goals
  Vec3 low_w_m_, high_w_m_;              // of centers
  Vec3 curve_low_w_m_, curve_high_w_m_;  // of the control points of curves
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
/// QuadSwarm's size of a formation per meter of spacing: the radius of circles and spheres, the
/// spacing itself of grids and cubes.
[[nodiscard]] float size_per_spacing(GoalFormation formation, int count) noexcept;

/// The quadratic Bezier curve of three control points, at `share` in [0, 1] of its way.
[[nodiscard]] Vec3 bezier_point(Vec3 from_w_m, Vec3 bend_w_m, Vec3 to_w_m, float share) noexcept;
/// Where QuadSwarm's Lissajous goal is after a time, from its start. It goes
/// (0.03 sin t, 0.01 sin(2t + 90), 0.01 cos(2t + 90)) in each of 100 ticks of a second, t in
/// seconds and 90 in radians; this is the integral, the same at every rate.
[[nodiscard]] Vec3 lissajous_offset_m(float time_s) noexcept;

}  // namespace volery::task
