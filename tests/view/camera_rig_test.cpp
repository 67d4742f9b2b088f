#include "view/camera_rig.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "view/picking.hpp"

namespace volery::view {
namespace {

constexpr double kTol = 1e-5;      // float quaternions of the camera
constexpr double kPixelTol = 0.5;  // half a pixel
constexpr ViewRect kView{0, 0, 1280, 720};

CameraRig rig_at(double yaw_rad, double pitch_rad, double distance_m = 10) {
  CameraRig rig;
  rig.jump({{0, 0, 0}, distance_m, yaw_rad, pitch_rad, false});
  return rig;
}

TEST(CameraRig, LooksAtItsPivotFromItsDistance) {
  const CameraRig rig = rig_at(0.3, 0.4);
  const auto seen = project(rig.camera(), kView, {0, 0, 0});
  ASSERT_TRUE(seen);
  EXPECT_NEAR(seen->x_px, 640, kPixelTol);
  EXPECT_NEAR(seen->y_px, 360, kPixelTol);
  EXPECT_NEAR(seen->depth_m, 10, kTol * 10);
}

TEST(CameraRig, ADragToTheRightTurnsTheSceneToTheRight) {
  CameraRig rig = rig_at(-1.5708, 0.2);  // from the south
  const Vec3 near{0, -1, 0};             // in front of the pivot
  const double before_px = project(rig.camera(), kView, near)->x_px;
  rig.orbit(50, 0, 720);
  EXPECT_GT(project(rig.camera(), kView, near)->x_px, before_px + 5);
}

TEST(CameraRig, PitchStopsBeforeTheZenith) {
  CameraRig rig = rig_at(0, 0);
  rig.orbit(0, 100000, 720);
  EXPECT_NEAR(rig.pose().pitch_rad, CameraRig::kMaxPitch_rad, 1e-12);
  rig.orbit(0, -200000, 720);
  EXPECT_NEAR(rig.pose().pitch_rad, -CameraRig::kMaxPitch_rad, 1e-12);
}

TEST(CameraRig, APanMovesTheSceneWithTheHand) {
  CameraRig rig = rig_at(0.7, 0.5);
  rig.pan(100, 40, 720);
  const auto seen = project(rig.camera(), kView, {0, 0, 0});
  EXPECT_NEAR(seen->x_px, 740, 3);  // a little perspective
  EXPECT_NEAR(seen->y_px, 400, 3);
}

TEST(CameraRig, ZoomKeepsWhatIsUnderTheCursor) {
  CameraRig rig = rig_at(0.7, 0.5);
  // a point in the plane of the pivot, at the cursor
  const Ray ray = ray_through(rig.camera(), kView, 900, 200);
  const Ray middle = ray_through(rig.camera(), kView, 640, 360);
  double along = 0;
  for (std::size_t i = 0; i < 3; ++i) along += ray.direction_w[i] * middle.direction_w[i];
  const double t = 10 / along;
  const Vec3 point{static_cast<float>(ray.origin_w_m[0] + t * ray.direction_w[0]),
                   static_cast<float>(ray.origin_w_m[1] + t * ray.direction_w[1]),
                   static_cast<float>(ray.origin_w_m[2] + t * ray.direction_w[2])};
  rig.zoom(3, 900.0 / 640 - 1, 1 - 200.0 / 360, kView.aspect());
  EXPECT_NEAR(rig.pose().distance_m, 10 / std::pow(1.1, 3), 1e-9);
  const auto seen = project(rig.camera(), kView, point);
  EXPECT_NEAR(seen->x_px, 900, kPixelTol);
  EXPECT_NEAR(seen->y_px, 200, kPixelTol);
}

TEST(CameraRig, FollowKeepsAngleAndDistanceOfTheUser) {
  CameraRig rig = rig_at(0.7, 0.5);
  rig.update(0.01, Vec3{1, 2, 3}, std::nullopt);
  rig.update(1, Vec3{1, 2, 3}, std::nullopt);
  rig.orbit(30, 10, 720);
  rig.zoom(2, 0.8, 0.3, kView.aspect());
  const OrbitPose mine = rig.pose();
  rig.update(0.02, Vec3{4, 2, 3}, std::nullopt);
  EXPECT_NEAR(rig.pose().pivot_w_m[0], 4, kTol);
  EXPECT_DOUBLE_EQ(rig.pose().yaw_rad, mine.yaw_rad);
  EXPECT_DOUBLE_EQ(rig.pose().distance_m, mine.distance_m);
  const auto seen = project(rig.camera(), kView, {4, 2, 3});
  EXPECT_NEAR(seen->x_px, 640, kPixelTol);
  EXPECT_NEAR(seen->y_px, 360, kPixelTol);
}

TEST(CameraRig, APanWhileFollowingStaysAnOffset) {
  CameraRig rig = rig_at(0.7, 0.5);
  rig.update(1, Vec3{0, 0, 0}, std::nullopt);
  rig.pan(100, 0, 720);
  const Point panned = rig.pose().pivot_w_m;
  rig.update(0.02, Vec3{5, 0, 0}, std::nullopt);
  EXPECT_NEAR(rig.pose().pivot_w_m[0], panned[0] + 5, kTol);
  EXPECT_NEAR(rig.pose().pivot_w_m[1], panned[1], kTol);
}

TEST(CameraRig, CommandsEaseAndHandsDoNot) {
  CameraRig rig = rig_at(0, 0);
  rig.set_pivot({8, 0, 0});
  EXPECT_DOUBLE_EQ(rig.seen().pivot_w_m[0], 0);
  rig.update(CameraRig::kEase_s / 2, std::nullopt, std::nullopt);
  EXPECT_NEAR(rig.seen().pivot_w_m[0], 4, 1e-9);
  rig.update(CameraRig::kEase_s, std::nullopt, std::nullopt);
  EXPECT_DOUBLE_EQ(rig.seen().pivot_w_m[0], 8);
  rig.set_eased(false);
  rig.set_pivot({1, 0, 0});
  EXPECT_DOUBLE_EQ(rig.seen().pivot_w_m[0], 1);
}

TEST(CameraRig, FramingPutsABallInView) {
  CameraRig rig = rig_at(0.3, 0.4);
  rig.set_eased(false);
  for (const double aspect : {1.8, 0.5}) {
    rig.frame({10, 20, 5}, 3, aspect);
    const ViewRect view{0, 0, 720 * aspect, 720};
    // the ends of the ball, to the right and up
    for (const Vec3 end : {Vec3{10, 20, 8}, Vec3{10, 20, 2}, Vec3{13, 20, 5}, Vec3{10, 23, 5}}) {
      const auto seen = project(rig.camera(), view, end);
      ASSERT_TRUE(seen);
      EXPECT_TRUE(view.holds(seen->x_px, seen->y_px)) << aspect;
    }
  }
}

TEST(CameraRig, NamedViewsLookAlongTheirAxes) {
  CameraRig rig = rig_at(0.3, 0.4);
  rig.set_eased(false);
  rig.look_from(-1.5707963, 0);  // from the front: x to the right, z up
  const auto east = project(rig.camera(), kView, {1, 0, 0});
  EXPECT_GT(east->x_px, 650);
  EXPECT_NEAR(east->y_px, 360, kPixelTol);
  rig.look_from(-1.5707963, CameraRig::kMaxPitch_rad);  // from above: north is up
  EXPECT_LT(project(rig.camera(), kView, {0, 1, 0})->y_px, 350);
}

TEST(CameraRig, WithoutPerspectiveSizesDoNotDependOnDistance) {
  CameraRig rig = rig_at(0, 0);
  rig.set_eased(false);
  rig.toggle_ortho();
  const double near_px = project(rig.camera(), kView, {3, 1, 0})->x_px;
  const double far_px = project(rig.camera(), kView, {-3, 1, 0})->x_px;
  EXPECT_NEAR(near_px, far_px, kPixelTol);
}

TEST(CameraRig, ChaseSitsBehindAndOnboardLooksAlongTheNose) {
  CameraRig rig = rig_at(0, 0);
  const Mount mount{{1, 2, 3}, {0, 0, 0.70710678F, 0.70710678F}};  // nose to the north
  rig.set_mode(CameraMode::kChase);
  rig.update(0.02, std::nullopt, mount);
  EXPECT_NEAR(rig.eye_w_m()[1], 2 - 2.5, kTol);
  EXPECT_NEAR(rig.eye_w_m()[2], 4, kTol);
  rig.set_mode(CameraMode::kOnboard);
  rig.update(0.02, std::nullopt, mount);
  const auto ahead = project(rig.camera(), kView, {1, 50, 3});
  ASSERT_TRUE(ahead);
  EXPECT_NEAR(ahead->x_px, 640, kPixelTol);
  const auto left = project(rig.camera(), kView, {-10, 50, 3});
  EXPECT_LT(left->x_px, 640);
}

TEST(CameraRig, FlyingStartsAtTheEyeAndLeavesThePivotAhead) {
  CameraRig rig = rig_at(0, 0);
  const Point eye = rig.eye_w_m();
  rig.set_mode(CameraMode::kFly);
  EXPECT_EQ(rig.eye_w_m(), eye);
  rig.fly(1, 0, 0, false, 1);  // towards the pivot, 4 m/s
  EXPECT_NEAR(rig.eye_w_m()[0], eye[0] - 4, kTol);
  rig.fly(0, 1, 0, true, 0.5);  // to the left of looking west is south
  EXPECT_NEAR(rig.eye_w_m()[1], -8, kTol);
  const Point flown = rig.eye_w_m();
  rig.set_mode(CameraMode::kOrbit);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(rig.eye_w_m()[i], flown[i], kTol);
}

TEST(SavedCameras, AreWalkedAround) {
  SavedCameras saved;
  EXPECT_FALSE(saved.walk(1));
  OrbitPose a, b;
  b.distance_m = 20;
  EXPECT_TRUE(saved.save(a));
  EXPECT_TRUE(saved.save(b));
  EXPECT_EQ(saved.walk(1)->distance_m, a.distance_m);
  EXPECT_EQ(saved.walk(1)->distance_m, b.distance_m);
  EXPECT_EQ(saved.walk(-1)->distance_m, a.distance_m);
  for (int i = 2; i < SavedCameras::kMost; ++i) EXPECT_TRUE(saved.save(a));
  EXPECT_FALSE(saved.save(a));
}

TEST(SavedCameras, TextHoldsAPoseAndNonsenseIsRefused) {
  const OrbitPose pose{{1.25, -3.5, 0.75}, 12.5, 0.5, -0.25, true};
  const auto read = pose_of_text(pose_text(pose));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, pose);
  for (const char* text :
       {"", "1 2 3", "1 2 3 nan 0 0 0", "1 2 3 -4 0 0 0", "1 2 3 4 inf 0 0", "1 2 3 4 5 0 0 7"}) {
    EXPECT_FALSE(pose_of_text(text)) << text;
  }
}

}  // namespace
}  // namespace volery::view
