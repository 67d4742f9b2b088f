// battery: what a voltage divider and a gauge tell of the battery.
#include <algorithm>

#include "sense/noisy_common.hpp"

namespace volery {

namespace {

struct BatteryConfig {
  float noise_v = 0.01F;  // two counts of a 12-bit converter over 4.2 V, and ripple; ours
  float offset_v = 0;
  float soc_noise = 0;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.field("noise_v", noise_v, {.unit = "V", .low = 0, .high = 10, .doc = "std of every voltage"});
    v.field(
        "offset_v", offset_v,
        {.unit = "V", .low = 0, .high = 10, .doc = "std of the voltage's offset of an episode"});
    v.field("soc_noise", soc_noise,
            {.low = 0, .high = 1, .doc = "std of every state of charge, as a share"});
    timing.describe(v);
  }
};

struct Battery {
  int voltage_row = -1;
  int soc_row = -1;
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    lane[0] = in.slab.agents.at(agent, voltage_row);
    lane[kLanes] = in.slab.agents.at(agent, soc_row);
  }
  void finish(const SenseInput& /*in*/, int /*agent*/, float* lane) const noexcept {
    lane[0] = std::max(lane[0], 0.0F);
    lane[kLanes] = std::min(std::max(lane[kLanes], 0.0F), 1.0F);
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<BatteryConfig>(context, "battery");
  const FieldRef voltage = context.fields.find("battery_voltage_v");
  const FieldRef soc = context.fields.find("battery_soc");
  if (voltage.row < 0 || soc.row < 0) {
    throw Error(ErrorKind::kValue,
                "config.sensors: \"battery\" measures what flight.battery models: set "
                "config.flight.battery = true");
  }
  const auto timing = sense::timing_of(config.timing, "battery", context.agent_rate_hz);
  std::vector<sense::ChannelErrors> errors(2);
  errors[0].white_std = config.noise_v;
  errors[0].offset_std = config.offset_v;
  errors[1].white_std = config.soc_noise;
  return std::make_unique<sense::AgentwiseSensor<Battery>>(
      Battery{voltage.row, soc.row}, context.fields, "battery",
      std::vector<Column>{{"battery_voltage", "V", "", 0, std::numeric_limits<float>::infinity(),
                           "voltage at the terminals, under load"},
                          {"battery_soc", "", "", 0, 1, "charge left, share of the capacity"}},
      errors, timing);
}

}  // namespace

extern const SensorEntry sensor_battery;
const SensorEntry sensor_battery{"battery", "battery voltage and charge with noise", make,
                                 sense::rows_of<BatteryConfig>};

}  // namespace volery
