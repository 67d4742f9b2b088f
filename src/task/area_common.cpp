#include "task/area_common.hpp"

#include <string>

#include "volery/error.hpp"

namespace volery::task {

void AreaConfig::describe(FieldVisitor& v) {
  v.field("margin_m", margin_m,
          {.unit = "m",
           .low = 0,
           .high = 1000,
           .doc = "the area is the scene's bounds, seen from above, less this on each side"});
  v.field("height_m", height_m,
          {.unit = "m", .low = 0, .high = 1000, .doc = "height at which agents fly"});
}

Area area_of(const AreaConfig& config, const Scene& scene) {
  const Bounds bounds = bounds_of(scene);
  const Area area{bounds.low_w_m.x + config.margin_m, bounds.low_w_m.y + config.margin_m,
                  bounds.high_w_m.x - config.margin_m, bounds.high_w_m.y - config.margin_m,
                  config.height_m};
  if (!(area.width_m() > 0) || !(area.depth_m() > 0)) {
    throw Error(ErrorKind::kValue,
                "task_config.area.margin_m = " + std::to_string(config.margin_m) +
                    ": leaves nothing of the bounds of scene '" + scene.config().name + "'");
  }
  if (config.height_m < bounds.low_w_m.z || config.height_m > bounds.high_w_m.z) {
    throw Error(ErrorKind::kValue,
                "task_config.area.height_m = " + std::to_string(config.height_m) +
                    ": must lie within the bounds of scene '" + scene.config().name + "', " +
                    std::to_string(bounds.low_w_m.z) + " to " + std::to_string(bounds.high_w_m.z));
  }
  return area;
}

std::vector<Column> area_columns(const Area& area) {
  // an agent may be past an edge by little: bounds end its episode
  const float wide_m = 2 * area.width_m(), deep_m = 2 * area.depth_m();
  constexpr float kHighM = 1000;
  return {{"area_east", "m", "world", -wide_m, wide_m, "to the east edge of the area"},
          {"area_north", "m", "world", -deep_m, deep_m, "to the north edge"},
          {"area_west", "m", "world", -wide_m, wide_m, "to the west edge, positive inside"},
          {"area_south", "m", "world", -deep_m, deep_m, "to the south edge, positive inside"},
          {"climb", "m", "world", -kHighM, kHighM, "to the height at which to fly"}};
}

void write_area(const Area& area, const Blocks& agents, int body, int row) noexcept {
  const Vec3 p = agents.vec3(body, kPosition);
  agents.at(body, row + kAreaEast) = area.high_x_m - p.x;
  agents.at(body, row + kAreaNorth) = area.high_y_m - p.y;
  agents.at(body, row + kAreaWest) = p.x - area.low_x_m;
  agents.at(body, row + kAreaSouth) = p.y - area.low_y_m;
  agents.at(body, row + kAreaClimb) = area.height_m - p.z;
}

bool is_up(const Blocks& agents, int body) noexcept {
  if (is_absent(agents, body) || agents.at(body, kMotorsOn) == 0) return false;
  const Quat q = agents.quat(body);
  // cosine of the tilt
  return 1 - 2 * (q.x * q.x + q.y * q.y) > 0.5F;
}

}  // namespace volery::task
