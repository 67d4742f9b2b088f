// hover: start anywhere, anyhow, and hold still at the goal.
//
// The benchmark task: score() reads 20 rows per block in one pass and costs a few nanoseconds per
// agent (hover_common.cpp). Every reward term but the crash is bounded and per second, so that a
// perfect episode returns about its length in seconds whatever the agent rate.
#include "task/hover_common.hpp"
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

class HoverTask final : public Task {
 public:
  explicit HoverTask(const TaskContext& context)
      : config_(task::load_with_start<HoverConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 1),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row) {
    if (config_.goal == Goal::kAuto) config_.goal = num_agents_ == 1 ? Goal::kFixed : Goal::kStart;
    goal_w_m_ = task::vec3_of(config_.goal_w_m, "task_config.goal_w_m");
    const task::Bounds bounds = task::bounds_of(context.scene);
    if (config_.goal == Goal::kFixed) check_goal(context.scene, bounds);
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
    score_ = {.position_scale_m = config_.position_scale_m,
              .position_weight = context.step_s * config_.position_weight,
              .success_radius_m = config_.success_radius_m,
              .tilt_weight = context.step_s * config_.tilt_weight,
              .rates_weight = context.step_s * config_.rates_weight,
              .effort_weight = context.step_s * config_.effort_weight,
              .crash_cost = config_.crash_cost,
              .hover_speed_radps = context.vehicle.hover_speed_radps,
              .num_rotors = context.vehicle.num_rotors,
              .fleet_row = context.fleet_row,
              .bounds = bounds,
              .goal_row = goal_.row,
              .touching_row = touching_.row};
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
    task::score_hover(score_, slab.agents, {first_agent, last_agent}, out);
  }

 private:
  void check_goal(const Scene& scene, const task::Bounds& bounds) const {
    if (task::inside(bounds, goal_w_m_) && region_.is_clear(goal_w_m_)) return;
    throw Error(ErrorKind::kValue, "task_config.goal_w_m = " + task::to_text(goal_w_m_) +
                                       ": must lie inside the bounds " +
                                       task::to_text(bounds.low_w_m) + " to " +
                                       task::to_text(bounds.high_w_m) + " of scene '" +
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
    spec_.headline = {"success", false, 1};
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

  HoverConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  task::HoverScore score_;
  Vec3 goal_w_m_;
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
