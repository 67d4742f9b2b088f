// attitude: collective thrust, roll, pitch and yaw rate. Roll and pitch become a thrust axis in the
// heading frame once per agent step; every tick turns it by the present heading and follows it.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/attitude.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/attitude_lanes.hpp"
#include "core/math_lanes.hpp"

#ifndef VOLERY_CONTROL_ATTITUDE_CONSTANTS_
#define VOLERY_CONTROL_ATTITUDE_CONSTANTS_
namespace volery::control {

struct AttitudeLevelConstants {
  explicit AttitudeLevelConstants(const ControllerContext& context)
      : action_row(context.action.row),
        axis_row(context.fields
                     .add({.name = "thrust_axis_setpoint",
                           .width = 3,
                           .unit = "",
                           .frame = "heading",
                           .writer = "control attitude",
                           .doc = "wanted body z: world frame turned by the ZYX yaw angle"})
                     .row),
        half_thrust_n(0.5F * context.vehicle.max_thrust_n),
        max_tilt_rad(context.vehicle.gains.max_tilt_rad),
        max_yaw_rate_radps(context.vehicle.gains.max_rate_radps.z),
        attitude(context.vehicle),
        mixer(context.vehicle) {}
  int action_row;
  int axis_row;
  float half_thrust_n;
  float max_tilt_rad;
  float max_yaw_rate_radps;
  AttitudeConstants attitude;
  MixerConstants mixer;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

void attitude_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::AttitudeLevelConstants*>(constants);
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      F32 sin_roll, cos_roll, sin_pitch, cos_pitch;
      sin_cos(F32(c.max_tilt_rad) * load_row(lanes, c.action_row + 1), sin_roll, cos_roll);
      sin_cos(F32(c.max_tilt_rad) * load_row(lanes, c.action_row + 2), sin_pitch, cos_pitch);
      // third column of R_y(pitch) R_x(roll)
      store_vec3(lanes, c.axis_row, {sin_pitch * cos_roll, -sin_roll, cos_pitch * cos_roll});
    }
  }
}

template <int kRotors>
void attitude_blocks(const control::AttitudeLevelConstants& c, const Blocks& blocks,
                     int first_block, int last_block) {
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const Rotation r = load_rotation(lanes);
      // heading: where body x points on the map; east while it points straight up or down
      const F32 across = r.x.x * r.x.x + r.x.y * r.x.y;
      const Mask vertical = across < F32(1e-12F);
      const F32 per_length = F32(1.0F) / sqrt(select(vertical, F32(1.0F), across));
      const F32 cos_yaw = select(vertical, F32(1.0F), r.x.x * per_length);
      const F32 sin_yaw = select(vertical, F32(0.0F), r.x.y * per_length);

      const Vec3F32 axis = load_vec3(lanes, c.axis_row);
      const Vec3F32 axis_w = {cos_yaw * axis.x - sin_yaw * axis.y,
                              sin_yaw * axis.x + cos_yaw * axis.y, axis.z};
      const F32 yaw_rate = F32(c.max_yaw_rate_radps) * load_row(lanes, c.action_row + 3);
      const F32 thrust_n =
          F32(c.half_thrust_n) * load_row(lanes, c.action_row) + F32(c.half_thrust_n);
      const Vec3F32 spin_up_b =
          turn_to(c.attitude, r, load_vec3(lanes, kOmega), to_body(r, axis_w), F32(1.0F), yaw_rate);
      mix<kRotors>(c.mixer, {thrust_n, spin_up_b}, lanes);
    }
  }
}

void attitude_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::AttitudeLevelConstants*>(constants);
  if (c.mixer.num_rotors == 4) {
    attitude_blocks<4>(c, blocks, first_block, last_block);
  } else {
    attitude_blocks<0>(c, blocks, first_block, last_block);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(attitude_window);
HWY_EXPORT(attitude_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(attitude_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(attitude_tick)(constants, blocks, first_block, last_block);
}

std::vector<Column> attitude_columns(const Vehicle& vehicle) {
  const std::string scale = ", 1 = " + number(vehicle.gains.max_tilt_rad) + " rad";
  return {thrust_column(vehicle),
          column("roll", "body", "ZYX roll angle" + scale + ", right side down"),
          column("pitch", "body", "ZYX pitch angle" + scale + ", nose down"),
          yaw_rate_column(vehicle)};
}

std::unique_ptr<Controller> make_attitude(const ControllerContext& context) {
  return std::make_unique<KernelController<AttitudeLevelConstants>>(AttitudeLevelConstants(context),
                                                                    run_window, run_tick);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_attitude;
const ControllerEntry controller_attitude{
    .name = "attitude",
    .doc = "Collective thrust, roll and pitch angle, yaw rate.",
    .columns = control::attitude_columns,
    .make = control::make_attitude};

}  // namespace volery
#endif  // HWY_ONCE
