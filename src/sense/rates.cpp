// rates: how fast the agent turns; exact, or with white noise and its own rate and delay.
#include "sense/noisy_common.hpp"

namespace volery {

namespace {

struct RatesConfig {
  float noise_radps = 0;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.field("noise_radps", noise_radps,
            {.unit = "rad/s", .low = 0, .high = 1000, .doc = "std of every sample on each axis"});
    timing.describe(v);
  }
};

std::vector<Column> rate_columns() {
  return sense::vector_columns("rate", "rad/s", sense::Frame::kBody,
                               "angular velocity about the body's axis");
}

class Rates final : public Sensor {
 public:
  std::vector<Column> columns() const override { return rate_columns(); }
  void sense(const SenseInput& in, int first_agent, int last_agent,
             const ObservationRows& out) const noexcept override {
    sense::write_state({in.slab.agents, first_agent, last_agent}, kOmega, 3, out);
  }
};

struct MeasuredRates {
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    for (int i = 0; i < 3; ++i) lane[i * kLanes] = in.slab.agents.at(agent, kOmega + i);
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<RatesConfig>(context, "rates");
  if (config.noise_radps == 0 && config.timing.is_immediate()) return std::make_unique<Rates>();
  sense::ChannelErrors errors;
  errors.white_std = config.noise_radps;
  return std::make_unique<sense::AgentwiseSensor<MeasuredRates>>(
      MeasuredRates{}, context.fields, "rates", rate_columns(),
      std::vector<sense::ChannelErrors>(3, errors),
      sense::timing_of(config.timing, "rates", context.agent_rate_hz));
}

}  // namespace

extern const SensorEntry sensor_rates;
const SensorEntry sensor_rates{"rates", "angular velocity in body axes", make,
                               sense::rows_of<RatesConfig>};

}  // namespace volery
