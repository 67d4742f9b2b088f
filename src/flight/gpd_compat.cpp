#include "flight/gpd_compat.hpp"

#include <algorithm>

#include "flight/gpd_step.hpp"

namespace volery::gpd {

namespace {

// Bullet's default damping, linear and angular; a float there (btMultiBody's constructor).
constexpr double kDamping = static_cast<double>(0.04F);
// Each component of a multi-body's velocities is held within this (m_maxCoordinateVelocity).
constexpr double kMaxVelocity = 100;
// Bullet's safeNorm: shorter vectors have length 0.
constexpr double kShortest2 = 2.2204460492503131e-16;

double safe_norm(V3 v) noexcept {
  const double square = dot(v, v);
  return square > kShortest2 ? math64::sqrt(square) : 0;
}

V3 clamped(V3 v) noexcept {
  return {std::clamp(v.x, -kMaxVelocity, kMaxVelocity),
          std::clamp(v.y, -kMaxVelocity, kMaxVelocity),
          std::clamp(v.z, -kMaxVelocity, kMaxVelocity)};
}

// What thrust and yaw torque need from the rotor speeds, the same over all substeps of a command.
void set_rotors(const Model& model, const std::array<double, kRotors>& rpm, Body& body) noexcept {
  body.thrust_n = body.yaw_torque_nm = 0;
  body.lever_b_nm = {};
  for (std::size_t i = 0; i < kRotors; ++i) {
    const double square = rpm[i] * rpm[i];
    const double thrust_n = model.thrust_n_per_rpm2 * square;
    const double torque_nm = model.torque_nm_per_rpm2 * square;
    body.rotor_thrust_n[i] = thrust_n;
    body.thrust_n += thrust_n;
    body.lever_b_nm = body.lever_b_nm + model.prop_b_m[i] * thrust_n;
    body.yaw_torque_nm += i % 2 == 0 ? -torque_nm : torque_nm;
  }
  body.yaw_torque_nm *= model.yaw_sign;
}

// Sum of the rotor speeds, which drag is proportional to.
double spin_of(const std::array<double, kRotors>& rpm) noexcept {
  double sum = 0;
  for (const double speed : rpm) sum += 2 * math64::kPi * speed / 60;
  return sum;
}

// Thrust and yaw torque point along the body axis of one substep ago: PyBullet turns external
// forces with link frames that the last step refreshed before it moved them. Lever arms are true.
Wrench rotor_wrench(const Body& body) noexcept {
  const V3 axis_b = to_body(body.rot, body.rot_before.z);
  return {body.rot_before.z * body.thrust_n,
          axis_b * body.yaw_torque_nm + cross(body.lever_b_nm, axis_b)};
}

// v += dt a, omega += dt alpha, with Bullet's damping and its explicit gyroscopic term.
void accelerate(const World& world, const Wrench& wrench, Body& body) noexcept {
  const Model& model = *world.model;
  const V3 v = body.velocity_w_mps;
  const V3 omega_b = to_body(body.rot, body.omega_w_radps);
  V3 a = wrench.force_w_n * model.inverse_mass - v * (kDamping + kDamping * safe_norm(v));
  a.z -= kGravityMps2;
  const V3 momentum = model.inertia_kgm2 * omega_b;
  const V3 alpha = (wrench.torque_b_nm - cross(omega_b, momentum)) / model.inertia_kgm2 -
                   omega_b * (kDamping + kDamping * safe_norm(omega_b));
  body.velocity_w_mps = clamped(v + a * world.step_s);
  body.omega_w_radps = clamped(body.omega_w_radps + to_world(body.rot, alpha) * world.step_s);
}

// q <- normalised(exp(dt omega / 2) q), as btMultiBody::stepPositionsMultiDof: an angle beyond 45
// degrees per substep is cut, and slow rotations take two terms of the series.
Q4 turned(Q4 q, V3 omega_w, double step_s) noexcept {
  double speed = norm(omega_w);
  if (speed * step_s > math64::kPi / 4) speed = math64::kPi / 4 / step_s;
  double s = 0, c = 0;
  math64::sin_cos_octant(0.5 * speed * step_s, s, c);
  const double scale =
      speed < 0.001 ? 0.5 * step_s - (step_s * step_s * step_s) * 0.020833333333 * speed * speed
                    : s / speed;
  const V3 axis = omega_w * scale;
  return normalized(Q4{axis.x, axis.y, axis.z, c} * q);
}

void load(const World& world, const Drone& drone, const std::array<double, kRotors>& rpm,
          Body& body) noexcept {
  set_rotors(*world.model, rpm, body);
  body.spin_before_radps = spin_of(drone.rpm);
  body.spin_radps = spin_of(rpm);
  body.position_w_m = drone.position_w_m;
  body.velocity_w_mps = drone.velocity_w_mps;
  body.omega_w_radps = drone.omega_w_radps;
  body.rot = matrix_of(drone.quat_wb);
  body.rot_before = matrix_of(drone.quat_before);
}

void store(const Body& body, const std::array<double, kRotors>& rpm, Drone& drone) noexcept {
  drone.position_w_m = body.position_w_m;
  drone.velocity_w_mps = body.velocity_w_mps;
  drone.omega_w_radps = body.omega_w_radps;
  drone.rpm = rpm;
}

// Velocities of one world's drones. Forces depend on everybody's position and on one's own velocity
// alone, so that each drone can be accelerated at once.
void push(const World& world, bool first, std::span<Body> bodies) noexcept {
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    Wrench wrench = rotor_wrench(bodies[i]);
    if (world.physics != GpdPhysics::kPyb) {
      const double spin = first ? bodies[i].spin_before_radps : bodies[i].spin_radps;
      add_aerodynamics(world, bodies, static_cast<int>(i), spin, wrench);
    }
    accelerate(world, wrench, bodies[i]);
  }
}

void move(const World& world, Body& body, Drone& drone) noexcept {
  body.position_w_m = body.position_w_m + body.velocity_w_mps * world.step_s;
  drone.quat_before = drone.quat_wb;
  drone.quat_wb = turned(drone.quat_wb, body.omega_w_radps, world.step_s);
  body.rot_before = body.rot;
  body.rot = matrix_of(drone.quat_wb);
}

}  // namespace

Drone start_drone(V3 position_w_m, V3 rpy_rad) noexcept {
  Drone drone;
  drone.position_w_m = position_w_m;
  drone.quat_wb = quat_of_rpy(rpy_rad);
  drone.quat_before = drone.quat_wb;
  return drone;
}

void Scratch::reserve(int num_drones) {
  const auto count = static_cast<std::size_t>(num_drones);
  if (bodies.size() < count) bodies.resize(count);
  // four points each on the ground and with a few neighbors
  contacts.reserve(std::max<std::size_t>(contacts.capacity(), 16 * count));
}

void advance(const World& world, int substeps, int num_worlds,
             std::span<const std::array<double, kRotors>> rpm, std::span<Drone> drones,
             Scratch& scratch) noexcept {
  if (world.physics == GpdPhysics::kDyn) {
    for (int step = 0; step < substeps; ++step) {
      for (std::size_t i = 0; i < drones.size(); ++i) advance_explicit(world, rpm[i], drones[i]);
    }
    for (std::size_t i = 0; i < drones.size(); ++i) drones[i].rpm = rpm[i];
    return;
  }
  const std::span<Body> bodies(scratch.bodies.data(), drones.size());
  const std::size_t agents = drones.size() / static_cast<std::size_t>(num_worlds);
  for (std::size_t i = 0; i < drones.size(); ++i) load(world, drones[i], rpm[i], bodies[i]);
  for (int step = 0; step < substeps; ++step) {
    for (std::size_t at = 0; at < drones.size(); at += agents) {
      push(world, step == 0, bodies.subspan(at, agents));
      solve_contacts(world, bodies.subspan(at, agents), scratch.contacts);
    }
    for (std::size_t i = 0; i < drones.size(); ++i) move(world, bodies[i], drones[i]);
  }
  for (std::size_t i = 0; i < drones.size(); ++i) store(bodies[i], rpm[i], drones[i]);
}

void write_state(const Drone& drone, double* state) noexcept {
  const V3 rpy = rpy_of(drone.quat_wb);
  const auto put = [&state](V3 v) {
    *state++ = v.x;
    *state++ = v.y;
    *state++ = v.z;
  };
  put(drone.position_w_m);
  put({drone.quat_wb.x, drone.quat_wb.y, drone.quat_wb.z});
  *state++ = drone.quat_wb.w;
  put(rpy);
  put(drone.velocity_w_mps);
  put(drone.omega_w_radps);
  std::copy(drone.rpm.begin(), drone.rpm.end(), state);
}

}  // namespace volery::gpd
