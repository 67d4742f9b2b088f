// pid: the cascade of the Crazyflie's firmware at any level: position and velocity at 100 Hz,
// attitude and rates at every tick, each a PID of its own (bitcraze/crazyflie-firmware:
// position_controller_pid, attitude_pid_controller; gains in firmware_common.hpp's units below).
// Errors of position and velocity are turned into the heading frame; attitude errors are those of
// the ZYX angles; thrust is not raised in a tilt: the integrator of the vertical velocity sees to
// it. Differences to the firmware: the weight is fed forward (its base thrust of 36000 stands for
// it), the limits are the vehicle's own speed and tilt, an integrator that saturates its output
// stands still, and the setpoint of the track level adds its velocity.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/pid.cpp"
#include <hwy/foreach_target.h>

#include <cmath>

// after foreach_target
#include "control/firmware_common.hpp"
#include "control/setpoint_lanes.hpp"

#ifndef VOLERY_CONTROL_PID_CONSTANTS_
#define VOLERY_CONTROL_PID_CONSTANTS_
namespace volery::control {

struct PidConstants {
  PidConstants(const ControllerContext& context, Level level);
  SetpointConstants setpoint;
  VelocityConstants limits;
  MixerConstants mixer;
  float tick_s, outer_s;
  float outer_ticks;  // control ticks from one run of the outer loops to the next
  // gains; integral gains per second of the error
  float position_xy, position_z, position_i_z;
  float velocity_xy, velocity_i_xy, velocity_z, velocity_i_z;  // rad per m/s; 1/s
  Vec3 attitude, attitude_i;
  float attitude_d_z;
  Vec3 rate, rate_i, rate_d;
  // limits of the integrated errors
  float limit_sideways, limit_lift, limit_position_z, limit_attitude, limit_rate, limit_yaw_rate;
  // rows
  int outer_row;     // 4: ticks to go, roll, pitch, thrust
  int integral_row;  // 4 of position z and velocity x y z, 3 of attitude, 3 of rates
  int last_row;      // 3: rates of the last tick
};

inline PidConstants::PidConstants(const ControllerContext& context, Level level)
    : setpoint(context, level),
      limits(context.vehicle),
      mixer(context.vehicle),
      tick_s(context.tick_s) {
  const FirmwareScale r(context.vehicle, tick_s);
  constexpr float kOuterHz = 100;
  outer_ticks = std::fmax(1.0F, std::floor(1 / (kOuterHz * tick_s) + 0.5F));
  outer_s = outer_ticks * tick_s;
  position_xy = 2 * r.sideways;
  position_z = 2 * r.lift;
  position_i_z = 0.5F * r.lift * r.lift;
  velocity_xy = 25 / kDegreesPerRadian * r.sideways;
  velocity_i_xy = 1 / kDegreesPerRadian * r.sideways * r.sideways;
  velocity_z = 25e3F * kLiftPerUnit * r.lift;
  velocity_i_z = 15e3F * kLiftPerUnit * r.lift * r.lift;
  attitude = {6 * r.roll, 6 * r.pitch, 6 * r.yaw};
  attitude_i = {3 * r.roll * r.roll, 3 * r.pitch * r.pitch, r.yaw * r.yaw};
  attitude_d_z = 0.35F;
  const float per_roll = kDegreesPerRadian * kRollPerUnit;
  const float per_yaw = kDegreesPerRadian * kYawPerUnit;
  rate = {250 * per_roll * r.roll, 250 * per_roll * r.pitch, 120 * per_yaw * r.yaw};
  rate_i = {500 * per_roll * r.roll * r.roll, 500 * per_roll * r.pitch * r.pitch,
            16.7F * per_yaw * r.yaw * r.yaw};
  rate_d = {2.5F * per_roll * r.damping, 2.5F * per_roll * r.damping, 0};
  limit_sideways = 0.5F * setpoint.max_tilt_rad / velocity_i_xy;
  limit_lift = 0.5F * (limits.most_lift_mps2 - limits.least_lift_mps2) / velocity_i_z;
  limit_position_z = 0.5F;
  limit_attitude = 20 / kDegreesPerRadian;
  limit_rate = 33.3F / kDegreesPerRadian / std::fmin(r.roll, r.pitch);
  limit_yaw_rate = 166.7F / kDegreesPerRadian / r.yaw;
  outer_row = state_row(context.fields, "pid_outer", 4, "SI", "heading",
                        "ticks until the outer loops run, then their roll, pitch and thrust");
  integral_row = state_row(context.fields, "pid_integrals", 10, "SI", "",
                           "integrated errors: height, velocity 3, attitude 3, rates 3");
  last_row = state_row(context.fields, "pid_last_rates_radps", 4, "rad/s", "body",
                       "rates of the last tick; 1 once started");
}

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::PidConstants;

HWY_INLINE void pid_latch(const PidConstants& c, float* lanes) {
  latch_setpoint(c.setpoint, lanes);
}

/// Integrates an error in a row, within a limit; holds where `frozen`. Motors that are off forget.
HWY_INLINE F32 integrated(float* lanes, int row, F32 error, float step_s, float limit,
                          Mask frozen) {
  const F32 old = load_row(lanes, row);
  const F32 next = clamp(old + F32(step_s) * error, F32(-limit), F32(limit));
  const F32 kept = select(frozen, old, next) * load_row(lanes, kMotorsOn);
  kept.store(lanes + row * kLanes);
  return kept;
}

/// A PI loop whose output is limited; the integrator stands still while that makes it worse.
HWY_INLINE F32 limited_pi(float* lanes, int row, F32 error, F32 p, F32 i, float step_s, float limit,
                          F32 low, F32 high, Mask idle) {
  const F32 out = p * error + i * load_row(lanes, row);
  const Mask worse = ((out > high) & (error > F32(0.0F))) | ((out < low) & (error < F32(0.0F)));
  const F32 sum = integrated(lanes, row, error, step_s, limit, worse | idle);
  return clamp(p * error + i * sum, low, high);
}

/// Position and velocity loops: writes roll, pitch and thrust of the lanes that are due.
HWY_INLINE void run_outer(const PidConstants& c, const Motion& m, const Heading& h, Mask idle,
                          float* lanes) {
  const SetpointConstants& s = c.setpoint;
  const Vec3 gain{c.position_xy, c.position_xy, c.position_z};
  Vec3F32 wanted = closing_velocity(s, gain, m, lanes);
  if (s.level >= Level::kPosition) {
    const F32 below = m.position_m.z - load_row(lanes, kPosition + 2);
    wanted.z = wanted.z + F32(c.position_i_z) * integrated(lanes, c.integral_row, below, c.outer_s,
                                                           c.limit_position_z, idle);
  }
  const Vec3F32 error = wanted - load_vec3(lanes, kVelocity);
  const F32 ahead = h.cosine * error.x + h.sine * error.y;
  const F32 left = h.cosine * error.y - h.sine * error.x;
  const F32 tilt = F32(s.max_tilt_rad);
  const F32 p = F32(c.velocity_xy), i = F32(c.velocity_i_xy);
  const F32 pitch = limited_pi(lanes, c.integral_row + 1, ahead, p, i, c.outer_s, c.limit_sideways,
                               -tilt, tilt, idle);
  const F32 roll = -limited_pi(lanes, c.integral_row + 2, left, p, i, c.outer_s, c.limit_sideways,
                               -tilt, tilt, idle);
  const F32 gravity = F32(kGravityMps2);
  const F32 lift = gravity + limited_pi(lanes, c.integral_row + 3, error.z, F32(c.velocity_z),
                                        F32(c.velocity_i_z), c.outer_s, c.limit_lift,
                                        F32(c.limits.least_lift_mps2) - gravity,
                                        F32(c.limits.most_lift_mps2) - gravity, idle);
  const int row = c.outer_row + 1;
  select(idle, load_row(lanes, row), roll).store(lanes + row * kLanes);
  select(idle, load_row(lanes, row + 1), pitch).store(lanes + (row + 1) * kLanes);
  select(idle, load_row(lanes, row + 2), F32(c.limits.mass_kg) * lift)
      .store(lanes + (row + 2) * kLanes);
}

/// Attitude loop: body rates from the ZYX angles, as the firmware does.
HWY_INLINE Vec3F32 attitude_rates(const PidConstants& c, const Rotation& r, F32 roll, F32 pitch,
                                  F32 yaw_error, F32 yaw_rate, F32 omega_z, float* lanes) {
  const Mask never = F32(1.0F) < F32(0.0F);
  const F32 one = F32(1.0F);
  const F32 roll_error = roll - atan2(r.y.z, r.z.z);
  const F32 pitch_error = pitch + asin(clamp(r.x.z, -one, one));
  const int row = c.integral_row + 4;
  const F32 roll_sum = integrated(lanes, row, roll_error, c.tick_s, c.limit_attitude, never);
  const F32 pitch_sum = integrated(lanes, row + 1, pitch_error, c.tick_s, c.limit_attitude, never);
  Vec3F32 rates = {F32(c.attitude.x) * roll_error + F32(c.attitude_i.x) * roll_sum,
                   F32(c.attitude.y) * pitch_error + F32(c.attitude_i.y) * pitch_sum, yaw_rate};
  if (c.setpoint.level == Level::kTrack) {
    const F32 sum = integrated(lanes, row + 2, yaw_error, c.tick_s, c.limit_attitude, never);
    rates.z = rates.z + (F32(c.attitude.z) * yaw_error + F32(c.attitude_i.z) * sum +
                         F32(c.attitude_d_z) * (yaw_rate - omega_z));
  }
  return rates;
}

/// Rate loop: angular acceleration.
HWY_INLINE Vec3F32 rate_loop(const PidConstants& c, const Vec3F32& wanted, const Vec3F32& omega_b,
                             float* lanes) {
  const Mask never = F32(1.0F) < F32(0.0F);
  const Mask fresh = load_row(lanes, c.last_row + 3) < F32(1.0F);
  const Vec3F32 last = select(fresh, omega_b, load_vec3(lanes, c.last_row));
  const Vec3F32 error = wanted - omega_b;
  const F32 per_s = F32(1 / c.tick_s);
  const Vec3F32 change = per_s * (last - omega_b);
  const int row = c.integral_row + 7;
  const F32 x = integrated(lanes, row, error.x, c.tick_s, c.limit_rate, never);
  const F32 y = integrated(lanes, row + 1, error.y, c.tick_s, c.limit_rate, never);
  const F32 z = integrated(lanes, row + 2, error.z, c.tick_s, c.limit_yaw_rate, never);
  store_vec3(lanes, c.last_row, omega_b);
  F32(1.0F).store(lanes + (c.last_row + 3) * kLanes);
  return {F32(c.rate.x) * error.x + F32(c.rate_i.x) * x + F32(c.rate_d.x) * change.x,
          F32(c.rate.y) * error.y + F32(c.rate_i.y) * y + F32(c.rate_d.y) * change.y,
          F32(c.rate.z) * error.z + F32(c.rate_i.z) * z};
}

HWY_INLINE void pid_vector(const PidConstants& c, float* lanes) {
  const SetpointConstants& s = c.setpoint;
  const Vec3F32 omega_b = load_vec3(lanes, kOmega);
  if (s.level == Level::kCtbr) {
    const Vec3F32 spin_up_b = rate_loop(c, rates_setpoint(s, lanes), omega_b, lanes);
    mix_any(c.mixer, {thrust_setpoint(s, lanes), spin_up_b}, lanes);
    return;
  }
  const Rotation r = load_rotation(lanes);
  const F32 zero = F32(0.0F);
  if (s.level == Level::kAttitude) {
    const F32 tilt = F32(s.max_tilt_rad);
    const F32 yaw_rate = F32(s.max_rate_radps.z) * load_row(lanes, s.action_row + 3);
    const Vec3F32 rates =
        attitude_rates(c, r, tilt * load_row(lanes, s.action_row + 1),
                       tilt * load_row(lanes, s.action_row + 2), zero, yaw_rate, omega_b.z, lanes);
    mix_any(c.mixer, {thrust_setpoint(s, lanes), rate_loop(c, rates, omega_b, lanes)}, lanes);
    return;
  }

  // the outer loops where they are due
  const Heading heading = heading_of(r);
  const Motion m = load_motion_setpoint(s, lanes);
  const F32 to_go = load_row(lanes, c.outer_row);
  const Mask idle = to_go > F32(0.5F);
  if (!all(idle)) run_outer(c, m, heading, idle, lanes);
  const F32 one = F32(1.0F);
  select(idle, to_go - one, F32(c.outer_ticks) - one).store(lanes + c.outer_row * kLanes);

  // the inner loops at every tick
  F32 yaw_error = zero;
  if (s.level == Level::kTrack) {
    F32 sine, cosine;
    sin_cos(m.yaw_rad, sine, cosine);
    yaw_error = atan2(heading.cosine * sine - heading.sine * cosine,
                      heading.cosine * cosine + heading.sine * sine);
  }
  advance_setpoint(s, m, lanes);
  const Vec3F32 rates =
      attitude_rates(c, r, load_row(lanes, c.outer_row + 1), load_row(lanes, c.outer_row + 2),
                     yaw_error, m.yaw_rate_radps, omega_b.z, lanes);
  mix_any(c.mixer, {load_row(lanes, c.outer_row + 3), rate_loop(c, rates, omega_b, lanes)}, lanes);
}

void pid_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<PidConstants, pid_latch>(constants, blocks, first_block, last_block);
}
void pid_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<PidConstants, pid_vector>(constants, blocks, first_block, last_block);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(pid_window);
HWY_EXPORT(pid_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(pid_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(pid_tick)(constants, blocks, first_block, last_block);
}

std::unique_ptr<Controller> make_pid_at(const ControllerContext& context, Level level) {
  no_options(context, "pid");
  return std::make_unique<KernelController<PidConstants>>(PidConstants(context, level), run_window,
                                                          run_tick);
}

std::unique_ptr<Controller> make_pid(const ControllerContext& context) {
  return make_pid_at(context, Level::kTrack);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_pid;
const ControllerEntry controller_pid{
    .name = "pid",
    .doc = "Follows a moving setpoint by the Crazyflie's cascade of PID loops.",
    .columns = control::track_columns,
    .make = control::make_pid,
    .make_at = control::make_pid_at};

}  // namespace volery
#endif  // HWY_ONCE
