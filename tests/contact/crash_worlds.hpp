// Worlds that crash a lot: random starts and random motors in scenes of several kinds.
#pragma once

#include <string>

#include "tests/contact/window.hpp"

namespace volery::contact::test {

inline Primitive solid(PrimitiveKind kind, Vec3 position, Vec3 size, Vec3 rpy = {}) {
  Primitive p;
  p.kind = kind;
  p.position_w_m = {position.x, position.y, position.z};
  p.size_m = {size.x, size.y, size.z};
  p.rpy_rad = {rpy.x, rpy.y, rpy.z};
  return p;
}

/// A wedge as a hull and as a mesh.
inline Primitive wedge(PrimitiveKind kind, Vec3 position) {
  Primitive p = solid(kind, position, {1, 1, 1});
  p.vertices_m = {-0.4F, -0.4F, 0, 0.4F,  -0.4F, 0,    0.4F, 0.4F, 0,
                  -0.4F, 0.4F,  0, -0.4F, 0,     0.5F, 0.4F, 0,    0.5F};
  if (kind == PrimitiveKind::kMesh) {
    p.triangles = {0, 2, 1, 0, 3, 2, 0, 1, 5, 0, 5, 4, 3, 4, 5, 3, 5, 2, 0, 4, 3, 1, 2, 5};
  }
  return p;
}

/// "floor": a plane alone. "room": walls and obstacles of every kind. "props": the room's floor
/// with a box, a ball and a can to push about.
inline SceneConfig crash_scene(const std::string& name) {
  SceneConfig scene;
  scene.name = name;
  scene.statics = {floor_plane()};
  if (name == "room") {
    for (int side = 0; side < 4; ++side) {
      const float at = side % 2 == 0 ? 2.0F : -2.0F;
      const bool along_x = side < 2;
      scene.statics.push_back(solid(PrimitiveKind::kBox,
                                    along_x ? Vec3{at, 0, 1.5F} : Vec3{0, at, 1.5F},
                                    along_x ? Vec3{0.1F, 4, 3} : Vec3{4, 0.1F, 3}));
    }
    scene.statics.push_back(solid(PrimitiveKind::kBox, {0, 0, 3.05F}, {4, 4, 0.1F}));
    scene.statics.push_back(
        solid(PrimitiveKind::kBox, {0.8F, 0.7F, 0.4F}, {0.7F, 0.5F, 0.8F}, {0, 0, 0.4F}));
    scene.statics.push_back(solid(PrimitiveKind::kCylinder, {-0.9F, 0.6F, 0.5F}, {0.6F, 0.6F, 1}));
    scene.statics.push_back(
        solid(PrimitiveKind::kCylinder, {-0.2F, -1.2F, 1}, {0.1F, 0.1F, 2}, {0.2F, 0, 0}));
    scene.statics.push_back(solid(PrimitiveKind::kSphere, {0.2F, 0.1F, 1.2F}, {0.5F, 0.5F, 0.5F}));
    scene.statics.push_back(wedge(PrimitiveKind::kHull, {1, -0.9F, 0}));
    scene.statics.push_back(wedge(PrimitiveKind::kMesh, {-1, -0.9F, 0}));
  }
  if (name == "props") {
    PropSpec box;
    box.size_m = {0.3F, 0.2F, 0.15F};
    box.position_w_m = {0, 0, 0.5F};
    PropSpec ball;
    ball.kind = PrimitiveKind::kSphere;
    ball.size_m = {0.2F, 0.2F, 0.2F};
    ball.position_w_m = {0.5F, 0.3F, 0.4F};
    PropSpec can;
    can.kind = PrimitiveKind::kCylinder;
    can.size_m = {0.15F, 0.15F, 0.25F};
    can.mass_kg = 0.05F;
    can.position_w_m = {-0.4F, 0.3F, 0.6F};
    scene.props = {box, ball, can};
  }
  return scene;
}

/// Random starts; more agents get more room, so that crashes stay about as frequent.
inline void scatter(const Rig& rig, std::uint64_t seed) {
  const Slab& slab = rig.slab();
  const float side = slab.num_agents > 32 ? 1.8F : 1.2F;
  for (int i = 0; i < slab.agents.num_bodies; ++i) {
    Rng rng(seed, 0, Stream::kSpawn, static_cast<std::uint32_t>(i));
    rig.place(i, {rng.uniform(-side, side), rng.uniform(-side, side), rng.uniform(0.1F, 2.0F)},
              {rng.uniform(-2, 2), rng.uniform(-2, 2), rng.uniform(-1, 1)},
              turned(Quat{}, {rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)}, 1));
  }
  for (int i = 0; i < slab.props.num_bodies; ++i) {
    const int world = i / slab.num_props;
    Rng rng(seed, 1, Stream::kSpawn, static_cast<std::uint32_t>(i));
    slab.props.set_vec3(i, kPosition,
                        {rng.uniform(-1, 1), rng.uniform(-1, 1),
                         0.3F + 0.3F * static_cast<float>(i - world * slab.num_props)});
    slab.props.set_vec3(i, kVelocity, {});
    slab.props.set_vec3(i, kOmega, {});
    slab.props.set_quat(i, {});
  }
}

/// Random thrust about hover and random torques, held for one window.
inline void random_inputs(const Rig& rig, std::uint64_t seed, std::uint32_t step) {
  const Slab& slab = rig.slab();
  const float weight_n = rig.vehicle().config.mass_kg * 9.80665F;
  const float most_n = std::min(rig.vehicle().max_thrust_n, 2 * weight_n);
  for (int i = 0; i < slab.agents.num_bodies; ++i) {
    Rng rng(seed, 0, Stream::kAction, static_cast<std::uint32_t>(i), step);
    slab.agents.at(i, kThrust) = rng.uniform(0, most_n);
    slab.agents.set_vec3(i, kTorque,
                         Vec3{rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)} * 4e-4F);
  }
}

}  // namespace volery::contact::test
