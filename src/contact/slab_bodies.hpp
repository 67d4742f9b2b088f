// Canonical indices of the bodies of a slab and access to their rows.
//
// A body has a local index in its world (agents, then props), a slab index (world * bodies per
// world
// + local), and an entry: its place in the columns of the near set, which follow storage order.
#pragma once

#include "contact/model.hpp"
#include "contact/pose.hpp"
#include "state/body_copies.hpp"
#include "state/fleet_rows.hpp"
#include "state/slab.hpp"

namespace volery::contact {

struct SlabBodies {
  Slab slab;
  const BodyCopies* copies = nullptr;  // where near agents are stepped; null: in the slab itself
  int per_world = 0;
  int prop_entry = 0;  // entry of the first prop: agents take whole blocks
  int num_entries = 0;
  int num_types = 1;  // of vehicles, which the agents of a world take in turn

  SlabBodies() = default;
  explicit SlabBodies(const Slab& view, const BodyCopies* working_copies = nullptr,
                      int num_vehicle_types = 1) noexcept
      : slab(view),
        copies(working_copies),
        per_world(view.num_bodies_per_world()),
        prop_entry(view.agents.num_blocks * kLanes),
        num_entries(prop_entry + view.props.num_blocks * kLanes),
        num_types(num_vehicle_types) {}

  [[nodiscard]] int total() const noexcept { return slab.num_worlds * per_world; }
  [[nodiscard]] int index(int world, int local) const noexcept { return world * per_world + local; }
  [[nodiscard]] int entry(int world, int local) const noexcept {
    if (local < slab.num_agents) return world * slab.num_agents + local;
    return prop_entry + world * slab.num_props + (local - slab.num_agents);
  }
  /// Where the copy of a world's agent is among the copies, or -1; always -1 for props.
  [[nodiscard]] int place(int world, int local) const noexcept {
    if (copies == nullptr || local >= slab.num_agents) return -1;
    return copies->place(world * slab.num_agents + local);
  }
  /// The rows of a body: of its working copy where it has one.
  [[nodiscard]] Slab::BodyRef ref(int world, int local) const noexcept {
    const int copy = place(world, local);
    if (copy >= 0) return {&copies->blocks(), copy};
    return slab.body(world, local);
  }
  /// Index into ContactModel::Impl::kinds.
  [[nodiscard]] int kind(int local) const noexcept {
    if (local >= slab.num_agents) return num_types + local - slab.num_agents;
    return num_types == 1 ? 0 : local % num_types;
  }
};

/// What a body's momentum is made of: that of its kind, or of an agent that has its own.
struct BodyMass {
  float mass_kg;
  Vec3 inertia_b_kgm2;
};
[[nodiscard]] inline BodyMass mass_of(const ContactModel::Impl& model, const BodyKind& kind,
                                      const Slab::BodyRef& ref) noexcept {
  const int row = model.config.mass_row;
  if (row < 0 || !kind.is_agent) return {kind.mass_kg, kind.inertia_b_kgm2};
  return {ref.blocks->at(ref.body, row + kAgentMass),
          ref.blocks->vec3(ref.body, row + kAgentInertia)};
}

[[nodiscard]] inline BodyMode mode_of(const Slab::BodyRef& ref) noexcept {
  const float mode = ref.blocks->at(ref.body, kMode);
  return mode == 0.0F ? BodyMode::kMoving : mode == 1.0F ? BodyMode::kFrozen : BodyMode::kAbsent;
}

[[nodiscard]] inline Pose pose_of(const Slab::BodyRef& ref) noexcept {
  return {ref.blocks->vec3(ref.body, kPosition), rotation(ref.blocks->quat(ref.body))};
}

/// The surface of a body or, past the bodies, of a static.
[[nodiscard]] inline const Surface& surface_of(const ContactModel::Impl& model,
                                               const SlabBodies& bodies, int local) noexcept {
  if (local >= bodies.per_world) return model.static_body(local - bodies.per_world).surface;
  return model.kinds[static_cast<std::size_t>(bodies.kind(local))].surface;
}

/// False for a pose that holds NaN or infinity: no contact code may see it.
[[nodiscard]] inline bool finite_pose(const Slab::BodyRef& ref) noexcept {
  const Vec3 p = ref.blocks->vec3(ref.body, kPosition);
  const Quat q = ref.blocks->quat(ref.body);
  // anything finite times zero is zero
  const float sum = (p.x + p.y + p.z) * 0.0F + (q.x + q.y + q.z + q.w) * 0.0F;
  return sum == 0.0F && abs_of(p.x) + abs_of(p.y) + abs_of(p.z) < kFarthest;
}

}  // namespace volery::contact
