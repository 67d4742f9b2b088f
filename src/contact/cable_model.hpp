// The cables of each world by body index, and what hangs together. Immutable, part of ContactModel.
#pragma once

#include <span>
#include <vector>

#include "contact/body_kind.hpp"
#include "contact/contact.hpp"
#include "scene/scene.hpp"

namespace volery::contact {

/// In place of a body: held by the world.
inline constexpr int kHeldEnd = -1;

struct ModelCable {
  int a = kHeldEnd;  // local index
  int b = kHeldEnd;  // local index; the only end that may be held
  Vec3 at_a_b_m;     // from the center of mass, in the body's frame
  Vec3 at_b_m;       // the same, or a point of the world
  float length_m = 0;
  float reach_a_m = 0;  // lengths of the two vectors, that of a point of the world 0
  float reach_b_m = 0;
};

/// A prop that hangs below bodies that are already in place, by these cables.
struct Hanging {
  int prop = 0;  // local index
  std::vector<int> cables;
};

/// Bodies that cables join, and those cables; both ascending.
struct CableGroup {
  std::vector<int> bodies;
  std::vector<int> cables;
  bool anchored = false;  // some cable is held by the world
  int num_agents = 0;
  std::vector<Hanging> hangings;  // from the agents downwards; empty without agents
};

struct CableModel {
  CableModel() = default;
  /// Throws Error for an agent that is not there or an end that is far outside of its body.
  CableModel(const SceneConfig& scene, const ContactConfig& config, std::span<const BodyKind> kinds,
             int num_types);

  CableConfig config;
  std::vector<ModelCable> cables;
  std::vector<CableGroup> groups;
  std::vector<int> group_of;  // by local index, -1: no cable

  [[nodiscard]] bool empty() const noexcept { return cables.empty(); }
  [[nodiscard]] int num_groups() const noexcept { return static_cast<int>(groups.size()); }
  [[nodiscard]] const ModelCable& cable(int i) const noexcept {
    return cables[static_cast<std::size_t>(i)];
  }
  [[nodiscard]] const CableGroup& group(int i) const noexcept {
    return groups[static_cast<std::size_t>(i)];
  }
  /// The other end of a cable.
  [[nodiscard]] int across(int i, int local) const noexcept {
    return cable(i).a == local ? cable(i).b : cable(i).a;
  }
  /// The group of a body, or -1.
  [[nodiscard]] int group_at(int local) const noexcept {
    const auto i = static_cast<std::size_t>(local);
    return i < group_of.size() ? group_of[i] : -1;
  }

 private:
  void resolve(const SceneConfig& scene, std::span<const BodyKind> kinds, int num_types);
  void join_groups(std::size_t num_bodies);
  void order_hangings(CableGroup& group) const;
};

}  // namespace volery::contact
