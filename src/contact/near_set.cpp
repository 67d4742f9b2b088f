#include "contact/near_set.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <limits>

namespace volery::contact {

namespace {

template <class T>
void at_least(std::vector<T>& v, std::size_t size) {
  if (v.size() < size) v.resize(size);
}

std::size_t index_of(int i) noexcept {
  return static_cast<std::size_t>(i);
}

}  // namespace

void NearSet::begin(const SlabBodies& bodies, const std::uint8_t* skip, const Split& split) {
  const Slab& slab = bodies.slab;
  // room past the last block for the shifted loads of the pair test
  const std::size_t room = index_of(bodies.num_entries + kLargestSmallWorld + 2 * kLanes);
  for (LaneColumn* column : {&x_, &y_, &z_, &radius_}) column->at_least(room);
  at_least(by_static_, room);
  at_least(near_body_, index_of(bodies.total()));
  at_least(near_prop_block_, index_of(slab.props.num_blocks));
  world_on_.assign(index_of(slab.num_worlds), 1);
  keys_.clear();
  agents_.clear();
  prop_blocks_.clear();
  num_near_bodies_ = 0;
  live_groups_.clear();
  live_group_.assign(index_of(slab.num_worlds * model_.cables.num_groups()), 0);

  const BodyKind& kind = model_.widest;
  const SweptConstants swept{model_.swept_radius_m(kind, 0, model_.substeps),
                             model_.swept_radius_m(kind, 0, 0),
                             model_.substep_s * static_cast<float>(model_.substeps)};
  std::atomic<bool> bad{false};
  split.blocks(slab.agents.num_blocks, [&](int first, int last) {
    Blocks share = slab.agents;
    share.data = slab.agents.block(first);
    share.num_blocks = last - first;
    const int e = first * kLanes;
    if (bound_blocks(share, swept, model_.near_planes,
                     {x_.data() + e, y_.data() + e, z_.data() + e, radius_.data() + e,
                      by_static_.data() + e})) {
      bad.store(true, std::memory_order_relaxed);
    }
  });
  if (slab.num_props > 0 && bound_props(bodies)) bad.store(true, std::memory_order_relaxed);
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  for (int e = slab.agents.num_bodies; e < bodies.prop_entry; ++e) {
    x_[index_of(e)] = kNan;
    by_static_[index_of(e)] = 0;
  }
  std::fill(x_.data() + bodies.num_entries, x_.data() + room, kNan);

  // whole worlds drop out: those that are not stepped, and those that have diverged
  for (int w = 0; w < slab.num_worlds; ++w) {
    if (skip != nullptr && skip[w] != 0) switch_off(bodies, w);
  }
  if (!bad.load(std::memory_order_relaxed)) return;
  for (int w = 0; w < slab.num_worlds; ++w) {
    for (int i = 0; i < bodies.per_world; ++i) {
      const Slab::BodyRef ref = bodies.ref(w, i);
      if (mode_of(ref) != BodyMode::kAbsent && !(x_[index_of(bodies.entry(w, i))] < kFarthest)) {
        switch_off(bodies, w);
        break;
      }
    }
  }
}

void NearSet::switch_off(const SlabBodies& bodies, int world) {
  world_on_[index_of(world)] = 0;
  for (int i = 0; i < bodies.per_world; ++i) {
    const std::size_t e = index_of(bodies.entry(world, i));
    x_[e] = std::numeric_limits<float>::quiet_NaN();
    by_static_[e] = 0;
  }
}

bool NearSet::bound_props(const SlabBodies& bodies) {
  const Slab& slab = bodies.slab;
  // one kernel call with the largest constants would do; props differ in size, so each gets its own
  // radius
  const NearColumns columns{x_.data() + bodies.prop_entry, y_.data() + bodies.prop_entry,
                            z_.data() + bodies.prop_entry, radius_.data() + bodies.prop_entry,
                            by_static_.data() + bodies.prop_entry};
  const bool bad = bound_blocks(slab.props, {}, {}, columns);
  for (int e = slab.props.num_bodies; e < slab.props.num_blocks * kLanes; ++e) {
    columns.x[e] = std::numeric_limits<float>::quiet_NaN();
  }
  for (int i = 0; i < slab.props.num_bodies; ++i) {
    const BodyKind& kind = model_.kinds[index_of(model_.num_types + i % slab.num_props)];
    const Vec3 v = slab.props.vec3(i, kVelocity);
    const bool moving = slab.props.at(i, kMode) == 0.0F;
    columns.radius[i] =
        model_.swept_radius_m(kind, moving ? length(v) : 0.0F, moving ? model_.substeps : 0);
    // few enough to ask the scene about each
    columns.by_static[i] = columns.x[i] < kFarthest;
  }
  return bad;
}

void NearSet::find(const SlabBodies& bodies, const Split& split) {
  find_statics(bodies);
  const std::size_t num_statics = keys_.size();
  const Slab& slab = bodies.slab;
  if (bodies.per_world > kLargestSmallWorld) {
    for (int w = 0; w < slab.num_worlds; ++w) find_large(bodies, w, split);
  } else {
    if (slab.num_agents > 1) find_small(bodies);
    if (slab.num_props > 0) {
      for (int w = 0; w < slab.num_worlds; ++w) find_props(bodies, w);
    }
  }
  const std::size_t num_pairs = keys_.size() - num_statics;
  keep_contacts(bodies);
  // the three lists one after another; in large slabs sorting them as one costs 100 ns per body
  if (slab.num_props > 0) {
    sort_keys();
  } else if (!keys_.empty()) {
    merge_keys(num_statics, num_statics + num_pairs);
  }
  std::fill(near_prop_block_.begin(), near_prop_block_.end(), std::uint8_t{0});
  std::fill(near_body_.begin(), near_body_.end(), std::uint8_t{0});
  mark_bodies(bodies);
  find_cables(bodies);
  if (model_.config.audit) take_all_props(bodies);
  // ascending, so that bodies and runs of blocks that lie together stay together
  if (!std::is_sorted(agents_.begin(), agents_.end())) std::sort(agents_.begin(), agents_.end());
  std::sort(prop_blocks_.begin(), prop_blocks_.end());
}

void NearSet::take_all_props(const SlabBodies& bodies) {
  prop_blocks_.clear();
  for (int b = 0; b < bodies.slab.props.num_blocks; ++b) prop_blocks_.push_back(b);
  std::fill(near_prop_block_.begin(), near_prop_block_.end(), std::uint8_t{1});
}

void NearSet::take_all(const SlabBodies& bodies) {
  agents_.clear();
  for (int i = 0; i < bodies.slab.agents.num_bodies; ++i) agents_.push_back(i);
  take_all_props(bodies);
  std::fill(near_body_.begin(), near_body_.end(), std::uint8_t{1});
  num_near_bodies_ = static_cast<std::uint64_t>(bodies.total());
  const int num_groups = model_.cables.num_groups();
  for (int i = 0; i < bodies.slab.num_worlds * num_groups; ++i) {
    if (!world_on(i / num_groups)) continue;
    live_group_[index_of(i)] = 1;
    live_groups_.push_back(i);
  }
}

void NearSet::find_statics(const SlabBodies& bodies) {
  if (model_.statics.empty()) return;
  at_least(statics_, model_.statics.size());
  const auto visit = [&](int first_entry, int count, int per_world, int first_local) {
    for (int i = 0; i < count; ++i) {
      const std::size_t e = index_of(first_entry + i);
      // mostly zeros: eight at a time
      std::uint64_t flags = 0;
      std::memcpy(&flags, by_static_.data() + e, sizeof flags);
      if (flags == 0) i += 7;
      if (by_static_[e] == 0) continue;
      const int body = bodies.index(i / per_world, first_local + i % per_world);
      add_statics(body, bodies.per_world, {x_[e], y_[e], z_[e]}, radius_[e]);
    }
  };
  const Slab& slab = bodies.slab;
  visit(0, slab.agents.num_bodies, slab.num_agents, 0);
  if (slab.num_props > 0)
    visit(bodies.prop_entry, slab.props.num_bodies, slab.num_props, slab.num_agents);
}

void NearSet::add_statics(int body, int per_world, Vec3 center_w_m, float radius_m) {
  const int count = model_.scene->near_primitives(center_w_m, radius_m, statics_.data(),
                                                  static_cast<int>(model_.statics.size()));
  for (int i = 0; i < count; ++i)
    keys_.push_back(pair_key(body, per_world + statics_[index_of(i)]));
}

bool NearSet::overlap(int entry_a, int entry_b) const noexcept {
  const std::size_t a = index_of(entry_a);
  const std::size_t b = index_of(entry_b);
  const Vec3 d{x_[a] - x_[b], y_[a] - y_[b], z_[a] - z_[b]};
  const float reach = radius_[a] + radius_[b];
  return dot(d, d) <= reach * reach;
}

void NearSet::find_small(const SlabBodies& bodies) {
  const Slab& slab = bodies.slab;
  const int size = slab.num_agents;
  at_least(overlap_, index_of(slab.agents.num_blocks * (size - 1)));
  // index within the world of each entry, as a lane can compare it
  if (local_world_size_ != size || local_.size() < index_of(bodies.prop_entry)) {
    local_.at_least(index_of(bodies.prop_entry));
    for (std::size_t e = 0; e < local_.size(); ++e)
      local_[e] = static_cast<float>(static_cast<int>(e) % size);
    local_world_size_ = size;
  }
  const int count = overlap_blocks({x_.data(), y_.data(), z_.data(), radius_.data(), nullptr},
                                   local_.data(), slab.agents.num_blocks, size, overlap_.data());
  for (int i = 0; i < count; ++i) {
    const int block = overlap_[index_of(i)] / size;
    const int d = overlap_[index_of(i)] % size;
    for (int e = block * kLanes; e < (block + 1) * kLanes && e < slab.agents.num_bodies; ++e) {
      const int local = e % size;
      if (local + d < size && overlap(e, e + d))
        keys_.push_back(pair_key(bodies.index(e / size, local), local + d));
    }
  }
}

void NearSet::find_props(const SlabBodies& bodies, int world) {
  if (!world_on(world)) return;
  for (int b = bodies.slab.num_agents; b < bodies.per_world; ++b) {
    const int entry_b = bodies.entry(world, b);
    for (int a = 0; a < b; ++a) {
      if (overlap(bodies.entry(world, a), entry_b))
        keys_.push_back(pair_key(bodies.index(world, a), b));
    }
  }
}

void NearSet::find_large(const SlabBodies& bodies, int world, const Split& split) {
  const auto first = bodies.entry(world, 0);
  SphereColumns spheres{x_.data() + first, y_.data() + first, z_.data() + first,
                        radius_.data() + first, bodies.slab.num_agents};
  if (bodies.slab.num_props > 0) {
    // agents and props of the world side by side
    for (LaneColumn* column : {&all_x_, &all_y_, &all_z_, &all_radius_}) {
      column->at_least(index_of(bodies.per_world));
    }
    for (int i = 0; i < bodies.per_world; ++i) {
      const std::size_t e = index_of(bodies.entry(world, i));
      all_x_[index_of(i)] = x_[e];
      all_y_[index_of(i)] = y_[e];
      all_z_[index_of(i)] = z_[e];
      all_radius_[index_of(i)] = radius_[e];
    }
    spheres = {all_x_.data(), all_y_.data(), all_z_.data(), all_radius_.data(), bodies.per_world};
  }
  const int first_body = bodies.index(world, 0);
  grid_.overlaps(spheres, split,
                 [&](int a, int b) { keys_.push_back(pair_key(first_body + a, b)); });
}

void NearSet::keep_contacts(const SlabBodies& bodies) {
  for (int w = 0; w < bodies.slab.num_worlds; ++w) {
    if (!world_on(w)) continue;
    for (const ContactPair& pair : bodies.slab.contacts[w].pairs) {
      keys_.push_back(
          pair_key(bodies.index(w, static_cast<int>(pair.a)), static_cast<int>(pair.b)));
    }
  }
}

void NearSet::sort_keys() {
  std::sort(keys_.begin(), keys_.end());
  keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
}

void NearSet::merge_keys(std::size_t end_statics, std::size_t end_pairs) {
  const auto statics = keys_.begin() + static_cast<std::ptrdiff_t>(end_statics);
  const auto pairs = keys_.begin() + static_cast<std::ptrdiff_t>(end_pairs);
  std::sort(statics, pairs);
  merged_.resize(end_pairs);
  std::merge(keys_.begin(), statics, statics, pairs, merged_.begin());
  // bodies and statics, then the pairs with points, which are mostly among them
  scratch_.resize(keys_.size());
  std::merge(merged_.begin(), merged_.end(), pairs, keys_.end(), scratch_.begin());
  keys_.resize(scratch_.size());
  keys_.erase(std::unique_copy(scratch_.begin(), scratch_.end(), keys_.begin()), keys_.end());
}

bool NearSet::is_candidate(PairKey key) const noexcept {
  return std::binary_search(keys_.begin(), keys_.end(), key);
}

void NearSet::mark(const SlabBodies& bodies, int world, int local) {
  std::uint8_t& near = near_body_[index_of(bodies.index(world, local))];
  if (near != 0) return;
  near = 1;
  ++num_near_bodies_;
  if (const int group = model_.cables.group_at(local); group >= 0) mark_group(bodies, world, group);
  const int body = bodies.slab.body(world, local).body;
  if (local < bodies.slab.num_agents) {
    agents_.push_back(body);
    return;
  }
  std::uint8_t& flag = near_prop_block_[index_of(body / kLanes)];
  if (flag == 0) prop_blocks_.push_back(body / kLanes);
  flag = 1;
}

void NearSet::mark_bodies(const SlabBodies& bodies) {
  for (const PairKey key : keys_) {
    const int world = key_body(key) / bodies.per_world;
    mark(bodies, world, key_body(key) % bodies.per_world);
    if (key_other(key) < bodies.per_world) mark(bodies, world, key_other(key));
  }
}

void NearSet::mark_group(const SlabBodies& bodies, int world, int group) {
  std::uint8_t& live = live_group_[index_of(world * model_.cables.num_groups() + group)];
  if (live != 0) return;
  live = 1;
  live_groups_.push_back(world * model_.cables.num_groups() + group);
  for (const int local : model_.cables.group(group).bodies) mark(bodies, world, local);
}

// Whether a cable may become taut within the bounds of its ends, body radii counted as slack.
bool NearSet::may_pull(const SlabBodies& bodies, int world, int index) const noexcept {
  const ModelCable& cable = model_.cables.cable(index);
  const std::size_t a = index_of(bodies.entry(world, cable.a));
  float reach_m = radius_[a] + cable.reach_a_m + cable.reach_b_m;
  Vec3 far_end = cable.at_b_m;
  if (cable.b != kHeldEnd) {
    const std::size_t b = index_of(bodies.entry(world, cable.b));
    reach_m += radius_[b];
    far_end = {x_[b], y_[b], z_[b]};
  }
  // a body that takes no part has a NaN center
  return length(far_end - Vec3{x_[a], y_[a], z_[a]}) + reach_m >= cable.length_m;
}

void NearSet::find_cables(const SlabBodies& bodies) {
  for (int w = 0; w < bodies.slab.num_worlds && !model_.cables.empty(); ++w) {
    if (!world_on(w)) continue;
    for (int g = 0; g < model_.cables.num_groups(); ++g) {
      for (const int cable : model_.cables.group(g).cables) {
        if (may_pull(bodies, w, cable)) mark_group(bodies, w, g);
      }
    }
  }
  std::sort(live_groups_.begin(), live_groups_.end());
}

bool NearSet::rebound(const SlabBodies& bodies, int world, int local, int substeps_left) {
  const Slab::BodyRef ref = bodies.ref(world, local);
  const std::size_t e = index_of(bodies.entry(world, local));
  const Vec3 position = ref.blocks->vec3(ref.body, kPosition);
  const BodyKind& kind = model_.kinds[index_of(bodies.kind(local))];
  const float needed_m =
      model_.swept_radius_m(kind, length(ref.blocks->vec3(ref.body, kVelocity)), substeps_left);
  const float moved_m = length(position - Vec3{x_[e], y_[e], z_[e]});
  const int body = bodies.index(world, local);
  if (moved_m + needed_m <= radius_[e]) {
    // the pairs within its bound are known, but for planes that it flew away from
    if (by_static_[e] != 0 || model_.statics.empty()) return false;
    by_static_[e] = 1;
    const std::size_t known = keys_.size();
    add_statics(body, bodies.per_world, {x_[e], y_[e], z_[e]}, radius_[e]);
    return keys_.size() > known;
  }
  // a body that is no longer finite touches nothing more
  if (!(abs_of(position.x) + abs_of(position.y) + abs_of(position.z) + needed_m < kFarthest))
    return false;

  // some slack, so that a body in a pile does not come back in every substep
  constexpr float kSlack = 1.1F;
  x_[e] = position.x;
  y_[e] = position.y;
  z_[e] = position.z;
  radius_[e] = needed_m * kSlack;
  by_static_[e] = 1;
  if (!model_.statics.empty()) add_statics(body, bodies.per_world, position, radius_[e]);
  for (int i = 0; i < bodies.per_world; ++i) {
    if (i == local || !overlap(static_cast<int>(e), bodies.entry(world, i))) continue;
    keys_.push_back(i < local ? pair_key(bodies.index(world, i), local) : pair_key(body, i));
  }
  return true;
}

void NearSet::finish_rebounds(const SlabBodies& bodies) {
  sort_keys();
  mark_bodies(bodies);
  std::sort(live_groups_.begin(), live_groups_.end());
}

}  // namespace volery::contact
