// The push of a particle at each of its levels.
#include <gtest/gtest.h>

#include "drives_rig.hpp"

namespace volery {
namespace {

using test::Drives;

constexpr float kRounding = 1e-5F;

TEST(Acceleration, IsWhatTheActionAsksFor) {
  const Drives particles(load_vehicle("particle"), "acceleration");
  particles.set_action(0, {1, -0.5F, 0.2F});
  particles.run_tick();
  EXPECT_NEAR(particles.push().x, 5, kRounding);
  EXPECT_NEAR(particles.push().y, -2.5F, kRounding);
  EXPECT_NEAR(particles.push().z, 1, kRounding);
}

TEST(Acceleration, EndsAtTheTopSpeed) {
  const Drives particles(load_vehicle("particle"), "acceleration");
  particles.blocks.set_vec3(0, kVelocity, {2 - 1.0F / 240, -2, 4});
  particles.set_action(0, {1, -1, 1});
  particles.run_tick();
  EXPECT_NEAR(particles.push().x, 1, 1e-3F) << "what is left of the speed over a tick";
  EXPECT_NEAR(particles.push().y, 0, kRounding);
  EXPECT_NEAR(particles.push().z, -5, kRounding) << "too fast already: it brakes";
}

TEST(Acceleration, VelocityIsApproachedWithTheTimeConstant) {
  const Drives particles(load_vehicle("particle"), "velocity");
  particles.set_action(0, {0.1F, 1, 0, 1});
  particles.run_tick();
  const float share = 1 - std::exp(-1 / (240 * 0.2F));
  EXPECT_NEAR(particles.push().x, 0.2F * share * 240, 1e-4F);
  EXPECT_NEAR(particles.push().y, 5, kRounding) << "no more than there is";
}

TEST(Acceleration, PlaneAndWeightAreTakenIntoAccount) {
  VehicleConfig config = load_vehicle("particle").config;
  config.particle.dimensions = 2;
  const Drives flat(Vehicle(config), "acceleration");
  flat.set_action(0, {0, 0, 1});
  flat.run_tick();
  EXPECT_EQ(flat.push().z, 0);
  config.particle.dimensions = 3;
  config.particle.gravity = true;
  config.particle.max_acceleration_mps2 = 20;
  const Drives heavy(Vehicle(config), "velocity");
  heavy.run_tick();
  EXPECT_NEAR(heavy.push().z, kGravityMps2, kRounding);
}

TEST(Acceleration, IsOfParticlesAlone) {
  EXPECT_THROW(Drives(load_vehicle("cf2x"), "acceleration"), Error);
  EXPECT_THROW(Drives(load_vehicle("rover"), "acceleration"), Error);
}

}  // namespace
}  // namespace volery
