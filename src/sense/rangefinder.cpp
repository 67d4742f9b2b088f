// rangefinder: distances to static geometry along a few beams, one down and a ring of level ones.
#include "core/math.hpp"
#include "sense/beams_common.hpp"
#include "sense/rows_common.hpp"

namespace volery {

namespace {

struct RangefinderConfig {
  bool down = true;
  int horizontal = 4;
  float max_range_m = 4;
  sense::Mount mount = sense::Mount::kYaw;
  bool normalized = false;
  void describe(FieldVisitor& v) {
    v.field("down", down, {.doc = "whether there is a beam down"});
    v.field("horizontal", horizontal,
            {.low = 0, .high = 64, .doc = "beams around, evenly spaced, the first one forward"});
    v.field(
        "max_range_m", max_range_m,
        {.unit = "m", .low = 0.01, .high = 1000, .doc = "what a beam tells that meets nothing"});
    sense::describe_mount(v, mount);
    v.field("normalized", normalized, {.doc = "shares of max_range_m instead of meters"});
  }
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
      const sense::Mounting mounting(config_.mount, in.slab.agents.quat(agent));
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

  void beams(const SenseInput& in, int agent, std::vector<SensorBeam>& out) const override {
    const Vec3 from = in.slab.agents.vec3(agent, kPosition);
    const sense::Mounting mounting(config_.mount, in.slab.agents.quat(agent));
    for (const Vec3 beam : beams_) {
      const Vec3 direction = mounting.turned(beam);
      const RayHit hit = in.scene.cast_ray(from, direction, config_.max_range_m);
      out.push_back({from, direction, hit.distance_m, hit.primitive >= 0});
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
