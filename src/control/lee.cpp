// lee: the geometric law with feed-forward, flying the track level. T. Lee, M. Leok, N. H.
// McClamroch: "Geometric tracking control of a quadrotor UAV on SE(3)" (CDC 2010), with the tilt
// error of attitude_lanes.hpp and the heading error beside it, so that a heading far off never
// costs lift. At the other levels lee is what attitude.cpp, velocity.cpp and so on do; nothing is
// added to them.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/lee.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/cascade_lanes.hpp"

#ifndef VOLERY_CONTROL_LEE_CONSTANTS_
#define VOLERY_CONTROL_LEE_CONSTANTS_
namespace volery::control {

struct LeeConstants {
  LeeConstants(const ControllerContext& context, Level level)
      : cascade(context, level, context.vehicle) {}
  CascadeConstants cascade;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

using control::LeeConstants;

HWY_INLINE void lee_latch(const LeeConstants& c, float* lanes) {
  latch_setpoint(c.cascade.setpoint, lanes);
}

HWY_INLINE void lee_vector(const LeeConstants& c, float* lanes) {
  mix_any(c.cascade.mixer, run_cascade(c.cascade, lanes).effort, lanes);
}

void lee_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<LeeConstants, lee_latch>(constants, blocks, first_block, last_block);
}
void lee_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  run_vectors<LeeConstants, lee_vector>(constants, blocks, first_block, last_block);
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(lee_window);
HWY_EXPORT(lee_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(lee_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(lee_tick)(constants, blocks, first_block, last_block);
}

std::unique_ptr<Controller> make_lee_at(const ControllerContext& context, Level level) {
  no_options(context, "lee");
  return std::make_unique<KernelController<LeeConstants>>(LeeConstants(context, level), run_window,
                                                          run_tick);
}

std::unique_ptr<Controller> make_lee(const ControllerContext& context) {
  return make_lee_at(context, Level::kTrack);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_lee;
const ControllerEntry controller_lee{
    .name = "lee",
    .doc =
        "Follows a moving setpoint with its velocity, acceleration, jerk and yaw: geometric law.",
    .columns = control::track_columns,
    .make = control::make_lee,
    .make_at = control::make_lee_at};

}  // namespace volery
#endif  // HWY_ONCE
