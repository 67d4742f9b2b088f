// The insides of ContactModel: body kinds, static shapes with their Bullet twins, solver constants.
#pragma once

#include <BulletCollision/CollisionShapes/btConvexShape.h>

#include <memory>
#include <vector>

#include "contact/body_kind.hpp"
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
  Impl(const ContactConfig& config, const Scene& scene, const Vehicle& vehicle, float gravity_mps2,
       float substep_s, int substeps_per_window);

  ContactConfig config;
  const Scene* scene;  // the batch keeps it alive
  float substep_s;
  int substeps;
  std::vector<BodyKind> kinds;                              // vehicle, then one per prop
  std::vector<std::unique_ptr<btConvexShape>> kind_shapes;  // as kinds
  std::vector<StaticBody> statics;                          // as SceneConfig.statics
  NearPlanes near_planes;                                   // static geometry as lanes see it

  [[nodiscard]] int num_props() const noexcept { return static_cast<int>(kinds.size()) - 1; }
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
