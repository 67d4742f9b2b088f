// The insides of ContactWorker: the stages of a window and the scratch that they share.
#pragma once

#include <vector>

#include "contact/bullet_solver.hpp"
#include "contact/islands.hpp"
#include "contact/near_set.hpp"
#include "contact/pair_update.hpp"
#include "contact/single_solver.hpp"

namespace volery::contact {

struct ContactWorker::Impl {
  explicit Impl(const ContactModel::Impl& m) : model(m), near(m), pairs(m), singles(m), bullet(m) {}

  const ContactModel::Impl& model;
  ContactStats stats;
  SlabBodies bodies;
  NearSet near;
  PairUpdate pairs;
  IslandBuilder islands;
  SingleSolver singles;
  BulletSolver bullet;
  std::vector<std::uint8_t> overflowed;  // per world, for the rest of the window
  std::vector<std::uint8_t> disturbed;  // per body: contacts have changed its course in this window
  std::vector<int> disturbed_list;      // the same as slab indices
  std::vector<int> fast;                // bodies to test against tunnelling in this substep
  std::vector<std::uint8_t> is_fast;    // per body: stands in that list

  void clear_rows(const Blocks& blocks, int first, int last) noexcept;
  void audit();
  void update_pairs();
  void update_world(int world, std::size_t first_key, std::size_t last_key);
  void check_overflow(int world);
  void solve_islands(int world);
  void finish(const Island& island, const SolvedIsland& solved);
  void write_back(const Island& island, const SolvedIsland& solved);
  void mark_touches(const Island& island, const SolvedIsland& solved);
  void hold_fast_bodies();
  void watch(int body);
  void disturb(int body);
};

}  // namespace volery::contact
