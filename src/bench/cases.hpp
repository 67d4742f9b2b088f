// The cases, one file each.
#pragma once

#include "bench/bench.hpp"

namespace volery::bench {

[[nodiscard]] Result run_flight(const Options& options);
[[nodiscard]] Result run_effects(const Options& options);
[[nodiscard]] Result run_hover(const Options& options);
[[nodiscard]] Result run_swarm64(const Options& options);
[[nodiscard]] Result run_contact(const Options& options);
[[nodiscard]] Result run_giant(const Options& options);
[[nodiscard]] Result run_reset(const Options& options);
[[nodiscard]] Result run_overhead(const Options& options);
[[nodiscard]] Result run_memory(const Options& options);
[[nodiscard]] Result run_radio(const Options& options);
[[nodiscard]] Result run_sensors(const Options& options);
[[nodiscard]] Result run_lidar(const Options& options);
[[nodiscard]] Result run_cameras(const Options& options);
[[nodiscard]] Result run_threads(const Options& options);
[[nodiscard]] Result run_recording(const Options& options);
[[nodiscard]] Result run_gpd(const Options& options);

}  // namespace volery::bench
