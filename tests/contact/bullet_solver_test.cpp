// What impacts and friction do: rebound, momentum, sliding, stacks.
#include "contact/bullet_solver.hpp"

#include <gtest/gtest.h>

#include "core/rotation.hpp"
#include "tests/contact/crash_worlds.hpp"

namespace volery::contact::test {
namespace {

RigConfig plain(float rate_hz, int num_agents = 1) {
  RigConfig config;
  config.vehicle = small_drone();
  config.scene.statics = {floor_plane()};
  config.num_agents = num_agents;
  config.rate_hz = rate_hz;
  config.substeps = 1;
  return config;
}

TEST(Rebound, IsTheRestitutionTimesTheImpactSpeed) {
  // geometric mean of 0.5 and 0.5; a tolerance of 5 % is what the product promises
  constexpr float kTolerance = 0.05F;
  for (const float rate_hz : {240.0F, 500.0F}) {
    for (float height_m = 0.2F; height_m < 1; height_m += 0.013F) {
      Rig rig(plain(rate_hz));
      rig.place(0, {0, 0, height_m});
      float before = 0;
      for (int i = 0; i < 1000 && rig.velocity(0).z <= 0; ++i) {
        before = rig.velocity(0).z - 9.80665F / rate_hz;
        rig.run_window();
      }
      EXPECT_NEAR(-rig.velocity(0).z / before, 0.5F, 0.5F * kTolerance)
          << "from " << height_m << " m at " << rate_hz;
    }
  }
}

TEST(Friction, HoldsBelowItsAngleAndSlipsAbove) {
  // friction 0.5 is 26.6 degrees
  for (const float turn : {0.0F, 0.5F, 1.0F}) {
    for (const float angle : {0.3F, 0.40F, 0.52F, 0.6F}) {
      RigConfig config = plain(240);
      Primitive& slope = config.scene.statics[0];
      slope.rpy_rad = {0, angle, turn};
      Rig rig(config);
      const Quat tilt = quat_from_rpy({0, angle, turn});
      const Vec3 up = rotate(tilt, {0, 0, 1});
      rig.place(0, up * 0.0125F, {}, tilt);
      rig.run(1);
      const Vec3 at = rig.position(0) - up * 0.0125F;
      const float moved = length(at);
      const float accel = 9.80665F * (sin(angle) - 0.5F * cos(angle));
      if (accel < 0) {
        // sticking: less than a millimetre of creep in a second
        EXPECT_LT(moved, 1e-3F) << "at " << angle << ", " << turn;
      } else {
        EXPECT_NEAR(moved, 0.5F * accel, 0.1F * 0.5F * accel) << "at " << angle << ", " << turn;
      }
    }
  }
}

TEST(Stack, OfThreeStands) {
  for (const float rate_hz : {240.0F, 500.0F}) {
    Rig rig(plain(rate_hz, 3));
    for (int i = 0; i < 3; ++i) rig.place(i, {0, 0, 0.0126F + 0.0252F * static_cast<float>(i)});
    rig.run(2);
    float highest = 0;
    float lowest = 1;
    for (int i = 0; i < 240; ++i) {
      rig.run_window();
      highest = max_of(highest, rig.position(2).z);
      lowest = min_of(lowest, rig.position(2).z);
    }
    EXPECT_NEAR(rig.position(2).z, 0.0125F * 5, 1e-3F) << rate_hz;
    EXPECT_LT(length(Vec3{rig.position(2).x, rig.position(2).y, 0}), 1e-3F) << rate_hz;
    EXPECT_LT(highest - lowest, 1e-4F) << rate_hz;
    EXPECT_EQ(rig.slab().agents.at(2, kTouchAgent), 1);
    EXPECT_EQ(rig.slab().agents.at(2, kTouchStatic), 0);
    EXPECT_EQ(rig.slab().agents.at(0, kTouchStatic), 1);
  }
}

Vec3 momentum(const Rig& rig) {
  return (rig.velocity(0) + rig.velocity(1)) * 0.027F;
}

// about the world's origin
Vec3 angular_momentum(const Rig& rig) {
  Vec3 sum;
  const auto& inertia = rig.vehicle().config.inertia_b_kgm2;
  for (int i = 0; i < 2; ++i) {
    const Quat q = rig.slab().agents.quat(i);
    const Vec3 w = rig.slab().agents.vec3(i, kOmega);
    sum = sum + cross(rig.position(i), rig.velocity(i)) * 0.027F +
          rotate(q, {inertia[0] * w.x, inertia[1] * w.y, inertia[2] * w.z});
  }
  return sum;
}

TEST(Hit, OfTwoDronesConservesMomentum) {
  for (int k = 0; k < 20; ++k) {
    RigConfig config = plain(240, 2);
    config.scene.statics.clear();
    config.gravity_mps2 = 0;
    Rig rig(config);
    const float offset = 0.003F * static_cast<float>(k);
    rig.place(0, {-0.3F, 0, 1}, {3, 0, 0},
              turned(Quat{}, {0.05F * static_cast<float>(k), 0, 0}, 1));
    rig.place(1, {0.3F, offset, 1 + 0.1F * offset}, {-1, 0, 0});
    const Vec3 before = momentum(rig);
    float largest_angular = 0;
    bool hit = false;
    Vec3 angular = angular_momentum(rig);
    for (int i = 0; i < 120; ++i) {
      // rotation of the stand-in flight keeps omega_b, not angular momentum: compare across the
      // solver alone
      const Vec3 was = rig.velocity(0);
      angular = angular_momentum(rig);
      rig.run_window();
      if (rig.velocity(0) == was) continue;
      hit = true;
      largest_angular = max_of(largest_angular, length(angular_momentum(rig) - angular));
    }
    EXPECT_TRUE(hit) << k;
    EXPECT_LT(length(momentum(rig) - before), 1e-6F) << k;
    // of 0.027 kg * 4 m/s * 0.05 m = 5e-3
    EXPECT_LT(largest_angular, 3e-4F) << k;
  }
}

TEST(Crash, GainsNoEnergy) {
  // what a hit may gain (J): rounding, and the solver's ten iterations; typical energies are 0.1 J
  constexpr float kGain = 1e-5F;
  RigConfig config = plain(240);
  config.scene = crash_scene("room");
  config.num_worlds = 512;
  config.gravity_mps2 = 0;
  Rig rig(config);
  scatter(rig, 5);
  const auto& inertia = config.vehicle.inertia_b_kgm2;
  const auto energy_j = [&](int i) {
    const Vec3 v = rig.velocity(i);
    const Vec3 w = rig.slab().agents.vec3(i, kOmega);
    return 0.5F * 0.027F * dot(v, v) +
           0.5F * (inertia[0] * w.x * w.x + inertia[1] * w.y * w.y + inertia[2] * w.z * w.z);
  };
  std::vector<float> before(512);
  int hits = 0;
  for (int i = 0; i < 512; ++i) {
    rig.slab().agents.set_vec3(i, kVelocity, rig.velocity(i) * 3);
    rig.slab().agents.set_vec3(i, kOmega, {3, 2, 1});
    before[static_cast<std::size_t>(i)] = energy_j(i);
  }
  for (int step = 0; step < 300; ++step) {
    rig.run_window();
    for (int i = 0; i < 512; ++i) {
      float& was = before[static_cast<std::size_t>(i)];
      hits += rig.slab().agents.at(i, kImpulse) > 0;
      EXPECT_LT(energy_j(i), was + kGain) << "world " << i << " at step " << step;
      was = energy_j(i);
    }
  }
  EXPECT_GT(hits, 1000);
}

}  // namespace
}  // namespace volery::contact::test
