#include "contact/cable_model.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "contact/pose.hpp"
#include "scene/cable.hpp"
#include "volery/error.hpp"

namespace volery::contact {

namespace {

int local_of(const CableEnd& end, int num_agents) {
  switch (end.kind) {
    case CableEnd::Kind::kAgent:
      return end.index;
    case CableEnd::Kind::kProp:
      return num_agents + end.index;
    default:
      return kHeldEnd;
  }
}

// A lever of many times its body turns it in one substep by more than a step can describe.
constexpr float kMostRadii = 10;

void check_lever(float lever_m, int spec, const char* field, const BodyKind& kind) {
  const float most_m = kMostRadii * kind.radius_m;
  if (lever_m <= most_m) return;
  throw Error(ErrorKind::kValue, "scene.cables[" + std::to_string(spec) + "]." + field + ": " +
                                     std::to_string(lever_m) +
                                     " m from the center of mass, must be within 10 radii of the "
                                     "body: " +
                                     std::to_string(most_m) + " m");
}

int root(std::vector<int>& parent, int i) {
  while (parent[static_cast<std::size_t>(i)] != i) i = parent[static_cast<std::size_t>(i)];
  return i;
}

}  // namespace

CableModel::CableModel(const SceneConfig& scene, const ContactConfig& contact,
                       std::span<const BodyKind> kinds, int num_types)
    : config(contact.cables) {
  if (scene.cables.empty()) return;
  if (contact.mode == ContactMode::kOff) {
    throw Error(ErrorKind::kValue,
                "scene.cables: cables are pulled by the contact solver, which contacts = \"off\" "
                "leaves out; use \"culled\" or no cables");
  }
  resolve(scene, kinds, num_types);
  join_groups(static_cast<std::size_t>(config.num_agents) + scene.props.size());
  for (CableGroup& group : groups) order_hangings(group);
}

void CableModel::resolve(const SceneConfig& scene, std::span<const BodyKind> kinds, int num_types) {
  const int num_agents = config.num_agents;
  const auto kind_of = [&](int local) -> const BodyKind& {
    const int kind = local < num_agents ? local % num_types : num_types + local - num_agents;
    return kinds[static_cast<std::size_t>(kind)];
  };
  for (const Cable& from : cables_of(scene, num_agents)) {
    ModelCable to;
    to.a = local_of(from.a, num_agents);
    to.b = local_of(from.b, num_agents);
    to.at_a_b_m = from.a.at_m;
    to.at_b_m = from.b.at_m;
    to.length_m = from.length_m;
    const bool swapped = to.a == kHeldEnd;
    if (swapped) {
      std::swap(to.a, to.b);
      std::swap(to.at_a_b_m, to.at_b_m);
    }
    to.reach_a_m = length(to.at_a_b_m);
    check_lever(to.reach_a_m, from.spec, swapped ? "attach_b_b_m" : "attach_a_b_m", kind_of(to.a));
    if (to.b != kHeldEnd) {
      to.reach_b_m = length(to.at_b_m);
      check_lever(to.reach_b_m, from.spec, "attach_b_b_m", kind_of(to.b));
    }
    cables.push_back(to);
  }
}

void CableModel::join_groups(std::size_t num_bodies) {
  // the lowest body of a group stands for it
  std::vector<int> parent(num_bodies);
  std::iota(parent.begin(), parent.end(), 0);
  for (const ModelCable& c : cables) {
    if (c.b == kHeldEnd) continue;
    const int a = root(parent, c.a);
    const int b = root(parent, c.b);
    parent[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
  }
  std::vector<bool> tied(num_bodies);
  for (const ModelCable& c : cables) {
    tied[static_cast<std::size_t>(c.a)] = true;
    if (c.b != kHeldEnd) tied[static_cast<std::size_t>(c.b)] = true;
  }
  group_of.assign(num_bodies, -1);
  for (int i = 0; i < static_cast<int>(num_bodies); ++i) {
    if (!tied[static_cast<std::size_t>(i)]) continue;
    const int top = root(parent, i);
    if (top == i) groups.emplace_back();
    const int own = top == i ? num_groups() - 1 : group_at(top);
    group_of[static_cast<std::size_t>(i)] = own;
    CableGroup& group = groups[static_cast<std::size_t>(own)];
    group.bodies.push_back(i);
    group.num_agents += i < config.num_agents;
  }
  for (int i = 0; i < static_cast<int>(cables.size()); ++i) {
    CableGroup& group = groups[static_cast<std::size_t>(group_at(cable(i).a))];
    group.cables.push_back(i);
    group.anchored = group.anchored || cable(i).b == kHeldEnd;
  }
}

void CableModel::order_hangings(CableGroup& group) const {
  std::vector<int> placed;
  for (const int local : group.bodies) {
    if (local < config.num_agents) placed.push_back(local);
  }
  const auto is_placed = [&](int local) {
    return std::find(placed.begin(), placed.end(), local) != placed.end();
  };
  // a round outwards at a time, so that a prop hangs by all cables that come from above
  for (bool any = !placed.empty(); any;) {
    std::vector<Hanging> round;
    for (const int local : group.bodies) {
      if (is_placed(local)) continue;
      Hanging hanging{local, {}};
      for (const int c : group.cables) {
        const bool own = cable(c).a == local || cable(c).b == local;
        if (own && across(c, local) != kHeldEnd && is_placed(across(c, local)))
          hanging.cables.push_back(c);
      }
      if (!hanging.cables.empty()) round.push_back(hanging);
    }
    for (const Hanging& hanging : round) {
      placed.push_back(hanging.prop);
      group.hangings.push_back(hanging);
    }
    any = !round.empty();
  }
}

}  // namespace volery::contact
