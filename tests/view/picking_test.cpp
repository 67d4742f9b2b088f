#include "view/picking.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace volery::view {
namespace {

constexpr double kPixelTol = 0.2;
constexpr ViewRect kView{100, 50, 800, 600};

render::Body body_at(Vec3 position_w_m) {
  render::Body body;
  body.position_w_m = position_w_m;
  return body;
}

TEST(Picking, WhatIsAheadIsInTheMiddleAndWhatIsBehindIsNowhere) {
  const render::Camera camera = render::look_at({0, -10, 2}, {0, 0, 2});
  const auto ahead = project(camera, kView, {0, 5, 2});
  ASSERT_TRUE(ahead);
  EXPECT_NEAR(ahead->x_px, 500, kPixelTol);
  EXPECT_NEAR(ahead->y_px, 350, kPixelTol);
  EXPECT_NEAR(ahead->depth_m, 15, 1e-4);
  EXPECT_FALSE(project(camera, kView, {0, -11, 2}));
}

TEST(Picking, ARayThroughAProjectedPointMeetsIt) {
  for (const float height_m : {0.0F, 12.0F}) {
    render::Camera camera = render::look_at({3, -10, 6}, {0, 0, 0});
    camera.height_m = height_m;
    const Vec3 point{1.5F, 0.5F, 0};
    const auto seen = project(camera, kView, point);
    ASSERT_TRUE(seen);
    const auto met = meets_ground(ray_through(camera, kView, seen->x_px, seen->y_px), 0);
    ASSERT_TRUE(met);
    EXPECT_NEAR(met->x, point.x, 1e-3);
    EXPECT_NEAR(met->y, point.y, 1e-3);
  }
}

TEST(Picking, ARayIntoTheSkyMeetsNoGround) {
  const render::Camera camera = render::look_at({0, -10, 2}, {0, 0, 2});
  EXPECT_FALSE(meets_ground(ray_through(camera, kView, 500, 60), 0));
}

TEST(Picking, TheNearestCenterWithinTheRadiusWins) {
  const render::Camera camera = render::look_at({0, -10, 0}, {0, 0, 0});
  const std::vector<render::Body> bodies{body_at({0, 0, 0}), body_at({0.2F, 0, 0})};
  const double x_px = project(camera, kView, bodies[1].position_w_m)->x_px;
  EXPECT_EQ(pick(camera, kView, bodies, x_px + 3, 350), 1);
  EXPECT_EQ(pick(camera, kView, bodies, 497, 350), 0);
  EXPECT_EQ(pick(camera, kView, bodies, 500, 350 + kPickRadius_px - 1), 0);
  EXPECT_EQ(pick(camera, kView, bodies, 500, 350 + kPickRadius_px + 1), -1);
}

TEST(Picking, OfTwoBehindEachOtherTheFrontOneIsPicked) {
  const render::Camera camera = render::look_at({0, -10, 0}, {0, 0, 0});
  const std::vector<render::Body> far_first{body_at({0, 5, 0}), body_at({0, 0, 0})};
  const std::vector<render::Body> near_first{body_at({0, 0, 0}), body_at({0, 5, 0})};
  EXPECT_EQ(pick(camera, kView, far_first, 501, 350), 1);
  EXPECT_EQ(pick(camera, kView, near_first, 501, 350), 0);
}

TEST(Picking, ABoxTakesThoseInsideWhicheverWayItIsDrawn) {
  const render::Camera camera = render::look_at({0, -10, 0}, {0, 0, 0});
  const std::vector<render::Body> bodies{body_at({0, 0, 0}), body_at({3, 0, 0}),
                                         body_at({0, -20, 0})};
  EXPECT_EQ(pick_box(camera, kView, bodies, 450, 300, 550, 400), std::vector<int>{0});
  EXPECT_EQ(pick_box(camera, kView, bodies, 550, 400, 450, 300), std::vector<int>{0});
  EXPECT_EQ(pick_box(camera, kView, bodies, 100, 50, 900, 650), (std::vector<int>{0, 1}));
}

}  // namespace
}  // namespace volery::view
