#include <algorithm>

#include "task/spawn_common.hpp"
#include "task/start_common.hpp"
#include "volery/error.hpp"
#include "volery/host_task.hpp"

namespace volery {

namespace {

constexpr int kMaxWidth = 256;    // of a field
constexpr double kMaxCount = 64;  // of terms, metrics and fields each

// Throws where a name is empty or stands there twice.
template <class Named>
void check_names(const std::vector<Named>& items, const char* what) {
  for (auto item = items.begin(); item != items.end(); ++item) {
    const auto same = [&](const Named& other) { return other.name == item->name; };
    if (item->name.empty())
      throw Error(ErrorKind::kValue, std::string("task.") + what + ": a name is empty");
    if (std::any_of(items.begin(), item, same)) {
      throw Error(ErrorKind::kValue,
                  std::string("task.") + what + ": \"" + item->name + "\" stands there twice");
    }
  }
}

// The part of task_config that the engine reads; the rest is the host's.
struct EngineConfig {
  task::StartConfig start;
};

EngineConfig engine_config(const Value& task_config) {
  EngineConfig config;
  if (const Value* start = task_config.find("start")) {
    if (!start->is_table()) {
      throw Error(ErrorKind::kType,
                  std::string("task_config.start: must be a table, not ") + start->type_name());
    }
    load(config.start, *start, "task_config.start");
  }
  return config;
}

// Places agents, and holds what the host declared.
class HostScored final : public Task {
 public:
  HostScored(const HostTask& host, const TaskContext& context)
      : config_(engine_config(context.config)),
        num_agents_(context.num_agents > 0 ? context.num_agents : host.num_agents),
        region_(context.scene,
                task::spawn_spec(
                    context.scene, task::resolved(config_.start, context.vehicle).clearance_m,
                    task::resolved(config_.start, context.vehicle).separation_m, num_agents_)),
        start_(task::resolved(config_.start, context.vehicle), context.vehicle, context.fleet_row) {
    declare_fields(host, context.fields);
    fill_spec(host);
  }

  [[nodiscard]] const TaskSpec& spec() const noexcept override { return spec_; }

  bool reset(const Slab& slab, int world) const noexcept override {
    region_.place(slab, world, kPosition, Stream::kSpawn);
    for (int agent = 0; agent < slab.num_agents; ++agent) start_.apply(slab, world, agent, 0);
    return true;
  }

  bool respawn(const Slab& slab, int world, int agent) const noexcept override {
    if (!region_.place_one(slab, world, agent, kPosition, Stream::kSpawn)) return false;
    start_.apply(slab, world, agent, slab.worlds[world].step | task::kRespawnStep);
    const int body = world * slab.num_agents + agent;
    for (std::size_t i = 0; i < own_.size(); ++i) {
      for (int c = 0; c < own_[i].width; ++c) slab.agents.at(body, own_[i].row + c) = initial_[i];
    }
    return true;
  }

  void score(const Slab& /*slab*/, int /*first_world*/, int /*last_world*/,
             const ScoreRows& /*out*/) const noexcept override {}

 private:
  void declare_fields(const HostTask& host, FieldTable& fields) {
    const std::string writer = "task " + host.name;
    for (const HostField& field : host.fields) {
      // the table of a later variant holds the task's own fields already
      const auto taken = [&](const FieldSpec& other) {
        return other.name == field.name && other.writer != writer;
      };
      if (std::any_of(fields.fields().begin(), fields.fields().end(), taken)) {
        throw Error(ErrorKind::kValue, "task.fields: \"" + field.name +
                                           "\" is a field of the engine's; take another name");
      }
      own_.push_back(fields.add({.name = field.name,
                                 .width = field.width,
                                 .unit = field.unit,
                                 .frame = field.frame,
                                 .writer = writer,
                                 .doc = field.doc,
                                 .initial = field.initial}));
      initial_.push_back(field.initial);
      if (field.name == "goal_w_m" && field.width == 3) spec_.goal = own_.back();
    }
  }

  void fill_spec(const HostTask& host) {
    for (const HostTerm& term : host.terms) spec_.reward_terms.push_back({term.name, term.doc});
    for (const HostMetric& metric : host.metrics) {
      spec_.metrics.push_back({metric.name, metric.doc});
      spec_.reductions.push_back(metric.reduction);
    }
    spec_.sensors = host.sensors;
    spec_.sensor_config = host.sensor_config;
    spec_.action = host.action;
    spec_.baseline = host.baseline;
    spec_.on_crash = host.on_crash;
    spec_.episode_s = host.episode_s;
    spec_.num_agents = num_agents_;
    spec_.max_agents = host.max_agents;
    spec_.headline = {host.headline, host.lower_is_better};
    if (host.bound.is<double>()) spec_.headline.bound = static_cast<float>(host.bound.as<double>());
  }

  EngineConfig config_;
  int num_agents_;
  task::SpawnRegion region_;
  task::Start start_;
  std::vector<FieldRef> own_;
  std::vector<float> initial_;
  TaskSpec spec_;
};

}  // namespace

void HostTerm::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "of the term"});
  v.field("doc", doc, {.doc = "what it rewards"});
}

void HostMetric::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "of the metric"});
  v.field("doc", doc, {.doc = "what it measures"});
  v.choice("reduction", reduction, {"mean", "sum", "min", "max", "last"}, "over an episode");
}

void HostField::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "of the field"});
  v.field("width", width, {.low = 1, .high = kMaxWidth, .doc = "numbers per agent"});
  v.field("unit", unit, {.doc = "empty where dimensionless"});
  v.field("frame", frame, {.doc = "world, body or empty"});
  v.field("doc", doc, {.doc = "what it holds"});
  v.field("initial", initial, {.doc = "value after a reset"});
}

void HostTask::describe(FieldVisitor& v) {
  v.field("name", name, {.doc = "of the task"});
  v.field("doc", doc, {.doc = "one line"});
  v.field("scene", scene, {.doc = "default scene, by name"});
  v.field("vehicle", vehicle, {.doc = "default vehicle, by name"});
  v.tables("terms", terms, {.low = 0, .high = kMaxCount, .doc = "of the reward"});
  v.tables("metrics", metrics, {.low = 0, .high = kMaxCount, .doc = "per agent and step"});
  v.tables("fields", fields, {.low = 0, .high = kMaxCount, .doc = "the task's own state"});
  v.field("sensors", sensors, {.doc = "default observation"});
  v.tree("sensor_config", sensor_config, "defaults of the sensors' own tables");
  v.field("action", action, {.doc = "default action level"});
  v.field("baseline", baseline, {.doc = "default policy"});
  v.choice("on_crash", on_crash,
           {"continue", "freeze", "terminate_agent", "terminate_world", "respawn"},
           "what a crash means by default");
  v.field("episode_s", episode_s,
          {.unit = "s", .low = 1e-3, .high = 1e6, .doc = "default time limit"});
  v.field("num_agents", num_agents, {.low = 1, .high = 1 << 20, .doc = "default A"});
  v.field("max_agents", max_agents, {.low = 1, .high = 1 << 20, .doc = "most agents"});
  v.field("headline", headline, {.doc = "the metric that counts; empty: the return"});
  v.field("lower_is_better", lower_is_better, {.doc = "of the headline"});
  v.tree("bound", bound, "best value of the headline; an empty table where none is known");
  v.field("places", places, {.doc = "the host writes starts"});
}

HostTask host_task(const Value& table) {
  HostTask host;
  load(host, table, "task");
  check_names(host.terms, "terms");
  check_names(host.metrics, "metrics");
  check_names(host.fields, "fields");
  if (host.terms.empty())
    throw Error(ErrorKind::kValue, "task.terms: at least one reward term is needed");
  return host;
}

std::unique_ptr<Task> make_host_task(const HostTask& host, const TaskContext& context) {
  return std::make_unique<HostScored>(host, context);
}

}  // namespace volery
