// What an agent's rays meet: static geometry, and the collision shapes of other agents and props.
//
// Who is near is found by a pass over the positions of the world, some 10 ns per 16 agents: as much
// as one ray costs in a world of 64. The answer is exact in worlds of any size.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "model/fleet.hpp"
#include "scene/ray_packet.hpp"
#include "state/blocks.hpp"
#include "volery/sensor.hpp"

namespace volery::sense {

/// Kinds of things that rays meet; the others are as air.
struct SeenKinds {
  bool statics = true;
  bool agents = true;
  bool props = true;
  void describe(FieldVisitor& v);
};

/// Distance from the point to the solid, 0 inside.
[[nodiscard]] float distance_m(const RaySolid& solid, Vec3 point_w_m) noexcept;

/// Squared distances of the 16 agents of a block from a point; returns whether any is at most
/// limit_m2. Those at a position that is not finite are not.
bool squared_distances(const float* block, Vec3 point_w_m, float limit_m2, float* out) noexcept;

/// Calls add(other) for each present agent of the world from agent `first` of the slab on whose
/// squared distance is at most limit_m2, but for the agent itself, ascending.
template <class Add>
void for_agents_within(const Slab& slab, int agent, float limit_m2, int first,
                       const Add& add) noexcept {
  const Vec3 at = slab.agents.vec3(agent, kPosition);
  const int last = (agent / slab.num_agents + 1) * slab.num_agents;
  for (int b = first / kLanes; b * kLanes < last; ++b) {
    alignas(64) float m2[kLanes];
    if (!squared_distances(slab.agents.block(b), at, limit_m2, m2)) continue;
    const int from = first > b * kLanes ? first : b * kLanes;
    const int to = last < (b + 1) * kLanes ? last : (b + 1) * kLanes;
    for (int body = from; body < to; ++body) {
      if (!(m2[body % kLanes] <= limit_m2) || body == agent) continue;
      if (!is_absent(slab.agents, body)) add(body);
    }
  }
}

/// Moving solids near an agent, as many as are dealt with at a time.
struct NearSolids {
  static constexpr int kRoom = 64;
  std::array<RaySolid, kRoom> solids;
  int count = 0;
  int next_body = 0;  // world-local: where the next batch starts
  bool complete = false;
  [[nodiscard]] std::span<const RaySolid> all() const noexcept {
    return {solids.data(), static_cast<std::size_t>(count)};
  }
};

class Sight {
 public:
  Sight(const SensorContext& context, const SeenKinds& seen);

  /// The next batch of solids that reach within `reach_m` of an agent, itself not among them.
  /// Start with a fresh NearSolids; go on until it is complete.
  void find_near(const SenseInput& in, int agent, float reach_m, NearSolids& near) const noexcept;
  [[nodiscard]] bool sees_statics() const noexcept { return seen_.statics; }
  /// The radius of the sphere about an agent's center of mass that holds it, of the largest type.
  [[nodiscard]] float agent_reach_m() const noexcept { return agent_reach_m_; }

  /// Rays from one agent's center of mass. `load(i, packet)` makes packet i, with distances;
  /// `store(i, packet)` takes it with what it met. Both are called again for each further batch of
  /// solids, and load() must then give what store() took.
  template <class Load, class Store>
  void cast(const SenseInput& in, int agent, float reach_m, int num_packets, const Load& load,
            const Store& store) const noexcept {
    NearSolids near;
    bool first = true;
    do {
      find_near(in, agent, reach_m, near);
      if (!first && near.count == 0) continue;
      for (int i = 0; i < num_packets; ++i) {
        RayPacket packet;
        packet.origin_w_m = in.slab.agents.vec3(agent, kPosition);
        load(i, packet);
        if (first && seen_.statics) in.scene.cast_rays(packet);
        cast_rays(near.all(), packet);
        store(i, packet);
      }
      first = false;
    } while (!near.complete);
  }

 private:
  /// A shape fixed to a body.
  struct Mounted {
    RaySolid solid;  // without its pose
    Vec3 offset_b_m;
  };
  static Mounted mounted(PrimitiveKind kind, const std::vector<float>& size_m, Vec3 offset_b_m);
  void add(const Blocks& blocks, int body, const Mounted& shape, NearSolids& near) const noexcept;

  SeenKinds seen_;
  std::vector<Mounted> agents_;  // one per type
  std::vector<Mounted> props_;   // as in the scene
  int type_row_ = -1;
  float agent_reach_m_ = 0;  // of the largest type, about the center of mass
};

}  // namespace volery::sense
