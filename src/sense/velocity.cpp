// velocity: of the center of mass.
#include "sense/rows_common.hpp"

namespace volery {

namespace {

struct VelocityConfig {
  sense::Frame frame = sense::Frame::kWorld;
  void describe(FieldVisitor& v) { sense::describe_frame(v, frame, "axes of the velocity"); }
};

class Velocity final : public Sensor {
 public:
  explicit Velocity(const VelocityConfig& config) : frame_(config.frame) {}
  std::vector<Column> columns() const override {
    return sense::vector_columns("velocity", "m/s", frame_, "velocity of the center of mass");
  }
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

std::unique_ptr<Sensor> make(const SensorContext& context) {
  return std::make_unique<Velocity>(sense::load_config<VelocityConfig>(context, "velocity"));
}

}  // namespace

extern const SensorEntry sensor_velocity;
const SensorEntry sensor_velocity{"velocity", "velocity of the center of mass", make,
                                  sense::rows_of<VelocityConfig>};

}  // namespace volery
