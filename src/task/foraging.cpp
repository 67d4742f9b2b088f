// foraging: find items and bring them to the nest.
//
// An agent sees items within its sight, takes the one it flies over and gives it up in the nest.
// Whoever tips over drops what it carries. The place of the last pick-up is remembered for the
// agent, since policies keep no state: it is forgotten once nothing is in sight there.
#include <algorithm>
#include <cmath>

#include "task/area_common.hpp"
#include "task/items_common.hpp"
#include "task/nearest_common.hpp"
#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "task/swarm_common.hpp"
#include "volery/error.hpp"
#include "volery/task.hpp"

namespace volery {

namespace {

struct ForagingConfig {
  task::AreaConfig area{.margin_m = 0, .height_m = 0.8F};
  task::ItemLayout layout = task::ItemLayout::kRandom;
  int num_items = 256;
  std::vector<float> nest_w_m{0, 0};
  float nest_radius_m = 0.5F;
  float sight_m = 0.8F;
  float reach_m = 0.2F;
  task::StartConfig start{.separation_m = 0.5F};
  float delivery_reward = 1;
  float pickup_reward = 0.1F;
  float collision_cost = 1;

  void describe(FieldVisitor& v) {
    v.table("area", area, "where items lie");
    v.choice("layout", layout, {"random", "clustered", "power_law"}, "how items lie");
    v.field("num_items", num_items, {.low = 1, .high = 4096, .doc = "items of a world"});
    v.field("nest_w_m", nest_w_m, {.unit = "m", .doc = "middle of the nest: x, y", .size = 2});
    v.field("nest_radius_m", nest_radius_m,
            {.unit = "m", .low = 0.01, .high = 1000, .doc = "items are given up within it"});
    v.field("sight_m", sight_m,
            {.unit = "m", .low = 0.01, .high = 1000, .doc = "items within this are seen"});
    v.field("reach_m", reach_m,
            {.unit = "m",
             .low = 0.01,
             .high = 1000,
             .doc = "an item within this is picked up, both seen from above, from no higher than "
                    "twice the area's height"});
    v.table("start", start, "how agents start");
    v.field("delivery_reward", delivery_reward,
            {.low = 0, .high = 1e6, .doc = "for an item brought home"});
    v.field("pickup_reward", pickup_reward, {.low = 0, .high = 1e6, .doc = "for an item taken"});
    v.field("collision_cost", collision_cost,
            {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
  }
};

enum Term : int { kTermDelivery, kTermPickup, kTermCollision };
enum Metric : int { kMetricItems, kMetricRate, kMetricCollected, kMetricDropped };
// What is kept of an agent, from the row of `forage`.
enum Memory : int { kCarried, kSiteX, kSiteY, kSiteCount, kTrips, kNumMemory };

class ForagingTask final : public Task {
 public:
  explicit ForagingTask(const TaskContext& context)
      : config_(task::load_with_start<ForagingConfig>(context)),
        num_agents_(context.num_agents > 0 ? context.num_agents : 6),
        area_(task::area_of(config_.area, context.scene)),
        nest_(nest_of(config_, area_)),
        region_(context.scene, spawn(context.scene)),
        start_(config_.start, context.vehicle, context.fleet_row),
        metrics_(context, "task foraging"),
        step_s_(context.step_s) {
    spec_.columns = columns();
    spec_.column_rows = task::declare_columns(context, spec_.columns, "task foraging");
    memory_ = context.fields.add({.name = "forage",
                                  .width = kNumMemory,
                                  .unit = "",
                                  .frame = "",
                                  .writer = "task foraging",
                                  .doc = "item carried (its number plus 1), place of the last "
                                         "pick-up (2, m), items in sight there, items brought "
                                         "home"});
    fill_spec();
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    const WorldHeader& header = slab.worlds[world];
    Rng rng(header.seed, header.episode, Stream::kTask, 0xFFFFFFFEU);
    task::lay_items(config_.layout, config_.num_items, area_, nest_, rng, slab.world_row(world));
    for (int agent = 0; agent < slab.num_agents; ++agent) begin(slab, world, agent, 0);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    drop(slab, world, world * slab.num_agents + agent);
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
    out.push_back({.name = "nest",
                   .kind = Landmark::Kind::kZone,
                   .position_w_m = {nest_.x_m, nest_.y_m, 0},
                   .radius_m = nest_.radius_m});
    for (int i = 0; i < config_.num_items; ++i) {
      const float* const item = slab.world_row(world) + i * task::kNumItemFields;
      const auto state = static_cast<task::ItemState>(item[task::kItemState]);
      // what is carried is drawn as carried: by its bearer's load, not here
      if (state != task::ItemState::kOnGround) continue;
      out.push_back({.name = "item",
                     .kind = Landmark::Kind::kItem,
                     .position_w_m = {item[task::kItemX], item[task::kItemY], kItemSizeM},
                     .radius_m = kItemSizeM});
    }
  }

 private:
  // An item as a picture shows it.
  static constexpr float kItemSizeM = 0.06F;
  static task::Nest nest_of(const ForagingConfig& config, const task::Area& area) {
    const task::Nest nest{config.nest_w_m[0], config.nest_w_m[1], config.nest_radius_m};
    if (nest.x_m < area.low_x_m || nest.x_m > area.high_x_m || nest.y_m < area.low_y_m ||
        nest.y_m > area.high_y_m) {
      throw Error(ErrorKind::kValue, "task_config.nest_w_m = [" + std::to_string(nest.x_m) + ", " +
                                         std::to_string(nest.y_m) + "]: must lie inside the area");
    }
    return nest;
  }

  // around the nest, as wide as the agents need
  [[nodiscard]] task::SpawnSpec spawn(const Scene& scene) const {
    task::SpawnSpec spec =
        task::spawn_spec(scene, config_.start.clearance_m, config_.start.separation_m, num_agents_);
    const float half_m =
        config_.start.separation_m * (1 + std::sqrt(static_cast<float>(num_agents_)));
    spec.low_w_m = {std::max(nest_.x_m - half_m, area_.low_x_m),
                    std::max(nest_.y_m - half_m, area_.low_y_m), spec.low_w_m.z};
    spec.high_w_m = {std::min(nest_.x_m + half_m, area_.high_x_m),
                     std::min(nest_.y_m + half_m, area_.high_y_m), spec.high_w_m.z};
    return spec;
  }

  [[nodiscard]] std::vector<Column> columns() const {
    std::vector<Column> columns = task::area_columns(area_);
    const float far_m = 2 * std::max(area_.width_m(), area_.depth_m());
    const float items = static_cast<float>(config_.num_items);
    const auto offset = [&](const char* name, const char* doc) {
      columns.push_back({name, "m", "world", -far_m, far_m, doc});
    };
    const auto count = [&](const char* name, float high, const char* doc) {
      columns.push_back({name, "", "", 0, high, doc});
    };
    offset("nest_x", "to the nest");
    offset("nest_y", "to the nest");
    count("carrying", 1, "1 with an item");
    count("items_seen", items, "items in sight");
    offset("item_x", "to the nearest item in sight, 0 where there is none");
    offset("item_y", "to the nearest item in sight, 0 where there is none");
    count("site_known", 1, "1 while the place of the last pick-up is remembered");
    offset("site_x", "to that place, else 0");
    offset("site_y", "to that place, else 0");
    count("site_items", items, "items that were in sight there");
    count("trips", items, "items brought home so far");
    return columns;
  }

  void fill_spec() {
    spec_.reward_terms = {{"delivery", "items brought home"},
                          {"pickup", "items taken"},
                          {"collision", "cost of beginning to touch anything"}};
    spec_.metrics = {{"items", "items brought home by the agent"},
                     {"items_per_agent_minute", "of the world, over the whole episode"},
                     {"collected", "share of the world's items that are home at the end"},
                     {"dropped", "items lost by tipping over"}};
    spec_.reductions = {Reduction::kSum, Reduction::kLast, Reduction::kLast, Reduction::kSum};
    spec_.headline = {"items_per_agent_minute"};
    metrics_.append_to(spec_);
    spec_.sensors = {"pose", "velocity", "rates", "neighbors", "task"};
    spec_.action = "velocity";
    spec_.baseline = "foraging";
    spec_.on_crash = OnCrash::kContinue;
    spec_.episode_s = 120;
    spec_.num_agents = num_agents_;
    spec_.max_agents = task::kMaxPairAgents;
    spec_.num_world_fields = config_.num_items * task::kNumItemFields;
  }

  void begin(const Slab& slab, int world, int agent, std::uint32_t step) const noexcept {
    start_.apply(slab, world, agent, step);
    const int body = world * slab.num_agents + agent;
    metrics_.start(slab, body);
    for (int i = kCarried; i < kTrips; ++i) slab.agents.at(body, memory_.row + i) = 0;
    show(slab, world, body);
  }

  [[nodiscard]] float* item(const Slab& slab, int world, int index) const noexcept {
    return slab.world_row(world) + index * task::kNumItemFields;
  }

  void show(const Slab& slab, int world, int body) const noexcept {
    const Blocks& agents = slab.agents;
    const int row = spec_.column_rows.row;
    task::write_area(area_, agents, body, row);
    const Vec3 p = agents.vec3(body, kPosition);
    const task::Sight sight =
        task::look(slab.world_row(world), config_.num_items, p.x, p.y, config_.sight_m);
    const auto write = [&](int column, float value) { agents.at(body, row + column) = value; };
    const auto kept = [&](int i) { return agents.at(body, memory_.row + i); };
    write(kForagingNestX, nest_.x_m - p.x);
    write(kForagingNestY, nest_.y_m - p.y);
    write(kForagingCarrying, kept(kCarried) > 0 ? 1.0F : 0.0F);
    write(kForagingSeen, static_cast<float>(sight.count));
    const float* const seen = sight.nearest >= 0 ? item(slab, world, sight.nearest) : nullptr;
    write(kForagingItemX, seen != nullptr ? seen[task::kItemX] - p.x : 0.0F);
    write(kForagingItemY, seen != nullptr ? seen[task::kItemY] - p.y : 0.0F);
    const bool known = kept(kSiteCount) > 0;
    write(kForagingSiteKnown, known ? 1.0F : 0.0F);
    write(kForagingSiteX, known ? kept(kSiteX) - p.x : 0.0F);
    write(kForagingSiteY, known ? kept(kSiteY) - p.y : 0.0F);
    write(kForagingSiteCount, kept(kSiteCount));
    write(kForagingTrips, kept(kTrips));
  }

  // leaves the item where the agent is
  bool drop(const Slab& slab, int world, int body) const noexcept {
    float& carried = slab.agents.at(body, memory_.row + kCarried);
    if (!(carried > 0)) return false;
    float* const left = item(slab, world, static_cast<int>(carried) - 1);
    const Vec3 p = slab.agents.vec3(body, kPosition);
    left[task::kItemX] = std::clamp(p.x, area_.low_x_m, area_.high_x_m);
    left[task::kItemY] = std::clamp(p.y, area_.low_y_m, area_.high_y_m);
    left[task::kItemState] = static_cast<float>(task::ItemState::kOnGround);
    carried = 0;
    return true;
  }

  bool deliver(const Slab& slab, int world, int body) const noexcept {
    float& carried = slab.agents.at(body, memory_.row + kCarried);
    const Vec3 p = slab.agents.vec3(body, kPosition);
    if (!(carried > 0) || !nest_.holds(p.x, p.y)) return false;
    item(slab, world, static_cast<int>(carried) - 1)[task::kItemState] =
        static_cast<float>(task::ItemState::kHome);
    carried = 0;
    slab.agents.at(body, memory_.row + kTrips) += 1;
    return true;
  }

  // takes the nearest item, and notes the place; forgets a place that has nothing any more
  bool take(const Slab& slab, int world, int body) const noexcept {
    const auto kept = [&](int i) -> float& { return slab.agents.at(body, memory_.row + i); };
    const Vec3 p = slab.agents.vec3(body, kPosition);
    if (kept(kCarried) > 0) return false;
    const task::Sight sight =
        task::look(slab.world_row(world), config_.num_items, p.x, p.y, config_.sight_m);
    if (sight.nearest < 0) {
      const float dx = kept(kSiteX) - p.x, dy = kept(kSiteY) - p.y;
      if (dx * dx + dy * dy < config_.reach_m * config_.reach_m) kept(kSiteCount) = 0;
      return false;
    }
    float* const found = item(slab, world, sight.nearest);
    const float dx = found[task::kItemX] - p.x, dy = found[task::kItemY] - p.y;
    if (dx * dx + dy * dy > config_.reach_m * config_.reach_m || p.z > 2 * area_.height_m)
      return false;
    found[task::kItemState] = static_cast<float>(task::ItemState::kCarried);
    kept(kCarried) = static_cast<float>(sight.nearest + 1);
    kept(kSiteX) = p.x;
    kept(kSiteY) = p.y;
    kept(kSiteCount) = static_cast<float>(sight.count);
    return true;
  }

  void score_world(const Slab& slab, int world, const ScoreRows& out) const noexcept {
    const int first = world * slab.num_agents;
    for (int body = first; body < first + slab.num_agents; ++body) {
      const int b = body / kLanes, lane = body % kLanes;
      const bool up = task::is_up(slab.agents, body);
      const bool delivered = up && deliver(slab, world, body);
      const bool taken = up && take(slab, world, body);
      const bool dropped = !up && drop(slab, world, body);
      const float touches = metrics_.row(out, b, task::SwarmMetrics::kCollisions)[lane] +
                            metrics_.row(out, b, task::SwarmMetrics::kObstacleHits)[lane];
      out.term(b, kTermDelivery)[lane] = delivered ? config_.delivery_reward : 0.0F;
      out.term(b, kTermPickup)[lane] = taken ? config_.pickup_reward : 0.0F;
      out.term(b, kTermCollision)[lane] = -config_.collision_cost * touches;
      out.metric(b, kMetricItems)[lane] = delivered ? 1.0F : 0.0F;
      out.metric(b, kMetricDropped)[lane] = dropped ? 1.0F : 0.0F;
    }
    int home = 0;
    for (int i = 0; i < config_.num_items; ++i) {
      home += item(slab, world, i)[task::kItemState] == static_cast<float>(task::ItemState::kHome)
                  ? 1
                  : 0;
    }
    const float minutes = static_cast<float>(slab.worlds[world].step + 1) * step_s_ / 60;
    const float rate = static_cast<float>(home) / (static_cast<float>(slab.num_agents) * minutes);
    const float collected = static_cast<float>(home) / static_cast<float>(config_.num_items);
    for (int body = first; body < first + slab.num_agents; ++body) {
      out.metric(body / kLanes, kMetricRate)[body % kLanes] = rate;
      out.metric(body / kLanes, kMetricCollected)[body % kLanes] = collected;
      show(slab, world, body);
    }
  }

  ForagingConfig config_;
  int num_agents_;
  task::Area area_;
  task::Nest nest_;
  task::SpawnRegion region_;
  task::Start start_;
  task::SwarmMetrics metrics_;
  float step_s_;
  FieldRef memory_;
  TaskSpec spec_;
};

}  // namespace

extern const TaskEntry task_foraging;
const TaskEntry task_foraging{
    .name = "foraging",
    .doc = "Find items and bring them to the nest; items per agent and minute.",
    .scene = "yard",
    .make = [](const TaskContext& context) -> std::unique_ptr<Task> {
      return std::make_unique<ForagingTask>(context);
    },
    .config_rows =
        [] {
          ForagingConfig config;
          return field_rows(config);
        }};

}  // namespace volery
