// Orbit, pan, zoom, chase, onboard and fly.
#include "view/camera_rig.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace volery::view {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kTurnPerHeight_rad = kPi;  // half a turn for a drag over the height of the view
constexpr double kChaseBehind_m = 2.5, kChaseAbove_m = 1;
constexpr double kFlyFast = 4;

Point plus(Point a, Point b, double scale) {
  return {a[0] + b[0] * scale, a[1] + b[1] * scale, a[2] + b[2] * scale};
}

Point direction(double yaw_rad, double pitch_rad) {
  return {std::cos(pitch_rad) * std::cos(yaw_rad), std::cos(pitch_rad) * std::sin(yaw_rad),
          std::sin(pitch_rad)};
}

// to the right and up in the picture of an eye that is in that direction of the pivot
Point right_of(double yaw_rad) {
  return {-std::sin(yaw_rad), std::cos(yaw_rad), 0};
}
Point up_of(double yaw_rad, double pitch_rad) {
  return {-std::sin(pitch_rad) * std::cos(yaw_rad), -std::sin(pitch_rad) * std::sin(yaw_rad),
          std::cos(pitch_rad)};
}

double clamped_pitch(double pitch_rad) {
  return std::clamp(pitch_rad, -CameraRig::kMaxPitch_rad, CameraRig::kMaxPitch_rad);
}

Point to_point(Vec3 v) {
  return {static_cast<double>(v.x), static_cast<double>(v.y), static_cast<double>(v.z)};
}

double yaw_of(Quat q) {
  const Vec3 x = rotate(q, {1, 0, 0});
  return std::atan2(static_cast<double>(x.y), static_cast<double>(x.x));
}

Quat product(Quat a, Quat b) {
  return {
      a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y, a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w, a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
}

double mixed(double a, double b, double share) {
  return a + (b - a) * share;
}

}  // namespace

const char* camera_mode_name(CameraMode mode) noexcept {
  switch (mode) {
    case CameraMode::kChase:
      return "chase";
    case CameraMode::kOnboard:
      return "onboard";
    case CameraMode::kFly:
      return "fly";
    case CameraMode::kOrbit:
      break;
  }
  return "orbit";
}

void CameraRig::orbit(double dx_px, double dy_px, int height_px) {
  const double turn = kTurnPerHeight_rad / std::max(1, height_px);
  goal_.yaw_rad -= dx_px * turn;
  goal_.pitch_rad = clamped_pitch(goal_.pitch_rad + dy_px * turn);
  seen_ = goal_, ease_left_s_ = 0;
  moved();
}

void CameraRig::pan(double dx_px, double dy_px, int height_px) {
  const double m_per_px = 2 * goal_.distance_m * std::tan(kFov_rad / 2) / std::max(1, height_px);
  Point shift = plus({}, right_of(goal_.yaw_rad), -dx_px * m_per_px);
  shift = plus(shift, up_of(goal_.yaw_rad, goal_.pitch_rad), dy_px * m_per_px);
  goal_.pivot_w_m = plus(goal_.pivot_w_m, shift, 1);
  follow_offset_w_m_ = plus(follow_offset_w_m_, shift, 1);
  seen_ = goal_, ease_left_s_ = 0;
  moved();
}

void CameraRig::zoom(double notches, double x, double y, double aspect) {
  moved();
  if (mode_ == CameraMode::kFly) {
    fly_speed_mps_ = std::clamp(fly_speed_mps_ * std::pow(kZoomStep, notches), 0.1, 1000.0);
    return;
  }
  const double before = goal_.distance_m;
  goal_.distance_m =
      std::clamp(before * std::pow(kZoomStep, -notches), kMinDistance_m, kMaxDistance_m);
  // the subject stays where it is
  if (following_) x = y = 0;
  // what is under the cursor moves by the change of half the height of the picture at the pivot
  const double shift = (before - goal_.distance_m) * std::tan(kFov_rad / 2);
  goal_.pivot_w_m = plus(goal_.pivot_w_m, right_of(goal_.yaw_rad), shift * x * aspect);
  goal_.pivot_w_m = plus(goal_.pivot_w_m, up_of(goal_.yaw_rad, goal_.pitch_rad), shift * y);
  seen_ = goal_, ease_left_s_ = 0;
}

void CameraRig::look(double dx_px, double dy_px, int height_px) {
  const double turn = kTurnPerHeight_rad / std::max(1, height_px) / 2;
  fly_yaw_rad_ -= dx_px * turn;
  fly_pitch_rad_ = clamped_pitch(fly_pitch_rad_ - dy_px * turn);
  moved();
}

void CameraRig::fly(double forward, double left, double up, bool fast, double dt_s) {
  if (forward == 0 && left == 0 && up == 0) return;
  const double step = fly_speed_mps_ * (fast ? kFlyFast : 1) * dt_s;
  fly_eye_w_m_ = plus(fly_eye_w_m_, direction(fly_yaw_rad_, fly_pitch_rad_), forward * step);
  // to the left of where it looks
  fly_eye_w_m_ = plus(fly_eye_w_m_, right_of(fly_yaw_rad_), left * step);
  fly_eye_w_m_[2] += up * step;
  moved();
}

void CameraRig::set_mode(CameraMode mode) {
  if (mode == mode_) return;
  if (mode == CameraMode::kFly) {
    // from where the eye is, looking at what it looks at
    fly_eye_w_m_ = eye_w_m();
    fly_yaw_rad_ = seen_.yaw_rad + kPi;
    fly_pitch_rad_ = -seen_.pitch_rad;
  } else if (mode_ == CameraMode::kFly) {
    // the pivot is put in front of where the eye was flown to
    goal_.yaw_rad = fly_yaw_rad_ - kPi;
    goal_.pitch_rad = -fly_pitch_rad_;
    goal_.pivot_w_m = plus(fly_eye_w_m_, direction(fly_yaw_rad_, fly_pitch_rad_), goal_.distance_m);
    seen_ = goal_, ease_left_s_ = 0;
  }
  mode_ = mode;
  moved();
}

void CameraRig::begin_ease() {
  from_ = seen_;
  ease_left_s_ = eased_ ? kEase_s : 0;
  if (!eased_) seen_ = goal_;
  moved();
}

void CameraRig::look_from(double yaw_rad, double pitch_rad) {
  // the short way around
  const double turns = std::round((seen_.yaw_rad - yaw_rad) / (2 * kPi));
  goal_.yaw_rad = yaw_rad + turns * 2 * kPi;
  goal_.pitch_rad = clamped_pitch(pitch_rad);
  begin_ease();
}

void CameraRig::toggle_ortho() {
  goal_.ortho = !goal_.ortho;
  begin_ease();
}

void CameraRig::frame(Point center_w_m, double radius_m, double aspect) {
  goal_.pivot_w_m = center_w_m;
  const double half = std::atan(std::tan(kFov_rad / 2) * std::min(1.0, aspect));
  goal_.distance_m = std::clamp(radius_m / std::sin(half), 0.5, kMaxDistance_m);
  begin_ease();
}

void CameraRig::set_pivot(Point pivot_w_m) {
  goal_.pivot_w_m = pivot_w_m;
  begin_ease();
}

void CameraRig::go(const OrbitPose& pose) {
  goal_ = pose;
  const double turns = std::round((seen_.yaw_rad - pose.yaw_rad) / (2 * kPi));
  goal_.yaw_rad += turns * 2 * kPi;
  begin_ease();
}

void CameraRig::jump(const OrbitPose& pose) {
  goal_ = seen_ = pose;
  ease_left_s_ = 0;
  moved();
}

void CameraRig::update(double dt_s, std::optional<Vec3> followed, std::optional<Mount> mount) {
  still_s_ += dt_s;
  if (followed) {
    if (!following_) {
      follow_offset_w_m_ = {};
      begin_ease();
    }
    goal_.pivot_w_m = plus(to_point(*followed), follow_offset_w_m_, 1);
    // while easing the way ends where it is now
    if (ease_left_s_ <= 0) seen_.pivot_w_m = goal_.pivot_w_m;
  }
  following_ = followed.has_value();
  mount_ = mount;
  if (ease_left_s_ <= 0) return;
  ease_left_s_ = std::max(0.0, ease_left_s_ - dt_s);
  const double t = 1 - ease_left_s_ / kEase_s;
  const double share = t * t * (3 - 2 * t);
  for (std::size_t i = 0; i < 3; ++i) {
    seen_.pivot_w_m[i] = mixed(from_.pivot_w_m[i], goal_.pivot_w_m[i], share);
  }
  seen_.distance_m = mixed(from_.distance_m, goal_.distance_m, share);
  seen_.yaw_rad = mixed(from_.yaw_rad, goal_.yaw_rad, share);
  seen_.pitch_rad = mixed(from_.pitch_rad, goal_.pitch_rad, share);
  seen_.ortho = goal_.ortho;
  if (ease_left_s_ <= 0) seen_ = goal_;
  moved();
}

Point CameraRig::eye_w_m() const {
  if (mode_ == CameraMode::kFly) return fly_eye_w_m_;
  if (mode_ == CameraMode::kOnboard && mount_) {
    return to_point(mount_->position_w_m + rotate(mount_->quat_wb, {0.05F, 0, 0.02F}));
  }
  if (mode_ == CameraMode::kChase && mount_) {
    Point eye = to_point(mount_->position_w_m);
    eye = plus(eye, direction(yaw_of(mount_->quat_wb), 0), -kChaseBehind_m);
    eye[2] += kChaseAbove_m;
    return eye;
  }
  return plus(seen_.pivot_w_m, direction(seen_.yaw_rad, seen_.pitch_rad), seen_.distance_m);
}

render::Camera CameraRig::camera() const {
  const Point eye = eye_w_m();
  const auto fov = static_cast<float>(kFov_rad);
  if (mode_ == CameraMode::kFly) {
    return render::look_at(eye, plus(eye, direction(fly_yaw_rad_, fly_pitch_rad_), 1), fov);
  }
  if (mode_ == CameraMode::kOnboard && mount_) {
    // camera x, y, z are body -y, z, -x: it looks along body x
    render::Camera camera;
    camera.eye_w_m = eye;
    camera.fov_y_rad = 1.4F;
    camera.quat_wc = product(mount_->quat_wb, {0.5F, -0.5F, -0.5F, 0.5F});
    return camera;
  }
  if (mode_ == CameraMode::kChase && mount_) {
    Point target = to_point(mount_->position_w_m);
    target[2] += 0.2;
    return render::look_at(eye, target, fov);
  }
  render::Camera camera = render::look_at(eye, seen_.pivot_w_m, fov);
  if (seen_.ortho) {
    camera.height_m = static_cast<float>(2 * seen_.distance_m * std::tan(kFov_rad / 2));
  }
  return camera;
}

bool SavedCameras::save(const OrbitPose& pose) {
  if (static_cast<int>(poses_.size()) >= kMost) return false;
  poses_.push_back(pose);
  current_ = static_cast<int>(poses_.size()) - 1;
  return true;
}

std::optional<OrbitPose> SavedCameras::walk(int by) {
  if (poses_.empty()) return std::nullopt;
  const auto count = static_cast<int>(poses_.size());
  current_ = current_ < 0 ? (by > 0 ? 0 : count - 1) : (current_ + by + count) % count;
  return poses_[static_cast<std::size_t>(current_)];
}

void SavedCameras::set_all(std::vector<OrbitPose> poses) {
  poses_ = std::move(poses);
  if (poses_.size() > kMost) poses_.resize(kMost);
  current_ = -1;
}

std::string pose_text(const OrbitPose& pose) {
  char text[160];
  std::snprintf(text, sizeof text, "%.4f %.4f %.4f %.4f %.5f %.5f %d", pose.pivot_w_m[0],
                pose.pivot_w_m[1], pose.pivot_w_m[2], pose.distance_m, pose.yaw_rad, pose.pitch_rad,
                pose.ortho ? 1 : 0);
  return text;
}

std::optional<OrbitPose> pose_of_text(const std::string& text) {
  OrbitPose pose;
  int ortho = 0;
  char rest = 0;
  const int read = std::sscanf(text.c_str(), "%lf %lf %lf %lf %lf %lf %d %c", &pose.pivot_w_m[0],
                               &pose.pivot_w_m[1], &pose.pivot_w_m[2], &pose.distance_m,
                               &pose.yaw_rad, &pose.pitch_rad, &ortho, &rest);
  bool fine = read == 7 && pose.distance_m >= CameraRig::kMinDistance_m &&
              pose.distance_m <= CameraRig::kMaxDistance_m;
  for (const double v :
       {pose.pivot_w_m[0], pose.pivot_w_m[1], pose.pivot_w_m[2], pose.yaw_rad, pose.pitch_rad}) {
    fine = fine && std::isfinite(v);
  }
  if (!fine) return std::nullopt;
  pose.ortho = ortho != 0;
  pose.pitch_rad = clamped_pitch(pose.pitch_rad);
  return pose;
}

}  // namespace volery::view
