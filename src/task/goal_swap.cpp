// goal_swap: reach goals that stand in formations and jump, without hitting anyone on the way.
//
// After QuadSwarm (see goal_swap_common.hpp): its scenarios, reward and success, with one
// difference: collisions are contacts of bodies, not distances, and are solved by physics.
#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "task/goal_swap_common.hpp"
#include "task/spawn_common.hpp"
#include "task/swarm_common.hpp"

namespace volery {

namespace {

using task::GoalSwapConfig;
using task::SpawnRegion;
using task::Start;
using task::SwarmMetrics;

// the terms and metrics, in the order of the spec
enum Term : int {
  kTermDistance,
  kTermEffort,
  kTermSpin,
  kTermFloor,
  kTermUpright,
  kTermCollision,
  kTermProximity,
  kNumTerms,
};
enum Metric : int {
  kMetricDistance,
  kMetricSuccess,
  kMetricCollided,
  kMetricDeadlock,
  kNumMetrics,
};

// Steps whose mean distance to the goal tells whether an agent has arrived.
constexpr int kRecent = 5;
// An agent stands on the floor where it touches something with the floor this near, in bounding
// radii.
constexpr float kFloorRadii = 1.5F;

class GoalSwapTask final : public Task {
 public:
  explicit GoalSwapTask(const TaskContext& context)
      : config_(task::load_with_start<GoalSwapConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 8),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        scenarios_(config_, context, num_agents_),
        metrics_(context, "task goal_swap"),
        step_s_(context.step_s),
        radius_m_(context.vehicle.bounding_radius_m),
        num_rotor_rows_(context.fleet_row >= 0 ? (context.fleet_row - kRotorRows) / 2
                                               : context.vehicle.num_rotors),
        most_speed2_(context.vehicle.config.max_rotor_speed_radps *
                     context.vehicle.config.max_rotor_speed_radps) {
    FieldTable& fields = context.fields;
    goal_ = fields.add({.name = "goal_w_m",
                        .width = 3,
                        .unit = "m",
                        .frame = "world",
                        .writer = "task goal_swap",
                        .doc = "where the agent shall go"});
    recent_ = fields.add({.name = "recent_goal_distances_m",
                          .width = kRecent,
                          .unit = "m",
                          .frame = "",
                          .writer = "task goal_swap",
                          .doc = "distance to the goal in the last steps, newest first",
                          .initial = 1000});
    collided_ = fields.add({.name = "has_collided",
                            .width = 1,
                            .unit = "",
                            .frame = "",
                            .writer = "task goal_swap",
                            .doc = "1 where the agent began to touch something after the grace "
                                   "time of the episode"});
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    for (int agent = 0; agent < slab.num_agents; ++agent) {
      start_.apply(slab, world, agent, 0);
      metrics_.start(slab, world * slab.num_agents + agent);
    }
    scenarios_.begin(slab, world, goal_.row);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    scenarios_.clear_start(slab, world, agent);
    start_.apply(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    metrics_.start(slab, world * slab.num_agents + agent);
    return true;
  }

  void before_step(const Slab& slab, int first_world, int last_world) const noexcept override {
    for (int w = first_world; w < last_world; ++w) {
      if (slab.worlds[w].phase == WorldPhase::kRunning) scenarios_.advance(slab, w, goal_.row);
    }
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    metrics_.score(slab, first_world, last_world, out);
    for (int w = first_world; w < last_world; ++w) {
      // of the step that is over
      const bool counts = static_cast<float>(slab.worlds[w].step + 1) * step_s_ > config_.grace_s;
      for (int body = w * slab.num_agents; body < (w + 1) * slab.num_agents; ++body) {
        score_motion(slab, body, out);
        score_nearness(slab, body, out);
        score_outcome(slab, body, counts, out);
      }
    }
  }

 private:
  void fill_spec() {
    spec_.reward_terms = {{"distance", "cost of the distance to the goal"},
                          {"effort", "cost of the norm of the rotors' commanded thrusts"},
                          {"spin", "cost of turning"},
                          {"floor", "cost of standing on the floor"},
                          {"upright", "pay for being upright"},
                          {"collision", "cost of beginning to touch anything"},
                          {"proximity", "cost of being near another agent"}};
    spec_.metrics = {{"goal_distance_m", "distance to the goal"},
                     {"success",
                      "1 where the mean distance of the last five steps ended below arrival_m and "
                      "nothing was touched after grace_s"},
                     {"collided", "1 where the agent touched something after grace_s"},
                     {"deadlock", "1 where it touched nothing and did not arrive either"}};
    spec_.reductions = {Reduction::kMean, Reduction::kLast, Reduction::kLast, Reduction::kLast};
    spec_.headline = {"success", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "goal", "neighbors", "rangefinder"};
    spec_.sensor_config = Value::Table{{"rangefinder", Value::Table{{"horizontal", 16}}}};
    if (scenarios_.has_pillars()) {
      // pillars that are props are seen by the lidar alone; agents have the neighbors' columns
      spec_.sensors.emplace_back("lidar");
      spec_.sensor_config = Value::Table{
          {"rangefinder", Value::Table{{"horizontal", 0}}},
          {"lidar", Value::Table{{"columns", 16}, {"max_range_m", 4.0}, {"agents", false}}}};
    }
    spec_.action = "ctbr";
    spec_.baseline = "orca";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 15;
    spec_.num_agents = num_agents_;
    spec_.num_world_fields = task::GoalScenarios::kNumWorldFields;
    spec_.goal = goal_;
  }

  void score_motion(const Slab& slab, int body, const ScoreRows& out) const noexcept {
    const Blocks& agents = slab.agents;
    const int b = body / kLanes, lane = body % kLanes;
    const Vec3 omega = agents.vec3(body, kOmega);
    // the last element of the rotation matrix
    const Quat q = agents.quat(body);
    const float up = 1 - 2 * (q.x * q.x + q.y * q.y);
    float effort2 = 0;
    for (int r = 0; r < num_rotor_rows_ && most_speed2_ > 0; ++r) {
      const float speed = agents.at(body, kRotorRows + r);
      const float thrust = speed * speed / most_speed2_;
      effort2 += thrust * thrust;
    }
    const float height_m = agents.vec3(body, kPosition).z - agents.at(body, kSurfaceHeight);
    const bool on_floor = agents.at(body, kTouchStatic) > 0 && height_m < kFloorRadii * radius_m_;
    const auto cost = [&](Term term, float weight, float amount) {
      out.term(b, term)[lane] = -step_s_ * weight * amount;
    };
    cost(kTermEffort, config_.effort_weight, std::sqrt(effort2));
    cost(kTermSpin, config_.spin_weight, std::sqrt(dot(omega, omega)));
    cost(kTermFloor, config_.floor_weight, on_floor ? 1.0F : 0.0F);
    cost(kTermUpright, config_.upright_weight, on_floor ? 1.0F : -up);
  }

  void score_nearness(const Slab& slab, int body, const ScoreRows& out) const noexcept {
    const int b = body / kLanes, lane = body % kLanes;
    const float touches = metrics_.row(out, b, SwarmMetrics::kCollisions)[lane] +
                          metrics_.row(out, b, SwarmMetrics::kObstacleHits)[lane];
    out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
    // linear from contact to proximity_m
    const float contact_m = std::min(2 * radius_m_, 0.99F * config_.proximity_m);
    const float nearest_m = metrics_.row(out, b, SwarmMetrics::kClosest)[lane];
    const float share = std::clamp(
        (config_.proximity_m - nearest_m) / (config_.proximity_m - contact_m), 0.0F, 1.0F);
    out.term(b, kTermProximity)[lane] = -step_s_ * config_.proximity_weight * share;
    if (touches > 0) slab.agents.at(body, collided_.row) += 1;
  }

  void score_outcome(const Slab& slab, int body, bool counts, const ScoreRows& out) const noexcept {
    const int b = body / kLanes, lane = body % kLanes;
    const Blocks& agents = slab.agents;
    // what was touched in the grace time is forgotten
    float& collided = agents.at(body, collided_.row);
    collided = counts && collided > 0 ? 1.0F : 0.0F;

    const Vec3 way = agents.vec3(body, goal_.row) - agents.vec3(body, kPosition);
    const float distance_m = std::sqrt(dot(way, way));
    float sum_m = distance_m;
    for (int i = kRecent - 1; i > 0; --i) {
      agents.at(body, recent_.row + i) = agents.at(body, recent_.row + i - 1);
      sum_m += agents.at(body, recent_.row + i);
    }
    agents.at(body, recent_.row) = distance_m;
    const bool arrived = sum_m < kRecent * config_.arrival_m;
    out.term(b, kTermDistance)[lane] = -step_s_ * config_.distance_weight * distance_m;
    out.metric(b, kMetricDistance)[lane] = distance_m;
    out.metric(b, kMetricCollided)[lane] = collided;
    out.metric(b, kMetricSuccess)[lane] = collided == 0 && arrived ? 1.0F : 0.0F;
    out.metric(b, kMetricDeadlock)[lane] = collided == 0 && !arrived ? 1.0F : 0.0F;
  }

  GoalSwapConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  task::GoalScenarios scenarios_;
  SwarmMetrics metrics_;
  float step_s_;
  float radius_m_;
  int num_rotor_rows_;
  float most_speed2_;
  FieldRef goal_, recent_, collided_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_goal_swap;
const TaskEntry task_goal_swap{
    .name = "goal_swap",
    .doc = "Reach goals in formations that jump and change places, without collisions (QuadSwarm).",
    .scene = "cube",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<GoalSwapTask>(context);
    },
    .config_rows =
        [] {
          GoalSwapConfig config;
          return field_rows(config);
        },
    .rates = {.physics_hz = 300, .control_hz = 300, .agent_hz = 100}};

}  // namespace volery
