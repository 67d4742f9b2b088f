#include "task/load_common.hpp"

#include <algorithm>
#include <cmath>

#include "core/described.hpp"
#include "volery/error.hpp"

namespace volery::task {

Load find_load(const Scene& scene, const std::string& name, float agents_kg) {
  const SceneConfig& config = scene.config();
  std::vector<std::string> names;
  for (const PropSpec& prop : config.props) names.push_back(prop.name);
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) {
    throw Error(ErrorKind::kValue, "task_config.load = \"" + name + "\": scene '" + config.name +
                                       "' has no such prop" + did_you_mean(name, names));
  }
  Load load;
  load.prop = static_cast<int>(at - names.begin());
  const PropSpec& prop = config.props[static_cast<std::size_t>(load.prop)];
  load.mass_kg = prop.mass_kg;
  load.share = prop.mass_kg / agents_kg;
  load.start_w_m = vec3_of(prop.position_w_m, "scene.props.position_w_m");
  const float x = prop.size_m[0], y = prop.size_m[1];
  load.radius_m =
      prop.kind == PrimitiveKind::kBox ? 0.5F * std::sqrt(x * x + y * y) : 0.5F * std::max(x, y);
  // a contact takes the geometric mean of both sides
  constexpr float kFarM = 1000;
  const RayHit below = scene.cast_ray(load.start_w_m, {0, 0, -1}, kFarM);
  if (below.primitive >= 0) {
    load.friction = std::sqrt(prop.friction *
                              config.statics[static_cast<std::size_t>(below.primitive)].friction);
  }
  return load;
}

std::vector<Column> load_columns(const Scene& scene) {
  const Bounds bounds = bounds_of(scene);
  const Vec3 wide = bounds.high_w_m - bounds.low_w_m;
  const float far_m = 2 * std::max({wide.x, wide.y, wide.z});
  constexpr float kFastMps = 1000;
  std::vector<Column> columns;
  const auto vector = [&](const std::string& name, const char* unit, float most, const char* doc) {
    for (const char* axis : {"_x", "_y", "_z"}) {
      columns.push_back({name + axis, unit, "world", -most, most, doc});
    }
  };
  vector("load", "m", far_m, "to the load's center of mass");
  columns.push_back({"load_cos_yaw", "", "world", -1, 1, "heading of the load's x axis"});
  columns.push_back({"load_sin_yaw", "", "world", -1, 1, "heading of the load's x axis"});
  vector("load_velocity", "m/s", kFastMps, "velocity of the load");
  vector("load_goal", "m", far_m, "from the load to where it shall be now");
  columns.push_back(
      {"load_radius", "m", "", 0, far_m, "of the circle that holds the load, seen from above"});
  columns.push_back({"load_share", "", "", 0, 1e6F, "mass of the load over that of all agents"});
  return columns;
}

void write_load(const Slab& slab, int world, const Load& load, Vec3 goal_w_m, int body,
                int row) noexcept {
  const int prop = world * slab.num_props + load.prop;
  const Vec3 at = slab.props.vec3(prop, kPosition);
  const Vec3 ahead = rotate(slab.props.quat(prop), {1, 0, 0});
  const float level = std::sqrt(ahead.x * ahead.x + ahead.y * ahead.y);
  const bool upright = level > 1e-3F;
  const Blocks& agents = slab.agents;
  agents.set_vec3(body, row + kLoadX, at - agents.vec3(body, kPosition));
  agents.at(body, row + kLoadCosYaw) = upright ? ahead.x / level : 1.0F;
  agents.at(body, row + kLoadSinYaw) = upright ? ahead.y / level : 0.0F;
  agents.set_vec3(body, row + kLoadVelocityX, slab.props.vec3(prop, kVelocity));
  agents.set_vec3(body, row + kLoadGoalX, goal_w_m - at);
  agents.at(body, row + kLoadRadius) = load.radius_m;
  agents.at(body, row + kLoadShare) = load.share;
}

}  // namespace volery::task
