// Where props hang when an episode starts: tasks place agents as they like, and a load that stayed
// where the scene has it would begin at a cable of ten times its length.
#include <cmath>

#include "contact/contact.hpp"
#include "contact/slab_bodies.hpp"

namespace volery::contact {

namespace {

Vec3 end_w_m(const SlabBodies& bodies, int world, int local, Vec3 at_b_m) noexcept {
  return pose_of(bodies.ref(world, local)).point_to_world(at_b_m);
}

bool any_too_long(const CableModel& cables, const CableGroup& group, const SlabBodies& bodies,
                  int world) noexcept {
  for (const int i : group.cables) {
    const ModelCable& c = cables.cable(i);
    const Vec3 span =
        end_w_m(bodies, world, c.b, c.at_b_m) - end_w_m(bodies, world, c.a, c.at_a_b_m);
    if (length(span) > c.length_m) return true;
  }
  return false;
}

// Below the middle of what it hangs from, as low as the cables let it or the ground.
void hang(const ContactModel::Impl& model, const Hanging& hanging, const SlabBodies& bodies,
          int world) noexcept {
  const Slab::BodyRef ref = bodies.ref(world, hanging.prop);
  const Mat3 axes = rotation(ref.blocks->quat(ref.body));
  // where its center would be at a cable of no length
  const auto top_of = [&](int i) {
    const ModelCable& c = model.cables.cable(i);
    const bool is_a = c.a == hanging.prop;
    return end_w_m(bodies, world, is_a ? c.b : c.a, is_a ? c.at_b_m : c.at_a_b_m) -
           axes.to_world(is_a ? c.at_a_b_m : c.at_b_m);
  };
  Vec3 center;
  for (const int i : hanging.cables)
    center = center + top_of(i) * (1.0F / static_cast<float>(hanging.cables.size()));
  float lowest_m = -kFarthest;
  float highest_m = -kFarthest;
  for (const int i : hanging.cables) {
    const Vec3 top = top_of(i);
    const float dx = top.x - center.x;
    const float dy = top.y - center.y;
    const float length_m = model.cables.cable(i).length_m;
    const float down_m = std::sqrt(max_of(length_m * length_m - (dx * dx + dy * dy), 0));
    lowest_m = max_of(lowest_m, top.z - down_m);
    highest_m = max_of(highest_m, top.z);
  }
  center.z = highest_m;
  const BodyKind& kind = model.kinds[static_cast<std::size_t>(bodies.kind(hanging.prop))];
  const float ground_m = model.scene->surface_height_m(center, -kFarthest) + kind.radius_m;
  center.z = max_of(lowest_m, ground_m);
  ref.blocks->set_vec3(ref.body, kPosition, center);
  ref.blocks->set_vec3(ref.body, kPositionResidual, {});
  ref.blocks->set_vec3(ref.body, kVelocity, {});
  ref.blocks->set_vec3(ref.body, kOmega, {});
}

}  // namespace

void hang_props(const ContactModel& model_in, const Slab& slab, int world, int agent) noexcept {
  const ContactModel::Impl& model = model_in.impl();
  const SlabBodies bodies(slab, nullptr, model.num_types);
  for (int g = 0; g < model.cables.num_groups(); ++g) {
    const CableGroup& group = model.cables.group(g);
    if (group.anchored || group.hangings.empty()) continue;
    if (agent >= 0 && (group.num_agents != 1 || model.cables.group_at(agent) != g)) continue;
    if (!any_too_long(model.cables, group, bodies, world)) continue;
    for (const Hanging& hanging : group.hangings) hang(model, hanging, bodies, world);
  }
}

}  // namespace volery::contact
