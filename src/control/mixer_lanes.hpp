// From collective thrust and angular acceleration to rotor commands, in lanes.
//
// Where a rotor would leave its limits, things give way in this order:
//   1. yaw, down to nothing: it is weak, slow, and a wrong heading does not fall from the sky;
//   2. collective thrust, raised or lowered by just what roll and pitch need;
//   3. roll and pitch together, scaled by one factor, so that the axis of the torque is kept.
// Lanes without a saturated rotor get the plain product, whatever their neighbors in the vector do.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_CONTROL_MIXER_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_CONTROL_MIXER_LANES_HPP_
#undef VOLERY_CONTROL_MIXER_LANES_HPP_
#else
#define VOLERY_CONTROL_MIXER_LANES_HPP_
#endif

#include "control/control_common.hpp"
#include "core/vec3_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::MixerConstants;

HWY_INLINE Vec3F32 load_vec3(const float* lanes, int row) {
  return Vec3F32::load(lanes + row * kLanes);
}
HWY_INLINE void store_vec3(float* lanes, int row, const Vec3F32& v) {
  v.store(lanes + row * kLanes);
}

/// What the rotors shall do.
struct Effort {
  F32 thrust_n;
  Vec3F32 spin_up_b;  // angular acceleration, rad/s^2
};

/// Squared rotor speeds within the limits, for efforts that some rotor cannot follow.
/// kRotors 0: as many as the constants say.
template <int kRotors>
HWY_INLINE void mix_saturated(const MixerConstants& c, const Effort& effort, F32* squared) {
  const int rotors = kRotors > 0 ? kRotors : c.num_rotors;
  // roll and pitch as collective thrust that each rotor would need
  F32 pull[kMaxRotors];
  F32 lowest;
  F32 highest;
  for (int i = 0; i < rotors; ++i) {
    pull[i] = (F32(c.roll[i]) * effort.spin_up_b.x + F32(c.pitch[i]) * effort.spin_up_b.y) *
              F32(c.per_thrust[i]);
    lowest = i == 0 ? pull[i] : min(lowest, pull[i]);
    highest = i == 0 ? pull[i] : max(highest, pull[i]);
  }
  const F32 span = highest - lowest;
  const F32 scale = select(span > F32(c.reach_n), F32(c.reach_n) / span, F32(1.0F));

  // the collective thrust that leaves room for them
  F32 floor;
  F32 ceiling;
  for (int i = 0; i < rotors; ++i) {
    pull[i] = pull[i] * scale;
    const F32 low = F32(c.least_squared_radps * c.per_thrust[i]) - pull[i];
    const F32 high = F32(c.most_squared_radps * c.per_thrust[i]) - pull[i];
    floor = i == 0 ? low : max(floor, low);
    ceiling = i == 0 ? high : min(ceiling, high);
  }
  const F32 thrust = max(min(effort.thrust_n, ceiling), floor);

  // yaw within what is left
  F32 left = F32(1e30F);
  F32 right = F32(-1e30F);
  for (int i = 0; i < rotors; ++i) {
    squared[i] = F32(c.thrust[i]) * (thrust + pull[i]);
    if (c.yaw[i] == 0.0F) continue;
    const F32 up = (F32(c.most_squared_radps) - squared[i]) * F32(c.per_yaw[i]);
    const F32 down = (F32(c.least_squared_radps) - squared[i]) * F32(c.per_yaw[i]);
    left = min(left, max(up, down));
    right = max(right, min(up, down));
  }
  const F32 yaw = min(max(effort.spin_up_b.z, min(right, F32(0.0F))), max(left, F32(0.0F)));
  for (int i = 0; i < rotors; ++i) {
    squared[i] = clamp(squared[i] + F32(c.yaw[i]) * yaw, F32(c.least_squared_radps),
                       F32(c.most_squared_radps));
  }
}

/// Writes rotor_command_radps of the lanes: the effort where motors are on, 0 elsewhere.
template <int kRotors>
HWY_INLINE void mix(const MixerConstants& c, const Effort& effort, float* lanes) {
  const int rotors = kRotors > 0 ? kRotors : c.num_rotors;
  F32 squared[kMaxRotors];
  F32 lowest;
  F32 highest;
  for (int i = 0; i < rotors; ++i) {
    squared[i] = F32(c.thrust[i]) * effort.thrust_n +
                 (F32(c.roll[i]) * effort.spin_up_b.x + F32(c.pitch[i]) * effort.spin_up_b.y) +
                 F32(c.yaw[i]) * effort.spin_up_b.z;
    lowest = i == 0 ? squared[i] : min(lowest, squared[i]);
    highest = i == 0 ? squared[i] : max(highest, squared[i]);
  }
  const Mask saturated =
      (lowest < F32(c.least_squared_radps)) | (highest > F32(c.most_squared_radps));
  if (HWY_UNLIKELY(any(saturated))) {
    F32 within[kMaxRotors];
    mix_saturated<kRotors>(c, effort, within);
    for (int i = 0; i < rotors; ++i) squared[i] = select(saturated, within[i], squared[i]);
  }
  const Mask on = load_row(lanes, kMotorsOn) > F32(0.0F);
  for (int i = 0; i < rotors; ++i) {
    select(on, sqrt(squared[i]), F32(0.0F)).store(lanes + (kRotorRows + i) * kLanes);
  }
}

/// Torque about each axis that a turning body's own inertia asks for, as angular acceleration.
HWY_INLINE Vec3F32 gyro_feedforward(const control::GyroConstants& c, const Vec3F32& omega_b) {
  return {F32(c.x) * (omega_b.y * omega_b.z), F32(c.y) * (omega_b.z * omega_b.x),
          F32(c.z) * (omega_b.x * omega_b.y)};
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_CONTROL_MIXER_LANES_HPP_
