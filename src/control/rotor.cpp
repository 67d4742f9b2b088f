// rotor: normalised thrust per rotor. Nothing is fed back, so the commands of a whole agent step
// are written once, at its start.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/rotor.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/mixer_lanes.hpp"

#ifndef VOLERY_CONTROL_ROTOR_CONSTANTS_
#define VOLERY_CONTROL_ROTOR_CONSTANTS_
namespace volery::control {

struct RotorConstants {
  explicit RotorConstants(const ControllerContext& context) : action_row(context.action.row) {
    const VehicleConfig& config = context.vehicle.config;
    num_rotors = context.vehicle.num_rotors;
    const float least = config.min_rotor_speed_radps * config.min_rotor_speed_radps;
    const float most = config.max_rotor_speed_radps * config.max_rotor_speed_radps;
    middle = 0.5F * (most + least);
    half_range = 0.5F * (most - least);
  }
  int action_row;
  int num_rotors;
  float middle;  // squared rotor speed = middle + half_range * action, since thrust = k w^2
  float half_range;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

void rotor_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::RotorConstants*>(constants);
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const Mask on = load_row(lanes, kMotorsOn) > F32(0.0F);
      for (int i = 0; i < c.num_rotors; ++i) {
        const F32 action = load_row(lanes, c.action_row + i);
        // rounding must not push -1 below the least speed, which may be 0
        const F32 squared = max(F32(c.middle) + F32(c.half_range) * action, F32(0.0F));
        select(on, sqrt(squared), F32(0.0F)).store(lanes + (kRotorRows + i) * kLanes);
      }
    }
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(rotor_window);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(rotor_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* /*constants*/, const Blocks& /*blocks*/, int /*first_block*/,
              int /*last_block*/) {}

std::vector<Column> rotor_columns(const Vehicle& vehicle) {
  const float k = vehicle.config.thrust_coefficient_n_s2;
  const float least = vehicle.config.min_rotor_speed_radps;
  const float most = vehicle.config.max_rotor_speed_radps;
  std::vector<Column> columns;
  for (int i = 0; i < vehicle.num_rotors; ++i) {
    columns.push_back(column("rotor_" + std::to_string(i), "body",
                             "thrust of rotor " + std::to_string(i) + ", -1 = " +
                                 number(k * least * least) + " N, 1 = " + number(k * most * most) +
                                 " N, hover at " + number(rotor_hover_action(vehicle))));
  }
  return columns;
}

std::unique_ptr<Controller> make_rotor(const ControllerContext& context) {
  return std::make_unique<KernelController<RotorConstants>>(RotorConstants(context), run_window,
                                                            run_tick);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_rotor;
const ControllerEntry controller_rotor{
    .name = "rotor",
    .doc = "Thrust of each rotor, linear from its least to its greatest.",
    .columns = control::rotor_columns,
    .make = control::make_rotor};

}  // namespace volery
#endif  // HWY_ONCE
