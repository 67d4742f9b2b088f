// The insides of ContactWorker: the stages of a window and the scratch that they share.
#pragma once

#include <vector>

#include "contact/bullet_solver.hpp"
#include "contact/clearances.hpp"
#include "contact/islands.hpp"
#include "contact/near_set.hpp"
#include "contact/pair_update.hpp"
#include "contact/single_solver.hpp"

namespace volery::contact {

/// A pair that may touch in this window, with the places of its bodies among the copies.
struct Candidate {
  int a = 0;
  int b = 0;
  int place_a = -1;
  int place_b = -1;
  bool with_body = false;  // not static geometry
};

/// The candidates of one world.
struct CandidateWorld {
  int world = 0;
  std::size_t first = 0;
  std::size_t count = 0;
};

/// The groups of cables of one world that are near.
struct CableWorld {
  int world = 0;
  std::size_t first = 0;
  std::size_t count = 0;
  bool solved = false;  // in this substep
};

struct ContactWorker::Impl {
  Impl(const ContactModel::Impl& m, std::span<const RowRange> motion_rows)
      : model(m),
        copies(motion_rows),
        near(m),
        clearances(m.substep_s, m.widest.radius_m),
        pairs(m),
        cables(m),
        singles(m),
        bullet(m) {}

  const ContactModel::Impl& model;
  ContactStats stats;
  SlabBodies bodies;
  BodyCopies copies;
  std::size_t num_copied = 0;  // of near.agents()
  NearSet near;
  Clearances clearances;
  std::vector<Candidate> candidates;   // near.candidates(), spelled out
  std::vector<CandidateWorld> worlds;  // runs of them
  PairUpdate pairs;
  CableRows cables;
  std::vector<CableWorld> cable_worlds;  // runs of near.live_groups()
  std::vector<int> cable_world_of;       // per world, index into these or -1
  std::vector<int> live_groups;          // of each of these, within its world
  IslandBuilder islands;
  SingleSolver singles;
  BulletSolver bullet;
  std::vector<std::uint8_t> overflowed;  // per world, for the rest of the window
  std::vector<std::uint8_t> disturbed;  // per body: contacts have changed its course in this window
  std::vector<int> disturbed_list;      // the same as slab indices
  std::vector<int> fast;                // bodies to test against tunnelling in this substep
  std::vector<std::uint8_t> is_fast;    // per body: stands in that list

  void clear_rows(const Blocks& blocks, int first, int last) noexcept;
  void copy_near_bodies();
  void copy_new_bodies();
  void audit();
  void update_all_pairs();
  void update_candidates();
  void list_candidates();
  void list_cables();
  void release_far_cables();
  void solve_other_cables();
  [[nodiscard]] std::span<CableRow> cables_at_work(int world);
  [[nodiscard]] bool any_due(std::span<const Candidate> own) const noexcept;
  void visit_due(int world, std::span<const Candidate> own);
  void limit(const Candidate& candidate, float gap_m) noexcept;
  void finish_world(int world);
  void check_overflow(int world);
  void solve_islands(int world);
  void finish(const Island& island, const SolvedIsland& solved);
  void write_back(const Island& island, const SolvedIsland& solved);
  void mark_touches(const Island& island, const SolvedIsland& solved);
  /// Adds what a pair presses on a rover's wheels to its grip. False where the pair touches
  /// anything else of the body, or the body has no wheels.
  [[nodiscard]] bool carries_wheels(int world, const ContactPair& pair, int self) noexcept;
  void hold_fast_bodies();
  void watch(int body);
  void disturb(int body);
};

}  // namespace volery::contact
