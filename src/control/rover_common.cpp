// Rovers: a forward speed and a yaw rate, made of the action, become the speeds of two wheels.
//
// At the velocity and position levels the rover steers. With the wanted horizontal velocity V and
// the heading h (body x on the map) it drives at V . h, forwards or backwards, and turns at
// k sin(angle between V and the nearer of h and -h). A wish of less than a tenth of the top speed
// turns it less, in proportion, and the yaw rate column takes over: so it stands still where it
// shall, and does not spin about a goal beside it. Height is left alone.
#include "control/rover_common.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "control/rover_common.cpp"
#include <hwy/foreach_target.h>

// after foreach_target
#include "control/attitude_lanes.hpp"
#include "control/latch_lanes.hpp"

#ifndef VOLERY_CONTROL_ROVER_CONSTANTS_
#define VOLERY_CONTROL_ROVER_CONSTANTS_
namespace volery::control {

/// A wish below this share of the top speed no longer steers in full.
inline constexpr float kSteeringShare = 0.1F;

struct RoverConstants {
  RoverConstants(const ControllerContext& context, RoverLevel at)
      : level(at),
        action_row(context.action.row),
        max_speed_mps(context.vehicle.gains.max_speed_mps),
        max_yaw_rate_radps(context.vehicle.gains.max_rate_radps.z),
        position_per_s(context.vehicle.gains.position_per_s.x),
        turn_radps(context.vehicle.gains.attitude_per_s.z),
        half_track_m(0.5F * context.vehicle.config.rover.track_m),
        per_radius(1 / context.vehicle.config.rover.wheel_radius_m) {
    // what the wheels reach when they do either alone
    const float turning_mps = max_yaw_rate_radps * half_track_m;
    rim_mps = turning_mps > max_speed_mps ? turning_mps : max_speed_mps;
    if (level != RoverLevel::kPosition) return;
    setpoint_row = position_setpoint_row(context.fields);
  }
  RoverLevel level;
  int action_row;
  int setpoint_row = -1;
  float max_speed_mps;
  float max_yaw_rate_radps;
  float position_per_s;
  float turn_radps;
  float half_track_m;
  float per_radius;
  float rim_mps = 0;
};

}  // namespace volery::control
#endif

HWY_BEFORE_NAMESPACE();
namespace volery::HWY_NAMESPACE {

/// How a rover shall move.
struct Drive {
  F32 speed_mps, yaw_rate_radps;
};

/// Turns towards a horizontal velocity and drives along it.
HWY_INLINE Drive steer(const control::RoverConstants& c, const float* lanes, F32 vx, F32 vy) {
  const F32 zero(0.0F);
  const F32 one(1.0F);
  const Rotation r = load_rotation(lanes);
  const F32 flat2 = r.x.x * r.x.x + r.x.y * r.x.y;
  const Mask vertical = flat2 < F32(1e-12F);
  const F32 per_flat = one / sqrt(select(vertical, one, flat2));
  const F32 hx = select(vertical, one, r.x.x * per_flat);
  const F32 hy = select(vertical, zero, r.x.y * per_flat);

  const F32 forward = vx * hx + vy * hy;
  const F32 leftward = vy * hx - vx * hy;
  const F32 wish = sqrt(vx * vx + vy * vy);
  const Mask wished = wish > zero;
  const F32 sine = select(wished, leftward / select(wished, wish, one), zero);
  const F32 follow = F32(c.turn_radps) * select(forward < zero, -sine, sine);
  const F32 share = min(wish * F32(1 / (control::kSteeringShare * c.max_speed_mps)), one);
  const F32 asked = F32(c.max_yaw_rate_radps) * load_row(lanes, c.action_row + 3);
  const F32 most(c.max_yaw_rate_radps);
  return {forward, clamp(share * follow + (one - share) * asked, -most, most)};
}

/// Speeds of the wheels; where both wishes together are too fast, the radius of the turn is kept.
HWY_INLINE void store_wheels(const control::RoverConstants& c, const Drive& drive, float* lanes) {
  const F32 turn = F32(c.half_track_m) * drive.yaw_rate_radps;
  const F32 fastest = abs(drive.speed_mps) + abs(turn);
  const F32 rim(c.rim_mps);
  const F32 scale = select(fastest > rim, rim / fastest, F32(1.0F)) * F32(c.per_radius);
  (scale * (drive.speed_mps - turn)).store(lanes + kRotorRows * kLanes);
  (scale * (drive.speed_mps + turn)).store(lanes + (kRotorRows + 1) * kLanes);
}

/// The wanted horizontal velocity towards the setpoint, no faster than the rover.
HWY_INLINE Drive approach(const control::RoverConstants& c, const float* lanes) {
  const Vec3F32 error = load_vec3(lanes, c.setpoint_row) - load_vec3(lanes, kPosition);
  const F32 gain(c.position_per_s);
  const F32 vx = gain * error.x;
  const F32 vy = gain * error.y;
  const F32 speed = sqrt(vx * vx + vy * vy);
  const F32 top(c.max_speed_mps);
  const F32 scale = select(speed > top, top / speed, F32(1.0F));
  return steer(c, lanes, scale * vx, scale * vy);
}

void rover_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  latch_positions(*static_cast<const control::RoverConstants*>(constants), blocks, first_block,
                  last_block);
}

void rover_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  const auto& c = *static_cast<const control::RoverConstants*>(constants);
  const F32 top(c.max_speed_mps);
  for (int b = first_block; b < last_block; ++b) {
    for (int lane = 0; lane < kLanes; lane += kVectorLanes) {
      float* const lanes = blocks.block(b) + lane;
      const F32 first = load_row(lanes, c.action_row);
      const F32 second = load_row(lanes, c.action_row + 1);
      if (c.level == control::RoverLevel::kDrive) {
        store_wheels(c, {top * first, F32(c.max_yaw_rate_radps) * second}, lanes);
      } else if (c.level == control::RoverLevel::kVelocity) {
        store_wheels(c, steer(c, lanes, top * first, top * second), lanes);
      } else {
        store_wheels(c, approach(c, lanes), lanes);
      }
    }
  }
}

}  // namespace volery::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volery::control {
namespace {

HWY_EXPORT(rover_window);
HWY_EXPORT(rover_tick);

void run_window(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(rover_window)(constants, blocks, first_block, last_block);
}

void run_tick(const void* constants, const Blocks& blocks, int first_block, int last_block) {
  HWY_DYNAMIC_DISPATCH(rover_tick)(constants, blocks, first_block, last_block);
}

}  // namespace

std::unique_ptr<Controller> make_rover(const ControllerContext& context, RoverLevel level) {
  const RoverConstants constants(context, level);
  return std::make_unique<KernelController<RoverConstants>>(
      constants, level == RoverLevel::kPosition ? run_window : nullptr, run_tick);
}

}  // namespace volery::control
#endif  // HWY_ONCE
