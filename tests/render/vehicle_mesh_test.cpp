// Meshes of every vehicle in assets.
#include "render/vehicle_mesh.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace volery::render {
namespace {

/// Six times the volume that the faces enclose: positive where all of them face outwards.
float volume_of(const Mesh& mesh) {
  float sum = 0;
  for (std::size_t i = 0; i < mesh.indices.size(); i += 3) {
    const Vec3 a = mesh.vertices[mesh.indices[i]].position_m;
    const Vec3 b = mesh.vertices[mesh.indices[i + 1]].position_m;
    const Vec3 c = mesh.vertices[mesh.indices[i + 2]].position_m;
    sum += dot(a, cross(b, c));
  }
  return sum;
}

TEST(VehicleMesh, EveryVehicleKeepsItsTriangleBudget) {
  for (const std::string& name : vehicle_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const Mesh full = full_mesh(vehicle), near = near_mesh(vehicle);
    EXPECT_GT(full.num_triangles(), 0) << name;
    EXPECT_LE(full.num_triangles(), kFullTriangles) << name;
    EXPECT_LE(near.num_triangles(), kNearTriangles) << name;
    EXPECT_GT(shape_mesh(vehicle).num_triangles(), 0) << name;
  }
}

TEST(VehicleMesh, NothingOfAVehicleIsOutsideOfItsRadius) {
  // a nose or a foot may reach a little beyond the collision shape
  constexpr float kBeyond = 1.15F;
  for (const std::string& name : vehicle_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    const float most = kBeyond * drawn_radius_m(vehicle);
    for (const Mesh& mesh : {full_mesh(vehicle), near_mesh(vehicle)}) {
      for (const MeshVertex& v : mesh.vertices) {
        EXPECT_LE(std::sqrt(dot(v.position_m, v.position_m)), most) << name;
      }
    }
  }
}

TEST(VehicleMesh, RotorcraftShowWhereTheyPoint) {
  for (const std::string& name : rotorcraft_names()) {
    const Vehicle vehicle = load_vehicle(Value(name));
    for (const Mesh& mesh : {full_mesh(vehicle), near_mesh(vehicle)}) {
      // the foremost untinted light vertex is the nose; there is none behind
      float front = 0, back = 0;
      for (const MeshVertex& v : mesh.vertices) {
        if (v.color[3] != 0 || v.color[0] < 240) continue;
        front = std::max(front, v.position_m.x);
        back = std::min(back, v.position_m.x);
      }
      EXPECT_GT(front, 0) << name;
      EXPECT_EQ(back, 0) << name;
    }
  }
}

TEST(Mesh, SolidsFaceOutwardsAndHaveTheirVolume) {
  const Material material;
  Mesh box;
  box.box({1, 2, 3}, {0.5F, 1, 1.5F}, material);
  EXPECT_NEAR(volume_of(box), 6 * 6, 1e-3F);
  // inscribed bodies are a little smaller: by (2 pi / n)^2 / 6 for n segments, twice for a ball
  constexpr float kInscribed = 0.02F;
  Mesh cylinder;
  cylinder.cylinder({0, 0, -1}, 2, 0.5F, 0.5F, 32, material);
  EXPECT_NEAR(volume_of(cylinder) / (6 * 2 * 0.785398F * 0.5F * 2), 1, kInscribed);
  Mesh ball;
  ball.sphere({}, {1, 1, 1}, 24, 48, material);
  EXPECT_NEAR(volume_of(ball) / (6 * 4.18879F), 1, kInscribed);
  Mesh cone;
  cone.cylinder({}, 3, 1, 0, 48, material);
  EXPECT_NEAR(volume_of(cone) / (6 * 3.14159F), 1, kInscribed);
}

TEST(Mesh, NormalsTurnWithTheMesh) {
  Mesh mesh;
  mesh.face({0, 0, 0}, {1, 0, 0}, {0, 1, 0}, Material{});
  EXPECT_EQ(mesh.vertices[0].normal[2], 127);
  // a quarter turn about x: z becomes -y
  mesh.transform(0, {0.70710678F, 0, 0, 0.70710678F}, {0, 0, 5});
  EXPECT_EQ(mesh.vertices[0].normal[1], -127);
  EXPECT_EQ(mesh.vertices[0].normal[2], 0);
  EXPECT_FLOAT_EQ(mesh.vertices[0].position_m.z, 5);
}

}  // namespace
}  // namespace volery::render
