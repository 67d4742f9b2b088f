// What beams of range sensors turn with.
#pragma once

#include <cmath>

#include "core/described.hpp"
#include "core/types.hpp"

namespace volery::sense {

enum class Mount : int { kYaw, kBody };

/// The `mount` field of range sensors.
inline void describe_mount(FieldVisitor& v, Mount& mount) {
  v.choice("mount", mount, {"yaw", "body"},
           "yaw: level beams that turn with the heading; body: beams fixed to the body");
}

/// The attitude that the beams turn with.
class Mounting {
 public:
  Mounting(Mount mount, Quat quat_wb) noexcept : mount_(mount), quat_wb_(quat_wb) {
    // the heading: the body's forward axis seen from above; east where it points straight up or
    // down
    const Vec3 forward = rotate(quat_wb, {1, 0, 0});
    const float size = std::sqrt(forward.x * forward.x + forward.y * forward.y);
    if (size > 1e-6F) {
      heading_x_ = forward.x / size;
      heading_y_ = forward.y / size;
    }
  }
  /// A unit vector of the mount in world axes.
  [[nodiscard]] Vec3 turned(Vec3 beam) const noexcept {
    if (mount_ == Mount::kBody) {
      const Vec3 v = rotate(quat_wb_, beam);
      return v * (1 / std::sqrt(dot(v, v)));
    }
    return {beam.x * heading_x_ - beam.y * heading_y_, beam.x * heading_y_ + beam.y * heading_x_,
            beam.z};
  }
  /// A world vector in the axes of the mount.
  [[nodiscard]] Vec3 turned_back(Vec3 v_w) const noexcept {
    if (mount_ == Mount::kBody) return rotate_inverse(quat_wb_, v_w);
    return {v_w.x * heading_x_ + v_w.y * heading_y_, v_w.y * heading_x_ - v_w.x * heading_y_,
            v_w.z};
  }

 private:
  Mount mount_;
  Quat quat_wb_;
  float heading_x_ = 1;
  float heading_y_ = 0;
};

}  // namespace volery::sense
