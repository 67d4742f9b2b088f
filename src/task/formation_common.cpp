#include "task/formation_common.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/math.hpp"
#include "volery/error.hpp"

namespace volery::task {

namespace {

// Draws of a path; the one with the most clear slots is kept if none has all of them clear.
constexpr int kPathDraws = 128;
// The shortest way, as a share of travel_m.
constexpr float kLeastWay = 0.6F;
// Agents of one grid layer, and layers, where the config leaves their number open.
constexpr int kAgentsPerLayer = 16;
constexpr int kMaxAutoLayers = 4;

// A key that no agent has.
constexpr std::uint32_t kWorldKey = 0xFFFFFFFEU;

Shape shape_of(FormationShape shape) noexcept {
  if (shape == FormationShape::kVee) return Shape::kVee;
  return shape == FormationShape::kCircle ? Shape::kCircle : Shape::kGrid;
}

Pose pose_of(Vec3 center_w_m, float yaw_rad) noexcept {
  return {center_w_m, cos(yaw_rad), sin(yaw_rad)};
}

}  // namespace

void FormationConfig::describe(FieldVisitor& v) {
  v.choice("shape", shape, {"auto", "grid", "circle", "vee"},
           "the shape of the formation; auto: a grid, where states are heard a circle, which is a "
           "regular hexagon for six");
  v.field("spacing_m", spacing_m,
          {.unit = "m", .low = 0.01, .high = 100, .doc = "distance between neighboring slots"});
  v.field("num_layers", num_layers,
          {.low = 0, .high = 64, .doc = "layers of a grid; 0: one per 16 agents, at most 4"});
  v.choice(
      "motion", motion, {"travel", "fixed"},
      "whether the slots travel to the end pose or stand there from the start; only standing ones "
      "keep goals that set_goal writes");
  v.field("travel_m", travel_m,
          {.unit = "m",
           .low = 0,
           .high = 10000,
           .doc = "longest way from the start to the end pose; the shortest is 0.6 of it"});
  v.field("speed_mps", speed_mps,
          {.unit = "m/s", .low = 0.01, .high = 50, .doc = "greatest speed of the center"});
  v.field("turn_rad", turn_rad,
          {.unit = "rad", .low = 0, .high = 100, .doc = "greatest turn on the way, either way"});
  v.field("hold_s", hold_s,
          {.unit = "s", .low = 0, .high = 1000, .doc = "time to gather before the slots travel"});
  v.field("slot_clearance_m", slot_clearance_m,
          {.unit = "m",
           .low = 0,
           .high = 100,
           .doc = "wished distance of the slots of the end pose to obstacles"});
  v.field(
      "hears", hears,
      {.doc = "states are known by radio alone and the slots stand about the agents' own middle, "
              "wherever it is; motion and what belongs to it then mean nothing"});
  v.field("formed_m", formed_m,
          {.unit = "m",
           .low = 1e-3,
           .high = 100,
           .doc = "Procrustes RMS that counts as formed, where states are heard"});
  v.table("start", start, "how agents start");
  v.field("success_radius_m", success_radius_m,
          {.unit = "m",
           .low = 1e-3,
           .high = 100,
           .doc = "slot error that counts as in place; for success of the world's mean"});
  v.field("slot_scale_m", slot_scale_m,
          {.unit = "m",
           .low = 1e-3,
           .high = 1000,
           .doc = "distance at which the slot term has halved"});
  v.field("slot_weight", slot_weight,
          {.unit = "1/s", .low = 0, .high = 1000, .doc = "reward per second in the slot"});
  v.field("safe_distance_m", safe_distance_m,
          {.unit = "m",
           .low = 1e-3,
           .high = 100,
           .doc = "agents nearer than this, between centers, cost"});
  v.field("closeness_weight", closeness_weight,
          {.unit = "1/s", .low = 0, .high = 1000, .doc = "cost per second at distance 0"});
  v.field("collision_cost", collision_cost,
          {.low = 0, .high = 1e6, .doc = "cost of beginning to touch anything"});
}

FormationConfig load_formation_config(const TaskContext& context) {
  FormationConfig config;
  load(config, context.config, "task_config");
  config.start = resolved(config.start, context.vehicle);
  if (config.hears) config.motion = Motion::kFixed;
  if (config.shape == FormationShape::kAuto) {
    config.shape = config.hears ? FormationShape::kCircle : FormationShape::kGrid;
  }
  return config;
}

FormationPath::FormationPath(const FormationConfig& config, const TaskContext& context,
                             int num_agents, const SpawnSpec& spawn)
    : config_(config), scene_(&context.scene) {
  int layers = config.num_layers;
  if (layers == 0) {
    layers = std::min(kMaxAutoLayers, (num_agents + kAgentsPerLayer - 1) / kAgentsPerLayer);
  }
  slots_ = formation_slots(shape_of(config.shape), num_agents, config.spacing_m, layers);
  const float touch_m = 2 * context.vehicle.bounding_radius_m;
  if (least_distance(slots_) < touch_m) {
    throw Error(ErrorKind::kValue, "task_config.spacing_m = " + std::to_string(config.spacing_m) +
                                       ": agents of vehicle '" + context.vehicle.config.name +
                                       "' touch below " + std::to_string(touch_m));
  }

  // the formation may turn, so it needs its radius on every side
  float radius_m = 0, half_height_m = 0;
  for (const Vec3& slot : slots_) {
    radius_m = std::max(radius_m, std::sqrt(slot.x * slot.x + slot.y * slot.y));
    half_height_m = std::max(half_height_m, slot.z);
  }
  const float margin_m = config.slot_clearance_m;
  const Vec3 inset{radius_m + margin_m, radius_m + margin_m, half_height_m + margin_m};
  const Bounds bounds = bounds_of(context.scene);
  centers_ = {bounds.low_w_m + inset, bounds.high_w_m - inset};
  if (centers_.low_w_m.x > centers_.high_w_m.x || centers_.low_w_m.y > centers_.high_w_m.y ||
      centers_.low_w_m.z > centers_.high_w_m.z) {
    throw Error(ErrorKind::kValue,
                "task_config.spacing_m = " + std::to_string(config.spacing_m) +
                    ": a formation of " + std::to_string(num_agents) + " is " +
                    std::to_string(2 * inset.x) + " m wide, " + std::to_string(2 * inset.z) +
                    " m high and does not fit in the bounds " + to_text(bounds.low_w_m) + " to " +
                    to_text(bounds.high_w_m) + " of scene '" + context.scene.config().name + "'");
  }
  const Vec3 middle = (spawn.low_w_m + spawn.high_w_m) * 0.5F;
  start_w_m_ = {std::clamp(middle.x, centers_.low_w_m.x, centers_.high_w_m.x),
                std::clamp(middle.y, centers_.low_w_m.y, centers_.high_w_m.y), 0};
  low_z_m_ = std::clamp(spawn.low_w_m.z, centers_.low_w_m.z, centers_.high_w_m.z);
  high_z_m_ = std::clamp(spawn.high_w_m.z, centers_.low_w_m.z, centers_.high_w_m.z);
}

int FormationPath::num_clear(const Pose& pose, int least) const noexcept {
  const int num = static_cast<int>(slots_.size());
  const float clearance_m = config_.slot_clearance_m;
  int blocked = 0;
  for (int i = 0; i < num && num - blocked >= least; ++i) {
    // the bound is cheap and settles most slots
    const Vec3 point = slot(pose, i);
    if (scene_->clearance_lower_bound_m(point) > clearance_m) continue;
    blocked += scene_->near_primitives(point, clearance_m, nullptr, 0) > 0 ? 1 : 0;
  }
  return num - blocked;
}

void FormationPath::draw(const WorldHeader& header, float* world_fields) const noexcept {
  Rng rng(header.seed, header.episode, Stream::kGoal, kWorldKey);
  const int num = static_cast<int>(slots_.size());
  int most_at_end = -1, most_at_start = -1;
  for (int i = 0; i < kPathDraws && most_at_end + most_at_start < 2 * num; ++i) {
    const float heading_rad = rng.uniform(-kPi, kPi);
    const float way_m = rng.uniform(kLeastWay * config_.travel_m, config_.travel_m);
    const float start_yaw_rad = rng.uniform(-kPi, kPi);
    const float end_yaw_rad = start_yaw_rad + rng.uniform(-config_.turn_rad, config_.turn_rad);
    const Vec3 start{start_w_m_.x, start_w_m_.y, rng.uniform(low_z_m_, high_z_m_)};
    const Vec3 wished = start + Vec3{cos(heading_rad), sin(heading_rad), 0} * way_m;
    // one height for the whole way, so that avoiding is a matter of the plane
    const Vec3 end{std::clamp(wished.x, centers_.low_w_m.x, centers_.high_w_m.x),
                   std::clamp(wished.y, centers_.low_w_m.y, centers_.high_w_m.y), start.z};

    // a way that the bounds cut short is a last resort; a clear end counts before a clear start
    const bool cut = !(end == wished);
    const int at_end = cut ? 0 : num_clear(pose_of(end, end_yaw_rad), most_at_end);
    if (at_end < most_at_end) continue;
    const int at_start = cut ? 0 : num_clear(pose_of(start, start_yaw_rad), 0);
    if (at_end == most_at_end && at_start <= most_at_start) continue;
    most_at_end = at_end;
    most_at_start = at_start;
    const float turn_m = std::fabs(end_yaw_rad - start_yaw_rad) * config_.spacing_m;
    const Vec3 way = end - start;
    // the easing of at() peaks at 1.5 times its mean speed
    const float travel_s = 1.5F * std::max(std::sqrt(dot(way, way)), turn_m) / config_.speed_mps;
    const float values[kNumWorldFields] = {start.x, start.y,       start.z,     end.x,   end.y,
                                           end.z,   start_yaw_rad, end_yaw_rad, travel_s};
    std::copy_n(values, kNumWorldFields, world_fields);
  }
}

void FormationPath::draw_heading(const WorldHeader& header, float* world_fields) noexcept {
  Rng rng(header.seed, header.episode, Stream::kGoal, kWorldKey);
  std::fill_n(world_fields, kNumWorldFields, 0.0F);
  world_fields[kStartYaw] = world_fields[kEndYaw] = rng.uniform(-kPi, kPi);
}

Pose FormationPath::at(const float* world_fields, float time_s) const noexcept {
  const float travel_s = world_fields[kTravelTime];
  float u = 1;
  if (moves() && travel_s > 0) u = std::clamp((time_s - config_.hold_s) / travel_s, 0.0F, 1.0F);
  const float s = u * u * (3 - 2 * u);
  const auto between = [s](float a, float b) { return a + s * (b - a); };
  const float* const a = world_fields + kStartCenter;
  const float* const b = world_fields + kEndCenter;
  return pose_of({between(a[0], b[0]), between(a[1], b[1]), between(a[2], b[2])},
                 between(world_fields[kStartYaw], world_fields[kEndYaw]));
}

}  // namespace volery::task
