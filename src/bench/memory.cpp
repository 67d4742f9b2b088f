// memory: what the process grows by per agent, a running batch of one-drone worlds with its
// outputs.
#include "bench/cases.hpp"
#include "bench/environment.hpp"
#include "bench/machine.hpp"
#include "bench/timing.hpp"

namespace volery::bench {

Result run_memory(const Options& options) {
  const int worlds = options.worlds > 0 ? options.worlds : options.quick ? 20'000 : 200'000;
  BatchConfig config;
  config.task = "hover";
  config.action = "rotor";
  config.num_worlds = worlds;
  config.num_agents = options.agents > 0 ? options.agents : 1;
  config.num_threads = options.threads;
  // what one batch of any size needs, such as tables and threads, is there before
  BatchConfig small = config;
  small.num_worlds = 16;
  Environment warm(small);
  warm.reset();

  const double before = resident_bytes();
  Environment env(config);
  env.reset();
  const double built = resident_bytes();
  HoverActions actions(load_vehicle(config.vehicle), env.batch.layout(), 1);
  const double sampled = resident_bytes();
  Result result;
  result.case_name = "memory";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.threads = config.num_threads;
  result.substeps = config.substeps();
  // until drones have crashed and episodes have ended: contact records grow on use
  constexpr int kSteps = 40;
  std::vector<double> seconds;
  for (int i = 0; i < kSteps; ++i) seconds.push_back(seconds_of([&] { env.step(actions.next()); }));
  fill(result, seconds, env.num_rows());
  const double stepped = resident_bytes();
  result.figures = {{"bytes_per_agent_built", (built - before) / env.num_rows()},
                    {"bytes_per_agent", (built - before + stepped - sampled) / env.num_rows()}};
  return result;
}

}  // namespace volery::bench
