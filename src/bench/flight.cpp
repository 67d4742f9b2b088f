// flight: rotor lag, wrench, velocities and pose of flying drones, no control and no contacts.
#include <vector>

#include "bench/cases.hpp"
#include "bench/environment.hpp"
#include "bench/rig.hpp"
#include "bench/timing.hpp"
#include "core/float_mode.hpp"
#include "core/rng.hpp"
#include "volery/isa.hpp"

namespace volery::bench {

namespace {

// The fleet starts again before it has fallen far.
constexpr int kWindowsPerStart = 30;

class Fleet {
 public:
  explicit Fleet(const BatchConfig& config) : rig_(config), blocks_(rig_.store.slab(0).agents) {
    const int rotors = rig_.setup.vehicle.num_rotors;
    Rng rng(0, 0, Stream::kAction);
    for (int i = 0; i < blocks_.num_bodies; ++i) {
      for (int r = 0; r < rotors; ++r) {
        // speeds within 5 % of hover: thrusts within 10 %
        blocks_.at(i, kRotorRows + r) =
            rig_.setup.vehicle.hover_speed_radps * rng.uniform(0.95F, 1.05F);
      }
    }
    start_.assign(blocks_.data, blocks_.block(blocks_.num_blocks));
  }

  /// Seconds of all substeps of some windows.
  double fly(int windows) {
    const FloatMode float_mode;
    double seconds = 0;
    for (int done = 0; done < windows; done += kWindowsPerStart) {
      std::copy(start_.begin(), start_.end(), blocks_.data);
      seconds += seconds_of([&] {
        for (int w = 0; w < std::min(kWindowsPerStart, windows - done); ++w) {
          flight::advance_fused(*rig_.setup.flight_params, {}, blocks_, 0, blocks_.num_blocks, 0,
                                rig_.setup.substeps);
        }
      });
    }
    return seconds;
  }

 private:
  Rig rig_;
  Blocks blocks_;
  std::vector<float> start_;
};

}  // namespace

Result run_flight(const Options& options) {
  BatchConfig config;
  config.num_worlds = options.worlds > 0 ? options.worlds : 1;
  config.num_agents = options.agents > 0 ? options.agents : 1024;
  // one slab, whatever the cache
  config.slab_agents = config.num_worlds * config.num_agents;
  config.scene = open_scene(config.num_agents, 1);
  Fleet fleet(config);
  const double agents = static_cast<double>(config.num_worlds) * config.num_agents;

  Result result;
  result.case_name = "flight";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.substeps = config.physics_rate_hz / config.agent_rate_hz;
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
