// velocity: velocity in the world frame and yaw rate. A proportional loop with the weight exact and
// the drag that the wanted velocity meets at the present attitude and rotor speeds fed forward: in
// steady flight that is all of it, so that no integrator is needed in still air.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/velocity.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/attitude_lanes.hpp"
#include "control/particle_common.hpp"
#include "control/rover_common.hpp"

#ifndef VOLERY_CONTROL_VELOCITY_CONSTANTS_
#define VOLERY_CONTROL_VELOCITY_CONSTANTS_
namespace volery::control {

struct VelocityLevelConstants {
  explicit VelocityLevelConstants(const ControllerContext& context)
      : action_row(context.action.row),
        at_rest_row(context.fields
                        .add({.name = "acceleration_setpoint_w_mps2",
                              .width = 3,
                              .unit = "m/s^2",
                              .frame = "world",
                              .writer = "control velocity",
                              .doc = "acceleration asked of the rotors while the vehicle stands"})
                        .row),
        max_speed_mps(context.vehicle.gains.max_speed_mps),
        max_yaw_rate_radps(context.vehicle.gains.max_rate_radps.z),
        velocity(context.vehicle, context.fields),
        attitude(context.vehicle),
        mixer(context.vehicle) {}
  int action_row;
  int at_rest_row;
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

void velocity_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::VelocityLevelConstants*>(constants);
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const Vec3F32 action = load_vec3(lanes, c.action_row);
      const F32 top = F32(c.max_speed_mps);
      const Vec3F32 wanted_w = {top * action.x, top * action.y, top * action.z};
      const F32 speed = sqrt(dot(wanted_w, wanted_w));
      // drag at this moment: once per agent step is enough, since it changes with the tilt
      const Vec3F32 drag = drag_at(c.velocity, load_rotation(lanes), lanes, wanted_w, speed);
      store_vec3(
          lanes, c.at_rest_row,
          {F32(c.velocity.kv_x) * wanted_w.x + drag.x, F32(c.velocity.kv_y) * wanted_w.y + drag.y,
           F32(c.velocity.kv_z) * wanted_w.z + drag.z + F32(kGravityMps2)});
    }
  }
}

template <int kRotors>
void velocity_blocks(const control::VelocityLevelConstants& c, const Blocks& blocks,
                     int first_block, int last_block) {
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const F32 yaw_rate = F32(c.max_yaw_rate_radps) * load_row(lanes, c.action_row + 3);
      const Vec3F32 at_rest_w = load_vec3(lanes, c.at_rest_row);
      mix<kRotors>(c.mixer, follow_velocity(c.velocity, c.attitude, lanes, at_rest_w, yaw_rate),
                   lanes);
    }
  }
}

void velocity_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::VelocityLevelConstants*>(constants);
  if (c.mixer.num_rotors == 4) {
    velocity_blocks<4>(c, blocks, first_block, last_block);
  } else {
    velocity_blocks<0>(c, blocks, first_block, last_block);
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery {

namespace control {
namespace {

HWY_EXPORT(velocity_window);
HWY_EXPORT(velocity_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(velocity_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(velocity_tick)(constants, blocks, first_block, last_block);
}

std::vector<Column> velocity_columns(const Vehicle& vehicle) {
  const std::string scale = ", 1 = " + number(vehicle.gains.max_speed_mps) + " m/s";
  return {column("vx", "world", "velocity east" + scale),
          column("vy", "world", "velocity north" + scale),
          column("vz", "world", "velocity up" + scale), yaw_rate_column(vehicle)};
}

std::unique_ptr<Controller> make_velocity(const ControllerContext& context) {
  if (context.vehicle.kind() == VehicleKind::kRover)
    return make_rover(context, RoverLevel::kVelocity);
  if (context.vehicle.kind() == VehicleKind::kParticle)
    return make_particle(context, ParticleLevel::kVelocity);
  return std::make_unique<KernelController<VelocityLevelConstants>>(VelocityLevelConstants(context),
                                                                    run_window, run_tick);
}

}  // namespace
}  // namespace control

extern const ControllerEntry controller_velocity;
const ControllerEntry controller_velocity{.name = "velocity",
                                          .doc = "Velocity in the world frame, yaw rate.",
                                          .columns = control::velocity_columns,
                                          .make = control::make_velocity,
                                          .bodies = {.rover = true, .particle = true}};

}  // namespace volery
#endif  // HWY_ONCE
