// Sensors: time per agent to write observations.
//
// hover: pose, velocity, rates, goal and last_action (25 columns) of 4,096 agents in slabs of 512,
// so that state and rows stay in the second-level cache as they do in a step.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/isa.hpp"
#include "core/rng.hpp"
#include "core/toml.hpp"
#include "volery/sensor.hpp"

namespace volery {
namespace {

struct SenseScene {
  SenseScene(int num_worlds, int num_agents, const std::string& scene_name)
      : vehicle(load_vehicle(Value("cf2x"))), scene(load_scene(Value(scene_name))) {
    declare_rigid_fields(fields);
    action = fields.add({.name = "action", .width = 4});
    goal = fields.add({.name = "goal_w_m", .width = 3});
    for (const char* name : {"a", "b", "c", "d"})
      action_columns.push_back({name, "", "", -1, 1, name});
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    const int bodies = num_worlds * num_agents;
    const std::size_t floats = static_cast<std::size_t>(blocks_for(bodies)) *
                               static_cast<std::size_t>(fields.num_rows() * kLanes);
    memory.resize(floats + kLanes);
    float* aligned = memory.data();
    while (reinterpret_cast<std::uintptr_t>(aligned) % 64 != 0) ++aligned;
    slab.agents = {aligned, blocks_for(bodies), fields.num_rows(), bodies};
    Rng rng(1, 0, Stream::kTask);
    for (int i = 0; i < bodies; ++i) {
      const float x = rng.uniform(-3, 3);
      const float y = rng.uniform(-3, 3);
      slab.agents.set_vec3(i, kPosition, {x, y, rng.uniform(0.3F, 3)});
      slab.agents.set_quat(i, {0, 0, 0.6F, 0.8F});
    }
  }
  void add(const std::string& name, const std::string& toml = "") {
    const Value config = parse_toml(toml, "bench");
    const SensorContext context{vehicle, scene, fields, action, goal, config, action_columns};
    for (const SensorEntry* entry : sensor_entries()) {
      if (entry->name != name) continue;
      sensors.push_back(entry->make(context));
      first_columns.push_back(width);
      width += static_cast<int>(sensors.back()->columns().size());
    }
  }
  void observe(float* rows, const swarm::NeighborTable& neighbors) const {
    const SenseInput in{slab, neighbors, scene, vehicle};
    for (std::size_t i = 0; i < sensors.size(); ++i) {
      sensors[i]->sense(in, 0, slab.agents.num_bodies, {rows, width, first_columns[i]});
    }
  }

  Vehicle vehicle;
  Scene scene;
  FieldTable fields;
  FieldRef action, goal;
  std::vector<Column> action_columns;
  Slab slab;
  std::vector<float> memory;
  std::vector<std::unique_ptr<Sensor>> sensors;
  std::vector<int> first_columns;
  int width = 0;
};

void count_agents(benchmark::State& state, const SenseScene& world) {
  state.SetLabel(active_isa() + ", " + std::to_string(world.width) + " columns");
  state.counters["s_per_agent"] = benchmark::Counter(
      static_cast<double>(world.slab.agents.num_bodies),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void sense_hover(benchmark::State& state) {
  SenseScene world(512, 1, "hover");
  for (const char* name : {"pose", "velocity", "rates", "goal", "last_action"}) world.add(name);
  std::vector<float> rows(static_cast<std::size_t>(512 * world.width));
  for (auto _ : state) {
    world.observe(rows.data(), {});
    benchmark::DoNotOptimize(rows.data());
    benchmark::ClobberMemory();
  }
  count_agents(state, world);
}
BENCHMARK(sense_hover);

void sense_neighbors(benchmark::State& state) {
  SenseScene world(8, 64, "empty");
  world.add("neighbors", state.range(0) == 0 ? "" : "frame = \"body\"");
  swarm::NeighborSearch search;
  const auto table = search.find(world.slab, {6, 5});
  std::vector<float> rows(static_cast<std::size_t>(512 * world.width));
  for (auto _ : state) {
    world.observe(rows.data(), table);
    benchmark::DoNotOptimize(rows.data());
    benchmark::ClobberMemory();
  }
  count_agents(state, world);
}
BENCHMARK(sense_neighbors)->ArgName("body_frame")->Arg(0)->Arg(1);

void sense_rangefinder(benchmark::State& state) {
  SenseScene world(32, 16, state.range(0) == 0 ? "empty" : "room");
  world.add("rangefinder");
  std::vector<float> rows(static_cast<std::size_t>(512 * world.width));
  for (auto _ : state) {
    world.observe(rows.data(), {});
    benchmark::DoNotOptimize(rows.data());
    benchmark::ClobberMemory();
  }
  count_agents(state, world);
}
BENCHMARK(sense_rangefinder)->ArgName("room")->Arg(0)->Arg(1);

template <class Query>
void over_agents(benchmark::State& state, Query&& query) {
  const SenseScene world(32, 16, state.range(0) == 0 ? "empty" : "room");
  for (auto _ : state) {
    float sum = 0;
    for (int i = 0; i < 512; ++i) sum += query(world.scene, world.slab.agents.vec3(i, kPosition));
    benchmark::DoNotOptimize(sum);
  }
  count_agents(state, world);
}
void scene_surface_height(benchmark::State& state) {
  over_agents(state, [](const Scene& scene, Vec3 p) { return scene.surface_height_m(p, -9); });
}
void scene_clearance(benchmark::State& state) {
  over_agents(state, [](const Scene& scene, Vec3 p) { return scene.clearance_lower_bound_m(p); });
}
BENCHMARK(scene_surface_height)->ArgName("room")->Arg(0)->Arg(1);
BENCHMARK(scene_clearance)->ArgName("room")->Arg(0)->Arg(1);

}  // namespace
}  // namespace volery
