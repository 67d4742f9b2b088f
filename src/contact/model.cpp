#include "contact/model.hpp"

#include <BulletCollision/CollisionShapes/btBoxShape.h>
#include <BulletCollision/CollisionShapes/btConvexHullShape.h>
#include <BulletCollision/CollisionShapes/btCylinderShape.h>
#include <BulletCollision/CollisionShapes/btSphereShape.h>

#include <string>
#include <utility>

#include "contact/bullet_globals.hpp"
#include "contact/pose.hpp"

namespace volery::contact {

namespace {

btVector3 bt(Vec3 v) {
  return {v.x, v.y, v.z};
}

// Boxes and cylinders keep Bullet's own safe margin: it lies inside of the shape.
std::unique_ptr<btConvexShape> simple_shape(PrimitiveKind kind, Vec3 half_m) {
  if (kind == PrimitiveKind::kSphere) return std::make_unique<btSphereShape>(half_m.x);
  if (kind == PrimitiveKind::kBox) return std::make_unique<btBoxShape>(bt(half_m));
  return std::make_unique<btCylinderShapeZ>(bt(half_m));
}

std::unique_ptr<btConvexShape> hull_shape(const Primitive& primitive) {
  auto hull = std::make_unique<btConvexHullShape>();
  for (std::size_t i = 0; i + 2 < primitive.vertices_m.size(); i += 3) {
    hull->addPoint(
        {primitive.vertices_m[i], primitive.vertices_m[i + 1], primitive.vertices_m[i + 2]}, false);
  }
  hull->recalcLocalAabb();
  // the default of 4 cm would lie outside of the hull and keep drones that far away
  hull->setMargin(0);
  return hull;
}

StaticBody static_body_of(const Primitive& primitive, int index) {
  StaticBody body;
  body.geometry = scene::make_shape(primitive, "scene.statics[" + std::to_string(index) + "]");
  body.surface = {primitive.friction, primitive.restitution};
  switch (primitive.kind) {
    case PrimitiveKind::kPlane:
    case PrimitiveKind::kMesh:
      break;
    case PrimitiveKind::kHull:
      body.bullet = hull_shape(primitive);
      break;
    default:
      body.bullet = simple_shape(primitive.kind, body.geometry.half_m);
  }
  return body;
}

// Many obstacles cost more lanes than one box around all of them; the exact test follows anyway.
constexpr int kMostBoxes = 24;

NearPlanes near_planes_of(const std::vector<StaticBody>& statics) {
  NearPlanes near;
  scene::Aabb all;
  const auto add_box = [&](const scene::Aabb& box) {
    near.boxes.insert(near.boxes.end(),
                      {box.low.x, box.low.y, box.low.z, box.high.x, box.high.y, box.high.z});
  };
  for (const StaticBody& body : statics) {
    if (body.geometry.kind == PrimitiveKind::kPlane) {
      const scene::HalfSpace& s = body.geometry.half_spaces.front();
      near.planes.insert(near.planes.end(), {s.normal_w.x, s.normal_w.y, s.normal_w.z, s.offset_m});
    } else {
      add_box(body.geometry.bounds);
      all.include(body.geometry.bounds);
    }
  }
  if (near.num_boxes() > kMostBoxes) {
    near.boxes.clear();
    add_box(all);
  }
  return near;
}

// Makes the bounds of `all` hold for one kind more.
void widen(BodyKind& all, const BodyKind& kind) {
  all.radius_m = max_of(all.radius_m, kind.radius_m);
  all.threshold_m = max_of(all.threshold_m, kind.threshold_m);
  all.max_accel_mps2 = max_of(all.max_accel_mps2, kind.max_accel_mps2);
  all.air_speed_mps = kind.air_speed_mps;
  all.drag_per_s = kind.drag_per_s;
  all.drag_per_m = kind.drag_per_m;
  if (length(kind.offset_b_m) > length(all.offset_b_m)) all.offset_b_m = kind.offset_b_m;
}

// what rounding, penetration correction of a resting contact and the like may add to a sweep
constexpr float kSweepMargin = 0.002F;

}  // namespace

ContactModel::Impl::Impl(const ContactConfig& config_in, const Scene& scene_in,
                         std::span<const Vehicle> types, float gravity_mps2, float substep_s_in,
                         int substeps_per_window)
    : config(config_in),
      scene(&scene_in),
      substep_s(substep_s_in),
      substeps(substeps_per_window),
      num_types(static_cast<int>(types.size())) {
  set_bullet_globals();
  for (const Vehicle& type : types) {
    kinds.push_back(vehicle_kind(type, gravity_mps2, config.reach));
    widen(widest, kinds.back());
  }
  for (const PropSpec& prop : scene_in.config().props)
    kinds.push_back(prop_kind(prop, gravity_mps2));
  for (const BodyKind& kind : kinds) kind_shapes.push_back(simple_shape(kind.shape, kind.half_m));
  for (const Primitive& primitive : scene_in.config().statics) {
    statics.push_back(static_body_of(primitive, static_cast<int>(statics.size())));
  }
  near_planes = near_planes_of(statics);
  cables = CableModel(scene_in.config(), config, kinds, num_types);
}

float ContactModel::Impl::swept_radius_m(const BodyKind& kind, float speed_mps,
                                         int substeps_left) const noexcept {
  const float time_s = substep_s * static_cast<float>(substeps_left);
  // semi-implicit Euler covers a T^2 (1 + 1/n) / 2 under constant acceleration
  float accel_mps2 = kind.max_accel_mps2;
  if (kind.air_speed_mps > 0) {
    // drag never makes the speed through the air grow, and pulls at most by its value there
    const float through_air_mps = speed_mps + accel_mps2 * time_s + kind.air_speed_mps;
    accel_mps2 += (kind.drag_per_s + kind.drag_per_m * through_air_mps) * through_air_mps;
  }
  const float accelerated_m = accel_mps2 * time_s * (time_s + substep_s) * 0.5F;
  return kind.radius_m + kind.threshold_m + speed_mps * time_s + accelerated_m + kSweepMargin;
}

int ContactModel::Impl::max_pairs(int bodies_per_world) const noexcept {
  // a body that touches more than eight others at once is no longer flying
  constexpr int kPerBody = 8;
  constexpr int kBase = 64;
  return config.max_pairs_per_world > 0 ? config.max_pairs_per_world
                                        : kBase + kPerBody * bodies_per_world;
}

ContactModel::ContactModel(const ContactConfig& config, const Scene& scene, const Vehicle& vehicle,
                           float gravity_mps2, float substep_s, int substeps_per_window)
    : impl_(std::make_unique<Impl>(config, scene, std::span(&vehicle, 1), gravity_mps2, substep_s,
                                   substeps_per_window)) {}
ContactModel::ContactModel(const ContactConfig& config, const Scene& scene,
                           const VehicleFleet& fleet, float gravity_mps2, float substep_s,
                           int substeps_per_window)
    : impl_(std::make_unique<Impl>(config, scene, std::span(fleet.types()), gravity_mps2, substep_s,
                                   substeps_per_window)) {}

ContactModel::~ContactModel() = default;

}  // namespace volery::contact
