// The insides of ContactModel: body kinds, static shapes with their Bullet twins, solver constants.
#pragma once

#include <BulletCollision/CollisionShapes/btConvexShape.h>

#include <memory>
#include <span>
#include <vector>

#include "contact/body_kind.hpp"
#include "contact/cable_model.hpp"
#include "contact/contact.hpp"
#include "contact/near_lanes.hpp"
#include "scene/shapes.hpp"

namespace volery::contact {

/// A static body: exact geometry of the scene for tests of distance, a Bullet shape for contacts.
struct StaticBody {
  scene::Shape geometry;
  std::unique_ptr<btConvexShape> bullet;  // none for planes and meshes
  Surface surface;
};

struct ContactModel::Impl {
  Impl(const ContactConfig& config, const Scene& scene, std::span<const Vehicle> types,
       float gravity_mps2, float substep_s, int substeps_per_window);

  ContactConfig config;
  const Scene* scene;  // the batch keeps it alive
  float substep_s;
  int substeps;
  int num_types;                // of vehicles
  std::vector<BodyKind> kinds;  // one per type of vehicle, then one per prop
  BodyKind widest;  // bounds that hold for every agent: radius, threshold, offset, acceleration
  std::vector<std::unique_ptr<btConvexShape>> kind_shapes;  // as kinds
  std::vector<StaticBody> statics;                          // as SceneConfig.statics
  NearPlanes near_planes;                                   // static geometry as lanes see it
  CableModel cables;

  [[nodiscard]] int num_props() const noexcept {
    return static_cast<int>(kinds.size()) - num_types;
  }
  [[nodiscard]] const StaticBody& static_body(int s) const noexcept {
    return statics[static_cast<std::size_t>(s)];
  }
  /// Radius about a moving body of this kind that holds it for `time_s`, contacts apart.
  [[nodiscard]] float swept_radius_m(const BodyKind& kind, float speed_mps,
                                     int substeps_left) const noexcept;
  /// Pairs with points that one world may hold.
  [[nodiscard]] int max_pairs(int bodies_per_world) const noexcept;
};

}  // namespace volery::contact
