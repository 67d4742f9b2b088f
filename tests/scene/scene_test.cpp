// Whole scenes: the tree against plain loops over primitives, and the culling bound.
#include "scene/scene.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/scene/oracle.hpp"

namespace volery {
namespace {

using testing::Draws;
using testing::make_primitive;
using testing::oracle_distance;
using testing::point_of;
using testing::random_primitive;
using testing::scene_of;

/// Many primitives of all kinds, some of them exact copies so that ties happen.
SceneConfig cluttered(unsigned seed) {
  Draws draws(seed);
  std::vector<Primitive> statics;
  for (int i = 0; i < 60; ++i) {
    statics.push_back(random_primitive(draws, static_cast<PrimitiveKind>(1 + i % 5), 8));
    if (i % 7 == 0) statics.push_back(statics.back());
  }
  statics.insert(statics.begin() + 20,
                 make_primitive(PrimitiveKind::kPlane, {0, 0, -9}, {1, 1, 1}));
  statics.push_back(make_primitive(PrimitiveKind::kPlane, {0, 0, -9}, {1, 1, 1}));
  return scene_of(std::move(statics));
}

TEST(SceneRays, EqualAPlainLoopOverScenesOfOnePrimitive) {
  const Scene scene(cluttered(1));
  std::vector<std::unique_ptr<Scene>> alone;
  for (const Primitive& primitive : scene.config().statics) {
    alone.push_back(std::make_unique<Scene>(scene_of({primitive})));
  }
  Draws draws(2);
  int ties = 0;
  for (int i = 0; i < 5000; ++i) {
    const Vec3 origin = draws.in_box({-10, -10, -9}, {10, 10, 10});
    Vec3 direction = draws.direction();
    if (i % 4 == 0) direction = {0, 0, -1};
    const float limit_m = draws.uniform(0, 25);
    RayHit best{limit_m, -1, {}};
    for (std::size_t k = 0; k < alone.size(); ++k) {
      const RayHit hit = alone[k]->cast_ray(origin, direction, limit_m);
      if (hit.primitive < 0) continue;
      if (best.primitive >= 0 && hit.distance_m == best.distance_m) ++ties;
      if (hit.distance_m < best.distance_m || best.primitive < 0) {
        best = {hit.distance_m, static_cast<int>(k), hit.normal_w};
      }
    }
    const RayHit hit = scene.cast_ray(origin, direction, limit_m);
    ASSERT_EQ(hit.primitive, best.primitive) << "ray " << i;
    ASSERT_EQ(hit.distance_m, best.distance_m);
    ASSERT_EQ(hit.normal_w, best.normal_w);
  }
  EXPECT_GT(ties, 100);
}

TEST(SceneNear, EqualsAPlainLoopOverDistances) {
  const Scene scene(cluttered(3));
  Draws draws(4);
  const int count = static_cast<int>(scene.config().statics.size());
  std::size_t most = 0;
  for (int i = 0; i < 3000; ++i) {
    const Vec3 p = draws.in_box({-11, -11, -11}, {11, 11, 11});
    const float radius_m = draws.uniform(0, 4);
    std::vector<int> expected;
    for (int k = 0; k < count; ++k) {
      if (scene.distance_m(k, p) <= radius_m) expected.push_back(k);
    }
    most = std::max(most, expected.size());
    int found[128];
    const int all = scene.near_primitives(p, radius_m, found, 128);
    ASSERT_EQ(std::vector<int>(found, found + all), expected) << "point " << i;

    // too small a capacity keeps the lowest indices and still counts all
    const int capacity = i % 5;
    ASSERT_EQ(scene.near_primitives(p, radius_m, found, capacity), all);
    expected.resize(std::min(expected.size(), static_cast<std::size_t>(capacity)));
    ASSERT_EQ(std::vector<int>(found, found + static_cast<int>(expected.size())), expected);
  }
  EXPECT_GT(most, 8U);
}

TEST(SceneClearance, NeverExceedsTheTrueDistance) {
  const Scene scene(cluttered(5));
  Draws draws(6);
  double worst_loss_m = 0;
  for (int i = 0; i < 2000; ++i) {
    // among, around and far from the geometry
    const float reach_m = i % 10 == 0 ? 100.0F : i % 2 == 0 ? 11.0F : 8.0F;
    const Vec3 p = draws.in_box({-reach_m, -reach_m, -reach_m}, {reach_m, reach_m, reach_m});
    const double truth = oracle_distance(scene.config(), point_of(p));
    const double bound = scene.clearance_lower_bound_m(p);
    ASSERT_LE(bound, truth) << "point " << i;
    ASSERT_GE(bound, 0.0);
    if (reach_m < 9) worst_loss_m = std::max(worst_loss_m, truth - bound);
  }
  // the diagonal of a cell of this scene (0.63 m wide), or the bound would cull nothing
  EXPECT_LT(worst_loss_m, 1.1);
}

TEST(SceneClearance, HoldsWherePointsTouchTheGeometry) {
  const Scene scene(cluttered(7));
  Draws draws(8);
  int touched = 0;
  for (int i = 0; i < 2000; ++i) {
    const Vec3 origin = draws.in_box({-10, -10, -8}, {10, 10, 10});
    const Vec3 direction = draws.direction();
    const RayHit hit = scene.cast_ray(origin, direction, 30);
    if (hit.primitive < 0) continue;
    ++touched;
    const Vec3 surface = origin + direction * hit.distance_m;
    // a point is on the surface as exactly as float32 at 10 m can say
    EXPECT_LE(scene.clearance_lower_bound_m(surface), 1e-5F) << "ray " << i;
  }
  EXPECT_GT(touched, 500);
}

TEST(SceneClearance, IsExactAboveAPlaneAlone) {
  const Scene scene(scene_of({make_primitive(PrimitiveKind::kPlane, {0, 0, 0}, {1, 1, 1})}));
  // the slack that covers rounding: 10 um and 1e-6 of the coordinates
  EXPECT_NEAR(scene.clearance_lower_bound_m({3, 4, 1.5F}), 1.5F, 3e-5F);
  EXPECT_LT(scene.clearance_lower_bound_m({3, 4, 1.5F}), 1.5F);
  EXPECT_EQ(scene.clearance_lower_bound_m({3, 4, -1}), 0.0F);
}

TEST(SceneClearance, IsUnboundedWithoutGeometry) {
  const Scene scene{SceneConfig{}};
  EXPECT_GT(scene.clearance_lower_bound_m({1, 2, 3}), 1e30F);
  EXPECT_EQ(scene.cast_ray({0, 0, 0}, {1, 0, 0}, 5).primitive, -1);
  EXPECT_EQ(scene.cast_ray({0, 0, 0}, {1, 0, 0}, 5).distance_m, 5.0F);
}

TEST(SceneHeight, EqualsARayStraightDown) {
  SceneConfig config = cluttered(9);
  const Scene scene(config);
  Draws draws(10);
  // the difference of two heights of some 10 m
  constexpr float kTol_m = 4e-6F;
  int on_obstacles = 0;
  for (int i = 0; i < 5000; ++i) {
    const Vec3 p = draws.in_box({-12, -12, -8.9F}, {12, 12, 12});
    const RayHit hit = scene.cast_ray(p, {0, 0, -1}, 1000);
    ASSERT_GE(hit.primitive, 0);
    ASSERT_NEAR(scene.surface_height_m(p, -77), p.z - hit.distance_m, kTol_m);
    if (hit.distance_m < p.z + 8) ++on_obstacles;
  }
  EXPECT_GT(on_obstacles, 300);
}

TEST(SceneHeight, IsTheFloorWhereThereIsNothing) {
  const Scene scene(scene_of({make_primitive(PrimitiveKind::kBox, {0, 0, 1}, {1, 1, 1})}));
  EXPECT_EQ(scene.surface_height_m({0, 0, 3}, -7), 1.5F);
  EXPECT_EQ(scene.surface_height_m({0, 0, 0.25F}, -7), -7.0F) << "below the box";
  EXPECT_EQ(scene.surface_height_m({2, 0, 3}, -7), -7.0F) << "beside the box";
  EXPECT_EQ(scene.surface_height_m({0, 0, 1.25F}, -7), 1.25F) << "inside the box";
}

TEST(SceneHeight, OfThePlaneIsExactAndIgnoresCeilings) {
  const Scene scene(
      scene_of({make_primitive(PrimitiveKind::kPlane, {0, 0, 0}, {1, 1, 1}),
                make_primitive(PrimitiveKind::kPlane, {0, 0, 3}, {1, 1, 1}, {3.14159274F, 0, 0})}));
  EXPECT_EQ(scene.surface_height_m({0.3F, -2.7F, 1.1F}, -7), 0.0F);
}

TEST(SceneHeight, FollowsASlope) {
  // 30 degrees about y: the surface falls towards +x
  const Scene scene(
      scene_of({make_primitive(PrimitiveKind::kPlane, {0, 0, 0}, {1, 1, 1}, {0, 0.52359878F, 0})}));
  EXPECT_NEAR(scene.surface_height_m({1, 5, 2}, -7), -0.57735F, 1e-5F);
}

TEST(SceneHeight, OfABlockHasTheBitsOfSinglePoints) {
  // level ground takes the path in vectors, the cluttered scene the general one
  const Scene ground(scene_of({make_primitive(PrimitiveKind::kPlane, {0, 0, 0.3F}, {1, 1, 1})}));
  const Scene clutter(cluttered(12));
  Draws draws(13);
  for (int i = 0; i < 200; ++i) {
    float x[kLanes], y[kLanes], z[kLanes], heights[kLanes];
    for (int l = 0; l < kLanes; ++l) {
      const Vec3 p = draws.in_box({-12, -12, -2}, {12, 12, 12});
      x[l] = p.x;
      y[l] = p.y;
      z[l] = l == 5 ? std::numeric_limits<float>::quiet_NaN() : p.z;
    }
    for (const Scene* scene : {&ground, &clutter}) {
      scene->surface_heights_m(x, y, z, -7, heights);
      for (int l = 0; l < kLanes; ++l) {
        ASSERT_EQ(heights[l], scene->surface_height_m({x[l], y[l], z[l]}, -7));
      }
    }
  }
}

/// One of each kind, tilted, over a slope.
SceneConfig hillside() {
  std::vector<Primitive> statics;
  statics.push_back(
      make_primitive(PrimitiveKind::kPlane, {0, 0, 0}, {1, 1, 1}, {0.2F, -0.3F, 0.5F}));
  Draws draws(31);
  for (int i = 0; i < 5; ++i) {
    Primitive primitive = random_primitive(draws, static_cast<PrimitiveKind>(1 + i), 1);
    primitive.position_w_m = {-4 + 2 * static_cast<float>(i), 0, 2.5F};
    statics.push_back(primitive);
  }
  return scene_of(std::move(statics));
}

/// Height of the first surface met on the way down (or up) from a point, by marching along the
/// oracle's distances; +-1e9 where there is none within 100 m.
double march(const SceneConfig& config, Vec3 from, double way) {
  testing::Point p = point_of(from);
  for (double gone = 0; gone < 100;) {
    const double step = oracle_distance(config, p);
    if (step < 1e-6) return p[2];
    gone += step;
    p[2] += way * step;
  }
  return way * 1e9;
}

TEST(SceneHeight, OverSlopesAndObstaclesIsThatOfTheOracle) {
  const Scene scene(hillside());
  const Scene slope(scene_of({scene.config().statics.front()}));
  // a march ends 1 um before a surface, which a ray may meet at a small angle; float32 has 1e-6 of
  // 10 m
  constexpr double kTol_m = 1e-4;
  Draws draws(33);
  int above_obstacles = 0;
  for (int i = 0; i < 2000; ++i) {
    const Vec3 p = draws.in_box({-5.5F, -1, 1}, {5.5F, 1, 6});
    const double expected = march(scene.config(), p, -1);
    const float height_m = scene.surface_height_m(p, -77);
    ASSERT_NEAR(height_m, expected, kTol_m) << p.x << ' ' << p.y << ' ' << p.z;
    above_obstacles += height_m > slope.surface_height_m(p, -77) + 0.1F && height_m < p.z ? 1 : 0;
  }
  EXPECT_GT(above_obstacles, 100);
}

TEST(SceneCeiling, UnderSlopesAndObstaclesIsThatOfTheOracle) {
  // the same upside down: half a turn about x
  SceneConfig config = hillside();
  for (Primitive& primitive : config.statics) {
    std::vector<float>& at = primitive.position_w_m;
    std::vector<float>& rpy = primitive.rpy_rad;
    at = {at[0], -at[1], -at[2]};
    rpy = {rpy[0] + 3.14159265F, -rpy[1], -rpy[2]};
  }
  const Scene scene(config);
  const Scene slope(scene_of({scene.config().statics.front()}));
  constexpr double kTol_m = 1e-4;  // as above
  Draws draws(34);
  int below_obstacles = 0;
  for (int i = 0; i < 2000; ++i) {
    const Vec3 p = draws.in_box({-5.5F, -1, -6}, {5.5F, 1, -1});
    const double expected = march(scene.config(), p, 1);
    const float height_m = scene.ceiling_height_m(p, 77);
    ASSERT_NEAR(height_m, expected, kTol_m) << p.x << ' ' << p.y << ' ' << p.z;
    below_obstacles += height_m < slope.ceiling_height_m(p, 77) - 0.1F && height_m > p.z ? 1 : 0;
  }
  EXPECT_GT(below_obstacles, 100);
}

TEST(SceneCeiling, IsNoneWhereThereIsNothing) {
  const Scene scene(scene_of({make_primitive(PrimitiveKind::kPlane, {0, 0, 0}, {1, 1, 1}),
                              make_primitive(PrimitiveKind::kBox, {0, 0, 1}, {1, 1, 1})}));
  EXPECT_EQ(scene.ceiling_height_m({0, 0, 0.25F}, 9), 0.5F) << "below the box";
  EXPECT_EQ(scene.ceiling_height_m({0, 0, 3}, 9), 9.0F) << "above the box";
  EXPECT_EQ(scene.ceiling_height_m({2, 0, 0.25F}, 9), 9.0F) << "beside the box";
  EXPECT_EQ(scene.ceiling_height_m({0, 0, 1.25F}, 9), 1.25F) << "inside the box";
  EXPECT_EQ(scene.ceiling_height_m({2, 0, -1}, 9), -1.0F) << "inside the ground";
}

TEST(SceneCeiling, OfABlockHasTheBitsOfSinglePoints) {
  const Scene scene(cluttered(21));
  Draws draws(22);
  float x[kLanes], y[kLanes], z[kLanes], heights[kLanes];
  for (int i = 0; i < 50; ++i) {
    for (int l = 0; l < kLanes; ++l) {
      const Vec3 p = draws.in_box({-10, -10, -10}, {10, 10, 10});
      x[l] = l == 3 ? std::nanf("") : p.x;
      y[l] = p.y;
      z[l] = p.z;
    }
    scene.ceiling_heights_m(x, y, z, 77, heights);
    for (int l = 0; l < kLanes; ++l) {
      ASSERT_EQ(heights[l], scene.ceiling_height_m({x[l], y[l], z[l]}, 77));
    }
    ASSERT_EQ(heights[3], 77.0F);
  }
}

TEST(Scene, AnswersNothingForNanAndInfinity) {
  const Scene scene(cluttered(11));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  for (const Vec3 p : {Vec3{nan, 0, 0}, Vec3{inf, -inf, 0}, Vec3{nan, nan, nan}}) {
    EXPECT_EQ(scene.clearance_lower_bound_m(p), 0.0F);
    EXPECT_EQ(scene.cast_ray(p, {0, 0, -1}, 10).primitive, -1);
    EXPECT_EQ(scene.surface_height_m(p, -7), -7.0F);
    int found[4];
    EXPECT_EQ(scene.near_primitives(p, 1, found, 4), 0);
  }
}

}  // namespace
}  // namespace volery
