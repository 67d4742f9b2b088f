#include "contact/islands.hpp"

#include <algorithm>

namespace volery::contact {

int IslandBuilder::root(int local) noexcept {
  while (nodes_[static_cast<std::size_t>(local)].parent != local) {
    Node& node = nodes_[static_cast<std::size_t>(local)];
    node.parent = nodes_[static_cast<std::size_t>(node.parent)].parent;
    local = node.parent;
  }
  return local;
}

void IslandBuilder::add(int local) {
  Node& node = nodes_[static_cast<std::size_t>(local)];
  if (node.stamp == stamp_) return;
  node = {.parent = local, .stamp = stamp_};
  touched_.push_back(local);
}

// The lower index is the root.
void IslandBuilder::join(int a, int b) noexcept {
  const int root_a = root(a);
  const int root_b = root(b);
  if (root_a < root_b) nodes_[static_cast<std::size_t>(root_b)].parent = root_a;
  if (root_b < root_a) nodes_[static_cast<std::size_t>(root_a)].parent = root_b;
}

void IslandBuilder::link(const SlabBodies& bodies, int world) {
  pairs_ = &bodies.slab.contacts[world].pairs;
  if (nodes_.size() < static_cast<std::size_t>(bodies.per_world))
    nodes_.resize(static_cast<std::size_t>(bodies.per_world));
  ++stamp_;
  touched_.clear();
  next_pair_.assign(pairs_->size(), -1);

  const auto moving = [&](int local) {
    return local < bodies.per_world && mode_of(bodies.ref(world, local)) == BodyMode::kMoving;
  };

  // join the two bodies of a pair, and of a cable
  for (const ContactPair& pair : *pairs_) {
    const int a = static_cast<int>(pair.a);
    const int b = static_cast<int>(pair.b);
    if (moving(a)) add(a);
    if (!moving(b)) continue;
    add(b);
    if (!moving(a)) continue;
    join(a, b);
  }
  for (const CableRow& cable : cables_) {
    for (const int end : {cable.a, cable.b}) {
      if (end != kHeldEnd) add(end);
    }
    if (cable.a != kHeldEnd && cable.b != kHeldEnd) join(cable.a, cable.b);
  }
  std::sort(touched_.begin(), touched_.end());

  // chain bodies and pairs at the root of their island, in ascending order
  for (const int local : touched_) {
    Node& top = nodes_[static_cast<std::size_t>(root(local))];
    (top.first_body < 0 ? top.first_body
                        : nodes_[static_cast<std::size_t>(top.last_body)].next_body) = local;
    top.last_body = local;
  }
  for (int p = 0; p < static_cast<int>(pairs_->size()); ++p) {
    const ContactPair& pair = (*pairs_)[static_cast<std::size_t>(p)];
    const int body = static_cast<int>(moving(static_cast<int>(pair.a)) ? pair.a : pair.b);
    Node& top = nodes_[static_cast<std::size_t>(root(body))];
    (top.first_pair < 0 ? top.first_pair : next_pair_[static_cast<std::size_t>(top.last_pair)]) = p;
    top.last_pair = p;
  }
  chain_cables();
}

void IslandBuilder::chain_cables() noexcept {
  next_cable_.assign(cables_.size(), -1);
  for (int c = 0; c < static_cast<int>(cables_.size()); ++c) {
    const CableRow& cable = cables_[static_cast<std::size_t>(c)];
    const int body = cable.a != kHeldEnd ? cable.a : cable.b;
    Node& top = nodes_[static_cast<std::size_t>(root(body))];
    (top.first_cable < 0 ? top.first_cable
                         : next_cable_[static_cast<std::size_t>(top.last_cable)]) = c;
    top.last_cable = c;
  }
}

void IslandBuilder::gather(int first_body) noexcept {
  island_bodies_.clear();
  island_pairs_.clear();
  island_cables_.clear();
  const Node& top = nodes_[static_cast<std::size_t>(first_body)];
  for (int i = top.first_body; i >= 0; i = nodes_[static_cast<std::size_t>(i)].next_body)
    island_bodies_.push_back(i);
  for (int p = top.first_pair; p >= 0; p = next_pair_[static_cast<std::size_t>(p)]) {
    island_pairs_.push_back(&(*pairs_)[static_cast<std::size_t>(p)]);
  }
  for (int c = top.first_cable; c >= 0; c = next_cable_[static_cast<std::size_t>(c)])
    island_cables_.push_back(&cables_[static_cast<std::size_t>(c)]);
}

}  // namespace volery::contact
