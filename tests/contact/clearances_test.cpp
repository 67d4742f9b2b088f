#include "contact/clearances.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace volery::contact::test {
namespace {

constexpr float kStepS = 1.0F / 240;
constexpr float kRadiusM = 0.06F;

// One block of bodies of which the first matters.
class OneBody : public testing::Test {
 protected:
  OneBody() : memory_(kNumRigidRows) {
    blocks_ = {memory_.front().lane, 1, kNumRigidRows, kLanes};
    clearances_.grow(kLanes);
  }

  void fly(Vec3 velocity_w_mps) const { blocks_.set_vec3(0, kVelocity, velocity_w_mps); }
  // substeps until the body is due again, at most `most`
  int substeps_until_due(int most) {
    for (int s = 1; s <= most; ++s) {
      clearances_.spend(blocks_);
      if (clearances_.due(0)) return s;
    }
    return most + 1;
  }
  void test_and_limit(float free_m) {
    clearances_.spend(blocks_);
    clearances_.measure(0);
    clearances_.limit(0, free_m);
    clearances_.settle(0, blocks_);
  }
  void test_over_plane(float free_m, Vec3 normal_w) {
    clearances_.spend(blocks_);
    clearances_.measure(0);
    clearances_.limit_by_plane(0, free_m, normal_w);
    clearances_.settle(0, blocks_);
  }

  struct alignas(64) Line {
    float lane[kLanes] = {};
  };
  std::vector<Line> memory_;
  Blocks blocks_;
  Clearances clearances_{kStepS, kRadiusM};
};

TEST_F(OneBody, IsDueWhenItIsNewAndAPropAlwaysIs) {
  EXPECT_TRUE(clearances_.due(0));
  EXPECT_TRUE(clearances_.due(-1));
}

TEST_F(OneBody, IsLeftAloneUntilItHasMovedAsFarAsWasFree) {
  fly({0, 2.4F, 0});  // 1 cm per substep
  test_and_limit(0.055F);
  // the coming move is spent with the test, four more fit
  EXPECT_FALSE(clearances_.due(0));
  EXPECT_EQ(substeps_until_due(10), 5);
}

TEST_F(OneBody, IsDueAtOnceWhereItTouches) {
  fly({0, 0, 0.1F});
  test_over_plane(0, {0, 0, 1});
  EXPECT_EQ(substeps_until_due(10), 1);
}

TEST_F(OneBody, MayMoveAlongAPlaneAsItLikesButNotTowardsIt) {
  fly({5, 0, 0});
  test_over_plane(0.02F, {0, 0, 1});
  EXPECT_EQ(substeps_until_due(50), 51);
  fly({5, 0, -2.4F});
  EXPECT_LE(substeps_until_due(50), 2);
}

TEST_F(OneBody, ComesDownByATurnToo) {
  fly({5, 0, 0});
  blocks_.set_vec3(0, kOmega, {0, 40, 0});  // 1 cm of the rim per substep
  test_over_plane(0.055F, {0, 0, 1});
  EXPECT_EQ(substeps_until_due(10), 5);
}

TEST_F(OneBody, CountsEveryWayWhereTwoPairsLimitIt) {
  fly({0, 2.4F, 0});
  clearances_.spend(blocks_);
  clearances_.measure(0);
  clearances_.limit_by_plane(0, 0.055F, {0, 0, 1});
  clearances_.limit(0, 1);
  clearances_.settle(0, blocks_);
  EXPECT_EQ(substeps_until_due(10), 5);
}

TEST_F(OneBody, IsDueInTheNextSubstepAfterAContact) {
  fly({0, 0, 3});
  test_over_plane(1, {0, 0, 1});
  ASSERT_FALSE(clearances_.due(0));
  clearances_.wake(0);
  EXPECT_EQ(substeps_until_due(10), 1);
}

TEST_F(OneBody, IsDueWhereItsDistanceOrMotionIsNotANumber) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  test_and_limit(kNan);
  EXPECT_TRUE(clearances_.due(0));
  test_and_limit(1);
  ASSERT_FALSE(clearances_.due(0));
  fly({kNan, 0, 0});
  EXPECT_EQ(substeps_until_due(10), 1);
}

}  // namespace
}  // namespace volery::contact::test
