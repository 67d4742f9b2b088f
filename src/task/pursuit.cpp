// pursuit: the first A - 1 agents hunt the last one, which is faster and flees by a rule.
//
// The evader is a body like the others. Its rule writes its action row before control, so that it
// flies, is slow to turn and crashes by the same physics; pursuers' actions are cut to their own
// speed there. So the task sets speeds, and everybody flies at the velocity level.
#include <algorithm>
#include <cmath>
#include <string>

#include "task/pursuit_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"

namespace volery {

namespace {

using task::SpawnRegion;
using task::Start;
using task::StartConfig;
using task::SwarmMetrics;

enum class EvaderKind : int { kRule, kAction };

struct PursuitConfig {
  float pursuer_speed_mps = 1;
  float evader_speed_ratio = 1.3F;
  EvaderKind evader = EvaderKind::kRule;
  float capture_m = 0.3F;
  float start_distance_m = 2;
  StartConfig start{};
  float capture_reward = 100;
  float captor_reward = 30;
  float distance_weight = 2;
  float spread_weight = 1;

  void describe(FieldVisitor& v) {
    v.field("pursuer_speed_mps", pursuer_speed_mps,
            {.unit = "m/s", .low = 0.05, .high = 50, .doc = "greatest speed of pursuers"});
    v.field("evader_speed_ratio", evader_speed_ratio,
            {.low = 0, .high = 20, .doc = "the evader's speed over that of pursuers"});
    v.choice("evader", evader, {"rule", "action"},
             "who flies the evader: the repulsive rule of de Souza et al., 2021, or its actions");
    v.field("capture_m", capture_m,
            {.unit = "m",
             .low = 0.01,
             .high = 100,
             .doc = "a pursuer nearer than this, between centers, has captured the evader"});
    v.field("start_distance_m", start_distance_m,
            {.unit = "m",
             .low = 0,
             .high = 100,
             .doc = "wished least distance of the evader to pursuers at the start"});
    v.table("start", start, "how agents start");
    v.field(
        "capture_reward", capture_reward,
        {.low = 0, .high = 1e6, .doc = "reward of each pursuer for a capture; the evader's cost"});
    v.field("captor_reward", captor_reward,
            {.low = 0, .high = 1e6, .doc = "further reward of those who made it"});
    v.field("distance_weight", distance_weight,
            {.unit = "1/m/s",
             .low = 0,
             .high = 1000,
             .doc = "cost per second and meter to the evader"});
    v.field("spread_weight", spread_weight,
            {.unit = "1/s",
             .low = 0,
             .high = 1000,
             .doc = "cost per second of standing on the same side of the evader as the nearest "
                    "pursuer"});
  }
};

enum Term : int { kTermCapture, kTermCaptor, kTermDistance, kTermSpread, kNumTerms };
enum Metric : int { kMetricSuccess, kMetricTime, kMetricDistance, kNumMetrics };

// The most agents of a world: the rule looks at all of them.
constexpr int kMostAgents = 64;
constexpr int kEvaderDraws = 64;

class PursuitTask final : public Task {
 public:
  explicit PursuitTask(const TaskContext& context)
      : config_(task::load_with_start<PursuitConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 4),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task pursuit"),
        arena_(task::arena_of(context.scene)),
        step_s_(context.step_s) {
    if (num_agents_ < 2) {
      throw Error(ErrorKind::kValue,
                  "config.num_agents = 1: pursuit needs a pursuer and an evader, at least 2");
    }
    set_speeds(context);
    goal_ = context.fields.add({.name = "goal_w_m",
                                .width = 3,
                                .unit = "m",
                                .frame = "world",
                                .writer = "task pursuit",
                                .doc = "of pursuers: where the evader is; of the evader: where the "
                                       "nearest pursuer is"});
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    place_evader(slab, world);
    for (int agent = 0; agent < slab.num_agents; ++agent) {
      start_.apply(slab, world, agent, 0);
      metrics_.start(slab, world * slab.num_agents + agent);
    }
    write_goals(slab, world);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    start_.apply(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    metrics_.start(slab, world * slab.num_agents + agent);
    return true;
  }

  void before_control(const Slab& slab, int first_world, int last_world,
                      int action_row) const noexcept override {
    for (int w = first_world; w < last_world; ++w) {
      if (slab.worlds[w].phase != WorldPhase::kRunning) continue;
      const int evader = evader_of(slab, w);
      for (int body = w * slab.num_agents; body <= evader; ++body) {
        const bool flees = body == evader;
        const float full_mps = full_speed_mps_[body - w * slab.num_agents];
        const float speed_mps =
            config_.pursuer_speed_mps * (flees ? config_.evader_speed_ratio : 1.0F);
        Vec3 v = slab.agents.vec3(body, action_row) * full_mps;
        if (flees && config_.evader == EvaderKind::kRule) {
          v = evader_velocity(slab, w, speed_mps);
          slab.agents.at(body, action_row + 3) = 0;  // no turning
        }
        const float size2 = dot(v, v);
        if (size2 > speed_mps * speed_mps) v = v * (speed_mps / std::sqrt(size2));
        slab.agents.set_vec3(body, action_row, v * (1 / full_mps));
      }
    }
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    metrics_.score(slab, first_world, last_world, out);
    for (int w = first_world; w < last_world; ++w) {
      write_goals(slab, w);
      score_world(slab, w, out);
    }
  }

 private:
  [[nodiscard]] static int evader_of(const Slab& slab, int world) noexcept {
    return (world + 1) * slab.num_agents - 1;
  }

  // what action +-1 means for each agent, and whether it is enough
  void set_speeds(const TaskContext& context) {
    if (!context.action_level.empty() && context.action_level != "velocity") {
      throw Error(ErrorKind::kValue, "config.action = \"" + std::string(context.action_level) +
                                         "\": pursuit sets speeds; must be velocity");
    }
    const float fastest_mps =
        config_.pursuer_speed_mps * std::max(1.0F, config_.evader_speed_ratio);
    for (int i = 0; i < std::min(num_agents_, kMostAgents); ++i) {
      const Vehicle& type =
          context.types == nullptr
              ? context.vehicle
              : (*context.types)[static_cast<std::size_t>(i) % context.types->size()];
      full_speed_mps_[i] = type.gains.max_speed_mps;
      if (fastest_mps > full_speed_mps_[i]) {
        throw Error(ErrorKind::kValue,
                    "task_config.pursuer_speed_mps = " + std::to_string(config_.pursuer_speed_mps) +
                        ": vehicle '" + type.config.name + "' flies at most " +
                        std::to_string(full_speed_mps_[i]) + " m/s, the evader needs " +
                        std::to_string(fastest_mps));
      }
    }
  }

  void fill_spec() {
    spec_.reward_terms = {{"capture", "a pursuer has come near enough; the evader pays it"},
                          {"captor", "more for the one that did"},
                          {"distance", "cost of the distance to the evader"},
                          {"spread", "cost of being on the nearest pursuer's side of the evader"}};
    spec_.metrics = {{"success", "1 where the evader was captured"},
                     {"capture_time_s", "time of the capture, or of the end without one"},
                     {"evader_distance_m",
                      "distance to the evader; the evader's to the nearest "
                      "pursuer"}};
    spec_.reductions = {Reduction::kLast, Reduction::kLast, Reduction::kMean};
    spec_.headline = {"success", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "goal", "neighbors"};
    spec_.sensor_config = Value::Table{{"neighbors", Value::Table{{"radius_m", 20.0}}}};
    spec_.action = "velocity";
    spec_.baseline = "pursuit";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 30;
    spec_.num_agents = num_agents_;
    spec_.max_agents = kMostAgents;
    spec_.goal = goal_;
  }

  // away from the pursuers, where there is such a place
  void place_evader(const Slab& slab, int world) const noexcept {
    const WorldHeader& header = slab.worlds[world];
    const int evader = evader_of(slab, world);
    Rng rng(header.seed, header.episode, Stream::kTask, 0xFFFFFFFEU);
    const float least2 = config_.start_distance_m * config_.start_distance_m;
    for (int draw = 0; draw < kEvaderDraws; ++draw) {
      const Vec3 point = region_.uniform_point(rng);
      bool clear = region_.is_free(point);
      for (int body = world * slab.num_agents; clear && body < evader; ++body) {
        const Vec3 apart = slab.agents.vec3(body, kPosition) - point;
        clear = dot(apart, apart) >= least2;
      }
      if (!clear) continue;
      slab.agents.set_vec3(evader, kPosition, point);
      return;
    }
  }

  [[nodiscard]] Vec3 evader_velocity(const Slab& slab, int world, float speed_mps) const noexcept {
    Vec3 pursuers_w_m[kMostAgents];
    int num = 0;
    for (int i = 0; i < slab.num_agents - 1; ++i) {
      const int body = world * slab.num_agents + i;
      if (!is_absent(slab.agents, body)) pursuers_w_m[num++] = slab.agents.vec3(body, kPosition);
    }
    return task::evade(arena_, slab.agents.vec3(evader_of(slab, world), kPosition), pursuers_w_m,
                       num, speed_mps);
  }

  // the pursuer nearest to the evader, of those that are here
  [[nodiscard]] static int nearest_pursuer(const Slab& slab, int world) noexcept {
    const int first = world * slab.num_agents, evader = evader_of(slab, world);
    const Vec3 prey = slab.agents.vec3(evader, kPosition);
    int nearest = first;
    float least2 = 1e30F;
    for (int body = first; body < evader; ++body) {
      const Vec3 way = prey - slab.agents.vec3(body, kPosition);
      if (is_absent(slab.agents, body) || dot(way, way) >= least2) continue;
      least2 = dot(way, way);
      nearest = body;
    }
    return nearest;
  }

  void write_goals(const Slab& slab, int world) const noexcept {
    const int evader = evader_of(slab, world);
    const Vec3 prey = slab.agents.vec3(evader, kPosition);
    for (int body = world * slab.num_agents; body < evader; ++body) {
      slab.agents.set_vec3(body, goal_.row, prey);
    }
    slab.agents.set_vec3(evader, goal_.row,
                         slab.agents.vec3(nearest_pursuer(slab, world), kPosition));
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int first = world * slab.num_agents, evader = evader_of(slab, world);
    const Vec3 prey = slab.agents.vec3(evader, kPosition);
    const int hunter = nearest_pursuer(slab, world);
    const Vec3 nearest = slab.agents.vec3(hunter, kPosition) - prey;
    const float nearest_m = std::sqrt(dot(nearest, nearest));
    const bool captured = nearest_m < config_.capture_m && !is_absent(slab.agents, hunter) &&
                          !is_absent(slab.agents, evader);
    const float time_s = static_cast<float>(slab.worlds[world].step + 1) * step_s_;
    for (int body = first; body <= evader; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const Vec3 way = slab.agents.vec3(body, kPosition) - prey;
      const float distance_m = body == evader ? nearest_m : std::sqrt(dot(way, way));
      const bool hunts = body != evader;
      // 0 opposite the nearest pursuer, 2 beside it; the nearest one itself pays nothing
      const float sizes = distance_m * nearest_m;
      const bool apart = hunts && sizes > 1e-9F && !(way == nearest);
      const float beside = apart ? dot(way, nearest) / sizes + 1 : 0.0F;
      const float num_pursuers = static_cast<float>(slab.num_agents - 1);
      const float won = captured ? config_.capture_reward : 0.0F;
      out.term(b, kTermCapture)[lane] = hunts ? won : -won;
      out.term(b, kTermCaptor)[lane] =
          hunts && distance_m < config_.capture_m ? config_.captor_reward : 0.0F;
      out.term(b, kTermDistance)[lane] =
          hunts ? -step_s_ * config_.distance_weight * distance_m : 0.0F;
      out.term(b, kTermSpread)[lane] = -step_s_ * config_.spread_weight * beside / num_pursuers;
      out.metric(b, kMetricSuccess)[lane] = captured ? 1.0F : 0.0F;
      out.metric(b, kMetricTime)[lane] = time_s;
      out.metric(b, kMetricDistance)[lane] = distance_m;
      if (captured) out.terminated(b)[lane] = 1;
    }
  }

  PursuitConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  SwarmMetrics metrics_;
  task::Arena arena_;
  float step_s_;
  float full_speed_mps_[kMostAgents] = {};
  FieldRef goal_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_pursuit;
const TaskEntry task_pursuit{
    .name = "pursuit",
    .doc = "Catch an agent that is faster and flees by a published rule, in a bounded arena.",
    .scene = "arena",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<PursuitTask>(context);
    },
    .config_rows =
        [] {
          PursuitConfig config;
          return field_rows(config);
        }};

}  // namespace volery
