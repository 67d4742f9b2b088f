// search_relay: find targets in a hall; a find counts once the base has heard of it.
//
// Agent 0 is the base: it stands still and listens. Each of the others has a sector to sweep. Who
// sees a target knows its record, and so does whoever receives it; what an agent knows is kept for
// it here, since policies keep no state. Knowing is not enough: the record has to reach the inbox
// of the base, over as many hops as it takes.
#include <algorithm>
#include <cmath>

#include "task/nearest_common.hpp"
#include "task/search_common.hpp"
#include "task/slots_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct SearchConfig {
  task::AreaConfig area{.margin_m = 0.5F, .height_m = 1.6F};
  int num_targets = 12;
  float target_height_m = 0.4F;
  float sight_m = 1.8F;
  std::vector<float> base_w_m{-7.5F, 0, 1.6F};
  task::StartConfig start{.separation_m = 0.45F};
  float report_reward = 1;
  float sight_reward = 0.2F;
  float collision_cost = 0.2F;

  void describe(FieldVisitor& v) {
    v.table("area", area, "what is searched, and the height at which agents fly");
    v.field("num_targets", num_targets,
            {.low = 1, .high = kMostRecords, .doc = "targets of a world"});
    v.field("target_height_m", target_height_m,
            {.unit = "m", .low = 0, .high = 1000, .doc = "height at which targets lie"});
    v.field("sight_m", sight_m,
            {.unit = "m",
             .low = 0.01,
             .high = 1000,
             .doc = "a target this near is seen, unless something stands in between"});
    v.field("base_w_m", base_w_m, {.unit = "m", .doc = "where the base stands", .size = 3});
    v.table("start", start, "how agents start");
    v.field("report_reward", report_reward,
            {.low = 0, .high = 1e6, .doc = "to everyone for a target that the base has heard of"});
    v.field("sight_reward", sight_reward,
            {.low = 0, .high = 1e6, .doc = "to the agent that is the first to see a target"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

enum Term : int { kTermReport, kTermSight, kTermCollision };
enum Metric : int {
  kMetricFound,
  kMetricReported,
  kMetricArea,
  kMetricFirst,
  kMetricSuccess,
};
constexpr float kNeverS = 1e6F;

class SearchTask final : public Task {
 public:
  explicit SearchTask(const TaskContext& context)
      : config_(task::load_with_start<SearchConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 32),
        area_(task::area_of(config_.area, context.scene)),
        base_w_m_(task::vec3_of(config_.base_w_m, "task_config.base_w_m")),
        region_(context.scene, task::spawn_spec(context.scene, config_.start.clearance_m,
                                                config_.start.separation_m, num_agents_)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task search_relay"),
        scene_(&context.scene),
        step_s_(context.step_s) {
    check(context);
    const auto add = [&](const char* name, int width, const char* unit, const char* doc) {
      return context.fields.add({.name = name,
                                 .width = width,
                                 .unit = unit,
                                 .frame = "world",
                                 .writer = "task search_relay",
                                 .doc = doc});
    };
    goal_ = add("goal_w_m", 3, "m", "the middle of the agent's sector");
    sector_ = add("sector_index", 1, "", "which sector the agent sweeps; 0 is the base's place");
    scratch_ = add("sector_taken", 1, "", "0 outside of resets");
    spec_.columns = columns();
    spec_.column_rows = add("task_columns", kNumSearchColumns, "", "what the sensor `task` shows");
    make_sectors();
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }
  void connect(const MessageRows& messages) override { messages_ = messages; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    const int first = world * slab.num_agents;
    slab.agents.set_vec3(first, kPosition, base_w_m_);
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, Stream::kGoal, 0xFFFFFFFEU);
    for (int i = 0; i < config_.num_targets; ++i) {
      task::draw_target(area_, *scene_, config_.target_height_m, kTargetRoomM, rng,
                        target(slab, world, i));
    }
    assign_sectors(slab, world);
    for (int agent = 0; agent < slab.num_agents; ++agent) begin(slab, world, agent, 0);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (agent == 0) return true;
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    begin(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    return true;
  }

  void score(const Slab& slab, int first_world, int last_world,
             const ScoreRows& out) const noexcept override {
    metrics_.score(slab, first_world, last_world, out);
    for (int w = first_world; w < last_world; ++w) score_world(slab, w, out);
  }

  void landmarks(const Slab& slab, int world, std::vector<Landmark>& out) const override {
    out.push_back({.name = "base",
                   .kind = Landmark::Kind::kZone,
                   .position_w_m = {base_w_m_.x, base_w_m_.y, 0},
                   .radius_m = kBaseZoneM});
    for (int i = 0; i < config_.num_targets; ++i) {
      const float* const at = target(slab, world, i);
      out.push_back(
          {.name = "target",
           .kind = Landmark::Kind::kTarget,
           .state = at[task::kTargetHome] != 0   ? Landmark::State::kDone
                    : at[task::kTargetSeen] != 0 ? Landmark::State::kBusy
                                                 : Landmark::State::kOpen,
           .position_w_m = {at[task::kTargetX], at[task::kTargetX + 1], at[task::kTargetZ]}});
    }
  }

 private:
  // Free room around a target.
  static constexpr float kTargetRoomM = 0.3F;
  // The base as a picture shows it.
  static constexpr float kBaseZoneM = 0.4F;
  // Sectors are flown this far above and below the height of the area.
  static constexpr float kLayerM = 0.25F;
  struct Sector {
    Vec3 middle_w_m;
    float half_x_m, half_y_m;
  };

  void check(const TaskContext& context) const {
    if (num_agents_ < 2) {
      throw Error(ErrorKind::kValue, "config.num_agents = " + std::to_string(num_agents_) +
                                         ": agent 0 is the base, so at least 2 are needed");
    }
    const bool clear = context.scene.near_primitives(base_w_m_, context.vehicle.bounding_radius_m,
                                                     nullptr, 0) == 0;
    if (!clear || !task::inside(task::bounds_of(context.scene), base_w_m_)) {
      throw Error(ErrorKind::kValue, "task_config.base_w_m = " + task::to_text(base_w_m_) +
                                         ": must lie inside the bounds of scene '" +
                                         context.scene.config().name +
                                         "' and clear of its obstacles");
    }
  }

  // rows of sectors over the area, one sector for each agent but the base
  void make_sectors() {
    const int num = num_agents_ - 1;
    const float wished = std::sqrt(static_cast<float>(num) * area_.depth_m() / area_.width_m());
    const int rows = std::clamp(static_cast<int>(wished + 0.5F), 1, num);
    const float half_y_m = 0.5F * area_.depth_m() / static_cast<float>(rows);
    sectors_.push_back({base_w_m_, 0, 0});
    for (int r = 0; r < rows; ++r) {
      const int columns = (r + 1) * num / rows - r * num / rows;
      const float half_x_m = 0.5F * area_.width_m() / static_cast<float>(columns);
      const float y_m = area_.low_y_m + static_cast<float>(2 * r + 1) * half_y_m;
      for (int c = 0; c < columns; ++c) {
        // neighbors at two heights, so that ways that cross do not meet
        const float z_m = area_.height_m + ((r + c) % 2 == 0 ? kLayerM : -kLayerM);
        const float x_m = area_.low_x_m + static_cast<float>(2 * c + 1) * half_x_m;
        sectors_.push_back({{x_m, y_m, z_m}, half_x_m, half_y_m});
      }
    }
  }

  [[nodiscard]] std::vector<Column> columns() const {
    const float far_m = 2 * std::max(area_.width_m(), area_.depth_m());
    std::vector<Column> columns{
        {"time", "s", "", 0, 1e6F, "since the start"},
        {"base_x", "m", "world", -far_m, far_m, "to the base; 0 for the base itself"},
        {"base_y", "m", "world", -far_m, far_m, "to the base; 0 for the base itself"},
        {"sector_half_x", "m", "world", 0, far_m, "half of the agent's sector"},
        {"sector_half_y", "m", "world", 0, far_m, "half of the agent's sector"}};
    for (int i = 0; i < kMostRecords; ++i) {
      const std::string name = "record" + std::to_string(i) + "_";
      const char* const doc =
          "of a target that the agent has seen or heard of: place across the area, code; 0 empty";
      columns.push_back({name + "x", "", "", -1, 1, doc});
      columns.push_back({name + "y", "", "", -1, 1, doc});
      columns.push_back({name + "code", "", "", -1, 1, doc});
      columns.push_back({name + "sent", "", "", 0, 1e6F, "how often the agent has sent it"});
    }
    return columns;
  }

  void fill_spec() {
    spec_.reward_terms = {{"report", "targets that the base has heard of"},
                          {"sight", "targets seen first by the agent"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {{"found", "share of the targets that an agent has seen"},
                     {"reported", "share of the targets that the base has heard of"},
                     {"reported_area", "the same, mean over time: area under the curve"},
                     {"first_report_s", "time of the first report; 1e6 where there is none"},
                     {"success", "1 where the base has heard of all targets"}};
    spec_.reductions = {Reduction::kLast, Reduction::kLast, Reduction::kMean, Reduction::kMin,
                        Reduction::kLast};
    spec_.headline = {"reported_area", false, 1};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "goal", "neighbors", "rangefinder", "task"};
    spec_.sensor_config = Value::Table{{"rangefinder", Value::Table{{"horizontal", 8}}}};
    spec_.action = "velocity";
    spec_.radio = Value("hall");
    spec_.baseline = "search_relay";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 60;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = config_.num_targets * task::kNumTargetFields;
    spec_.goal = goal_;
  }

  [[nodiscard]] float* target(const Slab& slab, int world, int index) const noexcept {
    return slab.world_row(world) + index * task::kNumTargetFields;
  }

  // the sectors that the agents can reach with the least flying together
  void assign_sectors(const Slab& slab, int world) const noexcept {
    const int first = world * slab.num_agents;
    for (int i = 0; i < slab.num_agents; ++i)
      slab.agents.set_vec3(first + i, goal_.row, sectors_[static_cast<std::size_t>(i)].middle_w_m);
    task::assign_slots(slab, world, goal_.row, sector_.row, scratch_.row);
    // the base's place is the base's
    for (int i = 1; i < slab.num_agents; ++i) {
      if (slab.agents.at(first + i, sector_.row) != 0) continue;
      slab.agents.at(first + i, sector_.row) = slab.agents.at(first, sector_.row);
      slab.agents.at(first, sector_.row) = 0;
    }
    for (int i = 0; i < slab.num_agents; ++i) {
      const auto sector = static_cast<std::size_t>(slab.agents.at(first + i, sector_.row));
      slab.agents.set_vec3(first + i, goal_.row, sectors_[sector].middle_w_m);
    }
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    const int body = world * slab.num_agents + agent;
    start_.apply(slab, world, agent, step);
    if (agent == 0) {
      slab.agents.set_quat(body, {});
      slab.agents.set_vec3(body, kVelocity, {});
      slab.agents.set_vec3(body, kOmega, {});
      slab.agents.at(body, kMode) = static_cast<float>(BodyMode::kFrozen);
    }
    metrics_.start(slab, body);
    show(slab, world, body, static_cast<float>(slab.worlds[world].step) * step_s_);
  }

  // what changes by itself; the records are kept in their columns
  void show(const Slab& slab, int world, int body, float time_s) const noexcept {
    const Blocks& agents = slab.agents;
    const int row = spec_.column_rows.row;
    const Vec3 p = agents.vec3(body, kPosition);
    const bool is_base = body == world * slab.num_agents;
    agents.at(body, row + kSearchTime) = time_s;
    agents.at(body, row + kSearchBaseX) = is_base ? 0.0F : base_w_m_.x - p.x;
    agents.at(body, row + kSearchBaseY) = is_base ? 0.0F : base_w_m_.y - p.y;
    const auto sector = static_cast<std::size_t>(agents.at(body, sector_.row));
    agents.at(body, row + kSearchHalfX) = sectors_[sector].half_x_m;
    agents.at(body, row + kSearchHalfY) = sectors_[sector].half_y_m;
  }

  [[nodiscard]] bool sees(const Blocks& agents, int body, const float* at) const noexcept {
    if (!task::is_up(agents, body)) return false;
    const Vec3 p = agents.vec3(body, kPosition);
    const Vec3 way = Vec3{at[task::kTargetX], at[task::kTargetY], at[task::kTargetZ]} - p;
    const float square = dot(way, way);
    if (square > config_.sight_m * config_.sight_m) return false;
    const float distance_m = std::sqrt(square);
    if (distance_m < 1e-3F) return true;
    return scene_->cast_ray(p, way * (1 / distance_m), distance_m).primitive < 0;
  }

  // returns the targets that nobody had seen before
  int look(const Slab& slab, int world, int body) const noexcept {
    const task::RecordMemory memory(slab.agents, body, spec_.column_rows.row + kSearchRecords);
    int first_sights = 0;
    for (int i = 0; i < config_.num_targets; ++i) {
      float* const at = target(slab, world, i);
      if (!sees(slab.agents, body, at)) continue;
      first_sights += at[task::kTargetSeen] == 0 ? 1 : 0;
      at[task::kTargetSeen] = 1;
      memory.keep(task::record_of(at, area_));
    }
    return first_sights;
  }

  // counts what was sent in this step and keeps what was heard
  void talk(const Blocks& agents, int body) const noexcept {
    if (!messages_.any()) return;
    const task::RecordMemory memory(agents, body, spec_.column_rows.row + kSearchRecords);
    if (agents.at(body, messages_.send) > 0) {
      for (int i = 0; i + kRecordSize <= messages_.size; i += kRecordSize) {
        task::Record record;
        for (int c = 0; c < kRecordSize; ++c)
          record.value[c] = agents.at(body, messages_.data + i + c);
        if (!record.is_empty()) memory.count_sent(record);
      }
    }
    task::for_each_heard(agents, body, messages_,
                         [&](const task::Record& record) { memory.keep(record); });
  }

  // returns how many targets the base has heard of for the first time
  int report(const Slab& slab, int world) const noexcept {
    if (!messages_.any()) return 0;
    int reports = 0;
    task::for_each_heard(slab.agents, world * slab.num_agents, messages_,
                         [&](const task::Record& record) {
                           for (int i = 0; i < config_.num_targets; ++i) {
                             float* const at = target(slab, world, i);
                             // who guesses a target that nobody has seen has reported nothing
                             if (at[task::kTargetHome] != 0 || at[task::kTargetSeen] == 0) continue;
                             if (!record.same_as(task::record_of(at, area_))) continue;
                             at[task::kTargetHome] = 1;
                             ++reports;
                           }
                         });
    return reports;
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int first = world * slab.num_agents;
    const float time_s = static_cast<float>(slab.worlds[world].step + 1) * step_s_;
    const int reports = report(slab, world);
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      talk(slab.agents, body);
      const int sights = body == first ? 0 : look(slab, world, body);
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermReport)[lane] = config_.report_reward * static_cast<float>(reports);
      out.term(b, kTermSight)[lane] = config_.sight_reward * static_cast<float>(sights);
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      show(slab, world, body, time_s);
    }

    int found = 0, home = 0;
    for (int i = 0; i < config_.num_targets; ++i) {
      found += target(slab, world, i)[task::kTargetSeen] != 0 ? 1 : 0;
      home += target(slab, world, i)[task::kTargetHome] != 0 ? 1 : 0;
    }
    const auto share = [this](int count) {
      return static_cast<float>(count) / static_cast<float>(config_.num_targets);
    };
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      out.metric(b, kMetricFound)[lane] = share(found);
      out.metric(b, kMetricReported)[lane] = share(home);
      out.metric(b, kMetricArea)[lane] = share(home);
      out.metric(b, kMetricFirst)[lane] = home > 0 ? time_s : kNeverS;
      out.metric(b, kMetricSuccess)[lane] = home == config_.num_targets ? 1.0F : 0.0F;
    }
  }

  SearchConfig config_;
  int num_agents_;
  task::Area area_;
  Vec3 base_w_m_;
  task::SpawnRegion region_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  const Scene* scene_;
  float step_s_;
  std::vector<Sector> sectors_;  // the first is the base's place
  MessageRows messages_;
  FieldRef goal_, sector_, scratch_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_search_relay;
const TaskEntry task_search_relay{
    .name = "search_relay",
    .doc = "Find targets in a cluttered hall; a find counts once the base has heard of it.",
    .scene = "hall",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<SearchTask>(context);
    },
    .config_rows =
        [] {
          SearchConfig config;
          return field_rows(config);
        }};

}  // namespace volery
