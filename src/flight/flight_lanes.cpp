#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "flight/flight.hpp"
#include "flight/param_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "flight/flight_lanes.cpp"
#include <hwy/foreach_target.h>

#include "core/lanes.hpp"
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

/// True where a block holds a body that does not move; all others take the path without selection.
HWY_INLINE bool has_fixed_body(const float* block) {
  bool fixed = false;
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    fixed |= !all(moving_lanes(block + lane));
  }
  return fixed;
}

/// First half of a substep: rotor speeds (stored), then v and omega from the forces at the old
/// pose.
template <int kRotors, bool kSomeFixed>
HWY_INLINE void accelerate(const float* params, float* body, MotionF32& m) {
  RotorsF32<kRotors> rotors = advance_rotors<kRotors>(params, body);
  const RotationF32 rotation(m.quat_wb);

  // ground effect, where any lane is low enough to feel it
  const F32 height_m =
      F32::load(body + (kPosition + 2) * kLanes) - F32::load(body + kSurfaceHeight * kLanes);
  if (any(height_m < shared_param(params, kGroundSkip))) {
    apply_ground_effect(params, height_m, rotation.z_row, rotors);
  }
  const LiftF32 lift = sum_lift(params, rotors);

  // drag: linear in v_b through the rotors, quadratic through the body
  const F32 speed_mps = sqrt(dot(m.velocity_w, m.velocity_w));
  const Vec3F32 drag = rotors.speed_sum * Vec3F32::load(params + kRotorDragGain * kLanes) +
                       speed_mps * Vec3F32::load(params + kBodyDragGain * kLanes);
  const Vec3F32 slowed_b = drag * rotation.to_body(m.velocity_w);
  const Vec3F32 gained_w =
      rotation.to_world({-slowed_b.x, -slowed_b.y, lift.velocity - slowed_b.z});

  // angular momentum of body and rotors turns with the body; what the rotors gain the body loses
  const Vec3F32 inertia = Vec3F32::load(params + kInertia * kLanes);
  const Vec3F32 inverse_inertia = Vec3F32::load(params + kInverseInertia * kLanes);
  Vec3F32 momentum = inertia * m.omega_b;
  momentum.z = momentum.z + rotors.momentum_before;
  Vec3F32 change = gyroscopic_change(m.omega_b, momentum, shared_param(params, kHalfStep),
                                     Vec3F32::load(params + kPredictor * kLanes));
  change.z = change.z - rotors.momentum_change;

  m.velocity_w = m.velocity_w + gained_w;
  m.velocity_w.z = m.velocity_w.z - shared_param(params, kGravityStep);
  m.omega_b = m.omega_b + (inverse_inertia * change + Vec3F32{lift.roll, lift.pitch, rotors.yaw});
  if constexpr (kSomeFixed) {
    const Mask moving = moving_lanes(body);
    const Vec3F32 zero{0.0F, 0.0F, 0.0F};
    m.velocity_w = select(moving, m.velocity_w, zero);
    m.omega_b = select(moving, m.omega_b, zero);
  }
}

/// Second half of a substep: the pose from v and omega, stored.
template <bool kSomeFixed>
HWY_INLINE void move(F32 step_s, F32 half_step, float* body, const MotionF32& m,
                     QuatF32& quat_out) {
  const Vec3F32 old_position = Vec3F32::load(body + kPosition * kLanes);
  const Vec3F32 old_residual = Vec3F32::load(body + kPositionResidual * kLanes);
  Vec3F32 position = old_position;
  Vec3F32 residual = old_residual;
  const Vec3F32 change = step_s * m.velocity_w;
  accumulate(position.x, residual.x, change.x);
  accumulate(position.y, residual.y, change.y);
  accumulate(position.z, residual.z, change.z);
  quat_out = turned(m.quat_wb, m.omega_b, half_step);
  if constexpr (kSomeFixed) {
    const Mask moving = moving_lanes(body);
    position = select(moving, position, old_position);
    residual = select(moving, residual, old_residual);
    quat_out = {select(moving, quat_out.x, m.quat_wb.x), select(moving, quat_out.y, m.quat_wb.y),
                select(moving, quat_out.z, m.quat_wb.z), select(moving, quat_out.w, m.quat_wb.w)};
  }
  position.store(body + kPosition * kLanes);
  residual.store(body + kPositionResidual * kLanes);
  quat_out.store(body + kQuat * kLanes);
}

HWY_INLINE MotionF32 load_motion(const float* body) {
  return {Vec3F32::load(body + kVelocity * kLanes), Vec3F32::load(body + kOmega * kLanes),
          QuatF32::load(body + kQuat * kLanes)};
}

HWY_INLINE void store_velocities(const MotionF32& m, float* body) {
  m.velocity_w.store(body + kVelocity * kLanes);
  m.omega_b.store(body + kOmega * kLanes);
}

template <int kRotors, bool kSomeFixed>
void velocity_of_block(const float* params, float* block) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    MotionF32 m = load_motion(block + lane);
    accelerate<kRotors, kSomeFixed>(params + lane, block + lane, m);
    store_velocities(m, block + lane);
  }
}

template <bool kSomeFixed>
void pose_of_block(float step_s, float* block) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    const MotionF32 m = load_motion(block + lane);
    QuatF32 quat;
    move<kSomeFixed>(step_s, 0.5F * step_s, block + lane, m, quat);
  }
}

template <int kRotors, bool kSomeFixed>
void substep_of_block(const float* params, float step_s, float* block) {
  for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
    MotionF32 m = load_motion(block + lane);
    accelerate<kRotors, kSomeFixed>(params + lane, block + lane, m);
    store_velocities(m, block + lane);
    QuatF32 quat;
    move<kSomeFixed>(step_s, 0.5F * step_s, block + lane, m, quat);
  }
}

template <int kRotors>
void velocity_of_blocks(const FlightParams& params, const Blocks& blocks, int first, int last) {
  for (int b = first; b < last; ++b) {
    float* block = blocks.block(b);
    if (has_fixed_body(block)) {
      velocity_of_block<kRotors, true>(params.block(b), block);
    } else {
      velocity_of_block<kRotors, false>(params.block(b), block);
    }
  }
}

/// Blocks that are taken through all substeps together. One block alone waits for its own results;
/// eight are 20 KB with their parameters and stay in the L1 cache.
constexpr int kGroupBlocks = 8;

template <int kRotors>
void fused_of_blocks(const FlightParams& params, const ControlStage& control, const Blocks& blocks,
                     int first, int last, int first_substep, int last_substep) {
  const float step_s = params.step_s();
  for (int group = first; group < last; group += kGroupBlocks) {
    const int group_end = std::min(group + kGroupBlocks, last);
    // modes do not change within a window
    bool fixed[kGroupBlocks];
    for (int b = group; b < group_end; ++b) fixed[b - group] = has_fixed_body(blocks.block(b));
    for (int substep = first_substep; substep < last_substep; ++substep) {
      if (control.run != nullptr && substep % control.every_substeps == 0) {
        control.run(control.constants, blocks, group, group_end);
      }
      for (int b = group; b < group_end; ++b) {
        if (fixed[b - group]) {
          substep_of_block<kRotors, true>(params.block(b), step_s, blocks.block(b));
        } else {
          substep_of_block<kRotors, false>(params.block(b), step_s, blocks.block(b));
        }
      }
    }
  }
}

void velocity_kernel(const FlightParams& params, const Blocks& blocks, int first, int last) {
  switch (params.num_rotors()) {
    case 6:
      return velocity_of_blocks<6>(params, blocks, first, last);
    case 8:
      return velocity_of_blocks<8>(params, blocks, first, last);
    default:
      return velocity_of_blocks<4>(params, blocks, first, last);
  }
}

void fused_kernel(const FlightParams& params, const ControlStage& control, const Blocks& blocks,
                  int first, int last, int from, int to) {
  switch (params.num_rotors()) {
    case 6:
      return fused_of_blocks<6>(params, control, blocks, first, last, from, to);
    case 8:
      return fused_of_blocks<8>(params, control, blocks, first, last, from, to);
    default:
      return fused_of_blocks<4>(params, control, blocks, first, last, from, to);
  }
}

void pose_kernel(float step_s, const Blocks& blocks, int first, int last) {
  for (int b = first; b < last; ++b) {
    float* block = blocks.block(b);
    if (has_fixed_body(block)) {
      pose_of_block<true>(step_s, block);
    } else {
      pose_of_block<false>(step_s, block);
    }
  }
}

void gravity_kernel(float gravity_step, const Blocks& blocks, int first, int last) {
  for (int b = first; b < last; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* body = blocks.block(b) + lane;
      const Mask moving = moving_lanes(body);
      const Vec3F32 zero{0.0F, 0.0F, 0.0F};
      MotionF32 m = load_motion(body);
      m.velocity_w.z = m.velocity_w.z - gravity_step;
      m.velocity_w = select(moving, m.velocity_w, zero);
      m.omega_b = select(moving, m.omega_b, zero);
      store_velocities(m, body);
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
HWY_EXPORT(gravity_kernel);
HWY_EXPORT(free_kernel);
HWY_EXPORT(fused_kernel);

void advance_velocity(const FlightParams& params, const Blocks& blocks, int first_block,
                      int last_block) noexcept {
  HWY_DYNAMIC_DISPATCH(velocity_kernel)(params, blocks, first_block, last_block);
}

void advance_pose(float step_s, const Blocks& blocks, int first_block, int last_block) noexcept {
  HWY_DYNAMIC_DISPATCH(pose_kernel)(step_s, blocks, first_block, last_block);
}

void advance_velocity_free(float gravity_mps2, float step_s, const Blocks& blocks, int first_block,
                           int last_block) noexcept {
  HWY_DYNAMIC_DISPATCH(gravity_kernel)(gravity_mps2 * step_s, blocks, first_block, last_block);
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
