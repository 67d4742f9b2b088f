// transport: push a box to its goal, which takes more agents than one.
//
// The box is held by its friction mu m g; an agent pushes with at most F. So k agents are needed
// with (k - 1) F < mu m g < k F, and everything else is physics. Nothing is glued: who slips off
// has to come back.
#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "core/rng.hpp"
#include "task/load_common.hpp"
#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct TransportConfig {
  std::string load = "box";
  float least_way_m = 2;
  float most_way_m = 3.5F;
  float success_radius_m = 0.2F;
  // low over the ground, as the box is
  task::StartConfig start{.separation_m = 0.4F, .clearance_m = 0.15F};
  float progress_weight = 1;
  float success_reward = 5;
  float time_cost = 0.05F;

  void describe(FieldVisitor& v) {
    v.field("load", load, {.doc = "the prop to be pushed, by its name"});
    v.field("least_way_m", least_way_m,
            {.unit = "m", .low = 0, .high = 1e4, .doc = "least distance of the goal"});
    v.field("most_way_m", most_way_m,
            {.unit = "m", .low = 0.01, .high = 1e4, .doc = "greatest distance of the goal"});
    v.field("success_radius_m", success_radius_m,
            {.unit = "m", .low = 1e-3, .high = 100, .doc = "a load this near has arrived"});
    v.table("start", start, "how agents start");
    v.field(
        "progress_weight", progress_weight,
        {.unit = "1/m", .low = 0, .high = 1000, .doc = "reward per meter that it comes nearer"});
    v.field("success_reward", success_reward,
            {.low = 0, .high = 1e6, .doc = "for the arrival, which ends the episode"});
    v.field("time_cost", time_cost, {.unit = "1/s", .low = 0, .high = 1000, .doc = "per second"});
  }
};

enum Term : int { kTermProgress, kTermSuccess, kTermTime };
enum Metric : int {
  kMetricError,
  kMetricFinal,
  kMetricSuccess,
  kMetricEfficiency,
  kMetricLoadPath
};
enum WorldField : int { kGoalX, kGoalY, kStartWay, kLoadWay, kLastX, kLastY, kNumWorldFields };

// The greatest level force of an agent, along an axis.
float push_n(const Vehicle& vehicle) noexcept {
  const VehicleConfig& c = vehicle.config;
  if (vehicle.kind() == VehicleKind::kParticle) return c.mass_kg * c.particle.max_acceleration_mps2;
  if (vehicle.kind() == VehicleKind::kRover) return c.collision.friction * c.mass_kg * kGravityMps2;
  const float tilt_rad = vehicle.gains.max_tilt_rad;
  return c.mass_kg * kGravityMps2 * sin(tilt_rad) / cos(tilt_rad);
}

class TransportTask final : public Task {
 public:
  explicit TransportTask(const TaskContext& context)
      : config_(task::load_with_start<TransportConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 6),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task transport"),
        load_(task::find_load(context.scene, config_.load,
                              static_cast<float>(num_agents_) * context.vehicle.config.mass_kg)),
        step_s_(context.step_s),
        bounds_(task::bounds_of(context.scene)) {
    check_force(context.vehicle);
    if (config_.least_way_m > config_.most_way_m) {
      throw Error(ErrorKind::kValue,
                  "task_config.least_way_m = " + std::to_string(config_.least_way_m) +
                      ": must be at most most_way_m");
    }
    goal_ = context.fields.add({.name = "goal_w_m",
                                .width = 3,
                                .unit = "m",
                                .frame = "world",
                                .writer = "task transport",
                                .doc = "where the load shall go"});
    spec_.columns = task::load_columns(context.scene);
    spec_.column_rows = task::declare_columns(context, spec_.columns, "task transport");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    draw_goal(slab, world);
    for (int agent = 0; agent < slab.num_agents; ++agent) begin(slab, world, agent, 0);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    begin(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    return true;
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    metrics_.score(slab, first_world, last_world, out);
    for (int w = first_world; w < last_world; ++w) score_world(slab, w, out);
  }

 private:
  void check_force(const Vehicle& vehicle) const {
    const float held_n = load_.friction * load_.mass_kg * kGravityMps2;
    const float each_n = push_n(vehicle);
    if (held_n < each_n * static_cast<float>(num_agents_)) return;
    throw Error(ErrorKind::kValue, "config.num_agents = " + std::to_string(num_agents_) +
                                       ": the load is held by " + std::to_string(held_n) +
                                       " N and each of vehicle '" + vehicle.config.name +
                                       "' pushes with " + std::to_string(each_n) + " N");
  }

  void fill_spec() {
    spec_.reward_terms = {{"progress", "way that the load has come nearer to its goal"},
                          {"success", "the arrival"},
                          {"time", "cost of time"}};
    spec_.metrics = {{"load_error_m", "distance of the load from its goal"},
                     {"final_error_m", "the same at the end"},
                     {"success", "1 where the load arrived"},
                     {"path_efficiency", "way that it came nearer over the way that it went"},
                     {"load_path_m", "way that the load went"}};
    spec_.reductions = {Reduction::kMean, Reduction::kLast, Reduction::kLast, Reduction::kLast,
                        Reduction::kLast};
    spec_.headline = {"success", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "neighbors", "task"};
    spec_.action = "velocity";
    spec_.baseline = "transport";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 90;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = kNumWorldFields;
    spec_.goal = goal_;
  }

  void draw_goal(const Slab& slab, int world) const noexcept {
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, Stream::kGoal, 0xFFFFFFFEU);
    float* const fields = slab.world_row(world);
    const Vec3 from = task::load_position(slab, world, load_);
    const float heading_rad = rng.uniform(-kPi, kPi);
    const float way_m = rng.uniform(config_.least_way_m, config_.most_way_m);
    // room for those who push on every side
    const float margin_m = 2 * load_.radius_m;
    fields[kGoalX] = std::clamp(from.x + way_m * cos(heading_rad), bounds_.low_w_m.x + margin_m,
                                bounds_.high_w_m.x - margin_m);
    fields[kGoalY] = std::clamp(from.y + way_m * sin(heading_rad), bounds_.low_w_m.y + margin_m,
                                bounds_.high_w_m.y - margin_m);
    const float dx = fields[kGoalX] - from.x, dy = fields[kGoalY] - from.y;
    fields[kStartWay] = std::sqrt(dx * dx + dy * dy);
    fields[kLoadWay] = 0;
    fields[kLastX] = from.x;
    fields[kLastY] = from.y;
  }

  [[nodiscard]] Vec3 goal(const Slab& slab, int world) const noexcept {
    const float* const fields = slab.world_row(world);
    return {fields[kGoalX], fields[kGoalY], task::load_position(slab, world, load_).z};
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    start_.apply(slab, world, agent, step);
    const int body = world * slab.num_agents + agent;
    metrics_.start(slab, body);
    show(slab, world, body);
  }

  void show(const Slab& slab, int world, int body) const noexcept {
    const Vec3 goal_w_m = goal(slab, world);
    slab.agents.set_vec3(body, goal_.row, goal_w_m);
    task::write_load(slab, world, load_, goal_w_m, body, spec_.column_rows.row);
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    float* const fields = slab.world_row(world);
    const Vec3 at = task::load_position(slab, world, load_);
    const auto distance = [](float dx, float dy) { return std::sqrt(dx * dx + dy * dy); };
    const float error_m = distance(fields[kGoalX] - at.x, fields[kGoalY] - at.y);
    const float before_m =
        distance(fields[kGoalX] - fields[kLastX], fields[kGoalY] - fields[kLastY]);
    fields[kLoadWay] += distance(at.x - fields[kLastX], at.y - fields[kLastY]);
    fields[kLastX] = at.x;
    fields[kLastY] = at.y;
    const bool arrived = error_m < config_.success_radius_m;
    // a load that trembles in its place has not gone anywhere
    constexpr float kLeastWayM = 0.01F;
    const float way_m = fields[kLoadWay];
    const float efficiency =
        way_m > kLeastWayM ? std::max(0.0F, fields[kStartWay] - error_m) / way_m : 0.0F;

    const int first = world * slab.num_agents;
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      out.term(b, kTermProgress)[lane] = config_.progress_weight * (before_m - error_m);
      out.term(b, kTermSuccess)[lane] = arrived ? config_.success_reward : 0.0F;
      out.term(b, kTermTime)[lane] = -config_.time_cost * step_s_;
      out.metric(b, kMetricError)[lane] = error_m;
      out.metric(b, kMetricFinal)[lane] = error_m;
      out.metric(b, kMetricSuccess)[lane] = arrived ? 1.0F : 0.0F;
      out.metric(b, kMetricEfficiency)[lane] = std::min(efficiency, 1.0F);
      out.metric(b, kMetricLoadPath)[lane] = way_m;
      out.terminated(b)[lane] = arrived ? 1.0F : 0.0F;
      show(slab, world, body);
    }
  }

  TransportConfig config_;
  int num_agents_;
  task::SpawnRegion region_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  task::Load load_;
  float step_s_;
  task::Bounds bounds_;
  FieldRef goal_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_transport;
const TaskEntry task_transport{.name = "transport",
                               .doc = "Push a box to its goal that takes several agents to move.",
                               .scene = "push",
                               .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
                                 return std::make_unique<TransportTask>(context);
                               },
                               .config_rows =
                                   [] {
                                     TransportConfig config;
                                     return field_rows(config);
                                   },
                               .vehicle = "particle"};

}  // namespace volery
