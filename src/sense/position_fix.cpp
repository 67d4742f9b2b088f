// position_fix: the position as an indoor system tells it, ultra-wideband ranging or motion
// capture.
#include "core/math.hpp"
#include "sense/noisy_common.hpp"

namespace volery {

namespace {

enum class Preset : int { kUwbTwr, kUwbTdoa, kMocap };

struct PositionFixConfig {
  Preset preset = Preset::kUwbTwr;
  float noise_m = 0.25F;
  float wander_m = 0;
  float wander_tau_s = 10;
  float outlier = 0;
  float outlier_m = 1;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.choice("preset", preset, {"uwb_twr", "uwb_tdoa", "mocap"},
             "gives the defaults of the keys below");
    v.field("noise_m", noise_m,
            {.unit = "m", .low = 0, .high = 100, .doc = "std of every sample on each axis"});
    v.field("wander_m", wander_m,
            {.unit = "m", .low = 0, .high = 100, .doc = "std of a wandering error"});
    v.field("wander_tau_s", wander_tau_s,
            {.unit = "s", .low = 0.1, .high = 1e6, .doc = "correlation time of that error"});
    v.field("outlier", outlier, {.low = 0, .high = 1, .doc = "share of samples that are outliers"});
    v.field("outlier_m", outlier_m,
            {.unit = "m", .low = 0, .high = 1000, .doc = "std of an outlier on each axis"});
    timing.describe(v);
  }
};

PositionFixConfig of_preset(Preset preset) {
  PositionFixConfig config;
  config.preset = preset;
  switch (preset) {
    case Preset::kUwbTwr:
      // Crazyflie firmware: standard deviation of two-way ranging in its estimator
      config.noise_m = 0.25F;
      break;
    case Preset::kUwbTdoa:
      // the same of time differences of arrival
      config.noise_m = 0.15F;
      break;
    case Preset::kMocap:
      // RotorPy's Vicon: 5e-4 m/sqrt(Hz) over half of a rate of 100 Hz, one outlier in a thousand
      config.noise_m = 3.5e-3F;
      config.outlier = 0.001F;
      break;
  }
  return config;
}

// Channels 0-2 the position with its noise; 3-5 and 6-7 unit normal draws: the outlier, and those
// that pick it. The squares of two of them sum to more than -2 ln p with probability p.
struct PositionFix {
  float outlier_m = 0;  // 0: none, and no such channels
  float threshold = 0;
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    const Vec3 position = in.slab.agents.vec3(agent, kPosition);
    lane[0] = position.x;
    lane[kLanes] = position.y;
    lane[2 * kLanes] = position.z;
  }
  void finish(const SenseInput& /*in*/, int /*agent*/, float* lane) const noexcept {
    if (outlier_m == 0) return;
    const float a = lane[6 * kLanes];
    const float b = lane[7 * kLanes];
    if (a * a + b * b < threshold) return;
    for (int i = 0; i < 3; ++i) lane[i * kLanes] += outlier_m * lane[(i + 3) * kLanes];
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config =
      sense::load_with_preset<PositionFixConfig>(context, "position_fix", of_preset);
  const auto timing = sense::timing_of(config.timing, "position_fix", context.agent_rate_hz);
  sense::ChannelErrors errors;
  errors.white_std = config.noise_m;
  errors.walk = sense::walk_from_std(config.wander_m, config.wander_tau_s);
  errors.tau_s = config.wander_tau_s;
  errors.bias_start_std = config.wander_m;
  std::vector<sense::ChannelErrors> channels(3, errors);
  PositionFix fix;
  if (config.outlier > 0) {
    fix = {config.outlier_m, -2 * log(config.outlier)};
    sense::ChannelErrors unit;
    unit.white_std = 1;
    channels.resize(8, unit);
  }
  return std::make_unique<sense::AgentwiseSensor<PositionFix>>(
      fix, context.fields, "position_fix",
      sense::vector_columns("fix", "m", sense::Frame::kWorld, "position as last received"),
      channels, timing, true);
}

}  // namespace

extern const SensorEntry sensor_position_fix;
const SensorEntry sensor_position_fix{"position_fix",
                                      "position from ultra-wideband ranging or motion capture",
                                      make, sense::rows_of<PositionFixConfig>};

}  // namespace volery
