#include "batch/setup.hpp"

#include <algorithm>
#include <thread>

#include "batch/fleet_setup.hpp"
#include "core/described.hpp"
#include "core/rotation.hpp"
#include "scene/prop.hpp"
#include "state/fleet_rows.hpp"

namespace volery::batch {

namespace {

// Where nothing is below, the surface counts as this far under the bounds: beyond any ground
// effect.
constexpr float kNoSurfaceDepth = 1000;

Vec3 to_vec3(const std::vector<float>& v) {
  return {v[0], v[1], v[2]};
}

// The entry of that name, or an Error that names the nearest one.
template <class Entry>
const Entry& find_entry(const std::vector<const Entry*>& entries, const std::string& name,
                        const char* what) {
  std::vector<std::string> names;
  for (const Entry* entry : entries) {
    if (name == entry->name) return *entry;
    names.emplace_back(entry->name);
  }
  throw Error(ErrorKind::kValue, std::string("config.") + what + " = \"" + name + "\": no such " +
                                     what + did_you_mean(name, names));
}

const TaskEntry* find_task(const BatchConfig& config) {
  if (config.host_task != nullptr) return nullptr;
  return &find_entry(task_entries(), config.task, "task");
}

// The vehicle has to be known before the task is made, and so have the rates: what is drawn depends
// on them.
BatchConfig with_defaults(BatchConfig config) {
  const TaskEntry* task = find_task(config);
  if (config.vehicle == Value(""))
    config.vehicle = Value(task != nullptr ? task->vehicle : config.host_task->vehicle);
  config.resolve_rates(task != nullptr ? task->rates : TaskRates{});
  return config;
}

Scene make_scene(BatchConfig& config, const TaskEntry* task) {
  const std::string wanted = task != nullptr ? task->scene : config.host_task->scene;
  if (config.scene == Value("")) config.scene = Value(wanted);
  return Scene(load_scene(config.scene));
}

void check_rates(const BatchConfig& config) {
  constexpr int kLeastPhysicsRateHz = 50;
  if (config.physics_rate_hz < kLeastPhysicsRateHz) {
    throw Error(ErrorKind::kValue,
                "config.physics_rate_hz = " + std::to_string(config.physics_rate_hz) +
                    ": must be in [50, 10000], or 0 for the task's default");
  }
  const auto divides = [](int slow, int fast) { return slow > 0 && fast % slow == 0; };
  const auto refuse = [](const char* slow_name, int slow, const char* fast_name, int fast) {
    throw Error(ErrorKind::kValue, std::string("config.") + slow_name + " = " +
                                       std::to_string(slow) + ": must divide " + fast_name + " = " +
                                       std::to_string(fast));
  };
  if (!divides(config.control_rate_hz, config.physics_rate_hz)) {
    refuse("control_rate_hz", config.control_rate_hz, "physics_rate_hz", config.physics_rate_hz);
  }
  if (!divides(config.agent_rate_hz, config.control_rate_hz)) {
    refuse("agent_rate_hz", config.agent_rate_hz, "control_rate_hz", config.control_rate_hz);
  }
}

// An agent count that the task and the memory can hold.
void resolve_agents(BatchConfig& config, const TaskSpec& spec) {
  if (config.num_agents == 0) config.num_agents = spec.num_agents;
  if (static_cast<int>(config.teams.size()) > config.num_agents) {
    throw Error(ErrorKind::kValue, "config.teams: lists " + std::to_string(config.teams.size()) +
                                       " agents; worlds have " + std::to_string(config.num_agents));
  }
  if (config.num_agents > spec.max_agents) {
    throw Error(ErrorKind::kValue, "config.num_agents = " + std::to_string(config.num_agents) +
                                       ": task " + config.task + " takes at most " +
                                       std::to_string(spec.max_agents));
  }
  constexpr double kMaxBodies = 1 << 26;
  if (static_cast<double>(config.num_agents) * config.num_worlds > kMaxBodies) {
    throw Error(
        ErrorKind::kMemory,
        "config.num_worlds * config.num_agents = " +
            std::to_string(static_cast<std::int64_t>(config.num_agents) * config.num_worlds) +
            ": must be at most 67108864");
  }
}

// Any wind needs its row, and room for its speed.
void resolve_wind(BatchConfig& config, const Randomization& randomization, float step_s) {
  const flight::Wind wind(randomization.strongest_wind(config, step_s), step_s);
  if (!wind.any()) return;
  config.flight.wind = true;
  config.flight.max_air_speed_mps =
      std::max(config.flight.max_air_speed_mps, wind.likely_max_mps());
}

int declare_tension(FieldTable& table) {
  return table
      .add({.name = "cable_tension_n",
            .width = 1,
            .unit = "N",
            .frame = "",
            .writer = "contact",
            .doc = "sum of the tensions of the cables at the body, in the last substep"})
      .row;
}

AgentRows declare_rows(FieldTable& table, int num_terms, int num_metrics) {
  AgentRows rows;
  const auto add = [&table](const char* name, int width, const char* doc, float initial = 0) {
    return table.add({.name = name,
                      .width = width,
                      .unit = "",
                      .frame = "",
                      .writer = "batch",
                      .doc = doc,
                      .initial = initial});
  };
  rows.alive = add("alive", 1, "1 while the agent takes part in its episode", 1);
  rows.blind = add("blind", 1, "1 where the observation is zeros: dead since before the last step");
  rows.outcome = add("outcome", 1, "how its episode ended: 0 not yet, 1 terminated, 2 truncated");
  rows.steps = add("episode_steps", 1, "agent steps that the episode sums hold");
  rows.return_sum = add("episode_return", 1, "sum of rewards");
  if (num_terms > 0) rows.term_sums = add("episode_terms", num_terms, "sums of the reward terms");
  if (num_metrics > 0)
    rows.metric_sums = add("episode_metrics", num_metrics, "metrics reduced over the episode");
  return rows;
}

// Throws where a task has taken the name of a row that the batch declares after it.
void check_own_rows(const AgentRows& rows, int first_row) {
  for (const FieldRef& row : {rows.action, rows.alive, rows.blind, rows.outcome, rows.steps,
                              rows.return_sum, rows.term_sums, rows.metric_sums}) {
    if (row.row < 0 || row.row >= first_row) continue;
    throw Error(ErrorKind::kValue,
                "task.fields: one has the name of a field of the engine's (action, alive, blind, "
                "outcome, episode_...); take another name");
  }
}

// Throws where the headline is none of the metrics.
Headline checked_headline(const TaskSpec& spec) {
  std::vector<std::string> names;
  for (const TermSpec& metric : spec.metrics) names.push_back(metric.name);
  const std::string& wanted = spec.headline.metric;
  if (!wanted.empty() && std::find(names.begin(), names.end(), wanted) == names.end()) {
    throw Error(ErrorKind::kValue,
                "task.headline = \"" + wanted + "\": no such metric" + did_you_mean(wanted, names));
  }
  return spec.headline;
}

RewardRows make_reward_rows(const Setup& setup, const TaskSpec& spec) {
  const AgentRows& rows = setup.rows;
  RewardRows out{rows.alive.row,       rows.steps.row,
                 rows.return_sum.row,  rows.term_sums.row,
                 rows.metric_sums.row, setup.config.reward == RewardShare::kAgent,
                 spec.reductions};
  out.reductions.resize(spec.metrics.size(), Reduction::kMean);
  return out;
}

// The radio that the config or the task asks for, its columns behind those of the action level.
void make_radio(Setup& setup, const TaskSpec& spec) {
  BatchConfig& config = setup.config;
  if (config.radio == Value("")) config.radio = spec.radio;
  if (config.radio == Value("") || config.radio == Value("off")) return;
  setup.radio = std::make_unique<radio::Radio>(radio::load_radio(config.radio), config.num_agents,
                                               setup.step_s, &setup.scene.config());
  config.radio = to_value(setup.radio->config());
  for (const Column& column : setup.radio->outbox_columns()) setup.layout.action.push_back(column);
  setup.layout.inbox_slots = setup.radio->config().inbox.slots;
  setup.layout.inbox_slot = setup.radio->slot_columns();
}

// What the task asks of the sensors that were chosen.
Value task_sensor_config(const Setup& setup, const TaskSpec& spec) {
  Value wanted;
  for (const std::string& name : setup.config.sensors) {
    if (const Value* table = spec.sensor_config.find(name)) wanted.table().emplace(name, *table);
  }
  return wanted;
}

// A sensor by name, its config changed by `edits`.
std::unique_ptr<Sensor> make_sensor(Setup& setup, const std::string& name, FieldTable& fields,
                                    std::span<const NumberEdit> edits) {
  const SensorEntry& entry = find_entry(sensor_entries(), name, "sensors");
  const Value* own = setup.config.sensor_config.find(name);
  const Value empty;
  const SensorContext context{setup.vehicle,
                              setup.scene,
                              fields,
                              {setup.rows.action.row, setup.layout.num_controls},
                              setup.spec().goal,
                              own != nullptr ? *own : empty,
                              setup.layout.controls(),
                              setup.config.agent_rate_hz,
                              setup.config.flight.gravity_mps2,
                              edits,
                              &setup.fleet,
                              &setup.teams,
                              setup.spec().columns,
                              setup.spec().column_rows,
                              setup.messages(),
                              setup.layout.inbox_slot};
  return entry.make(context);
}

// Sensors in order, their columns appended to the layout.
void make_sensors(Setup& setup, const TaskSpec& spec) {
  if (setup.config.sensors.empty()) {
    setup.config.sensors = spec.sensors;
    // whoever has a radio listens
    std::vector<std::string>& sensors = setup.config.sensors;
    if (setup.radio != nullptr &&
        std::find(sensors.begin(), sensors.end(), "inbox") == sensors.end())
      sensors.emplace_back("inbox");
  }
  if (!setup.config.sensor_config.is_table()) {
    throw Error(ErrorKind::kType, std::string("config.sensor_config: must be a table, not ") +
                                      setup.config.sensor_config.type_name());
  }
  setup.config.sensor_config = merged(task_sensor_config(setup, spec), setup.config.sensor_config);
  for (const auto& [name, table] : setup.config.sensor_config.table()) {
    if (std::find(setup.config.sensors.begin(), setup.config.sensors.end(), name) ==
        setup.config.sensors.end()) {
      throw Error(ErrorKind::kValue, "config.sensor_config." + name + ": not among config.sensors" +
                                         did_you_mean(name, setup.config.sensors));
    }
  }
  for (const std::string& name : setup.config.sensors) {
    const SensorEntry& entry = find_entry(sensor_entries(), name, "sensors");
    const std::vector<NumberEdit> edits = sensor_edits(setup.randomization, name, true);
    try {
      setup.sensors.push_back(make_sensor(setup, name, setup.agent_fields, edits));
    } catch (const Error& error) {
      if (edits.empty()) throw;
      throw Error(error.kind(), std::string("config.randomize: a draw gives ") + error.what());
    }
    if (!edits.empty()) {
      const FieldRef own = setup.sensors.back()->keep_errors_in_rows(setup.agent_fields);
      if (own.row >= 0) setup.sensor_error_rows.emplace_back(name, own);
    }
    if (setup.sensors.back()->has_memory()) setup.advancing.push_back(setup.sensors.back().get());
    const Sensor& sensor = *setup.sensors.back();
    const std::vector<Column> columns = sensor.columns();
    std::vector<int> shape = sensor.shape();
    if (shape.empty()) shape = {static_cast<int>(columns.size())};
    for (const Group& group : setup.layout.groups) {
      if (group.name == name)
        throw Error(ErrorKind::kValue, "config.sensors: \"" + name + "\" stands there twice");
    }
    setup.layout.groups.push_back({name, setup.layout.observation_size(),
                                   static_cast<int>(columns.size()), shape, entry.doc});
    setup.layout.observation.insert(setup.layout.observation.end(), columns.begin(), columns.end());
    const swarm::NeighborQuery query = sensor.neighbor_query();
    setup.neighbor_query.count = std::max(setup.neighbor_query.count, query.count);
    setup.neighbor_query.radius_m = std::max(setup.neighbor_query.radius_m, query.radius_m);
  }
  if (setup.layout.observation.empty())
    throw Error(ErrorKind::kValue, "config.sensors: at least one is needed");
}

}  // namespace

Setup::Setup(BatchConfig given)
    : config(with_defaults(std::move(given))),
      fleet(config.vehicle),
      teams(config.teams),
      randomization(config, fleet),
      vehicle(fleet.widest()),
      task_entry(find_task(config)),
      scene(make_scene(config, task_entry)) {
  check_rates(config);
  substeps = config.physics_rate_hz / config.agent_rate_hz;
  substep_s = 1.0F / static_cast<float>(config.physics_rate_hz);
  step_s = 1.0F / static_cast<float>(config.agent_rate_hz);
  if (config.num_threads == 0)
    config.num_threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));

  resolve_wind(config, randomization, step_s);

  // the task first: it says what the rest of the config defaults to
  declare_rigid_fields(agent_fields);
  declare_flight_fields(agent_fields, fleet.num_rotors());
  if (!fleet.is_uniform()) fleet_row = declare_fleet_fields(agent_fields);
  const flight::FlightConfig widest = randomization.widest(config.flight);
  effect_rows =
      flight::declare_effect_fields(agent_fields, widest, fleet.types(), {substep_s, step_s});
  randomization.declare_motion_rows(agent_fields, effect_rows);
  if (!fleet.is_uniform() || randomization.any(DrawnTarget::kVehicle))
    param_row = declare_param_rows(*this);
  contact::CableConfig cables;
  if (!scene.config().cables.empty()) cables.agent_row = declare_tension(agent_fields);
  motion_rows.push_back({0, agent_fields.num_rows()});
  declare_rigid_fields(prop_fields);
  if (!scene.config().cables.empty()) cables.prop_row = declare_tension(prop_fields);
  variants.push_back({{}, make_task(config.task_config, agent_fields), 0, {}, {}, {}});
  randomization.find_state_rows(agent_fields, agent_fields.num_rows());
  const TaskSpec& spec = variants.front().task->spec();
  resolve_agents(config, spec);
  cables.num_agents = config.num_agents;
  if (config.action.empty()) config.action = spec.action;
  if (config.on_crash.empty()) config.on_crash = kOnCrashNames[static_cast<int>(spec.on_crash)];
  if (config.episode_s == 0) config.episode_s = spec.episode_s;
  check_join_count(config);
  resolve_variant(config, variants.front());
  make_wind(config, step_s, variants.front());

  layout.num_worlds = config.num_worlds;
  layout.num_agents = config.num_agents;
  layout.reward_terms = spec.reward_terms;
  layout.metrics = spec.metrics;
  layout.headline = checked_headline(spec);
  const int first_batch_row = agent_fields.num_rows();
  rows = declare_rows(agent_fields, num_terms(), num_metrics());
  randomization.declare_rows(agent_fields);
  reward_rows = make_reward_rows(*this, spec);

  const int first_control_row = agent_fields.num_rows();
  const ControllerEntry& level = find_entry(controller_entries(), config.action, "action");
  layout.action = widest_columns(level, fleet);
  for (const Vehicle& type : fleet.types())
    layout.control_sizes.push_back(static_cast<int>(level.columns(type).size()));
  layout.num_controls = layout.action_size();
  make_radio(*this, spec);
  rows.action = agent_fields.add({.name = "action",
                                  .width = layout.action_size(),
                                  .unit = "",
                                  .frame = "",
                                  .writer = "batch",
                                  .doc = "clipped action of the last step"});
  check_own_rows(rows, first_batch_row);
  for (const Column& column : layout.action) {
    action_limits.low.push_back(column.low);
    action_limits.high.push_back(column.high);
  }
  controller = make_controller(*this, level, first_control_row);
  put_estimator(*this);
  motion_rows.push_back({first_control_row, agent_fields.num_rows()});
  if (radio != nullptr)
    radio->declare(agent_fields, rows.action.row + layout.num_controls, rows.alive.row);
  variants.front().task->connect(messages());
  control = {controller->kernel(), controller->constants(),
             config.physics_rate_hz / config.control_rate_hz};
  fields_before_sensors = agent_fields;
  make_sensors(*this, spec);
  joins = make_joins(*this);
  fold = FoldPlan(agent_fields, prop_fields, num_props() > 0);
  flight_params = param_row < 0 ? std::make_unique<flight::FlightParams>(vehicle, widest, substep_s,
                                                                         effect_rows)
                                : std::make_unique<flight::FlightParams>(fleet, widest, substep_s,
                                                                         param_row, effect_rows);
  if (randomization.draws_lateral_drag()) flight_params->expect_any_drag();
  randomization.check_vehicles(fleet, *flight_params);
  for (const Vehicle& type : fleet.types())
    agent_initial.push_back(initial_lane_of(type, *this, static_cast<int>(agent_initial.size())));
  prop_initial = initial_lane(prop_fields);

  std::vector<Vec3> prop_inertia;
  for (const PropSpec& prop : scene.config().props) {
    prop_inertia.push_back(prop_inertia_b_kgm2(prop));
    prop_starts.push_back({to_vec3(prop.position_w_m), quat_from_rpy(to_vec3(prop.rpy_rad))});
  }
  for (const Vehicle& type : fleet.types()) jets.types.emplace_back(type);
  jets.num_rotors = fleet.num_rotors();
  if (fleet_row >= 0) jets.type_row = fleet_row + kVehicleType;
  floor_height_m = scene.config().bounds_low_m[2] - kNoSurfaceDepth;

  effect_plan = EffectPlan(widest, effect_rows, config.num_agents, step_s);
  effect_plan.take_draws(randomization);
  if (!prop_inertia.empty()) {
    prop_params = std::make_unique<flight::FreeBodyParams>(config.flight.gravity_mps2, substep_s,
                                                           prop_inertia);
  }
  contact::FlightReach reach = flight_reach(widest, effect_rows, randomization.draggiest(fleet));
  randomization.widen(reach, fleet);
  contact_model = std::make_unique<contact::ContactModel>(
      contact::ContactConfig{.mode = config.contacts,
                             .max_pairs_per_world = config.max_contact_pairs,
                             .audit = config.audit,
                             .reach = reach,
                             .mass_row = randomization.mass_row,
                             .grip_row = effect_rows.grip,
                             .cables = cables},
      scene, fleet, config.flight.gravity_mps2, substep_s, substeps);
  check_sensor_ranges(*this);
  // adding variants may move the first one
  VariantDraws draws = make_draws(*this, config);
  variants.front().draws = std::move(draws);
}

std::unique_ptr<Task> Setup::make_task(const Value& task_config, FieldTable& fields) const {
  const TaskContext context{vehicle, scene,     fields,         task_config,  config.num_agents,
                            step_s,  fleet_row, &fleet.types(), config.action};
  return config.host_task != nullptr ? make_host_task(*config.host_task, context)
                                     : task_entry->make(context);
}

std::unique_ptr<Sensor> Setup::scratch_sensor(const std::string& name,
                                              std::span<const NumberEdit> edits) {
  FieldTable fields = fields_before_sensors;
  return make_sensor(*this, name, fields, edits);
}

}  // namespace volery::batch
