// flight: rotor lag, wrench, velocities and pose of flying drones, no control and no contacts.
#include <vector>

#include "bench/cases.hpp"
#include "bench/flight_fleet.hpp"
#include "volery/isa.hpp"

namespace volery::bench {

Result run_flight(const Options& options) {
  const BatchConfig config = flight_config(options);
  FlightFleet fleet(config);
  const double agents = static_cast<double>(config.num_worlds) * config.num_agents;

  Result result;
  result.case_name = "flight";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.substeps = config.substeps();
  // the active set last, so that it stays
  const std::string active = active_isa();
  std::vector<std::string> isas = available_isas();
  std::erase(isas, active);
  isas.push_back(active);
  for (const std::string& isa : isas) {
    limit_isa(isa);
    const int windows = calls_for(repeat_s(options), [&] { fleet.fly(1); });
    std::vector<double> seconds;
    for (int r = 0; r < repeats_of(options); ++r) seconds.push_back(fleet.fly(windows) / windows);
    fill(result, seconds, agents);
    result.figures.emplace_back("ns_per_agent_substep_" + isa,
                                result.ns_per_agent_step / result.substeps);
  }
  return result;
}

}  // namespace volery::bench
