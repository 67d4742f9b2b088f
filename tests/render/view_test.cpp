// Cameras: where points fall in the picture, what is seen, shadows that hold still.
#include "render/view.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "render/shadow.hpp"

namespace volery::render {
namespace {

constexpr float kTight = 1e-4F;  // rounding of a few float operations

Extent extent_of(double radius_m = 10) {
  Extent extent;
  extent.radius_m = radius_m;
  return extent;
}

TEST(View, ProjectsAPointWhereTheMatrixDoes) {
  const View view(look_at({-3, 1, 2}, {4, 0, 1}, 0.9F), 320, 200, extent_of());
  const Vec3 at = view.relative({2, -1, 1.5F});
  float x = 0, y = 0;
  ASSERT_TRUE(view.project(at, x, y));
  float clip[4];
  for (std::size_t row = 0; row < 4; ++row) {
    const std::array<float, 16>& m = view.clip_from_rel;
    clip[row] = m[row] * at.x + m[4 + row] * at.y + m[8 + row] * at.z + m[12 + row];
  }
  EXPECT_NEAR(x, (clip[0] / clip[3] + 1) / 2 * 320, 320 * kTight);
  EXPECT_NEAR(y, (clip[1] / clip[3] + 1) / 2 * 200, 200 * kTight);
  EXPECT_NEAR(clip[3], view.distance_m(at), kTight);
  EXPECT_FALSE(view.project(view.relative({-10, 1, 2}), x, y)) << "behind the eye";
}

TEST(View, SeesWhatIsInThePictureAndNothingElse) {
  const View view(look_at({0, 0, 0}, {1, 0, 0}, 1.0F), 100, 100, extent_of());
  EXPECT_TRUE(view.sees({5, 0, 0}, 0.1F));
  EXPECT_FALSE(view.sees({-5, 0, 0}, 0.1F));
  const float edge = 5 * std::tan(0.5F);  // half of what is seen at 5 m
  EXPECT_FALSE(view.sees({5, edge + 0.2F, 0}, 0.1F));
  EXPECT_TRUE(view.sees({5, edge + 0.2F, 0}, 0.3F));
  EXPECT_TRUE(view.sees_box({4, edge, -1}, {6, edge + 2, 1}));
  EXPECT_FALSE(view.sees_box({4, edge + 2, -1}, {6, edge + 4, 1}));
}

TEST(View, OrthographicShowsItsHeight) {
  Camera camera = look_at({0, 0, 10}, {0, 0, 0});
  camera.height_m = 8;
  const View view(camera, 200, 100, extent_of());
  EXPECT_FLOAT_EQ(view.pixels_per_m({0, 0, -10}), 100.0F / 8);
  float x = 0, y = 0;
  ASSERT_TRUE(view.project(view.relative({2, 3, 0}), x, y));
  EXPECT_NEAR(x, 100 + 2 * 12.5F, 0.01F);
  EXPECT_NEAR(y, 50 + 3 * 12.5F, 0.01F);
  EXPECT_TRUE(view.sees({0, 0, 5}, 0.1F)) << "behind the eye is part of a drawing";
}

TEST(View, PositionsFarFromTheOriginKeepTheirDistance) {
  const View view(look_at({10000, 0, 1}, {10001, 0, 1}), 100, 100, extent_of());
  const Vec3 at = view.relative({10000.5F, 0, 1});
  EXPECT_EQ(at.x, 0.5F);
}

TEST(View, NearPlaneLetsTheNearestBePartOfThePicture) {
  Extent extent = extent_of(100);
  extent.nearest_m = 0.1;
  const View near(look_at({0, 0, 1}, {1, 0, 1}), 100, 100, extent);
  EXPECT_LT(near.near_m, 0.1F);
  EXPECT_GT(near.far_m, 200);
  Camera given = look_at({0, 0, 1}, {1, 0, 1});
  given.near_m = 0.3F;
  given.far_m = 7;
  const View as_given(given, 100, 100, extent);
  EXPECT_EQ(as_given.near_m, 0.3F);
  EXPECT_EQ(as_given.far_m, 7);
}

TEST(Shadow, MapCoversTheSceneAndMovesByWholeTexels) {
  Extent extent = extent_of(20);
  extent.nearest_m = 10;
  const auto place = [&](const View& view, Vec3 position_w_m) {
    const SunView sun = fit_sun(view, extent);
    const Vec3 at = view.relative(position_w_m);
    const std::array<float, 16>& m = sun.fit.shadow_from_rel;
    std::array<float, 3> out{};
    for (std::size_t row = 0; row < 3; ++row) {
      out[row] = m[row] * at.x + m[4 + row] * at.y + m[8 + row] * at.z + m[12 + row];
    }
    return out;
  };
  const View here(look_at({-30, 0, 10}, {0, 0, 0}), 100, 100, extent);
  for (const Vec3 corner : {Vec3{14, 14, 0}, Vec3{-14, 14, 0}, Vec3{0, 0, 15}}) {
    for (const float c : place(here, corner)) {
      EXPECT_GT(c, 0);
      EXPECT_LT(c, 1);
    }
  }
  // a camera that is near sees little, so its map is fitted to that and moves with it
  extent.nearest_m = 0.3;
  const View a(look_at({-3, 0, 2}, {0, 0, 1}), 100, 100, extent);
  const View b(look_at({-2.99, 0.013, 2}, {0.01, 0.013, 1}), 100, 100, extent);
  constexpr float kTexel = 1.0F / kShadowPixels;
  for (const std::size_t axis : {0UL, 1UL}) {
    const float moved = (place(a, {1, 1, 0})[axis] - place(b, {1, 1, 0})[axis]) / kTexel;
    EXPECT_NEAR(moved, std::round(moved), 0.05F);
  }
}

TEST(View, StandingAlongAnAxisTurnsZThere) {
  constexpr float kTolerance = 2e-6F;  // rounding of a few operations on numbers up to 1
  for (const Vec3 axis : {Vec3{0, 0, 1}, Vec3{0, 0, -1}, Vec3{1, 0, 0}, Vec3{0.48F, -0.6F, 0.64F},
                          Vec3{0.36F, 0.48F, -0.8F}, Vec3{-0.6F, 0, -0.8F}}) {
    const Quat quat = standing_along(axis);
    EXPECT_NEAR(quat.x * quat.x + quat.y * quat.y + quat.z * quat.z + quat.w * quat.w, 1,
                kTolerance);
    const Vec3 z = rotate(quat, {0, 0, 1});
    EXPECT_NEAR(z.x, axis.x, kTolerance);
    EXPECT_NEAR(z.y, axis.y, kTolerance);
    EXPECT_NEAR(z.z, axis.z, kTolerance);
  }
}

}  // namespace
}  // namespace volery::render
