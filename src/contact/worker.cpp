#include "contact/worker.hpp"

#include <algorithm>

#include "contact/all_pairs.hpp"
#include "contact/audit.hpp"
#include "contact/swept.hpp"

namespace volery::contact {

ContactWorker::ContactWorker(const ContactModel& model, std::span<const RowRange> motion_rows)
    : impl_(std::make_unique<Impl>(model.impl(), motion_rows)) {}
ContactWorker::~ContactWorker() = default;
ContactWorker::ContactWorker(ContactWorker&&) noexcept = default;

void ContactWorker::begin_window(const Slab& slab, const std::uint8_t* skip_world,
                                 const Split& split) {
  Impl& w = *impl_;
  w.copies.begin(slab.agents);
  w.bodies = SlabBodies(slab, &w.copies, w.model.num_types);
  if (w.model.config.mode == ContactMode::kOff) {
    split.blocks(slab.agents.num_blocks,
                 [&](int first, int last) { w.clear_rows(slab.agents, first, last); });
    w.clear_rows(slab.props, 0, slab.props.num_blocks);
    return;
  }

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
  w.copy_near_bodies();
  w.release_far_cables();
}

const Blocks& ContactWorker::near_agents() const noexcept {
  return impl_->copies.blocks();
}
bool ContactWorker::is_copied(int agent_block) const noexcept {
  return impl_->copies.has_block(agent_block);
}
std::span<const int> ContactWorker::near_prop_blocks() const noexcept {
  return impl_->near.prop_blocks();
}
bool ContactWorker::is_near_prop_block(int prop_block) const noexcept {
  return impl_->model.config.mode != ContactMode::kOff &&
         impl_->near.is_near_prop_block(prop_block);
}
bool ContactWorker::nothing_near() const noexcept {
  return near_agents().num_blocks == 0 && near_prop_blocks().empty();
}
const ContactStats& ContactWorker::stats() const noexcept {
  return impl_->stats;
}

bool ContactWorker::extend(const Slab& slab, int substep) {
  Impl& w = *impl_;
  if (w.model.config.mode != ContactMode::kCulled || w.disturbed_list.empty()) return false;
  w.bodies.slab = slab;
  bool changed = false;
  for (const int body : w.disturbed_list) {
    const int left = w.model.substeps - substep;
    if (!w.near.rebound(w.bodies, body / w.bodies.per_world, body % w.bodies.per_world, left))
      continue;
    ++w.stats.extensions;
    changed = true;
  }
  if (!changed) return false;
  const std::size_t blocks_before =
      w.near.prop_blocks().size() + static_cast<std::size_t>(w.copies.blocks().num_blocks);
  w.near.finish_rebounds(w.bodies);
  w.copy_new_bodies();
  return w.near.prop_blocks().size() + static_cast<std::size_t>(w.copies.blocks().num_blocks) >
         blocks_before;
}

void ContactWorker::solve(const Slab& slab, int /*substep*/) {
  Impl& w = *impl_;
  if (w.model.config.mode == ContactMode::kOff) return;
  w.bodies.slab = slab;
  if (w.model.config.mode == ContactMode::kAll) {
    w.update_all_pairs();
  } else {
    w.clearances.spend(w.copies.blocks());
    if (w.model.config.audit) w.audit();
    w.update_candidates();
  }
  w.singles.solve(w.bodies, [&](const Island& island, const SolvedIsland& solved) {
    w.finish(island, solved);
  });
  w.hold_fast_bodies();
}

void ContactWorker::write_back(const Blocks& agents, int offset, int first,
                               int last) const noexcept {
  const BodyCopies& copies = impl_->copies;
  for (int b = first; b < last; ++b) copies.write_back(offset + b, agents.block(b));
}

void ContactWorker::end_window(const Slab& slab) {
  Impl& w = *impl_;
  int running = 0;
  for (int i = 0; i < slab.num_worlds; ++i)
    running += w.model.config.mode == ContactMode::kOff || w.near.world_on(i);
  const auto substeps = static_cast<std::uint64_t>(w.model.substeps);
  w.stats.body_substeps += static_cast<std::uint64_t>(running * w.bodies.per_world) * substeps;
  w.stats.pairs_tested = w.pairs.num_tested();
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

void ContactWorker::Impl::copy_near_bodies() {
  clearances.begin();
  const std::span<const int> agents = near.agents();
  // where this many of 16 are near, one copy of the whole block does; chosen, not tuned
  constexpr std::size_t kWholeBlock = 5;
  const bool everything = model.config.mode == ContactMode::kAll || model.config.audit;
  std::size_t first = 0;
  while (first < agents.size() && !everything) {
    std::size_t last = first;
    const int block = agents[first] / kLanes;
    while (last < agents.size() && agents[last] / kLanes == block) ++last;
    if (last - first >= kWholeBlock) {
      copies.add_block(block);
    } else {
      for (std::size_t i = first; i < last; ++i) copies.add(agents[i]);
    }
    first = last;
  }
  if (everything) {
    for (int b = 0; b < bodies.slab.agents.num_blocks; ++b) copies.add_block(b);
  }
  copies.close();
  num_copied = agents.size();
  clearances.grow(copies.blocks().num_bodies);
  list_candidates();
}

void ContactWorker::Impl::copy_new_bodies() {
  // in blocks of their own, which have yet to catch up; some came along with a whole block
  for (; num_copied < near.agents().size(); ++num_copied) {
    const int body = near.agents()[num_copied];
    if (copies.place(body) < 0) copies.add(body);
  }
  copies.close();
  clearances.grow(copies.blocks().num_bodies);
  list_candidates();
}

void ContactWorker::Impl::audit() {
  for (int w = 0; w < bodies.slab.num_worlds; ++w) {
    if (!near.world_on(w)) continue;
    stats.audit_failures += count_missed_pairs(model, bodies, w, near, clearances) +
                            count_missed_cables(model, bodies, w, near);
  }
}

void ContactWorker::Impl::update_all_pairs() {
  for (int w = 0; w < bodies.slab.num_worlds; ++w) {
    if (!near.world_on(w) || overflowed[static_cast<std::size_t>(w)] != 0) continue;
    pairs.begin(bodies, w);
    for_each_pair(bodies, static_cast<int>(model.statics.size()),
                  [&](int a, int b) { pairs.visit(a, b); });
    for (int i = 0; i < bodies.per_world; ++i) watch(bodies.index(w, i));
    finish_world(w);
  }
  solve_other_cables();
}

void ContactWorker::Impl::list_candidates() {
  candidates.clear();
  worlds.clear();
  int end_body = 0;
  for (const PairKey key : near.candidates()) {
    const int body = key_body(key);
    // the keys of a world stand together
    if (body >= end_body) {
      const int world = body / bodies.per_world;
      worlds.push_back({world, candidates.size(), 0});
      end_body = (world + 1) * bodies.per_world;
    }
    const int world = worlds.back().world;
    Candidate c;
    c.a = body - (end_body - bodies.per_world);
    c.b = key_other(key);
    c.with_body = c.b < bodies.per_world;
    c.place_a = bodies.place(world, c.a);
    if (c.with_body) c.place_b = bodies.place(world, c.b);
    candidates.push_back(c);
    ++worlds.back().count;
  }
  list_cables();
}

void ContactWorker::Impl::update_candidates() {
  for (const CandidateWorld& w : worlds) {
    const auto own = std::span<const Candidate>(candidates).subspan(w.first, w.count);
    // a body of a pair with points is always due, so a world where nobody is has none
    if (!any_due(own) || overflowed[static_cast<std::size_t>(w.world)] != 0) continue;
    pairs.begin(bodies, w.world);
    visit_due(w.world, own);
    finish_world(w.world);
  }
  solve_other_cables();
}

bool ContactWorker::Impl::any_due(std::span<const Candidate> own) const noexcept {
  for (const Candidate& c : own) {
    if (clearances.due(c.place_a) || (c.with_body && clearances.due(c.place_b))) return true;
  }
  return false;
}

void ContactWorker::Impl::visit_due(int world, std::span<const Candidate> own) {
  for (const Candidate& c : own) {
    clearances.measure(c.place_a);
    if (c.with_body) clearances.measure(c.place_b);
  }
  for (const Candidate& c : own) {
    const bool measured_b = c.with_body && clearances.measured(c.place_b);
    if (!clearances.measured(c.place_a) && !measured_b) continue;
    const float gap_m = pairs.visit(c.a, c.b);
    limit(c, gap_m);
    // a wall that is farther than the coming path stops nobody; the path is cast from the centre of
    // mass, the gap may be that of the shape
    const float offset_m = length(model.widest.offset_b_m);
    if (!c.with_body && !(c.place_a >= 0 && gap_m > clearances.path_m(c.place_a) + offset_m))
      watch(bodies.index(world, c.a));
  }
  for (const Candidate& c : own) {
    clearances.settle(c.place_a, copies.blocks());
    if (c.with_body) clearances.settle(c.place_b, copies.blocks());
  }
}

void ContactWorker::Impl::limit(const Candidate& c, float gap_m) noexcept {
  if (c.with_body) {
    // two bodies share the gap between them
    clearances.limit(c.place_a, 0.5F * gap_m);
    clearances.limit(c.place_b, 0.5F * gap_m);
    return;
  }
  const scene::Shape& solid = model.static_body(c.b - bodies.per_world).geometry;
  if (solid.kind == PrimitiveKind::kPlane) {
    clearances.limit_by_plane(c.place_a, gap_m, solid.half_spaces.front().normal_w);
  } else {
    clearances.limit(c.place_a, gap_m);
  }
}

void ContactWorker::Impl::finish_world(int world) {
  check_overflow(world);
  solve_islands(world);
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
  const std::span<CableRow> rows = cables_at_work(world);
  if (rows.empty() && bodies.slab.contacts[world].pairs.empty()) return;
  islands.build(bodies, world, rows, [&](const Island& island) {
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
  if (!island.cables.empty()) cables.report(bodies, island.world, island.cables);
}

void ContactWorker::Impl::watch(int body) {
  std::uint8_t& flag = is_fast[static_cast<std::size_t>(body)];
  if (flag == 0) fast.push_back(body);
  flag = 1;
}

void ContactWorker::Impl::disturb(int body) {
  clearances.wake(bodies.place(body / bodies.per_world, body % bodies.per_world));
  if (disturbed[static_cast<std::size_t>(body)] != 0) return;
  disturbed[static_cast<std::size_t>(body)] = 1;
  disturbed_list.push_back(body);
}

void ContactWorker::Impl::write_back(const Island& island, const SolvedIsland& solved) {
  if (!island.pairs.empty()) stats.touching_body_substeps += island.bodies.size();
  for (std::size_t i = 0; i < island.bodies.size(); ++i) {
    const Slab::BodyRef ref = bodies.ref(island.world, island.bodies[i]);
    const Quat q = ref.blocks->quat(ref.body);
    const SolvedBody& s = solved.bodies[i];
    if (!s.changed) continue;
    ref.blocks->set_vec3(ref.body, kVelocity, s.velocity_w_mps);
    ref.blocks->set_vec3(ref.body, kOmega, s.omega_b_radps);
    // cables correct no poses
    if (!island.pairs.empty()) {
      const Vec3 position = ref.blocks->vec3(ref.body, kPosition);
      ref.blocks->set_vec3(ref.body, kPosition, position + s.push_w_mps * model.substep_s);
      ref.blocks->set_quat(ref.body,
                           turned_by_body_rate(q, s.turn_b_radps * kTurnShare, model.substep_s));
    }
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
      if (carries_wheels(island.world, *pair, static_cast<int>(self))) return;
      const Slab::BodyRef ref = bodies.ref(island.world, static_cast<int>(self));
      const bool agent = static_cast<int>(other) < bodies.slab.num_agents;
      ref.blocks->at(ref.body, agent ? kTouchAgent : kTouchStatic) = 1;
      ref.blocks->at(ref.body, kImpulse) += impulse_ns;
    };
    add(pair->a, pair->b);
    add(pair->b, pair->a);
  }
}

bool ContactWorker::Impl::carries_wheels(int world, const ContactPair& pair, int self) noexcept {
  const BodyKind& kind = model.kinds[static_cast<std::size_t>(bodies.kind(self))];
  if (!kind.has_wheels || model.config.grip_row < 0) return false;
  const bool is_a = static_cast<int>(pair.a) == self;
  const int other = static_cast<int>(is_a ? pair.b : pair.a);
  const Slab::BodyRef ref = bodies.ref(world, self);
  const Vec3 up_w = rotation(ref.blocks->quat(ref.body)).z;
  bool all_below = true;
  float pressed_ns = 0;
  for (std::uint32_t i = 0; i < pair.num_points; ++i) {
    const float* n = pair.points[i].normal_on_b_w;
    const Vec3 normal_w = Vec3{n[0], n[1], n[2]} * (is_a ? 1.0F : -1.0F);
    const bool below = under_wheels(kind, up_w, normal_w);
    all_below = all_below && below;
    if (below) pressed_ns += pair.points[i].impulse_ns[0] * dot(up_w, normal_w);
  }
  ref.blocks->at(ref.body, model.config.grip_row) +=
      combined(kind.surface, surface_of(model, bodies, other)).friction * pressed_ns;
  return all_below;
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
