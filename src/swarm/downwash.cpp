#include "swarm/downwash.hpp"

#include <algorithm>
#include <cmath>

#include "core/assert.hpp"
#include "core/math.hpp"

namespace volery::swarm {

namespace {

/// 3 x^2 - 2 x^3 of x cut to [0, 1].
float smooth_step(float x) noexcept {
  const float cut = std::clamp(x, 0.0F, 1.0F);
  return cut * cut * (3 - 2 * cut);
}

}  // namespace

JetModel::JetModel(const Vehicle& vehicle) {
  const VehicleConfig& c = vehicle.config;
  if (vehicle.num_rotors == 0) {
    // rovers and particles blow nothing, over a distance that widens no search
    motor_distance_m = 1e-3F;
    return;
  }
  for (const RotorSpec& a : c.rotors) {
    for (const RotorSpec& b : c.rotors) {
      float square_m2 = 0;
      for (std::size_t i = 0; i < 3; ++i) {
        const float off_m = a.position_b_m[i] - b.position_b_m[i];
        square_m2 += off_m * off_m;
      }
      motor_distance_m = std::max(motor_distance_m, std::sqrt(square_m2));
    }
  }
  const float disk_m2 =
      static_cast<float>(vehicle.num_rotors) * kPi * c.rotor_radius_m * c.rotor_radius_m;
  gain = c.thrust_coefficient_n_s2 / (2 * kAirDensity_kgpm3 * disk_m2);
}

float JetFleet::range_m() const noexcept {
  float longest_m = 0;
  for (const JetModel& type : types) longest_m = std::max(longest_m, type.motor_distance_m);
  return kJetRange * longest_m;
}

float jet_speed_mps(const Vehicle& vehicle, float thrust_n, float along_m,
                    float beside_m) noexcept {
  const JetModel model(vehicle);
  const float s = along_m / model.motor_distance_m;
  const float r = beside_m / model.motor_distance_m;
  if (!(s > 0)) return 0;
  const float induced_mps =
      std::sqrt(model.gain * thrust_n / vehicle.config.thrust_coefficient_n_s2);
  const float fade = smooth_step(s) * smooth_step((kJetRange * kJetRange - (s * s + r * r)) /
                                                  (kJetRange * kJetRange - kJetFull * kJetFull));
  const float from_origin = s - kJetOrigin;
  const float share = r / (kJetSpread * from_origin);
  const float profile = 1 + (std::sqrt(2.0F) - 1) * share * share;
  return fade * induced_mps * kJetDecay / from_origin / (profile * profile);
}

void Downwash::set_largest_brute_force(int num_agents) noexcept {
  largest_brute_force_ = std::min(num_agents, kMostBruteForce);
}

void Downwash::update(const Slab& slab, const JetFleet& fleet, int row, const Split& split) {
  const Blocks& agents = slab.agents;
  const auto room = static_cast<std::size_t>(agents.num_blocks * kLanes);
  if (jets_.size() < room) jets_.resize(room);
  split.blocks(agents.num_blocks,
               [&](int first, int last) { pack_jets(agents, fleet, first, last, jets_.data()); });
  if (slab.num_agents <= largest_brute_force_) {
    split.blocks(agents.num_blocks, [&](int first, int last) {
      blow_all_pairs(slab, jets_.data(), row, first, last);
    });
    return;
  }
  for (int world = 0; world < slab.num_worlds; ++world) {
    sort_world(world, slab, fleet, split);
    const JetArrays arrays{blocks_.data(), agent_of_.data(), cell_start_.data(), fleet.range_m()};
    // agents that are not there have no slot among those searched, and feel nothing
    for (int slot = grid_.num_active; slot < slab.num_agents; ++slot) {
      agents.at(agent_of_[static_cast<std::size_t>(slot)], row) = 0;
    }
    constexpr int kLeastChunk = 512;
    const int chunks = split.num_chunks(grid_.num_active, kLeastChunk);
    split.each(chunks, [&](int i) {
      blow_cells(arrays, grid_, agents, row, Split::edge(grid_.num_active, chunks, i),
                 Split::edge(grid_.num_active, chunks, i + 1));
    });
  }
}

void Downwash::sort_world(int world, const Slab& slab, const JetFleet& fleet, const Split& split) {
  const int num_agents = slab.num_agents;
  const int first_agent = world * num_agents;
  const Jet* const jets = jets_.data() + first_agent;
  const auto slots = static_cast<std::size_t>(num_agents);
  position_.reserve(slots);
  const std::size_t room = slots / kLanes + 1;
  if (blocks_.size() < room) blocks_.resize(room);
  if (agent_of_.size() < slots) agent_of_.resize(slots);
  float* const x = position_.axis(0);
  float* const y = position_.axis(1);
  float* const z = position_.axis(2);

  // the grid is fitted to a sample; it decides about speed alone
  constexpr int kSample = 512;
  constexpr int kPerCell = 8;
  const int stride = (num_agents + kSample - 1) / kSample;
  int sampled = 0;
  for (int a = 0; a < num_agents; a += stride) {
    if (jets[a].per_m == 0) continue;
    x[sampled] = jets[a].position_w_m.x;
    y[sampled] = jets[a].position_w_m.y;
    z[sampled] = jets[a].position_w_m.z;
    ++sampled;
  }
  grid_ = fit_grid({x, y, z, sampled, stride}, fleet.range_m(), kPerCell);
  const auto num_cells = static_cast<int>(grid_.num_cells());
  const std::size_t starts = grid_.num_cells() + 2;
  if (cell_start_.size() < starts) cell_start_.resize(starts + starts / 4);
  cells_.sort(
      num_agents, num_cells, split,
      [&](int a) {
        const Vec3 at = jets[a].position_w_m;
        if (jets[a].per_m == 0) return num_cells;
        return grid_.cell(grid_.cell_along(0, at.x), grid_.cell_along(1, at.y),
                          grid_.cell_along(2, at.z));
      },
      [&](int a) {
        const Vec3 at = jets[a].position_w_m;
        return CellPoint{at.x, at.y, at.z, 0};
      },
      {x, y, z, nullptr, agent_of_.data(), nullptr, cell_start_.data()});
  grid_.num_active = cell_start_[static_cast<std::size_t>(num_cells)];

  fill_blocks(first_agent, num_agents, split);
}

void Downwash::fill_blocks(int first_agent, int num_agents, const Split& split) {
  const Jet* const jets = jets_.data() + first_agent;
  constexpr int kLeastChunk = 2048;
  const int chunks = split.num_chunks(num_agents, kLeastChunk);
  split.each(chunks, [&](int chunk) {
    const int end = Split::edge(num_agents, chunks, chunk + 1);
    for (int slot = Split::edge(num_agents, chunks, chunk); slot < end; ++slot) {
      std::int32_t& agent = agent_of_[static_cast<std::size_t>(slot)];
      const Jet& jet = jets[agent];
      JetBlock& block = blocks_[static_cast<std::size_t>(slot / kLanes)];
      const int lane = slot % kLanes;
      for (int axis = 0; axis < 3; ++axis) {
        block.position_w_m[axis][lane] = position_.axis(axis)[slot];
      }
      block.axis_w[0][lane] = jet.axis_w.x;
      block.axis_w[1][lane] = jet.axis_w.y;
      block.axis_w[2][lane] = jet.axis_w.z;
      block.strength[lane] = jet.strength;
      block.per_m[lane] = jet.per_m;
      agent += first_agent;
    }
  });
}

}  // namespace volery::swarm
