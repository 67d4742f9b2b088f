// Rotors of one vector of bodies: speed lag, lift, ground effect, and the sums over the rotors that
// the body feels.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_FLIGHT_ROTORS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_FLIGHT_ROTORS_LANES_HPP_
#undef VOLERY_FLIGHT_ROTORS_LANES_HPP_
#else
#define VOLERY_FLIGHT_ROTORS_LANES_HPP_
#endif

#include "core/lanes.hpp"
#include "flight/param_rows.hpp"
#include "flight/rigid_body_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

/// A parameter row of this vector's lanes.
HWY_INLINE F32 shared_param(const float* params, int row) {
  return F32::load(params + row * kLanes);
}
HWY_INLINE F32 rotor_param(const float* params, int rotor, int row) {
  return F32::load(params + (kNumSharedParams + rotor * kNumRotorParams + row) * kLanes);
}

/// Speeds after the step and what they sum to. Rotors in the order of FlightParams::rotor_order.
template <int kRotors>
struct RotorsF32 {
  F32 speed[kRotors];   // rad/s
  F32 square[kRotors];  // speed^2, times the effects on thrust once those are applied
  F32 speed_sum;        // rad/s
  F32 yaw;              // change of omega_z by the drag torques, rad/s
  F32 momentum_before;  // spin momentum along body z, over J_max
  F32 momentum_change;
};

/// Sums over the first half of the rotors, which turn counter-clockwise, and over the others.
struct HalvesF32 {
  F32 counter_clockwise;
  F32 clockwise;
  template <int kRotors>
  HWY_INLINE static HalvesF32 of(const F32 (&values)[kRotors]) {
    HalvesF32 sums{values[0], values[kRotors / 2]};
    HWY_UNROLL(8)
    for (int i = 1; i < kRotors / 2; ++i) {
      sums.counter_clockwise = sums.counter_clockwise + values[i];
      sums.clockwise = sums.clockwise + values[kRotors / 2 + i];
    }
    return sums;
  }
  HWY_INLINE F32 sum() const { return counter_clockwise + clockwise; }
  HWY_INLINE F32 difference() const { return counter_clockwise - clockwise; }
};

/// The command rows, in the order of the kernels.
template <int kRotors>
HWY_INLINE void load_commands(const int* order, const float* body, F32 (&command)[kRotors]) {
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) command[i] = F32::load(body + (kRotorRows + order[i]) * kLanes);
}

/// Motors that do not obey have no command: the row kMotorsOn multiplies it.
template <int kRotors>
HWY_INLINE void switch_motors(const float* body, F32 (&command)[kRotors]) {
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) command[i] = command[i] * F32::load(body + kMotorsOn * kLanes);
}

/// First-order lag, exact for a command held over the step. In/out: the rotor speed rows.
template <int kRotors>
HWY_INLINE RotorsF32<kRotors> advance_rotors(const float* params, const int* order,
                                             const F32 (&command)[kRotors], float* body) {
  const F32 rise = shared_param(params, kRiseFraction);
  const F32 fall = shared_param(params, kFallFraction);
  F32 before[kRotors], change[kRotors];
  RotorsF32<kRotors> rotors;
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) {
    float* speed_row = body + (kRotorRows + kRotors + order[i]) * kLanes;
    before[i] = F32::load(speed_row);
    const F32 gap = command[i] - before[i];
    change[i] = gap * select(gap > 0.0F, rise, fall);
    rotors.speed[i] = before[i] + change[i];
    rotors.speed[i].store(speed_row);
    rotors.square[i] = rotors.speed[i] * rotors.speed[i];
  }
  // the drag of a counter-clockwise rotor turns the body clockwise
  const F32 spin_inertia = shared_param(params, kSpinInertia);
  rotors.speed_sum = HalvesF32::of(rotors.speed).sum();
  rotors.yaw = shared_param(params, kYawGain) * -HalvesF32::of(rotors.square).difference();
  rotors.momentum_before = spin_inertia * HalvesF32::of(before).difference();
  rotors.momentum_change = spin_inertia * HalvesF32::of(change).difference();
  return rotors;
}

/// Thrust at equal speed grows near a surface: T / T0 = 1 / (1 - k (R c / 4z)^2) with the rotor's
/// height z and c the cosine of the tilt, so that R c / z is the radius over the distance along the
/// rotor axis (I. C. Cheeseman, W. E. Bennett, ARC R&M 3021, 1955, for one level rotor; k after L.
/// Danjun et al., CCC 2015). Off when upside down, and exactly 1 above kGroundEffectRange radii, so
/// a vector whose lanes are all higher than kGroundSkip may leave it out with the same bits.
/// `height_m` is that of the body above the surface, `up_b` is world z in body coordinates.
template <int kRotors>
HWY_INLINE void apply_ground_effect(const float* params, F32 height_m, Vec3F32 up_b,
                                    RotorsF32<kRotors>& rotors) {
  const F32 upright = max(F32(0.0F), up_b.z);
  const F32 gain = shared_param(params, kGroundGain) * (upright * upright);
  const F32 offset = shared_param(params, kGroundOffset);
  const F32 lowest = shared_param(params, kGroundLowest);
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) {
    const F32 hub_height_m = up_b.x * rotor_param(params, i, kHub) +
                             up_b.y * rotor_param(params, i, kHub + 1) +
                             up_b.z * rotor_param(params, i, kHub + 2);
    const F32 z = max(lowest, height_m + hub_height_m);
    const F32 zz = z * z;
    // 1 / (1 - e) with e = max(0, gain / z^2 - offset), multiplied out
    rotors.square[i] = rotors.square[i] * (zz / (zz - max(F32(0.0F), gain - offset * zz)));
  }
}

/// What the lift of the rotors adds to the velocity along body z and to omega.
struct LiftF32 {
  F32 velocity;
  F32 roll;
  F32 pitch;
};
template <int kRotors>
HWY_INLINE LiftF32 sum_lift(const float* params, const RotorsF32<kRotors>& rotors) {
  LiftF32 sum{HalvesF32::of(rotors.square).sum(),
              rotor_param(params, 0, kRollGain) * rotors.square[0],
              rotor_param(params, 0, kPitchGain) * rotors.square[0]};
  HWY_UNROLL(8)
  for (int i = 1; i < kRotors; ++i) {
    sum.roll = sum.roll + rotor_param(params, i, kRollGain) * rotors.square[i];
    sum.pitch = sum.pitch + rotor_param(params, i, kPitchGain) * rotors.square[i];
  }
  sum.velocity = shared_param(params, kThrustGain) * sum.velocity;
  return sum;
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_FLIGHT_ROTORS_LANES_HPP_
