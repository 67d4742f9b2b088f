// Islands: bodies that push or pull each other, directly or through others, with the pairs and
// cables between them.
//
// Static geometry and frozen bodies do not join islands. Islands come out in the order of their
// lowest body, their bodies, pairs and cables ascending; that canonical order is part of the
// result.
#pragma once

#include <span>
#include <vector>

#include "contact/cables.hpp"
#include "contact/slab_bodies.hpp"

namespace volery::contact {

/// One island of one world.
struct Island {
  int world = 0;
  std::span<const int> bodies;  // local indices of moving bodies
  std::span<ContactPair* const> pairs;
  std::span<CableRow* const> cables = {};
};

class IslandBuilder {
 public:
  /// Groups the records of a world and its cables at work, and calls visit(const Island&) for each
  /// island. The island's spans are valid during the call.
  template <class Visit>
  void build(const SlabBodies& bodies, int world, std::span<CableRow> cables, Visit&& visit);

 private:
  template <class Visit>
  bool visit_lone_bodies(const SlabBodies& bodies, int world, Visit&& visit);
  void link(const SlabBodies& bodies, int world);
  void add(int local);
  void join(int a, int b) noexcept;
  void chain_cables() noexcept;
  int root(int local) noexcept;
  void gather(int first_body) noexcept;

  struct Node {
    int parent = 0;
    int stamp = -1;
    int first_pair = -1, last_pair = -1;  // of the island, at its root
    int first_body = -1, last_body = -1;
    int first_cable = -1, last_cable = -1;
    int next_body = -1;
  };
  int stamp_ = 0;
  std::vector<Node> nodes_;   // by local index; valid where the stamp is the present one
  std::vector<int> touched_;  // ascending after link()
  std::vector<int> next_pair_;
  std::vector<int> next_cable_;
  std::vector<int> island_bodies_;
  std::vector<ContactPair*> island_pairs_;
  std::vector<CableRow*> island_cables_;
  std::span<CableRow> cables_;
  std::vector<ContactPair>* pairs_ = nullptr;
};

template <class Visit>
void IslandBuilder::build(const SlabBodies& bodies, int world, std::span<CableRow> cables,
                          Visit&& visit) {
  if (cables.empty() && visit_lone_bodies(bodies, world, visit)) return;
  cables_ = cables;
  link(bodies, world);
  for (const int local : touched_) {
    if (root(local) != local) continue;
    gather(local);
    visit(Island{world, island_bodies_, island_pairs_, island_cables_});
  }
}

// The common case: static geometry alone is touched, so the pairs of each body are an island.
// Returns false, having done nothing, where a pair is of two bodies.
template <class Visit>
bool IslandBuilder::visit_lone_bodies(const SlabBodies& bodies, int world, Visit&& visit) {
  std::vector<ContactPair>& pairs = bodies.slab.contacts[world].pairs;
  for (const ContactPair& pair : pairs) {
    if (static_cast<int>(pair.b) < bodies.per_world) return false;
  }
  std::size_t first = 0;
  while (first < pairs.size()) {
    const int local = static_cast<int>(pairs[first].a);
    island_pairs_.clear();
    std::size_t last = first;
    for (; last < pairs.size() && static_cast<int>(pairs[last].a) == local; ++last)
      island_pairs_.push_back(&pairs[last]);
    first = last;
    // a frozen body has no records with static geometry
    visit(Island{world, {&local, 1}, island_pairs_});
  }
  return true;
}

}  // namespace volery::contact
