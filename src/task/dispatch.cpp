// dispatch: pick up and deliver what comes up, and do not run out of charge.
//
// Jobs come up by a fixed Poisson trace, the same in every world and episode, so that the cost can
// be put beside that of a dispatcher who knew it all beforehand. Each agent has a charging station
// of its own, where it starts; without charge its motors stop, wherever it is.
#include <algorithm>
#include <cmath>

#include "task/area_common.hpp"
#include "task/jobs_common.hpp"
#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct DispatchConfig {
  task::AreaConfig area;
  int num_jobs = 8;
  float rate_per_s = 0.2F;
  int trace = 1;
  float speed_mps = 1;
  float reach_m = 0.3F;
  float charge_s = 40;
  float recharge_s = 8;
  task::StartConfig start{};
  float delivery_reward = 1;
  float waiting_cost = 0.02F;
  float collision_cost = 1;

  void describe(FieldVisitor& v) {
    v.table("area", area, "where jobs come up");
    v.field("num_jobs", num_jobs, {.low = 1, .high = task::kMostJobs, .doc = "jobs of a world"});
    v.field("rate_per_s", rate_per_s,
            {.unit = "1/s", .low = 1e-3, .high = 1000, .doc = "mean number of jobs per second"});
    v.field("trace", trace,
            {.low = 0, .high = 1e9, .doc = "which trace of arrivals; worlds and seeds share it"});
    v.field("speed_mps", speed_mps,
            {.unit = "m/s",
             .low = 0.01,
             .high = 100,
             .doc = "speed of the dispatcher who knows all that results are compared with"});
    v.field("reach_m", reach_m,
            {.unit = "m",
             .low = 0.01,
             .high = 100,
             .doc = "how near an agent must be to pick up, deliver or charge, seen from above"});
    v.field("charge_s", charge_s,
            {.unit = "s", .low = 0.1, .high = 1e6, .doc = "flight time of a full charge"});
    v.field("recharge_s", recharge_s,
            {.unit = "s", .low = 0.1, .high = 1e6, .doc = "time to charge from empty to full"});
    v.table("start", start, "how agents start; separation_m and clearance_m say nothing here");
    v.field("delivery_reward", delivery_reward,
            {.low = 0, .high = 1e6, .doc = "to the agent that delivers"});
    v.field("waiting_cost", waiting_cost,
            {.unit = "1/s", .low = 0, .high = 1000, .doc = "to everyone per open job and second"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

// Stations are at least four bounding radii apart, some 0.3 m.
constexpr float kStartSpread_m = 0.05F;

enum Term : int { kTermDelivery, kTermWaiting, kTermCollision };
enum Metric : int { kMetricDelay, kMetricRatio, kMetricDelivered, kMetricEmpty, kMetricSuccess };
// of each job: its state, and when it was delivered
enum class JobState : int { kWaiting, kCarried, kDone };
enum JobField : int { kState = 0, kDoneS, kNumJobFields };
// what is kept of an agent
enum Memory : int { kCharge, kLoad, kNumMemory };

class DispatchTask final : public Task {
 public:
  explicit DispatchTask(const TaskContext& context)
      : config_(task::load_with_start<DispatchConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 3),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task dispatch"),
        step_s_(context.step_s),
        area_(task::area_of(config_.area, context.scene)),
        jobs_(task::poisson_trace(static_cast<std::uint64_t>(config_.trace), config_.num_jobs,
                                  config_.rate_per_s, area_)) {
    make_homes(context.vehicle);
    optimum_s_ = task::clairvoyant_mean_s(jobs_, homes_, config_.speed_mps);
    spec_.columns = columns();
    const auto add = [&](const char* name, int width, const char* doc) {
      return context.fields.add({.name = name,
                                 .width = width,
                                 .unit = "",
                                 .frame = "",
                                 .writer = "task dispatch",
                                 .doc = doc});
    };
    spec_.column_rows = add("task_columns", kNumDispatchColumns, "what the sensor `task` shows");
    memory_ = add("dispatch", kNumMemory, "charge from 0 to 1, load (the job's number plus 1)");
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    for (int i = 0; i < config_.num_jobs; ++i) {
      job(slab, world, i)[kState] = static_cast<float>(JobState::kWaiting);
      job(slab, world, i)[kDoneS] = 0;
    }
    for (int agent = 0; agent < slab.num_agents; ++agent) begin(slab, world, agent, 0);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    put_back(slab, world, world * slab.num_agents + agent);
    begin(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    return true;
  }

  void before_step(const Slab& slab, int first_world, int last_world) const noexcept override {
    for (int body = first_world * slab.num_agents; body < last_world * slab.num_agents; ++body) {
      if (!(kept(slab, body, kCharge) > 0)) slab.agents.at(body, kMotorsOn) = 0;
    }
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    metrics_.score(slab, first_world, last_world, out);
    for (int w = first_world; w < last_world; ++w) score_world(slab, w, out);
  }

  void landmarks(const Slab& slab, int world, std::vector<Landmark>& out) const override {
    for (const task::Point home : homes_) {
      out.push_back({.name = "station",
                     .kind = Landmark::Kind::kZone,
                     .state = Landmark::State::kDone,
                     .position_w_m = {home.x_m, home.y_m, 0},
                     .radius_m = config_.reach_m});
    }
    const float time_s = static_cast<float>(slab.worlds[world].step) * step_s_;
    for (int i = 0; i < config_.num_jobs; ++i) {
      const auto state = static_cast<JobState>(job(slab, world, i)[kState]);
      if (state == JobState::kDone || spec_of(i).arrival_s > time_s) continue;
      const bool carried = state == JobState::kCarried;
      const task::Point at = carried ? spec_of(i).to : spec_of(i).from;
      out.push_back({.name = carried ? "delivery" : "pick-up",
                     .kind = Landmark::Kind::kItem,
                     .state = carried ? Landmark::State::kBusy : Landmark::State::kOpen,
                     .position_w_m = {at.x_m, at.y_m, 0}});
    }
  }

 private:
  // stations along the south edge
  void make_homes(const Vehicle& vehicle) {
    constexpr float kFromEdgeM = 0.8F;
    const float apart_m = area_.width_m() / static_cast<float>(num_agents_ + 1);
    if (apart_m < 4 * vehicle.bounding_radius_m) {
      throw Error(ErrorKind::kValue, "config.num_agents = " + std::to_string(num_agents_) +
                                         ": their charging stations would be " +
                                         std::to_string(apart_m) + " m apart");
    }
    for (int i = 0; i < num_agents_; ++i)
      homes_.push_back({area_.low_x_m + static_cast<float>(i + 1) * apart_m,
                        area_.low_y_m + std::min(kFromEdgeM, 0.5F * area_.depth_m())});
  }

  [[nodiscard]] std::vector<Column> columns() const {
    std::vector<Column> columns = task::area_columns(area_);
    const float far_m = 2 * std::max(area_.width_m(), area_.depth_m());
    const auto offset = [&](const std::string& name, const char* doc) {
      columns.push_back({name + "_x", "m", "world", -far_m, far_m, doc});
      columns.push_back({name + "_y", "m", "world", -far_m, far_m, doc});
    };
    offset("home", "to the agent's own charging station");
    columns.push_back({"charge", "", "", 0, 1, "1 full, 0 empty"});
    columns.push_back({"carrying", "", "", 0, 1, "1 with a load"});
    offset("bring", "to where the load is brought, 0 without one");
    for (int k = 0; k < kShownJobs; ++k) {
      const std::string name = "job" + std::to_string(k) + "_";
      columns.push_back({name + "open", "", "", 0, 1, "1 where a job waits; the oldest first"});
      offset(name + "from", "to where it is picked up");
      offset(name + "to", "to where it is brought");
      columns.push_back({name + "age", "s", "", 0, 1e6F, "since it came up"});
    }
    return columns;
  }

  void fill_spec() {
    spec_.reward_terms = {{"delivery", "jobs delivered by the agent"},
                          {"waiting", "cost of jobs that are not delivered yet"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {
        {"mean_delay_s", "mean over jobs of the time from coming up to delivery, or to now"},
        {"cost_ratio", "the same over that of a dispatcher who knows all arrivals beforehand"},
        {"delivered", "share of the jobs"},
        {"empty", "1 where the agent ran out of charge"},
        {"success", "1 where all jobs are delivered"}};
    spec_.reductions = {Reduction::kLast, Reduction::kLast, Reduction::kLast, Reduction::kMax,
                        Reduction::kLast};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "neighbors", "task"};
    spec_.sensor_config = Value::Table{{"neighbors", Value::Table{{"radius_m", 15.0}}}};
    spec_.action = "velocity";
    spec_.baseline = "dispatch";
    spec_.headline = {"cost_ratio", true, 1};
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 90;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = config_.num_jobs * kNumJobFields;
  }

  [[nodiscard]] float* job(const Slab& slab, int world, int index) const noexcept {
    return slab.world_row(world) + index * kNumJobFields;
  }
  [[nodiscard]] float& kept(const Slab& slab, int body, Memory what) const noexcept {
    return slab.agents.at(body, memory_.row + what);
  }
  [[nodiscard]] static task::Point place(const Slab& slab, int body) noexcept {
    return {slab.agents.at(body, kPosition), slab.agents.at(body, kPosition + 1)};
  }
  [[nodiscard]] bool is_near(const Slab& slab, int body, task::Point point) const noexcept {
    return task::distance_m(place(slab, body), point) < config_.reach_m;
  }
  [[nodiscard]] const task::Job& spec_of(int index) const noexcept {
    return jobs_[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] task::Point home(const Slab& slab, int body) const noexcept {
    return homes_[static_cast<std::size_t>(body % slab.num_agents)];
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    const int body = world * slab.num_agents + agent;
    const task::Point at = home(slab, body);
    // somewhere over its station: jobs are the same in every episode, starts are not
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, Stream::kSpawn, static_cast<std::uint32_t>(agent), step);
    const float x_m = at.x_m + rng.uniform(-kStartSpread_m, kStartSpread_m);
    const float y_m = at.y_m + rng.uniform(-kStartSpread_m, kStartSpread_m);
    slab.agents.set_vec3(body, kPosition, {x_m, y_m, area_.height_m});
    start_.apply(slab, world, agent, step);
    metrics_.start(slab, body);
    kept(slab, body, kCharge) = 1;
    kept(slab, body, kLoad) = 0;
    show(slab, world, body, static_cast<float>(slab.worlds[world].step) * step_s_);
  }

  void show(const Slab& slab, int world, int body, float time_s) const noexcept {
    const int row = spec_.column_rows.row;
    task::write_area(area_, slab.agents, body, row);
    const task::Point own = place(slab, body);
    const auto write = [&](int column, float value) { slab.agents.at(body, row + column) = value; };
    const auto write_way = [&](int column, task::Point to) {
      write(column, to.x_m - own.x_m);
      write(column + 1, to.y_m - own.y_m);
    };
    write_way(kDispatchHomeX, home(slab, body));
    write(kDispatchCharge, std::max(kept(slab, body, kCharge), 0.0F));
    const int load = static_cast<int>(kept(slab, body, kLoad)) - 1;
    write(kDispatchCarrying, load >= 0 ? 1.0F : 0.0F);
    write_way(kDispatchToX, load >= 0 ? spec_of(load).to : own);

    // the trace is in the order of arrival, so the oldest come first
    int shown = 0;
    for (int i = 0; i < config_.num_jobs && shown < kShownJobs; ++i) {
      if (!is_open(slab, world, i, time_s)) continue;
      const int first = kDispatchJobs + shown++ * kNumJobColumns;
      write(first + kJobOpen, 1);
      write_way(first + kJobFromX, spec_of(i).from);
      write_way(first + kJobToX, spec_of(i).to);
      write(first + kJobAge, time_s - spec_of(i).arrival_s);
    }
    for (int c = kDispatchJobs + shown * kNumJobColumns; c < kNumDispatchColumns; ++c) write(c, 0);
  }

  [[nodiscard]] bool is_open(const Slab& slab, int world, int index, float time_s) const noexcept {
    return job(slab, world, index)[kState] == static_cast<float>(JobState::kWaiting) &&
           spec_of(index).arrival_s <= time_s;
  }

  // who falls leaves the load where it was picked up
  void put_back(const Slab& slab, int world, int body) const noexcept {
    float& load = kept(slab, body, kLoad);
    if (!(load > 0)) return;
    job(slab, world, static_cast<int>(load) - 1)[kState] = static_cast<float>(JobState::kWaiting);
    load = 0;
  }

  bool deliver(const Slab& slab, int world, int body, float time_s) const noexcept {
    float& load = kept(slab, body, kLoad);
    if (!(load > 0)) return false;
    const int index = static_cast<int>(load) - 1;
    if (!is_near(slab, body, spec_of(index).to)) return false;
    job(slab, world, index)[kState] = static_cast<float>(JobState::kDone);
    job(slab, world, index)[kDoneS] = time_s;
    load = 0;
    return true;
  }

  void pick_up(const Slab& slab, int world, int body, float time_s) const noexcept {
    float& load = kept(slab, body, kLoad);
    for (int i = 0; i < config_.num_jobs && !(load > 0); ++i) {
      if (!is_open(slab, world, i, time_s) || !is_near(slab, body, spec_of(i).from)) continue;
      job(slab, world, i)[kState] = static_cast<float>(JobState::kCarried);
      load = static_cast<float>(i + 1);
    }
  }

  void charge(const Slab& slab, int body) const noexcept {
    const bool charging = is_near(slab, body, home(slab, body));
    const float change = charging ? step_s_ / config_.recharge_s : -step_s_ / config_.charge_s;
    float& level = kept(slab, body, kCharge);
    // who is empty stays so
    if (level > 0) level = std::min(level + change, 1.0F);
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int first = world * slab.num_agents;
    const float time_s = static_cast<float>(slab.worlds[world].step + 1) * step_s_;
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      charge(slab, body);
      const bool up = task::is_up(slab.agents, body);
      if (!up) put_back(slab, world, body);
      const bool delivered = up && deliver(slab, world, body, time_s);
      if (up) pick_up(slab, world, body, time_s);
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermDelivery)[lane] = delivered ? config_.delivery_reward : 0.0F;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      out.metric(b, kMetricEmpty)[lane] = kept(slab, body, kCharge) > 0 ? 0.0F : 1.0F;
    }

    float sum_s = 0;
    int open = 0, done = 0;
    for (int i = 0; i < config_.num_jobs; ++i) {
      const float arrival_s = spec_of(i).arrival_s;
      if (arrival_s > time_s) continue;
      const bool is_done = job(slab, world, i)[kState] == static_cast<float>(JobState::kDone);
      done += is_done ? 1 : 0;
      open += is_done ? 0 : 1;
      sum_s += (is_done ? job(slab, world, i)[kDoneS] : time_s) - arrival_s;
    }
    const auto num_jobs = static_cast<float>(config_.num_jobs);
    const float mean_s = sum_s / num_jobs;
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      out.term(b, kTermWaiting)[lane] = -step_s_ * config_.waiting_cost * static_cast<float>(open);
      out.metric(b, kMetricDelay)[lane] = mean_s;
      out.metric(b, kMetricRatio)[lane] = mean_s / optimum_s_;
      out.metric(b, kMetricDelivered)[lane] = static_cast<float>(done) / num_jobs;
      out.metric(b, kMetricSuccess)[lane] = done == config_.num_jobs ? 1.0F : 0.0F;
      show(slab, world, body, time_s);
    }
  }

  DispatchConfig config_;
  int num_agents_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  float step_s_;
  task::Area area_;
  std::vector<task::Job> jobs_;
  std::vector<task::Point> homes_;
  float optimum_s_ = 1;
  FieldRef memory_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_dispatch;
const TaskEntry task_dispatch{
    .name = "dispatch",
    .doc = "Pick up and deliver what comes up, and charge in time; cost against a clairvoyant.",
    .scene = "yard",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<DispatchTask>(context);
    },
    .config_rows =
        [] {
          DispatchConfig config;
          return field_rows(config);
        }};

}  // namespace volery
