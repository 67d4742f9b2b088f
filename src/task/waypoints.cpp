// waypoints: fly through random points in order.
//
// Waypoints are not stored: waypoint i of an agent is a keyed draw, made when the agent has passed
// the one before. The reward pays each leg once, by the share of it that was covered, so that an
// episode returns about the number of waypoints passed.
#include <algorithm>
#include <cmath>

#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/task_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

using task::SpawnRegion;
using task::Start;
using task::StartConfig;

struct WaypointsConfig {
  int num_waypoints = 8;
  float radius_m = 0.2F;
  float least_leg_m = 1;
  StartConfig start{.attitude_rad = 0.2F, .velocity_mps = 0.2F, .rates_radps = 0.5F};
  float progress_weight = 1;
  float rates_weight = 0.05F;
  float crash_cost = 5;

  void describe(FieldVisitor& v) {
    v.field("num_waypoints", num_waypoints,
            {.low = 0,
             .high = 1e6,
             .doc = "passing the last one ends the agent's episode; 0: no last one"});
    v.field("radius_m", radius_m,
            {.unit = "m", .low = 1e-3, .high = 100, .doc = "nearer than this counts as passed"});
    v.field("least_leg_m", least_leg_m,
            {.unit = "m",
             .low = 0,
             .high = 1000,
             .doc = "wished least distance from one waypoint to the next"});
    v.table("start", start, "how agents start");
    v.field("progress_weight", progress_weight,
            {.low = 0, .high = 1000, .doc = "reward for a whole leg"});
    v.field(
        "rates_weight", rates_weight,
        {.unit = "1/s", .low = 0, .high = 1000, .doc = "cost per second at 10 rad/s and above"});
    v.field("crash_cost", crash_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

// the rows of ScoreRows, in the order of the spec
enum Row : int {
  kTermProgress,
  kTermRates,
  kTermCrash,
  kMetricWaypoints,
  kMetricSpeed,
  kMetricSuccess,
  kMetricCrashes,
  kFlagTerminated,
  kFlagTruncated,
  kFlagCrashed,
  kNumScoreRows,
};
struct Scores {
  alignas(64) float row[kNumScoreRows][kLanes];
};

constexpr float kRatesScaleRadps = 10;
// Draws for a waypoint that is clear and far enough; then the last draw has to do.
constexpr int kWaypointDraws = 16;

class WaypointsTask final : public Task {
 public:
  explicit WaypointsTask(const TaskContext& context)
      : config_(task::load_with_start<WaypointsConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 1),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        step_s_(context.step_s),
        bounds_(task::bounds_of(context.scene)) {
    FieldTable& fields = context.fields;
    const auto own = [&fields](const char* name, const char* unit, const char* doc) {
      return fields.add({.name = name,
                         .width = 1,
                         .unit = unit,
                         .frame = "",
                         .writer = "task waypoints",
                         .doc = doc});
    };
    goal_ = fields.add({.name = "goal_w_m",
                        .width = 3,
                        .unit = "m",
                        .frame = "world",
                        .writer = "task waypoints",
                        .doc = "the waypoint to fly to"});
    passed_ = own("waypoints_passed", "", "how many waypoints the agent has passed");
    leg_ = own("leg_m", "m", "length of the present leg, at least the radius");
    distance_ = own("waypoint_distance_m", "m", "distance to the waypoint one step ago");
    touching_ = own("was_touching", "", "1 where the agent touched something one step ago");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    for (int agent = 0; agent < slab.num_agents; ++agent) {
      start_.apply(slab, world, agent, 0);
      const int body = world * slab.num_agents + agent;
      next_waypoint(slab, body, slab.agents.vec3(body, kPosition));
      begin_leg(slab, body);
    }
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    start_.apply(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    // the waypoint stays, its leg begins anew
    const int body = world * slab.num_agents + agent;
    slab.agents.at(body, touching_.row) = 0;
    begin_leg(slab, body);
    return true;
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    score_agents(slab, first_world * slab.num_agents, last_world * slab.num_agents, out);
  }

  void score_agents(const Slab& slab, int first_agent, int last_agent,
                    const ScoreRows& out) const noexcept override {
    const task::BlockRange range(first_agent, last_agent);
    for (int b = range.first; b < range.last; ++b) {
      Scores scores;
      alignas(64) float distance_m[kLanes];
      score_progress(slab.agents, b, distance_m, scores);
      score_motion(slab.agents, b, scores);
      task::copy_rows(range, b, scores.row[kFlagCrashed], slab.agents.row(b, touching_.row), 1);
      task::copy_rows(range, b, distance_m, slab.agents.row(b, distance_.row), 1);
      pass_waypoints(slab, range, b, distance_m, scores);
      task::copy_rows(range, b, scores.row[0], out.row(b, 0), kNumScoreRows);
    }
  }

 private:
  void fill_spec() {
    spec_.reward_terms = {{"progress", "share of the present leg covered in this step"},
                          {"rates", "cost of turning"},
                          {"crash", "cost of beginning to touch anything"}};
    spec_.metrics = {{"waypoints", "waypoints passed"},
                     {"speed_mps", "speed"},
                     {"success", "1 where the last waypoint was passed"},
                     {"crashes", "times that the agent began to touch something"}};
    spec_.reductions = {Reduction::kSum, Reduction::kMean, Reduction::kLast, Reduction::kSum};
    spec_.headline = {"success", false, 1};
    spec_.sensors = {"pose", "velocity", "rates", "goal"};
    spec_.action = "ctbr";
    spec_.baseline = "waypoints";
    spec_.on_crash = OnCrash::kTerminateAgent;
    spec_.episode_s = 30;
    spec_.num_agents = num_agents_;
    spec_.goal = goal_;
    spec_.scores_agents_alone = true;
  }

  // writes the waypoint after the `passed` ones into the agent's goal
  void next_waypoint(const Slab& slab, int body, Vec3 from_w_m) const noexcept {
    const WorldHeader& header = slab.worlds[body / slab.num_agents];
    const float passed = slab.agents.at(body, passed_.row);
    Rng rng(header.seed, header.episode, Stream::kGoal,
            static_cast<std::uint32_t>(body % slab.num_agents), static_cast<std::uint32_t>(passed));
    Vec3 point;
    for (int i = 0; i < kWaypointDraws; ++i) {
      point = region_.uniform_point(rng);
      const Vec3 leg = point - from_w_m;
      if (dot(leg, leg) >= config_.least_leg_m * config_.least_leg_m && region_.is_free(point)) {
        break;
      }
    }
    slab.agents.set_vec3(body, goal_.row, point);
  }

  void begin_leg(const Slab& slab, int body) const noexcept {
    const Vec3 leg = slab.agents.vec3(body, goal_.row) - slab.agents.vec3(body, kPosition);
    const float distance_m = std::sqrt(dot(leg, leg));
    slab.agents.at(body, distance_.row) = distance_m;
    slab.agents.at(body, leg_.row) = std::max(distance_m, config_.radius_m);
  }

  void score_progress(const Blocks& agents, int b, float* distance_m, Scores& out) const noexcept {
    const float* const p = agents.row(b, kPosition);
    const float* const g = agents.row(b, goal_.row);
    const float* const before_m = agents.row(b, distance_.row);
    const float* const leg_m = agents.row(b, leg_.row);
    const float weight = config_.progress_weight;
    const task::Bounds box = bounds_;
    alignas(64) float now_m[kLanes];
    for (int i = 0; i < kLanes; ++i) {
      const float x = p[i], y = p[i + kLanes], z = p[i + 2 * kLanes];
      const float dx = g[i] - x, dy = g[i + kLanes] - y, dz = g[i + 2 * kLanes] - z;
      now_m[i] = std::sqrt(dx * dx + dy * dy + dz * dz);
      // padding lanes have a leg of 0
      out.row[kTermProgress][i] =
          leg_m[i] > 0 ? weight * (before_m[i] - now_m[i]) / leg_m[i] : 0.0F;
      out.row[kFlagTruncated][i] = task::outside(box, x, y, z);
    }
    std::copy_n(now_m, kLanes, distance_m);
  }

  void score_motion(const Blocks& agents, int b, Scores& out) const noexcept {
    const float* const v = agents.row(b, kVelocity);
    const float* const w = agents.row(b, kOmega);
    const float* const touch_static = agents.row(b, kTouchStatic);
    const float* const touch_agent = agents.row(b, kTouchAgent);
    const float* const was_touching = agents.row(b, touching_.row);
    const float rates_cost = -step_s_ * config_.rates_weight;
    const float crash_cost = -config_.crash_cost;
    for (int i = 0; i < kLanes; ++i) {
      const float vx = v[i], vy = v[i + kLanes], vz = v[i + 2 * kLanes];
      const float wx = w[i], wy = w[i + kLanes], wz = w[i + 2 * kLanes];
      const float turn =
          (wx * wx + wy * wy + wz * wz) * (1 / (kRatesScaleRadps * kRatesScaleRadps));
      const float touching = touch_static[i] + touch_agent[i] > 0 ? 1.0F : 0.0F;
      const float began = touching * (1 - was_touching[i]);
      out.row[kTermRates][i] = rates_cost * (turn < 1 ? turn : 1.0F);
      out.row[kTermCrash][i] = crash_cost * began;
      out.row[kMetricSpeed][i] = std::sqrt(vx * vx + vy * vy + vz * vz);
      out.row[kMetricWaypoints][i] = 0;
      out.row[kMetricSuccess][i] = 0;
      out.row[kMetricCrashes][i] = began;
      out.row[kFlagTerminated][i] = 0;
      out.row[kFlagCrashed][i] = touching;
    }
  }

  // moves the agents that are near enough on to their next waypoint; few are
  void pass_waypoints(const Slab& slab, const task::BlockRange& range, int b,
                      const float* distance_m, Scores& out) const noexcept {
    for (int i = range.first_lane(b); i < range.last_lane(b); ++i) {
      if (!(distance_m[i] < config_.radius_m)) continue;
      const int body = b * kLanes + i;
      float& passed = slab.agents.at(body, passed_.row);
      const auto last = static_cast<float>(config_.num_waypoints);
      if (config_.num_waypoints > 0 && passed >= last) continue;
      // pay the rest of the leg, so that each leg pays the same
      passed += 1;
      out.row[kMetricWaypoints][i] = 1;
      out.row[kTermProgress][i] +=
          config_.progress_weight * distance_m[i] / slab.agents.at(body, leg_.row);
      if (config_.num_waypoints > 0 && passed >= last) {
        out.row[kMetricSuccess][i] = 1;
        out.row[kFlagTerminated][i] = 1;
      } else {
        next_waypoint(slab, body, slab.agents.vec3(body, goal_.row));
        begin_leg(slab, body);
      }
    }
  }

  WaypointsConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  float step_s_;
  task::Bounds bounds_;
  FieldRef goal_, passed_, leg_, distance_, touching_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_waypoints;
const TaskEntry task_waypoints{
    .name = "waypoints",
    .doc = "Fly through random points of the spawn region in order; touching anything is a crash.",
    .scene = "empty",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<WaypointsTask>(context);
    },
    .config_rows =
        [] {
          WaypointsConfig config;
          return field_rows(config);
        }};

}  // namespace volery
