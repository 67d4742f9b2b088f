// barometer: static pressure, or the altitude that it stands for, with noise and drift.
//
// The pressure is that of the standard atmosphere at the world's z (ISO 2533, troposphere); a
// barometer on board also hears its own propellers, which is not modelled.
#include <algorithm>

#include "core/math.hpp"
#include "sense/noisy_common.hpp"

namespace volery {

namespace {

// ISO 2533 at sea level
constexpr double kPressurePa = 101325;
constexpr double kTemperatureK = 288.15;
constexpr double kLapseKpm = 0.0065;
constexpr double kExponent = 5.25588;  // g M / (R L)
constexpr double kDensityKgpm3 = 1.225;
// What a change of pressure means near the ground: 12.0 Pa per meter.
constexpr float kMetersPerPascal = static_cast<float>(1 / (kDensityKgpm3 * 9.80665));

// ln(1 - x) for |x| <= 0.5 through its area hyperbolic tangent; the ninth term is below 1e-16 for
// |x| < 0.05, two kilometers.
double log_one_minus(double x) noexcept {
  const double s = -x / (2 - x);
  double sum = 0;
  for (int n = 17; n >= 1; n -= 2) sum = sum * s * s + 1.0 / n;
  return 2 * s * sum;
}

float pressure_pa(float altitude_m) noexcept {
  // the formula holds in the troposphere; bounds keep the power's base positive
  const double z = std::min(std::max(static_cast<double>(altitude_m), -5000.0), 11000.0);
  const double share = expm1(kExponent * log_one_minus(kLapseKpm * z / kTemperatureK));
  return static_cast<float>(kPressurePa * (1 + share));
}

enum class Output : int { kAltitude, kPressure };

struct BarometerConfig {
  Output output = Output::kAltitude;
  float noise_pa = 3;    // BMP390 in PX4's x500 model: 3 Pa at 50 Hz
  float offset_pa = 25;  // BMP388: absolute accuracy 50 Pa, taken as two sigma
  float drift_pa = 0;
  float drift_tau_s = 300;
  sense::TimingConfig timing;
  void describe(FieldVisitor& v) {
    v.choice("output", output, {"altitude", "pressure"},
             "meters above world z = 0 in a standard atmosphere, or pascals");
    v.field("noise_pa", noise_pa,
            {.unit = "Pa", .low = 0, .high = 1000, .doc = "std of every sample; 12 Pa are 1 m"});
    v.field("offset_pa", offset_pa,
            {.unit = "Pa", .low = 0, .high = 10000, .doc = "std of the offset of an episode"});
    v.field("drift_pa", drift_pa,
            {.unit = "Pa", .low = 0, .high = 10000, .doc = "std of the drift"});
    v.field("drift_tau_s", drift_tau_s,
            {.unit = "s", .low = 0.1, .high = 1e6, .doc = "correlation time of the drift"});
    timing.describe(v);
  }
};

struct Barometer {
  Output output;
  void measure(const SenseInput& in, int agent, float* lane) const noexcept {
    const float z = in.slab.agents.vec3(agent, kPosition).z;
    lane[0] = output == Output::kAltitude ? z : pressure_pa(z);
  }
};

std::unique_ptr<Sensor> make(const SensorContext& context) {
  const auto config = sense::load_config<BarometerConfig>(context, "barometer");
  const auto timing = sense::timing_of(config.timing, "barometer", context.agent_rate_hz);
  const bool altitude = config.output == Output::kAltitude;
  const float unit = altitude ? kMetersPerPascal : 1;
  sense::ChannelErrors errors;
  errors.white_std = config.noise_pa * unit;
  errors.offset_std = config.offset_pa * unit;
  errors.walk = sense::walk_from_std(config.drift_pa * unit, config.drift_tau_s);
  errors.tau_s = config.drift_tau_s;
  errors.bias_start_std = config.drift_pa * unit;
  constexpr float kUnbounded = std::numeric_limits<float>::infinity();
  const Column column =
      altitude ? Column{"baro_altitude", "m",        "world",
                        -kUnbounded,     kUnbounded, "pressure altitude above world z = 0"}
               : Column{"baro_pressure", "Pa", "", -kUnbounded, kUnbounded, "static pressure"};
  return std::make_unique<sense::AgentwiseSensor<Barometer>>(
      Barometer{config.output}, context.fields, "barometer", std::vector<Column>{column},
      std::vector<sense::ChannelErrors>{errors}, timing);
}

}  // namespace

extern const SensorEntry sensor_barometer;
const SensorEntry sensor_barometer{"barometer", "pressure altitude with noise, offset and drift",
                                   make, sense::rows_of<BarometerConfig>};

}  // namespace volery
