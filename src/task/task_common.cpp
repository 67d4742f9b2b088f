#include "task/task_common.hpp"

#include "volery/error.hpp"

namespace volery::task {

Vec3 vec3_of(const std::vector<float>& values, const std::string& path) {
  if (values.size() != 3) {
    throw Error(ErrorKind::kValue, path + ": has " + std::to_string(values.size()) +
                                       " numbers, must have 3 (x, y, z)");
  }
  return {values[0], values[1], values[2]};
}

Bounds bounds_of(const Scene& scene) {
  const SceneConfig& config = scene.config();
  return {vec3_of(config.bounds_low_m, "scene.bounds_low_m"),
          vec3_of(config.bounds_high_m, "scene.bounds_high_m")};
}

std::string to_text(Vec3 v) {
  std::string text = "[";
  text += std::to_string(v.x) + ", ";
  text += std::to_string(v.y) + ", ";
  text += std::to_string(v.z) + "]";
  return text;
}

FieldRef declare_columns(const TaskContext& context, const std::vector<Column>& columns,
                         const char* writer) {
  return context.fields.add({.name = "task_columns",
                             .width = static_cast<int>(columns.size()),
                             .unit = "",
                             .frame = "",
                             .writer = writer,
                             .doc = "what the sensor `task` shows"});
}

}  // namespace volery::task
