// formation: fly in formation through a room, each agent in its own slot.
//
// The slots start near the spawn region, wait for the agents to gather, then travel and turn to an
// end pose that is clear of obstacles; on the way slots may pass through obstacles, which the
// agents have to fly round. Collisions cost and are counted, but flying goes on. With `hears` the
// slots have no place of their own, and agents know of each other by radio alone
// (heard_formation_common.hpp).
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "core/math.hpp"
#include "task/formation_common.hpp"
#include "task/heard_formation_common.hpp"
#include "task/nearest_common.hpp"
#include "task/slots_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/task_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

using task::FormationConfig;
using task::SpawnRegion;
using task::Start;

// the rows of ScoreRows, in the order of the spec; metrics of HeardFormation come before the flags
enum Row : int {
  kTermSlot,
  kTermCloseness,
  kTermCollision,
  kMetricError,
  kMetricInPlace,
  kMetricSuccess,
  kMetricCollisions,
  kMetricObstacleHits,
  kMetricClosest,
  kFlagTerminated,
  kFlagTruncated,
  kFlagCrashed,
  kNumScoreRows,
  kNumFlags = kNumScoreRows - kFlagTerminated,
};
struct Scores {
  alignas(64) float row[kNumScoreRows][kLanes];
};

class FormationTask final : public Task {
 public:
  explicit FormationTask(const TaskContext& context)
      : config_(task::load_formation_config(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents
                    : config_.hears        ? 6
                                           : 16),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        path_(config_, context, num_agents_, region_.spec()),
        step_s_(context.step_s),
        bounds_(task::bounds_of(context.scene)) {
    FieldTable& fields = context.fields;
    goal_ = fields.add({.name = "goal_w_m",
                        .width = 3,
                        .unit = "m",
                        .frame = "world",
                        .writer = "task formation",
                        .doc = "the agent's slot"});
    slot_ = fields.add({.name = "slot_index",
                        .width = 1,
                        .unit = "",
                        .frame = "",
                        .writer = "task formation",
                        .doc = "which slot the agent was given"});
    touching_ = fields.add({.name = "was_touching",
                            .width = 1,
                            .unit = "",
                            .frame = "",
                            .writer = "task formation",
                            .doc = "1 where the agent touched an obstacle one step ago, plus 2 "
                                   "where it touched an agent"});
    fill_spec();
    if (config_.hears) heard_.emplace(context, config_, goal_.row, slot_.row).append_to(spec_);
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    for (int agent = 0; agent < slab.num_agents; ++agent) start_.apply(slab, world, agent, 0);

    // slots in their own order first, to be assigned; then each agent's own
    if (heard_) {
      path_.draw_heading(slab.worlds[world], slab.world_row(world));
    } else {
      path_.draw(slab.worlds[world], slab.world_row(world));
    }
    const task::Pose pose = path_.at(slab.world_row(world), 0);
    const int first = world * slab.num_agents;
    for (int i = 0; i < slab.num_agents; ++i) {
      slab.agents.set_vec3(first + i, goal_.row, path_.slot(pose, i));
    }
    task::assign_slots(slab, world, goal_.row, slot_.row, touching_.row);
    if (heard_) {
      heard_->start(slab, world);
    } else {
      move_goals(slab, world, 0);
    }
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    start_.apply(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    slab.agents.at(world * slab.num_agents + agent, touching_.row) = 0;
    return true;
  }

  void before_step(const Slab& slab, int first_world, int last_world) const noexcept override {
    // slots that stand still keep what reset or set_goal wrote
    if (!path_.moves()) return;
    for (int w = first_world; w < last_world; ++w) {
      // where the slots are when this step is over, which is when it is scored and seen
      if (slab.worlds[w].phase == WorldPhase::kRunning) {
        move_goals(slab, w, static_cast<float>(slab.worlds[w].step + 1) * step_s_);
      }
    }
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    if (heard_) {
      for (int w = first_world; w < last_world; ++w) heard_->move_goals(slab, w);
    }
    const task::BlockRange range(slab, first_world, last_world);
    for (int b = range.first; b < range.last; ++b) {
      Scores scores{};
      alignas(64) float touching[kLanes];
      score_slots(slab.agents, b, scores);
      score_touches(slab.agents, b, touching, scores);
      task::copy_rows(range, b, touching, slab.agents.row(b, touching_.row), 1);
      task::copy_rows(range, b, scores.row[0], out.row(b, 0), kFlagTerminated);
      task::copy_rows(range, b, scores.row[kFlagTerminated], out.terminated(b), kNumFlags);
    }
    for (int w = first_world; w < last_world; ++w) score_world(slab, w, out);
  }

 private:
  void fill_spec() {
    spec_.reward_terms = {{"slot", "nearness to the slot, 1 per second in it"},
                          {"closeness", "cost of being near another agent"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {
        {"slot_error_m", "distance to the slot"},
        {"in_place", "1 while within the success radius of the slot"},
        {"success", config_.hears ? "1 where the world ended formed"
                                  : "1 where the world's mean slot error ended within the success "
                                    "radius"},
        {"collisions", "times that the agent began to touch another agent"},
        {"obstacle_hits", "times that the agent began to touch an obstacle"},
        {"closest_m", "least distance to another agent, between centers"}};
    spec_.reductions = {Reduction::kMean, Reduction::kMean, Reduction::kLast,
                        Reduction::kSum,  Reduction::kSum,  Reduction::kMin};
    spec_.headline = {"success", false, 1};
    spec_.sensors = {"pose", "velocity", "rates", "goal", "neighbors", "rangefinder"};
    // with four beams a column fits between two of them until it is too late
    spec_.sensor_config = Value::Table{{"rangefinder", Value::Table{{"horizontal", 8}}}};
    spec_.action = "velocity";
    spec_.baseline = "formation";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 25;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = task::FormationPath::kNumWorldFields;
    spec_.goal = goal_;
  }

  void move_goals(const Slab& slab, int world, float time_s) const noexcept {
    const task::Pose pose = path_.at(slab.world_row(world), time_s);
    const int first = world * slab.num_agents;
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int slot = static_cast<int>(slab.agents.at(body, slot_.row));
      slab.agents.set_vec3(body, goal_.row, path_.slot(pose, slot));
    }
  }

  void score_slots(const Blocks& agents, int b, Scores& out) const noexcept {
    const float* const p = agents.row(b, kPosition);
    const float* const g = agents.row(b, goal_.row);
    const float scale_m = config_.slot_scale_m, radius_m = config_.success_radius_m;
    const float numerator = step_s_ * config_.slot_weight * scale_m;
    const task::Bounds box = bounds_;
    for (int i = 0; i < kLanes; ++i) {
      const float x = p[i], y = p[i + kLanes], z = p[i + 2 * kLanes];
      const float dx = g[i] - x, dy = g[i + kLanes] - y, dz = g[i + 2 * kLanes] - z;
      const float error_m = std::sqrt(dx * dx + dy * dy + dz * dz);
      out.row[kTermSlot][i] = numerator / (scale_m + error_m);
      out.row[kMetricError][i] = error_m;
      out.row[kMetricInPlace][i] = error_m < radius_m ? 1.0F : 0.0F;
      out.row[kFlagTruncated][i] = task::outside(box, x, y, z);
    }
  }

  // a touch counts when it begins, against obstacles and agents apart
  void score_touches(const Blocks& agents, int b, float* now, Scores& out) const noexcept {
    const float* const touch_static = agents.row(b, kTouchStatic);
    const float* const touch_agent = agents.row(b, kTouchAgent);
    const float* const before = agents.row(b, touching_.row);
    const float cost = -config_.collision_cost;
    alignas(64) float touching[kLanes];
    for (int i = 0; i < kLanes; ++i) {
      const float agent_before = before[i] > 1.5F ? 1.0F : 0.0F;
      const float static_before = before[i] - 2 * agent_before;
      const float by_static = touch_static[i] > 0 ? 1.0F : 0.0F;
      const float by_agent = touch_agent[i] > 0 ? 1.0F : 0.0F;
      const float static_begins = by_static * (1 - static_before);
      const float agent_begins = by_agent * (1 - agent_before);
      out.row[kTermCollision][i] = cost * (static_begins + agent_begins);
      out.row[kMetricObstacleHits][i] = static_begins;
      out.row[kMetricCollisions][i] = agent_begins;
      out.row[kFlagCrashed][i] = by_static + by_agent > 0 ? 1.0F : 0.0F;
      touching[i] = by_static + 2 * by_agent;
    }
    std::copy_n(touching, kLanes, now);
  }

  // what depends on the whole world: the nearest other agent and the mean slot error
  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    alignas(64) float nearest_m[task::kMaxPairAgents];
    task::nearest_distances(slab, world, nearest_m);
    const int first = world * slab.num_agents;
    float sum_m = 0;
    for (int i = 0; i < slab.num_agents; ++i) {
      const int b = (first + i) / kLanes, lane = (first + i) % kLanes;
      sum_m += out.row(b, kMetricError)[lane];
      // quadratic from nothing at safe_distance_m to the whole cost at contact
      const float lack = std::max(0.0F, 1 - nearest_m[i] / config_.safe_distance_m);
      out.row(b, kTermCloseness)[lane] = -step_s_ * config_.closeness_weight * lack * lack;
      out.row(b, kMetricClosest)[lane] = nearest_m[i];
    }
    const float mean_m = sum_m / static_cast<float>(slab.num_agents);
    const bool in_place =
        heard_ ? heard_->score(slab, world, out) : mean_m < config_.success_radius_m;
    const float success = in_place ? 1.0F : 0.0F;
    for (int i = 0; i < slab.num_agents; ++i) {
      out.row((first + i) / kLanes, kMetricSuccess)[(first + i) % kLanes] = success;
    }
  }

  FormationConfig config_;
  int num_agents_;
  SpawnRegion region_;
  Start start_;
  task::FormationPath path_;
  float step_s_;
  task::Bounds bounds_;
  FieldRef goal_, slot_, touching_;
  std::optional<task::HeardFormation> heard_;  // with config.hears
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_formation;
const TaskEntry task_formation{
    .name = "formation",
    .doc = "Fly in formation through a room with obstacles; collisions cost and are counted.",
    .scene = "room",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<FormationTask>(context);
    },
    .config_rows =
        [] {
          FormationConfig config;
          return field_rows(config);
        }};

}  // namespace volery
