#include "batch/randomize.hpp"

#include <algorithm>

#include "batch/setup.hpp"
#include "core/rng.hpp"
#include "state/fleet_rows.hpp"

namespace volery::batch {

namespace {

// Coordinates of the draws within Stream::kParameter: an agent's own, or the world's; ranges count
// from 0, picks of prepared sets from the last number down.
constexpr std::uint32_t kWholeWorld = 0xffffffffU;
constexpr std::uint32_t kPickWorld = 0xffffffffU;
constexpr std::uint32_t kPickSensor = 0xfffffffeU;

Rng rng_of(const WorldHeader& header, std::uint32_t agent, std::uint32_t what) noexcept {
  return {header.seed, header.episode, Stream::kParameter, agent, what};
}

// In (0, 1): quantiles of 0 and 1 may be infinite.
float inner_uniform(Rng rng) noexcept {
  return rng.uniform() + 0x1p-25F;
}

const VariantDraws& draws_of(const Setup& setup, const WorldHeader& header) noexcept {
  // an episode may run under a prepared variant of the one whose ranges hold
  return setup.variants[header.next_variant].draws;
}

// Numbers that are drawn anew for each episode, and those of a world without prepared sets.
void draw_numbers(const Setup& setup, const Slab& slab, int world) noexcept {
  const Randomization& plan = setup.randomization;
  const WorldHeader& header = slab.worlds[world];
  const VariantDraws& draws = draws_of(setup, header);
  for (std::size_t f = 0; f < plan.fields.size(); ++f) {
    const DrawnField& field = plan.fields[f];
    if (field.target == DrawnTarget::kSensor) continue;
    const bool drawn = draws.numbers[f] && field.target != DrawnTarget::kWorld;
    for (int a = 0; a < slab.num_agents; ++a) {
      const std::uint32_t who =
          field.config.per == DrawnPer::kWorld ? kWholeWorld : static_cast<std::uint32_t>(a);
      const float value = drawn ? draws.numbers[f]->at(inner_uniform(
                                      rng_of(header, who, static_cast<std::uint32_t>(f))))
                                : field.nominal;
      slab.agents.at(world * slab.num_agents + a, plan.values.row + static_cast<int>(f)) = value;
    }
  }
}

// The prepared sets: which one the world runs under, which errors the sensors of its agents have.
void take_sets(const Setup& setup, const Slab& slab, int world) noexcept {
  const WorldHeader& header = slab.worlds[world];
  const VariantDraws& draws = draws_of(setup, header);
  const int values_row = setup.randomization.values.row;
  if (!draws.worlds.empty()) {
    const auto set = std::find(draws.worlds.begin(), draws.worlds.end(), header.variant);
    const auto s = static_cast<std::size_t>(set - draws.worlds.begin());
    for (int a = 0; a < slab.num_agents; ++a) {
      for (std::size_t i = 0; i < draws.world_fields.size(); ++i) {
        slab.agents.at(world * slab.num_agents + a, values_row + draws.world_fields[i]) =
            draws.world_values[s][i];
      }
    }
  }
  for (std::size_t i = 0; i < draws.sensors.size(); ++i) {
    const SensorSets& sets = draws.sensors[i];
    const auto num_sets = static_cast<std::uint32_t>(sets.constants.size());
    for (int a = 0; a < slab.num_agents; ++a) {
      const std::uint32_t who = sets.per_world ? kWholeWorld : static_cast<std::uint32_t>(a);
      const std::uint32_t what = kPickSensor - static_cast<std::uint32_t>(i);
      const std::size_t s = rng_of(header, who, what).below(num_sets);
      const int body = world * slab.num_agents + a;
      for (int r = 0; r < sets.rows.width; ++r) {
        slab.agents.at(body, sets.rows.row + r) = sets.constants[s][static_cast<std::size_t>(r)];
      }
      for (std::size_t f = 0; f < sets.fields.size(); ++f)
        slab.agents.at(body, values_row + sets.fields[f]) = sets.values[s][f];
    }
  }
}

// The agent's vehicle as drawn, folded into its rows.
void fold_vehicle(const Setup& setup, const Slab& slab, int body, int type,
                  VehicleScratch& scratch) noexcept {
  const Randomization& plan = setup.randomization;
  const VariantDraws& draws = draws_of(setup, slab.worlds[body / slab.num_agents]);
  std::size_t next = 0;
  for (const std::vector<float*>& places : scratch.places) {
    for (float* const number : places) *number = scratch.nominal[next++];
  }
  for (std::size_t f = 0; f < plan.fields.size(); ++f) {
    if (!draws.numbers[f]) continue;
    const float value = slab.agents.at(body, plan.values.row + static_cast<int>(f));
    for (float* const number : scratch.places[f])
      *number = edited(*number, plan.fields[f].config.how, value);
  }
  setup.flight_params->fold(scratch.config, type, scratch.lane.data());
  for (std::size_t r = 0; r < scratch.lane.size(); ++r)
    slab.agents.at(body, setup.param_row + static_cast<int>(r)) = scratch.lane[r];
  const std::vector<float>& inertia = scratch.config.inertia_b_kgm2;
  slab.agents.at(body, plan.mass_row + kAgentMass) = scratch.config.mass_kg;
  slab.agents.set_vec3(body, plan.mass_row + kAgentInertia, {inertia[0], inertia[1], inertia[2]});
}

// What the disturbances of an agent are drawn with: the config's numbers, then those of its ranges.
void write_wrench_law(const Setup& setup, const Blocks& agents, int body) noexcept {
  const Randomization& plan = setup.randomization;
  const flight::DisturbanceConfig& law = setup.config.flight.disturbance;
  for (int axis = 0; axis < 3; ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    agents.at(body, plan.wrench_row + axis) = law.force_w_n[i];
    agents.at(body, plan.wrench_row + 3 + axis) = law.torque_b_nm[i];
  }
  agents.at(body, plan.wrench_row + 6) = law.force_std_n;
  agents.at(body, plan.wrench_row + 7) = law.torque_std_nm;
  for (std::size_t f = 0; f < plan.fields.size(); ++f) {
    const DrawnField& field = plan.fields[f];
    if (field.target != DrawnTarget::kDisturbance) continue;
    for (int i = 0; i < field.count; ++i) {
      agents.at(body, plan.wrench_row + field.row + i) =
          agents.at(body, plan.values.row + static_cast<int>(f));
    }
  }
}

}  // namespace

std::vector<VehicleScratch> make_vehicle_scratch(const Setup& setup) {
  const Randomization& plan = setup.randomization;
  std::vector<VehicleScratch> all;
  if (!plan.any(DrawnTarget::kVehicle)) return all;
  // places point into the configs, which must not move any more
  for (const Vehicle& type : setup.fleet.types()) all.push_back({type.config, {}, {}, {}});
  const int num_rows = flight::FlightParams::num_rows(setup.fleet.num_rotors(), setup.effect_rows);
  for (std::size_t t = 0; t < all.size(); ++t) {
    VehicleScratch& scratch = all[t];
    scratch.places.resize(plan.fields.size());
    scratch.lane.resize(static_cast<std::size_t>(num_rows));
    for (std::size_t f = 0; f < plan.fields.size(); ++f) {
      const DrawnField& field = plan.fields[f];
      const bool own = field.type < 0 || field.type == static_cast<int>(t);
      if (field.target != DrawnTarget::kVehicle || !own) continue;
      scratch.places[f] = find_numbers(scratch.config, field.path, "vehicle.").numbers;
      for (const float* number : scratch.places[f]) scratch.nominal.push_back(*number);
    }
  }
  return all;
}

std::uint32_t draw_variant(const Setup& setup, const WorldHeader& header) noexcept {
  const std::vector<std::uint32_t>& worlds = setup.variants[header.next_variant].draws.worlds;
  if (worlds.empty()) return header.next_variant;
  return worlds[rng_of(header, kWholeWorld, kPickWorld)
                    .below(static_cast<std::uint32_t>(worlds.size()))];
}

void draw_agents(const Setup& setup, const Slab& slab, int world,
                 std::vector<VehicleScratch>& scratch) noexcept {
  const Randomization& plan = setup.randomization;
  draw_numbers(setup, slab, world);
  take_sets(setup, slab, world);
  const int delay = setup.effect_rows.delay_substeps;
  for (int a = 0; a < slab.num_agents; ++a) {
    const int body = world * slab.num_agents + a;
    const int type = setup.fleet.type_of(a);
    if (!scratch.empty())
      fold_vehicle(setup, slab, body, type, scratch[static_cast<std::size_t>(type)]);
    if (plan.wrench_row >= 0) write_wrench_law(setup, slab.agents, body);
    for (std::size_t f = 0; f < plan.fields.size(); ++f) {
      if (plan.fields[f].target != DrawnTarget::kDelay || delay < 0) continue;
      slab.agents.at(body, delay) = flight::delay_in_substeps(
          slab.agents.at(body, plan.values.row + static_cast<int>(f)), setup.substep_s);
    }
  }
}

void apply_start(const Setup& setup, const Slab& slab, int body) noexcept {
  const Randomization& plan = setup.randomization;
  const WorldHeader& header = slab.worlds[body / slab.num_agents];
  const VariantDraws& draws = draws_of(setup, header);
  for (std::size_t f = 0; f < plan.fields.size(); ++f) {
    const DrawnField& field = plan.fields[f];
    const float value = slab.agents.at(body, plan.values.row + static_cast<int>(f));
    if (field.target == DrawnTarget::kCharge) {
      const Vehicle& type = setup.fleet.vehicle_of(body % slab.num_agents);
      const int battery = setup.effect_rows.battery;
      slab.agents.at(body, battery + flight::kBatterySoc) = value;
      slab.agents.at(body, battery + flight::kBatteryVoltage) =
          open_circuit_v(type.config.battery, value);
    }
    if (field.target != DrawnTarget::kState || !draws.numbers[f]) continue;
    for (int i = 0; i < field.count; ++i) {
      float& number = slab.agents.at(body, field.row + i);
      number = edited(number, field.config.how, value);
    }
    if (field.row < kPosition + 3) slab.agents.set_vec3(body, kPositionResidual, {});
  }
}

}  // namespace volery::batch
