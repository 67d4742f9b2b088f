// What commands do to the camera.
#include <algorithm>
#include <cmath>

#include "view/session.hpp"

namespace volery::view {

namespace {

constexpr double kHalfPi = 1.57079632679489662;

// Where the eye goes for the views along an axis.
struct AxisView {
  Command command;
  double yaw_rad, pitch_rad;
};
constexpr AxisView kAxisViews[] = {
    {Command::kFront, -kHalfPi, 0},
    {Command::kBack, kHalfPi, 0},
    {Command::kRight, 0, 0},
    {Command::kLeft, 2 * kHalfPi, 0},
    // from above north is up
    {Command::kTop, -kHalfPi, CameraRig::kMaxPitch_rad},
    {Command::kBottom, -kHalfPi, -CameraRig::kMaxPitch_rad},
};

// A box around points.
struct Around {
  Point low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
  [[nodiscard]] bool empty() const { return low[0] > high[0]; }
  void include(Vec3 p, double radius_m) {
    const double xyz[3] = {static_cast<double>(p.x), static_cast<double>(p.y),
                           static_cast<double>(p.z)};
    for (const double v : xyz) {
      if (!std::isfinite(v) || std::fabs(v) > 1e5) return;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      low[i] = std::min(low[i], xyz[i] - radius_m);
      high[i] = std::max(high[i], xyz[i] + radius_m);
    }
  }
  void show(CameraRig& rig, double aspect) const {
    Point center{};
    double radius2 = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      center[i] = (low[i] + high[i]) / 2;
      radius2 += (high[i] - low[i]) * (high[i] - low[i]) / 4;
    }
    if (rig.mode() != CameraMode::kOrbit) rig.set_mode(CameraMode::kOrbit);
    rig.frame(center, std::sqrt(radius2), aspect);
  }
};

}  // namespace

bool Session::apply_view(Command command) {
  for (const AxisView& axis : kAxisViews) {
    if (axis.command != command) continue;
    rig_.set_mode(CameraMode::kOrbit);
    rig_.look_from(axis.yaw_rad, axis.pitch_rad);
    return true;
  }
  switch (command) {
    case Command::kFrame:
      frame_subject();
      break;
    case Command::kFollow:
      set_follow(!following_);
      break;
    case Command::kChaseOnboard:
      if (subject() < 0) select(0);
      following_ = true;
      // orbit, chase, onboard, orbit
      rig_.set_mode(rig_.mode() == CameraMode::kChase     ? CameraMode::kOnboard
                    : rig_.mode() == CameraMode::kOnboard ? CameraMode::kOrbit
                                                          : CameraMode::kChase);
      break;
    case Command::kFly:
      following_ = false;
      rig_.set_mode(rig_.mode() == CameraMode::kFly ? CameraMode::kOrbit : CameraMode::kFly);
      break;
    case Command::kOrtho:
      rig_.toggle_ortho();
      break;
    case Command::kHome:
      following_ = false;
      clear_selection();
      rig_.set_mode(CameraMode::kOrbit);
      rig_.look_from(OrbitPose{}.yaw_rad, OrbitPose{}.pitch_rad);
      frame_all();
      break;
    case Command::kWorldGrid:
      if (driver_->num_worlds() < 2) {
        say("There is one world: start with --worlds 16");
      } else {
        world_grid_ = !world_grid_;
      }
      break;
    default:
      return apply_saved_camera(command);
  }
  return true;
}

bool Session::apply_saved_camera(Command command) {
  if (command == Command::kSaveCamera) {
    say(saved_.save(rig_.pose())
            ? "Camera " + std::to_string(saved_.all().size()) + " saved: [ and ] go through them"
            : "No more than " + std::to_string(SavedCameras::kMost) + " cameras");
    requests_.save_layout = true;
    return true;
  }
  if (command != Command::kPreviousCamera && command != Command::kNextCamera) return false;
  if (const auto pose = saved_.walk(command == Command::kNextCamera ? 1 : -1)) {
    following_ = false;
    rig_.set_mode(CameraMode::kOrbit);
    rig_.go(*pose);
    say("Camera " + std::to_string(saved_.current() + 1) + " of " +
        std::to_string(saved_.all().size()));
  } else {
    say("No saved camera: Ctrl+[ saves this one");
  }
  return true;
}

// The selection in view, or everything.
void Session::frame_subject() {
  Around around;
  for (const int agent : selection_.agents) {
    const AgentPose& pose = moment_.agents[static_cast<std::size_t>(agent)];
    if (pose.present) around.include(pose.position_w_m, 0.4);
  }
  if (around.empty()) return frame_all();
  around.show(rig_, view_.aspect());
}

void Session::frame_all() {
  Around around;
  for (const AgentPose& agent : moment_.agents) {
    if (agent.present) around.include(agent.position_w_m, 0.3);
  }
  for (const PropPose& prop : moment_.props) {
    if (prop.present) around.include(prop.position_w_m, 0.3);
  }
  for (const Vec3 goal : moment_.goals_w_m) around.include(goal, 0.2);
  for (const Landmark& landmark : moment_.landmarks) {
    around.include(landmark.position_w_m, static_cast<double>(landmark.radius_m));
  }
  if (around.empty()) around.include({0, 0, 1}, 2);
  // the ground below tells the height
  if (around.low[2] > 0 && around.low[2] < 10) around.low[2] = 0;
  around.show(rig_, view_.aspect());
}

}  // namespace volery::view
