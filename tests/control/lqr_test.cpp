#include "control/riccati_common.hpp"
#include "law_rig.hpp"

namespace volery::test {
namespace {

Vec3 position_gain(const Vehicle& vehicle, float tick_s) {
  return control::lqr_gains(vehicle, tick_s, Level::kPosition).cascade.position_per_s;
}
// Well-damped poles; the speed limit and the tilt limit take their time on large steps.
constexpr Bands kBands{position_gain, 2.6, 0.03, 3.2, 0.005};
constexpr double kCircleM = 0.01;

TEST(Lqr, PositionFollowsStepsOnEveryVehicle) {
  expect_position_steps("lqr", kBands);
}

TEST(Lqr, InnerLevelsFollowSteps) {
  // its weights follow from the vehicle's limits, not from the gains whose time this counts in
  expect_inner_steps("lqr", 0.1, 0.02, 8);
}

TEST(Lqr, TracksACircleAtAllRates) {
  for (const std::string& name : rotorcraft_names()) {
    for (const Rates rates : kRates) {
      EXPECT_LT(circle_error_m(load_vehicle(Value(name)), "lqr", rates), kCircleM)
          << name << rates.physics_hz;
    }
  }
}

TEST(Lqr, ReturnsFromTumblingUpsideDown) {
  for (const std::string& name : rotorcraft_names()) {
    EXPECT_LT(worst_after_tumbling_m(load_vehicle(Value(name)), "lqr", 3, 20), 0.02) << name;
  }
}

TEST(Lqr, SmallErrorsMeetMinusKx) {
  // to first order, so with states of a hundredth: second order and the drag of the closing speed
  // remain
  constexpr double kShare = 0.05;
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const control::LqrGains lqr = control::lqr_gains(vehicle, 1.0F / 240, Level::kTrack);
  const ControlGains& g = lqr.cascade;
  Fleet fleet(vehicle, "lqr", 240, 16);
  Rng rng(3, 0, Stream::kAction, 0, 0);
  const auto draw = [&](double size) { return size * static_cast<double>(rng.uniform(-1, 1)); };
  for (int i = 0; i < 16; ++i) {
    Plant& p = fleet.plants[static_cast<std::size_t>(i)];
    p.position_w = {draw(0.01), draw(0.01), draw(0.01)};
    p.velocity_w = {draw(0.01), draw(0.01), draw(0.01)};
    p.quat = turn({draw(0.01), draw(0.01), draw(0.01)});
    p.omega_b = {draw(0.01), draw(0.01), draw(0.01)};
    fleet.set_action(i, to_place({}, p, 14));
  }
  fleet.write_state();
  fleet.run_window();
  fleet.run_tick();
  const double gravity = kGravityMps2;
  const auto& j = vehicle.config.inertia_b_kgm2;
  for (int i = 0; i < 16; ++i) {
    const Plant& p = fleet.plants[static_cast<std::size_t>(i)];
    // K in terms of what the cascade divides it into
    const double k_theta = g.attitude_kr_per_s2.y, k_omega = g.attitude_kw_per_s.y;
    const double k_v = k_theta * static_cast<double>(g.velocity_per_s.x) / gravity;
    const double k_p = k_v * static_cast<double>(g.position_per_s.x);
    const double pitch = -(k_p * p.position_w.x + k_v * p.velocity_w.x + k_theta * p.pitch() +
                           k_omega * p.omega_b.y);
    const Wrench got = commanded(vehicle, fleet, i);
    const double scale = 0.01 * (k_p + k_v + k_theta + k_omega);
    EXPECT_NEAR(got.torque_b_nm.y / j[1], pitch, kShare * scale) << i;
    const double k_w = g.velocity_per_s.z;
    const double k_z = k_w * static_cast<double>(g.position_per_s.z);
    const double lift = -(k_z * p.position_w.z + k_w * p.velocity_w.z);
    EXPECT_NEAR(got.thrust_n / vehicle.config.mass_kg - gravity, lift, kShare * 0.01 * (k_z + k_w))
        << i;
  }
}

}  // namespace
}  // namespace volery::test
