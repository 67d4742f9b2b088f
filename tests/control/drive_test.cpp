// Wheel speeds of a rover at each of its levels.
#include <gtest/gtest.h>

#include "drives_rig.hpp"

namespace volery {
namespace {

using test::Drives;

constexpr float kRadiusM = 0.033F;
constexpr float kHalfTrackM = 0.08F;
// of products and a division in float32
constexpr float kRounding = 1e-5F;

TEST(Drive, WheelsTurnAsSpeedAndYawRateAskFor) {
  const Drives rovers(load_vehicle("rover"), "drive");
  rovers.set_action(0, {0.5F, 0});
  rovers.set_action(1, {0, -1});
  rovers.set_action(2, {-0.5F, 0.2F});
  rovers.run_tick();
  EXPECT_NEAR(rovers.left(0), 0.11F / kRadiusM, kRounding);
  EXPECT_NEAR(rovers.right(0), 0.11F / kRadiusM, kRounding);
  EXPECT_NEAR(rovers.left(1), 2.84F * kHalfTrackM / kRadiusM, kRounding);
  EXPECT_NEAR(rovers.right(1), -2.84F * kHalfTrackM / kRadiusM, kRounding);
  const float turn_mps = 0.2F * 2.84F * kHalfTrackM;
  EXPECT_NEAR(rovers.left(2), (-0.11F - turn_mps) / kRadiusM, kRounding);
  EXPECT_NEAR(rovers.right(2), (-0.11F + turn_mps) / kRadiusM, kRounding);
}

TEST(Drive, TooMuchOfBothKeepsTheRadius) {
  const Drives rovers(load_vehicle("rover"), "drive");
  rovers.set_action(0, {1, 1});
  rovers.run_tick();
  const float speed = 0.5F * (rovers.left() + rovers.right()) * kRadiusM;
  const float rate = 0.5F * (rovers.right() - rovers.left()) * kRadiusM / kHalfTrackM;
  EXPECT_NEAR(speed / rate, 0.22F / 2.84F, kRounding);
  // the wheels reach what turning on the spot takes
  EXPECT_NEAR(rovers.right() * kRadiusM, 2.84F * kHalfTrackM, kRounding);
}

TEST(Drive, VelocityTurnsTheNearerEndTowardsIt) {
  const Drives rovers(load_vehicle("rover"), "velocity");
  rovers.set_action(0, {0.5F, 0.5F, 0, 0});
  rovers.set_action(1, {-0.5F, -0.5F, 0, 0});
  rovers.set_action(2, {0, 0, 1, 0});
  rovers.set_action(3, {0.8F, 0, -1, 1});
  rovers.run_tick();
  EXPECT_GT(rovers.right(0), rovers.left(0)) << "ahead to the left";
  EXPECT_GT(rovers.left(0) + rovers.right(0), 0);
  EXPECT_GT(rovers.right(1), rovers.left(1)) << "behind to the right, its back turns there";
  EXPECT_LT(rovers.left(1) + rovers.right(1), 0);
  EXPECT_EQ(rovers.left(2), 0) << "height is left alone";
  EXPECT_EQ(rovers.right(2), 0);
  EXPECT_FLOAT_EQ(rovers.left(3), rovers.right(3)) << "on course no yaw rate is taken";
}

TEST(Drive, PositionOfZeroStands) {
  const Drives rovers(load_vehicle("rover"), "position");
  rovers.blocks.set_vec3(0, kPosition, {3, 4, 5});
  rovers.set_action(0, {0, 0, 1, 0});
  rovers.run_window();
  rovers.run_tick();
  EXPECT_EQ(rovers.left(), 0);
  EXPECT_EQ(rovers.right(), 0);
  rovers.set_action(0, {0.5F, 0, 0, 0});
  rovers.run_window();
  rovers.run_tick();
  EXPECT_NEAR(rovers.left(), 0.22F / kRadiusM, kRounding) << "half a meter away at top speed";
}

TEST(Drive, PointingStraightUpIsNoDirection) {
  const Drives rovers(load_vehicle("rover"), "velocity");
  const float half = std::sqrt(0.5F);
  rovers.blocks.set_quat(0, {0, -half, 0, half});
  rovers.set_action(0, {1, 1, 0, 0});
  rovers.run_tick();
  EXPECT_TRUE(std::isfinite(rovers.left()));
}

TEST(Drive, IsOfRoversAlone) {
  EXPECT_THROW(Drives(load_vehicle("cf2x"), "drive"), Error);
  EXPECT_THROW(Drives(load_vehicle("particle"), "drive"), Error);
  EXPECT_THROW(Drives(load_vehicle("rover"), "attitude"), Error);
}

}  // namespace
}  // namespace volery
