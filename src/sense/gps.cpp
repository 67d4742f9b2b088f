// gps: position and velocity at a low rate, late, with an error that wanders.
#include "sense/noisy_common.hpp"

namespace volery {

namespace {

// From the Gazebo Classic plugin of PX4, whose formulas multiply a density by sqrt(dt) and let the
// bias decay once per sample. These are the standard deviations that its numbers come out at.
struct GpsConfig {
  // densities 2e-4 (4e-4 upwards) m and 0.2 (0.4) m/s, times sqrt(0.2 s)
  std::vector<float> noise_m{9e-5F, 9e-5F, 1.8e-4F};
  std::vector<float> velocity_noise_mps{0.09F, 0.09F, 0.18F};
  // b+ = b - b / 60 + 2 (4) dt sqrt(dt) n with dt = 0.2 s: 0.98 (1.96) m, over 60 samples
  std::vector<float> wander_m{0.98F, 0.98F, 1.96F};
  float wander_tau_s = 12;
  sense::TimingConfig timing{5, 0.12F, 0};
  void describe(FieldVisitor& v) {
    v.field("noise_m", noise_m,
            {.unit = "m",
             .low = 0,
             .high = 1000,
             .doc = "std of every position: east, north, up",
             .size = 3});
    v.field("velocity_noise_mps", velocity_noise_mps,
            {.unit = "m/s",
             .low = 0,
             .high = 1000,
             .doc = "std of every velocity: east, north, up",
             .size = 3});
    v.field("wander_m", wander_m,
            {.unit = "m",
             .low = 0,
             .high = 1000,
             .doc = "std of the wandering position error: east, north, up",
             .size = 3});
    v.field("wander_tau_s", wander_tau_s,
            {.unit = "s", .low = 0.1, .high = 1e6, .doc = "correlation time of that error"});
    timing.describe(v);
  }
};

struct Gps {
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    const Vec3 position = in.slab.agents.vec3(agent, kPosition);
    const Vec3 velocity = in.slab.agents.vec3(agent, kVelocity);
    const float values[6] = {position.x, position.y, position.z,
                             velocity.x, velocity.y, velocity.z};
    for (int i = 0; i < 6; ++i) lane[i * kLanes] = values[i];
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<GpsConfig>(context, "gps");
  const auto timing = sense::timing_of(config.timing, "gps", context.agent_rate_hz);
  std::vector<sense::ChannelErrors> errors(6);
  for (std::size_t i = 0; i < 3; ++i) {
    errors[i].white_std = config.noise_m[i];
    errors[i].walk = sense::walk_from_std(config.wander_m[i], config.wander_tau_s);
    errors[i].tau_s = config.wander_tau_s;
    errors[i].bias_start_std = config.wander_m[i];
    errors[i + 3].white_std = config.velocity_noise_mps[i];
  }
  std::vector<Column> columns =
      sense::vector_columns("gps_position", "m", sense::Frame::kWorld, "position as last received");
  for (Column& column : sense::vector_columns("gps_velocity", "m/s", sense::Frame::kWorld,
                                              "velocity as last received")) {
    columns.push_back(std::move(column));
  }
  return std::make_unique<sense::AgentwiseSensor<Gps>>(Gps{}, context.fields, "gps",
                                                       std::move(columns), errors, timing, true);
}

}  // namespace

extern const SensorEntry sensor_gps;
const SensorEntry sensor_gps{"gps", "position and velocity at 5 Hz, late, with a wandering error",
                             make, sense::rows_of<GpsConfig>};

}  // namespace volery
