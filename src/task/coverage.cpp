// coverage: spread over an area so that every point of it has an agent near.
//
// The cost is Cortes's locational cost H, over its bound for as many agents. Everyone is paid the
// same, since the cost is the swarm's.
#include <algorithm>

#include "task/area_common.hpp"
#include "task/cost_common.hpp"
#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct CoverageConfig {
  task::AreaConfig area;
  int cells_per_side = 32;
  float sensing_radius_m = 1.5F;
  float success_ratio = 1.15F;
  task::StartConfig start{.separation_m = 0.5F};
  float coverage_weight = 1;
  float collision_cost = 1;

  void describe(FieldVisitor& v) {
    v.table("area", area, "what is to be covered");
    v.field("cells_per_side", cells_per_side,
            {.low = 4, .high = 256, .doc = "lattice on which the cost is integrated"});
    v.field("sensing_radius_m", sensing_radius_m,
            {.unit = "m", .low = 0.01, .high = 1000, .doc = "for the metric `covered`"});
    v.field("success_ratio", success_ratio,
            {.low = 1, .high = 100, .doc = "cost over its bound below which a world succeeds"});
    v.table("start", start, "how agents start");
    v.field("coverage_weight", coverage_weight,
            {.unit = "1/s", .low = 0, .high = 1000, .doc = "reward per second at the bound"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

enum Term : int { kTermCoverage, kTermCollision };
enum Metric : int { kMetricRatio, kMetricFinal, kMetricCovered, kMetricSuccess };

class CoverageTask final : public Task {
 public:
  explicit CoverageTask(const TaskContext& context)
      : config_(task::load_with_start<CoverageConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 16),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task coverage"),
        step_s_(context.step_s),
        area_(task::area_of(config_.area, context.scene)),
        lattice_(area_, config_.cells_per_side, config_.sensing_radius_m),
        bound_m4_(lattice_.bound_m4(num_agents_)) {
    spec_.columns = task::area_columns(area_);
    spec_.column_rows = task::declare_columns(context, spec_.columns, "task coverage");
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
    for (int w = first_world; w < last_world; ++w) score_world(slab, w, out);
  }

 private:
  void fill_spec() {
    spec_.reward_terms = {{"coverage", "bound over cost, 1 per second at the bound"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {{"cost_ratio", "locational cost over 0.16038 A^2 / N"},
                     {"final_cost_ratio", "the same at the end"},
                     {"covered", "share of the area within the sensing radius at the end"},
                     {"success", "1 where the cost ended below success_ratio times the bound"}};
    spec_.reductions = {Reduction::kMean, Reduction::kLast, Reduction::kLast, Reduction::kLast};
    spec_.headline = {"final_cost_ratio", true, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "neighbors", "task"};
    spec_.sensor_config =
        Value::Table{{"neighbors", Value::Table{{"count", 12}, {"radius_m", 10.0}}}};
    spec_.action = "velocity";
    spec_.baseline = "lloyd";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 30;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    start_.apply(slab, world, agent, step);
    const int body = world * slab.num_agents + agent;
    metrics_.start(slab, body);
    task::write_area(area_, slab.agents, body, spec_.column_rows.row);
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    // wrecks cover nothing
    alignas(64) float x_m[task::kMaxPairAgents];
    alignas(64) float y_m[task::kMaxPairAgents];
    int num_up = 0;
    const int first = world * slab.num_agents;
    for (int body = first; body < first + slab.num_agents; ++body) {
      if (!task::is_up(slab.agents, body)) continue;
      x_m[num_up] = slab.agents.at(body, kPosition);
      y_m[num_up++] = slab.agents.at(body, kPosition + 1);
    }
    const task::CoverageCost now = lattice_.cost(x_m, y_m, num_up);
    const float ratio = now.cost_m4 / bound_m4_;
    const float paid = step_s_ * config_.coverage_weight / std::max(ratio, 1e-3F);

    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermCoverage)[lane] = paid;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      out.metric(b, kMetricRatio)[lane] = ratio;
      out.metric(b, kMetricFinal)[lane] = ratio;
      out.metric(b, kMetricCovered)[lane] = now.covered;
      out.metric(b, kMetricSuccess)[lane] = ratio < config_.success_ratio ? 1.0F : 0.0F;
      task::write_area(area_, slab.agents, body, spec_.column_rows.row);
    }
  }

  CoverageConfig config_;
  int num_agents_;
  task::SpawnRegion region_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  float step_s_;
  task::Area area_;
  task::CostLattice lattice_;
  float bound_m4_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_coverage;
const TaskEntry task_coverage{
    .name = "coverage",
    .doc = "Deploy over an area: least locational cost against its bound.",
    .scene = "yard",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<CoverageTask>(context);
    },
    .config_rows =
        [] {
          CoverageConfig config;
          return field_rows(config);
        }};

}  // namespace volery
