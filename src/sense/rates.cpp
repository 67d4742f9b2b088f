// rates: how fast the agent turns, as its gyroscope would tell.
#include "sense/rows_common.hpp"

namespace volery {

namespace {

class Rates final : public Sensor {
 public:
  std::vector<Column> columns() const override {
    return sense::vector_columns("rate", "rad/s", sense::Frame::kBody,
                                 "angular velocity about the body's axis");
  }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_state({in.slab.agents, first_agent, last_agent}, kOmega, 3, out);
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  (void)sense::load_config<sense::NoConfig>(context, "rates");
  return std::make_unique<Rates>();
}

}  // namespace

extern const SensorEntry sensor_rates;
const SensorEntry sensor_rates{"rates", "angular velocity in body axes", make,
                               sense::rows_of<sense::NoConfig>};

}  // namespace volery
