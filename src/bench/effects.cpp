// effects: what each optional effect of flight costs, in the kernel alone and in the environment.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/cases.hpp"
#include "bench/flight_fleet.hpp"

namespace volery::bench {

namespace {

using flight::FlightConfig;

/// One setting of the switches.
struct Setting {
  std::string name;
  std::function<void(FlightConfig&)> turn_on;
};

void turn_on_kernel_effects(FlightConfig& c) {
  c.wind = c.downwash = c.ceiling_effect = c.axial_inflow = true;
  c.battery = c.rotor_faults = c.disturbance.enabled = true;
  c.command_delay_s = 0.01F;
  c.command_levels = 2000;
}

std::vector<Setting> settings() {
  return {
      {"plain", [](FlightConfig&) {}},
      {"wind", [](FlightConfig& c) { c.wind = true; }},
      {"wind_and_downwash", [](FlightConfig& c) { c.wind = c.downwash = true; }},
      {"ceiling_effect", [](FlightConfig& c) { c.ceiling_effect = true; }},
      {"axial_inflow", [](FlightConfig& c) { c.axial_inflow = true; }},
      {"battery", [](FlightConfig& c) { c.battery = true; }},
      {"command_delay_10ms", [](FlightConfig& c) { c.command_delay_s = 0.01F; }},
      {"command_levels", [](FlightConfig& c) { c.command_levels = 2000; }},
      {"rotor_faults", [](FlightConfig& c) { c.rotor_faults = true; }},
      {"disturbance", [](FlightConfig& c) { c.disturbance.enabled = true; }},
      {"all_but_battery",
       [](FlightConfig& c) {
         turn_on_kernel_effects(c);
         c.battery = false;
       }},
      {"all", turn_on_kernel_effects},
  };
}

BatchConfig hover_config(const Options& options, bool effects) {
  BatchConfig config;
  config.task = "hover";
  config.action = "rotor";
  config.num_worlds = options.worlds > 0 ? options.worlds : options.quick ? 64 : 4096;
  config.num_agents = options.agents > 0 ? options.agents : 1;
  config.num_threads = options.threads;
  if (effects) {
    turn_on_kernel_effects(config.flight);
    // about 5 % of the weight and of the torque that the rotors have
    config.flight.disturbance.force_std_n = 0.013F;
    config.flight.disturbance.torque_std_nm = 1e-4F;
  }
  return config;
}

/// The hover environment in full, stepped for a repeat at a time.
class Hover {
 public:
  Hover(const Options& options, bool effects)
      : env_(hover_config(options, effects)),
        actions_(load_vehicle(env_.batch.config().vehicle), env_.batch.layout(),
                 options.quick ? 4 : 64) {
    env_.reset();
    // long enough that episodes have ended and begun
    for (int i = 0; i < (options.quick ? 5 : 200); ++i) step();
    calls_ = calls_for(repeat_s(options), [&] { step(); });
  }
  /// Seconds per step.
  double repeat() {
    return seconds_of([&] {
             for (int i = 0; i < calls_; ++i) step();
           }) /
           calls_;
  }
  [[nodiscard]] const Environment& env() const { return env_; }

 private:
  void step() { env_.step(actions_.next()); }

  Environment env_;
  HoverActions actions_;
  int calls_ = 1;
};

double least(const std::vector<double>& seconds) {
  return *std::min_element(seconds.begin(), seconds.end());
}

/// ns per agent-substep of each setting, ratios of the fastest repeats (neighbors of the machine
/// only ever slow one down). Repeats are interleaved.
std::vector<Row> time_kernels(const Options& options) {
  const std::vector<Setting> all = settings();
  const BatchConfig base = flight_config({.quick = options.quick});
  std::vector<std::unique_ptr<FlightFleet>> fleets;
  for (const Setting& setting : all) {
    BatchConfig config = base;
    setting.turn_on(config.flight);
    fleets.push_back(std::make_unique<FlightFleet>(config));
  }
  const int windows = calls_for(repeat_s(options), [&] { fleets.front()->fly(1); });
  std::vector<std::vector<double>> seconds(all.size());
  for (int r = 0; r < repeats_of(options); ++r) {
    for (std::size_t i = 0; i < all.size(); ++i)
      seconds[i].push_back(fleets[i]->fly(windows) / windows);
  }
  const double substeps = base.substeps();
  const double scale = 1e9 / (substeps * base.num_worlds * base.num_agents);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    rows.push_back({{all[i].name + "_ns_per_agent_substep", median(seconds[i]) * scale},
                    {all[i].name + "_min", least(seconds[i]) * scale},
                    {all[i].name + "_over_plain", least(seconds[i]) / least(seconds[0])}});
  }
  return rows;
}

}  // namespace

Result run_effects(const Options& options) {
  Result result;
  result.case_name = "effects";
  Hover with(options, true), without(options, false);
  const BatchConfig& config = with.env().batch.config();
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.threads = config.num_threads;
  result.substeps = config.substeps();

  std::vector<double> seconds, plain_s;
  for (int r = 0; r < repeats_of(options); ++r) {
    seconds.push_back(with.repeat());
    plain_s.push_back(without.repeat());
  }
  fill(result, seconds, with.env().num_rows());
  const double scale = 1e9 / with.env().num_rows();
  result.figures = {{"hover_without_ns_per_agent_step", median(plain_s) * scale},
                    {"hover_without_min", least(plain_s) * scale},
                    {"hover_over_without", least(seconds) / least(plain_s)}};
  result.rows = time_kernels(options);
  return result;
}

}  // namespace volery::bench
