// What a kind of moving body looks like to contacts: shape, mass, surface, limits. No Bullet here.
#pragma once

#include "core/types.hpp"
#include "model/vehicle.hpp"
#include "scene/scene.hpp"

namespace volery::contact {

/// What contacts feel of a material.
struct Surface {
  float friction = 0;     // Coulomb coefficient
  float restitution = 0;  // rebound speed / impact speed
};

/// A vehicle or a prop. Shapes are boxes, cylinders along their z axis, or spheres.
struct BodyKind {
  PrimitiveKind shape = PrimitiveKind::kCylinder;
  Vec3 half_m;         // box: half extents; cylinder: radius, radius, half height; sphere: radius
  Vec3 offset_b_m;     // of the shape's centre from the centre of mass
  float radius_m = 0;  // of the sphere about the centre of mass that holds the shape
  float core_m = 0;    // of the largest sphere about the shape's centre inside it
  float threshold_m = 0;  // contact points farther apart than this are dropped
  float mass_kg = 0;
  Vec3 inertia_b_kgm2;
  Surface surface;
  float max_accel_mps2 = 0;  // of free flight: no force but contact can speed it up faster
  float air_speed_mps = 0;   // where the air moves: as in FlightReach
  float drag_per_s = 0, drag_per_m = 0;
  bool is_agent = false;
  bool has_wheels = false;  // its belly slides: see under_wheels()
};

/// True where a contact carries a rover from below: its normal, towards the body, lies within some
/// 45 degrees of the body's z axis. Such contacts have no friction and are no touch: what they hold
/// is the wheels' business (flight/drives_lanes.hpp).
[[nodiscard]] inline bool under_wheels(const BodyKind& kind, Vec3 up_w, Vec3 normal_w) noexcept {
  constexpr float kBelly = 0.7F;
  return kind.has_wheels && dot(up_w, normal_w) > kBelly;
}

/// Contact points live while their gap is below this share of the body's bounding radius, 1.2 mm
/// for a Crazyflie. Bullet's own relative threshold is the same number.
inline constexpr float kThresholdPerRadius = 0.02F;

/// How much the ground effect raises thrust at most: 1 / (1 - k (R / 4z)^2) with z held at R/2 or
/// more gives 1 / (1 - k / 4); k is bounded here as a precaution for near-singular vehicle files.
[[nodiscard]] float max_ground_effect(float coefficient) noexcept;

struct FlightReach;
[[nodiscard]] BodyKind vehicle_kind(const Vehicle& vehicle, float gravity_mps2);
[[nodiscard]] BodyKind vehicle_kind(const Vehicle& vehicle, float gravity_mps2,
                                    const FlightReach& reach);
[[nodiscard]] BodyKind prop_kind(const PropSpec& prop, float gravity_mps2);

/// The geometric mean of both numbers, so that equal surfaces keep their values.
[[nodiscard]] Surface combined(const Surface& a, const Surface& b) noexcept;

}  // namespace volery::contact
