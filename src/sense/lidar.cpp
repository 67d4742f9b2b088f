// lidar: ranges along a fan of rays, planar or several rows high, to static geometry, other agents
// and props.
#include <algorithm>
#include <optional>

#include "core/math.hpp"
#include "sense/beams_common.hpp"
#include "sense/held_common.hpp"
#include "sense/ray_errors_common.hpp"
#include "sense/rows_common.hpp"
#include "sense/sight_common.hpp"

namespace volery {

namespace {

constexpr int kMostRays = 4096;

struct LidarConfig {
  int columns = 36;
  int rows = 1;
  float fov_rad = 2 * kPi;
  float vertical_fov_rad = kPi / 6;
  float tilt_rad = 0;
  float max_range_m = 10;
  sense::Mount mount = sense::Mount::kYaw;
  bool normalized = false;
  sense::SeenKinds seen;
  float noise_m = 0;
  float noise_relative = 0;
  float ray_dropout = 0;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v);
};

void LidarConfig::describe(FieldVisitor& v) {
  v.field("columns", columns, {.low = 1, .high = kMostRays, .doc = "rays of a row"});
  v.field("rows", rows, {.low = 1, .high = 256, .doc = "rows of rays, the lowest first"});
  v.field("fov_rad", fov_rad,
          {.unit = "rad",
           .low = 0,
           .high = 2 * static_cast<double>(kPi),
           .doc = "width of a row, centered forward, rays counter-clockwise from its right end to "
                  "its left; 2 pi: all around, the first ray forward"});
  v.field("vertical_fov_rad", vertical_fov_rad,
          {.unit = "rad",
           .low = 0,
           .high = static_cast<double>(kPi),
           .doc = "from the lowest row to the highest; of no use for one row"});
  v.field("tilt_rad", tilt_rad,
          {.unit = "rad",
           .low = -static_cast<double>(kPi) / 2,
           .high = static_cast<double>(kPi) / 2,
           .doc = "elevation of the middle of the rows"});
  v.field("max_range_m", max_range_m,
          {.unit = "m", .low = 0.01, .high = 1000, .doc = "what a ray tells that meets nothing"});
  sense::describe_mount(v, mount);
  v.field("normalized", normalized, {.doc = "shares of max_range_m instead of meters"});
  seen.describe(v);
  v.field(
      "noise_m", noise_m,
      {.unit = "m", .low = 0, .high = 100, .doc = "standard deviation of a range, white noise"});
  v.field("noise_relative", noise_relative,
          {.low = 0, .high = 1, .doc = "the same as a share of the range; both add up"});
  v.field("ray_dropout", ray_dropout,
          {.low = 0, .high = 1, .doc = "probability that a ray comes back from nothing"});
  timing.describe(v);
}

/// Unit vectors in the axes of the mount, padded to whole packets.
struct Beams {
  std::vector<float> x, y, z;
  explicit Beams(const LidarConfig& config) {
    const auto step = [](float width, int count) {
      return count > 1 ? width / static_cast<float>(count - 1) : 0.0F;
    };
    const bool around = config.fov_rad >= 2 * kPi;
    for (int r = 0; r < config.rows; ++r) {
      const float up_rad =
          config.tilt_rad +
          (config.rows > 1 ? static_cast<float>(r) * step(config.vertical_fov_rad, config.rows) -
                                 config.vertical_fov_rad / 2
                           : 0);
      for (int c = 0; c < config.columns; ++c) {
        const auto at = static_cast<float>(c);
        float left_rad = 2 * kPi * at / static_cast<float>(config.columns);
        if (!around) {
          left_rad = config.columns > 1
                         ? at * step(config.fov_rad, config.columns) - config.fov_rad / 2
                         : 0;
        }
        x.push_back(cos(up_rad) * cos(left_rad));
        y.push_back(cos(up_rad) * sin(left_rad));
        z.push_back(sin(up_rad));
      }
    }
    while (x.size() % kLanes != 0) {
      x.push_back(x.back());
      y.push_back(y.back());
      z.push_back(z.back());
    }
  }
};

class Lidar final : public Sensor {
 public:
  Lidar(const LidarConfig& config, const SensorContext& context)
      : config_(config),
        beams_(config),
        num_rays_(config.rows * config.columns),
        sight_(context, config.seen),
        errors_{config.noise_m, config.noise_relative, config.ray_dropout, config.max_range_m},
        timing_(sense::timing_of(config.timing, "lidar", context.agent_rate_hz)) {
    if (!config.timing.is_immediate() || errors_.any())
      held_.emplace(context.fields, "lidar", num_rays_, timing_);
  }

  std::vector<Column> columns() const override {
    std::vector<Column> columns;
    for (int r = 0; r < config_.rows; ++r) {
      for (int c = 0; c < config_.columns; ++c) {
        const std::string row = config_.rows > 1 ? std::to_string(r) + "_" : "";
        columns.push_back({"lidar_" + row + std::to_string(c), config_.normalized ? "" : "m",
                           "body", 0, config_.normalized ? 1 : config_.max_range_m,
                           "distance along ray " + row + std::to_string(c)});
      }
    }
    return columns;
  }
  std::vector<int> shape() const override {
    if (config_.rows == 1) return {};
    return {config_.rows, config_.columns};
  }
  bool has_memory() const noexcept override { return held_.has_value(); }

  void start(const SenseInput& in, int first_agent, int last_agent) const noexcept override {
    if (!held_) return;
    for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
      const auto active = sense::LaneChoice::of_range(b, first_agent, last_agent);
      take(in, b, active.lane, {in.slab, b, 0});
      held_->settle(active.lane, in.slab.agents.block(b));
    }
  }

  void advance(const SenseInput& in, int first_agent, int last_agent) const noexcept override {
    if (!held_) return;
    for (int b = first_agent / kLanes; b * kLanes < last_agent; ++b) {
      const sense::LaneKeys keys(in.slab, b, 1);
      sense::LaneChoice sampled;
      sense::LaneChoice arrived;
      held_->schedule(keys, sampled, arrived);
      float* const block = in.slab.agents.block(b);
      if (sampled.any) {
        held_->move_on(sampled.lane, block);
        drop(keys, sampled.lane);
        take(in, b, sampled.lane, keys);
      }
      held_->arrive(arrived, block);
    }
  }

  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    if (held_) {
      sense::write_state({in.slab.agents, first_agent, last_agent}, held_->row(), num_rays_, out);
    } else {
      for (int agent = first_agent; agent < last_agent; ++agent) scan(in, agent, out.row(agent), 1);
    }
    if (!config_.normalized) return;
    const float scale = 1 / config_.max_range_m;
    for (int agent = first_agent; agent < last_agent; ++agent) {
      float* const row = out.row(agent);
      // the reciprocal may round past 1
      for (int i = 0; i < num_rays_; ++i) row[i] = std::min(row[i] * scale, 1.0F);
    }
  }

  void beams(const SenseInput& in, int agent, std::vector<SensorBeam>& out) const override {
    std::vector<float> ranges(static_cast<std::size_t>(num_rays_));
    scan(in, agent, ranges.data(), 1);
    const sense::Mounting mounting(config_.mount, in.slab.agents.quat(agent));
    const Vec3 from = in.slab.agents.vec3(agent, kPosition);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      const Vec3 direction = mounting.turned({beams_.x[i], beams_.y[i], beams_.z[i]});
      out.push_back({from, direction, ranges[i], ranges[i] < config_.max_range_m});
    }
  }

 private:
  /// True ranges of an agent, `stride` floats apart.
  void scan(const SenseInput& in, int agent, float* out, std::ptrdiff_t stride) const noexcept {
    for (int i = 0; i < num_rays_; ++i) out[i * stride] = config_.max_range_m;
    const sense::Mounting mounting(config_.mount, in.slab.agents.quat(agent));
    const Vec3 axes[3] = {mounting.turned({1, 0, 0}), mounting.turned({0, 1, 0}),
                          mounting.turned({0, 0, 1})};
    const auto load = [&](int i, RayPacket& packet) {
      const int first = i * kLanes;
      turn_beams(axes, first, packet);
      for (int l = 0; l < kLanes; ++l)
        packet.distance_m[l] = first + l < num_rays_ ? out[(first + l) * stride] : 0;
    };
    const auto store = [&](int i, const RayPacket& packet) {
      const int first = i * kLanes;
      for (int l = 0; l < kLanes && first + l < num_rays_; ++l)
        out[(first + l) * stride] = packet.distance_m[l];
    };
    sight_.cast(in, agent, config_.max_range_m, (num_rays_ + kLanes - 1) / kLanes, load, store);
  }

  /// Beams [first, first + 16) into world axes.
  void turn_beams(const Vec3* axes, int first, RayPacket& packet) const noexcept {
    const float* const x = beams_.x.data() + first;
    const float* const y = beams_.y.data() + first;
    const float* const z = beams_.z.data() + first;
    for (int l = 0; l < kLanes; ++l) {
      packet.x_w[l] = axes[0].x * x[l] + axes[1].x * y[l] + axes[2].x * z[l];
      packet.y_w[l] = axes[0].y * x[l] + axes[1].y * y[l] + axes[2].y * z[l];
      packet.z_w[l] = axes[0].z * x[l] + axes[1].z * y[l] + axes[2].z * z[l];
    }
  }

  /// Scans of the active lanes that are lost leave what was there before.
  void drop(const sense::LaneKeys& keys, float* active) const noexcept {
    if (timing_.dropout <= 0) return;
    alignas(64) float draw[kLanes];
    sense::draw_dropout(keys, sense::first_draw("lidar"), draw);
    for (int l = 0; l < kLanes; ++l) active[l] = draw[l] < timing_.dropout ? 0.0F : active[l];
  }

  void take(const SenseInput& in, int block, const float* active,
            const sense::LaneKeys& keys) const noexcept {
    float* const newest = held_->newest(in.slab.agents.block(block));
    for (int l = 0; l < kLanes; ++l) {
      const int agent = block * kLanes + l;
      if (active[l] != 0 && agent < in.slab.agents.num_bodies) scan(in, agent, newest + l, kLanes);
    }
    if (errors_.any()) sense::apply_ray_errors(errors_, keys, active, num_rays_, newest);
  }

  LidarConfig config_;
  Beams beams_;
  int num_rays_ = 0;
  sense::Sight sight_;
  sense::RayErrors errors_;
  sense::Timing timing_;
  std::optional<sense::HeldRows> held_;
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<LidarConfig>(context, "lidar");
  if (config.rows * config.columns > kMostRays) {
    throw Error(ErrorKind::kValue, "sensor_config.lidar.rows * columns = " +
                                       std::to_string(config.rows * config.columns) +
                                       ": must be at most " + std::to_string(kMostRays));
  }
  return std::make_unique<Lidar>(config, context);
}

}  // namespace

extern const SensorEntry sensor_lidar;
const SensorEntry sensor_lidar{
    "lidar", "ranges to static geometry, other agents and props, planar or several rows high", make,
    sense::rows_of<LidarConfig>};

}  // namespace volery
