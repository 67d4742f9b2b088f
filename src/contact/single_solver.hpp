// Single-body islands, most of all islands, solved many at a time in lanes.
//
// Both modes use it, so culled and brute-force contacts keep giving the same bits. A test compares
// it with Bullet's solver.
#pragma once

#include <memory>
#include <vector>

#include "contact/islands.hpp"
#include "contact/single_lanes.hpp"
#include "contact/solver_rules.hpp"

namespace volery::contact {

class SingleSolver {
 public:
  explicit SingleSolver(const ContactModel::Impl& model)
      : model_(model), group_(std::make_unique<SingleGroup>()) {}

  /// True for an island that this solver takes: one body, not too many points, no cable.
  [[nodiscard]] static bool takes(const Island& island) noexcept;
  /// Notes the island; its pairs must stay where they are until solve() is done.
  void add(const Island& island);
  /// Solves all noted islands from the velocities in the slab and forgets them. Calls
  /// done(island, solved) for each, in no particular order.
  template <class Done>
  void solve(const SlabBodies& bodies, Done&& done);

 private:
  struct Noted {
    int world = 0;
    int local = 0;
    std::size_t first_pair = 0;
    int num_pairs = 0;
  };

  void fill(const SlabBodies& bodies, const Noted* noted, int count, int slots);
  void fill_lane(const SlabBodies& bodies, const Noted& noted, int lane);
  void read_lane(const Noted& noted, int lane);
  void clear_lane(int lane) noexcept;

  const ContactModel::Impl& model_;
  std::unique_ptr<SingleGroup> group_;
  std::vector<Noted> few_, many_;  // at most four points, and more
  std::vector<ContactPair*> pairs_;
  SolvedBody solved_;
  std::vector<PairImpulse> impulses_;
};

template <class Done>
void SingleSolver::solve(const SlabBodies& bodies, Done&& done) {
  for (std::vector<Noted>* list : {&few_, &many_}) {
    const int slots = list == &few_ ? 4 : kMostSinglePoints;
    for (std::size_t first = 0; first < list->size(); first += kSingleLanes) {
      const int left = static_cast<int>(list->size() - first);
      const int count = left < kSingleLanes ? left : kSingleLanes;
      const Noted* noted = list->data() + first;
      fill(bodies, noted, count, slots);
      solve_singles(*group_, count, slots, model_.config.iterations, model_.substep_s);
      for (int lane = 0; lane < count; ++lane) {
        read_lane(noted[lane], lane);
        const Island island{noted[lane].world,
                            {&noted[lane].local, 1},
                            {pairs_.data() + noted[lane].first_pair,
                             static_cast<std::size_t>(noted[lane].num_pairs)}};
        done(island, SolvedIsland{{&solved_, 1}, impulses_});
      }
    }
    list->clear();
  }
  pairs_.clear();
}

}  // namespace volery::contact
