// consensus: agree on a value by radio although some lie.
//
// An agent's value is the first number of its outbox, whether it is sent or not: an action changes
// it, and nothing else does. The last `num_liars` agents lie: the radio replaces what they send.
// The others shall end within epsilon of each other, and never leave the hull of what they began
// with, which is what no liar must be able to make them do (LeBlanc, Zhang, Koutsoukos, Sundaram,
// "Resilient asymptotic consensus in robust networks", IEEE JSAC 31(4), 2013). They hover
// meanwhile.
#include <algorithm>

#include "core/rng.hpp"
#include "state/message_rows.hpp"
#include "state/task_columns.hpp"
#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct ConsensusConfig {
  int num_liars = 2;
  int assumed_liars = -1;
  float epsilon = 0.01F;
  task::StartConfig start{.separation_m = 0.5F};
  float agreement_weight = 1;
  float collision_cost = 1;

  void describe(FieldVisitor& v) {
    v.field("num_liars", num_liars,
            {.low = 0, .high = 1e6, .doc = "the last agents of a world, whose messages are lies"});
    v.field("assumed_liars", assumed_liars,
            {.low = -1, .high = 1e6, .doc = "what agents are told of their number; -1: the truth"});
    v.field("epsilon", epsilon,
            {.low = 0, .high = 2, .doc = "spread of the honest values that counts as agreement"});
    v.table("start", start, "how agents start");
    v.field("agreement_weight", agreement_weight,
            {.unit = "1/s",
             .low = 0,
             .high = 1000,
             .doc = "reward per second of agreement inside the hull"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

enum Term : int { kTermAgreement, kTermCollision };
enum Metric : int { kMetricSpread, kMetricEscape, kMetricTime, kMetricSuccess };
// hull of the honest values at the start, farthest way out of it, time of the last disagreement
enum WorldField : int { kLow, kHigh, kEscape, kApartS, kNumWorldFields };
// Rounding of a mean is no escape.
constexpr float kHullTolerance = 1e-5F;

class ConsensusTask final : public Task {
 public:
  explicit ConsensusTask(const TaskContext& context)
      : config_(load_config(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 12),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task consensus"),
        step_s_(context.step_s) {
    if (config_.num_liars >= num_agents_) {
      throw Error(ErrorKind::kValue,
                  "task_config.num_liars = " + std::to_string(config_.num_liars) +
                      ": must be below config.num_agents = " + std::to_string(num_agents_));
    }
    const auto add = [&](const char* name, int width, const char* unit, const char* doc) {
      return context.fields.add({.name = name,
                                 .width = width,
                                 .unit = unit,
                                 .frame = "",
                                 .writer = "task consensus",
                                 .doc = doc});
    };
    goal_ = add("goal_w_m", 3, "m", "where the agent hovers");
    spec_.columns = {{"value", "", "", -1, 1, "the agent's own value"},
                     {"liars", "", "", 0, 1e6F, "how many liars it must expect"}};
    spec_.column_rows =
        add("task_columns", kNumConsensusColumns, "", "what the sensor `task` shows");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }
  void connect(const MessageRows& messages) override { messages_ = messages; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    for (int agent = 0; agent < slab.num_agents; ++agent) begin(slab, world, agent, 0);
    draw_values(slab, world);
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
  static ConsensusConfig load_config(const TaskContext& context) {
    ConsensusConfig config = task::load_with_start<ConsensusConfig>(context);
    if (config.assumed_liars < 0) config.assumed_liars = config.num_liars;
    return config;
  }

  // everyone hears everyone else, now and then not
  [[nodiscard]] Value radio() const {
    Value::Table table{{"payload", Value::Table{{"size", 1}}},
                       {"range", Value::Table{{"range_m", Value::Array{15.0}}}},
                       {"loss", Value::Table{{"probability", 0.1}}},
                       {"inbox", Value::Table{{"slots", std::min(num_agents_, 64)}}}};
    if (config_.num_liars == 0) return table;
    Value::Array liars;
    for (int i = num_agents_ - config_.num_liars; i < num_agents_; ++i) liars.emplace_back(i);
    table.emplace(
        "faults",
        Value::Table{{"liars", Value::Array{Value::Table{{"agents", liars}, {"mode", "random"}}}}});
    return table;
  }

  void fill_spec() {
    spec_.reward_terms = {
        {"agreement", "epsilon over the spread inside the hull, at most 1, per second"},
        {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {{"spread", "greatest less least honest value, at the end"},
                     {"escape", "farthest that an honest value left the hull of the first ones"},
                     {"agreed_s", "time after which the spread stayed below epsilon"},
                     {"success", "1 where honest agents ended agreed and never left the hull"}};
    spec_.reductions = {Reduction::kLast, Reduction::kLast, Reduction::kLast, Reduction::kLast};
    spec_.headline = {"success", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "goal", "task"};
    spec_.action = "velocity";
    spec_.radio = radio();
    spec_.baseline = "consensus";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 5;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = kNumWorldFields;
    spec_.goal = goal_;
  }

  [[nodiscard]] int num_honest() const noexcept { return num_agents_ - config_.num_liars; }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    const int body = world * slab.num_agents + agent;
    start_.apply(slab, world, agent, step);
    slab.agents.set_vec3(body, goal_.row, slab.agents.vec3(body, kPosition));
    metrics_.start(slab, body);
    slab.agents.at(body, spec_.column_rows.row + kConsensusLiars) =
        static_cast<float>(config_.assumed_liars);
  }

  [[nodiscard]] float& value(const Slab& slab, int body) const noexcept {
    return slab.agents.at(body, spec_.column_rows.row + kConsensusValue);
  }

  void draw_values(const Slab& slab, int world) const noexcept {
    const WorldHeader& header = slab.worlds[world];
    float* const fields = slab.world_row(world);
    fields[kLow] = 1;
    fields[kHigh] = -1;
    for (int i = 0; i < slab.num_agents; ++i) {
      Rng rng(header.seed, header.episode, Stream::kGoal, static_cast<std::uint32_t>(i));
      const float drawn = rng.uniform(-1, 1);
      value(slab, world * slab.num_agents + i) = drawn;
      if (i >= num_honest()) continue;
      fields[kLow] = std::min(fields[kLow], drawn);
      fields[kHigh] = std::max(fields[kHigh], drawn);
    }
    fields[kEscape] = 0;
    fields[kApartS] = 0;
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int first = world * slab.num_agents;
    float* const fields = slab.world_row(world);
    float low = 1, high = -1;
    for (int i = 0; i < slab.num_agents; ++i) {
      float& own = value(slab, first + i);
      if (messages_.any()) own = std::clamp(slab.agents.at(first + i, messages_.data), -1.0F, 1.0F);
      if (i >= num_honest()) continue;
      low = std::min(low, own);
      high = std::max(high, own);
    }
    const float spread = high - low;
    const float time_s = static_cast<float>(slab.worlds[world].step + 1) * step_s_;
    fields[kEscape] = std::max({fields[kEscape], fields[kLow] - low, high - fields[kHigh]});
    if (!(spread < config_.epsilon)) fields[kApartS] = time_s;
    const bool inside = fields[kEscape] < kHullTolerance;
    const bool agreed = spread < config_.epsilon;
    const float share = spread > config_.epsilon ? config_.epsilon / spread : 1.0F;
    const float paid = inside ? step_s_ * config_.agreement_weight * share : 0.0F;

    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermAgreement)[lane] = paid;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      out.metric(b, kMetricSpread)[lane] = spread;
      out.metric(b, kMetricEscape)[lane] = fields[kEscape];
      out.metric(b, kMetricTime)[lane] = fields[kApartS];
      out.metric(b, kMetricSuccess)[lane] = inside && agreed ? 1.0F : 0.0F;
    }
  }

  ConsensusConfig config_;
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

extern const TaskEntry task_consensus;
const TaskEntry task_consensus{
    .name = "consensus",
    .doc = "Agree on a value by radio although some lie, inside the hull of the honest values.",
    .scene = "yard",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<ConsensusTask>(context);
    },
    .config_rows =
        [] {
          ConsensusConfig config;
          return field_rows(config);
        }};

}  // namespace volery
