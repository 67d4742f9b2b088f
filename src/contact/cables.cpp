#include "contact/cables.hpp"

#include <algorithm>
#include <cmath>

#include "contact/d3.hpp"

namespace volery::contact {

namespace {

// One end of a cable: where it is, how it moves, where the substep would take it, how it yields.
struct End {
  BodyMode mode = BodyMode::kFrozen;
  D3 now_w_m, next_w_m, arm_w_m, velocity_w_mps;
  double inverse_mass_per_kg = 0;
  Vec3 inverse_inertia_b{};
  Mat3 axes;

  // change of the end's velocity by a unit of impulse along n
  [[nodiscard]] D3 yield(D3 n) const noexcept {
    if (mode != BodyMode::kMoving) return {};
    const D3 twist = to_body(axes, cross(arm_w_m, n));
    const D3 spin = rotated(axes, scaled(twist, inverse_inertia_b));
    return n * inverse_mass_per_kg + cross(spin, arm_w_m);
  }
};

End held_end(Vec3 at_w_m) noexcept {
  End end;
  end.now_w_m = end.next_w_m = D3(at_w_m);
  return end;
}

End end_of(const ContactModel::Impl& model, const SlabBodies& bodies, int world, int local,
           Vec3 at_b_m) noexcept {
  const Slab::BodyRef ref = bodies.ref(world, local);
  const BodyKind& kind = model.kinds[static_cast<std::size_t>(bodies.kind(local))];
  End end;
  end.mode = mode_of(ref);
  end.axes = rotation(ref.blocks->quat(ref.body));
  const D3 center =
      D3(ref.blocks->vec3(ref.body, kPosition)) + D3(ref.blocks->vec3(ref.body, kPositionResidual));
  const D3 at(at_b_m);
  end.arm_w_m = rotated(end.axes, at);
  end.now_w_m = end.next_w_m = center + end.arm_w_m;
  if (end.mode != BodyMode::kMoving) return end;

  const double step_s = static_cast<double>(model.substep_s);
  const D3 velocity(ref.blocks->vec3(ref.body, kVelocity));
  const D3 omega_b(ref.blocks->vec3(ref.body, kOmega));
  const BodyMass mass = mass_of(model, kind, ref);
  const Vec3 inertia = mass.inertia_b_kgm2;
  end.inverse_mass_per_kg = static_cast<double>(1.0F / mass.mass_kg);
  end.inverse_inertia_b = {1.0F / inertia.x, 1.0F / inertia.y, 1.0F / inertia.z};
  end.velocity_w_mps = velocity + rotated(end.axes, cross(omega_b, at));
  end.next_w_m = center + velocity * step_s + rotated(end.axes, turned_by(at, omega_b * step_s));
  return end;
}

}  // namespace

bool make_cable_row(const ContactModel::Impl& model, const SlabBodies& bodies, int world, int index,
                    CableRow& out) noexcept {
  const ModelCable& cable = model.cables.cable(index);
  const End a = end_of(model, bodies, world, cable.a, cable.at_a_b_m);
  const End b = cable.b == kHeldEnd ? held_end(cable.at_b_m)
                                    : end_of(model, bodies, world, cable.b, cable.at_b_m);
  if (a.mode == BodyMode::kAbsent || b.mode == BodyMode::kAbsent) return false;
  const bool moves_a = a.mode == BodyMode::kMoving;
  const bool moves_b = b.mode == BodyMode::kMoving;
  if (!moves_a && !moves_b) return false;

  // Pulled along the cable as it lies now, so that the length holds where the substep ends: SHAKE,
  // which keeps the energy of a swing. One that was far from taut is caught the way it ends.
  const D3 span = b.now_w_m - a.now_w_m;
  const D3 next = b.next_w_m - a.next_w_m;
  const double length_m = static_cast<double>(cable.length_m);
  const double span_m = std::sqrt(dot(span, span));
  const double next_m = std::sqrt(dot(next, next));
  const bool long_enough = span_m > 0.5 * length_m;
  const double along_m = long_enough ? span_m : next_m;
  // also lets no NaN pass
  if (!(along_m > 1e-9 && next_m < 2 * static_cast<double>(kFarthest))) return false;
  const D3 n = (long_enough ? span : next) * (1 / along_m);

  // the impulse of this cable alone: | next - impulse step yield | = allowed
  const double step_s = static_cast<double>(model.substep_s);
  const double allowed_m =
      std::max(length_m, span_m - static_cast<double>(kRecoverySpeed) * step_s);
  const D3 yield = a.yield(n) + b.yield(n);
  const double excess_m2 = dot(next, next) - allowed_m * allowed_m;
  const double half = dot(next, yield);
  const double square = dot(yield, yield);
  const double root = std::sqrt(std::max(half * half - square * excess_m2, 0.0));
  // never negative where the cable is slack; where it is taut and not, no pull would shorten it
  const double sum = half + root;
  const double pull = sum > 0 ? excess_m2 / sum : 0;

  const double change_mps = pull / step_s * dot(n, yield);
  out.cable = index;
  out.allowed_m = allowed_m;
  out.a = moves_a ? cable.a : kHeldEnd;
  out.b = moves_b ? cable.b : kHeldEnd;
  out.toward_b_w = n.to_float();
  out.arm_a_w_m = a.arm_w_m.to_float();
  out.arm_b_w_m = b.arm_w_m.to_float();
  out.change_mps = static_cast<float>(change_mps);
  out.approach_mps = static_cast<float>(dot(n, a.velocity_w_mps - b.velocity_w_mps) + change_mps);
  out.start_ns = 0;
  out.impulse_ns = 0;
  return true;
}

CableRows::CableRows(const ContactModel::Impl& model) : model_(model) {
  rows_.reserve(model.cables.cables.size());
}

bool CableRows::touches(const WorldContacts& contacts, int group) const noexcept {
  for (const ContactPair& pair : contacts.pairs) {
    if (model_.cables.group_at(static_cast<int>(pair.a)) == group ||
        model_.cables.group_at(static_cast<int>(pair.b)) == group) {
      return true;
    }
  }
  return false;
}

std::span<CableRow> CableRows::collect(const SlabBodies& bodies, int world,
                                       std::span<const int> groups) {
  const WorldContacts& contacts = bodies.slab.contacts[world];
  rows_.clear();
  for (const int g : groups) {
    const std::size_t first = rows_.size();
    bool at_work = false;
    for (const int i : model_.cables.group(g).cables) {
      CableRow row;
      if (!make_cable_row(model_, bodies, world, i, row)) continue;
      at_work = at_work || row.taut();
      rows_.push_back(row);
    }
    // a contact may drive a slack cable taut within the solve
    if (!at_work && !touches(contacts, g)) rows_.resize(first);
    release(bodies, world, g);
  }
  return rows_;
}

void CableRows::release(const SlabBodies& bodies, int world, int group) const noexcept {
  const CableModel& model = model_.cables;
  for (const int local : model.group(group).bodies) {
    const int row = local < bodies.slab.num_agents ? model.config.agent_row : model.config.prop_row;
    const Slab::BodyRef ref = bodies.ref(world, local);
    if (row >= 0) ref.blocks->at(ref.body, row) = 0;
  }
}

void CableRows::add_tension(const SlabBodies& bodies, int world, int local,
                            float tension_n) const noexcept {
  const CableConfig& config = model_.cables.config;
  const int row = local < bodies.slab.num_agents ? config.agent_row : config.prop_row;
  if (local == kHeldEnd || row < 0) return;
  const Slab::BodyRef ref = bodies.ref(world, local);
  ref.blocks->at(ref.body, row) += tension_n;
}

void CableRows::report(const SlabBodies& bodies, int world,
                       std::span<CableRow* const> rows) const noexcept {
  for (const CableRow* row : rows) {
    const ModelCable& cable = model_.cables.cable(row->cable);
    const float tension_n = row->impulse_ns / model_.substep_s;
    add_tension(bodies, world, cable.a, tension_n);
    add_tension(bodies, world, cable.b, tension_n);
  }
}

}  // namespace volery::contact
