// Rovers against what two wheels with Coulomb friction do on paper.
#include <gtest/gtest.h>

#include "model/vehicle.hpp"
#include "tests/batch/ground_rig.hpp"

namespace volery {
namespace {

using test::changed;
using test::ground;
using test::GroundRig;
using test::length;

// Friction of the shipped rover on the empty scene's ground: the mean of 0.8 and 0.5.
const float kGrip = std::sqrt(0.8F * 0.5F);

// Height of the center of mass of the shipped rover that stands.
constexpr float kStandingM = 0.06F;

// Contacts of a body at rest keep it within some micrometers of the ground, and its wheels take
// back what they move it by.
constexpr float kRestM = 2e-5F;

Value tilted_plane(double angle_rad) {
  return Value::Array{Value::Table{
      {"kind", "plane"}, {"rpy_rad", Value::Array{0.0, angle_rad, 0.0}}, {"friction", 0.5}}};
}

Value box(double x, double y, double z, double size_x, double size_y, double size_z) {
  return Value::Table{{"kind", "box"},
                      {"position_w_m", Value::Array{x, y, z}},
                      {"size_m", Value::Array{size_x, size_y, size_z}}};
}

Value ground_and(const Value& other) {
  return Value::Array{Value::Table{{"kind", "plane"}, {"friction", 0.5}}, other};
}

TEST(Rover, StartsUprightOnTheGround) {
  BatchConfig config = ground("rover", "drive", Value::Table{}, 5);
  config.num_worlds = 20;
  config.task_config =
      Value::Table{{"start", Value::Table{{"attitude_rad", 3.0}, {"velocity_mps", 2.0}}}};
  test::Rig rig(config);
  rig.reset(3);
  const auto position = rig.state("position_w_m", 3);
  const auto quat = rig.state("quat_wb_xyzw", 4);
  const auto velocity = rig.state("velocity_w_mps", 3);
  int headings = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_NEAR(position[3 * i + 2], kStandingM, 1e-6F);
    EXPECT_EQ(quat[4 * i], 0);
    EXPECT_EQ(quat[4 * i + 1], 0);
    headings += std::fabs(quat[4 * i + 2]) > 0.1F ? 1 : 0;
    EXPECT_EQ(velocity[3 * i], 0);
  }
  EXPECT_GT(headings, 50) << "they keep the heading that they were given";
}

TEST(Rover, StandsStillForTenSeconds) {
  GroundRig rig(ground("rover", "drive"));
  rig.hold({0, 0}, 1);
  const Vec3 start = rig.position();
  const Vec3 ahead = rig.axis({1, 0, 0});
  rig.hold({0, 0}, 10);
  EXPECT_LT(length(rig.position() - start), kRestM);
  EXPECT_LT(length(rig.axis({1, 0, 0}) - ahead), 1e-4F);
  EXPECT_NEAR(rig.position().z, kStandingM, 1e-4F);
}

TEST(Rover, OfAnyShapeAndRateStandsStillAndDrives) {
  const Value round =
      changed("rover", {{"collision", Value::Table{{"shape", "cylinder"},
                                                   {"size_m", Value::Array{0.16, 0.16, 0.1}},
                                                   {"offset_b_m", Value::Array{0.0, 0.0, 0.02}}}}});
  for (const int physics_hz : {240, 1000}) {
    BatchConfig config = ground(round, "drive");
    config.physics_rate_hz = physics_hz;
    config.control_rate_hz = config.agent_rate_hz = physics_hz / 8;
    GroundRig rig(config);
    rig.hold({0, 0}, 0.5F);
    const Vec3 start = rig.position();
    EXPECT_NEAR(start.z, 0.03F, 1e-4F);
    rig.hold({0, 0}, 3);
    EXPECT_LT(length(rig.position() - start), kRestM) << physics_hz;
    rig.hold({1, 0}, 2);
    EXPECT_NEAR(length(rig.velocity()), 0.22F, 1e-4F) << physics_hz;
  }
}

TEST(Rover, StandsStillUnderAnEstimator) {
  BatchConfig config = ground("rover", "position");
  config.estimator = EstimatorKind::kComplementary;
  GroundRig rig(config);
  const Vec3 start = rig.position();
  rig.hold({0, 0, 0, 0}, 3);
  EXPECT_LT(length(rig.position() - start), 1e-3F);
}

TEST(Rover, StandingIsNoTouch) {
  GroundRig rig(ground("rover", "drive"));
  rig.hold({0.5F, 0.1F}, 1);
  EXPECT_EQ(rig.state("touch_static", 1)[0], 0);
  EXPECT_EQ(rig.state("contact_impulse_ns", 1)[0], 0);
}

TEST(Rover, DrivesStraightAtItsSpeed) {
  GroundRig rig(ground("rover", "drive"));
  rig.place({0, 0, kStandingM});
  rig.hold({1, 0}, 1);
  const Vec3 start = rig.position();
  rig.hold({1, 0}, 2);
  const Vec3 way = rig.position() - start;
  EXPECT_NEAR(way.x, 2 * 0.22F, 1e-4F);
  EXPECT_NEAR(way.y, 0, 1e-5F);
  EXPECT_NEAR(rig.velocity().x, 0.22F, 1e-5F);
  rig.hold({-1, 0}, 1);
  EXPECT_NEAR(rig.velocity().x, -0.22F, 1e-5F);
}

TEST(Rover, TurnsWithTheRadiusOfSpeedOverYawRate) {
  GroundRig rig(ground("rover", "drive"));
  rig.hold({0.5F, 0.5F}, 1);
  const float speed_mps = 0.11F;
  const float rate_radps = 1.42F;
  const float radius_m = speed_mps / rate_radps;
  const Vec3 center = rig.position() + rig.axis({0, 1, 0}) * radius_m;
  float farthest_m = 0;
  float slip_mps = 0;
  for (int i = 0; i < 150; ++i) {
    rig.hold({0.5F, 0.5F}, 1.0F / 30);
    farthest_m = std::max(farthest_m, std::fabs(length(rig.position() - center) - radius_m));
    slip_mps = std::max(slip_mps, std::fabs(dot(rig.velocity(), rig.axis({0, 1, 0}))));
  }
  EXPECT_NEAR(rig.yaw_rate(), rate_radps, 1e-4F);
  EXPECT_NEAR(length(rig.velocity()), speed_mps, 1e-4F);
  // semi-implicit Euler turns before it moves: its circle is off by a few parts in a thousand
  EXPECT_LT(farthest_m, 0.01F * radius_m);
  // what the turn of one substep makes of the speed: v w / 240
  EXPECT_LT(slip_mps, 1.1F * speed_mps * rate_radps / 240);
}

TEST(Rover, KeepsTheRadiusWhereBothWishesAreTooFast) {
  GroundRig rig(ground("rover", "drive"));
  rig.hold({1, 1}, 1);
  EXPECT_NEAR(length(rig.velocity()) / rig.yaw_rate(), 0.22F / 2.84F, 1e-4F);
  EXPECT_LT(length(rig.velocity()), 0.2F);
}

TEST(Rover, BrakesAsHardAsItGrips) {
  const Value fast =
      changed("rover", {{"speed_limit_mps", 3.0}, {"rover", Value::Table{{"response_s", 0.0}}}});
  GroundRig rig(ground(fast, "drive"));
  rig.place({0, 0, kStandingM});
  rig.hold({1, 0}, 2);
  ASSERT_NEAR(rig.velocity().x, 3, 1e-3F);
  const Vec3 start = rig.position();
  rig.hold({0, 0}, 1);
  EXPECT_NEAR(rig.velocity().x, 0, 1e-4F);
  const float wanted_m = 3 * 3 / (2 * kGrip * kGravityMps2);
  // the substep before it begins, and the normal force that pitching shifts about
  EXPECT_NEAR(rig.position().x - start.x, wanted_m, 0.03F * wanted_m);
  EXPECT_GT(rig.axis({0, 0, 1}).z, 0.999F) << "it stays on its wheels";
}

TEST(Rover, TipsOverWhereItIsHighAndGrips) {
  // the center of mass 11.6 cm above the ground: grip times height exceeds half of the length
  const Value high = changed(
      "rover", {{"speed_limit_mps", 5.0},
                {"rover", Value::Table{{"response_s", 0.0}}},
                {"collision", Value::Table{{"offset_b_m", Value::Array{0.0, 0.0, -0.02}}}}});
  GroundRig rig(ground(high, "drive"));
  rig.place({0, 0, 0.116F});
  for (int i = 1; i <= 90; ++i) rig.hold({static_cast<float>(i) / 90, 0}, 1.0F / 30);
  ASSERT_GT(rig.axis({0, 0, 1}).z, 0.99F) << "it speeds up gently";
  rig.hold({0, 0}, 1);
  EXPECT_LT(rig.axis({0, 0, 1}).z, 0.1F);
  EXPECT_GT(rig.axis({0, 0, 1}).x, 0.9F) << "over its front";
}

TEST(Rover, SpeedsUpNoFasterThanItGrips) {
  const Value fast =
      changed("rover", {{"speed_limit_mps", 5.0}, {"rover", Value::Table{{"response_s", 0.0}}}});
  GroundRig rig(ground(fast, "drive"));
  rig.place({0, 0, kStandingM});
  rig.hold({0, 0}, 0.5F);
  rig.hold({1, 0}, 0.5F);
  EXPECT_NEAR(rig.velocity().x, 0.5F * kGrip * kGravityMps2, 0.03F * kGrip * kGravityMps2);
}

TEST(Rover, PushesNoHarderThanItsDrive) {
  const Value weak =
      changed("rover", {{"speed_limit_mps", 5.0},
                        {"rover", Value::Table{{"response_s", 0.0}, {"drive_force_n", 1.0}}}});
  GroundRig rig(ground(weak, "drive"));
  rig.place({0, 0, kStandingM});
  rig.hold({0, 0}, 0.5F);
  rig.hold({1, 0}, 1);
  EXPECT_NEAR(rig.velocity().x, 1, 0.02F) << "1 N on 1 kg for 1 s";
}

/// A rover that stands on a slope down to the east.
GroundRig on_slope(float angle_rad) {
  GroundRig rig(ground("rover", "drive", Value::Table{{"statics", tilted_plane(angle_rad)}}));
  rig.place({kStandingM * std::sin(angle_rad), 0, kStandingM * std::cos(angle_rad)});
  const std::vector<float> quat{0, std::sin(0.5F * angle_rad), 0, std::cos(0.5F * angle_rad)};
  rig.batch.set_state(0, "quat_wb_xyzw", quat);
  return rig;
}

// The angle at which the weight along the slope is what the wheels hold: 32.3 degrees.
const float kSteepestRad = std::atan(kGrip);

TEST(Rover, HoldsASlopeThatItGrips) {
  GroundRig rig = on_slope(0.9F * kSteepestRad);
  rig.hold({0, 0}, 1);
  const Vec3 start = rig.position();
  rig.hold({0, 0}, 10);
  EXPECT_LT(length(rig.position() - start), 1e-3F);
  rig.hold({-1, 0}, 2);
  EXPECT_GT(rig.position().z - start.z, 0.03F) << "it climbs, slipping a little";
}

TEST(Rover, SlidesDownASteeperSlope) {
  const float angle_rad = 1.2F * kSteepestRad;
  GroundRig rig = on_slope(angle_rad);
  rig.hold({0, 0}, 0.5F);
  const float before = length(rig.velocity());
  rig.hold({0, 0}, 0.5F);
  const float wanted = kGravityMps2 * (std::sin(angle_rad) - kGrip * std::cos(angle_rad));
  EXPECT_NEAR(length(rig.velocity()) - before, 0.5F * wanted, 0.03F * wanted);
}

TEST(Rover, PushesABox) {
  Value prop = box(0.5, 0, 0.1, 0.2, 0.2, 0.2);
  prop.table().emplace("mass_kg", 0.3);
  GroundRig rig(ground("rover", "drive", Value::Table{{"props", Value::Array{prop}}}));
  rig.place({0, 0, kStandingM});
  rig.hold({1, 0}, 6);
  std::vector<float> at(3);
  rig.batch.state("prop_position_w_m", at);
  EXPECT_GT(at[0], 1.0F) << "0.22 m/s for 6 s less the way to it";
  EXPECT_NEAR(rig.position().x, at[0] - 0.1F - 0.069F, 0.02F) << "still behind it";
  EXPECT_NEAR(rig.velocity().x, 0.22F, 0.02F);
}

TEST(Rover, StopsAtAWallAndDoesNotClimbIt) {
  GroundRig rig(ground("rover", "drive",
                       Value::Table{{"statics", ground_and(box(0.55, 0, 0.5, 0.1, 2, 1))}}));
  rig.place({0, 0, kStandingM});
  float hardest_ns = 0;
  for (int i = 0; i < 300; ++i) {
    rig.hold({1, 0}, 1.0F / 30);
    hardest_ns = std::max(hardest_ns, rig.state("contact_impulse_ns", 1)[0]);
  }
  EXPECT_NEAR(rig.position().x, 0.5F - 0.069F, 2e-3F);
  EXPECT_NEAR(rig.position().z, kStandingM, 5e-3F);
  EXPECT_GT(rig.axis({0, 0, 1}).z, 0.99F);
  EXPECT_EQ(rig.state("touch_static", 1)[0], 1);
  // the impact of 0.22 N s and what the wheels push in one agent step
  EXPECT_LT(hardest_ns, 2 * (0.22F + kGrip * kGravityMps2 / 30));
  EXPECT_GT(hardest_ns, 0.1F);
}

TEST(Rover, FollowsAVelocity) {
  GroundRig rig(ground("rover", "velocity"));
  rig.place({0, 0, kStandingM});
  rig.hold({0.3F, 0.8F, -1, 1}, 4);
  EXPECT_NEAR(rig.velocity().x, 0.3F * 0.22F, 1e-3F);
  EXPECT_NEAR(rig.velocity().y, 0.8F * 0.22F, 1e-3F);
  // to where it came from it need not turn round
  const Vec3 ahead = rig.axis({1, 0, 0});
  rig.hold({-0.3F, -0.8F, 0, 0}, 2);
  EXPECT_NEAR(rig.velocity().y, -0.8F * 0.22F, 1e-3F);
  EXPECT_GT(dot(rig.axis({1, 0, 0}), ahead), 0.999F);
}

TEST(Rover, TurnsOnTheSpotAtTheYawRateOfAVelocityOfZero) {
  GroundRig rig(ground("rover", "velocity"));
  const Vec3 start = rig.position();
  rig.hold({0, 0, 0, 0.5F}, 2);
  EXPECT_NEAR(rig.yaw_rate(), 1.42F, 1e-3F);
  EXPECT_LT(length(rig.position() - start), 1e-3F);
}

TEST(Rover, GoesToAPlace) {
  GroundRig rig(ground("rover", "position"));
  rig.place({0, 0, kStandingM});
  const Vec3 goal{0.5F, -0.7F, kStandingM};
  for (int i = 0; i < 360; ++i) {
    const Vec3 way = goal - rig.position();
    rig.hold({way.x, way.y, 1, 0}, 1.0F / 30);
  }
  EXPECT_LT(length(goal - rig.position()), 0.02F);
  EXPECT_LT(length(rig.velocity()), 0.01F);
}

TEST(Rover, BrakesWithoutItsMotors) {
  GroundRig rig(ground("rover", "drive"));
  rig.hold({1, 0}, 1);
  rig.batch.set_state(0, "motors_on", std::vector<float>{0});
  rig.hold({1, 0}, 1);
  EXPECT_LT(length(rig.velocity()), 1e-4F);
}

TEST(Rover, CarriesADroneOnItsRoof) {
  GroundRig rig(ground(Value::Array{"rover", "cf2x"}, "velocity", Value::Table{}, 2));
  const float roof_m = 0.192F;
  rig.place({0, 0, kStandingM, 0, 0, roof_m + 0.0125F});
  rig.batch.set_state(0, "motors_on", std::vector<float>{1, 0});
  rig.batch.set_state(0, "rotor_speed_radps", std::vector<float>(8, 0.0F));
  rig.hold({0, 0, 0, 0}, 0.5F);
  const Vec3 before = rig.position(1) - rig.position(0);
  rig.hold({1, 0, 0, 0}, 3);
  EXPECT_GT(rig.position(0).x, 0.5F);
  EXPECT_LT(length(rig.position(1) - rig.position(0) - before), 5e-3F);
}

TEST(Rover, OnItsSideItsWheelsDoNothing) {
  GroundRig rig(ground("rover", "drive"));
  rig.place({0, 0, 0.089F});
  const float half = std::sqrt(0.5F);
  rig.batch.set_state(0, "quat_wb_xyzw", std::vector<float>{half, 0, 0, half});
  rig.hold({0, 0}, 1);
  const Vec3 start = rig.position();
  rig.hold({1, 0.3F}, 2);
  EXPECT_LT(length(rig.position() - start), 1e-3F);
  EXPECT_LT(rig.axis({0, 0, 1}).z, 0.1F);
}

}  // namespace
}  // namespace volery
