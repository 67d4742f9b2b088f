#include "contact/plain_bullet.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace volery::contact {
namespace {

constexpr float kStepS = 1.0F / 240;
constexpr float kWeightless = 0;

Scene ground() {
  SceneConfig config;
  Primitive plane;
  plane.kind = PrimitiveKind::kPlane;
  config.statics.push_back(plane);
  return Scene(config);
}

TEST(PlainBullet, ABodyFallsAsGravitySays) {
  const Scene scene = ground();
  const Vehicle vehicle = load_vehicle("cf2x");
  PlainBullet bullet(scene, vehicle, kGravityMps2, kStepS, 1, 1);
  bullet.set_body(0, 0, {.position_w_m = {0, 0, 50}});
  bullet.step(240);
  // semi-implicit Euler over n steps falls g T^2 (1 + 1/n) / 2; rounding of 240 sums is below this
  constexpr float kTolerance = 1e-3F;
  EXPECT_NEAR(50 - bullet.body(0, 0).position_w_m.z, 0.5F * kGravityMps2 * (1 + 1.0F / 240),
              kTolerance);
}

TEST(PlainBullet, LiftCarriesTheWeight) {
  const Scene scene = ground();
  const Vehicle vehicle = load_vehicle("cf2x");
  PlainBullet bullet(scene, vehicle, kGravityMps2, kStepS, 1, 1);
  bullet.set_body(0, 0,
                  {.position_w_m = {0, 0, 5}, .lift_n = vehicle.config.mass_kg * kGravityMps2});
  bullet.step(240);
  // the two forces are equal to a rounding of 6e-8 of g
  constexpr float kTolerance = 1e-4F;
  EXPECT_NEAR(bullet.body(0, 0).position_w_m.z, 5, kTolerance);
  EXPECT_EQ(bullet.touching_share(), 0);
}

TEST(PlainBullet, BodiesOnTheFloorTouchAndStay) {
  const Scene scene = ground();
  const Vehicle vehicle = load_vehicle("cf2x");
  const float rest_m = 0.5F * vehicle.config.collision.size_m[2];
  PlainBullet bullet(scene, vehicle, kGravityMps2, kStepS, 2, 2);
  for (int world = 0; world < 2; ++world) {
    bullet.set_body(world, 0, {.position_w_m = {0, 0, rest_m}, .lift_n = kWeightless});
    bullet.set_body(world, 1,
                    {.position_w_m = {1, 0, 5}, .lift_n = vehicle.config.mass_kg * kGravityMps2});
  }
  bullet.step(120);
  EXPECT_EQ(bullet.touching_share(), 0.5);
  // Bullet's plane contacts let a thin cylinder rock by some millimeters
  constexpr float kRocking = 0.01F;
  EXPECT_NEAR(bullet.body(1, 0).position_w_m.z, rest_m, kRocking);
}

}  // namespace
}  // namespace volery::contact
