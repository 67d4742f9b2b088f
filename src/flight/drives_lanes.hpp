// What moves bodies without rotors, of one vector of bodies: wheels of rovers, push of particles.
//
// Lanes of other bodies keep their bits. docs/vehicles.md has the equations.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_FLIGHT_DRIVES_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_FLIGHT_DRIVES_LANES_HPP_
#undef VOLERY_FLIGHT_DRIVES_LANES_HPP_
#else
#define VOLERY_FLIGHT_DRIVES_LANES_HPP_
#endif

#include "flight/effects_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

/// The share of a wheel's wanted force that its grip allows: Coulomb's circle.
HWY_INLINE F32 held_share(F32 along_n, F32 across_n, F32 grip_n) {
  const F32 wanted_n = sqrt(along_n * along_n + across_n * across_n);
  return select(wanted_n > grip_n, grip_n / wanted_n, 1.0F);
}

/// Two wheels under the center of mass: each exerts the force at the ground that would leave no
/// slip of its own at the end of the substep, along and across, as far as drive and grip reach.
/// Velocities are those before contacts, weight and disturbances included, so a rover that stands
/// on a slope stands still. The grip is what contacts put into its row in the last substep; it is
/// taken out here.
template <int kRotors>
HWY_INLINE void drive_wheels(const float* params, const EffectRows& fx, QuatF32 quat_wb,
                             float* body, Vec3F32& velocity_w, Vec3F32& omega_b) {
  float* const grip_row = body + fx.grip * kLanes;
  const F32 grip_ns = F32::load(grip_row);
  const Mask stands = grip_ns > 0.0F;
  if (!any(stands)) return;
  F32(0.0F).store(grip_row);
  const F32 grip_n = min(grip_ns * effect_param<kRotors>(params, kWheelPerStep),
                         effect_param<kRotors>(params, kWheelMostGrip));

  // what is missing: forward speed, speed to the left, yaw rate
  const F32 left = F32::load(body + (kRotorRows + kRotors) * kLanes);
  const F32 right = F32::load(body + (kRotorRows + kRotors + 1) * kLanes);
  const RotationF32 rotation(quat_wb);
  const Vec3F32 v_b = rotation.to_body(velocity_w);
  const F32 speed = effect_param<kRotors>(params, kWheelSpeed) * (left + right) - v_b.x;
  const F32 yaw = effect_param<kRotors>(params, kWheelTurn) * (right - left) - omega_b.z;

  // forces of the wheels, forward and to the left
  const F32 per_speed = effect_param<kRotors>(params, kWheelAlong);
  const F32 along = per_speed * speed;
  const F32 across = -(per_speed * v_b.y);
  const F32 twist = effect_param<kRotors>(params, kWheelTwist) * yaw;
  const F32 most = effect_param<kRotors>(params, kWheelForce);
  const F32 drive_left = clamp(along - twist, -most, most);
  const F32 drive_right = clamp(along + twist, -most, most);
  const F32 share_left = held_share(drive_left, across, grip_n);
  const F32 share_right = held_share(drive_right, across, grip_n);
  const F32 forward_left = share_left * drive_left;
  const F32 forward_right = share_right * drive_right;
  const F32 forward = forward_left + forward_right;
  const F32 sideways = (share_left + share_right) * across;

  // they act at the ground, below the center of mass
  const F32 height = effect_param<kRotors>(params, kWheelHeight);
  const F32 half_track = effect_param<kRotors>(params, kWheelHalfTrack);
  const Vec3F32 torque_b{height * sideways, -(height * forward),
                         half_track * (forward_right - forward_left)};
  const Vec3F32 change =
      effect_param<kRotors>(params, kForceGain) * rotation.to_world({forward, sideways, 0.0F});
  const Vec3F32 turn = effect_param3<kRotors>(params, kTorqueGain) * torque_b;
  velocity_w = select(stands, velocity_w + change, velocity_w);
  omega_b = select(stands, omega_b + turn, omega_b);
}

/// A force at the center, as its controller asks for, while its motors obey. In a plane, what
/// contacts did to the height is undone.
template <int kRotors>
HWY_INLINE void push_particles(const float* params, const EffectRows& fx, const float* body,
                               Vec3F32& velocity_w) {
  const F32 step = effect_param<kRotors>(params, kPushStep) * F32::load(body + kMotorsOn * kLanes);
  const F32 limit = effect_param<kRotors>(params, kPushLimit);
  const Vec3F32 wanted = Vec3F32::load(body + fx.push * kLanes);
  const Vec3F32 push{clamp(wanted.x, -limit, limit), clamp(wanted.y, -limit, limit),
                     clamp(wanted.z, -limit, limit)};
  velocity_w = select(step > 0.0F, velocity_w + step * push, velocity_w);
  const Mask planar = effect_param<kRotors>(params, kPushPlanar) > 0.0F;
  velocity_w.z = select(planar, 0.0F, velocity_w.z);
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_FLIGHT_DRIVES_LANES_HPP_
