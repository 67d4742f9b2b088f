// Flying drones in one slab, for cases that time the flight kernel alone.
#pragma once

#include <algorithm>
#include <vector>

#include "bench/bench.hpp"
#include "bench/environment.hpp"
#include "bench/rig.hpp"
#include "bench/timing.hpp"
#include "core/float_mode.hpp"
#include "core/rng.hpp"

namespace volery::bench {

/// Sizes of these cases: one slab, whatever the cache.
[[nodiscard]] inline BatchConfig flight_config(const Options& options) {
  BatchConfig config;
  config.num_worlds = options.worlds > 0 ? options.worlds : 1;
  config.num_agents = options.agents > 0 ? options.agents : 1024;
  config.slab_agents = config.num_worlds * config.num_agents;
  config.scene = open_scene(config.num_agents, 1);
  return config;
}

class FlightFleet {
 public:
  explicit FlightFleet(const BatchConfig& config)
      : rig_(config), blocks_(rig_.store.slab(0).agents) {
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
  // the fleet starts again before it has fallen far
  static constexpr int kWindowsPerStart = 30;

  Rig rig_;
  Blocks blocks_;
  std::vector<float> start_;
};

}  // namespace volery::bench
