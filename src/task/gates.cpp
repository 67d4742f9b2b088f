// gates: race through a track of square gates, in order, for some laps, alone or against others.
//
// The goal leads through each gate: first the point before it on its axis, then the one behind it.
// The task's columns show the gate itself and the one after it, hence where their frames are.
// Passing counts where the move of a step crosses the gate's plane inside the opening. Touching
// anything, frames and other racers too, is a crash.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "state/task_columns.hpp"
#include "task/gates_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"

namespace volery {

namespace {

using task::Gate;
using task::SpawnRegion;
using task::Start;
using task::StartConfig;
using task::SwarmMetrics;

enum class Track : int { kSplitS, kRandom };

struct GatesConfig {
  Track track = Track::kSplitS;
  int num_gates = 7;
  int laps = 3;
  float opening_m = 1.5F;
  float lead_m = 1;
  StartConfig start{};
  float progress_weight = 1;
  float rates_weight = 0.01F;
  float crash_cost = 10;
  float finish_reward = 10;

  void describe(FieldVisitor& v) {
    v.choice("track", track, {"split_s", "random"},
             "the track of Foehn et al., 2021, whose frames stand in the scene split_s, or one "
             "drawn for each episode within the scene's bounds, of gates without frames");
    v.field("num_gates", num_gates, {.low = 3, .high = 64, .doc = "gates of a random track"});
    v.field("laps", laps, {.low = 1, .high = 1000, .doc = "rounds to fly"});
    v.field("opening_m", opening_m,
            {.unit = "m", .low = 0.1, .high = 100, .doc = "width and height of the opening"});
    v.field("lead_m", lead_m,
            {.unit = "m",
             .low = 0.1,
             .high = 10,
             .doc = "how far before and behind a gate, on its axis, the goal stands"});
    v.table("start", start, "how agents start");
    v.field("progress_weight", progress_weight,
            {.unit = "1/m", .low = 0, .high = 1000, .doc = "reward per meter nearer to the gate"});
    v.field(
        "rates_weight", rates_weight,
        {.unit = "1/rad", .low = 0, .high = 1000, .doc = "cost per second and rad/s of turning"});
    v.field("crash_cost", crash_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
    v.field("finish_reward", finish_reward,
            {.low = 0, .high = 1e6, .doc = "reward for the last gate of the last lap"});
  }
};

enum Term : int { kTermProgress, kTermRates, kTermCrash, kTermFinish, kNumTerms };
enum Metric : int {
  kMetricGates,
  kMetricMissed,
  kMetricLaps,
  kMetricLapTime,
  kMetricBestLap,
  kMetricSpeed,
  kMetricSuccess,
  kNumMetrics,
};

// An agent is on a gate's axis within this share of the opening from it.
constexpr float kOnAxis = 0.15F;

class GatesTask final : public Task {
 public:
  explicit GatesTask(const TaskContext& context)
      : config_(load_config(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 1),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task gates"),
        gates_(task::split_s_track()),
        num_gates_(config_.track == Track::kRandom ? config_.num_gates
                                                   : static_cast<int>(gates_.size())),
        box_(track_box(context.scene)),
        step_s_(context.step_s) {
    const auto own = [&](const char* name, int width, const char* unit, const char* doc) {
      return context.fields.add({.name = name,
                                 .width = width,
                                 .unit = unit,
                                 .frame = width == 3 ? "world" : "",
                                 .writer = "task gates",
                                 .doc = doc});
    };
    goal_ = own("goal_w_m", 3, "m", "the point to fly to: before the next gate, then behind it");
    passed_ = own("gates_passed", 1, "", "how many gates the agent has passed");
    before_ = own("gate_entry", 1, "", "1 while the goal is the point before the gate");
    last_ = own("last_position_w_m", 3, "m", "where the agent was one step ago");
    lap_start_ = own("lap_start_s", 1, "s", "time at which the present lap began");
    best_ = own("best_lap_s", 1, "s", "time of the fastest lap; 0 before there is one");
    spec_.columns = columns(context.scene);
    spec_.column_rows = task::declare_columns(context, spec_.columns, "task gates");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
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
    for (int w = first_world; w < last_world; ++w) {
      for (int body = w * slab.num_agents; body < (w + 1) * slab.num_agents; ++body) {
        score_agent(slab, w, body, out);
      }
    }
  }

  void landmarks(const Slab& slab, int world, std::vector<Landmark>& out) const override {
    std::vector<bool> next(static_cast<std::size_t>(num_gates_), false);
    for (int agent = 0; agent < slab.num_agents; ++agent) {
      const int body = world * slab.num_agents + agent;
      const int index = static_cast<int>(slab.agents.at(body, passed_.row)) % num_gates_;
      next[static_cast<std::size_t>(index)] = true;
    }
    for (int i = 0; i < num_gates_; ++i) {
      const Gate at = gate(slab, world, i);
      out.push_back({.name = "gate",
                     .kind = Landmark::Kind::kGate,
                     .state = next[static_cast<std::size_t>(i)] ? Landmark::State::kBusy
                                                                : Landmark::State::kOpen,
                     .position_w_m = at.center_w_m,
                     .axis_w = at.through_w,
                     .radius_m = 0.5F * config_.opening_m});
    }
  }

 private:
  static GatesConfig load_config(const TaskContext& context) {
    GatesConfig config = task::load_with_start<GatesConfig>(context);
    if (config.opening_m < 2 * context.vehicle.bounding_radius_m) {
      throw Error(ErrorKind::kValue, "task_config.opening_m = " + std::to_string(config.opening_m) +
                                         ": vehicle '" + context.vehicle.config.name + "' is " +
                                         std::to_string(2 * context.vehicle.bounding_radius_m) +
                                         " m wide");
    }
    return config;
  }

  // where random gates may stand: half an opening and the lead away from the bounds
  [[nodiscard]] task::Bounds track_box(const Scene& scene) const {
    task::Bounds box = task::bounds_of(scene);
    const float aside_m = 0.5F * config_.opening_m + config_.lead_m;
    const Vec3 inset{aside_m, aside_m, 0.5F * config_.opening_m + 0.1F};
    box.low_w_m.z = std::max(box.low_w_m.z, 0.0F);
    box = {box.low_w_m + inset, box.high_w_m - inset};
    const Vec3 size = box.high_w_m - box.low_w_m;
    if (config_.track == Track::kRandom && !(size.x > 4 && size.y > 4 && size.z > 0)) {
      throw Error(ErrorKind::kValue, "task_config.track = \"random\": the bounds of scene '" +
                                         scene.config().name +
                                         "' leave no room for gates; must be 4 m wider than a gate "
                                         "and its leads");
    }
    return box;
  }

  // in the order of GateColumn
  [[nodiscard]] std::vector<Column> columns(const Scene& scene) const {
    const task::Bounds bounds = task::bounds_of(scene);
    const Vec3 size = bounds.high_w_m - bounds.low_w_m;
    const float far_m = std::sqrt(dot(size, size));
    std::vector<Column> columns;
    const std::pair<std::string, std::string> gates[] = {{"gate", "next gate"},
                                                         {"gate_after", "gate after the next"},
                                                         {"gate_before", "gate before the next"}};
    for (const auto& [gate, which] : gates) {
      for (const char* axis : {"_x", "_y", "_z"}) {
        columns.push_back(
            {gate + axis, "m", "world", -far_m, far_m, "to the middle of the " + which});
      }
      for (const char* axis : {"_through_x", "_through_y"}) {
        columns.push_back({gate + axis, "", "world", -1, 1, "unit vector through the " + which});
      }
    }
    columns.push_back({"opening", "m", "", 0, 100, "width and height inside the frames"});
    return columns;
  }

  void fill_spec() {
    spec_.reward_terms = {{"progress", "way gained towards the goal"},
                          {"rates", "cost of turning"},
                          {"crash", "cost of beginning to touch anything"},
                          {"finish", "reward for the last gate"}};
    spec_.metrics = {{"gates", "gates passed"},
                     {"missed", "times that a gate's plane was crossed beside the opening"},
                     {"laps", "laps completed"},
                     {"lap_time_s", "mean time of the laps completed; 0 without one"},
                     {"best_lap_s", "time of the fastest lap; 0 without one"},
                     {"speed_mps", "speed"},
                     {"success", "1 where all laps were completed"}};
    spec_.reductions = {Reduction::kSum,  Reduction::kSum,  Reduction::kLast, Reduction::kLast,
                        Reduction::kLast, Reduction::kMean, Reduction::kLast};
    spec_.headline = {"success", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "goal", "neighbors", "task"};
    spec_.action = "ctbr";
    spec_.baseline = "gates";
    spec_.on_crash = OnCrash::kTerminateAgent;
    spec_.episode_s = 200;
    spec_.num_agents = num_agents_;
    spec_.goal = goal_;
  }

  [[nodiscard]] Gate gate(const Slab& slab, int world, int index) const noexcept {
    index %= num_gates_;
    if (config_.track == Track::kSplitS) return gates_[static_cast<std::size_t>(index)];
    return task::random_gate(slab.worlds[world], box_, num_gates_, index);
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    const int body = world * slab.num_agents + agent;
    start_.apply(slab, world, agent, step);
    metrics_.start(slab, body);
    // a respawned racer keeps its gates
    slab.agents.set_vec3(body, last_.row, slab.agents.vec3(body, kPosition));
    slab.agents.at(body, before_.row) = 1;
    write_goal(slab, world, body);
    show(slab, world, body);
  }

  void show(const Slab& slab, int world, int body) const noexcept {
    const int passed = static_cast<int>(slab.agents.at(body, passed_.row));
    const Vec3 here = slab.agents.vec3(body, kPosition);
    const int row = spec_.column_rows.row;
    const std::pair<int, int> places[] = {
        {kGateX, passed}, {kGateAfterX, passed + 1}, {kGateBeforeX, passed + num_gates_ - 1}};
    for (const auto& [column, index] : places) {
      const Gate shown = gate(slab, world, index);
      const int first = row + column;
      slab.agents.set_vec3(body, first, shown.center_w_m - here);
      slab.agents.at(body, first + 3) = shown.through_w.x;
      slab.agents.at(body, first + 4) = shown.through_w.y;
    }
    slab.agents.at(body, row + kGateOpening) = config_.opening_m;
  }

  void write_goal(const Slab& slab, int world, int body) const noexcept {
    const Gate next = gate(slab, world, static_cast<int>(slab.agents.at(body, passed_.row)));
    const float side = slab.agents.at(body, before_.row) > 0 ? -1.0F : 1.0F;
    slab.agents.set_vec3(body, goal_.row,
                         next.center_w_m + next.through_w * (side * config_.lead_m));
  }

  // the goal moves on from before a gate to behind it once the agent is in the opening's way
  void lead_through(const Slab& slab, int world, int body) const noexcept {
    if (slab.agents.at(body, before_.row) == 0) return;
    const Gate next = gate(slab, world, static_cast<int>(slab.agents.at(body, passed_.row)));
    const Vec3 offset = slab.agents.vec3(body, kPosition) - next.center_w_m;
    const float ahead_m = -dot(offset, next.through_w);
    const Vec3 aside = offset + next.through_w * ahead_m;
    const float axis_m = std::sqrt(dot(aside, aside));
    if (ahead_m > 0 && ahead_m < 2 * config_.lead_m && axis_m < kOnAxis * config_.opening_m) {
      slab.agents.at(body, before_.row) = 0;
    }
  }

  void score_agent(const Slab& slab, int world, int body, const ScoreRows& out) const noexcept {
    const int b = body / kLanes, lane = body % kLanes;
    const Blocks& agents = slab.agents;
    const Vec3 here = agents.vec3(body, kPosition), last = agents.vec3(body, last_.row);
    const Vec3 goal = agents.vec3(body, goal_.row), omega = agents.vec3(body, kOmega);
    const Vec3 v = agents.vec3(body, kVelocity);
    const auto length = [](Vec3 a) { return std::sqrt(dot(a, a)); };
    const float time_s = static_cast<float>(slab.worlds[world].step + 1) * step_s_;
    const int index = static_cast<int>(agents.at(body, passed_.row));
    const task::Crossing met =
        task::crossing(gate(slab, world, index), config_.opening_m, last, here);
    const bool passed = met == task::Crossing::kPassed;
    const int gates = index + (passed ? 1 : 0);
    const bool lap = passed && gates % num_gates_ == 0;
    const bool finished = lap && gates == config_.laps * num_gates_;
    const float touches = metrics_.row(out, b, SwarmMetrics::kCollisions)[lane] +
                          metrics_.row(out, b, SwarmMetrics::kObstacleHits)[lane];
    out.term(b, kTermProgress)[lane] =
        config_.progress_weight * (length(goal - last) - length(goal - here));
    out.term(b, kTermRates)[lane] = -step_s_ * config_.rates_weight * length(omega);
    out.term(b, kTermCrash)[lane] = -config_.crash_cost * touches;
    out.term(b, kTermFinish)[lane] = finished ? config_.finish_reward : 0.0F;

    if (lap) {
      float& best_s = agents.at(body, best_.row);
      const float lap_s = time_s - agents.at(body, lap_start_.row);
      best_s = best_s > 0 ? std::min(best_s, lap_s) : lap_s;
      agents.at(body, lap_start_.row) = time_s;
    }
    const int laps = gates / num_gates_;
    out.metric(b, kMetricGates)[lane] = passed ? 1.0F : 0.0F;
    out.metric(b, kMetricMissed)[lane] = met == task::Crossing::kMissed ? 1.0F : 0.0F;
    out.metric(b, kMetricLaps)[lane] = static_cast<float>(laps);
    out.metric(b, kMetricLapTime)[lane] =
        laps > 0 ? agents.at(body, lap_start_.row) / static_cast<float>(laps) : 0.0F;
    out.metric(b, kMetricBestLap)[lane] = agents.at(body, best_.row);
    out.metric(b, kMetricSpeed)[lane] = length(v);
    out.metric(b, kMetricSuccess)[lane] = finished ? 1.0F : 0.0F;
    if (finished) out.terminated(b)[lane] = 1;

    agents.set_vec3(body, last_.row, here);
    agents.at(body, passed_.row) = static_cast<float>(gates);
    // crossed beside the opening: round again
    if (met != task::Crossing::kNone) agents.at(body, before_.row) = 1;
    lead_through(slab, world, body);
    write_goal(slab, world, body);
    show(slab, world, body);
  }

  GatesConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  SwarmMetrics metrics_;
  std::vector<Gate> gates_;
  int num_gates_;
  task::Bounds box_;
  float step_s_;
  FieldRef goal_, passed_, before_, last_, lap_start_, best_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_gates;
const TaskEntry task_gates{
    .name = "gates",
    .doc = "Race through a track of square gates for some laps; touching anything is a crash.",
    .scene = "split_s",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<GatesTask>(context);
    },
    .config_rows =
        [] {
          GatesConfig config;
          return field_rows(config);
        },
    .vehicle = "racer",
    .rates = {.physics_hz = 300, .control_hz = 300, .agent_hz = 60}};

}  // namespace volery
