// patrol: visit every cell of an area again and again.
//
// The idleness of a cell is the time since an agent was last near its middle. Cells start as an
// even patrol would have left them, with ages between nothing and one round, so that the first
// round counts like any other.
#include <algorithm>

#include "core/rng.hpp"
#include "task/area_common.hpp"
#include "task/nearest_common.hpp"
#include "task/patrol_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct PatrolConfig {
  task::AreaConfig area;
  float cell_m = 1;
  float visit_radius_m = 0.35F;
  float speed_mps = 1;
  task::StartConfig start{.separation_m = 0.5F};
  float patrol_weight = 1;
  float collision_cost = 1;

  void describe(FieldVisitor& v) {
    v.table("area", area, "what is patrolled");
    v.field("cell_m", cell_m,
            {.unit = "m", .low = 0.05, .high = 1000, .doc = "size of a cell, fitted to the area"});
    v.field("visit_radius_m", visit_radius_m,
            {.unit = "m",
             .low = 0.01,
             .high = 1000,
             .doc = "an agent this near a cell's middle, seen from above, visits it"});
    v.field("speed_mps", speed_mps,
            {.unit = "m/s",
             .low = 0.01,
             .high = 100,
             .doc = "speed of the even patrol that results are compared with"});
    v.table("start", start, "how agents start");
    v.field("patrol_weight", patrol_weight,
            {.unit = "1/s", .low = 0, .high = 1000, .doc = "reward per second at the bound"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

enum Term : int { kTermPatrol, kTermCollision };
enum Metric : int { kMetricMean, kMetricMax, kMetricRatio, kMetricVisits };
// More would make the world fields larger than the agents.
constexpr int kMostCells = 4096;

class PatrolTask final : public Task {
 public:
  explicit PatrolTask(const TaskContext& context)
      : config_(task::load_with_start<PatrolConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 4),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task patrol"),
        step_s_(context.step_s),
        area_(task::area_of(config_.area, context.scene)),
        grid_(task::cell_grid(area_, config_.cell_m)),
        round_s_(std::max(task::cycle_m(grid_), config_.cell_m) /
                 (static_cast<float>(num_agents_) * config_.speed_mps)) {
    if (grid_.num_cells() > kMostCells) {
      throw Error(ErrorKind::kValue, "task_config.cell_m = " + std::to_string(config_.cell_m) +
                                         ": parts the area into " +
                                         std::to_string(grid_.num_cells()) + " cells, at most " +
                                         std::to_string(kMostCells) + " are kept");
    }
    spec_.columns = columns();
    spec_.column_rows = task::declare_columns(context, spec_.columns, "task patrol");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, Stream::kTask, 0xFFFFFFFEU);
    float* const age_s = slab.world_row(world);
    for (int i = 0; i < grid_.num_cells(); ++i) age_s[i] = rng.uniform(0, round_s_);
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
  [[nodiscard]] std::vector<Column> columns() const {
    std::vector<Column> columns = task::area_columns(area_);
    const float far_m = 2 * std::max(area_.width_m(), area_.depth_m());
    columns.push_back({"cell_x", "m", "world", -far_m, far_m, "to the middle of the own cell"});
    columns.push_back({"cell_y", "m", "world", -far_m, far_m, "to the middle of the own cell"});
    columns.push_back({"cell_size", "m", "", 0, far_m, "of a cell along x"});
    for (int i = 0; i < kPatrolWindow * kPatrolWindow; ++i) {
      std::string name = "age";
      name += std::to_string(i);
      columns.push_back({name, "s", "", -1, 1e6F,
                         "idleness of a cell around the own one, row by row from the south-west; "
                         "-1 outside the area"});
    }
    return columns;
  }

  void fill_spec() {
    spec_.reward_terms = {
        {"patrol", "least mean idleness over the present one, 1 per second at it"},
        {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {{"mean_idleness_s", "mean over cells and time of the time since a visit"},
                     {"max_idleness_s", "longest time that a cell was left alone"},
                     {"idleness_ratio", "mean idleness over that of an even patrol, L / (2 N v)"},
                     {"visits", "cells visited, each stay once"}};
    spec_.reductions = {Reduction::kMean, Reduction::kMax, Reduction::kMean, Reduction::kSum};
    spec_.headline = {"idleness_ratio", true, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "neighbors", "task"};
    spec_.action = "velocity";
    spec_.baseline = "patrol";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 120;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = grid_.num_cells();
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    start_.apply(slab, world, agent, step);
    const int body = world * slab.num_agents + agent;
    metrics_.start(slab, body);
    show(slab, world, body);
  }

  // what the agent perceives: the edges, and the ages of the cells around
  void show(const Slab& slab, int world, int body) const noexcept {
    const Blocks& agents = slab.agents;
    const float* const age_s = slab.world_row(world);
    const int row = spec_.column_rows.row;
    task::write_area(area_, agents, body, row);
    const Vec3 p = agents.vec3(body, kPosition);
    const int own_x = grid_.cell_x(p.x), own_y = grid_.cell_y(p.y);
    agents.at(body, row + kPatrolCellX) = grid_.middle_x_m(own_x) - p.x;
    agents.at(body, row + kPatrolCellY) = grid_.middle_y_m(own_y) - p.y;
    agents.at(body, row + kPatrolCellSize) = grid_.cell_x_m;
    constexpr int kReach = kPatrolWindow / 2;
    for (int i = 0; i < kPatrolWindow * kPatrolWindow; ++i) {
      const int x = own_x + i % kPatrolWindow - kReach, y = own_y + i / kPatrolWindow - kReach;
      const bool there = x >= 0 && y >= 0 && x < grid_.num_x && y < grid_.num_y;
      agents.at(body, row + kPatrolAges + i) = there ? age_s[y * grid_.num_x + x] : -1.0F;
    }
  }

  // 1 where the agent came to its cell's middle after the cell had been left alone for a while
  float visit(const Slab& slab, int world, int body) const noexcept {
    if (!task::is_up(slab.agents, body)) return 0;
    const Vec3 p = slab.agents.vec3(body, kPosition);
    const int x = grid_.cell_x(p.x), y = grid_.cell_y(p.y);
    const float dx = p.x - grid_.middle_x_m(x), dy = p.y - grid_.middle_y_m(y);
    if (dx * dx + dy * dy > config_.visit_radius_m * config_.visit_radius_m) return 0;
    float& age_s = slab.world_row(world)[y * grid_.num_x + x];
    const float begun = age_s > 1.5F * step_s_ ? 1.0F : 0.0F;
    age_s = 0;
    return begun;
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    float* const age_s = slab.world_row(world);
    for (int i = 0; i < grid_.num_cells(); ++i) age_s[i] += step_s_;
    const int first = world * slab.num_agents;
    for (int body = first; body < first + slab.num_agents; ++body) {
      out.metric(body / kLanes, kMetricVisits)[body % kLanes] = visit(slab, world, body);
    }
    double sum_s = 0;
    float max_s = 0;
    for (int i = 0; i < grid_.num_cells(); ++i) {
      sum_s += age_s[i];
      max_s = std::max(max_s, age_s[i]);
    }
    const float mean_s = static_cast<float>(sum_s) / static_cast<float>(grid_.num_cells());
    const float ratio = mean_s / (0.5F * round_s_);
    const float paid = step_s_ * config_.patrol_weight / std::max(ratio, 0.1F);

    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermPatrol)[lane] = paid;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      out.metric(b, kMetricMean)[lane] = mean_s;
      out.metric(b, kMetricMax)[lane] = max_s;
      out.metric(b, kMetricRatio)[lane] = ratio;
      show(slab, world, body);
    }
  }

  PatrolConfig config_;
  int num_agents_;
  task::SpawnRegion region_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  float step_s_;
  task::Area area_;
  task::CellGrid grid_;
  float round_s_;  // of an even patrol: its greatest idleness
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_patrol;
const TaskEntry task_patrol{
    .name = "patrol",
    .doc = "Visit the cells of an area again and again; idleness against that of an even round.",
    .scene = "yard",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<PatrolTask>(context);
    },
    .config_rows =
        [] {
          PatrolConfig config;
          return field_rows(config);
        }};

}  // namespace volery
