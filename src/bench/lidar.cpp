// lidar: rays per second against 200 static boxes and 64 drones in a hall.
#include <algorithm>

#include "bench/cases.hpp"
#include "bench/hall.hpp"
#include "bench/rig.hpp"
#include "bench/timing.hpp"
#include "core/rng.hpp"

namespace volery::bench {

namespace {

constexpr float kRange_m = 10;

struct Fan {
  const char* name;
  int columns, rows;
  bool agents;
  const char* sensor;
};

/// Seconds per call of one scan of every drone.
std::vector<double> time_fan(const Options& options, BatchConfig config, const Fan& fan) {
  config.sensors = {fan.sensor};
  Value::Table table{{"max_range_m", Value(double{kRange_m})}};
  if (std::string(fan.sensor) == "lidar") {
    table.emplace("columns", Value(fan.columns));
    table.emplace("rows", Value(fan.rows));
    table.emplace("agents", Value(fan.agents));
  } else {
    table.emplace("horizontal", Value(fan.columns));
    table.emplace("down", Value(false));
  }
  config.sensor_config = Value::Table{{fan.sensor, Value(std::move(table))}};
  Rig rig(config);
  // all over the hall, at any attitude that one flies with
  for (int w = 0; w < config.num_worlds; ++w) {
    for (int a = 0; a < config.num_agents; ++a) {
      Rng rng(static_cast<std::uint64_t>(w), 0, Stream::kSpawn, static_cast<std::uint32_t>(a));
      const auto [blocks, body] = rig.agent(w, a);
      const float x = rng.uniform(-kHall_m / 2, kHall_m / 2);
      const float y = rng.uniform(-kHall_m / 2, kHall_m / 2);
      blocks.set_vec3(body, kPosition, {x, y, rng.uniform(0.5F, kHallHeight_m - 0.5F)});
    }
  }
  std::vector<float> observation(rig.setup.layout.observation_count());
  return time_calls(options, [&] {
    for (int i = 0; i < rig.store.num_slabs(); ++i) {
      batch::advance_sensors(rig.setup, rig.store.slab(i), {});
      batch::sense(rig.setup, rig.store.slab(i), rig.worker, {}, observation.data());
    }
  });
}

}  // namespace

Result run_lidar(const Options& options) {
  BatchConfig config;
  config.task = "hover";
  config.action = "attitude";
  config.num_worlds = options.worlds > 0 ? options.worlds : 4;
  config.num_agents = options.agents > 0 ? options.agents : 64;
  config.scene = hall();

  Result result;
  result.case_name = "lidar";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.substeps = config.substeps();
  const Fan fans[] = {{"planar", 360, 1, true, "lidar"},
                      {"planar_sparse", 36, 1, true, "lidar"},
                      {"rows", 64, 16, true, "lidar"},
                      {"planar_statics_only", 360, 1, false, "lidar"},
                      // one by one, statics alone
                      {"rangefinder", 64, 1, false, "rangefinder"}};
  const double agents = static_cast<double>(config.num_worlds) * config.num_agents;
  for (const Fan& fan : fans) {
    const std::vector<double> seconds = time_fan(options, config, fan);
    const double rays = agents * fan.columns * fan.rows;
    const double least = *std::min_element(seconds.begin(), seconds.end());
    if (&fan == &fans[0]) {
      fill(result, seconds, agents);
      result.figures.emplace_back("rays_per_s", rays / median(seconds));
    }
    result.figures.emplace_back(std::string(fan.name) + "_ns_per_ray",
                                median(seconds) / rays * 1e9);
    result.figures.emplace_back(std::string(fan.name) + "_min_ns_per_ray", least / rays * 1e9);
  }
  return result;
}

}  // namespace volery::bench
