#include "contact/body_kind.hpp"

#include <cmath>

#include "contact/contact.hpp"
#include "contact/pose.hpp"
#include "scene/collision.hpp"
#include "scene/prop.hpp"

namespace volery::contact {

namespace {

Vec3 vec3_of(const std::vector<float>& v) {
  return {v[0], v[1], v[2]};
}

// half extents from the sizes of a config: box x, y, z; cylinder diameter twice and height; sphere
// diameter
Vec3 half_of(PrimitiveKind shape, const std::vector<float>& size_m) {
  const Vec3 half = vec3_of(size_m) * 0.5F;
  if (shape == PrimitiveKind::kSphere) return {half.x, half.x, half.x};
  if (shape == PrimitiveKind::kCylinder) return {half.x, half.x, half.z};
  return half;
}

// distance of the shape's farthest point from its own centre
float shape_radius(PrimitiveKind shape, Vec3 half) {
  if (shape == PrimitiveKind::kSphere) return half.x;
  if (shape == PrimitiveKind::kCylinder) return std::sqrt(half.x * half.x + half.z * half.z);
  return length(half);
}

// bounds that follow from shape and offset
void derive(BodyKind& kind) {
  // the sphere stays an upper bound after rounding
  constexpr float kRoundUp = 1.000001F;
  kind.radius_m = (shape_radius(kind.shape, kind.half_m) + length(kind.offset_b_m)) * kRoundUp;
  kind.core_m = min_of(kind.half_m.x, min_of(kind.half_m.y, kind.half_m.z));
  kind.threshold_m = kThresholdPerRadius * kind.radius_m;
}

}  // namespace

float max_ground_effect(float coefficient) noexcept {
  constexpr float kLargestShare = 0.95F;  // of thrust returned by the ground: a factor of 20
  return 1.0F / (1.0F - min_of(max_of(coefficient * 0.25F, 0), kLargestShare));
}

BodyKind vehicle_kind(const Vehicle& vehicle, float gravity_mps2) {
  return vehicle_kind(vehicle, gravity_mps2, {});
}

BodyKind vehicle_kind(const Vehicle& vehicle, float gravity_mps2, const FlightReach& reach) {
  const VehicleConfig& config = vehicle.config;
  BodyKind kind;
  kind.shape = kind_of(config.collision.shape);
  kind.half_m = half_of(kind.shape, config.collision.size_m);
  kind.offset_b_m = vec3_of(config.collision.offset_b_m);
  kind.mass_kg = config.mass_kg;
  kind.inertia_b_kgm2 = vec3_of(config.inertia_b_kgm2);
  kind.surface = {config.collision.friction, config.collision.restitution};
  kind.is_agent = true;
  kind.has_wheels = config.kind == VehicleKind::kRover;
  derive(kind);
  // drag in still air only slows down; thrust is largest in the ground effect
  const float thrust_n = vehicle.max_thrust_n * max_ground_effect(config.ground_effect_coefficient);
  const float force_n =
      thrust_n * reach.thrust_factor + reach.force_n + vehicle.drive_limit_n * reach.drive_factor;
  kind.max_accel_mps2 = force_n / kind.mass_kg + abs_of(gravity_mps2);
  kind.air_speed_mps = reach.air_speed_mps;
  kind.drag_per_s = reach.drag_per_s;
  kind.drag_per_m = reach.drag_per_m;
  return kind;
}

BodyKind prop_kind(const PropSpec& prop, float gravity_mps2) {
  BodyKind kind;
  kind.shape = prop.kind;
  kind.half_m = half_of(prop.kind, prop.size_m);
  kind.mass_kg = prop.mass_kg;
  kind.inertia_b_kgm2 = prop_inertia_b_kgm2(prop);
  kind.surface = {prop.friction, prop.restitution};
  derive(kind);
  kind.max_accel_mps2 = abs_of(gravity_mps2);
  return kind;
}

Surface combined(const Surface& a, const Surface& b) noexcept {
  return {std::sqrt(a.friction * b.friction), std::sqrt(a.restitution * b.restitution)};
}

}  // namespace volery::contact
