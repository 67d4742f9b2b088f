// rangefinder: distances to static geometry along a few beams, one down and a ring of level ones.
#include <cmath>

#include "core/math.hpp"
#include "sense/rows_common.hpp"

namespace volery {

namespace {

/// What the beams turn with.
enum class Mount : int { kYaw, kBody };

struct RangefinderConfig {
  bool down = true;
  int horizontal = 4;
  float max_range_m = 4;
  Mount mount = Mount::kYaw;
  bool normalized = false;
  void describe(FieldVisitor& v) {
    v.field("down", down, {.doc = "whether there is a beam down"});
    v.field("horizontal", horizontal,
            {.low = 0, .high = 64, .doc = "beams around, evenly spaced, the first one forward"});
    v.field(
        "max_range_m", max_range_m,
        {.unit = "m", .low = 0.01, .high = 1000, .doc = "what a beam tells that meets nothing"});
    v.choice("mount", mount, {"yaw", "body"},
             "yaw: level beams that turn with the heading; body: beams fixed to the body");
    v.field("normalized", normalized, {.doc = "shares of max_range_m instead of meters"});
  }
};

/// The attitude that the beams turn with.
class Mounting {
 public:
  Mounting(Mount mount, Quat quat_wb) noexcept : mount_(mount), quat_wb_(quat_wb) {
    // the heading: the body's forward axis seen from above; east where it points straight up or
    // down
    const Vec3 forward = rotate(quat_wb, {1, 0, 0});
    const float size = std::sqrt(forward.x * forward.x + forward.y * forward.y);
    if (size > 1e-6F) {
      heading_x_ = forward.x / size;
      heading_y_ = forward.y / size;
    }
  }
  /// A unit vector of the mount in world axes.
  [[nodiscard]] Vec3 turned(Vec3 beam) const noexcept {
    if (mount_ == Mount::kBody) {
      const Vec3 v = rotate(quat_wb_, beam);
      return v * (1 / std::sqrt(dot(v, v)));
    }
    return {beam.x * heading_x_ - beam.y * heading_y_, beam.x * heading_y_ + beam.y * heading_x_,
            beam.z};
  }

 private:
  Mount mount_;
  Quat quat_wb_;
  float heading_x_ = 1;
  float heading_y_ = 0;
};

class Rangefinder final : public Sensor {
 public:
  explicit Rangefinder(const RangefinderConfig& config) : config_(config) {
    for (int i = 0; i < config.horizontal; ++i) {
      const float angle_rad =
          2 * kPi * static_cast<float>(i) / static_cast<float>(config.horizontal);
      beams_.push_back({cos(angle_rad), sin(angle_rad), 0});
    }
    if (config.down) beams_.push_back({0, 0, -1});
    scale_ = config.normalized ? 1 / config.max_range_m : 1;
  }

  std::vector<Column> columns() const override {
    std::vector<Column> columns;
    const std::string unit = config_.normalized ? "" : "m";
    const float high = config_.normalized ? 1 : config_.max_range_m;
    for (int i = 0; i < config_.horizontal; ++i) {
      columns.push_back(
          {"range_" + std::to_string(i), unit, "body", 0, high,
           "distance along level beam " + std::to_string(i) + ", counter-clockwise from forward"});
    }
    if (config_.down)
      columns.push_back({"range_down", unit, "body", 0, high, "distance downwards"});
    return columns;
  }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    for (int agent = first_agent; agent < last_agent; ++agent) {
      const Vec3 position = in.slab.agents.vec3(agent, kPosition);
      const Mounting mounting(config_.mount, in.slab.agents.quat(agent));
      float* column = out.row(agent);
      for (const Vec3 beam : beams_) {
        const Vec3 direction = mounting.turned(beam);
        const float range_m =
            in.scene.cast_ray(position, direction, config_.max_range_m).distance_m;
        const float value = range_m * scale_;
        // the reciprocal may round past 1
        *column++ = config_.normalized && value > 1 ? 1.0F : value;
      }
    }
  }

 private:
  RangefinderConfig config_;
  std::vector<Vec3> beams_;  // unit, in the axes of the mount
  float scale_ = 1;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<RangefinderConfig>(context, "rangefinder");
  if (!config.down && config.horizontal == 0) {
    throw Error(ErrorKind::kValue,
                "sensor_config.rangefinder.horizontal = 0: must be at least 1 where down is false");
  }
  return std::make_unique<Rangefinder>(config);
}

}  // namespace

extern const SensorEntry sensor_rangefinder;
const SensorEntry sensor_rangefinder{"rangefinder", "distances to static geometry, down and around",
                                     make, sense::rows_of<RangefinderConfig>};

}  // namespace volery
