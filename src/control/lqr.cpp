// lqr: state feedback that is optimal about hover (riccati_common.hpp says for which weights), at
// any level. The gains stand in the places of the cascade, which is the same law to first order and
// keeps its tilt and speed limits; the rotors' own state, measured, is fed back beside it. So small
// errors meet u = -K x, and large ones are cut where Lee's law cuts them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/lqr.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/cascade_lanes.hpp"
#include "control/riccati_common.hpp"

#ifndef VOLERY_CONTROL_LQR_CONSTANTS_
#define VOLERY_CONTROL_LQR_CONSTANTS_
namespace volery::control {

struct LqrConstants {
  LqrConstants(const ControllerContext& context, Level level)
      : LqrConstants(context, level, lqr_gains(context.vehicle, context.tick_s, level)) {}
  LqrConstants(const ControllerContext& context, Level level, const LqrGains& lqr)
      : gains(lqr),
        cascade(context, level, with_gains(context.vehicle, lqr.cascade)),
        spin(context.vehicle),
        first_speed_row(rotor_speed_row(context.fields)) {}
  LqrGains gains;
  CascadeConstants cascade;
  RotorSpinConstants spin;
  int first_speed_row;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::LqrConstants;

HWY_INLINE void lqr_latch(const LqrConstants& c, float* lanes) {
  latch_setpoint(c.cascade.setpoint, lanes);
}

HWY_INLINE void lqr_vector(const LqrConstants& c, float* lanes) {
  CascadeEffort wanted = run_cascade(c.cascade, lanes);
  const RotorSpin now = rotor_spin(c.spin, lanes, c.first_speed_row);
  Effort& effort = wanted.effort;
  effort.spin_up_b = {effort.spin_up_b.x - F32(c.gains.rotor.x) * now.spin_up_b.x,
                      effort.spin_up_b.y - F32(c.gains.rotor.y) * now.spin_up_b.y,
                      effort.spin_up_b.z - F32(c.gains.rotor.z) * now.spin_up_b.z};
  if (c.cascade.setpoint.level >= Level::kVelocity) {
    const F32 surplus_mps2 = now.thrust_mps2 - wanted.trim_mps2;
    effort.thrust_n =
        max(effort.thrust_n - F32(c.cascade.velocity.mass_kg * c.gains.rotor_thrust) * surplus_mps2,
            F32(0.0F));
  }
  mix_any(c.cascade.mixer, effort, lanes);
}

void lqr_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<LqrConstants, lqr_latch>(constants, blocks, first_block, last_block);
}
void lqr_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<LqrConstants, lqr_vector>(constants, blocks, first_block, last_block);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(lqr_window);
HWY_EXPORT(lqr_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(lqr_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(lqr_tick)(constants, blocks, first_block, last_block);
}

std::unique_ptr<Controller> make_lqr_at(const ControllerContext& context, Level level) {
  no_options(context, "lqr");
  return std::make_unique<KernelController<LqrConstants>>(LqrConstants(context, level), run_window,
                                                          run_tick);
}

std::unique_ptr<Controller> make_lqr(const ControllerContext& context) {
  return make_lqr_at(context, Level::kTrack);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_lqr;
const ControllerEntry controller_lqr{
    .name = "lqr",
    .doc = "Follows a moving setpoint by state feedback that is optimal about hover.",
    .columns = control::track_columns,
    .make = control::make_lqr,
    .make_at = control::make_lqr_at};

}  // namespace volery
#endif  // HWY_ONCE
