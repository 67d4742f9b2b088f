// flocking: fly as one flock at a given speed between walls, without touching anything.
//
// After G. Vasarhelyi et al., Science Robotics 3, eaat3536, 2018: random starts in a square arena,
// and their order parameters (velocity correlation within clusters, collisions, walls, speed). The
// scene `flock` is a tenth of their arena of 250 m, for vehicles that fly a third of their speed;
// `flock250` is theirs.
#include <algorithm>
#include <cmath>
#include <utility>

#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"

namespace volery {

namespace {

using task::SpawnRegion;
using task::Start;
using task::StartConfig;
using task::SwarmMetrics;

struct FlockingConfig {
  float speed_mps = 0;
  float height_m = 0;
  float cluster_m = 0;
  float wall_m = 0;
  StartConfig start{.velocity_mps = 0.5F};
  float order_weight = 1;
  float speed_weight = 1;
  float wall_weight = 1;
  float collision_cost = 5;
  bool hears = true;

  void describe(FieldVisitor& v) {
    const auto meters = [&v](const char* name, float& value, const char* doc) {
      v.field(name, value, {.unit = "m", .low = 0, .high = 1e4, .doc = doc});
    };
    const auto weight = [&v](const char* name, float& value, const char* doc) {
      v.field(name, value, {.unit = "1/s", .low = 0, .high = 1000, .doc = doc});
    };
    v.field("speed_mps", speed_mps,
            {.unit = "m/s",
             .low = 0,
             .high = 100,
             .doc = "wished speed; 0: two thirds of the vehicle's greatest, at most 4 (theirs)"});
    meters("height_m", height_m,
           "of the goals above the arena's middle; 0: that of the spawn region");
    meters(
        "cluster_m", cluster_m,
        "agents nearer than this belong to a cluster; 0: a third of the arena's width, as theirs");
    meters("wall_m", wall_m,
           "nearer to a side than this counts as at the wall; 0: 2 % of the width");
    v.table("start", start, "how agents start");
    weight("order_weight", order_weight, "pay per second and unit of velocity correlation");
    weight("speed_weight", speed_weight, "cost per second and relative error of the speed");
    weight("wall_weight", wall_weight, "cost per second at the wall");
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
    v.field("hears", hears,
            {.doc = "others are known by radio, late; false: by the sensor neighbors, at once"});
  }
};

enum Term : int { kTermOrder, kTermSpeed, kTermWall, kTermCollision, kNumTerms };
enum Metric : int {
  kMetricCorrelation,
  kMetricPolarization,
  kMetricSpeed,
  kMetricWall,
  kMetricClusters,
  kMetricLargest,
  kMetricSuccess,
  kNumMetrics,
};

// Vasarhelyi's flock of 4 m/s reached a correlation of 0.92; success takes most of that.
constexpr float kSuccessCorrelation = 0.8F;
constexpr float kCruiseShare = 2.0F / 3;
constexpr float kFastestMps = 4;

class FlockingTask final : public Task {
 public:
  explicit FlockingTask(const TaskContext& context)
      : config_(load_config(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 30),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task flocking"),
        bounds_(task::bounds_of(context.scene)),
        step_s_(context.step_s) {
    goal_ = context.fields.add({.name = "goal_w_m",
                                .width = 3,
                                .unit = "m",
                                .frame = "world",
                                .writer = "task flocking",
                                .doc = "the arena's middle, at the height to fly at"});
    const Vec3 low = region_.spec().low_w_m, high = region_.spec().high_w_m;
    middle_w_m_ = (bounds_.low_w_m + bounds_.high_w_m) * 0.5F;
    middle_w_m_.z = config_.height_m > 0 ? config_.height_m : 0.5F * (low.z + high.z);
    fill_spec(context);
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    for (int agent = 0; agent < slab.num_agents; ++agent) {
      const int body = world * slab.num_agents + agent;
      start_.apply(slab, world, agent, 0);
      metrics_.start(slab, body);
      slab.agents.set_vec3(body, goal_.row, middle_w_m_);
    }
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    start_.apply(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    metrics_.start(slab, world * slab.num_agents + agent);
    return true;
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    metrics_.score(slab, first_world, last_world, out);
    for (int w = first_world; w < last_world; ++w) {
      if (slab.num_agents <= task::kMaxPairAgents) {
        score_clusters(slab, w, out);
      } else {
        score_as_one(slab, w, out);
      }
      score_agents_of(slab, w, out);
    }
  }

 private:
  static FlockingConfig load_config(const TaskContext& context) {
    FlockingConfig config = task::load_with_start<FlockingConfig>(context);
    const task::Bounds bounds = task::bounds_of(context.scene);
    const float width_m =
        std::min(bounds.high_w_m.x - bounds.low_w_m.x, bounds.high_w_m.y - bounds.low_w_m.y);
    if (config.speed_mps == 0) {
      config.speed_mps = std::min(kFastestMps, kCruiseShare * context.vehicle.gains.max_speed_mps);
    }
    if (config.cluster_m == 0) config.cluster_m = width_m / 3;
    if (config.wall_m == 0) config.wall_m = 0.02F * width_m;
    return config;
  }

  void fill_spec(const TaskContext& context) {
    spec_.reward_terms = {{"order", "pay for flying as the others of the cluster do"},
                          {"speed", "cost of being slower or faster than wished"},
                          {"wall", "cost of being at the wall"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {
        {"correlation", "mean cosine between own velocity and those of the own cluster"},
        {"polarization", "length of the mean unit velocity of all"},
        {"speed_mps", "level speed"},
        {"wall_share", "1 while at the wall"},
        {"clusters", "how many clusters there are"},
        {"largest_cluster", "share of the agents that are in the largest cluster"},
        {"success", "1 where the world's mean correlation ended above 0.8"}};
    spec_.reductions = {Reduction::kMean, Reduction::kMean, Reduction::kMean, Reduction::kMean,
                        Reduction::kMean, Reduction::kMean, Reduction::kLast};
    spec_.headline = {"correlation", false, 1};
    metrics_.append_to(spec_);
    set_senses(context.vehicle.gains.max_speed_mps >= 6);
    spec_.action = "velocity";
    spec_.baseline = "vasarhelyi";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 60;
    spec_.num_agents = num_agents_;
    spec_.goal = goal_;
  }

  // Their radio, 80 m and 1 s, or ours in proportion, at any rate of steps; beams reach as far.
  void set_senses(bool full_size) {
    const double range_m = full_size ? 80.0 : 8.0;
    const float delay_s = full_size ? 1.0F : 0.3F;
    spec_.sensors = {"pose", "velocity", "rates", "goal", "rangefinder"};
    spec_.sensor_config =
        Value::Table{{"rangefinder", Value::Table{{"horizontal", 4}, {"max_range_m", range_m}}}};
    if (!config_.hears) {
      spec_.sensors.emplace_back("neighbors");
      spec_.sensor_config.table()["neighbors"] = Value::Table{{"count", 32}, {"radius_m", range_m}};
      return;
    }
    const int latency_steps = std::max(1, static_cast<int>(delay_s / step_s_ + 0.5F));
    spec_.radio = Value::Table{{"base", full_size ? "flock250" : "flock"},
                               {"timing", Value::Table{{"latency_steps", latency_steps}}}};
  }

  static Vec3 level_velocity(const Slab& slab, int body) noexcept {
    const Vec3 v = slab.agents.vec3(body, kVelocity);
    return {v.x, v.y, 0};
  }
  static Vec3 heading(const Slab& slab, int body) noexcept {
    const Vec3 v = level_velocity(slab, body);
    const float speed2 = dot(v, v);
    return speed2 > 1e-8F ? v * (1 / std::sqrt(speed2)) : Vec3{};
  }
  static void set(const ScoreRows& out, Metric metric, int body, float value) noexcept {
    out.metric(body / kLanes, metric)[body % kLanes] = value;
  }

  // the mean cosine to all others of a group is (own . sum - own . own) / (n - 1)
  static void correlate(const Slab& slab, int body, Vec3 sum, int num,
                        const ScoreRows& out) noexcept {
    const Vec3 own = heading(slab, body);
    const float others = static_cast<float>(num - 1);
    const float cosine = num > 1 ? (dot(own, sum) - dot(own, own)) / others : 0.0F;
    set(out, kMetricCorrelation, body, cosine);
  }

  // groups of agents that are linked by steps of at most cluster_m
  void score_clusters(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int num = slab.num_agents, first = world * num;
    int order[task::kMaxPairAgents];  // agents, cluster after cluster; the rest is unassigned
    for (int i = 0; i < num; ++i) order[i] = i;
    const float link2 = config_.cluster_m * config_.cluster_m;
    int clusters = 0, largest = 0, end = 0;
    Vec3 total;
    while (end < num) {
      const int begin = end++;
      Vec3 sum;
      // breadth first: each member takes in the unassigned ones it is linked to
      for (int at = begin; at < end; ++at) {
        const Vec3 own = slab.agents.vec3(first + order[at], kPosition);
        sum = sum + heading(slab, first + order[at]);
        for (int j = end; j < num; ++j) {
          const Vec3 apart = slab.agents.vec3(first + order[j], kPosition) - own;
          if (dot(apart, apart) < link2) std::swap(order[j], order[end++]);
        }
      }
      for (int at = begin; at < end; ++at) {
        correlate(slab, first + order[at], sum, end - begin, out);
      }
      total = total + sum;
      largest = std::max(largest, end - begin);
      ++clusters;
    }
    finish_world(slab, world, total, clusters, largest, out);
  }

  // too many agents to test pairs: all count as one cluster
  void score_as_one(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int num = slab.num_agents, first = world * num;
    Vec3 sum;
    for (int body = first; body < first + num; ++body) sum = sum + heading(slab, body);
    for (int body = first; body < first + num; ++body) correlate(slab, body, sum, num, out);
    finish_world(slab, world, sum, 1, num, out);
  }

  static void finish_world(const Slab& slab, int world, Vec3 sum, int clusters, int largest,
                           const ScoreRows& out) noexcept {
    const int num = slab.num_agents, first = world * num;
    const float share = 1 / static_cast<float>(num);
    float correlation = 0;
    for (int body = first; body < first + num; ++body) {
      correlation += share * out.metric(body / kLanes, kMetricCorrelation)[body % kLanes];
    }
    for (int body = first; body < first + num; ++body) {
      set(out, kMetricPolarization, body, std::sqrt(dot(sum, sum)) * share);
      set(out, kMetricClusters, body, static_cast<float>(clusters));
      set(out, kMetricLargest, body, static_cast<float>(largest) * share);
      set(out, kMetricSuccess, body, correlation > kSuccessCorrelation ? 1.0F : 0.0F);
    }
  }

  void score_agents_of(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int first = world * slab.num_agents;
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const Vec3 v = level_velocity(slab, body);
      const Vec3 p = slab.agents.vec3(body, kPosition);
      const float speed_mps = std::sqrt(dot(v, v));
      const float side_m = std::min(std::min(p.x - bounds_.low_w_m.x, bounds_.high_w_m.x - p.x),
                                    std::min(p.y - bounds_.low_w_m.y, bounds_.high_w_m.y - p.y));
      const float at_wall = side_m < config_.wall_m ? 1.0F : 0.0F;
      const float error = std::fabs(speed_mps - config_.speed_mps) / config_.speed_mps;
      const float touches = metrics_.row(out, b, SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, SwarmMetrics::kObstacleHits)[lane];
      set(out, kMetricSpeed, body, speed_mps);
      set(out, kMetricWall, body, at_wall);
      out.term(b, kTermOrder)[lane] =
          step_s_ * config_.order_weight * out.metric(b, kMetricCorrelation)[lane];
      out.term(b, kTermSpeed)[lane] = -step_s_ * config_.speed_weight * std::min(error, 1.0F);
      out.term(b, kTermWall)[lane] = -step_s_ * config_.wall_weight * at_wall;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
    }
  }

  FlockingConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  SwarmMetrics metrics_;
  task::Bounds bounds_;
  float step_s_;
  Vec3 middle_w_m_;
  FieldRef goal_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_flocking;
const TaskEntry task_flocking{
    .name = "flocking",
    .doc = "Fly as one flock between walls (Vasarhelyi et al., 2018); collisions cost.",
    .scene = "flock",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<FlockingTask>(context);
    },
    .config_rows =
        [] {
          FlockingConfig config;
          return field_rows(config);
        }};

}  // namespace volery
