// transport_slung: carry a load on cables along a straight way, one cable from each agent.
//
// The agents start on a ring above the load, which hangs at rest. A point travels from there to the
// end of the way with a soft start and stop; the load shall be at it, and each agent's goal is its
// own place on the ring above. Cables pull and never push, so that a load that swings is damped by
// flying, or not at all.
#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "core/rng.hpp"
#include "scene/cable.hpp"
#include "task/load_common.hpp"
#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct SlungConfig {
  std::string load = "load";
  float ring_radius_m = 0.4F;
  float way_m = 3;
  float climb_m = 0.5F;
  float speed_mps = 0.5F;
  float hold_s = 2;
  float success_radius_m = 0.2F;
  float error_scale_m = 0.3F;
  task::StartConfig start{};
  float load_weight = 1;
  float collision_cost = 1;

  void describe(FieldVisitor& v) {
    v.field("load", load, {.doc = "the prop that is carried, by its name"});
    v.field("ring_radius_m", ring_radius_m,
            {.unit = "m", .low = 0, .high = 100, .doc = "of the ring that the agents fly on"});
    v.field("way_m", way_m, {.unit = "m", .low = 0, .high = 1e4, .doc = "level length of the way"});
    v.field("climb_m", climb_m,
            {.unit = "m", .low = 0, .high = 1e4, .doc = "greatest climb on the way"});
    v.field("speed_mps", speed_mps,
            {.unit = "m/s", .low = 0.01, .high = 50, .doc = "greatest speed on the way"});
    v.field("hold_s", hold_s,
            {.unit = "s", .low = 0, .high = 1000, .doc = "time before it begins"});
    v.field("success_radius_m", success_radius_m,
            {.unit = "m",
             .low = 1e-3,
             .high = 100,
             .doc = "success where the load ends this near to the end of the way"});
    v.field("error_scale_m", error_scale_m,
            {.unit = "m",
             .low = 1e-3,
             .high = 1000,
             .doc = "error of the load at which the reward has halved"});
    v.table("start", start, "how agents start; separation_m and clearance_m say nothing here");
    v.field("load_weight", load_weight,
            {.unit = "1/s", .low = 0, .high = 1000, .doc = "reward per second without error"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

enum Term : int { kTermLoad, kTermCollision };
enum Metric : int {
  kMetricError,
  kMetricFinal,
  kMetricSuccess,
  kMetricEfficiency,
  kMetricSwing,
};
// start and end of the load's way, its length so far, where it was
enum WorldField : int { kStart = 0, kEnd = 3, kLoadWay = 6, kLast = 7, kNumWorldFields = 10 };

class SlungTask final : public Task {
 public:
  explicit SlungTask(const TaskContext& context)
      : config_(task::load_with_start<SlungConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 4),
        spawn_(task::spawn_spec(context.scene, 0, 0, 1)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task transport_slung"),
        load_(task::find_load(context.scene, config_.load,
                              static_cast<float>(num_agents_) * context.vehicle.config.mass_kg)),
        step_s_(context.step_s),
        bounds_(task::bounds_of(context.scene)) {
    make_ring(context);
    goal_ = context.fields.add({.name = "goal_w_m",
                                .width = 3,
                                .unit = "m",
                                .frame = "world",
                                .writer = "task transport_slung",
                                .doc = "the agent's place on the ring"});
    spec_.columns = task::load_columns(context.scene);
    spec_.column_rows = task::declare_columns(context, spec_.columns, "task transport_slung");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    draw_way(slab, world);
    for (int agent = 0; agent < slab.num_agents; ++agent) begin(slab, world, agent, 0);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    begin(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    return true;
  }

  void before_step(const Slab& slab, int first_world, int last_world) const noexcept override {
    for (int w = first_world; w < last_world; ++w) {
      if (slab.worlds[w].phase != WorldPhase::kRunning) continue;
      const Vec3 at = reference(slab, w, slab.worlds[w].step + 1);
      const int first = w * slab.num_agents;
      for (int i = 0; i < slab.num_agents; ++i)
        slab.agents.set_vec3(first + i, goal_.row, at + place(i));
    }
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    metrics_.score(slab, first_world, last_world, out);
    for (int w = first_world; w < last_world; ++w) score_world(slab, w, out);
  }

 private:
  // places of the agents over the load, at the height that their cables span from the ring
  void make_ring(const TaskContext& context) {
    float shortest_m = -1;
    for (const Cable& cable : cables_of(context.scene.config(), num_agents_)) {
      const CableEnd& other = cable.a.kind == CableEnd::Kind::kAgent ? cable.b : cable.a;
      if (other.kind != CableEnd::Kind::kProp || other.index != load_.prop) continue;
      shortest_m = shortest_m < 0 ? cable.length_m : std::min(shortest_m, cable.length_m);
      attach_z_m_ = other.at_m.z;
    }
    if (shortest_m < 0) {
      throw Error(ErrorKind::kValue, "config.scene: no cable of scene '" +
                                         context.scene.config().name + "' holds the load '" +
                                         config_.load + "'");
    }
    const float radius_m = num_agents_ > 1 ? config_.ring_radius_m : 0.0F;
    if (radius_m >= shortest_m) {
      throw Error(ErrorKind::kValue, "task_config.ring_radius_m = " + std::to_string(radius_m) +
                                         ": must be below the length of the cables, " +
                                         std::to_string(shortest_m) + " m");
    }
    const float above_m = std::sqrt(shortest_m * shortest_m - radius_m * radius_m);
    const float turn_rad = 2 * kPi / static_cast<float>(num_agents_);
    const float apart_m = 2 * radius_m * sin(0.5F * turn_rad);
    if (num_agents_ > 1 && apart_m < 2 * context.vehicle.bounding_radius_m) {
      throw Error(ErrorKind::kValue, "task_config.ring_radius_m = " + std::to_string(radius_m) +
                                         ": " + std::to_string(num_agents_) +
                                         " agents of vehicle '" + context.vehicle.config.name +
                                         "' touch on it");
    }
    for (int i = 0; i < num_agents_; ++i) {
      const float angle_rad = turn_rad * static_cast<float>(i);
      ring_.push_back(
          {radius_m * cos(angle_rad), radius_m * sin(angle_rad), above_m + attach_z_m_});
    }
  }
  [[nodiscard]] Vec3 place(int agent) const noexcept {
    return ring_[static_cast<std::size_t>(agent)];
  }

  void fill_spec() {
    spec_.reward_terms = {{"load", "nearness of the load to where it shall be, 1 per second at it"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {{"load_error_m", "distance of the load from where it shall be"},
                     {"final_error_m", "distance of the load from the end of its way, at the end"},
                     {"success", "1 where the load ended within the success radius of it"},
                     {"path_efficiency", "way that it came nearer over the way that it went"},
                     {"swing_mps", "level speed of the load against that of the agents' middle"}};
    spec_.reductions = {Reduction::kMean, Reduction::kLast, Reduction::kLast, Reduction::kLast,
                        Reduction::kMean};
    spec_.headline = {"success", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "goal", "neighbors", "task"};
    spec_.action = "velocity";
    spec_.baseline = "transport_slung";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 20;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = kNumWorldFields;
    spec_.goal = goal_;
  }

  // from a point of the spawn region, wherever the way then leads inside the bounds
  void draw_way(const Slab& slab, int world) const noexcept {
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, Stream::kGoal, 0xFFFFFFFEU);
    const auto between = [&rng](float low, float high) { return rng.uniform(low, high); };
    const Vec3 start{between(spawn_.low_w_m.x, spawn_.high_w_m.x),
                     between(spawn_.low_w_m.y, spawn_.high_w_m.y),
                     between(spawn_.low_w_m.z, spawn_.high_w_m.z)};
    constexpr int kDraws = 64;
    const float margin_m = config_.ring_radius_m + 0.3F;
    Vec3 end = start;
    for (int i = 0; i < kDraws; ++i) {
      const float heading_rad = between(-kPi, kPi);
      end = {start.x + config_.way_m * cos(heading_rad), start.y + config_.way_m * sin(heading_rad),
             start.z + between(0, config_.climb_m)};
      if (end.x > bounds_.low_w_m.x + margin_m && end.x < bounds_.high_w_m.x - margin_m &&
          end.y > bounds_.low_w_m.y + margin_m && end.y < bounds_.high_w_m.y - margin_m) {
        break;
      }
    }
    float* const fields = slab.world_row(world);
    const Vec3 vectors[2] = {start, end};
    for (int i = 0; i < 2; ++i) {
      fields[3 * i] = vectors[i].x;
      fields[3 * i + 1] = vectors[i].y;
      fields[3 * i + 2] = vectors[i].z;
    }
    fields[kLoadWay] = 0;
    fields[kLast] = start.x;
    fields[kLast + 1] = start.y;
    fields[kLast + 2] = start.z;
  }

  [[nodiscard]] static Vec3 field(const Slab& slab, int world, WorldField first) noexcept {
    const float* const v = slab.world_row(world) + first;
    return {v[0], v[1], v[2]};
  }

  // where the load shall be after that many steps
  [[nodiscard]] Vec3 reference(const Slab& slab, int world, std::uint32_t step) const noexcept {
    const Vec3 start = field(slab, world, kStart);
    const Vec3 way = field(slab, world, kEnd) - start;
    const float length_m = std::sqrt(dot(way, way));
    // the easing peaks at 1.5 times its mean speed
    const float travel_s = 1.5F * length_m / config_.speed_mps;
    const float time_s = static_cast<float>(step) * step_s_ - config_.hold_s;
    const float u = travel_s > 0 ? std::clamp(time_s / travel_s, 0.0F, 1.0F) : 1.0F;
    return start + way * (u * u * (3 - 2 * u));
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    const int body = world * slab.num_agents + agent;
    const Vec3 at = reference(slab, world, slab.worlds[world].step);
    slab.agents.set_vec3(body, kPosition, at + place(agent));
    slab.agents.set_vec3(body, goal_.row, at + place(agent));
    start_.apply(slab, world, agent, step);
    metrics_.start(slab, body);
    // the load is hung after this: it is seen where it will be
    task::write_load(slab, world, load_, at, body, spec_.column_rows.row);
    slab.agents.set_vec3(body, spec_.column_rows.row + kLoadX, place(agent) * -1.0F);
    slab.agents.set_vec3(body, spec_.column_rows.row + kLoadGoalX, {});
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    float* const fields = slab.world_row(world);
    const Vec3 at = task::load_position(slab, world, load_);
    const Vec3 wished = reference(slab, world, slab.worlds[world].step + 1);
    const auto distance = [](Vec3 a, Vec3 b) { return std::sqrt(dot(a - b, a - b)); };
    const float error_m = distance(at, wished);
    const Vec3 start = field(slab, world, kStart), end = field(slab, world, kEnd);
    const float final_m = distance(at, end);
    fields[kLoadWay] += distance(at, field(slab, world, kLast));
    fields[kLast] = at.x;
    fields[kLast + 1] = at.y;
    fields[kLast + 2] = at.z;
    constexpr float kLeastWayM = 0.01F;
    const float nearer_m = std::max(0.0F, distance(start, end) - final_m);
    const float efficiency =
        fields[kLoadWay] > kLeastWayM ? std::min(1.0F, nearer_m / fields[kLoadWay]) : 0.0F;

    const int first = world * slab.num_agents;
    Vec3 middle;
    for (int i = 0; i < slab.num_agents; ++i)
      middle = middle + slab.agents.vec3(first + i, kVelocity);
    middle = middle * (1 / static_cast<float>(slab.num_agents));
    Vec3 swing = slab.props.vec3(world * slab.num_props + load_.prop, kVelocity) - middle;
    swing.z = 0;
    const float paid =
        step_s_ * config_.load_weight * config_.error_scale_m / (config_.error_scale_m + error_m);
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermLoad)[lane] = paid;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      out.metric(b, kMetricError)[lane] = error_m;
      out.metric(b, kMetricFinal)[lane] = final_m;
      out.metric(b, kMetricSuccess)[lane] = final_m < config_.success_radius_m ? 1.0F : 0.0F;
      out.metric(b, kMetricEfficiency)[lane] = efficiency;
      out.metric(b, kMetricSwing)[lane] = std::sqrt(dot(swing, swing));
      task::write_load(slab, world, load_, wished, body, spec_.column_rows.row);
    }
  }

  SlungConfig config_;
  int num_agents_;
  task::SpawnSpec spawn_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  task::Load load_;
  float step_s_;
  task::Bounds bounds_;
  float attach_z_m_ = 0;
  std::vector<Vec3> ring_;  // from the load's center of mass
  FieldRef goal_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_transport_slung;
const TaskEntry task_transport_slung{
    .name = "transport_slung",
    .doc = "Carry a load on cables along a straight way, one cable from each agent.",
    .scene = "sling",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<SlungTask>(context);
    },
    .config_rows =
        [] {
          SlungConfig config;
          return field_rows(config);
        }};

}  // namespace volery
