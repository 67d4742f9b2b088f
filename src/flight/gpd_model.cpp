#include "flight/gpd_model.hpp"

namespace volery::gpd {

namespace {

// What follows from the URDF values, in the original's order of operations.
Model derived(Model m) noexcept {
  m.weight_n = kGravityMps2 * m.mass_kg;
  m.inverse_mass = 1 / m.mass_kg;
  m.inverse_inertia = V3{1, 1, 1} / m.inertia_kgm2;
  const double kf = m.thrust_n_per_rpm2;
  m.hover_rpm = math64::sqrt(m.weight_n / (4 * kf));
  m.max_rpm = math64::sqrt((m.thrust_to_weight * m.weight_n) / (4 * kf));
  const double square = m.max_rpm * m.max_rpm;
  m.max_thrust_n = 4 * kf * square;
  m.max_xy_torque_nm = m.name == GpdModel::kCf2p ? m.arm_m * kf * square
                                                 : (2 * m.arm_m * kf * square) / math64::sqrt(2);
  m.max_z_torque_nm = 2 * m.torque_nm_per_rpm2 * square;
  // where the ground effect would add 4/15 of the thrust; below, it is held
  m.ground_clip_m =
      0.25 * m.prop_radius_m * math64::sqrt((15 * square * kf * m.ground_coeff) / m.max_thrust_n);
  return m;
}

// cf2x.urdf: rotors in an X; what the other files share with it
Model cf2x() noexcept {
  Model m;
  m.name = GpdModel::kCf2x;
  m.mass_kg = 0.027;
  m.arm_m = 0.0397;
  m.inertia_kgm2 = {1.4e-5, 1.4e-5, 2.17e-5};
  m.thrust_n_per_rpm2 = 3.16e-10;
  m.torque_nm_per_rpm2 = 7.94e-12;
  m.thrust_to_weight = 2.25;
  m.max_speed_kmh = 30;
  m.ground_coeff = 11.36859;
  m.prop_radius_m = 2.31348e-2;
  m.drag_coeff = {9.1785e-7, 9.1785e-7, 10.311e-7};
  m.downwash_coeff = {2267.18, 0.16, -0.11};
  m.collision_radius_m = 0.06;
  m.collision_height_m = 0.025;
  m.prop_b_m = {{{0.028, -0.028, 0}, {-0.028, -0.028, 0}, {-0.028, 0.028, 0}, {0.028, 0.028, 0}}};
  return m;
}

// cf2p.urdf: rotors in a plus
Model cf2p() noexcept {
  Model m = cf2x();
  m.name = GpdModel::kCf2p;
  m.inertia_kgm2 = {2.3951e-5, 2.3951e-5, 3.2347e-5};
  m.prop_b_m = {{{0.0397, 0, 0}, {0, 0.0397, 0}, {-0.0397, 0, 0}, {0, -0.0397, 0}}};
  return m;
}

// racer.urdf: aerodynamic constants and collision shape are still the Crazyflie's
Model race() noexcept {
  Model m = cf2x();
  m.name = GpdModel::kRace;
  m.mass_kg = 0.830;
  m.arm_m = 0.109;
  m.inertia_kgm2 = {3.113e-3, 3.113e-3, 3.113e-3};
  m.thrust_n_per_rpm2 = 8.47e-9;
  m.torque_nm_per_rpm2 = 2.13e-11;
  m.thrust_to_weight = 4.17;
  m.max_speed_kmh = 200;
  m.prop_radius_m = 12.7e-2;
  m.prop_b_m = {
      {{0.085, 0.0675, 0}, {-0.085, 0.0675, 0}, {-0.085, -0.0675, 0}, {0.085, -0.0675, 0}}};
  m.yaw_sign = -1;
  return m;
}

}  // namespace

const Model& model_of(GpdModel name) noexcept {
  static const std::array<Model, 3> kModels{derived(cf2x()), derived(cf2p()), derived(race())};
  return kModels[static_cast<std::size_t>(name)];
}

}  // namespace volery::gpd
