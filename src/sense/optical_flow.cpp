// optical_flow: how the ground moves past a camera that looks down, in counts per sample.
//
// The model of Bitcraze's flow deck (PMW3901; Crazyflie firmware, mm_flow.c): 35 pixels see 42
// degrees (0.71674 rad), ten counts are a pixel, and the count of a sample is
//   x = 10 (35 / 0.71674) dt (v_x / d - omega_y),   y = 10 (35 / 0.71674) dt (v_y / d + omega_x)
// with velocity and rates in body axes and d the distance along the optical axis, body -z. Over
// level ground v / d is the firmware's v R22 / z.
#include <algorithm>
#include <cmath>

#include "sense/noisy_common.hpp"

namespace volery {

namespace {

constexpr float kCountsPerRad = 10 * 35 / 0.71674F;
constexpr float kNearestM = 0.1F;          // the firmware takes less for this
constexpr float kNativeIntervalS = 0.01F;  // of which noise_counts is told

struct OpticalFlowConfig {
  float noise_counts = 2;  // Crazyflie firmware: of a sample of 10 ms
  float min_range_m = 0.08F;
  float max_range_m = 4;
  float max_rate_radps = 7.4F;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.field("noise_counts", noise_counts,
            {.low = 0, .high = 1e4, .doc = "std of the counts of 10 ms; longer samples sum them"});
    v.field("min_range_m", min_range_m,
            {.unit = "m", .low = 0, .high = 10, .doc = "nearer ground is out of focus"});
    v.field("max_range_m", max_range_m,
            {.unit = "m", .low = 0.1, .high = 1000, .doc = "farther ground shows no texture"});
    v.field("max_rate_radps", max_rate_radps,
            {.unit = "rad/s", .low = 0.1, .high = 1000, .doc = "fastest flow that is counted"});
    timing.describe(v);
  }
};

struct OpticalFlow {
  float min_range_m = 0;
  float max_range_m = 0;
  float counts_per_radps = 0;

  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    const Blocks& agents = in.slab.agents;
    const Quat quat_wb = agents.quat(agent);
    const Vec3 down = rotate(quat_wb, {0, 0, -1});
    const float distance_m = in.scene
                                 .cast_ray(agents.vec3(agent, kPosition),
                                           down * (1 / std::sqrt(dot(down, down))), max_range_m)
                                 .distance_m;
    const bool valid = distance_m >= min_range_m && distance_m < max_range_m;
    const Vec3 velocity_b = rotate_inverse(quat_wb, agents.vec3(agent, kVelocity));
    const Vec3 omega_b = agents.vec3(agent, kOmega);
    const float per_distance = 1 / std::max(distance_m, kNearestM);
    const float x = counts_per_radps * (velocity_b.x * per_distance - omega_b.y);
    const float y = counts_per_radps * (velocity_b.y * per_distance + omega_b.x);
    lane[0] = valid ? x : 0;
    lane[kLanes] = valid ? y : 0;
    lane[2 * kLanes] = valid ? 1.0F : 0.0F;
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<OpticalFlowConfig>(context, "optical_flow");
  if (config.min_range_m >= config.max_range_m) {
    throw Error(ErrorKind::kValue,
                "sensor_config.optical_flow.min_range_m: must be less than "
                "max_range_m");
  }
  const auto timing = sense::timing_of(config.timing, "optical_flow", context.agent_rate_hz);
  const float counts_per_radps = kCountsPerRad * timing.interval_s;
  sense::ChannelErrors errors;
  errors.white_std = config.noise_counts * std::sqrt(timing.interval_s / kNativeIntervalS);
  errors.limit = config.max_rate_radps * counts_per_radps;
  std::vector<Column> columns;
  for (const char* axis : {"x", "y"}) {
    columns.push_back({std::string("flow_") + axis, "count", "body", -errors.limit, errors.limit,
                       std::string("counts of the last sample along body ") + axis});
  }
  columns.push_back({"flow_valid", "", "", 0, 1, "1 where ground was in range"});
  return std::make_unique<sense::AgentwiseSensor<OpticalFlow>>(
      OpticalFlow{config.min_range_m, config.max_range_m, counts_per_radps}, context.fields,
      "optical_flow", std::move(columns),
      std::vector<sense::ChannelErrors>{errors, errors, sense::ChannelErrors{}}, timing);
}

}  // namespace

extern const SensorEntry sensor_optical_flow;
const SensorEntry sensor_optical_flow{"optical_flow",
                                      "counts of a flow camera that looks down (PMW3901)", make,
                                      sense::rows_of<OpticalFlowConfig>};

}  // namespace volery
