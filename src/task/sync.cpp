// sync: pulse together, with pulses of one bit.
//
// Every agent has a timer since its own last pulse, which is a message that says nothing but that
// it came. Phases are the timers over the period; the order parameter is the length of their mean
// on the circle (Kuramoto 1984). Agents hover meanwhile.
#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "core/rng.hpp"
#include "state/message_rows.hpp"
#include "state/task_columns.hpp"
#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct SyncConfig {
  float period_s = 1;
  float refractory = 0.4F;
  float order = 0.95F;
  int periods = 10;
  task::StartConfig start{.separation_m = 0.5F};
  float order_weight = 1;
  float collision_cost = 1;

  void describe(FieldVisitor& v) {
    v.field("period_s", period_s,
            {.unit = "s", .low = 0.05, .high = 1000, .doc = "of an agent that hears nobody"});
    v.field("refractory", refractory,
            {.low = 0,
             .high = 0.95,
             .doc = "share of the period after a pulse in which another one does not count: more "
                    "than twice the latency, and who pulses all the time is not in step"});
    v.field("order", order,
            {.low = 0, .high = 1, .doc = "order parameter above which a world is in step"});
    v.field(
        "periods", periods,
        {.low = 1, .high = 1e6, .doc = "success after so many periods in step without a break"});
    v.table("start", start, "how agents start");
    v.field("order_weight", order_weight,
            {.unit = "1/s", .low = 0, .high = 1000, .doc = "reward per second at order 1"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

enum Term : int { kTermOrder, kTermCollision };
enum Metric : int { kMetricOrder, kMetricInStep, kMetricSpread, kMetricPulses, kMetricSuccess };
// seconds in step up to now, and the longest such time
enum WorldField : int { kInStepS, kLongestS, kNumWorldFields };

class SyncTask final : public Task {
 public:
  explicit SyncTask(const TaskContext& context)
      : config_(task::load_with_start<SyncConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 16),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task sync"),
        step_s_(context.step_s) {
    const auto add = [&](const char* name, int width, const char* unit, const char* doc) {
      return context.fields.add({.name = name,
                                 .width = width,
                                 .unit = unit,
                                 .frame = "",
                                 .writer = "task sync",
                                 .doc = doc});
    };
    goal_ = add("goal_w_m", 3, "m", "where the agent hovers");
    spec_.columns = {{"since_pulse", "s", "", 0, 1e6F, "since the agent's own last pulse"},
                     {"period", "s", "", 0, 1e6F, "between pulses of an agent that hears nobody"}};
    spec_.column_rows = add("task_columns", kNumSyncColumns, "", "what the sensor `task` shows");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }
  void connect(const MessageRows& messages) override { messages_ = messages; }

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
    for (int w = first_world; w < last_world; ++w) score_world(slab, w, out);
  }

 private:
  void fill_spec() {
    spec_.reward_terms = {{"order", "order parameter, per second"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {{"order", "order parameter of the phases, mean over the episode"},
                     {"in_step_s", "longest time in step"},
                     {"spread_s", "shortest arc that holds all phases, as a time, at the end"},
                     {"pulses", "pulses of the agent"},
                     {"success", "1 where a world was in step for the periods asked for"}};
    spec_.reductions = {Reduction::kMean, Reduction::kLast, Reduction::kLast, Reduction::kSum,
                        Reduction::kLast};
    spec_.headline = {"success", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "goal", "task"};
    spec_.action = "velocity";
    // a token of one kind: that it came is all it says
    spec_.radio = Value::Table{{"payload", Value::Table{{"kind", "token"}, {"size", 1}}},
                               {"range", Value::Table{{"range_m", Value::Array{15.0}}}},
                               {"loss", Value::Table{{"probability", 0.1}}}};
    spec_.baseline = "sync";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 20;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = kNumWorldFields;
    spec_.goal = goal_;
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    const int body = world * slab.num_agents + agent;
    start_.apply(slab, world, agent, step);
    slab.agents.set_vec3(body, goal_.row, slab.agents.vec3(body, kPosition));
    metrics_.start(slab, body);
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, Stream::kGoal, static_cast<std::uint32_t>(agent), step);
    since(slab, body) = rng.uniform(0, config_.period_s);
    slab.agents.at(body, spec_.column_rows.row + kSyncPeriod) = config_.period_s;
  }

  [[nodiscard]] float& since(const Slab& slab, int body) const noexcept {
    return slab.agents.at(body, spec_.column_rows.row + kSyncSincePulse);
  }

  // a period less the widest gap between phases
  [[nodiscard]] float spread_s(const Slab& slab, int world) const noexcept {
    float sorted_s[task::kMaxPairAgents];
    const int num = slab.num_agents;
    for (int i = 0; i < num; ++i) {
      const float t = since(slab, world * num + i) / config_.period_s;
      sorted_s[i] = config_.period_s * (t - static_cast<float>(static_cast<int>(t)));
    }
    std::sort(sorted_s, sorted_s + num);
    float gap_s = sorted_s[0] + config_.period_s - sorted_s[num - 1];
    for (int i = 1; i < num; ++i) gap_s = std::max(gap_s, sorted_s[i] - sorted_s[i - 1]);
    return config_.period_s - gap_s;
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int first = world * slab.num_agents;
    float* const fields = slab.world_row(world);
    float x = 0, y = 0;
    for (int body = first; body < first + slab.num_agents; ++body) {
      const bool ready = since(slab, body) + step_s_ > config_.refractory * config_.period_s;
      const bool pulses = ready && messages_.any() && slab.agents.at(body, messages_.send) > 0;
      since(slab, body) = pulses ? 0.0F : since(slab, body) + step_s_;
      out.metric(body / kLanes, kMetricPulses)[body % kLanes] = pulses ? 1.0F : 0.0F;
      const float angle_rad = 2 * kPi * since(slab, body) / config_.period_s;
      x += cos(angle_rad);
      y += sin(angle_rad);
    }
    const float order = std::sqrt(x * x + y * y) / static_cast<float>(slab.num_agents);
    fields[kInStepS] = order >= config_.order ? fields[kInStepS] + step_s_ : 0.0F;
    fields[kLongestS] = std::max(fields[kLongestS], fields[kInStepS]);
    const float asked_s = static_cast<float>(config_.periods) * config_.period_s;
    const float success = fields[kLongestS] >= asked_s ? 1.0F : 0.0F;
    const float apart_s = spread_s(slab, world);

    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermOrder)[lane] = step_s_ * config_.order_weight * order;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      out.metric(b, kMetricOrder)[lane] = order;
      out.metric(b, kMetricInStep)[lane] = fields[kLongestS];
      out.metric(b, kMetricSpread)[lane] = apart_s;
      out.metric(b, kMetricSuccess)[lane] = success;
    }
  }

  SyncConfig config_;
  int num_agents_;
  task::SpawnRegion region_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  float step_s_;
  MessageRows messages_;
  FieldRef goal_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_sync;
const TaskEntry task_sync{.name = "sync",
                          .doc = "Pulse together by radio, with pulses of one bit.",
                          .scene = "yard",
                          .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
                            return std::make_unique<SyncTask>(context);
                          },
                          .config_rows =
                              [] {
                                SyncConfig config;
                                return field_rows(config);
                              }};

}  // namespace volery
