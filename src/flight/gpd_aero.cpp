// Ground effect, drag and downwash of gym-pybullet-drones (reference: its `_groundEffect`, `_drag`
// and `_downwash`; the sources that it names: G. Shi et al. 2019 for ground effect, J. Foerster
// 2015 for drag, and its authors' own fit for downwash).
#include <algorithm>

#include "flight/gpd_step.hpp"

namespace volery::gpd {

namespace {

// Farther neighbors across are not looked at.
constexpr double kDownwashReach2 = 10.0 * 10.0;

// The mode refreshes a drone's link frames while it looks up the heights of the rotors: forces that
// follow use the true attitude, not that of one substep ago.
bool refreshes_frames(GpdPhysics physics) noexcept {
  return physics == GpdPhysics::kPybGnd || physics == GpdPhysics::kPybGndDragDw;
}

// Extra thrust kf P^2 k_G (r / 4h)^2 of each rotor, from its height over z = 0, held below a clip,
// and only while the drone is not upside down.
void add_ground_effect(const World& world, const Body& body, Wrench& wrench) noexcept {
  const Model& model = *world.model;
  // |roll| < pi/2 and |pitch| < pi/2 without the angles, as rpy_of() defines them
  const double sine_pitch = -body.rot.x.z;
  const bool upright = body.rot.z.z > 0 && math64::abs(sine_pitch) < 0.99999;
  if (!upright) return;
  V3 lever_b;
  double sum_n = 0;
  for (std::size_t i = 0; i < kRotors; ++i) {
    const double height = std::max(body.position_w_m.z + to_world(body.rot, model.prop_b_m[i]).z,
                                   model.ground_clip_m);
    const double share = model.prop_radius_m / (4 * height);
    const double extra_n = body.rotor_thrust_n[i] * model.ground_coeff * (share * share);
    sum_n += extra_n;
    lever_b = lever_b + model.prop_b_m[i] * extra_n;
  }
  wrench.force_w_n = wrench.force_w_n + body.rot.z * sum_n;
  wrench.torque_b_nm = wrench.torque_b_nm + cross(lever_b, V3{0, 0, 1});
}

// -C v sum(2 pi P / 60), C diagonal. The original turns the product into the body and back, so that
// C stands in the world frame but for what the attitude changed in one substep.
V3 drag(const World& world, const Body& body, const M3& frame, double spin_radps) noexcept {
  const V3 force_w = world.model->drag_coeff * body.velocity_w_mps * -spin_radps;
  return to_world(frame, to_body(body.rot, force_w));
}

// Thrust that the drones above take away, along the body axis: c1 (r / 4 dz)^2 exp(-(dxy / beta)^2
// / 2), beta = c2 dz + c3. Where beta is 0 the original divides 0 by 0 under another drone; here it
// is the limit along the axis there, and 0 beside it.
double downwash_n(const World& world, std::span<const Body> bodies, const Body& body) noexcept {
  const Model& model = *world.model;
  double sum = 0;
  for (const Body& above : bodies) {
    const V3 d = above.position_w_m - body.position_w_m;
    const double across2 = d.x * d.x + d.y * d.y;
    if (!(d.z > 0 && across2 < kDownwashReach2)) continue;
    const double share = model.prop_radius_m / (4 * d.z);
    const double alpha = model.downwash_coeff[0] * (share * share);
    const double beta = model.downwash_coeff[1] * d.z + model.downwash_coeff[2];
    const double widths2 = across2 == 0 ? 0 : across2 / (beta * beta);
    sum += alpha * math64::exp(-0.5 * widths2);
  }
  return sum;
}

}  // namespace

void add_aerodynamics(const World& world, std::span<const Body> bodies, int self, double spin_radps,
                      Wrench& wrench) noexcept {
  const Body& body = bodies[static_cast<std::size_t>(self)];
  const GpdPhysics physics = world.physics;
  const bool all = physics == GpdPhysics::kPybGndDragDw;
  const M3& frame = refreshes_frames(physics) ? body.rot : body.rot_before;
  if (all || physics == GpdPhysics::kPybGnd) {
    add_ground_effect(world, body, wrench);
  }
  if (all || physics == GpdPhysics::kPybDrag) {
    wrench.force_w_n = wrench.force_w_n + drag(world, body, frame, spin_radps);
  }
  if (all || physics == GpdPhysics::kPybDw) {
    wrench.force_w_n = wrench.force_w_n - frame.z * downwash_n(world, bodies, body);
  }
}

}  // namespace volery::gpd
