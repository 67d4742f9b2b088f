#include "flight/gpd_action.hpp"

#include <algorithm>

namespace volery::gpd {

namespace {

// A target one meter ahead where the destination is farther.
V3 next_step(V3 present, V3 destination) noexcept {
  const V3 d = destination - present;
  const double distance = norm(d);
  return distance <= 1 ? destination : present + d * (1 / distance);
}

PidTarget velocity_target(const ActionMap& map, const Drone& drone, const double* a) noexcept {
  const V3 direction{a[0], a[1], a[2]};
  const double size = norm(direction);
  PidTarget target;
  // position and yaw stay where they are, so that only the velocity is followed
  target.position_w_m = drone.position_w_m;
  target.rpy_rad = {0, 0, rpy_of(drone.quat_wb).z};
  if (size != 0) {
    target.velocity_w_mps = direction * (1 / size) * (map.speed_limit_mps * math64::abs(a[3]));
  }
  return target;
}

}  // namespace

int action_size(GpdAction action) noexcept {
  switch (action) {
    case GpdAction::kRpm:
    case GpdAction::kVel:
    case GpdAction::kMotorRpm:
      return 4;
    case GpdAction::kPid:
      return 3;
    case GpdAction::kOneDRpm:
    case GpdAction::kOneDPid:
      return 1;
  }
  return 0;
}

bool needs_pid(GpdAction action) noexcept {
  return action == GpdAction::kPid || action == GpdAction::kVel || action == GpdAction::kOneDPid;
}

ActionMap action_map(GpdAction action, const Model& model, double control_step_s) noexcept {
  ActionMap map{.action = action, .model = &model, .gains = pid_gains(GpdModel::kCf2x)};
  map.control_step_s = control_step_s;
  map.speed_limit_mps = 0.03 * model.max_speed_kmh * (1000.0 / 3600);
  return map;
}

std::array<double, kRotors> rotor_rpm(const ActionMap& map, const Drone& drone,
                                      const double* action, PidState& pid) noexcept {
  std::array<double, kRotors> rpm{};
  PidTarget target;
  switch (map.action) {
    case GpdAction::kRpm:
      for (std::size_t i = 0; i < kRotors; ++i) {
        rpm[i] = map.model->hover_rpm * (1 + 0.05 * action[i]);
      }
      return rpm;
    case GpdAction::kOneDRpm:
      rpm.fill(map.model->hover_rpm * (1 + 0.05 * action[0]));
      return rpm;
    case GpdAction::kMotorRpm:
      for (std::size_t i = 0; i < kRotors; ++i) {
        rpm[i] = map.clip_rpm ? std::clamp(action[i], 0.0, map.model->max_rpm) : action[i];
      }
      return rpm;
    case GpdAction::kPid:
      target.position_w_m = next_step(drone.position_w_m, {action[0], action[1], action[2]});
      break;
    case GpdAction::kOneDPid:
      target.position_w_m = drone.position_w_m + V3{0, 0, action[0]} * 0.1;
      break;
    case GpdAction::kVel:
      target = velocity_target(map, drone, action);
      break;
  }
  return pid_control(map.gains, map.control_step_s, drone.position_w_m, drone.quat_wb,
                     drone.velocity_w_mps, target, pid)
      .rpm;
}

}  // namespace volery::gpd
