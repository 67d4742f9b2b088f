#include "contact/pair_update.hpp"

#include <limits>

namespace volery::contact {

void PairUpdate::begin(const SlabBodies& bodies, int world) {
  bodies_ = &bodies;
  world_ = world;
  records_ = &bodies.slab.contacts[world].pairs;
  old_.assign(records_->begin(), records_->end());
  records_->clear();
  next_old_ = 0;
}

const ContactPair* PairUpdate::take_old(int a, int b) noexcept {
  const auto ua = static_cast<std::uint32_t>(a);
  const auto ub = static_cast<std::uint32_t>(b);
  while (next_old_ < old_.size() &&
         (old_[next_old_].a < ua || (old_[next_old_].a == ua && old_[next_old_].b < ub))) {
    ++next_old_;
  }
  if (next_old_ == old_.size() || old_[next_old_].a != ua || old_[next_old_].b != ub)
    return nullptr;
  return &old_[next_old_++];
}

PairBody PairUpdate::pair_body(int local, const Slab::BodyRef& ref) const noexcept {
  const auto kind = static_cast<std::size_t>(bodies_->kind(local));
  return {&model_.kinds[kind], model_.kind_shapes[kind].get(), pose_of(ref)};
}

float PairUpdate::gap_to_static_m(int a, const Slab::BodyRef& ref, int s) const noexcept {
  const BodyKind& kind = model_.kinds[static_cast<std::size_t>(bodies_->kind(a))];
  return scene::distance_m(model_.static_body(s).geometry, ref.blocks->vec3(ref.body, kPosition)) -
         (kind.radius_m + kind.threshold_m);
}

float PairUpdate::gap_to_body_m(int a, const Slab::BodyRef& ref_a, int b,
                                const Slab::BodyRef& ref_b) const noexcept {
  const BodyKind& kind_a = model_.kinds[static_cast<std::size_t>(bodies_->kind(a))];
  const BodyKind& kind_b = model_.kinds[static_cast<std::size_t>(bodies_->kind(b))];
  const Vec3 d =
      ref_a.blocks->vec3(ref_a.body, kPosition) - ref_b.blocks->vec3(ref_b.body, kPosition);
  return length(d) -
         (kind_a.radius_m + kind_b.radius_m + min_of(kind_a.threshold_m, kind_b.threshold_m));
}

float PairUpdate::visit(int a, int b) {
  const ContactPair* old = take_old(a, b);
  const bool with_static = b >= bodies_->per_world;
  const int s = b - bodies_->per_world;

  // spheres first; a pair with points is always looked at, so that it can drop them
  const Slab::BodyRef ref_a = bodies_->ref(world_, a);
  const Slab::BodyRef ref_b = with_static ? ref_a : bodies_->ref(world_, b);
  const float gap_m =
      with_static ? gap_to_static_m(a, ref_a, s) : gap_to_body_m(a, ref_a, b, ref_b);
  if (old == nullptr && gap_m > 0) return gap_m;

  // bodies that are absent or not finite touch nothing; two immovable ones cannot push each other
  constexpr float kNever = std::numeric_limits<float>::infinity();  // modes hold for the window
  const BodyMode mode_a = mode_of(ref_a);
  const BodyMode mode_b = with_static ? BodyMode::kFrozen : mode_of(ref_b);
  if (mode_a == BodyMode::kAbsent || mode_b == BodyMode::kAbsent) return kNever;
  if (!finite_pose(ref_a) || !finite_pose(ref_b)) return 0;
  if (mode_a == BodyMode::kFrozen && mode_b == BodyMode::kFrozen) return kNever;

  ++num_tested_;
  records_->emplace_back();
  ContactPair& pair = records_->back();
  pair.a = static_cast<std::uint32_t>(a);
  pair.b = static_cast<std::uint32_t>(b);
  float free_m = 0;
  if (with_static) {
    free_m = narrowphase_.touch_static(pair_body(a, ref_a), model_.static_body(s), old, pair);
  } else {
    narrowphase_.touch_body(pair_body(a, ref_a), pair_body(b, ref_b), old, pair);
  }
  if (pair.num_points == 0) records_->pop_back();
  return free_m;
}

}  // namespace volery::contact
