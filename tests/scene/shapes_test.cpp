// Distances and rays of each kind of primitive against the oracle.
#include <gtest/gtest.h>

#include "tests/scene/oracle.hpp"

namespace volery {
namespace {

using testing::add_scaled;
using testing::Draws;
using testing::make_primitive;
using testing::oracle_distance;
using testing::Point;
using testing::point_of;
using testing::random_primitive;
using testing::scene_of;

// float32 at coordinates of some 10 m, through a rotation and a difference
constexpr double kDistanceTol_m = 2e-5;

constexpr PrimitiveKind kKinds[] = {PrimitiveKind::kPlane,    PrimitiveKind::kBox,
                                    PrimitiveKind::kCylinder, PrimitiveKind::kSphere,
                                    PrimitiveKind::kHull,     PrimitiveKind::kMesh};

class Shapes : public ::testing::TestWithParam<PrimitiveKind> {};

TEST_P(Shapes, DistanceEqualsTheOracle) {
  Draws draws(1);
  for (int shape = 0; shape < 20; ++shape) {
    const Scene scene(scene_of({random_primitive(draws, GetParam(), 3)}));
    for (int i = 0; i < 100; ++i) {
      const Vec3 p = draws.in_box({-6, -6, -6}, {6, 6, 6});
      const double truth = oracle_distance(scene.config().statics[0], point_of(p));
      ASSERT_NEAR(scene.distance_m(0, p), truth, kDistanceTol_m) << "shape " << shape;
    }
  }
}

/// What marching along the oracle distance finds.
struct March {
  bool hit = false;
  double distance_m = 0;
};
constexpr double kTouch_m = 2e-5;

March march(const Primitive& primitive, Vec3 origin, Vec3 direction, double limit_m) {
  double at = 0;
  for (int i = 0; i < 100000 && at <= limit_m; ++i) {
    const double clear =
        oracle_distance(primitive, add_scaled(point_of(origin), point_of(direction), at));
    if (clear < kTouch_m) return {true, at};
    at += clear;
  }
  return {};
}

TEST_P(Shapes, RayEqualsMarchingAlongTheOracle) {
  constexpr double kLimit_m = 20;
  // rays this flat to the surface are ill-conditioned in distance
  constexpr float kGrazing = 0.05F;
  Draws draws(2);
  int strict = 0;
  int misses = 0;
  const int rays = 300;
  Primitive primitive;
  for (int i = 0; i < rays; ++i) {
    if (i % 20 == 0) primitive = random_primitive(draws, GetParam(), 2);
    const Scene scene(scene_of({primitive}));
    const Vec3 origin = draws.in_box({-6, -6, -6}, {6, 6, 6});
    const Vec3 aim =
        Vec3{primitive.position_w_m[0], primitive.position_w_m[1], primitive.position_w_m[2]} +
        draws.in_box({-1.5F, -1.5F, -1.5F}, {1.5F, 1.5F, 1.5F}) - origin;
    const Vec3 direction = aim * (1.0F / std::sqrt(dot(aim, aim)));
    const RayHit hit = scene.cast_ray(origin, direction, static_cast<float>(kLimit_m));
    const March truth = march(primitive, origin, direction, kLimit_m);
    if (hit.primitive < 0) {
      ++misses;
      EXPECT_EQ(hit.distance_m, static_cast<float>(kLimit_m));
      if (truth.hit) {
        // only where the ray merely scrapes the surface
        const Point past =
            add_scaled(point_of(origin), point_of(direction), truth.distance_m + 0.05);
        EXPECT_GT(oracle_distance(primitive, past), 0.0) << "passed through, ray " << i;
      }
      continue;
    }
    // what was hit is surface, and the normal is a unit vector towards the origin
    const Point at = add_scaled(point_of(origin), point_of(direction), double{hit.distance_m});
    EXPECT_LT(oracle_distance(primitive, at), 1e-4);
    EXPECT_NEAR(dot(hit.normal_w, hit.normal_w), 1.0F, 1e-4F);
    const float facing = -dot(hit.normal_w, direction);
    EXPECT_GE(facing, 0.0F);
    if (facing < kGrazing) continue;
    ++strict;
    ASSERT_TRUE(truth.hit) << "ray " << i;
    EXPECT_NEAR(hit.distance_m, truth.distance_m, 2e-3) << "ray " << i;
  }
  // the cases above must have happened
  EXPECT_GT(strict, rays / 10);
  if (GetParam() != PrimitiveKind::kPlane) {
    EXPECT_GT(misses, rays / 50);
  }
}

TEST_P(Shapes, NormalIsTheSlopeOfTheDistance) {
  Draws draws(3);
  // small against the shapes, large against float32 at 5 m
  constexpr float kStep_m = 1e-2F;
  int checked = 0;
  int agreed = 0;
  for (int i = 0; i < 120; ++i) {
    const Primitive primitive = random_primitive(draws, GetParam(), 1);
    const Scene scene(scene_of({primitive}));
    const Vec3 origin = draws.in_box({-5, -5, -5}, {5, 5, 5});
    const Vec3 aim = draws.in_box({-1, -1, -1}, {1, 1, 1}) - origin;
    const Vec3 direction = aim * (1.0F / std::sqrt(dot(aim, aim)));
    const RayHit hit = scene.cast_ray(origin, direction, 20);
    if (hit.primitive < 0 || hit.distance_m == 0) continue;
    ++checked;
    // one step off the surface along the normal gains one step of distance
    const Vec3 off = origin + direction * hit.distance_m + hit.normal_w * kStep_m;
    const double gained = oracle_distance(primitive, point_of(off));
    if (std::abs(gained - double{kStep_m}) < 1e-3) ++agreed;
  }
  EXPECT_GT(checked, 10);
  // a soup of triangles may have another one closer by; solids may not
  EXPECT_GE(agreed, GetParam() == PrimitiveKind::kMesh ? checked * 9 / 10 : checked);
}

TEST(ShapesByHand, BoxFacesAnswerExactly) {
  const Scene scene(scene_of({make_primitive(PrimitiveKind::kBox, {0, 0, 1}, {2, 4, 2})}));
  const RayHit hit = scene.cast_ray({-5, 0, 1}, {1, 0, 0}, 10);
  EXPECT_EQ(hit.distance_m, 4.0F);
  EXPECT_EQ(hit.normal_w, (Vec3{-1, 0, 0}));
  EXPECT_EQ(scene.distance_m(0, {0, 5, 1}), 3.0F);
  EXPECT_EQ(scene.distance_m(0, {0, 0, 1}), 0.0F);
}

TEST(ShapesByHand, RaysFromInsideSolidsReportZero) {
  for (const PrimitiveKind kind : {PrimitiveKind::kPlane, PrimitiveKind::kBox,
                                   PrimitiveKind::kCylinder, PrimitiveKind::kSphere}) {
    const Scene scene(scene_of({make_primitive(kind, {0, 0, 0}, {2, 2, 2})}));
    const RayHit hit = scene.cast_ray({0.1F, 0, -0.5F}, {0, 0, 1}, 10);
    EXPECT_EQ(hit.primitive, 0);
    EXPECT_EQ(hit.distance_m, 0.0F);
    EXPECT_EQ(hit.normal_w, (Vec3{0, 0, -1}));
  }
}

TEST(ShapesByHand, RaysAlongAFaceOfABoxDoNotSlipThrough) {
  const Scene scene(scene_of({make_primitive(PrimitiveKind::kBox, {0, 0, 0}, {2, 2, 2})}));
  EXPECT_EQ(scene.cast_ray({-3, 1, 0}, {1, 0, 0}, 10).distance_m, 2.0F);
  EXPECT_EQ(scene.cast_ray({-3, 1.001F, 0}, {1, 0, 0}, 10).primitive, -1);
}

TEST(ShapesByHand, RaysThroughASharedEdgeOfAMeshHit) {
  Primitive mesh = make_primitive(PrimitiveKind::kMesh, {0, 0, 0}, {1, 1, 1}, {0.3F, 0.2F, 0.7F});
  mesh.vertices_m = {-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0};
  mesh.triangles = {0, 1, 2, 0, 2, 3};
  const Scene scene(scene_of({mesh}));
  const auto axes = testing::axes_of(mesh.rpy_rad);
  Draws draws(4);
  for (int i = 0; i < 2000; ++i) {
    const double along = double{draws.uniform(-0.99F, 0.99F)};
    const Point edge = add_scaled(add_scaled({0, 0, 0}, axes[0], along), axes[1], along);
    const Vec3 on{static_cast<float>(edge[0]), static_cast<float>(edge[1]),
                  static_cast<float>(edge[2])};
    const Vec3 direction = draws.direction();
    if (std::abs(testing::dot(point_of(direction), axes[2])) < 0.1) continue;
    EXPECT_EQ(scene.cast_ray(on - direction * 3.0F, direction, 10).primitive, 0) << "ray " << i;
  }
}

TEST(ShapesByHand, HullOfABoxIsTheBox) {
  Primitive hull = make_primitive(PrimitiveKind::kHull, {0.5F, 0, 1}, {1, 1, 1}, {0.4F, -0.2F, 1});
  for (const float x : {-0.5F, 0.5F}) {
    for (const float y : {-1.0F, 1.0F}) {
      for (const float z : {-0.25F, 0.25F}) {
        hull.vertices_m.insert(hull.vertices_m.end(), {x, y, z});
      }
    }
  }
  // points inside and on a face change nothing
  hull.vertices_m.insert(hull.vertices_m.end(), {0, 0, 0, 0.5F, 0.3F, 0.1F, 0.5F, 1, 0});
  Primitive box = hull;
  box.kind = PrimitiveKind::kBox;
  box.size_m = {1, 2, 0.5F};
  const Scene as_hull(scene_of({hull}));
  const Scene as_box(scene_of({box}));
  Draws draws(5);
  for (int i = 0; i < 2000; ++i) {
    const Vec3 p = draws.in_box({-2, -2, -1}, {3, 2, 3});
    const Vec3 direction = draws.direction();
    EXPECT_NEAR(as_hull.distance_m(0, p), as_box.distance_m(0, p), kDistanceTol_m);
    const RayHit a = as_hull.cast_ray(p, direction, 9);
    const RayHit b = as_box.cast_ray(p, direction, 9);
    if (a.primitive != b.primitive) continue;  // scrapes; counted by the oracle tests
    EXPECT_NEAR(a.distance_m, b.distance_m, 1e-3F);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Shapes, ::testing::ValuesIn(kKinds));

}  // namespace
}  // namespace volery
