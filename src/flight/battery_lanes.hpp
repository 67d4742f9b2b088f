// The battery of one vector of bodies: charge, sag and energy.

// Highway re-includes this file for each target; the toggle replaces an include guard.
#if defined(VOLERY_FLIGHT_BATTERY_LANES_HPP_) == defined(HWY_TARGET_TOGGLE)
#ifdef VOLERY_FLIGHT_BATTERY_LANES_HPP_
#undef VOLERY_FLIGHT_BATTERY_LANES_HPP_
#else
#define VOLERY_FLIGHT_BATTERY_LANES_HPP_
#endif

#include "flight/effects.hpp"
#include "flight/rotors_lanes.hpp"

HWY_BEFORE_NAMESPACE();
namespace volery::flight::HWY_NAMESPACE {

/// A row of EffectParam, of this vector's lanes.
template <int kRotors>
HWY_INLINE F32 effect_param(const float* params, int row) {
  return F32::load(params + (kNumSharedParams + kRotors * kNumRotorParams + row) * kLanes);
}
template <int kRotors>
HWY_INLINE Vec3F32 effect_param3(const float* params, int row) {
  return Vec3F32::load(params + (kNumSharedParams + kRotors * kNumRotorParams + row) * kLanes);
}

/// Highest speed that the battery can drive: a line in the voltage under load of the last substep;
/// below the charge fade_soc it falls to nothing at empty.
template <int kRotors>
HWY_INLINE F32 battery_speed_limit(const float* params, const EffectRows& fx, const float* body) {
  const float* battery = body + fx.battery * kLanes;
  const F32 charge =
      F32::load(battery + kBatterySoc * kLanes) * effect_param<kRotors>(params, kInverseFadeSoc);
  const F32 speed =
      effect_param<kRotors>(params, kSpeedOffset) +
      effect_param<kRotors>(params, kSpeedPerVolt) * F32::load(battery + kBatteryVoltage * kLanes);
  return speed * clamp(charge, 0.0F, 1.0F);
}

/// Voltage of the pack at rest: straight lines between the points of BatterySpec::open_circuit_v,
/// as a sum of hinges.
template <int kRotors>
HWY_INLINE F32 open_circuit_v(const float* params, F32 soc) {
  F32 volts[2] = {effect_param<kRotors>(params, kOpenCircuitEmpty) +
                      effect_param<kRotors>(params, kOpenCircuitBend) * soc,
                  0.0F};
  HWY_UNROLL(9)
  for (int i = 1; i < kOpenCircuitPoints - 1; ++i) {
    const float knot = static_cast<float>(i) / (kOpenCircuitPoints - 1);
    // two sums, since one waits for itself
    volts[i % 2] =
        volts[i % 2] + effect_param<kRotors>(params, kOpenCircuitBend + i) * max(0.0F, soc - knot);
  }
  return volts[0] + volts[1];
}

/// One substep of the battery (Thevenin model: open circuit, series resistance, one RC branch).
///
/// Power at the terminals P = P0 + a sum(T) + b sum(Q w) of the rotors' thrusts and torques in
/// still air; with E = OCV(soc) - V_rc the current solves P = (E - I R) I: I = 2 P / (E + sqrt(E^2
/// - 4 R P)), and E / 2R where that is more than the pack can give. An empty pack gives nothing.
template <int kRotors>
HWY_INLINE void discharge(const float* params, int first_row, float* body) {
  F32 square[kRotors], cube[kRotors];
  HWY_UNROLL(8)
  for (int i = 0; i < kRotors; ++i) {
    const F32 speed = F32::load(body + (kRotorRows + kRotors + i) * kLanes);
    square[i] = speed * speed;
    cube[i] = square[i] * speed;
  }
  const F32 squares = HalvesF32::of(square).sum(), cubes = HalvesF32::of(cube).sum();
  const F32 power_w = effect_param<kRotors>(params, kIdlePower) +
                      effect_param<kRotors>(params, kPowerPerSquare) * squares +
                      effect_param<kRotors>(params, kPowerPerCube) * cubes;

  float* battery = body + first_row * kLanes;
  F32 soc = F32::load(battery + kBatterySoc * kLanes);
  F32 soc_residual = F32::load(battery + kBatterySocResidual * kLanes);
  F32 rc_v = F32::load(battery + kBatteryRcVoltage * kLanes);
  const F32 source_v = max(0.0F, open_circuit_v<kRotors>(params, soc) - rc_v);
  const F32 root = sqrt(
      max(0.0F, source_v * source_v - effect_param<kRotors>(params, kFourResistance) * power_w));
  const F32 most_a = source_v * effect_param<kRotors>(params, kHalfConductance);
  // where all voltages are 0 the quotient is infinite, and the bound 0
  const F32 drawn_a = min((power_w + power_w) / (source_v + root), most_a);
  const F32 current_a = select(soc > 0.0F, drawn_a, 0.0F);
  const F32 voltage_v = source_v - effect_param<kRotors>(params, kResistance) * current_a;

  rc_v = rc_v + effect_param<kRotors>(params, kRcFraction) *
                    (effect_param<kRotors>(params, kRcResistance) * current_a - rc_v);
  accumulate(soc, soc_residual, effect_param<kRotors>(params, kSocPerAmpere) * -current_a);
  const Mask charged = soc > 0.0F;
  select(charged, soc, 0.0F).store(battery + kBatterySoc * kLanes);
  select(charged, soc_residual, 0.0F).store(battery + kBatterySocResidual * kLanes);
  rc_v.store(battery + kBatteryRcVoltage * kLanes);
  voltage_v.store(battery + kBatteryVoltage * kLanes);
  current_a.store(battery + kBatteryCurrent * kLanes);
  F32 energy_j = F32::load(battery + kBatteryEnergy * kLanes);
  F32 energy_residual_j = F32::load(battery + kBatteryEnergyResidual * kLanes);
  accumulate(energy_j, energy_residual_j,
             (effect_param<kRotors>(params, kEffectStep) * voltage_v) * current_a);
  energy_j.store(battery + kBatteryEnergy * kLanes);
  energy_residual_j.store(battery + kBatteryEnergyResidual * kLanes);
}

}  // namespace volery::flight::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // VOLERY_FLIGHT_BATTERY_LANES_HPP_
