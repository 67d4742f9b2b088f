// sensors: what each sensor costs by itself, measuring and observing, and the estimator.
#include <algorithm>

#include "bench/cases.hpp"
#include "bench/rig.hpp"
#include "bench/timing.hpp"
#include "volery/batch.hpp"

namespace volery::bench {

namespace {

// State and rows of 512 agents stay in the second-level cache, as they do in a step.
constexpr int kWorlds = 512;

BatchConfig sensors_config(const Options& options) {
  BatchConfig config;
  config.task = "hover";
  config.action = "attitude";
  config.num_worlds = options.worlds > 0 ? options.worlds : kWorlds;
  config.num_agents = options.agents > 0 ? options.agents : 1;
  return config;
}

// Seconds per call of one agent step of a sensor over all agents.
std::vector<double> time_sensor(const Options& options, BatchConfig config,
                                const std::string& sensor) {
  config.sensors = {sensor};
  if (sensor == "estimate") config.estimator = EstimatorKind::kComplementary;
  Rig rig(config);
  std::vector<float> observation(rig.setup.layout.observation_count());
  return time_calls(options, [&] {
    for (int i = 0; i < rig.store.num_slabs(); ++i) {
      const Slab& slab = rig.store.slab(i);
      batch::advance_sensors(rig.setup, slab, {});
      batch::sense(rig.setup, slab, rig.worker, {}, observation.data());
      // low rates are counted in steps
      for (int w = 0; w < slab.num_worlds; ++w) ++slab.worlds[w].step;
    }
  });
}

// Seconds per call of all control ticks of one agent step.
std::vector<double> time_control(const Options& options, BatchConfig config,
                                 EstimatorKind estimator) {
  config.estimator = estimator;
  Rig rig(config);
  const flight::ControlStage& control = rig.setup.control;
  return time_calls(options, [&] {
    for (int i = 0; i < rig.store.num_slabs(); ++i) {
      const Blocks& agents = rig.store.slab(i).agents;
      for (int s = 0; s < rig.setup.substeps; s += control.every_substeps)
        control.run(control.constants, agents, 0, agents.num_blocks);
    }
  });
}

}  // namespace

Result run_sensors(const Options& options) {
  const BatchConfig config = sensors_config(options);
  Result result;
  result.case_name = "sensors";
  result.worlds = config.num_worlds;
  result.agents = config.num_agents;
  result.substeps = config.substeps();
  const double num_agents = static_cast<double>(config.num_worlds) * config.num_agents;
  const auto add = [&](const std::string& name, const std::vector<double>& seconds) {
    const double scale = 1e9 / num_agents;
    result.figures.emplace_back(name + "_ns_per_agent_step", median(seconds) * scale);
    result.figures.emplace_back(name + "_min_ns",
                                *std::min_element(seconds.begin(), seconds.end()) * scale);
  };

  // the case's own figure is the IMU's
  fill(result, time_sensor(options, config, "imu"), num_agents);
  for (const SensorEntry* entry : sensor_entries()) {
    // no battery without the model of one, and hovering shows nothing of its own
    const std::string name = entry->name;
    if (name == "battery" || name == "task") continue;
    add(entry->name, time_sensor(options, config, entry->name));
  }
  add("control", time_control(options, config, EstimatorKind::kNone));
  add("control_with_estimator", time_control(options, config, EstimatorKind::kComplementary));
  return result;
}

}  // namespace volery::bench
