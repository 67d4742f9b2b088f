// Optional effects of one vector of bodies: what becomes of the commands, thrust in moving air and
// below a ceiling, wrenches from outside. The battery is in battery_lanes.hpp.
//
// Each function is called where its effect is on; rows that an effect needs are at the numbers that
// EffectRows holds, constants in the rows of EffectParam.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_FLIGHT_EFFECTS_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_FLIGHT_EFFECTS_LANES_HPP_
#undef VOLERY_FLIGHT_EFFECTS_LANES_HPP_
#else
#define VOLERY_FLIGHT_EFFECTS_LANES_HPP_
#endif

#include "flight/battery_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

/// A shift register per rotor: takes out the commands of the oldest substep and puts in those of
/// this one. No index is kept, so a body can be stepped in any block and by either half. Where
/// agents have delays of their own, each takes out the command that is as old as its delay.
template <bool kOwnDelays, int kRotors>
HWY_INLINE void delay_commands(const EffectRows& fx, const int* order, float* body,
                               F32 (&command)[kRotors]) {
  float* line = body + fx.delay * kLanes;
  F32 due[kRotors];
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) due[i] = F32::load(line + order[i] * kLanes);
  if (kOwnDelays && fx.delay_substeps >= 0) {
    const F32 delay = F32::load(body + fx.delay_substeps * kLanes);
    for (int age = fx.num_delayed - 1; age >= 0; --age) {
      const auto own = delay == F32(static_cast<float>(age));
      const float* slot = line + (fx.num_delayed - age) * kRotors * kLanes;
      for (int i = 0; i < kRotors; ++i)
        due[i] = select(own, age == 0 ? command[i] : F32::load(slot + order[i] * kLanes), due[i]);
    }
  }
  const int last = (fx.num_delayed - 1) * kRotors;
  for (int row = 0; row < last; ++row)
    F32::load(line + (row + kRotors) * kLanes).store(line + row * kLanes);
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) {
    command[i].store(line + (last + order[i]) * kLanes);
    command[i] = due[i];
  }
}

/// What the speed controllers make of the commands: later, in steps, below what the battery's
/// voltage can drive, and less where a rotor lost effectiveness: sqrt(e) of the speed gives e of
/// the thrust.
template <bool kOwnDelays, int kRotors>
HWY_INLINE void apply_command_effects(const float* params, const EffectRows& fx, const int* order,
                                      float* body, F32 (&command)[kRotors]) {
  if (fx.delay >= 0) delay_commands<kOwnDelays, kRotors>(fx, order, body, command);
  if (fx.command_levels) {
    // adding 1.5 * 2^23 leaves no bits for fractions: the nearest integer, ties to even
    const F32 magic = 12582912.0F;
    const F32 per_level = effect_param<kRotors>(params, kLevelsPerSpeed);
    const F32 level = effect_param<kRotors>(params, kSpeedPerLevel);
    HWY_UNROLL(8)
    for (int i = 0; i < kRotors; ++i)
      command[i] = ((command[i] * per_level + magic) - magic) * level;
  }
  if (fx.battery >= 0) {
    const F32 limit = battery_speed_limit<kRotors>(params, fx, body);
    HWY_UNROLL(8)
    for (int i = 0; i < kRotors; ++i) command[i] = min(command[i], limit);
  }
  if (fx.effectiveness >= 0) {
    F32 share[kRotors];
    Mask healthy = F32(1.0F) == 1.0F;
    HWY_UNROLL(8)
    for (int i = 0; i < kRotors; ++i) {
      share[i] = F32::load(body + (fx.effectiveness + order[i]) * kLanes);
      healthy = healthy & (share[i] == 1.0F);
    }
    // the roots are exact there
    if (all(healthy)) return;
    HWY_UNROLL(8)
    for (int i = 0; i < kRotors; ++i) command[i] = command[i] * sqrt(clamp(share[i], 0.0F, 1.0F));
  }
}

/// Velocity of the air: wind and downwash, clipped.
template <int kRotors>
HWY_INLINE Vec3F32 air_velocity_w(const float* params, const EffectRows& fx, const float* body) {
  Vec3F32 air{0.0F, 0.0F, 0.0F};
  if (fx.wind >= 0) air = Vec3F32::load(body + fx.wind * kLanes);
  if (fx.downwash >= 0) air.z = air.z + F32::load(body + fx.downwash * kLanes);
  const F32 limit = effect_param<kRotors>(params, kAirLimit);
  return {clamp(air.x, -limit, limit), clamp(air.y, -limit, limit), clamp(air.z, -limit, limit)};
}

/// Thrust falls with the air speed along the rotor's axis: T = k w^2 - k_z w v_z with the velocity
/// v_z of the hub against the air, turning included (RotorPy's multirotor model; k_z is the
/// vehicle's rotor drag along z, which is then left out of the drag at the centre). Held between 0
/// and kMostInflowGain of the thrust in still air: fast descent, where a rotor flies in its own
/// wake, is beyond the linear law.
template <int kRotors>
HWY_INLINE void apply_axial_inflow(const float* params, F32 axial_mps, Vec3F32 omega_b,
                                   RotorsF32<kRotors>& rotors) {
  const F32 loss = effect_param<kRotors>(params, kInflowLoss);
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) {
    const F32 hub_mps = axial_mps + (omega_b.x * rotor_param(params, i, kHub + 1) -
                                     omega_b.y * rotor_param(params, i, kHub));
    const F32 square = rotors.square[i];
    rotors.square[i] =
        clamp(square - (loss * rotors.speed[i]) * hub_mps, 0.0F, kMostInflowGain * square);
  }
}

/// Thrust grows close below a surface: T / T0 = 1/2 + 1/2 sqrt(1 + (R c)^2 / (8 d^2)) with the
/// distance d of the rotor from it, at least R / 4, and c the cosine of the tilt as for the ground
/// effect (form of the Crazyflie firmware by X. Li, after C. Hsiao and P. Chirarattananon,
/// arXiv:1905.04632). Off when upside down, and exactly 1 from kGroundEffectRange radii on.
template <int kRotors>
HWY_INLINE void apply_ceiling_effect(const float* params, const EffectRows& fx, const float* body,
                                     Vec3F32 up_b, RotorsF32<kRotors>& rotors) {
  const F32 distance_m =
      F32::load(body + fx.ceiling * kLanes) - F32::load(body + (kPosition + 2) * kLanes);
  if (all(distance_m >= effect_param<kRotors>(params, kCeilingSkip))) return;
  const F32 upright = max(F32(0.0F), up_b.z);
  const F32 gain = effect_param<kRotors>(params, kCeilingGain) * (upright * upright);
  const F32 lowest = effect_param<kRotors>(params, kCeilingLowest);
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) {
    const F32 hub_height_m = up_b.x * rotor_param(params, i, kHub) +
                             up_b.y * rotor_param(params, i, kHub + 1) +
                             up_b.z * rotor_param(params, i, kHub + 2);
    const F32 d = max(lowest, distance_m - hub_height_m);
    const F32 excess = max(F32(0.0F), gain / (d * d) - kCeilingOffset);
    rotors.square[i] = rotors.square[i] * (0.5F + 0.5F * sqrt(1.0F + excess));
  }
}

/// Adds the wrench of the disturbance rows over a substep.
template <int kRotors>
HWY_INLINE void disturb(const float* params, const EffectRows& fx, const float* body,
                        Vec3F32& velocity_w, Vec3F32& omega_b) {
  const F32 limit = effect_param<kRotors>(params, kForceLimit);
  const Vec3F32 force = Vec3F32::load(body + fx.force * kLanes);
  const Vec3F32 clipped{clamp(force.x, -limit, limit), clamp(force.y, -limit, limit),
                        clamp(force.z, -limit, limit)};
  velocity_w = velocity_w + effect_param<kRotors>(params, kForceGain) * clipped;
  omega_b = omega_b +
            effect_param3<kRotors>(params, kTorqueGain) * Vec3F32::load(body + fx.torque * kLanes);
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_FLIGHT_EFFECTS_LANES_HPP_
