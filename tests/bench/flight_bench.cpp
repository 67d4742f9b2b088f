// The flight kernels alone: time per agent and substep, all effects on, no control.
//
// Arguments: agents. The fleet starts 2 m above the surface (or 5 cm, in the ground effect) with
// rotor commands within 10 % of hover, and starts again every second, before it has fallen far.
// On a shared machine take the smallest of several repetitions (--benchmark_repetitions=20).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "core/isa.hpp"
#include "core/rng.hpp"
#include "flight/flight.hpp"

namespace volery {
namespace {

constexpr float kStep_s = 1.0F / 240;
constexpr int kSubsteps = 8;
constexpr int kWindowsPerStart = 30;

VehicleConfig small_quadcopter() {
  VehicleConfig config;
  config.name = "small_quadcopter";
  config.thrust_coefficient_n_s2 = 2.88e-8F;
  config.torque_to_thrust_m = 0.006F;
  config.rotor_inertia_kgm2 = 2e-8F;
  config.max_rotor_speed_radps = 2300;
  config.motor_fall_s = 0.08F;
  config.rotor_drag_b_kg = {9.2e-7F, 9.2e-7F, 1.03e-6F};
  config.body_drag_b_kgpm = {1e-3F, 1e-3F, 1e-3F};
  for (int i = 0; i < 4; ++i) {
    RotorSpec rotor;
    rotor.position_b_m = {i == 0 || i == 3 ? 0.0325F : -0.0325F, i < 2 ? -0.0325F : 0.0325F, 0};
    rotor.spin = i % 2 == 0 ? 1 : -1;
    config.rotors.push_back(rotor);
  }
  return config;
}

/// Blocks of agents with twenty rows of others' fields behind the flight rows.
class Fleet {
 public:
  Fleet(int num_agents, float height_m) : vehicle(small_quadcopter()) {
    const int num_rows = kRotorRows + 8 + 20;
    rows_.resize(static_cast<std::size_t>(blocks_for(num_agents) * num_rows));
    blocks = {rows_[0].lane, blocks_for(num_agents), num_rows, num_agents};
    Rng rng(1, 0, Stream::kAction);
    for (int i = 0; i < blocks_for(num_agents) * kLanes; ++i) {
      blocks.set_vec3(i, kPosition, {rng.uniform(-5, 5), rng.uniform(-5, 5), height_m});
      blocks.set_quat(i, {});
      blocks.set_vec3(i, kVelocity, {rng.uniform(-1, 1), rng.uniform(-1, 1), 0});
      blocks.set_vec3(i, kOmega, {rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)});
      blocks.at(i, kMotorsOn) = 1;
      for (int r = 0; r < 4; ++r) {
        blocks.at(i, kRotorRows + r) = vehicle.hover_speed_radps * rng.uniform(0.9F, 1.1F);
        blocks.at(i, kRotorRows + 4 + r) = vehicle.hover_speed_radps;
      }
    }
    start_ = rows_;
  }
  void restart() { std::copy(start_.begin(), start_.end(), rows_.begin()); }

  Vehicle vehicle;
  Blocks blocks;

 private:
  std::vector<flight::ParamRow> rows_;
  std::vector<flight::ParamRow> start_;
};

void report(benchmark::State& state, int num_agents) {
  const double substeps = static_cast<double>(state.iterations()) * kSubsteps * num_agents;
  state.counters["time_per_agent_substep"] =
      benchmark::Counter(substeps, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void flight_fused(benchmark::State& state, const char* isa, float height_m) {
  limit_isa(isa);
  const auto num_agents = static_cast<int>(state.range(0));
  Fleet fleet(num_agents, height_m);
  const flight::FlightParams params(fleet.vehicle, {}, kStep_s);
  int window = 0;
  for (auto _ : state) {
    if (window++ % kWindowsPerStart == 0) fleet.restart();
    flight::advance_fused(params, {}, fleet.blocks, 0, fleet.blocks.num_blocks, 0, kSubsteps);
  }
  report(state, num_agents);
  limit_isa("auto");
}

void flight_halves(benchmark::State& state, const char* isa, float height_m) {
  limit_isa(isa);
  const auto num_agents = static_cast<int>(state.range(0));
  Fleet fleet(num_agents, height_m);
  const flight::FlightParams params(fleet.vehicle, {}, kStep_s);
  int window = 0;
  for (auto _ : state) {
    if (window++ % kWindowsPerStart == 0) fleet.restart();
    for (int substep = 0; substep < kSubsteps; ++substep) {
      flight::advance_velocity(params, fleet.blocks, 0, fleet.blocks.num_blocks);
      flight::advance_pose(kStep_s, fleet.blocks, 0, fleet.blocks.num_blocks);
    }
  }
  report(state, num_agents);
  limit_isa("auto");
}

/// One benchmark per instruction set that this machine has, at the usual sizes.
const int registered = [] {
  for (const std::string& isa : available_isas()) {
    const auto add = [&isa](const char* name, auto* kernel, float height_m) {
      const std::string full = std::string(name) + "/" + isa;
      // the name of the set must outlive this function
      static std::vector<std::string> names;
      names.reserve(64);
      names.push_back(isa);
      benchmark::RegisterBenchmark(full.c_str(), kernel, names.back().c_str(), height_m)
          ->Arg(512)
          ->Arg(1024)
          ->Arg(4096);
    };
    add("flight_fused", flight_fused, 2.0F);
    add("flight_fused_near_ground", flight_fused, 0.05F);
    add("flight_halves", flight_halves, 2.0F);
  }
  return 0;
}();

}  // namespace
}  // namespace volery
