// hover: start anywhere, anyhow, and hold still at the goal.
//
// The benchmark task: score() reads 20 rows per block in one pass and costs a few nanoseconds per
// agent. Every reward term but the crash is bounded and per second, so that a perfect episode
// returns about its length in seconds whatever the agent rate.
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

enum class Goal : int { kAuto, kFixed, kRandom, kStart };

struct HoverConfig {
  Goal goal = Goal::kAuto;
  std::vector<float> goal_w_m{0, 0, 1};
  StartConfig start{.attitude_rad = 0.7F, .velocity_mps = 0.5F, .rates_radps = 2};
  float success_radius_m = 0.1F;
  float position_scale_m = 0.5F;
  float position_weight = 1;
  float tilt_weight = 0.1F;
  float rates_weight = 0.1F;
  float effort_weight = 0.05F;
  float crash_cost = 5;

  void describe(FieldVisitor& v) {
    v.choice("goal", goal, {"auto", "fixed", "random", "start"},
             "where to hover: goal_w_m, a random point of the spawn region, or where the agent "
             "started; auto: fixed for one agent, start for more");
    v.field("goal_w_m", goal_w_m, {.unit = "m", .doc = "the fixed goal, world frame"});
    v.table("start", start, "how agents start");
    v.field("success_radius_m", success_radius_m,
            {.unit = "m", .low = 0, .high = 100, .doc = "nearer than this counts as at the goal"});
    v.field("position_scale_m", position_scale_m,
            {.unit = "m",
             .low = 1e-3,
             .high = 1000,
             .doc = "distance at which the position term has halved"});
    v.field("position_weight", position_weight,
            {.unit = "1/s", .low = 0, .high = 1000, .doc = "reward per second at the goal"});
    v.field("tilt_weight", tilt_weight,
            {.unit = "1/s", .low = 0, .high = 1000, .doc = "cost per second upside down"});
    v.field(
        "rates_weight", rates_weight,
        {.unit = "1/s", .low = 0, .high = 1000, .doc = "cost per second at 10 rad/s and above"});
    v.field("effort_weight", effort_weight,
            {.unit = "1/s",
             .low = 0,
             .high = 1000,
             .doc = "cost per second at rotor speeds 100 % off hover and beyond"});
    v.field("crash_cost", crash_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

// the rows of ScoreRows, in the order of the spec
enum Row : int {
  kTermPosition,
  kTermTilt,
  kTermRates,
  kTermEffort,
  kTermCrash,
  kMetricError,
  kMetricAtGoal,
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

class HoverTask final : public Task {
 public:
  explicit HoverTask(const TaskContext& context)
      : config_(load_config(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 1),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle),
        step_s_(context.step_s),
        hover_speed_radps_(context.vehicle.hover_speed_radps),
        num_rotors_(context.vehicle.num_rotors) {
    if (config_.goal == Goal::kAuto) config_.goal = num_agents_ == 1 ? Goal::kFixed : Goal::kStart;
    goal_w_m_ = task::vec3_of(config_.goal_w_m, "task_config.goal_w_m");
    bounds_ = task::bounds_of(context.scene);
    if (config_.goal == Goal::kFixed) check_goal(context.scene);
    goal_ = context.fields.add({.name = "goal_w_m",
                                .width = 3,
                                .unit = "m",
                                .frame = "world",
                                .writer = "task hover",
                                .doc = "where the agent shall hover"});
    touching_ = context.fields.add({.name = "was_touching",
                                    .width = 1,
                                    .unit = "",
                                    .frame = "",
                                    .writer = "task hover",
                                    .doc = "1 where the agent touched something one step ago"});
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    if (config_.goal == Goal::kRandom) region_.place(slab, world, goal_.row, Stream::kGoal);
    for (int agent = 0; agent < slab.num_agents; ++agent) {
      start_.apply(slab, world, agent, 0);
      set_goal(slab, world * slab.num_agents + agent);
    }
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    start_.apply(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    const int body = world * slab.num_agents + agent;
    slab.agents.at(body, touching_.row) = 0;
    set_goal(slab, body);
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
      // into a local block, which the compiler knows to alias nothing, then out in one piece
      Scores scores;
      score_position(slab.agents, b, scores);
      score_motion(slab.agents, b, scores);
      task::copy_rows(range, b, scores.row[kFlagCrashed], slab.agents.row(b, touching_.row), 1);
      score_effort(slab.agents, b, scores);
      task::copy_rows(range, b, scores.row[0], out.row(b, 0), kNumScoreRows);
    }
  }

 private:
  static HoverConfig load_config(const TaskContext& context) {
    HoverConfig config;
    load(config, context.config, "task_config");
    config.start = task::resolved(config.start, context.vehicle);
    return config;
  }

  void check_goal(const Scene& scene) const {
    if (task::inside(bounds_, goal_w_m_) && region_.is_clear(goal_w_m_)) return;
    throw Error(ErrorKind::kValue, "task_config.goal_w_m = " + task::to_text(goal_w_m_) +
                                       ": must lie inside the bounds " +
                                       task::to_text(bounds_.low_w_m) + " to " +
                                       task::to_text(bounds_.high_w_m) + " of scene '" +
                                       scene.config().name + "' and clear of its obstacles");
  }

  void fill_spec() {
    spec_.reward_terms = {{"position", "nearness to the goal, 1 per second at it"},
                          {"tilt", "cost of leaning away from level"},
                          {"rates", "cost of turning"},
                          {"effort", "cost of rotor speeds away from hover"},
                          {"crash", "cost of beginning to touch anything"}};
    spec_.metrics = {{"position_error_m", "distance to the goal"},
                     {"at_goal", "1 while within the success radius"},
                     {"success", "1 where the episode ended within the success radius"},
                     {"crashes", "times that the agent began to touch something"}};
    spec_.reductions = {Reduction::kMean, Reduction::kMean, Reduction::kLast, Reduction::kSum};
    spec_.sensors = {"pose", "velocity", "rates", "goal"};
    spec_.action = "rotor";
    spec_.baseline = "hover";
    spec_.on_crash = OnCrash::kTerminateAgent;
    spec_.episode_s = 10;
    spec_.num_agents = num_agents_;
    spec_.goal = goal_;
    spec_.scores_agents_alone = true;
  }

  void set_goal(const Slab& slab, int body) const noexcept {
    if (config_.goal == Goal::kFixed) slab.agents.set_vec3(body, goal_.row, goal_w_m_);
    if (config_.goal == Goal::kStart) {
      slab.agents.set_vec3(body, goal_.row, slab.agents.vec3(body, kPosition));
    }
  }

  // distance to the goal, bounds
  void score_position(const Blocks& agents, int b, Scores& out) const noexcept {
    const float* const p = agents.row(b, kPosition);
    const float* const g = agents.row(b, goal_.row);
    const float scale_m = config_.position_scale_m, radius_m = config_.success_radius_m;
    const float numerator = step_s_ * config_.position_weight * scale_m;
    const task::Bounds box = bounds_;
    for (int i = 0; i < kLanes; ++i) {
      const float x = p[i], y = p[i + kLanes], z = p[i + 2 * kLanes];
      const float dx = g[i] - x, dy = g[i + kLanes] - y, dz = g[i + 2 * kLanes] - z;
      const float distance_m = std::sqrt(dx * dx + dy * dy + dz * dz);
      const float near = distance_m < radius_m ? 1.0F : 0.0F;
      out.row[kTermPosition][i] = numerator / (scale_m + distance_m);
      out.row[kMetricError][i] = distance_m;
      out.row[kMetricAtGoal][i] = near;
      out.row[kMetricSuccess][i] = near;
      out.row[kFlagTruncated][i] = task::outside(box, x, y, z);
    }
  }

  // tilt, rates and touches
  void score_motion(const Blocks& agents, int b, Scores& out) const noexcept {
    const float* const q = agents.row(b, kQuat);
    const float* const w = agents.row(b, kOmega);
    const float* const touch_static = agents.row(b, kTouchStatic);
    const float* const touch_agent = agents.row(b, kTouchAgent);
    const float* const was_touching = agents.row(b, touching_.row);
    const float tilt_cost = -step_s_ * config_.tilt_weight;
    const float rates_cost = -step_s_ * config_.rates_weight;
    const float crash_cost = -config_.crash_cost;
    for (int i = 0; i < kLanes; ++i) {
      const float qx = q[i], qy = q[i + kLanes];
      const float wx = w[i], wy = w[i + kLanes], wz = w[i + 2 * kLanes];
      const float turn =
          (wx * wx + wy * wy + wz * wz) * (1 / (kRatesScaleRadps * kRatesScaleRadps));
      const float touching = touch_static[i] + touch_agent[i] > 0 ? 1.0F : 0.0F;
      const float began = touching * (1 - was_touching[i]);
      // (1 - cos tilt) / 2, with cos tilt = 1 - 2 (qx^2 + qy^2)
      out.row[kTermTilt][i] = tilt_cost * (qx * qx + qy * qy);
      out.row[kTermRates][i] = rates_cost * (turn < 1 ? turn : 1.0F);
      out.row[kTermCrash][i] = crash_cost * began;
      out.row[kMetricCrashes][i] = began;
      out.row[kFlagTerminated][i] = 0;
      out.row[kFlagCrashed][i] = touching;
    }
  }

  // rotor speeds, the one effort that every action level shares
  void score_effort(const Blocks& agents, int b, Scores& out) const noexcept {
    alignas(64) float sum[kLanes] = {};
    const float per_hover = 1 / hover_speed_radps_;
    for (int r = 0; r < num_rotors_; ++r) {
      const float* const speed = agents.row(b, kRotorRows + num_rotors_ + r);
      for (int i = 0; i < kLanes; ++i) {
        const float off = speed[i] * per_hover - 1;
        sum[i] += off * off;
      }
    }
    const float per_rotor = 1 / static_cast<float>(num_rotors_);
    const float cost = -step_s_ * config_.effort_weight;
    for (int i = 0; i < kLanes; ++i) {
      const float mean = sum[i] * per_rotor;
      out.row[kTermEffort][i] = cost * (mean < 1 ? mean : 1.0F);
    }
  }

  HoverConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  float step_s_;
  float hover_speed_radps_;
  int num_rotors_;
  Vec3 goal_w_m_;
  task::Bounds bounds_;
  FieldRef goal_, touching_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_hover;
const TaskEntry task_hover{
    .name = "hover",
    .doc = "Start at a random pose and motion and hover at the goal; touching anything is a crash.",
    .scene = "hover",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<HoverTask>(context);
    },
    .config_rows =
        [] {
          HoverConfig config;
          return field_rows(config);
        }};

}  // namespace volery
