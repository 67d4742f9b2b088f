#include "state/blocks.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace volery {
namespace {

TEST(Blocks, RigidAndFlightFieldsLandOnTheRowsThatKernelsUse) {
  FieldTable table;
  declare_rigid_fields(table);
  EXPECT_EQ(table.num_rows(), kNumRigidRows);
  declare_flight_fields(table, 6);
  EXPECT_EQ(table.num_rows(), kRotorRows + 12);
  EXPECT_EQ(table.find("position_w_m").row, kPosition);
  EXPECT_EQ(table.find("quat_wb_xyzw").row, kQuat);
  EXPECT_EQ(table.find("omega_b_radps").row, kOmega);
  EXPECT_EQ(table.find("body_mode").row, kMode);
  EXPECT_EQ(table.find("surface_height_w_m").row, kSurfaceHeight);
  EXPECT_EQ(table.find("rotor_command_radps").row, kRotorRows);
  EXPECT_EQ(table.find("rotor_speed_radps").row, kRotorRows + 6);
}

TEST(Blocks, MotorsAreOnAndBodiesMoveAfterAReset) {
  FieldTable table;
  declare_rigid_fields(table);
  declare_flight_fields(table, 4);
  for (const FieldSpec& field : table.fields()) {
    EXPECT_EQ(field.initial, field.name == "motors_on" ? 1.0F : 0.0F) << field.name;
  }
  EXPECT_EQ(static_cast<int>(BodyMode::kMoving), 0);
}

TEST(Blocks, AccessorsReachTheLaneOfTheBody) {
  // every float holds its own index, so an address can be read off the value
  const int num_rows = kNumRigidRows;
  std::vector<float> data(static_cast<std::size_t>(2 * num_rows * kLanes));
  std::iota(data.begin(), data.end(), 0.0F);
  const Blocks blocks{data.data(), 2, num_rows, 20};
  const int body = 19;  // lane 3 of block 1
  const auto expected = [&](int row) { return static_cast<float>((num_rows + row) * kLanes + 3); };
  EXPECT_EQ(blocks.at(body, kMode), expected(kMode));
  EXPECT_EQ(blocks.row(1, kOmega)[3], expected(kOmega));
  EXPECT_EQ(blocks.vec3(body, kVelocity),
            (Vec3{expected(kVelocity), expected(kVelocity + 1), expected(kVelocity + 2)}));
  EXPECT_EQ(blocks.quat(body),
            (Quat{expected(kQuat), expected(kQuat + 1), expected(kQuat + 2), expected(kQuat + 3)}));
  blocks.set_vec3(body, kPosition, {1, 2, 3});
  blocks.set_quat(body, {0.5F, -0.5F, 0.5F, -0.5F});
  EXPECT_EQ(blocks.vec3(body, kPosition), (Vec3{1, 2, 3}));
  EXPECT_EQ(blocks.quat(body), (Quat{0.5F, -0.5F, 0.5F, -0.5F}));
  // the neighbors keep their values
  EXPECT_EQ(blocks.at(body - 1, kQuat), expected(kQuat) - 1);
  EXPECT_EQ(blocks.at(body + 1, kPosition + 2), expected(kPosition + 2) + 1);
}

}  // namespace
}  // namespace volery
