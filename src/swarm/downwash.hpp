// Downwash: the air that drones push down on those below them in the same world.
//
// Each drone that makes thrust is the source of one jet, which leaves it against its thrust. Far
// enough below, the jets of the rotors are one self-similar turbulent jet (L. Bauersfeld, K.
// Muller, D. Ziegler, F. Coletti, D. Scaramuzza: "Robotics meets fluid dynamics", RA-L 2024,
// arXiv:2403.13321; constants as read in the gas simulator GADEN). With s the distance along the
// jet's axis, r that from it, both in diagonal motor distances:
//
//   U(s, r) = U_H B / (s - s0) / (1 + (sqrt 2 - 1) (r / r_half)^2)^2,  r_half = S (s - s0)
//   U_H = sqrt(T / (2 rho n pi R^2))                 induced velocity of n rotors of radius R
//
// The virtual origin s0 lies above the drone, so U stays below 1.74 U_H at any distance; next to
// the drone (0 <= s <= 1) it fades in from nothing, and between 10 and 20 motor distances it fades
// out. Jets that meet add their momentum fluxes (H. Reichardt, VDI-Forschungsheft 414, 1942): the
// sum is over U^2, here over the vertical parts. What is written is the vertical velocity, held
// over the window.
//
// Sums are of whole numbers (units of kJetUnit), so they do not depend on any order: not on that of
// the agents, not on how the search visits them, not on the instruction set.
#pragma once

#include <cstdint>
#include <vector>

#include "core/split.hpp"
#include "model/vehicle.hpp"
#include "state/slab.hpp"
#include "swarm/cell_sort.hpp"
#include "swarm/neighbor_grid.hpp"

namespace volery::swarm {

inline constexpr float kJetDecay = 10.11F;     // B
inline constexpr float kJetOrigin = -5.817F;   // s0, motor distances
inline constexpr float kJetSpread = 0.07668F;  // S
inline constexpr float kJetRange = 20;         // motor distances; nothing is felt beyond
inline constexpr float kJetFull = 10;          // up to here nothing fades
/// Velocities squared count in multiples of this, (m/s)^2: less than 0.02 m/s counts as none.
inline constexpr float kJetUnit = 0x1p-10F;
/// Air at 15 degrees C and sea level (ISO 2533).
inline constexpr float kAirDensity_kgpm3 = 1.225F;

/// What a vehicle's jet follows from.
struct JetModel {
  float motor_distance_m = 0;  // between the two hubs that are farthest apart
  float gain = 0;              // U_H^2 = gain * sum of squared rotor speeds
  JetModel() = default;
  explicit JetModel(const Vehicle& vehicle);
};

/// The jets of all types of vehicles in a batch.
struct JetFleet {
  std::vector<JetModel> types;
  int num_rotors = 0;  // rows of rotor speeds; those that a type has not stay 0
  int type_row = -1;   // row with the type of each agent; -1: all are of the first
  /// How far the largest jet reaches.
  [[nodiscard]] float range_m() const noexcept;
};

/// Speed of one jet, m/s, at a distance along and from its axis, for a thrust in newton: the
/// formula above with its fades, for plots and tests.
[[nodiscard]] float jet_speed_mps(const Vehicle& vehicle, float thrust_n, float along_m,
                                  float beside_m) noexcept;

/// An agent as the source of a jet, in half a cache line.
struct alignas(32) Jet {
  Vec3 position_w_m;
  Vec3 axis_w;         // unit, the way that the air goes
  float strength = 0;  // U_H^2 B^2 S^2 axis_z |axis_z| / kJetUnit; 0 for agents that are not there
  float per_m = 0;     // 1 / motor distance
};

/// Sixteen of them.
struct alignas(64) JetBlock {
  float position_w_m[3][kLanes];
  float axis_w[3][kLanes];
  float strength[kLanes];
  float per_m[kLanes];
};

/// Reusable memory; grows to the largest slab that it has seen, then allocates no more.
class Downwash {
 public:
  /// Writes the vertical velocity of the air, m/s, negative downwards, for every agent of the slab
  /// into a row of its block. Bounded and finite for every geometry: drones in contact, exactly
  /// above each other or in one place, upside down, at positions that are not finite (which neither
  /// blow nor feel anything). Worlds of up to largest_brute_force() agents meet all pairs, larger
  /// ones a grid; both give the same bits. O(1) per agent at constant density.
  void update(const Slab& slab, const JetFleet& fleet, int row, const Split& split = {});

  /// Worlds of more agents than this go through the grid. For tests and benchmarks: the result
  /// does not depend on it. At most kMostBruteForce.
  void set_largest_brute_force(int num_agents) noexcept;
  static constexpr int kMostBruteForce = 512;  // sums of so many jets fit 32 bits

 private:
  void sort_world(int world, const Slab& slab, const JetFleet& fleet, const Split& split);
  void fill_blocks(int first_agent, int num_agents, const Split& split);

  int largest_brute_force_ = 192;
  std::vector<Jet> jets_;  // [blocks][16]
  // of one large world, by cell
  Coordinates position_;
  std::vector<JetBlock> blocks_;
  std::vector<std::int32_t> agent_of_, cell_start_;
  CellSort cells_;
  Grid grid_;
};

// Kernels (downwash_lanes.cpp).

/// The jets of blocks [first, last).
void pack_jets(const Blocks& agents, const JetFleet& fleet, int first_block, int last_block,
               Jet* jets) noexcept;
/// All pairs: the row of blocks [first, last) from the jets of their own worlds.
void blow_all_pairs(const Slab& slab, const Jet* jets, int row, int first_block,
                    int last_block) noexcept;

/// One large world, sorted by cell: slot i is lane i % 16 of block i / 16. As an array for each
/// field the rows of cells that a search visits would be spread over more pages than a core keeps
/// in mind.
struct JetArrays {
  const JetBlock* blocks;
  const std::int32_t* agent_of;    // [slots] body of the slab
  const std::int32_t* cell_start;  // [cells + 1]
  float range_m;
};
/// Through the grid: the row of the agents of slots [first, last).
void blow_cells(const JetArrays& jets, const Grid& grid, const Blocks& agents, int row, int first,
                int last) noexcept;

}  // namespace volery::swarm
