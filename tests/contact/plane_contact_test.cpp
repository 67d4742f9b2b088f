// Bodies on flat ground: they come to rest, on it and not in it, and stay.
#include "contact/plane_contact.hpp"

#include <gtest/gtest.h>

#include "core/math.hpp"
#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

struct Drop {
  const char* name;
  float rate_hz;
  CollisionSpec::Shape shape;
  Vec3 tilt_rad;  // rotation vector
  float height_m;
};

RigConfig drop_config(const Drop& drop) {
  RigConfig config;
  config.scene.statics = {floor_plane()};
  config.vehicle = small_drone();
  config.vehicle.collision.shape = drop.shape;
  if (drop.shape == CollisionSpec::Shape::kBox)
    config.vehicle.collision.size_m = {0.1F, 0.08F, 0.03F};
  config.rate_hz = drop.rate_hz;
  return config;
}

class Dropped : public testing::TestWithParam<Drop> {};

// A body at rest may move by less than this, and end less than this off the ground (metres).
constexpr float kJitter = 1e-4F;
constexpr float kOff = 1e-3F;

TEST_P(Dropped, DroneComesToRestAndStays) {
  Rig rig(drop_config(GetParam()));
  rig.place(0, {0.3F, -0.2F, GetParam().height_m}, {}, turned(Quat{}, GetParam().tilt_rad, 1));
  rig.run(4);

  Vec3 low = rig.position(0);
  Vec3 high = low;
  for (int i = 0; i < 60; ++i) {
    rig.run_window();
    const Vec3 p = rig.position(0);
    low = {min_of(low.x, p.x), min_of(low.y, p.y), min_of(low.z, p.z)};
    high = {max_of(high.x, p.x), max_of(high.y, p.y), max_of(high.z, p.z)};
  }
  const Vec3 jitter = high - low;
  EXPECT_LT(jitter.x, kJitter);
  EXPECT_LT(jitter.y, kJitter);
  EXPECT_LT(jitter.z, kJitter);
  const float half_height = rig.vehicle().config.collision.size_m[2] / 2;
  EXPECT_NEAR(rig.position(0).z, half_height, kOff);
  EXPECT_EQ(rig.slab().agents.at(0, kTouchStatic), 1);
  EXPECT_EQ(rig.slab().agents.at(0, kTouchAgent), 0);
  // the ground carries the weight
  const float weight_impulse_ns = 0.027F * 9.80665F * 8 * rig.step_s();
  EXPECT_NEAR(rig.slab().agents.at(0, kImpulse), weight_impulse_ns, 0.02F * weight_impulse_ns);
}

constexpr auto kCylinder = CollisionSpec::Shape::kCylinder;
constexpr auto kBox = CollisionSpec::Shape::kBox;
INSTANTIATE_TEST_SUITE_P(
    Plane, Dropped,
    testing::Values(Drop{"flat240", 240, kCylinder, {}, 0.5F},
                    Drop{"flat500", 500, kCylinder, {}, 0.5F},
                    Drop{"tilted240", 240, kCylinder, {0.4F, 0.2F, 0.1F}, 0.5F},
                    Drop{"tilted500", 500, kCylinder, {0.4F, 0.2F, 0.1F}, 0.5F},
                    Drop{"steep240", 240, kCylinder, {0.7F, -0.6F, 0}, 0.3F},
                    Drop{"boxFlat240", 240, kBox, {}, 0.5F},
                    Drop{"boxTilted240", 240, kBox, {0.3F, 0.2F, 0.1F}, 0.5F},
                    Drop{"boxTilted500", 500, kBox, {0.3F, 0.2F, 0.1F}, 0.5F}),
    [](const auto& drop) { return drop.param.name; });

}  // namespace
}  // namespace volery::contact::test
