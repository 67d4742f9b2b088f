// ctbr: collective thrust and body rates. A proportional rate loop with the gyroscopic torque fed
// forward; the mixer decides what gives way at the rotors' limits.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/ctbr.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/mixer_lanes.hpp"

#ifndef VOLERY_CONTROL_CTBR_CONSTANTS_
#define VOLERY_CONTROL_CTBR_CONSTANTS_
namespace volery::control {

struct CtbrConstants {
  explicit CtbrConstants(const ControllerContext& context)
      : action_row(context.action.row),
        half_thrust_n(0.5F * context.vehicle.max_thrust_n),
        max_rate_radps(context.vehicle.gains.max_rate_radps),
        gain_per_s(context.vehicle.gains.rate_per_s),
        gyro(context.vehicle),
        mixer(context.vehicle) {}
  int action_row;
  float half_thrust_n;
  Vec3 max_rate_radps;
  Vec3 gain_per_s;
  GyroConstants gyro;
  MixerConstants mixer;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

template <int kRotors>
void ctbr_blocks(const control::CtbrConstants& c, const Blocks& blocks, int first_block,
                 int last_block) {
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const F32 thrust_n =
          F32(c.half_thrust_n) * load_row(lanes, c.action_row) + F32(c.half_thrust_n);
      const Vec3F32 action = load_vec3(lanes, c.action_row + 1);
      const Vec3F32 omega_b = load_vec3(lanes, kOmega);
      const Vec3F32 gyro = gyro_feedforward(c.gyro, omega_b);
      const Vec3F32 spin_up_b = {
          F32(c.gain_per_s.x) * (F32(c.max_rate_radps.x) * action.x - omega_b.x) + gyro.x,
          F32(c.gain_per_s.y) * (F32(c.max_rate_radps.y) * action.y - omega_b.y) + gyro.y,
          F32(c.gain_per_s.z) * (F32(c.max_rate_radps.z) * action.z - omega_b.z) + gyro.z};
      mix<kRotors>(c.mixer, {thrust_n, spin_up_b}, lanes);
    }
  }
}

void ctbr_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::CtbrConstants*>(constants);
  if (c.mixer.num_rotors == 4) {
    ctbr_blocks<4>(c, blocks, first_block, last_block);
  } else {
    ctbr_blocks<0>(c, blocks, first_block, last_block);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(ctbr_tick);

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(ctbr_tick)(constants, blocks, first_block, last_block);
}

std::vector<Column> ctbr_columns(const Vehicle& vehicle) {
  const Vec3 most = vehicle.gains.max_rate_radps;
  return {thrust_column(vehicle),
          column("roll_rate", "body", "rate about body x, 1 = " + number(most.x) + " rad/s"),
          column("pitch_rate", "body", "rate about body y, 1 = " + number(most.y) + " rad/s"),
          column("yaw_rate", "body", "rate about body z, 1 = " + number(most.z) + " rad/s")};
}

std::unique_ptr<Controller> make_ctbr(const ControllerContext& context) {
  return std::make_unique<KernelController<CtbrConstants>>(CtbrConstants(context), nullptr,
                                                           run_tick);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_ctbr;
const ControllerEntry controller_ctbr{.name = "ctbr",
                                      .doc = "Collective thrust and body rates.",
                                      .columns = control::ctbr_columns,
                                      .make = control::make_ctbr};

}  // namespace volery
#endif  // HWY_ONCE
