// velocity: of the center of mass; exact, or with white noise and its own rate and delay.
#include "sense/noisy_common.hpp"

namespace volery {

namespace {

struct VelocityConfig {
  sense::Frame frame = sense::Frame::kWorld;
  float noise_mps = 0;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    sense::describe_frame(v, frame, "axes of the velocity");
    v.field("noise_mps", noise_mps,
            {.unit = "m/s", .low = 0, .high = 1000, .doc = "std of every sample on each axis"});
    timing.describe(v);
  }
};

std::vector<Column> velocity_columns(sense::Frame frame) {
  return sense::vector_columns("velocity", "m/s", frame, "velocity of the center of mass");
}

class Velocity final : public Sensor {
 public:
  explicit Velocity(const VelocityConfig& config) : frame_(config.frame) {}
  std::vector<Column> columns() const override { return velocity_columns(frame_); }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    const sense::AgentRange agents{in.slab.agents, first_agent, last_agent};
    if (frame_ == sense::Frame::kWorld) {
      sense::write_state(agents, kVelocity, 3, out);
    } else {
      sense::write_vector(agents, kVelocity, false, frame_, out);
    }
  }

 private:
  sense::Frame frame_;
};

struct MeasuredVelocity {
  sense::Frame frame;
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    Vec3 v = in.slab.agents.vec3(agent, kVelocity);
    if (frame == sense::Frame::kBody) v = rotate_inverse(in.slab.agents.quat(agent), v);
    lane[0] = v.x;
    lane[kLanes] = v.y;
    lane[2 * kLanes] = v.z;
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<VelocityConfig>(context, "velocity");
  if (config.noise_mps == 0 && config.timing.is_immediate())
    return std::make_unique<Velocity>(config);
  sense::ChannelErrors errors;
  errors.white_std = config.noise_mps;
  return std::make_unique<sense::AgentwiseSensor<MeasuredVelocity>>(
      MeasuredVelocity{config.frame}, context.fields, "velocity", velocity_columns(config.frame),
      std::vector<sense::ChannelErrors>(3, errors),
      sense::timing_of(config.timing, "velocity", context.agent_rate_hz));
}

}  // namespace

extern const SensorEntry sensor_velocity;
const SensorEntry sensor_velocity{"velocity", "velocity of the center of mass", make,
                                  sense::rows_of<VelocityConfig>};

}  // namespace volery
