// ranger: a time-of-flight distance along body -z with the noise and range of a VL53L1x.
//
// Standard deviation 0.0025 (1 + exp(2.921 (d - 2.5))) m, 0.2 m at 4 m (Crazyflie firmware,
// zranger2.c); ranges 1.3, 3 and 4 m in the short, medium and long mode (ST's data sheet, in the
// dark).
#include <algorithm>
#include <cmath>

#include "core/math.hpp"
#include "sense/noisy_common.hpp"

namespace volery {

namespace {

enum class Mode : int { kShort, kMedium, kLong };
constexpr float kModeRangeM[] = {1.3F, 3, 4};

struct RangerConfig {
  Mode mode = Mode::kMedium;  // as the firmware sets it
  float noise_scale = 1;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.choice("mode", mode, {"short", "medium", "long"}, "ranges of 1.3, 3 and 4 m");
    v.field("noise_scale", noise_scale,
            {.low = 0, .high = 100, .doc = "times the noise of the data; 0: none"});
    timing.describe(v);
  }
};

// Channel 0 the distance, channel 1 a unit normal draw.
struct Ranger {
  float max_range_m = 0;
  float noise_scale = 0;
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    const Vec3 down = rotate(in.slab.agents.quat(agent), {0, 0, -1});
    lane[0] = in.scene
                  .cast_ray(in.slab.agents.vec3(agent, kPosition),
                            down * (1 / std::sqrt(dot(down, down))), max_range_m)
                  .distance_m;
  }
  void finish(const SenseInput& /*in*/, int /*agent*/, float* lane) const noexcept {
    const float truth_m = lane[0];
    const float std_m = 0.0025F * (1 + exp(2.921F * (truth_m - 2.5F)));
    const float range_m = truth_m + noise_scale * std_m * lane[kLanes];
    const bool valid = truth_m < max_range_m && range_m < max_range_m;
    lane[0] = valid ? std::max(range_m, 0.0F) : max_range_m;
    lane[kLanes] = valid ? 1.0F : 0.0F;
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<RangerConfig>(context, "ranger");
  const auto timing = sense::timing_of(config.timing, "ranger", context.agent_rate_hz);
  const float max_range_m = kModeRangeM[static_cast<int>(config.mode)];
  sense::ChannelErrors unit;
  unit.white_std = 1;
  return std::make_unique<sense::AgentwiseSensor<Ranger>>(
      Ranger{max_range_m, config.noise_scale}, context.fields, "ranger",
      std::vector<Column>{{"tof_range", "m", "body", 0, max_range_m,
                           "distance along body -z, the range of the mode where nothing is seen"},
                          {"tof_valid", "", "", 0, 1, "1 where something was seen"}},
      std::vector<sense::ChannelErrors>{sense::ChannelErrors{}, unit}, timing);
}

}  // namespace

extern const SensorEntry sensor_ranger;
const SensorEntry sensor_ranger{"ranger", "time-of-flight distance along body -z (VL53L1x)", make,
                                sense::rows_of<RangerConfig>};

}  // namespace volery
