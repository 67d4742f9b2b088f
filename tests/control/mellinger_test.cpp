#include "control/firmware_common.hpp"
#include "law_rig.hpp"
#include "lee_reference.hpp"

namespace volery::test {
namespace {

Vec3 position_gain(const Vehicle& vehicle, float tick_s) {
  const control::FirmwareScale r(vehicle, tick_s);
  return {2 * r.sideways, 2 * r.sideways, 3.125F * r.lift};
}
// The firmware's position integrator gathers during the step and takes ten seconds to forget.
constexpr Bands kBands{position_gain, 2.4, 0.09, 6, 0.08};
constexpr double kCircleM = 0.15;

TEST(Mellinger, PositionFollowsStepsOnEveryVehicle) {
  expect_position_steps("mellinger", kBands);
}

TEST(Mellinger, InnerLevelsFollowSteps) {
  expect_inner_steps("mellinger", 0.35, 0.12);
}

TEST(Mellinger, TracksACircleAtAllRates) {
  for (const std::string& name : rotorcraft_names()) {
    for (const Rates rates : kRates) {
      EXPECT_LT(circle_error_m(load_vehicle(Value(name)), "mellinger", rates), kCircleM)
          << name << rates.physics_hz;
    }
  }
}

TEST(Mellinger, ReturnsFromALean) {
  for (const std::string& name : rotorcraft_names()) {
    EXPECT_LT(worst_after_tumbling_m(load_vehicle(Value(name)), "mellinger", 0.8, 30), 0.1) << name;
  }
}

TEST(Mellinger, EqualsThePaperInDoublePrecision) {
  const Vehicle vehicle = load_vehicle(Value("cf2x"));
  const auto& j = vehicle.config.inertia_b_kgm2;
  constexpr int kBodies = 512;
  constexpr double kTick_s = 1.0 / 500;
  Fleet fleet(vehicle, "mellinger", 500, kBodies);
  Rng rng(4, 0, Stream::kAction, 0, 0);
  const auto draw = [&](double size) { return size * static_cast<double>(rng.uniform(-1, 1)); };
  std::vector<std::vector<float>> actions;
  for (int i = 0; i < kBodies; ++i) {
    Plant& p = fleet.plants[static_cast<std::size_t>(i)];
    p.velocity_w = {draw(0.2), draw(0.2), draw(0.2)};
    p.omega_b = {draw(0.5), draw(0.5), draw(0.5)};
    p.quat = turn({draw(0.15), draw(0.15), draw(1.5)});
    std::vector<float> action(14);
    const double ranges[5] = {0.05, 0.1, 1, 10, 0.2};
    for (std::size_t a = 0; a < 14; ++a) action[a] = static_cast<float>(draw(ranges[a / 3]));
    action[12] = static_cast<float>(p.yaw() + draw(0.1));
    actions.push_back(action);
    fleet.set_action(i, action);
  }
  fleet.write_state();
  fleet.run_window();
  fleet.run_tick();

  int compared = 0;
  for (int i = 0; i < kBodies; ++i) {
    const Plant& p = fleet.plants[static_cast<std::size_t>(i)];
    const std::vector<float>& a = actions[static_cast<std::size_t>(i)];
    const auto three = [&](std::size_t first, double reach) {
      return Double3{a[first], a[first + 1], a[first + 2]} * reach;
    };
    // force over mass: kp e + kd e' + ki sum + a + g, the firmware's N per m on 27 g
    const Double3 e_p = three(0, 1), e_v = three(3, 1) - p.velocity_w;
    Double3 f = (e_p * 0.4 + e_v * 0.2 + e_p * (0.05 * kTick_s)) * (1 / 0.027) + three(6, 1);
    f.z = (1.25 * e_p.z + 0.4 * e_v.z + 0.05 * kTick_s * e_p.z) / 0.027 +
          static_cast<double>(a[8]) + kGravityMps2;
    const Double3 z_d = f * (1 / norm(f));
    const double yaw = a[12];
    const Double3 across = cross(z_d, {std::cos(yaw), std::sin(yaw), 0});
    const Double3 y_d = across * (1 / norm(across));
    const Double3 x_d = cross(y_d, z_d);
    const Matrix wanted{{{x_d.x, y_d.x, z_d.x}, {x_d.y, y_d.y, z_d.y}, {x_d.z, y_d.z, z_d.z}}};
    const Matrix e = multiply(transpose(wanted), matrix(p.quat));
    const Double3 e_r = Double3{e[2][1] - e[1][2], e[0][2] - e[2][0], e[1][0] - e[0][1]} * 0.5;
    // rates of the wanted attitude: z' = (jerk - (z . jerk) z) / |f|
    const Double3 jerk = three(9, 1);
    const Double3 h = (jerk - z_d * dot(z_d, jerk)) * (1 / norm(f));
    Double3 w_d = cross(z_d, h);
    w_d.z += a[13];
    const Double3 e_w = p.omega_b - to_body(p.quat, w_d);
    // 70000, 20000 and so on per 16-bit unit of torque; the firmware's e_R is twice the paper's
    const double roll = 4 * 0.5 / (4 * 132000) * 0.03253 / 16.57e-6;
    const double turn_z = 4.0 / (4 * 132000) * 0.005964552 / 29.26e-6;
    const Double3 spin = {-roll * (140000 * e_r.x + 20000 * e_w.x),
                          -roll * (140000 * e_r.y + 20000 * e_w.y),
                          -turn_z * ((120000 + 1000 * kTick_s) * e_r.z + 12000 * e_w.z)};
    const Wrench want{vehicle.config.mass_kg * dot(f, to_world(p.quat, {0, 0, 1})),
                      {j[0] * spin.x, j[1] * spin.y, j[2] * spin.z}};
    const double limit = std::tan(static_cast<double>(vehicle.gains.max_tilt_rad)) * f.z;
    if (!fits(vehicle, want, 0) || std::hypot(f.x, f.y) > limit) continue;
    ++compared;
    // constants are kept with four digits
    constexpr double kShare = 2e-3;
    const Wrench got = commanded(vehicle, fleet, i);
    EXPECT_NEAR(got.thrust_n, want.thrust_n, kShare * want.thrust_n);
    EXPECT_NEAR(got.torque_b_nm.x / j[0], spin.x, kShare * 300) << i;
    EXPECT_NEAR(got.torque_b_nm.y / j[1], spin.y, kShare * 300) << i;
    EXPECT_NEAR(got.torque_b_nm.z / j[2], spin.z, kShare * 60) << i;
  }
  EXPECT_GT(compared, 50);
}

}  // namespace
}  // namespace volery::test
