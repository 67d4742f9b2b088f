#include "core/types.hpp"

#include <gtest/gtest.h>

namespace volery {
namespace {

TEST(Blocks, RoundUp) {
  EXPECT_EQ(blocks_for(0), 0);
  EXPECT_EQ(blocks_for(1), 1);
  EXPECT_EQ(blocks_for(kLanes), 1);
  EXPECT_EQ(blocks_for(kLanes + 1), 2);
}

TEST(Quat, TurnsBodyIntoWorld) {
  // a quarter turn about z: body x points along world y
  const float s = 0.70710678F;
  const Quat yaw{0, 0, s, s};
  const Vec3 x_w = rotate(yaw, {1, 0, 0});
  EXPECT_NEAR(x_w.x, 0, 1e-6F);
  EXPECT_NEAR(x_w.y, 1, 1e-6F);
  const Vec3 back = rotate_inverse(yaw, x_w);
  EXPECT_NEAR(back.x, 1, 1e-6F);
  EXPECT_NEAR(back.y, 0, 1e-6F);
}

TEST(Vec3, CrossFollowsTheRightHand) {
  EXPECT_EQ(cross({1, 0, 0}, {0, 1, 0}), (Vec3{0, 0, 1}));
  EXPECT_EQ(dot({1, 2, 3}, {4, 5, 6}), 32.0F);
}

}  // namespace
}  // namespace volery
