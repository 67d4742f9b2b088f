#include "state/body_copies.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace volery {
namespace {

constexpr int kRows = kNumRigidRows + 12;  // rigid body, four rotors, two rows of a controller

// Three blocks, 40 bodies; every float holds its own index.
class Copies : public testing::Test {
 protected:
  Copies() : memory_(static_cast<std::size_t>(3 * kRows)) {
    std::iota(memory_.front().lane, memory_.front().lane + 3 * kRows * kLanes, 0.0F);
    source_ = {memory_.front().lane, 3, kRows, 40};
  }
  [[nodiscard]] std::vector<float> values() const {
    return {source_.data, source_.data + 3 * kRows * kLanes};
  }

  struct alignas(64) Line {
    float lane[kLanes];
  };
  std::vector<Line> memory_;
  Blocks source_;
};

TEST_F(Copies, HoldTheRowsOfTheirBodiesSideBySide) {
  BodyCopies copies;
  copies.begin(source_);
  const Vec3 before = source_.vec3(35, kPosition);
  copies.add(3);
  copies.add(35);
  copies.close();
  EXPECT_EQ(copies.blocks().num_blocks, 1);
  EXPECT_EQ(copies.place(3), 0);
  EXPECT_EQ(copies.place(35), 1);
  EXPECT_EQ(copies.place(4), -1);
  EXPECT_EQ(copies.blocks().vec3(1, kPosition).x, before.x);
  EXPECT_EQ(copies.blocks().vec3(1, kPosition).z, before.z);
  // lanes without a body fly along as twins of the last one
  EXPECT_EQ(copies.blocks().at(15, kVelocity), copies.blocks().at(1, kVelocity));
}

TEST_F(Copies, GoBackBitForBit) {
  const std::vector<float> before = values();
  BodyCopies copies;
  copies.begin(source_);
  copies.add(3);
  copies.add_block(1);
  copies.add(39);
  copies.close();
  for (int b = 0; b < source_.num_blocks; ++b) copies.write_back(b, source_.block(b));
  EXPECT_EQ(values(), before);
}

TEST_F(Copies, CarryWhatWasDoneToThemAndNothingElse) {
  BodyCopies copies;
  copies.begin(source_);
  copies.add(20);
  copies.close();
  copies.blocks().at(copies.place(20), kVelocity) = -1;
  copies.blocks().at(copies.place(20) + 1, kVelocity) = -2;  // padding
  std::vector<float> expected = values();
  copies.write_back(1, source_.block(1));
  EXPECT_EQ(source_.at(20, kVelocity), -1);
  EXPECT_EQ(source_.at(21, kVelocity),
            expected[static_cast<std::size_t>((kRows + kVelocity) * kLanes + 5)]);
}

TEST_F(Copies, OfAWholeBlockSayThatItIsTaken) {
  BodyCopies copies;
  copies.begin(source_);
  copies.add(3);
  copies.add_block(2);
  copies.close();
  EXPECT_FALSE(copies.has_block(0));
  EXPECT_TRUE(copies.has_block(2));
  // it starts a block, behind the padding of the one before
  EXPECT_EQ(copies.place(32), kLanes);
  EXPECT_EQ(copies.blocks().num_bodies, 2 * kLanes);
}

TEST_F(Copies, CarryOnlyTheRowsAskedFor) {
  const RowRange motion[] = {{0, kNumRigidRows}, {kRows - 2, kRows}};
  BodyCopies copies(motion);
  copies.begin(source_);
  copies.add(7);
  copies.close();
  const int other = kNumRigidRows + 5;
  copies.blocks().at(0, other) = -5;
  copies.blocks().at(0, kRows - 1) = -6;
  const float kept = source_.at(7, other);
  copies.write_back(0, source_.block(0));
  EXPECT_EQ(source_.at(7, other), kept);
  EXPECT_EQ(source_.at(7, kRows - 1), -6);
}

TEST_F(Copies, LeaveAStandInThatFliesHighAndObeys) {
  source_.at(7, kMode) = static_cast<float>(BodyMode::kFrozen);
  source_.at(7, kMotorsOn) = 0;
  source_.at(7, kSurfaceHeight) = 2;
  leave_stand_in(source_, 7);
  EXPECT_EQ(source_.at(7, kMode), static_cast<float>(BodyMode::kMoving));
  EXPECT_EQ(source_.at(7, kMotorsOn), 1);
  EXPECT_GT(source_.at(7, kPosition + 2), 100);
}

TEST_F(Copies, StartOverEmpty) {
  BodyCopies copies;
  copies.begin(source_);
  copies.add_block(0);
  copies.close();
  copies.begin(source_);
  EXPECT_EQ(copies.blocks().num_blocks, 0);
  EXPECT_EQ(copies.place(0), -1);
  EXPECT_FALSE(copies.has_block(0));
}

}  // namespace
}  // namespace volery
