// Particles against their equations.
#include <gtest/gtest.h>

#include "model/vehicle.hpp"
#include "tests/batch/ground_rig.hpp"

namespace volery {
namespace {

using test::changed;
using test::ground;
using test::GroundRig;
using test::length;

class ParticleRate : public testing::TestWithParam<int> {};

TEST_P(ParticleRate, FollowsAVelocityWithItsTimeConstant) {
  BatchConfig config = ground("particle", "velocity");
  config.control_rate_hz = GetParam();
  GroundRig rig(config);
  const float wanted_mps = 0.8F;  // asks for 4 of the 5 m/s^2
  for (int i = 1; i <= 30; ++i) {
    rig.hold({0.4F, -0.4F, 0.2F, 1}, 1.0F / 30);
    const float share = 1 - std::exp(-static_cast<float>(i) / 30 / 0.2F);
    EXPECT_NEAR(rig.velocity().x, share * wanted_mps, 1e-5F) << i;
    EXPECT_NEAR(rig.velocity().y, -share * wanted_mps, 1e-5F) << i;
    EXPECT_NEAR(rig.velocity().z, share * 0.4F, 1e-5F) << i;
  }
  EXPECT_EQ(length(rig.vec3("omega_b_radps")), 0) << "nothing turns it";
}

// The response is exact at the ticks, whatever their rate.
INSTANTIATE_TEST_SUITE_P(Rates, ParticleRate, testing::Values(30, 60, 240));

TEST(Particle, AcceleratesAsToldUpToItsSpeed) {
  GroundRig rig(ground("particle", "acceleration"));
  rig.hold({1, 0, -0.1F}, 0.2F);
  EXPECT_NEAR(rig.velocity().x, 1, 1e-5F) << "5 m/s^2 for 0.2 s";
  EXPECT_NEAR(rig.velocity().z, -0.1F, 1e-5F);
  rig.hold({1, 0, 0}, 1);
  EXPECT_NEAR(rig.velocity().x, 2, 1e-5F);
  EXPECT_NEAR(rig.velocity().z, -0.1F, 1e-6F) << "no acceleration keeps the velocity";
}

TEST(Particle, NeverExceedsItsAcceleration) {
  GroundRig rig(ground("particle", "velocity"));
  Vec3 last = rig.velocity();
  for (int i = 0; i < 60; ++i) {
    const float side = i % 20 < 10 ? 1.0F : -1.0F;
    rig.hold({side, -side, 0.5F, 0}, 1.0F / 30);
    const Vec3 change = rig.velocity() - last;
    EXPECT_LT(std::max(std::fabs(change.x), std::fabs(change.y)), 1.001F * 5 / 30);
    last = rig.velocity();
  }
}

TEST(Particle, KeepsItsHeightInAPlane) {
  const Value flat = changed("particle", {{"particle", Value::Table{{"dimensions", 2}}}});
  GroundRig rig(ground(flat, "velocity"));
  const float height_m = rig.position().z;
  rig.hold({0.5F, 0.5F, 1, 0}, 2);
  EXPECT_EQ(rig.position().z, height_m);
  EXPECT_GT(length(rig.velocity()), 1);
}

TEST(Particle, CarriesItsWeightWhileItsMotorsObey) {
  const Value heavy = changed(
      "particle", {{"particle", Value::Table{{"gravity", true}, {"max_acceleration_mps2", 20.0}}}});
  GroundRig rig(ground(heavy, "acceleration"));
  rig.place({0, 0, 50});
  rig.hold({0, 0, 0}, 1);
  EXPECT_NEAR(rig.position().z, 50, 1e-4F);
  rig.batch.set_state(0, "motors_on", std::vector<float>{0});
  rig.hold({0, 0, 1}, 1);
  EXPECT_NEAR(rig.velocity().z, -kGravityMps2, 1e-3F);
}

TEST(Particle, GoesToAPlace) {
  GroundRig rig(ground("particle", "position"));
  const Vec3 goal = rig.position() + Vec3{0.8F, -0.5F, 0.4F};
  for (int i = 0; i < 180; ++i) {
    const Vec3 way = goal - rig.position();
    rig.hold({way.x, way.y, way.z, 0}, 1.0F / 30);
  }
  EXPECT_LT(length(goal - rig.position()), 5e-3F);
}

TEST(Particle, CollidesElastically) {
  const Value ball =
      changed("particle", {{"collision", Value::Table{{"restitution", 1.0}, {"friction", 0.0}}}});
  GroundRig rig(ground(ball, "acceleration", Value::Table{}, 2));
  rig.place({0, 0, 5, 0.4F, 0.03F, 5});
  rig.batch.set_state(0, "velocity_w_mps", std::vector<float>{1.5F, 0, 0, 0, 0, 0});
  rig.hold({0, 0, 0}, 0.6F);
  const Vec3 sum = rig.velocity(0) + rig.velocity(1);
  EXPECT_NEAR(sum.x, 1.5F, 1e-5F);
  EXPECT_NEAR(sum.y, 0, 1e-5F);
  const float energy =
      dot(rig.velocity(0), rig.velocity(0)) + dot(rig.velocity(1), rig.velocity(1));
  EXPECT_NEAR(energy, 1.5F * 1.5F, 1e-3F);
  EXPECT_GT(rig.velocity(1).x, 0.5F) << "they met";
  // equal masses part at right angles
  EXPECT_NEAR(dot(rig.velocity(0), rig.velocity(1)), 0, 1e-3F);
}

}  // namespace
}  // namespace volery
