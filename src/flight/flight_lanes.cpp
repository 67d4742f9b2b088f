#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "flight/flight.hpp"
#include "flight/param_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "flight/flight_lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"
#include "flight/drives_lanes.hpp"
#include "flight/effects_lanes.hpp"
#include "flight/rigid_body_lanes.hpp"
#include "flight/rotors_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

using volery::HWY_NAMESPACE::kVectorLanes;

/// Velocities and attitude of one vector of bodies.
struct MotionF32 {
  Vec3F32 velocity_w;
  Vec3F32 omega_b;
  QuatF32 quat_wb;
};

/// True in the lanes whose body moves.
HWY_INLINE Mask moving_lanes(const float* body) {
  return F32::load(body + kMode * kLanes) == static_cast<float>(BodyMode::kMoving);
}

HWY_INLINE F32 height_above_surface_m(const float* body) {
  return F32::load(body + (kPosition + 2) * kLanes) - F32::load(body + kSurfaceHeight * kLanes);
}

/// True where every body of the block moves and its motors obey; holds over a window.
HWY_INLINE bool is_regular(const float* block) {
  bool regular = true;
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const Mask obeying = F32::load(block + lane + kMotorsOn * kLanes) == 1.0F;
    regular &= all(obeying & moving_lanes(block + lane));
  }
  return regular;
}

/// True where every body is too high to feel the ground.
HWY_INLINE bool is_high(const float* params, const float* body) {
  return all(height_above_surface_m(body) >= shared_param(params, kGroundSkip));
}

/// Rotational half of the velocities: the angular momentum of body and rotors turns with the body,
/// and what the rotors gain the body loses.
template <int kRotors>
HWY_INLINE Vec3F32 advance_omega(const float* params, const RotorsF32<kRotors>& rotors,
                                 const LiftF32& lift, Vec3F32 omega_b) {
  Vec3F32 momentum = Vec3F32::load(params + kInertia * kLanes) * omega_b;
  momentum.z = momentum.z + rotors.momentum_before;
  Vec3F32 change = gyroscopic_change(omega_b, momentum, shared_param(params, kHalfStep),
                                     Vec3F32::load(params + kPredictor * kLanes));
  change.z = change.z - rotors.momentum_change;
  return (omega_b + Vec3F32{lift.roll, lift.pitch, rotors.yaw}) +
         Vec3F32::load(params + kInverseInertia * kLanes) * change;
}

/// Translational half: lift, drag of rotors (linear) and body (quadratic) against the air, gravity.
/// `through_air_w` is the velocity relative to the air.
template <int kRotors, bool kAxialDrag>
HWY_INLINE Vec3F32 advance_velocity_w(const float* params, const RotorsF32<kRotors>& rotors,
                                      const LiftF32& lift, const MotionF32& m,
                                      Vec3F32 through_air_w) {
  const F32 speed_mps = sqrt(dot(through_air_w, through_air_w));
  const Vec3F32 drag = rotors.speed_sum * Vec3F32::load(params + kRotorDragGain * kLanes) +
                       speed_mps * Vec3F32::load(params + kBodyDragGain * kLanes);
  Vec3F32 v = m.velocity_w;
  if constexpr (kAxialDrag) {
    // equal along x and y: so much along v itself, and what z differs by along body z
    const Vec3F32 up_w = body_z_w(m.quat_wb);
    const F32 along = lift.velocity - (drag.z - drag.x) * dot(up_w, through_air_w);
    v = (v - drag.x * through_air_w) + along * up_w;
  } else {
    const RotationF32 rotation(m.quat_wb);
    Vec3F32 lost_b = drag * rotation.to_body(through_air_w);
    lost_b.z = lost_b.z - lift.velocity;
    v = v - rotation.to_world(lost_b);
  }
  v.z = v.z - shared_param(params, kGravityStep);
  return v;
}

/// What the kernels read beside the rows of the bodies, the same for all lanes.
struct Constants {
  const int* rotor_order;
  const EffectRows& effects;
  HWY_INLINE explicit Constants(const FlightParams& params)
      : rotor_order(params.rotor_order()), effects(params.effects()) {}
};

/// First half of a substep: rotor speeds (stored), then v and omega from the forces at the old
/// pose. A plain vector needs neither ground effect nor masks; the short path gives it the same
/// bits.
template <class Kind, bool kPlain>
HWY_INLINE void accelerate(const float* params, const Constants& constants, float* body,
                           MotionF32& m) {
  constexpr int kRotors = Kind::kRotors;
  const EffectRows& fx = constants.effects;

  // commands -> rotor speeds
  F32 command[kRotors];
  load_commands(constants.rotor_order, body, command);
  if constexpr (Kind::kEffects)
    apply_command_effects<Kind::kRare>(params, fx, constants.rotor_order, body, command);
  if constexpr (!kPlain) switch_motors(body, command);
  RotorsF32<kRotors> rotors = advance_rotors(params, constants.rotor_order, command, body);

  // rotor speeds -> lift
  Vec3F32 through_air_w = m.velocity_w;
  if constexpr (Kind::kEffects) {
    if (fx.air()) through_air_w = m.velocity_w - air_velocity_w<kRotors>(params, fx, body);
    if (fx.axial_inflow) {
      const F32 axial_mps = dot(body_z_w(m.quat_wb), through_air_w);
      apply_axial_inflow(params, axial_mps, m.omega_b, rotors);
    }
  }
  if constexpr (!kPlain) {
    apply_ground_effect(params, height_above_surface_m(body), world_z_b(m.quat_wb), rotors);
  }
  if constexpr (Kind::kEffects) {
    if (fx.ceiling >= 0) apply_ceiling_effect(params, fx, body, world_z_b(m.quat_wb), rotors);
  }
  const LiftF32 lift = sum_lift(params, rotors);

  // wrench -> velocities
  const Vec3F32 omega_b = advance_omega(params, rotors, lift, m.omega_b);
  m.velocity_w =
      advance_velocity_w<kRotors, Kind::kAxialDrag>(params, rotors, lift, m, through_air_w);
  m.omega_b = omega_b;
  if constexpr (Kind::kEffects) {
    if (fx.force >= 0) disturb<kRotors>(params, fx, body, m.velocity_w, m.omega_b);
  }
  if constexpr (Kind::kRare) {
    if (fx.push >= 0) push_particles<kRotors>(params, fx, body, m.velocity_w);
    if (fx.grip >= 0) drive_wheels<kRotors>(params, fx, m.quat_wb, body, m.velocity_w, m.omega_b);
  }
  if constexpr (!kPlain) {
    const Mask moving = moving_lanes(body);
    const Vec3F32 zero{0.0F, 0.0F, 0.0F};
    m.velocity_w = select(moving, m.velocity_w, zero);
    m.omega_b = select(moving, m.omega_b, zero);
  }
}

/// Second half of a substep: the pose from v and omega, stored.
template <bool kPlain>
HWY_INLINE void move(F32 step_s, F32 half_step, float* body, const MotionF32& m) {
  const Vec3F32 old_position = Vec3F32::load(body + kPosition * kLanes);
  const Vec3F32 old_residual = Vec3F32::load(body + kPositionResidual * kLanes);
  QuatF32 quat = turned(m.quat_wb, m.omega_b, half_step);
  Vec3F32 position = old_position;
  Vec3F32 residual = old_residual;
  const Vec3F32 change = step_s * m.velocity_w;
  accumulate(position.x, residual.x, change.x);
  accumulate(position.y, residual.y, change.y);
  accumulate(position.z, residual.z, change.z);
  if constexpr (!kPlain) {
    const Mask moving = moving_lanes(body);
    position = select(moving, position, old_position);
    residual = select(moving, residual, old_residual);
    quat = {select(moving, quat.x, m.quat_wb.x), select(moving, quat.y, m.quat_wb.y),
            select(moving, quat.z, m.quat_wb.z), select(moving, quat.w, m.quat_wb.w)};
  }
  position.store(body + kPosition * kLanes);
  residual.store(body + kPositionResidual * kLanes);
  quat.store(body + kQuat * kLanes);
}

HWY_INLINE MotionF32 load_motion(const float* body) {
  return {Vec3F32::load(body + kVelocity * kLanes), Vec3F32::load(body + kOmega * kLanes),
          QuatF32::load(body + kQuat * kLanes)};
}

HWY_INLINE void store_velocities(const MotionF32& m, float* body) {
  m.velocity_w.store(body + kVelocity * kLanes);
  m.omega_b.store(body + kOmega * kLanes);
}

template <class Kind, bool kPlain>
HWY_INLINE void velocity_of(const float* params, const Constants& constants, float* body) {
  MotionF32 m = load_motion(body);
  accelerate<Kind, kPlain>(params, constants, body, m);
  store_velocities(m, body);
}

template <class Kind, bool kPlain>
HWY_INLINE void substep_of(const float* params, const Constants& constants, F32 step_s,
                           F32 half_step, float* body) {
  MotionF32 m = load_motion(body);
  accelerate<Kind, kPlain>(params, constants, body, m);
  store_velocities(m, body);
  move<kPlain>(step_s, half_step, body, m);
}

/// What the rotors drew at their new speeds. Apart from the rest, vector after vector: the chain of
/// operations is long, and so those of neighbors overlap (1 ns per agent-substep less).
template <class Kind>
HWY_INLINE void feed_motors(const FlightParams& params, const Blocks& blocks, int first, int last) {
  if (params.effects().battery < 0) return;
  for (int b = first; b < last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      discharge<Kind::kRotors>(params.block(blocks, b) + lane, params.effects().battery,
                               blocks.block(b) + lane);
    }
  }
}

template <class Kind>
void velocity_of_blocks(const FlightParams& params, const Blocks& blocks, int first, int last) {
  const Constants constants(params);
  for (int b = first; b < last; ++b) {
    const bool regular = is_regular(blocks.block(b));
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* rows = params.block(blocks, b) + lane;
      float* body = blocks.block(b) + lane;
      if (regular && is_high(rows, body)) {
        velocity_of<Kind, true>(rows, constants, body);
      } else {
        velocity_of<Kind, false>(rows, constants, body);
      }
    }
  }
  if constexpr (Kind::kEffects) feed_motors<Kind>(params, blocks, first, last);
}

/// Blocks that are taken through all substeps together; eight are 20 KB with their parameters and
/// stay in the L1 cache. With optional effects a block has about twice the rows.
///
/// Measured on a Zen 3 core at 3.24 GHz, GCC 12, all effects on, ns per agent-substep: AVX2 4.8
/// (6.3 where the ground effect is felt: one division per rotor), SSE4 10.6. Groups of 4 to 12
/// blocks give the same; so do two vectors interleaved by hand and velocities and poses in separate
/// loops, so it is the number of operations that counts (some 280 and 125 loads per vector). What
/// helped: rotors sorted by spin (0.2), no rotation matrix where drag is equal along x and y (0.3),
/// paths without masks and ground effect (0.15), the norm corrected beside the turn, not after it
/// (0.1).
template <class Kind>
inline constexpr int kGroupBlocks = Kind::kEffects ? 4 : 8;

/// One substep of a group of blocks.
template <class Kind>
HWY_INLINE void substep_of_group(const FlightParams& params, const Blocks& blocks, int first,
                                 int last, const bool* regular) {
  const Constants constants(params);
  const F32 step_s = params.step_s();
  const F32 half_step = 0.5F * params.step_s();
  for (int b = first; b < last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* rows = params.block(blocks, b) + lane;
      float* body = blocks.block(b) + lane;
      if (regular[b - first] && is_high(rows, body)) {
        substep_of<Kind, true>(rows, constants, step_s, half_step, body);
      } else {
        substep_of<Kind, false>(rows, constants, step_s, half_step, body);
      }
    }
  }
  if constexpr (Kind::kEffects) feed_motors<Kind>(params, blocks, first, last);
}

template <class Kind>
void fused_of_blocks(const FlightParams& params, const ControlStage& control, const Blocks& blocks,
                     int first, int last, int first_substep, int last_substep) {
  for (int group = first; group < last; group += kGroupBlocks<Kind>) {
    const int group_end = std::min(group + kGroupBlocks<Kind>, last);
    bool regular[kGroupBlocks<Kind>];
    for (int b = group; b < group_end; ++b) regular[b - group] = is_regular(blocks.block(b));
    for (int substep = first_substep; substep < last_substep; ++substep) {
      if (control.run != nullptr && substep % control.every_substeps == 0) {
        control.run(control.constants, blocks, group, group_end);
      }
      substep_of_group<Kind>(params, blocks, group, group_end, regular);
    }
  }
}

/// What a kernel is compiled for.
template <int kNumRotors, bool kAxial, bool kWithEffects, bool kWithRare>
struct VehicleKind {
  static constexpr int kRotors = kNumRotors;
  static constexpr bool kAxialDrag = kAxial;
  static constexpr bool kEffects = kWithEffects;  // the optional ones of flight/effects.hpp
  // bodies without rotors, delays of their own: their code alone costs the others a tenth
  static constexpr bool kRare = kWithRare;
};

/// Calls run(kind) for the kind of the vehicle; FlightParams refuses those that are not here.
template <bool kEffects, bool kRare, class Run>
HWY_INLINE void with_vehicle(const FlightParams& params, Run run) {
  switch (params.num_rotors()) {
    case 6:
      return run(VehicleKind<6, false, kEffects, kRare>());
    case 8:
      return run(VehicleKind<8, false, kEffects, kRare>());
    default:
      return params.axial_drag() ? run(VehicleKind<4, true, kEffects, kRare>())
                                 : run(VehicleKind<4, false, kEffects, kRare>());
  }
}
template <class Run>
HWY_INLINE void with_kind(const FlightParams& params, Run run) {
  const EffectRows& fx = params.effects();
  if (fx.drives() || fx.delay_substeps >= 0) return with_vehicle<true, true>(params, run);
  return fx.any() ? with_vehicle<true, false>(params, run)
                  : with_vehicle<false, false>(params, run);
}

void velocity_kernel(const FlightParams& params, const Blocks& blocks, int first, int last) {
  with_kind(params, [&](auto kind) HWY_ATTR {
    velocity_of_blocks<decltype(kind)>(params, blocks, first, last);
  });
}

void fused_kernel(const FlightParams& params, const ControlStage& control, const Blocks& blocks,
                  int first, int last, int from, int to) {
  with_kind(params, [&](auto kind) HWY_ATTR {
    fused_of_blocks<decltype(kind)>(params, control, blocks, first, last, from, to);
  });
}

void pose_kernel(float step_s, const Blocks& blocks, int first, int last) {
  const F32 half_step = 0.5F * step_s;
  for (int b = first; b < last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* body = blocks.block(b) + lane;
      if (all(moving_lanes(body))) {
        move<true>(step_s, half_step, body, load_motion(body));
      } else {
        move<false>(step_s, half_step, body, load_motion(body));
      }
    }
  }
}

void free_kernel(const FreeBodyParams& params, const Blocks& blocks, int first, int last) {
  for (int b = first; b < last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      const float* rows = params.block(b) + lane;
      float* body = blocks.block(b) + lane;
      MotionF32 m = load_motion(body);
      const Vec3F32 momentum = Vec3F32::load(rows + kFreeInertia * kLanes) * m.omega_b;
      const Vec3F32 change =
          gyroscopic_change(m.omega_b, momentum, F32::load(rows + kFreeHalfStep * kLanes),
                            Vec3F32::load(rows + kFreePredictor * kLanes));
      const Mask moving = moving_lanes(body);
      const Vec3F32 zero{0.0F, 0.0F, 0.0F};
      m.velocity_w.z = m.velocity_w.z - F32::load(rows + kFreeGravityStep * kLanes);
      m.velocity_w = select(moving, m.velocity_w, zero);
      m.omega_b = select(
          moving, m.omega_b + Vec3F32::load(rows + kFreeInverseInertia * kLanes) * change, zero);
      store_velocities(m, body);
    }
  }
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::flight {

HWY_EXPORT(velocity_kernel);
HWY_EXPORT(pose_kernel);
HWY_EXPORT(free_kernel);
HWY_EXPORT(fused_kernel);

void advance_velocity(const FlightParams& params, const Blocks& blocks, int first_block,
                      int last_block) noexcept {
  HWY_DYNAMIC_DISPATCH(velocity_kernel)(params, blocks, first_block, last_block);
}

void advance_pose(float step_s, const Blocks& blocks, int first_block, int last_block) noexcept {
  HWY_DYNAMIC_DISPATCH(pose_kernel)(step_s, blocks, first_block, last_block);
}

void advance_velocity_free(const FreeBodyParams& params, const Blocks& blocks, int first_block,
                           int last_block) noexcept {
  HWY_DYNAMIC_DISPATCH(free_kernel)(params, blocks, first_block, last_block);
}

void advance_fused(const FlightParams& params, const ControlStage& control, const Blocks& blocks,
                   int first_block, int last_block, int first_substep, int last_substep) noexcept {
  HWY_DYNAMIC_DISPATCH(fused_kernel)
  (params, control, blocks, first_block, last_block, first_substep, last_substep);
}

}  // namespace volery::flight
#endif
