// The neighbor search: time per agent, K = 6.
//
// Arguments: worlds, agents per world. Agents are uniform in a cube at one per cubic meter, as in a
// formation; radius 3 m.
#include <benchmark/benchmark.h>

#include <cstddef>
#include <vector>

#include "core/isa.hpp"
#include "core/rng.hpp"
#include "swarm/neighbors.hpp"

namespace volery::swarm {
namespace {

struct Swarm {
  Swarm(int num_worlds, int num_agents) {
    slab.num_worlds = num_worlds;
    slab.num_agents = num_agents;
    const int bodies = num_worlds * num_agents;
    memory.assign(static_cast<std::size_t>(blocks_for(bodies)) * kNumRigidRows * kLanes, 0.0F);
    slab.agents = {memory.data(), blocks_for(bodies), kNumRigidRows, bodies};
    float side_m = 1;
    while (side_m * side_m * side_m < static_cast<float>(num_agents)) side_m *= 1.02F;
    Rng rng(1, 0, Stream::kTask);
    for (int i = 0; i < bodies; ++i) {
      const float x = rng.uniform(0, side_m);
      const float y = rng.uniform(0, side_m);
      slab.agents.set_vec3(i, kPosition, {x, y, rng.uniform(0, side_m)});
    }
  }
  Slab slab;
  std::vector<float> memory;
};

void neighbors(benchmark::State& state) {
  const Swarm swarm(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  NeighborSearch search;
  if (state.range(2) >= 0) search.set_largest_brute_force(static_cast<int>(state.range(2)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(search.find(swarm.slab, {6, 3}).index);
  }
  state.SetLabel(active_isa());
  state.counters["s_per_agent"] = benchmark::Counter(
      static_cast<double>(swarm.slab.agents.num_bodies),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
// the third argument forces a path: 0 the grid, 2^20 brute force, -1 leaves the choice
BENCHMARK(neighbors)
    ->ArgNames({"worlds", "agents", "brute_force_up_to"})
    ->Args({256, 8, -1})
    ->Args({64, 16, -1})
    ->Args({16, 64, -1})
    ->Args({16, 64, 0})
    ->Args({8, 128, 1 << 20})
    ->Args({8, 128, 0})
    ->Args({4, 256, 1 << 20})
    ->Args({4, 256, 0})
    ->Args({1, 1000, -1})
    ->Args({1, 10000, -1})
    ->Args({1, 100000, -1})
    ->Args({1, 1000000, -1})
    ->Unit(benchmark::kMicrosecond);

void build_alone(benchmark::State& state) {
  const Swarm swarm(1, static_cast<int>(state.range(0)));
  NeighborSearch search;
  for (auto _ : state) {
    benchmark::DoNotOptimize(search.build(swarm.slab, {6, 3}).index);
  }
  state.counters["s_per_agent"] = benchmark::Counter(
      static_cast<double>(swarm.slab.agents.num_bodies),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(build_alone)->Arg(1000)->Arg(100000)->Arg(1000000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace volery::swarm
