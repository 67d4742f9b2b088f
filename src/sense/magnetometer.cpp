// magnetometer: the earth's field in body axes, with noise and hard-iron bias.
#include "sense/noisy_common.hpp"

namespace volery {

namespace {

struct MagnetometerConfig {
  // World axes are east, north, up; a field of 48 uT that dips by 63 degrees, as in central Europe
  // (World Magnetic Model 2020), without declination.
  std::vector<float> field_w_ut{0, 21.8F, -42.8F};
  float noise = 0.04F;   // 0.4 mG/sqrt(Hz), with the next two PX4's Gazebo Classic defaults
  float walk = 6.4e-4F;  // 6.4e-6 G/sqrt(s)
  float tau_s = 600;
  float turn_on_ut = 1;   // what a calibration leaves; ours
  float range_ut = 4912;  // AK8963, the magnetometer of the MPU-9250
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.field("field_w_ut", field_w_ut,
            {.unit = "uT",
             .low = -1000,
             .high = 1000,
             .doc = "the earth's field: east, north, up",
             .size = 3});
    v.field("noise", noise,
            {.unit = "uT/sqrt(Hz)", .low = 0, .high = 1000, .doc = "white noise density"});
    v.field("walk", walk,
            {.unit = "uT/sqrt(s)", .low = 0, .high = 1000, .doc = "drive of the wandering bias"});
    v.field("tau_s", tau_s,
            {.unit = "s", .low = 0, .high = 1e6, .doc = "of the wandering bias; 0: a random walk"});
    v.field("turn_on_ut", turn_on_ut,
            {.unit = "uT", .low = 0, .high = 1000, .doc = "std of the bias of an episode"});
    v.field("range_ut", range_ut, {.unit = "uT", .low = 1, .high = 1e6, .doc = "saturation"});
    timing.describe(v);
  }
};

struct Magnetometer {
  Vec3 field_w;
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    const Vec3 field_b = rotate_inverse(in.slab.agents.quat(agent), field_w);
    lane[0] = field_b.x;
    lane[kLanes] = field_b.y;
    lane[2 * kLanes] = field_b.z;
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<MagnetometerConfig>(context, "magnetometer");
  const auto timing = sense::timing_of(config.timing, "magnetometer", context.agent_rate_hz);
  sense::ChannelErrors errors;
  errors.white_std = sense::white_from_density(config.noise, timing.interval_s);
  errors.walk = config.walk;
  errors.tau_s = config.tau_s;
  errors.offset_std = config.turn_on_ut;
  errors.limit = config.range_ut;
  std::vector<Column> columns = sense::vector_columns(
      "mag", "uT", sense::Frame::kBody, "magnetic flux density along the body's axis");
  for (Column& column : columns) {
    column.low = -config.range_ut;
    column.high = config.range_ut;
  }
  return std::make_unique<sense::AgentwiseSensor<Magnetometer>>(
      Magnetometer{{config.field_w_ut[0], config.field_w_ut[1], config.field_w_ut[2]}},
      context.fields, "magnetometer", std::move(columns),
      std::vector<sense::ChannelErrors>(3, errors), timing);
}

}  // namespace

extern const SensorEntry sensor_magnetometer;
const SensorEntry sensor_magnetometer{"magnetometer",
                                      "the earth's magnetic field in body axes with its errors",
                                      make, sense::rows_of<MagnetometerConfig>};

}  // namespace volery
