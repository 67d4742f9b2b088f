// Fast drones against thin walls.
#include "contact/swept.hpp"

#include <gtest/gtest.h>

#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

TEST(ThinWall, StopsDronesAtTwentyMetersPerSecond) {
  int passed = 0;
  float slowest_rebound = 100;
  for (const float rate_hz : {240.0F, 500.0F}) {
    RigConfig config;
    config.vehicle = small_drone();
    // 2 cm thick, 4 m wide, face across x
    config.scene.statics = {solid(PrimitiveKind::kBox, {0, 0, 0}, {0.02F, 4, 4})};
    config.num_agents = 1;
    config.num_worlds = 512;
    config.gravity_mps2 = 0;
    config.rate_hz = rate_hz;
    Rig rig(config);
    for (int i = 0; i < 512; ++i) {
      Rng rng(7, 0, Stream::kSpawn, static_cast<std::uint32_t>(i));
      const Vec3 direction{1, rng.uniform(-1, 1), rng.uniform(-1, 1)};
      const float speed = rng.uniform(5, 20);
      const Vec3 velocity = direction * (speed / length(direction));
      const Vec3 start = velocity * -rng.uniform(0.05F, 0.1F) + Vec3{-0.1F, 0, 0};
      rig.place(i, start, velocity,
                turned(Quat{}, {rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(-1, 1)}, 1));
    }
    rig.run(0.4F);
    for (int i = 0; i < 512; ++i) {
      if (rig.position(i).x > 0) ++passed;
      slowest_rebound = min_of(slowest_rebound, -rig.velocity(i).x);
    }
  }
  EXPECT_EQ(passed, 0);
  EXPECT_GT(slowest_rebound, 0);
}

TEST(ThinWall, RebuffsAFaceOnDroneWithItsRestitution) {
  RigConfig config;
  config.vehicle = small_drone();
  config.scene.statics = {solid(PrimitiveKind::kBox, {0, 0, -0.01F}, {4, 4, 0.02F})};
  config.gravity_mps2 = 0;
  for (int k = 0; k < 40; ++k) {
    Rig rig(config);
    rig.place(0, {0, 0, 0.5F + 0.002F * static_cast<float>(k)}, {0, 0, -20});
    rig.run(0.1F);
    EXPECT_NEAR(rig.velocity(0).z, 10, 0.5F) << k;
  }
}

}  // namespace
}  // namespace volery::contact::test
