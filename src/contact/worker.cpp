#include "contact/worker.hpp"

#include <algorithm>

#include "contact/all_pairs.hpp"
#include "contact/audit.hpp"
#include "contact/swept.hpp"

namespace volery::contact {

ContactWorker::ContactWorker(const ContactModel& model)
    : impl_(std::make_unique<Impl>(model.impl())) {}
ContactWorker::~ContactWorker() = default;
ContactWorker::ContactWorker(ContactWorker&&) noexcept = default;

void ContactWorker::begin_window(const Slab& slab, const std::uint8_t* skip_world,
                                 const Split& split) {
  Impl& w = *impl_;
  w.bodies = SlabBodies(slab);
  split.blocks(slab.agents.num_blocks,
               [&](int first, int last) { w.clear_rows(slab.agents, first, last); });
  w.clear_rows(slab.props, 0, slab.props.num_blocks);
  if (w.model.config.mode == ContactMode::kOff) return;

  w.overflowed.assign(static_cast<std::size_t>(slab.num_worlds), 0);
  w.disturbed.assign(static_cast<std::size_t>(w.bodies.total()), 0);
  w.disturbed_list.clear();
  w.is_fast.assign(static_cast<std::size_t>(w.bodies.total()), 0);
  w.near.begin(w.bodies, skip_world, split);
  // a world that diverged forgets its contacts in both modes; one that is skipped is not ours to
  // touch
  for (int i = 0; i < slab.num_worlds; ++i) {
    if (!w.near.world_on(i) && (skip_world == nullptr || skip_world[i] == 0))
      slab.contacts[i].pairs.clear();
  }
  if (w.model.config.mode == ContactMode::kAll) {
    w.near.take_all(w.bodies);
  } else {
    w.near.find(w.bodies, split);
  }
}

std::span<const int> ContactWorker::near_agent_blocks() const noexcept {
  return impl_->near.agent_blocks();
}
std::span<const int> ContactWorker::near_prop_blocks() const noexcept {
  return impl_->near.prop_blocks();
}
bool ContactWorker::nothing_near() const noexcept {
  return near_agent_blocks().empty() && near_prop_blocks().empty();
}
const ContactStats& ContactWorker::stats() const noexcept {
  return impl_->stats;
}

int ContactWorker::extend(const Slab& slab, int substep) {
  Impl& w = *impl_;
  if (w.model.config.mode != ContactMode::kCulled || w.disturbed_list.empty()) return 0;
  w.bodies.slab = slab;
  bool changed = false;
  for (const int body : w.disturbed_list) {
    const int left = w.model.substeps - substep;
    if (!w.near.rebound(w.bodies, body / w.bodies.per_world, body % w.bodies.per_world, left))
      continue;
    ++w.stats.extensions;
    changed = true;
  }
  return changed ? w.near.finish_rebounds(w.bodies) : 0;
}

void ContactWorker::solve(const Slab& slab, int /*substep*/) {
  Impl& w = *impl_;
  if (w.model.config.mode == ContactMode::kOff) return;
  w.bodies.slab = slab;
  if (w.model.config.audit && w.model.config.mode == ContactMode::kCulled) w.audit();
  w.update_pairs();
  w.singles.solve(w.bodies, [&](const Island& island, const SolvedIsland& solved) {
    w.finish(island, solved);
  });
  w.hold_fast_bodies();
}

void ContactWorker::end_window(const Slab& slab) {
  Impl& w = *impl_;
  int running = 0;
  for (int i = 0; i < slab.num_worlds; ++i)
    running += w.model.config.mode == ContactMode::kOff || w.near.world_on(i);
  const auto substeps = static_cast<std::uint64_t>(w.model.substeps);
  w.stats.body_substeps += static_cast<std::uint64_t>(running * w.bodies.per_world) * substeps;
  if (w.model.config.mode != ContactMode::kOff)
    w.stats.near_body_substeps += w.near.num_near_bodies() * substeps;
}

void ContactWorker::Impl::clear_rows(const Blocks& blocks, int first, int last) noexcept {
  static_assert(kTouchAgent == kTouchStatic + 1 && kImpulse == kTouchStatic + 2);
  for (int b = first; b < last; ++b) {
    float* rows = blocks.row(b, kTouchStatic);
    std::fill(rows, rows + 3 * kLanes, 0.0F);
  }
}

void ContactWorker::Impl::audit() {
  for (int w = 0; w < bodies.slab.num_worlds; ++w) {
    if (near.world_on(w)) stats.audit_failures += count_missed_pairs(model, bodies, w, near);
  }
}

void ContactWorker::Impl::update_pairs() {
  if (model.config.mode == ContactMode::kAll) {
    for (int w = 0; w < bodies.slab.num_worlds; ++w) {
      if (near.world_on(w)) update_world(w, 0, 0);
    }
  } else {
    // the keys of a world stand together
    const auto keys = near.candidates();
    std::size_t first = 0;
    while (first < keys.size()) {
      const int world = key_body(keys[first]) / bodies.per_world;
      const int end_body = (world + 1) * bodies.per_world;
      std::size_t last = first;
      while (last < keys.size() && key_body(keys[last]) < end_body) ++last;
      update_world(world, first, last);
      first = last;
    }
  }
}

void ContactWorker::Impl::update_world(int world, std::size_t first_key, std::size_t last_key) {
  if (overflowed[static_cast<std::size_t>(world)] != 0) return;
  const std::uint64_t tested_before = pairs.num_tested();
  pairs.begin(bodies, world);
  if (model.config.mode == ContactMode::kAll) {
    for_each_pair(bodies, static_cast<int>(model.statics.size()),
                  [&](int a, int b) { pairs.visit(a, b); });
    for (int i = 0; i < bodies.per_world; ++i) watch(bodies.index(world, i));
  } else {
    const int first_body = bodies.index(world, 0);
    for (std::size_t k = first_key; k < last_key; ++k) {
      const PairKey key = near.candidates()[k];
      const int body = key_body(key);
      pairs.visit(body - first_body, key_other(key));
      if (key_other(key) >= bodies.per_world) watch(body);
    }
  }
  stats.pairs_tested += pairs.num_tested() - tested_before;
  check_overflow(world);
  if (!bodies.slab.contacts[world].pairs.empty()) solve_islands(world);
}

void ContactWorker::Impl::check_overflow(int world) {
  auto& records = bodies.slab.contacts[world].pairs;
  if (static_cast<int>(records.size()) <= model.max_pairs(bodies.per_world)) return;
  // the whole world goes without contacts until the batch resets it: no order could choose some
  bodies.slab.worlds[world].status |= kStatusContactOverflow;
  overflowed[static_cast<std::size_t>(world)] = 1;
  records.clear();
}

void ContactWorker::Impl::solve_islands(int world) {
  islands.build(bodies, world, [&](const Island& island) {
    if (SingleSolver::takes(island)) {
      singles.add(island);
    } else {
      finish(island, bullet.solve(bodies, island));
    }
  });
}

void ContactWorker::Impl::finish(const Island& island, const SolvedIsland& solved) {
  write_back(island, solved);
  mark_touches(island, solved);
}

void ContactWorker::Impl::watch(int body) {
  std::uint8_t& flag = is_fast[static_cast<std::size_t>(body)];
  if (flag == 0) fast.push_back(body);
  flag = 1;
}

void ContactWorker::Impl::disturb(int body) {
  if (disturbed[static_cast<std::size_t>(body)] != 0) return;
  disturbed[static_cast<std::size_t>(body)] = 1;
  disturbed_list.push_back(body);
}

void ContactWorker::Impl::write_back(const Island& island, const SolvedIsland& solved) {
  stats.touching_body_substeps += island.bodies.size();
  for (std::size_t i = 0; i < island.bodies.size(); ++i) {
    const Slab::BodyRef ref = bodies.ref(island.world, island.bodies[i]);
    const Quat q = ref.blocks->quat(ref.body);
    const SolvedBody& s = solved.bodies[i];
    ref.blocks->set_vec3(ref.body, kVelocity, s.velocity_w_mps);
    ref.blocks->set_vec3(ref.body, kOmega, s.omega_b_radps);
    const Vec3 position = ref.blocks->vec3(ref.body, kPosition);
    ref.blocks->set_vec3(ref.body, kPosition, position + s.push_w_mps * model.substep_s);
    ref.blocks->set_quat(ref.body,
                         turned_by_body_rate(q, s.turn_b_radps * kTurnShare, model.substep_s));
    const int body = bodies.index(island.world, island.bodies[i]);
    disturb(body);
    watch(body);
  }
}

void ContactWorker::Impl::mark_touches(const Island& island, const SolvedIsland& solved) {
  for (std::size_t p = 0; p < island.pairs.size(); ++p) {
    const ContactPair* pair = island.pairs[p];
    const float impulse_ns = solved.impulses[p].normal_ns;
    // a point inside of the threshold that carries nothing is no touch yet
    bool touch = impulse_ns > 0;
    for (std::uint32_t i = 0; i < pair->num_points; ++i) {
      touch = touch || pair->points[i].distance_m <= 0;
    }
    stats.contact_points += pair->num_points;
    if (!touch) continue;
    const auto add = [&](std::uint32_t self, std::uint32_t other) {
      if (static_cast<int>(self) >= bodies.per_world) return;
      const Slab::BodyRef ref = bodies.ref(island.world, static_cast<int>(self));
      const bool agent = static_cast<int>(other) < bodies.slab.num_agents;
      ref.blocks->at(ref.body, agent ? kTouchAgent : kTouchStatic) = 1;
      ref.blocks->at(ref.body, kImpulse) += impulse_ns;
    };
    add(pair->a, pair->b);
    add(pair->b, pair->a);
  }
}

void ContactWorker::Impl::hold_fast_bodies() {
  for (const int body : fast) {
    is_fast[static_cast<std::size_t>(body)] = 0;
    const int local = body % bodies.per_world;
    const Slab::BodyRef ref = bodies.ref(body / bodies.per_world, local);
    if (mode_of(ref) != BodyMode::kMoving) continue;
    if (hold_before_walls(model, model.kinds[static_cast<std::size_t>(bodies.kind(local))], ref))
      disturb(body);
  }
  fast.clear();
}

}  // namespace volery::contact
