// indi: incremental nonlinear dynamic inversion under the cascade of Lee's law, at any level. E. J.
// J. Smeur, Q. Chu, G. C. H. E. de Croon: "Adaptive incremental nonlinear dynamic inversion for
// attitude control of micro air vehicles" (JGCD 39(3), 2016): the angular acceleration asked of the
// rotors is what they give now, plus what is missing: u = u_f + G^+ (nu - omega'_f). Gyro and rotor
// signals pass the same second-order filter, so that their delays cancel and only a disturbance, or
// a wrong inertia, is left in the difference; neither needs to be known.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/indi.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include <algorithm>
#include "control/cascade_lanes.hpp"

#include "core/described.hpp"
#include "core/math.hpp"

#ifndef VOLERY_CONTROL_INDI_CONSTANTS_
#define VOLERY_CONTROL_INDI_CONSTANTS_
namespace volery::control {

struct IndiOptions {
  enum class RotorSpeed : int { kMeasured, kModelled };
  RotorSpeed rotor_speed = RotorSpeed::kMeasured;
  float filter_hz = 0;

  void describe(FieldVisitor& v) {
    v.choice("rotor_speed", rotor_speed, {"measured", "modelled"},
             "what the rotors give now: from their speeds, or from the commands and the motor lag");
    v.field("filter_hz", filter_hz,
            {.unit = "Hz",
             .low = 0,
             .high = 1000,
             .doc = "of the filters on gyro and rotors; 0: 8 Hz at a loop lag of 65 ms, faster "
                    "with faster motors"});
  }
};

// A second-order low-pass filter, damping 0.707, by the bilinear transform: y = b0 x + s1,
// s1' = b1 x - a1 y + s2, s2' = b0 x - a2 y.
struct FilterConstants {
  FilterConstants() = default;
  FilterConstants(float cutoff_hz, float tick_s) {
    // w / 2 tick, kept below half of what the tick can follow
    const double w = std::min(
        static_cast<double>(kPi) * static_cast<double>(cutoff_hz) * static_cast<double>(tick_s),
        0.8);
    const double scale = 1 / (1 + 1.4142135623730951 * w + w * w);
    b0 = static_cast<float>(w * w * scale);
    b1 = static_cast<float>(2 * w * w * scale);
    a1 = static_cast<float>(2 * (w * w - 1) * scale);
    a2 = static_cast<float>((1 - 1.4142135623730951 * w + w * w) * scale);
  }
  float b0 = 1, b1 = 0, a1 = 0, a2 = 0;
};

struct IndiConstants {
  IndiConstants(const ControllerContext& context, Level level, const IndiOptions& options)
      : cascade(context, level, context.vehicle),
        spin(context.vehicle),
        ticks_per_s(1 / context.tick_s),
        num_rotors(context.vehicle.num_rotors),
        command_row(kRotorRows),
        measured_row(rotor_speed_row(context.fields)),
        speed_row(measured_row) {
    // what the gyro measures holds the gyroscopic torque already
    cascade.attitude.gyro.x = cascade.attitude.gyro.y = cascade.attitude.gyro.z = 0;
    const float lag_s = context.vehicle.gains.loop_lag_s;
    filter = FilterConstants(
        options.filter_hz > 0 ? options.filter_hz : kFilterHz * (kFilterLag_s / lag_s),
        context.tick_s);
    modelled = options.rotor_speed == IndiOptions::RotorSpeed::kModelled;
    const VehicleConfig& c = context.vehicle.config;
    rise = lag_share(c.motor_rise_s, context.tick_s);
    fall = lag_share(c.motor_fall_s, context.tick_s);
    FieldTable& fields = context.fields;
    state_row_ = state_row(fields, "indi_filters", 12, "", "body",
                           "filter states: angular rate, then what the rotors give");
    last_row =
        state_row(fields, "indi_last", 5, "", "body",
                  "filtered angular rate and rotor momentum of the last tick; 1 once started");
    if (modelled) {
      speed_row =
          state_row(fields, "indi_rotor_speed_radps", fields.find("rotor_speed_radps").width,
                    "rad/s", "", "modelled rotor speeds");
    }
  }
  // Firmware of the Crazyflie: 8 Hz, on motors with a lag of 65 ms.
  static constexpr float kFilterHz = 8;
  static constexpr float kFilterLag_s = 0.065F;
  [[nodiscard]] static float lag_share(float lag_s, float tick_s) {
    return lag_s > 0 ? 1 - exp(-tick_s / lag_s) : 1.0F;
  }
  CascadeConstants cascade;
  RotorSpinConstants spin;
  FilterConstants filter;
  float ticks_per_s;
  int num_rotors;
  int command_row, measured_row, speed_row;
  int state_row_ = -1, last_row = -1;
  bool modelled = false;
  float rise = 1, fall = 1;  // share of the way to the command in a tick
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::IndiConstants;

HWY_INLINE void indi_latch(const IndiConstants& c, float* lanes) {
  latch_setpoint(c.cascade.setpoint, lanes);
}

/// One filter step. `row`: its two states. Where it has not started, it starts at rest at x.
HWY_INLINE F32 filtered(const control::FilterConstants& f, F32 x, Mask fresh, float* lanes,
                        int row) {
  F32 s1 = select(fresh, F32(1.0F - f.b0) * x, load_row(lanes, row));
  const F32 s2 = select(fresh, F32(f.b0 - f.a2) * x, load_row(lanes, row + 1));
  const F32 y = F32(f.b0) * x + s1;
  s1 = F32(f.b1) * x - F32(f.a1) * y + s2;
  s1.store(lanes + row * kLanes);
  (F32(f.b0) * x - F32(f.a2) * y).store(lanes + (row + 1) * kLanes);
  return y;
}
HWY_INLINE Vec3F32 filtered(const control::FilterConstants& f, const Vec3F32& x, Mask fresh,
                            float* lanes, int row) {
  return {filtered(f, x.x, fresh, lanes, row), filtered(f, x.y, fresh, lanes, row + 2),
          filtered(f, x.z, fresh, lanes, row + 4)};
}

/// Rotor speeds from the commands of the last tick, where they are modelled.
HWY_INLINE void model_rotors(const IndiConstants& c, Mask fresh, float* lanes) {
  if (!c.modelled) return;
  for (int i = 0; i < c.num_rotors; ++i) {
    // an autopilot knows that its motors turned when it was switched on
    const F32 start = load_row(lanes, c.measured_row + i);
    const F32 speed = select(fresh, start, load_row(lanes, c.speed_row + i));
    const F32 gap = select(fresh, F32(0.0F), load_row(lanes, c.command_row + i) - speed);
    (speed + gap * select(gap > F32(0.0F), F32(c.rise), F32(c.fall)))
        .store(lanes + (c.speed_row + i) * kLanes);
  }
}

HWY_INLINE void indi_vector(const IndiConstants& c, float* lanes) {
  const F32 one = F32(1.0F);
  const Mask fresh = load_row(lanes, c.last_row + 4) < one;
  const Vec3F32 omega_b = load_vec3(lanes, kOmega);
  model_rotors(c, fresh, lanes);
  const CascadeEffort wanted = run_cascade(c.cascade, lanes);

  // what the rotors give: lift and drag torque, and the momentum that they take from the body
  RotorSpin now = rotor_spin(c.spin, lanes, c.speed_row);
  const F32 momentum = now.yaw_momentum;
  const F32 last_momentum = select(fresh, momentum, load_row(lanes, c.last_row + 3));
  now.spin_up_b.z = now.spin_up_b.z - F32(c.ticks_per_s) * (momentum - last_momentum);

  const Vec3F32 omega_f = filtered(c.filter, omega_b, fresh, lanes, c.state_row_);
  const Vec3F32 spin_f = filtered(c.filter, now.spin_up_b, fresh, lanes, c.state_row_ + 6);
  const Vec3F32 last_f = select(fresh, omega_f, load_vec3(lanes, c.last_row));
  const Vec3F32 measured = F32(c.ticks_per_s) * (omega_f - last_f);
  store_vec3(lanes, c.last_row, omega_f);
  momentum.store(lanes + (c.last_row + 3) * kLanes);
  one.store(lanes + (c.last_row + 4) * kLanes);

  // on the first tick nothing is known to be missing
  const Vec3F32 known = select(fresh, {F32(0.0F), F32(0.0F), F32(0.0F)}, spin_f - measured);
  const Effort& effort = wanted.effort;
  mix_any(c.cascade.mixer, {effort.thrust_n, effort.spin_up_b + known}, lanes);
}

void indi_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<IndiConstants, indi_latch>(constants, blocks, first_block, last_block);
}
void indi_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<IndiConstants, indi_vector>(constants, blocks, first_block, last_block);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(indi_window);
HWY_EXPORT(indi_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(indi_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(indi_tick)(constants, blocks, first_block, last_block);
}

std::unique_ptr<Controller> make_indi_at(const ControllerContext& context, Level level) {
  IndiOptions options;
  if (context.options != nullptr) load(options, *context.options, "config.controller_config.indi");
  return std::make_unique<KernelController<IndiConstants>>(IndiConstants(context, level, options),
                                                           run_window, run_tick);
}

std::unique_ptr<Controller> make_indi(const ControllerContext& context) {
  return make_indi_at(context, Level::kTrack);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_indi;
const ControllerEntry controller_indi{
    .name = "indi",
    .doc = "Follows a moving setpoint by Lee's law over incremental dynamic inversion.",
    .columns = control::track_columns,
    .make = control::make_indi,
    .make_at = control::make_indi_at};

}  // namespace volery
#endif  // HWY_ONCE
