// Where cameras look, and which pixel is where.
#include "camera/view.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rotation.hpp"

namespace volery::camera {
namespace {

// a few roundings of numbers of order 1
constexpr float kTolerance = 2e-6F;

void expect_near(Vec3 a, Vec3 b) {
  EXPECT_NEAR(a.x, b.x, kTolerance);
  EXPECT_NEAR(a.y, b.y, kTolerance);
  EXPECT_NEAR(a.z, b.z, kTolerance);
}

TEST(View, LooksForwardWithBodyUpAtTheTop) {
  const View view = Mount(CameraSpec{}, 64, 64).view({1, 2, 3}, {});
  expect_near(view.eye_w_m, {1, 2, 3});
  expect_near(view.forward_w, {1, 0, 0});
  expect_near(view.up_w, {0, 0, 1});
  expect_near(view.right_w, {0, -1, 0});
}

TEST(View, PitchesDownAndYawsLeft) {
  CameraSpec down;
  down.rpy_b_rad = {0, 1.57079633F, 0};
  const View below = Mount(down, 8, 8).view({}, {});
  expect_near(below.forward_w, {0, 0, -1});
  expect_near(below.up_w, {1, 0, 0});
  CameraSpec left;
  left.rpy_b_rad = {0, 0, 1.57079633F};
  expect_near(Mount(left, 8, 8).view({}, {}).forward_w, {0, 1, 0});
}

TEST(View, MovesWithTheBody) {
  CameraSpec spec;
  spec.position_b_m = {0.1F, 0, 0.02F};
  const Quat quarter_left = quat_from_rpy({0, 0, 1.57079633F});
  const View view = Mount(spec, 8, 8).view({5, 0, 1}, quarter_left);
  expect_near(view.eye_w_m, {5, 0.1F, 1.02F});
  expect_near(view.forward_w, {0, 1, 0});
  expect_near(view.right_w, {1, 0, 0});
}

TEST(View, SpansTheFieldOfViewFromEdgeToEdge) {
  CameraSpec spec;
  spec.fov_y_rad = 1.0F;
  const View view = Mount(spec, 80, 40).view({}, {});
  // half a pixel beyond the first row is the edge
  const Vec3 top = view.ray_w(39.5F, -0.5F);
  EXPECT_NEAR(std::atan2(top.z, top.x), 0.5, kTolerance);
  const Vec3 bottom = view.ray_w(39.5F, 39.5F);
  EXPECT_NEAR(std::atan2(bottom.z, bottom.x), -0.5, kTolerance);
  // square pixels: twice as wide, twice the tangent
  const Vec3 left = view.ray_w(-0.5F, 19.5F);
  EXPECT_NEAR(left.y / left.x, 2 * std::tan(0.5), 2 * kTolerance);
}

TEST(View, IsThatOfTheRenderersCamera) {
  CameraSpec spec;
  spec.position_b_m = {0.1F, -0.05F, 0.02F};
  spec.rpy_b_rad = {0.3F, -0.2F, 0.7F};
  const Quat turned = quat_from_rpy({0.5F, 0.4F, -2});
  const Mount mount(spec, 32, 24);
  const View view = mount.view({3, -4, 5}, turned);
  const render::Camera camera = mount.camera({3, -4, 5}, turned);
  expect_near(rotate(camera.quat_wc, {1, 0, 0}), view.right_w);
  expect_near(rotate(camera.quat_wc, {0, 1, 0}), view.up_w);
  expect_near(rotate(camera.quat_wc, {0, 0, -1}), view.forward_w);
  EXPECT_EQ(static_cast<float>(camera.eye_w_m[0]), view.eye_w_m.x);
  EXPECT_EQ(camera.fov_y_rad, spec.fov_y_rad);
  EXPECT_EQ(camera.near_m, spec.near_m);
  EXPECT_EQ(camera.far_m, spec.far_m);
}

}  // namespace
}  // namespace volery::camera
