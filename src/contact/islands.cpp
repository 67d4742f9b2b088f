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
  const auto add = [&](int local) {
    Node& node = nodes_[static_cast<std::size_t>(local)];
    if (node.stamp == stamp_) return;
    node = {local, stamp_, -1, -1, -1, -1, -1};
    touched_.push_back(local);
  };

  // join the two bodies of a pair; the lower index is the root
  for (const ContactPair& pair : *pairs_) {
    const int a = static_cast<int>(pair.a);
    const int b = static_cast<int>(pair.b);
    if (moving(a)) add(a);
    if (!moving(b)) continue;
    add(b);
    if (!moving(a)) continue;
    const int root_a = root(a);
    const int root_b = root(b);
    if (root_a < root_b) nodes_[static_cast<std::size_t>(root_b)].parent = root_a;
    if (root_b < root_a) nodes_[static_cast<std::size_t>(root_a)].parent = root_b;
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
}

void IslandBuilder::gather(int first_body) noexcept {
  island_bodies_.clear();
  island_pairs_.clear();
  const Node& top = nodes_[static_cast<std::size_t>(first_body)];
  for (int i = top.first_body; i >= 0; i = nodes_[static_cast<std::size_t>(i)].next_body)
    island_bodies_.push_back(i);
  for (int p = top.first_pair; p >= 0; p = next_pair_[static_cast<std::size_t>(p)]) {
    island_pairs_.push_back(&(*pairs_)[static_cast<std::size_t>(p)]);
  }
}

}  // namespace volery::contact
