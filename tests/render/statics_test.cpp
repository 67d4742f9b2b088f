// What a view sees of the static geometry, before any of it is drawn.
#include "render/statics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "render/palette.hpp"
#include "render/renderer.hpp"

namespace volery::render {
namespace {

SceneConfig scene_of(std::vector<Primitive> statics) {
  SceneConfig scene;
  scene.bounds_low_m = {-10, -10, 0};
  scene.bounds_high_m = {10, 10, 6};
  scene.statics = std::move(statics);
  return scene;
}

Primitive box_at(float x, float y, float z, float yaw_rad = 0) {
  Primitive box;
  box.position_w_m = {x, y, z};
  box.rpy_rad = {0, 0, yaw_rad};
  return box;
}

Primitive plane_at(std::vector<float> position_w_m, std::vector<float> rpy_rad) {
  Primitive plane;
  plane.kind = PrimitiveKind::kPlane;
  plane.position_w_m = std::move(position_w_m);
  plane.rpy_rad = std::move(rpy_rad);
  return plane;
}

View looking(std::array<double, 3> eye, std::array<double, 3> target) {
  return View(look_at(eye, target, 1.0F), 100, 100, Extent{});
}

constexpr std::size_t kFace = 6;  // indices

TEST(Statics, OfABoxThoseFacesAreDrawnThatFaceTheEye) {
  const Statics statics(scene_of({box_at(0, 0, 0)}));
  std::vector<std::uint32_t> indices;
  EXPECT_EQ(statics.select(looking({-5, 0, 0}, {0, 0, 0}), indices).closed, kFace);
  EXPECT_EQ(statics.select(looking({-5, -5, 5}, {0, 0, 0}), indices).closed, 3 * kFace);
  const StaticRange away = statics.select(looking({-5, 0, 0}, {-9, 0, 0}), indices);
  EXPECT_EQ(away.closed, 0U);
  EXPECT_EQ(away.first, indices.size());
  // turned by an eighth, two faces are seen from where one was
  const Statics turned(scene_of({box_at(0, 0, 0, 0.785398F)}));
  EXPECT_EQ(turned.select(looking({-5, 0, 0}, {0, 0, 0}), indices).closed, 2 * kFace);
}

TEST(Statics, TheNearestComesFirst) {
  const Statics statics(scene_of({box_at(4, 0, 0), box_at(0, 0, 0)}));
  std::vector<std::uint32_t> indices;
  (void)statics.select(looking({-5, 0, 0}, {0, 0, 0}), indices);
  ASSERT_EQ(indices.size(), 2 * kFace);
  EXPECT_EQ(statics.vertices()[indices[0]].id, kStaticId + 1);
  EXPECT_EQ(statics.vertices()[indices[kFace]].id, kStaticId);
}

TEST(Statics, WallsAreSeenFromTheirFrontAndEndAtTheBounds) {
  // a wall at x = 10 that faces -x
  const Statics statics(scene_of({plane_at({10, 0, 0}, {0, -1.5707963F, 0})}));
  Mesh inside, outside, endless, none;
  const View view = looking({0, 0, 2}, {10, 0, 2});
  statics.planes(view, Planes::kBounds, kDarkTheme.wall, inside);
  statics.planes(looking({15, 0, 2}, {0, 0, 2}), Planes::kBounds, kDarkTheme.wall, outside);
  statics.planes(view, Planes::kInfinite, kDarkTheme.wall, endless);
  statics.planes(view, Planes::kNone, kDarkTheme.wall, none);
  EXPECT_EQ(outside.num_triangles(), 0);
  EXPECT_EQ(none.num_triangles(), 0);
  ASSERT_GE(inside.num_triangles(), 2);
  constexpr float kRounding_m = 1e-3F;
  float high = 0, highest = 0;
  for (const MeshVertex& v : inside.vertices) {
    EXPECT_NEAR(v.position_m.x, 10, kRounding_m);
    EXPECT_LE(std::abs(v.position_m.y), 10.03F);
    EXPECT_EQ(v.id, kStaticId);
    high = std::max(high, v.position_m.z);
  }
  for (const MeshVertex& v : endless.vertices) highest = std::max(highest, v.position_m.z);
  constexpr float kSlack_m = 0.03F;  // walls reach a little beyond the bounds
  EXPECT_NEAR(high, 4, kSlack_m) << "6 m, seen from 2 m";
  EXPECT_GT(highest, 50);
}

TEST(Statics, GroundIsTheHighestLevelPlaneBelowTheEye) {
  const Statics statics(
      scene_of({plane_at({0, 0, -1}, {0, 0, 0}), plane_at({0, 0, 0.5F}, {0, 0, 0}),
                plane_at({0, 0, 4}, {3.1415926F, 0, 0})}));
  EXPECT_EQ(statics.ground_w_m(looking({0, 0, 2}, {5, 0, 1})), 0.5F);
  EXPECT_EQ(statics.ground_w_m(looking({0, 0, 0}, {5, 0, 0})), -1.0F);
  EXPECT_FALSE(statics.ground_w_m(looking({0, 0, -3}, {5, 0, -3})).has_value());
}

TEST(Statics, DistanceIsThatToTheNearestSurface) {
  const Statics statics(scene_of({box_at(3, 0, 1), plane_at({0, 0, 0}, {0, 0, 0})}));
  EXPECT_NEAR(statics.distance_m({0, 0, 1}), 1, 1e-6);
  EXPECT_NEAR(statics.distance_m({2, 0, 1}), 0.5, 1e-6);
}

}  // namespace
}  // namespace volery::render
