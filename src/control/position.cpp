// position: a place to go to, given as offset from where the vehicle is at the start of the agent
// step, and yaw rate. The offset is latched into a place that stands still for the step, so that
// the level means the same at every agent step length; speed is limited as in the velocity level.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/position.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/attitude_lanes.hpp"
#include "control/latch_lanes.hpp"
#include "control/particle_common.hpp"
#include "control/rover_common.hpp"

#ifndef VOLERY_CONTROL_POSITION_CONSTANTS_
#define VOLERY_CONTROL_POSITION_CONSTANTS_
namespace volery::control {

struct PositionLevelConstants {
  explicit PositionLevelConstants(const ControllerContext& context)
      : action_row(context.action.row),
        setpoint_row(position_setpoint_row(context.fields)),
        gain_per_s(context.vehicle.gains.position_per_s),
        max_speed_mps(context.vehicle.gains.max_speed_mps),
        max_yaw_rate_radps(context.vehicle.gains.max_rate_radps.z),
        velocity(context.vehicle),
        attitude(context.vehicle),
        mixer(context.vehicle) {}
  int action_row;
  int setpoint_row;
  Vec3 gain_per_s;
  float max_speed_mps;
  float max_yaw_rate_radps;
  VelocityConstants velocity;
  AttitudeConstants attitude;
  MixerConstants mixer;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

void position_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  latch_positions(*static_cast<const control::PositionLevelConstants*>(constants), blocks,
                  first_block, last_block);
}

template <int kRotors>
void position_blocks(const control::PositionLevelConstants& c, const Blocks& blocks,
                     int first_block, int last_block) {
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const Vec3F32 setpoint_w = load_vec3(lanes, c.setpoint_row);
      const Vec3F32 position_w = load_vec3(lanes, kPosition);
      Vec3F32 wanted_w = {F32(c.gain_per_s.x) * (setpoint_w.x - position_w.x),
                          F32(c.gain_per_s.y) * (setpoint_w.y - position_w.y),
                          F32(c.gain_per_s.z) * (setpoint_w.z - position_w.z)};
      // the direction is kept where the speed is cut
      F32 speed = sqrt(dot(wanted_w, wanted_w));
      const F32 top = F32(c.max_speed_mps);
      const F32 scale = select(speed > top, top / speed, F32(1.0F));
      wanted_w = {wanted_w.x * scale, wanted_w.y * scale, wanted_w.z * scale};
      speed = min(speed, top);

      const F32 yaw_rate = F32(c.max_yaw_rate_radps) * load_row(lanes, c.action_row + 3);
      const Vec3F32 at_rest_w = acceleration_at_rest(c.velocity, wanted_w, speed);
      mix<kRotors>(c.mixer, follow_velocity(c.velocity, c.attitude, lanes, at_rest_w, yaw_rate),
                   lanes);
    }
  }
}

void position_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::PositionLevelConstants*>(constants);
  if (c.mixer.num_rotors == 4) {
    position_blocks<4>(c, blocks, first_block, last_block);
  } else {
    position_blocks<0>(c, blocks, first_block, last_block);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(position_window);
HWY_EXPORT(position_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(position_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(position_tick)(constants, blocks, first_block, last_block);
}

Column offset_column(const char* name, const char* direction) {
  return {.name = name,
          .unit = "m",
          .frame = "world",
          .low = -kPositionReachM,
          .high = kPositionReachM,
          .doc = std::string("setpoint minus position at the start of the step, ") + direction};
}

std::vector<Column> position_columns(const Vehicle& vehicle) {
  return {offset_column("dx", "east"), offset_column("dy", "north"), offset_column("dz", "up"),
          yaw_rate_column(vehicle)};
}

std::unique_ptr<Controller> make_position(const ControllerContext& context) {
  if (context.vehicle.kind() == VehicleKind::kRover)
    return make_rover(context, RoverLevel::kPosition);
  if (context.vehicle.kind() == VehicleKind::kParticle)
    return make_particle(context, ParticleLevel::kPosition);
  return std::make_unique<KernelController<PositionLevelConstants>>(PositionLevelConstants(context),
                                                                    run_window, run_tick);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_position;
const ControllerEntry controller_position{
    .name = "position",
    .doc = "Offset of the place to go to, in metres, and yaw rate.",
    .columns = control::position_columns,
    .make = control::make_position,
    .bodies = {.rover = true, .particle = true}};

}  // namespace volery
#endif  // HWY_ONCE
