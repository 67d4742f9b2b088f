// Particles: the push that brings a point to a velocity with its time constant, or that the action
// asks for, within its limits along each axis.
//
// Held over a tick of length h, a = (v_wanted - v) (1 - exp(-h / t)) / h puts the velocity exactly
// on the first-order response v_wanted + (v_0 - v_wanted) exp(-time / t).
#include "control/particle_common.hpp"

#include "core/math.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/particle_common.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/latch_lanes.hpp"

#ifndef VOLERY_CONTROL_PARTICLE_CONSTANTS_
#define VOLERY_CONTROL_PARTICLE_CONSTANTS_
namespace volery::control {

struct ParticleConstants {
  ParticleConstants(const ControllerContext& context, ParticleLevel at)
      : level(at),
        action_row(context.action.row),
        push_row(context.fields.find("push_w_mps2").row),
        max_speed_mps(context.vehicle.gains.max_speed_mps),
        max_push_mps2(context.vehicle.config.particle.max_acceleration_mps2),
        weight_mps2(context.vehicle.config.particle.gravity ? kGravityMps2 : 0),
        rise(context.vehicle.config.particle.dimensions == 2 ? 0.0F : 1.0F),
        position_per_s(context.vehicle.gains.position_per_s.x),
        per_tick(1 / context.tick_s) {
    const double response_s = context.vehicle.config.particle.response_s;
    const double tick_s = context.tick_s;
    const double share = response_s > 0 ? -expm1(-tick_s / response_s) : 1;
    velocity_per_s = static_cast<float>(share / tick_s);
    if (level != ParticleLevel::kPosition) return;
    setpoint_row = position_setpoint_row(context.fields);
  }
  ParticleLevel level;
  int action_row;
  int push_row;
  int setpoint_row = -1;
  float max_speed_mps;
  float max_push_mps2;
  float weight_mps2;
  float rise;  // 0 in a plane
  float position_per_s;
  float per_tick;
  float velocity_per_s = 0;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

/// The wanted velocity of the velocity and position levels.
HWY_INLINE Vec3F32 wanted_velocity(const control::ParticleConstants& c, const float* lanes) {
  const F32 top(c.max_speed_mps);
  if (c.level == control::ParticleLevel::kVelocity) return top * load_vec3(lanes, c.action_row);
  const Vec3F32 error = load_vec3(lanes, c.setpoint_row) - load_vec3(lanes, kPosition);
  const Vec3F32 closing = F32(c.position_per_s) * error;
  const F32 speed = sqrt(dot(closing, closing));
  return select(speed > top, top / speed, F32(1.0F)) * closing;
}

/// An acceleration after which the speed is at most `top` at the end of the tick.
HWY_INLINE F32 within_speed(F32 acceleration, F32 v, F32 top, F32 per_tick) {
  return clamp(acceleration, per_tick * (-top - v), per_tick * (top - v));
}

/// The acceleration to have, weight apart.
HWY_INLINE Vec3F32 wanted_acceleration(const control::ParticleConstants& c, const float* lanes) {
  const Vec3F32 velocity = load_vec3(lanes, kVelocity);
  if (c.level != control::ParticleLevel::kAcceleration)
    return F32(c.velocity_per_s) * (wanted_velocity(c, lanes) - velocity);
  const Vec3F32 asked = F32(c.max_push_mps2) * load_vec3(lanes, c.action_row);
  const F32 per_tick(c.per_tick);
  const F32 top(c.max_speed_mps);
  return {within_speed(asked.x, velocity.x, top, per_tick),
          within_speed(asked.y, velocity.y, top, per_tick),
          within_speed(asked.z, velocity.z, top, per_tick)};
}

void particle_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  latch_positions(*static_cast<const control::ParticleConstants*>(constants), blocks, first_block,
                  last_block);
}

void particle_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::ParticleConstants*>(constants);
  const F32 most(c.max_push_mps2);
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const Vec3F32 a = wanted_acceleration(c, lanes);
      store_vec3(lanes, c.push_row,
                 {clamp(a.x, -most, most), clamp(a.y, -most, most),
                  F32(c.rise) * clamp(a.z + F32(c.weight_mps2), -most, most)});
    }
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::control {
namespace {

HWY_EXPORT(particle_window);
HWY_EXPORT(particle_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(particle_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(particle_tick)(constants, blocks, first_block, last_block);
}

}  // namespace

std::unique_ptr<Controller> make_particle(const ControllerContext& context, ParticleLevel level) {
  const ParticleConstants constants(context, level);
  return std::make_unique<KernelController<ParticleConstants>>(
      constants, level == ParticleLevel::kPosition ? run_window : nullptr, run_tick);
}

}  // namespace volery::control
#endif  // HWY_ONCE
