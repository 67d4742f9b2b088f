#include "flight/gpd_compat.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "flight/gpd_pid.hpp"

namespace volery::gpd {
namespace {

using Rpm = std::array<double, kRotors>;

// rounding of a few operations on numbers of order 1
constexpr double kRounding = 1e-14;
constexpr double kDamping = static_cast<double>(0.04F);

struct Sky {
  explicit Sky(GpdPhysics physics, std::vector<Drone> start, GpdModel name = GpdModel::kCf2x)
      : world{&model_of(name), physics, 1.0 / 240}, drones(std::move(start)) {
    scratch.reserve(static_cast<int>(drones.size()));
  }
  void fly(int substeps, double rpm) {
    const std::vector<Rpm> all(drones.size(), Rpm{rpm, rpm, rpm, rpm});
    advance(world, substeps, 1, all, drones, scratch);
  }
  void fly(int substeps, Rpm rpm) {
    const std::vector<Rpm> all(drones.size(), rpm);
    advance(world, substeps, 1, all, drones, scratch);
  }
  [[nodiscard]] double hover() const { return world.model->hover_rpm; }
  Drone& one() { return drones[0]; }

  World world;
  std::vector<Drone> drones;
  Scratch scratch;
};

Drone at(double x, double y, double z, V3 rpy = {}) {
  return start_drone({x, y, z}, rpy);
}

TEST(GpdCompat, FreeFallHasTheOriginalsGravityAndDamping) {
  Sky sky(GpdPhysics::kPyb, {at(0, 0, 100)});
  double v = 0, z = 100;
  for (int i = 0; i < 240; ++i) {
    v += (-9.8 - v * kDamping * (1 + std::abs(v))) / 240;
    z += v / 240;
    sky.fly(1, 0.0);
  }
  EXPECT_NEAR(sky.one().velocity_w_mps.z, v, kRounding * 100);
  EXPECT_NEAR(sky.one().position_w_m.z, z, kRounding * 1000);
}

TEST(GpdCompat, HoverSpeedCarriesTheWeightInEveryMode) {
  for (const GpdPhysics physics :
       {GpdPhysics::kPyb, GpdPhysics::kDyn, GpdPhysics::kPybDrag, GpdPhysics::kPybDw}) {
    for (const GpdModel model : {GpdModel::kCf2x, GpdModel::kCf2p, GpdModel::kRace}) {
      Sky sky(physics, {at(0, 0, 5)}, model);
      sky.fly(240, sky.hover());
      EXPECT_NEAR(sky.one().position_w_m.z, 5, 1e-12);
      EXPECT_NEAR(norm(sky.one().omega_w_radps), 0, 1e-12);
    }
  }
}

TEST(GpdCompat, ConstantsAreThoseOfTheReference) {
  const Model& m = model_of(GpdModel::kCf2x);
  EXPECT_NEAR(m.hover_rpm, 14468.429183500699, 1e-11);
  EXPECT_NEAR(m.max_rpm, 21702.64377525105, 1e-11);
  EXPECT_NEAR(m.max_thrust_n, 0.59535, 1e-14);
  EXPECT_NEAR(m.max_xy_torque_nm, 8.35637e-3, 1e-8);
  EXPECT_NEAR(m.ground_clip_m, 0.0377637135, 1e-10);
  EXPECT_NEAR(model_of(GpdModel::kRace).hover_rpm, 15494.600499144828, 1e-11);
  EXPECT_NEAR(model_of(GpdModel::kRace).ground_clip_m, 0.2073063789, 1e-10);
  EXPECT_NEAR(model_of(GpdModel::kCf2p).max_xy_torque_nm, 5.90885e-3, 1e-8);
}

TEST(GpdCompat, ThrustPointsAlongTheAttitudeOfOneSubstepAgo) {
  Sky sky(GpdPhysics::kPyb, {at(0, 0, 5)});
  sky.one().omega_w_radps = {20, 0, 0};
  sky.fly(1, sky.hover());
  // the body has turned by 20/240 rad, but the second substep still pushes straight up
  const V3 first = sky.one().velocity_w_mps;
  sky.fly(1, sky.hover());
  EXPECT_EQ(sky.one().velocity_w_mps.y, first.y);
  sky.fly(1, sky.hover());
  EXPECT_LT(sky.one().velocity_w_mps.y, first.y - 1e-3);
}

TEST(GpdCompat, VelocitiesAreHeldWithinBulletsLimit) {
  Sky sky(GpdPhysics::kPyb, {at(0, 0, 1e5)});
  sky.one().velocity_w_mps = {0, 0, 99.99};
  // full yaw torque spins the drone up to where damping holds it; the roll pair is stronger
  const double most = sky.world.model->max_rpm;
  sky.fly(240, Rpm{most, most, 0, 0});
  for (const double w : {sky.one().omega_w_radps.x, sky.one().omega_w_radps.y}) {
    EXPECT_LE(std::abs(w), 100);
  }
  EXPECT_GT(norm(sky.one().omega_w_radps), 30);
  EXPECT_NEAR(norm2(sky.one().quat_wb), 1, kRounding);
}

TEST(GpdCompat, ExplicitDynamicsFallThroughTheFloor) {
  Sky dyn(GpdPhysics::kDyn, {at(0, 0, 0.5)});
  dyn.fly(240, 0.0);
  EXPECT_NEAR(dyn.one().velocity_w_mps.z, -9.8, 1e-12);
  EXPECT_LT(dyn.one().position_w_m.z, -4);
}

TEST(GpdCompat, ExplicitDynamicsKeepAngularMomentumWithoutTorque) {
  Sky dyn(GpdPhysics::kDyn, {at(0, 0, 5)}, GpdModel::kRace);
  // equal inertias: the body rates stay as they are
  dyn.one().omega_b_radps = {3, -2, 1};
  dyn.fly(240, dyn.hover());
  EXPECT_NEAR(norm(dyn.one().omega_b_radps - V3{3, -2, 1}), 0, 1e-11);
  EXPECT_NEAR(norm(dyn.one().omega_w_radps), std::sqrt(14), 1e-11);
}

TEST(GpdCompat, DynTakesOtherArmsThanPybForTheRacer) {
  // 0.0675 and 0.085 m in the URDF, 0.0771 m in DYN
  const double h = model_of(GpdModel::kRace).hover_rpm;
  Sky pyb(GpdPhysics::kPyb, {at(0, 0, 5)}, GpdModel::kRace);
  Sky dyn(GpdPhysics::kDyn, {at(0, 0, 5)}, GpdModel::kRace);
  for (Sky* sky : {&pyb, &dyn}) sky->fly(1, Rpm{h * 1.01, h * 1.01, h * 0.99, h * 0.99});
  EXPECT_NEAR(pyb.one().omega_w_radps.x / dyn.one().omega_w_radps.x,
              0.0675 / (0.109 / std::sqrt(2)), 1e-12);
}

TEST(GpdCompat, GroundEffectIsHeldBelowItsClip) {
  const double clip = model_of(GpdModel::kCf2x).ground_clip_m;
  Sky on_clip(GpdPhysics::kPybGnd, {at(0, 0, clip)});
  Sky below(GpdPhysics::kPybGnd, {at(0, 0, 0.5 * clip)});
  on_clip.fly(1, on_clip.hover());
  below.fly(1, below.hover());
  EXPECT_EQ(on_clip.one().velocity_w_mps.z, below.one().velocity_w_mps.z);
  // 4/15 of the thrust
  EXPECT_NEAR(below.one().velocity_w_mps.z * 240, 9.8 * 4 / 15, 1e-9);
  Sky inverted(GpdPhysics::kPybGnd, {at(0, 0, 0.2, {3, 0, 0})});
  Sky plain(GpdPhysics::kPyb, {at(0, 0, 0.2, {3, 0, 0})});
  inverted.fly(1, inverted.hover());
  plain.fly(1, plain.hover());
  EXPECT_EQ(inverted.one().velocity_w_mps, plain.one().velocity_w_mps);
}

TEST(GpdCompat, DragUsesTheRotorSpeedsOfOneSubstepAgo) {
  Sky sky(GpdPhysics::kPybDrag, {at(0, 0, 5)});
  sky.one().velocity_w_mps = {1, 0, 0};
  const double damping = 1 * kDamping * (1 + 1) / 240;
  sky.fly(1, sky.hover());
  EXPECT_NEAR(sky.one().velocity_w_mps.x, 1 - damping, kRounding);
  const double before = sky.one().velocity_w_mps.x;
  sky.fly(1, 0.0);
  // 6060.5 rad/s of rotors at hover
  const double drag = 9.1785e-7 * before * 4 * 2 * math64::kPi * sky.hover() / 60 / 0.027;
  EXPECT_NEAR(sky.one().velocity_w_mps.x, before - (drag + before * kDamping * (1 + before)) / 240,
              1e-8);
  EXPECT_EQ(sky.one().rpm[0], 0);
}

TEST(GpdCompat, DownwashPushesDownAndIsFiniteEverywhere) {
  for (const double dz : {1e-9, 0.1, 0.6875, 1.0, 5.0}) {
    for (const double dx : {0.0, 1e-12, 0.3, 20.0}) {
      Sky sky(GpdPhysics::kPybDw, {at(0, 0, 50), at(dx, 0, 50 + dz)});
      sky.fly(1, sky.hover());
      EXPECT_TRUE(std::isfinite(norm(sky.one().velocity_w_mps))) << dz << " " << dx;
      EXPECT_LE(sky.one().velocity_w_mps.z, 1e-12);
      // the one above feels nothing, unless they touch
      if (dz > 0.2) {
        EXPECT_NEAR(sky.drones[1].velocity_w_mps.z, 0, 1e-12);
      }
    }
  }
  // a meter above: 0.0758 N
  Sky sky(GpdPhysics::kPybDw, {at(0, 0, 50), at(0, 0, 51)});
  sky.fly(1, sky.hover());
  EXPECT_NEAR(sky.one().velocity_w_mps.z * 240 * -0.027, 0.0758, 5e-5);
}

TEST(GpdCompat, ADroppedDroneComesToRestOnItsHull) {
  for (const V3 rpy : {V3{}, V3{0.1, 0.2, 0.3}, V3{0.5, -0.5, 1}, V3{2, 0, 0}}) {
    Sky sky(GpdPhysics::kPyb, {at(0, 0, 0.4, rpy)});
    double lowest = 1;
    for (int i = 0; i < 5 * 240; ++i) {
      sky.fly(1, 0.0);
      lowest = std::min(lowest, sky.one().position_w_m.z);
    }
    // a substep at the speed of the impact
    EXPECT_GT(lowest, -0.012);
    EXPECT_LT(norm(sky.one().velocity_w_mps), 1e-3);
    EXPECT_NEAR(sky.one().position_w_m.z, 0.0135, 2e-3);
  }
}

TEST(GpdCompat, ADroneThatLiesFlatStaysWhereItIs) {
  Sky sky(GpdPhysics::kPyb, {at(0.1, 0.2, 0.01349, {0, 0, 1})});
  sky.fly(240, 0.0);
  EXPECT_NEAR(norm(sky.one().position_w_m - V3{0.1, 0.2, 0.01349}), 0, 1e-6);
  EXPECT_NEAR(norm(sky.one().omega_w_radps), 0, 1e-4);
}

TEST(GpdCompat, FrictionHoldsASlidingDrone) {
  Sky sky(GpdPhysics::kPyb, {at(0, 0, 0.0135)});
  sky.one().velocity_w_mps = {1, 0, 0};
  sky.fly(240, 0.0);
  // 0.5 g stops 1 m/s in 0.1 m and 0.2 s
  EXPECT_NEAR(sky.one().position_w_m.x, 0.1, 0.03);
  EXPECT_NEAR(norm(sky.one().velocity_w_mps), 0, 1e-4);
}

TEST(GpdCompat, DronesDoNotPassThroughEachOther) {
  struct Case {
    V3 offset, velocity;
  };
  for (const Case& c : {Case{{0.4, 0, 0}, {-1, 0, 0}}, Case{{0.4, 0.01, 0.004}, {-1, 0, 0}},
                        Case{{0, 0, 0.3}, {0, 0, -1}}, Case{{0.2, 0.1, 0.2}, {-1, -0.5, -1}}}) {
    Sky sky(GpdPhysics::kPyb, {at(0, 0, 50), at(c.offset.x, c.offset.y, 50 + c.offset.z)});
    sky.drones[1].velocity_w_mps = c.velocity;
    const V3 momentum = sky.drones[1].velocity_w_mps;
    double least = 1;
    V3 pushed;
    for (int i = 0; i < 180; ++i) {
      sky.fly(1, sky.hover());
      least = std::min(least, norm(sky.drones[1].position_w_m - sky.drones[0].position_w_m));
      // later on a tilted drone may fly anywhere
      if (pushed == V3{} && norm(sky.drones[0].velocity_w_mps) > 0.01) {
        pushed = sky.drones[0].velocity_w_mps;
      }
    }
    // half the thickness of the hull, which tilted ones may overlap by a corner
    EXPECT_GT(least, 0.0125) << c.offset.x << " " << c.offset.z;
    // it was hit, and pushed the way the other came
    EXPECT_GT(dot(pushed, momentum), 0) << c.offset.x << " " << c.offset.z;
  }
}

TEST(GpdVec, AnglesSurviveTheRoundTrip) {
  for (const V3 rpy : {V3{0.1, -0.2, 0.3}, V3{-3, 1.5, 3}, V3{1, -1.5, -2}, V3{}}) {
    const V3 back = rpy_of(quat_of_rpy(rpy));
    EXPECT_NEAR(norm(back - rpy), 0, 1e-12);
  }
  // at the pole roll is 0 by convention, and yaw takes what is left
  const V3 pole = rpy_of(quat_of_rpy({0.3, math64::kPi / 2, 0}));
  EXPECT_EQ(pole.x, 0);
  EXPECT_EQ(pole.y, math64::kPi / 2);
  EXPECT_NEAR(pole.z, -0.3, 1e-7);
}

TEST(GpdPid, HoldsItsPlace) {
  Sky sky(GpdPhysics::kPyb, {at(0.2, -0.1, 0.8, {0.1, 0.1, 0.5})});
  const PidGains gains = pid_gains(GpdModel::kCf2x);
  PidState state;
  PidTarget target;
  target.position_w_m = {0, 0, 1};
  Rpm rpm{};
  for (int i = 0; i < 240 * 15; ++i) {
    const Drone& drone = sky.one();
    rpm = pid_control(gains, 1.0 / 240, drone.position_w_m, drone.quat_wb, drone.velocity_w_mps,
                      target, state)
              .rpm;
    sky.fly(1, rpm);
  }
  EXPECT_NEAR(norm(sky.one().position_w_m - target.position_w_m), 0, 5e-3);
}

TEST(GpdPid, KeepsItsSpeedsWithinThePwmLimits) {
  const PidGains gains = pid_gains(GpdModel::kCf2p);
  for (const double z : {-1e3, 1e3}) {
    PidState state;
    PidTarget target;
    target.position_w_m = {5, 5, z};
    const PidOutput out = pid_control(gains, 1.0 / 48, {}, {}, {}, target, state);
    for (const double rpm : out.rpm) {
      EXPECT_GE(rpm, 0.2685 * 20000 + 4070.3);
      EXPECT_LE(rpm, 0.2685 * 65535 + 4070.3);
    }
    EXPECT_EQ(state.integral_position.z, z < 0 ? -0.15 : 0.15);
  }
}

TEST(GpdPid, IsFiniteWhereTheOriginalIsNot) {
  // the wanted force vanishes: the direction of the thrust is not defined
  PidGains gains = pid_gains(GpdModel::kCf2x);
  gains.i_force = {};
  PidState state;
  PidTarget target;
  target.position_w_m.z = -gains.weight_n / gains.p_force.z;
  const PidOutput out = pid_control(gains, 1.0 / 48, {}, {}, {}, target, state);
  for (const double rpm : out.rpm) EXPECT_TRUE(std::isfinite(rpm));
  EXPECT_TRUE(std::isfinite(out.yaw_error_rad));
}

}  // namespace
}  // namespace volery::gpd
