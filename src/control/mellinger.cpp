// mellinger: force from position and velocity errors, attitude error on the whole rotation, at any
// level. D. Mellinger, V. Kumar: "Minimum snap trajectory generation and control for quadrotors"
// (ICRA 2011), with the integrators and the derivative of the rate error of the Crazyflie's
// firmware (controller_mellinger; gains in firmware_common.hpp's units below). The force is cut to
// what the tilt limit allows, and the way back to a far setpoint to the vehicle's speed. Levels
// that keep no heading take the present one for wanted.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/mellinger.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/firmware_common.hpp"
#include "control/setpoint_lanes.hpp"

#ifndef VOLERY_CONTROL_MELLINGER_CONSTANTS_
#define VOLERY_CONTROL_MELLINGER_CONSTANTS_
namespace volery::control {

struct MellingerConstants {
  MellingerConstants(const ControllerContext& context, Level level);
  SetpointConstants setpoint;
  VelocityConstants velocity;  // its gains are the law's kd
  MixerConstants mixer;
  float tick_s;
  Vec3 position_per_s;  // kp / kd
  Vec3 position_i;      // acceleration per integrated error
  Vec3 position_limit;  // of the integrated error, m s
  Vec3 kr, kw;          // per error of attitude (sine) and rate
  float kd_roll, kd_pitch;
  float yaw_i;
  float yaw_limit;
  int integral_row;  // 3 of position, 1 of heading
  int last_row;      // 2: rate errors about x and y of the last tick, 1 once started
};

inline MellingerConstants::MellingerConstants(const ControllerContext& context, Level level)
    : setpoint(context, level),
      velocity(context.vehicle),
      mixer(context.vehicle),
      tick_s(context.tick_s) {
  const FirmwareScale r(context.vehicle, tick_s);
  // N per m on 27 g, as accelerations
  constexpr float kPerMass = 1 / 0.027F;
  const float kp = 0.4F * kPerMass * r.sideways * r.sideways;
  const float kd = 0.2F * kPerMass * r.sideways;
  const float kp_z = 1.25F * kPerMass * r.lift * r.lift;
  const float kd_z = 0.4F * kPerMass * r.lift;
  velocity.kv_x = velocity.kv_y = kd;
  velocity.kv_z = kd_z;
  position_per_s = {kp / kd, kp / kd, kp_z / kd_z};
  const float ki = 0.05F * kPerMass * r.sideways * r.sideways * r.sideways;
  position_i = {ki, ki, 0.05F * kPerMass * r.lift * r.lift * r.lift};
  position_limit = {2, 2, 0.4F};
  // the firmware's attitude error lacks the factor 1/2 of the paper
  kr = {2 * 70000 * kRollPerUnit * r.roll * r.roll, 2 * 70000 * kRollPerUnit * r.pitch * r.pitch,
        2 * 60000 * kYawPerUnit * r.yaw * r.yaw};
  kw = {20000 * kRollPerUnit * r.roll, 20000 * kRollPerUnit * r.pitch, 12000 * kYawPerUnit * r.yaw};
  kd_roll = kd_pitch = 200 * kRollPerUnit * r.damping;
  yaw_i = 2 * 500 * kYawPerUnit * r.yaw * r.yaw * r.yaw;
  yaw_limit = 1;
  integral_row = state_row(context.fields, "mellinger_integrals", 4, "SI", "",
                           "integrated errors of position, world frame, and heading");
  last_row = state_row(context.fields, "mellinger_last", 3, "rad/s", "body",
                       "rate errors about x and y of the last tick; 1 once started");
}

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::MellingerConstants;

HWY_INLINE void mellinger_latch(const MellingerConstants& c, float* lanes) {
  latch_setpoint(c.setpoint, lanes);
}

/// Integrates an error in a row within a limit. Motors that are off forget.
HWY_INLINE F32 summed(const MellingerConstants& c, float* lanes, int row, F32 error, float limit) {
  const F32 next = clamp(load_row(lanes, row) + F32(c.tick_s) * error, F32(-limit), F32(limit));
  const F32 kept = next * load_row(lanes, kMotorsOn);
  kept.store(lanes + row * kLanes);
  return kept;
}

/// Wanted acceleration of the rotors: eq. 6 of the paper over the mass, with an integrator.
HWY_INLINE Vec3F32 wanted_push(const MellingerConstants& c, const Motion& m, float* lanes) {
  const SetpointConstants& s = c.setpoint;
  const Vec3F32 error =
      closing_velocity(s, c.position_per_s, m, lanes) - load_vec3(lanes, kVelocity);
  Vec3F32 push = {m.acceleration_mps2.x + F32(c.velocity.kv_x) * error.x,
                  m.acceleration_mps2.y + F32(c.velocity.kv_y) * error.y,
                  m.acceleration_mps2.z + F32(c.velocity.kv_z) * error.z + F32(kGravityMps2)};
  if (s.level >= Level::kPosition) {
    const Vec3F32 off = m.position_m - load_vec3(lanes, kPosition);
    const int row = c.integral_row;
    push = {push.x + F32(c.position_i.x) * summed(c, lanes, row, off.x, c.position_limit.x),
            push.y + F32(c.position_i.y) * summed(c, lanes, row + 1, off.y, c.position_limit.y),
            push.z + F32(c.position_i.z) * summed(c, lanes, row + 2, off.z, c.position_limit.z)};
  }
  return limited_push(c.velocity, push);
}

/// Body axes of the wanted attitude: z along the push, x as near to the heading as that allows
/// (eq. 4 and 5 of the paper with the course vector across).
HWY_INLINE Rotation wanted_attitude(const Vec3F32& push_w, const Heading& h) {
  const F32 per_push = F32(1.0F) / sqrt(dot(push_w, push_w));
  const Vec3F32 z = per_push * push_w;
  const Vec3F32 side = cross(z, {h.cosine, h.sine, F32(0.0F)});
  // never vertical: the tilt limit keeps z away from the horizon
  const F32 per_side = F32(1.0F) / sqrt(dot(side, side));
  const Vec3F32 y = per_side * side;
  return {cross(y, z), y, z};
}

/// vee(R_d^T R - R^T R_d) / 2: a sine times the axis, body frame.
HWY_INLINE Vec3F32 attitude_error(const Rotation& wanted, const Rotation& r) {
  const F32 half = F32(0.5F);
  return {half * (dot(wanted.z, r.y) - dot(wanted.y, r.z)),
          half * (dot(wanted.x, r.z) - dot(wanted.z, r.x)),
          half * (dot(wanted.y, r.x) - dot(wanted.x, r.y))};
}

/// Angular acceleration from attitude and rate errors, with the firmware's damping of the latter.
HWY_INLINE Vec3F32 moments(const MellingerConstants& c, const Vec3F32& error,
                           const Vec3F32& rate_error, float* lanes) {
  const Mask fresh = load_row(lanes, c.last_row + 2) < F32(1.0F);
  const F32 last_x = select(fresh, rate_error.x, load_row(lanes, c.last_row));
  const F32 last_y = select(fresh, rate_error.y, load_row(lanes, c.last_row + 1));
  const F32 per_s = F32(1 / c.tick_s);
  rate_error.x.store(lanes + c.last_row * kLanes);
  rate_error.y.store(lanes + (c.last_row + 1) * kLanes);
  F32(1.0F).store(lanes + (c.last_row + 2) * kLanes);
  return {F32(c.kw.x) * rate_error.x + F32(c.kd_roll) * (per_s * (rate_error.x - last_x)) -
              F32(c.kr.x) * error.x,
          F32(c.kw.y) * rate_error.y + F32(c.kd_pitch) * (per_s * (rate_error.y - last_y)) -
              F32(c.kr.y) * error.y,
          F32(c.kw.z) * rate_error.z - F32(c.kr.z) * error.z};
}

HWY_INLINE void mellinger_vector(const MellingerConstants& c, float* lanes) {
  const SetpointConstants& s = c.setpoint;
  const Vec3F32 omega_b = load_vec3(lanes, kOmega);
  const Vec3F32 none = {F32(0.0F), F32(0.0F), F32(0.0F)};
  if (s.level == Level::kCtbr) {
    const Vec3F32 spin_up_b = moments(c, none, rates_setpoint(s, lanes) - omega_b, lanes);
    mix_any(c.mixer, {thrust_setpoint(s, lanes), spin_up_b}, lanes);
    return;
  }
  const Rotation r = load_rotation(lanes);
  Heading heading = heading_of(r);
  if (s.level == Level::kAttitude) {
    const Vec3F32 up_w = {F32(0.0F), F32(0.0F), F32(1.0F)};
    const F32 yaw_rate = F32(s.max_rate_radps.z) * load_row(lanes, s.action_row + 3);
    const Rotation wanted = wanted_attitude(axis_setpoint(s, heading, lanes), heading);
    const Vec3F32 rates = yaw_rate * to_body(r, up_w);
    const Vec3F32 spin_up_b = moments(c, attitude_error(wanted, r), rates - omega_b, lanes);
    mix_any(c.mixer, {thrust_setpoint(s, lanes), spin_up_b}, lanes);
    return;
  }

  const Motion m = load_motion_setpoint(s, lanes);
  const Vec3F32 push_w = wanted_push(c, m, lanes);
  if (s.level == Level::kTrack) sin_cos(m.yaw_rad, heading.sine, heading.cosine);
  const Rotation wanted = wanted_attitude(push_w, heading);
  const Vec3F32 error = attitude_error(wanted, r);
  // rates of the wanted attitude: those of the tilt, and the turn about the vertical
  Vec3F32 rates_w = tilt_rate(push_w, m.jerk_mps3);
  rates_w.z = rates_w.z + m.yaw_rate_radps;
  Vec3F32 spin_up_b = moments(c, error, to_body(r, rates_w) - omega_b, lanes);
  if (s.level == Level::kTrack) {
    const F32 sum = summed(c, lanes, c.integral_row + 3, error.z, c.yaw_limit);
    spin_up_b.z = spin_up_b.z - F32(c.yaw_i) * sum;
    advance_setpoint(s, m, lanes);
  }
  const F32 thrust_n = F32(c.velocity.mass_kg) * max(dot(push_w, r.z), F32(0.0F));
  mix_any(c.mixer, {thrust_n, spin_up_b}, lanes);
}

void mellinger_window(const void* constants, const Blocks& blocks, int first_block,
                      int last_block) {
  run_vectors<MellingerConstants, mellinger_latch>(constants, blocks, first_block, last_block);
}
void mellinger_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<MellingerConstants, mellinger_vector>(constants, blocks, first_block, last_block);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(mellinger_window);
HWY_EXPORT(mellinger_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(mellinger_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(mellinger_tick)(constants, blocks, first_block, last_block);
}

std::unique_ptr<Controller> make_mellinger_at(const ControllerContext& context, Level level) {
  no_options(context, "mellinger");
  return std::make_unique<KernelController<MellingerConstants>>(MellingerConstants(context, level),
                                                                run_window, run_tick);
}

std::unique_ptr<Controller> make_mellinger(const ControllerContext& context) {
  return make_mellinger_at(context, Level::kTrack);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_mellinger;
const ControllerEntry controller_mellinger{
    .name = "mellinger",
    .doc = "Follows a moving setpoint by Mellinger's law with the Crazyflie's gains.",
    .columns = control::track_columns,
    .make = control::make_mellinger,
    .make_at = control::make_mellinger_at};

}  // namespace volery
#endif  // HWY_ONCE
