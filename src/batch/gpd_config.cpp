#include <thread>

#include "batch/gpd_impl.hpp"
#include "core/described.hpp"

namespace volery {

namespace {

constexpr double kMaxRows = 1 << 26;
constexpr double kMaxThreads = 1024;
// World coordinates beyond this lose the digits that this mode is about.
constexpr double kMaxStart = 1e6;

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kValue, message);
}

double number(const Value& value, const std::string& path) {
  double x = 0;
  if (value.is<double>()) {
    x = value.as<double>();
  } else if (value.is<std::int64_t>()) {
    x = static_cast<double>(value.as<std::int64_t>());
  } else {
    throw Error(ErrorKind::kType, path + ": must be a number, not " + value.type_name());
  }
  if (!(x >= -kMaxStart && x <= kMaxStart)) {
    fail(path + " = " + std::to_string(x) + ": must be in [-1e6, 1e6]");
  }
  return x;
}

// A rows of three numbers, or none.
std::vector<double> rows_of(const Value& value, int num_agents, const std::string& path) {
  if (!value.is<Value::Array>()) {
    throw Error(ErrorKind::kType, path + ": must be an array of rows, not " + value.type_name());
  }
  const auto& rows = value.as<Value::Array>();
  std::vector<double> numbers;
  if (rows.empty()) return numbers;
  if (rows.size() != static_cast<std::size_t>(num_agents)) {
    fail(path + ": has " + std::to_string(rows.size()) + " rows, must have " +
         std::to_string(num_agents) + " (one per drone)");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string row_path = path + "[" + std::to_string(i) + "]";
    if (!rows[i].is<Value::Array>() || rows[i].as<Value::Array>().size() != 3) {
      fail(row_path + ": must be 3 numbers");
    }
    for (std::size_t c = 0; c < 3; ++c) {
      numbers.push_back(
          number(rows[i].as<Value::Array>()[c], row_path + "[" + std::to_string(c) + "]"));
    }
  }
  return numbers;
}

bool is_hover(GpdTask task) noexcept {
  return task == GpdTask::kHover || task == GpdTask::kMultiHover;
}

// Fills what was left to the original's defaults.
void resolve(GpdConfig& config) {
  if (config.task == GpdTask::kCtrl) config.action = GpdAction::kMotorRpm;
  if (config.task == GpdTask::kVelocity) config.action = GpdAction::kVel;
  if (config.num_agents == 0) config.num_agents = config.task == GpdTask::kMultiHover ? 2 : 1;
  if (config.control_rate_hz == 0) config.control_rate_hz = is_hover(config.task) ? 30 : 240;
  if (config.num_threads == 0) {
    config.num_threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }
}

void check(const GpdConfig& config) {
  if (config.task == GpdTask::kHover && config.num_agents != 1) {
    fail("gpd.num_agents = " + std::to_string(config.num_agents) +
         ": must be 1 for task hover; multi_hover takes more");
  }
  if (is_hover(config.task) && config.action == GpdAction::kMotorRpm) {
    fail(
        "gpd.action = motor_rpm: belongs to task ctrl; the hover tasks take rpm, pid, vel, "
        "one_d_rpm or one_d_pid");
  }
  if (config.model == GpdModel::kRace && gpd::needs_pid(config.action)) {
    fail(
        "gpd.model = race: the PID that this action needs exists for cf2x and cf2p alone; use "
        "action rpm or one_d_rpm, or task ctrl");
  }
  if (is_hover(config.task) && config.control_rate_hz < 2) {
    fail("gpd.control_rate_hz = " + std::to_string(config.control_rate_hz) +
         ": must be at least 2 for the hover tasks, which observe half a second of actions");
  }
  if (config.physics_rate_hz % config.control_rate_hz != 0) {
    fail("gpd.control_rate_hz = " + std::to_string(config.control_rate_hz) +
         ": must divide physics_rate_hz = " + std::to_string(config.physics_rate_hz));
  }
  if (static_cast<double>(config.num_worlds) * config.num_agents > kMaxRows) {
    fail("gpd.num_worlds = " + std::to_string(config.num_worlds) + " worlds of " +
         std::to_string(config.num_agents) + " drones: more than " +
         std::to_string(static_cast<int>(kMaxRows)));
  }
}

}  // namespace

void GpdConfig::describe(FieldVisitor& v) {
  v.choice("task", task, {"hover", "multi_hover", "ctrl", "velocity"},
           "HoverAviary, MultiHoverAviary, CtrlAviary or VelocityAviary");
  v.choice("model", model, {"cf2x", "cf2p", "race"}, "vehicle of every drone");
  v.choice("physics", physics, {"pyb", "dyn", "pyb_gnd", "pyb_drag", "pyb_dw", "pyb_gnd_drag_dw"},
           "which forces act and who integrates");
  v.choice("action", action, {"rpm", "pid", "vel", "one_d_rpm", "one_d_pid", "motor_rpm"},
           "meaning of an action in the hover tasks; ctrl and velocity have their own");
  v.field("num_worlds", num_worlds,
          {.low = 1, .high = kMaxRows, .doc = "worlds stepped together (W)"});
  v.field("num_agents", num_agents,
          {.low = 0, .high = 4096, .doc = "drones per world (A); 0: the original's default"});
  v.field("num_threads", num_threads,
          {.low = 0, .high = kMaxThreads, .doc = "workers, the caller included; 0: one per core"});
  v.choice("autoreset", autoreset, {"next_step", "same_step", "disabled"},
           "what happens to a world whose episode ended");
  v.field("physics_rate_hz", physics_rate_hz,
          {.unit = "Hz", .low = 1, .high = 100000, .doc = "substeps per second (pyb_freq)"});
  v.field("control_rate_hz", control_rate_hz,
          {.unit = "Hz",
           .low = 0,
           .high = 100000,
           .doc = "steps per second (ctrl_freq); 0: 30 for the hover tasks, else 240"});
  v.field("episode_s", episode_s,
          {.unit = "s", .low = 0, .high = 1e6, .doc = "time limit of the hover tasks"});
  v.field("clip_rpm", clip_rpm,
          {.doc = "task ctrl: hold rotor speeds in [0, maximum], as CtrlAviary does"});
  v.field("forget_on_reset", forget_on_reset,
          {.doc = "clear PIDs and action buffers at each reset; the original keeps them"});
  v.tree("initial_xyzs", initial_xyzs, "A rows of 3 numbers in m; empty: the original's");
  v.tree("initial_rpys", initial_rpys, "A rows of 3 numbers in rad; empty: level");
}

GpdConfig gpd_config(const Value& table) {
  GpdConfig config;
  load(config, table, "gpd");
  return config;
}

namespace gpd {

Setup::Setup(GpdConfig given) : config(std::move(given)) {
  // structs that were filled by hand pass the same checks as dicts
  load_in_place(config, to_value(std::as_const(config)), "gpd");
  resolve(config);
  check(config);
  const Model& model = model_of(config.model);
  const int num_agents = config.num_agents;
  map = action_map(config.action, model, 1.0 / config.control_rate_hz);
  map.clip_rpm = config.clip_rpm;
  world = {&model, config.physics, 1.0 / config.physics_rate_hz};
  substeps = config.physics_rate_hz / config.control_rate_hz;
  scored = is_hover(config.task);
  action_size = gpd::action_size(config.action);
  buffer_size = scored ? config.control_rate_hz / 2 : 0;
  if (scored) observation_size = 12 + buffer_size * action_size;

  start_xyzs = rows_of(config.initial_xyzs, num_agents, "gpd.initial_xyzs");
  if (start_xyzs.empty()) {
    // a diagonal, four arms apart; the ground is 0.1 m below the hull
    for (int i = 0; i < num_agents; ++i) {
      const double along = i * 4 * model.arm_m;
      start_xyzs.insert(start_xyzs.end(), {along, along, model.collision_height_m / 2 + 0.1});
    }
  }
  start_rpys = rows_of(config.initial_rpys, num_agents, "gpd.initial_rpys");
  if (start_rpys.empty()) start_rpys.assign(static_cast<std::size_t>(num_agents) * 3, 0.0);
  for (int i = 0; i < num_agents; ++i) {
    const double* xyz = start_xyzs.data() + std::ptrdiff_t{3} * i;
    const double* rpy = start_rpys.data() + std::ptrdiff_t{3} * i;
    const V3 at{xyz[0], xyz[1], xyz[2]};
    start.push_back(start_drone(at, {rpy[0], rpy[1], rpy[2]}));
    targets.push_back(config.task == GpdTask::kHover ? V3{0, 0, 1} : at + V3{0, 0, 1.0 / (i + 1)});
  }
}

}  // namespace gpd

Value gpd_constants(GpdModel name) {
  const gpd::Model& m = gpd::model_of(name);
  return Value::Table{{"M", m.mass_kg},
                      {"L", m.arm_m},
                      {"THRUST2WEIGHT_RATIO", m.thrust_to_weight},
                      {"J", Value::Array{m.inertia_kgm2.x, m.inertia_kgm2.y, m.inertia_kgm2.z}},
                      {"KF", m.thrust_n_per_rpm2},
                      {"KM", m.torque_nm_per_rpm2},
                      {"COLLISION_H", m.collision_height_m},
                      {"COLLISION_R", m.collision_radius_m},
                      {"COLLISION_Z_OFFSET", 0.0},
                      {"MAX_SPEED_KMH", m.max_speed_kmh},
                      {"GND_EFF_COEFF", m.ground_coeff},
                      {"PROP_RADIUS", m.prop_radius_m},
                      {"DRAG_COEFF", Value::Array{m.drag_coeff.x, m.drag_coeff.y, m.drag_coeff.z}},
                      {"DW_COEFF_1", m.downwash_coeff[0]},
                      {"DW_COEFF_2", m.downwash_coeff[1]},
                      {"DW_COEFF_3", m.downwash_coeff[2]},
                      {"G", gpd::kGravityMps2},
                      {"GRAVITY", m.weight_n},
                      {"HOVER_RPM", m.hover_rpm},
                      {"MAX_RPM", m.max_rpm},
                      {"MAX_THRUST", m.max_thrust_n},
                      {"MAX_XY_TORQUE", m.max_xy_torque_nm},
                      {"MAX_Z_TORQUE", m.max_z_torque_nm},
                      {"GND_EFF_H_CLIP", m.ground_clip_m}};
}

}  // namespace volery
