// Rotorcraft, rovers and particles as meshes.
#include "render/vehicle_mesh.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"

namespace volery::render {
namespace {

constexpr Material kShell{{255, 255, 255}, 1.0F};    // the team's color
constexpr Material kArm{{60, 64, 70}, 0.55F};        // carbon with a touch of it
constexpr Material kMotor{{52, 55, 60}, 0};          //
constexpr Material kBell{{150, 154, 160}, 0};        //
constexpr Material kBattery{{38, 40, 44}, 0};        //
constexpr Material kNose{{245, 245, 240}, 0};        // light, whatever the team
constexpr Material kTire{{30, 31, 34}, 0};           //
constexpr Material kFarDisc{{205, 210, 216}, 0.7F};  // a turning rotor from afar
constexpr Material kBlade{{70, 74, 80}, 0};          //

Vec3 vec3_of(const std::vector<float>& v) {
  return {v[0], v[1], v[2]};
}

/// The measures that a rotorcraft's parts hang on.
struct Frame4 {
  float arm_m = 0;   // farthest hub from the center, level
  float disc_m = 0;  // rotor radius
  float body_m = 0;  // half the side of the body
  float high_m = 0;  // half its height
  float low_m = 0;   // lowest point: where it stands
};

Frame4 measures(const VehicleConfig& config) {
  Frame4 f;
  for (const RotorSpec& rotor : config.rotors) {
    const Vec3 p = vec3_of(rotor.position_b_m);
    f.arm_m = std::max(f.arm_m, std::sqrt(p.x * p.x + p.y * p.y));
  }
  f.disc_m = config.rotor_radius_m;
  // no wider than what the discs leave free, no smaller than a third of an arm
  f.body_m = std::clamp(f.arm_m - 1.05F * f.disc_m, 0.30F * f.arm_m, 0.5F * f.arm_m) * 0.8F;
  f.high_m = 0.38F * f.body_m;
  const CollisionSpec& shape = config.collision;
  const float half = shape.size_m[2] / 2;
  f.low_m = shape.offset_b_m[2] - half;
  return f;
}

void add_body(Mesh& mesh, const Frame4& f) {
  const float b = f.body_m, h = f.high_m;
  // hull: a box whose upper half narrows, longer than wide
  mesh.box({0, 0, -0.35F * h}, {1.15F * b, 0.8F * b, 0.65F * h}, kShell);
  mesh.beam({-1.0F * b, 0, 0.65F * h}, {0.75F * b, 0, 0.65F * h}, 0.6F * b, 0.35F * h, 0.45F * b,
            0.35F * h, kShell);
  mesh.box({-0.1F * b, 0, 1.15F * h}, {0.62F * b, 0.34F * b, 0.2F * h}, kBattery);
  // a light nose, and an eye below it
  mesh.beam({1.12F * b, 0, -0.2F * h}, {1.7F * b, 0, -0.35F * h}, 0.42F * b, 0.5F * h, 0.06F * b,
            0.12F * h, kNose);
}

void add_arm(Mesh& mesh, const Frame4& f, Vec3 hub) {
  const float across = std::max(0.11F * f.disc_m, 0.045F * f.arm_m);
  const float drop = 0.20F * f.disc_m;
  const Vec3 end{hub.x, hub.y, hub.z - drop};
  mesh.beam({0, 0, -0.25F * f.high_m}, end, 1.5F * across, across, across, 0.7F * across, kArm);
  // motor: can and bell
  const float radius = std::max(0.15F * f.disc_m, 1.25F * across);
  mesh.cylinder({hub.x, hub.y, hub.z - 1.5F * drop}, 1.0F * drop, 0.9F * radius, 0.9F * radius, 8,
                kMotor);
  mesh.cylinder({hub.x, hub.y, hub.z - 0.5F * drop}, 0.42F * drop, radius, 0.8F * radius, 8, kBell);
  // a foot under the motor where the shape reaches lower
  const float foot = end.z - drop - f.low_m;
  if (foot > 0.3F * f.high_m) {
    mesh.beam({0.82F * hub.x, 0.82F * hub.y, end.z}, {0.82F * hub.x, 0.82F * hub.y, f.low_m},
              0.7F * across, 0.7F * across, 0.45F * across, 0.45F * across, kMotor);
  }
}

Mesh full_rotorcraft(const VehicleConfig& config) {
  Mesh mesh;
  const Frame4 f = measures(config);
  add_body(mesh, f);
  for (const RotorSpec& rotor : config.rotors) add_arm(mesh, f, vec3_of(rotor.position_b_m));
  return mesh;
}

Mesh near_rotorcraft(const VehicleConfig& config) {
  Mesh mesh;
  const Frame4 f = measures(config);
  const float b = f.body_m, h = f.high_m;
  // a wedge that is high behind: body and direction in 12 triangles, the nose in 2
  mesh.beam({-1.15F * b, 0, 0}, {1.15F * b, 0, -0.2F * h}, 0.8F * b, h, 0.6F * b, 0.6F * h, kShell);
  const Vec3 tip{1.9F * b, 0, -0.2F * h};
  mesh.face({1.1F * b, -0.6F * b, 0.3F * h}, tip, {1.1F * b, 0.6F * b, 0.3F * h}, kNose);
  const int segments = config.rotors.size() > 5 ? 4 : 6;
  const float across = 0.09F * f.arm_m;
  for (const RotorSpec& rotor : config.rotors) {
    const Vec3 hub = vec3_of(rotor.position_b_m);
    const float length = std::max(std::sqrt(hub.x * hub.x + hub.y * hub.y), 1e-6F);
    const Vec3 side{-hub.y / length * across, hub.x / length * across, 0};
    mesh.face(side * -1.0F, hub - side * 0.6F, hub + side * 0.6F, side, kArm);
    mesh.disc(hub + Vec3{0, 0, 0.1F * f.disc_m}, f.disc_m, segments, kFarDisc);
  }
  return mesh;
}

void add_wheel(Mesh& mesh, Vec3 center, float radius, float wide, int segments) {
  const std::size_t first = mesh.vertices.size();
  mesh.cylinder({0, 0, -wide / 2}, wide, radius, radius, segments, kTire);
  mesh.cylinder({0, 0, -wide * 0.55F}, wide * 1.1F, radius * 0.55F, radius * 0.55F, segments,
                kBell);
  // the cylinder's z becomes y
  const float half_turn = 0.70710678F;
  mesh.transform(first, {-half_turn, 0, 0, half_turn}, center);
}

Mesh rover(const VehicleConfig& config, bool full) {
  Mesh mesh;
  const Vec3 half = vec3_of(config.collision.size_m) * 0.5F;
  const Vec3 middle = vec3_of(config.collision.offset_b_m);
  const float wheel = config.rover.wheel_radius_m;
  const float floor = middle.z - half.z;
  const float deck = floor + 0.9F * wheel;
  const float top = middle.z + half.z;
  const float wide = std::min(0.018F / 0.033F * wheel, half.y * 0.3F);
  const int segments = full ? 20 : 6;
  for (const float side : {-1.0F, 1.0F}) {
    const Vec3 center{0, side * config.rover.track_m / 2, floor + wheel};
    if (full) add_wheel(mesh, center, wheel, wide, segments);
    if (!full) mesh.box(center, {0.8F * wheel, wide / 2, 0.8F * wheel}, kTire);
  }
  const float inner = config.rover.track_m / 2 - 0.6F * wide;
  const float length = half.x;
  if (!full) {
    mesh.box({0, 0, (deck + top) / 2}, {length, inner, (top - deck) / 2}, kShell);
    mesh.beam({length, 0, deck}, {1.25F * length, 0, deck}, 0.4F * inner, 0.2F * inner,
              0.1F * inner, 0.1F * inner, kNose);
    return mesh;
  }
  // decks on posts, a scanner on top, a light front
  const float story = (top - deck) / 3.4F;
  for (int level = 0; level < 3; ++level) {
    const float z = deck + static_cast<float>(level) * story;
    mesh.box({0, 0, z}, {length, inner, 0.12F * story}, kShell);
    if (level == 2) break;
    mesh.box({-0.1F * length, 0, z + story / 2}, {0.7F * length, 0.7F * inner, 0.3F * story},
             level == 0 ? kBattery : kMotor);
    for (const float x : {-0.85F, 0.85F}) {
      for (const float y : {-0.85F, 0.85F}) {
        mesh.cylinder({x * length, y * inner, z}, story, 0.04F * length, 0.04F * length, 6, kBell,
                      false);
      }
    }
  }
  const float scanner = deck + 2.1F * story;
  mesh.cylinder({-0.1F * length, 0, scanner}, top - scanner, 0.42F * length, 0.38F * length, 20,
                kBattery);
  mesh.beam({length, 0, deck}, {1.22F * length, 0, deck}, 0.5F * inner, 0.2F * story, 0.15F * inner,
            0.1F * story, kNose);
  return mesh;
}

Mesh particle(const VehicleConfig& config, int rings, int segments) {
  Mesh mesh;
  const float r = config.collision.size_m[0] / 2;
  mesh.sphere(vec3_of(config.collision.offset_b_m), {r, r, r}, rings, segments, kShell);
  return mesh;
}

}  // namespace

Mesh full_mesh(const Vehicle& vehicle) {
  switch (vehicle.kind()) {
    case VehicleKind::kRover:
      return rover(vehicle.config, true);
    case VehicleKind::kParticle:
      return particle(vehicle.config, 14, 22);
    default:
      return full_rotorcraft(vehicle.config);
  }
}

Mesh near_mesh(const Vehicle& vehicle) {
  switch (vehicle.kind()) {
    case VehicleKind::kRover:
      return rover(vehicle.config, false);
    case VehicleKind::kParticle:
      return particle(vehicle.config, 5, 7);
    default:
      return near_rotorcraft(vehicle.config);
  }
}

Mesh shape_mesh(const Vehicle& vehicle) {
  const CollisionSpec& shape = vehicle.config.collision;
  const Vec3 size = vec3_of(shape.size_m);
  const Vec3 center = vec3_of(shape.offset_b_m);
  Mesh mesh;
  switch (shape.shape) {
    case CollisionSpec::Shape::kBox:
      mesh.box(center, size * 0.5F, kShell);
      break;
    case CollisionSpec::Shape::kSphere:
      mesh.sphere(center, size * 0.5F, 8, 12, kShell);
      break;
    default:
      mesh.cylinder(center - Vec3{0, 0, size.z / 2}, size.z, size.x / 2, size.x / 2, 16, kShell);
      break;
  }
  return mesh;
}

Mesh blade_mesh() {
  Mesh mesh;
  for (const float side : {1.0F, -1.0F}) {
    // two pieces that narrow outwards and are pitched, higher at the front
    const auto at = [&](float r, float chord, float rise) {
      return Vec3{side * r, side * chord, rise};
    };
    mesh.face(at(0.05F, -0.07F, -0.02F), at(0.55F, -0.11F, -0.035F), at(0.55F, 0.09F, 0.045F),
              at(0.05F, 0.05F, 0.03F), kBlade);
    mesh.face(at(0.55F, -0.11F, -0.035F), at(1.0F, -0.04F, -0.005F), at(1.0F, 0.03F, 0.015F),
              at(0.55F, 0.09F, 0.045F), kBlade);
  }
  mesh.cylinder({0, 0, -0.05F}, 0.12F, 0.1F, 0.06F, 8, kBattery);
  return mesh;
}

float drawn_radius_m(const Vehicle& vehicle) noexcept {
  float radius = vehicle.bounding_radius_m;
  for (const RotorSpec& rotor : vehicle.config.rotors) {
    const Vec3 hub = vec3_of(rotor.position_b_m);
    radius = std::max(radius, std::sqrt(dot(hub, hub)) + vehicle.config.rotor_radius_m);
  }
  return radius;
}

}  // namespace volery::render
