#include "contact/audit.hpp"

#include "contact/all_pairs.hpp"
#include "contact/cables.hpp"
#include "contact/plane_contact.hpp"

namespace volery::contact {

namespace {

// True where the static is a plane and the body's shape is beyond the contact threshold.
bool is_over_plane(const ContactModel::Impl& model, const BodyKind& kind, const Slab::BodyRef& ref,
                   int s) noexcept {
  const scene::Shape& solid = model.static_body(s).geometry;
  if (solid.kind != PrimitiveKind::kPlane) return false;
  const scene::HalfSpace& plane = solid.half_spaces.front();
  const Pose pose = pose_of(ref);
  return dot(plane.normal_w, pose.position_w_m) - plane.offset_m -
             reach_m(kind, pose, plane.normal_w) >
         kind.threshold_m;
}

}  // namespace

std::uint64_t count_missed_pairs(const ContactModel::Impl& model, const SlabBodies& bodies,
                                 int world, const NearSet& near,
                                 const Clearances& clearances) noexcept {
  std::uint64_t missed = 0;
  for_each_pair(bodies, static_cast<int>(model.statics.size()), [&](int a, int b) {
    const Slab::BodyRef ref_a = bodies.ref(world, a);
    if (mode_of(ref_a) == BodyMode::kAbsent) return;
    const BodyKind& kind_a = model.kinds[static_cast<std::size_t>(bodies.kind(a))];
    const Vec3 p = ref_a.blocks->vec3(ref_a.body, kPosition);
    bool within = false;
    if (b >= bodies.per_world) {
      const scene::Shape& solid = model.static_body(b - bodies.per_world).geometry;
      within = scene::distance_m(solid, p) <= kind_a.radius_m + kind_a.threshold_m;
    } else {
      const Slab::BodyRef ref_b = bodies.ref(world, b);
      if (mode_of(ref_b) == BodyMode::kAbsent) return;
      const BodyKind& kind_b = model.kinds[static_cast<std::size_t>(bodies.kind(b))];
      const Vec3 d = p - ref_b.blocks->vec3(ref_b.body, kPosition);
      within = length(d) <=
               kind_a.radius_m + kind_b.radius_m + min_of(kind_a.threshold_m, kind_b.threshold_m);
    }
    if (!within) return;
    if (!near.is_candidate(pair_key(bodies.index(world, a), b))) {
      ++missed;
      return;
    }
    const bool due = clearances.due(bodies.place(world, a)) ||
                     (b < bodies.per_world && clearances.due(bodies.place(world, b)));
    // over a plane a body is left alone by its shape, not by its sphere
    if (!due &&
        !(b >= bodies.per_world && is_over_plane(model, kind_a, ref_a, b - bodies.per_world)))
      ++missed;
  });
  return missed;
}

std::uint64_t count_missed_cables(const ContactModel::Impl& model, const SlabBodies& bodies,
                                  int world, const NearSet& near) noexcept {
  std::uint64_t missed = 0;
  const CableModel& cables = model.cables;
  for (int i = 0; i < static_cast<int>(cables.cables.size()); ++i) {
    CableRow row;
    const int group = cables.group_at(cables.cable(i).a);
    if (near.is_live_group(world, group)) continue;
    if (make_cable_row(model, bodies, world, i, row) && row.taut()) ++missed;
  }
  for (const ContactPair& pair : bodies.slab.contacts[world].pairs) {
    for (const std::uint32_t local : {pair.a, pair.b}) {
      const int group = cables.group_at(static_cast<int>(local));
      if (group >= 0 && !near.is_live_group(world, group)) ++missed;
    }
  }
  return missed;
}

}  // namespace volery::contact
