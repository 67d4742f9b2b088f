// CameraRig: how a person moves the camera. No window: hands take pixels, update() takes seconds.
//
// Orbit keeps a pivot, a distance and two angles; z is up and pitch stays within 89 degrees.
// Following moves the pivot alone, so that angle and distance stay the user's. Chase and onboard
// hang on an agent, fly goes where it is told. Changes by command ease in 150 ms; hands do not.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/types.hpp"
#include "render/frame.hpp"

namespace volery::view {

enum class CameraMode : int { kOrbit, kChase, kOnboard, kFly };
[[nodiscard]] const char* camera_mode_name(CameraMode mode) noexcept;

using Point = std::array<double, 3>;  // world, m

/// Where an orbit camera is; what is saved and eased.
struct OrbitPose {
  Point pivot_w_m{0, 0, 1};
  double distance_m = 8;
  double yaw_rad = -2.2;    // direction from the pivot to the eye, about z
  double pitch_rad = 0.45;  // above the horizon
  bool ortho = false;
  friend bool operator==(const OrbitPose&, const OrbitPose&) = default;
};

/// An agent to hang on.
struct Mount {
  Vec3 position_w_m;
  Quat quat_wb;
};

class CameraRig {
 public:
  static constexpr double kFov_rad = 0.785398163;
  static constexpr double kMaxPitch_rad = 89.0 / 180.0 * 3.14159265358979;
  static constexpr double kEase_s = 0.15;
  static constexpr double kZoomStep = 1.1;  // a notch
  static constexpr double kMinDistance_m = 0.05;
  static constexpr double kMaxDistance_m = 20000;

  // hands: pixels of a view that is `height_px` high

  void orbit(double dx_px, double dy_px, int height_px);
  void pan(double dx_px, double dy_px, int height_px);
  /// Notches > 0 come nearer. (x, y) is the cursor, -1..1 from the lower left; what lies under it
  /// at the pivot's distance stays there; the subject does while following.
  void zoom(double notches, double x, double y, double aspect);
  /// Fly: turns on the spot; forward, left, up in [-1, 1] go for dt_s.
  void look(double dx_px, double dy_px, int height_px);
  void fly(double forward, double left, double up, bool fast, double dt_s);

  // commands

  void set_mode(CameraMode mode);
  /// From -y (front), +x (right), ... : yaw and pitch of the eye.
  void look_from(double yaw_rad, double pitch_rad);
  void toggle_ortho();
  /// Puts a ball in view.
  void frame(Point center_w_m, double radius_m, double aspect);
  /// Moves the pivot, keeps distance and angles.
  void set_pivot(Point pivot_w_m);
  void go(const OrbitPose& pose);
  /// Without easing.
  void jump(const OrbitPose& pose);
  void set_eased(bool eased) noexcept { eased_ = eased; }

  /// Moves on: `followed` moves the pivot with it, mounted modes sit on `mount`. Call once a frame.
  void update(double dt_s, std::optional<Vec3> followed, std::optional<Mount> mount);

  [[nodiscard]] render::Camera camera() const;
  [[nodiscard]] CameraMode mode() const noexcept { return mode_; }
  /// What it is moving to.
  [[nodiscard]] const OrbitPose& pose() const noexcept { return goal_; }
  /// What is seen now.
  [[nodiscard]] const OrbitPose& seen() const noexcept { return seen_; }
  [[nodiscard]] double fly_speed_mps() const noexcept { return fly_speed_mps_; }
  [[nodiscard]] Point eye_w_m() const;
  /// Seconds since a hand or command moved it: software renderers rest when it is large.
  [[nodiscard]] double still_s() const noexcept { return still_s_; }

 private:
  void begin_ease();
  void moved() noexcept { still_s_ = 0; }

  CameraMode mode_ = CameraMode::kOrbit;
  OrbitPose goal_, seen_, from_;
  double ease_left_s_ = 0;
  bool eased_ = true;
  std::optional<Mount> mount_;
  bool following_ = false;
  Point follow_offset_w_m_{};  // panned away from what is followed
  Point fly_eye_w_m_{};
  double fly_yaw_rad_ = 0, fly_pitch_rad_ = 0;  // where it looks
  double fly_speed_mps_ = 4;
  double still_s_ = 0;
};

/// Saved views, walked through with [ and ].
class SavedCameras {
 public:
  static constexpr int kMost = 32;
  /// False where there is no room.
  bool save(const OrbitPose& pose);
  /// The next (+1) or previous (-1) one, around; nothing where none is saved.
  [[nodiscard]] std::optional<OrbitPose> walk(int by);
  [[nodiscard]] int current() const noexcept { return current_; }
  [[nodiscard]] const std::vector<OrbitPose>& all() const noexcept { return poses_; }
  void set_all(std::vector<OrbitPose> poses);

 private:
  std::vector<OrbitPose> poses_;
  int current_ = -1;
};

/// One line of text for a pose, and back; nothing where the text is none.
[[nodiscard]] std::string pose_text(const OrbitPose& pose);
[[nodiscard]] std::optional<OrbitPose> pose_of_text(const std::string& text);

}  // namespace volery::view
