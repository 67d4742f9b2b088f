// View: where a camera is at one moment and which ray each pixel stands for.
#pragma once

#include "core/types.hpp"
#include "model/vehicle_camera.hpp"
#include "render/frame.hpp"

namespace volery::camera {

/// A pinhole with square pixels. Row 0 is the top of the picture; the ray of a pixel goes through
/// its center.
struct View {
  Vec3 eye_w_m;
  Vec3 right_w, up_w, forward_w;  // unit vectors; forward is the optical axis
  float tan_x = 1, tan_y = 1;     // of half the angles from edge to edge
  int width = 1, height = 1;      // pixels
  float near_m = 0.02F, far_m = 100;

  /// Where the ray of a pixel goes: forward_w has length 1 in it.
  [[nodiscard]] Vec3 ray_w(float column, float row) const noexcept {
    const float x = (2 * (column + 0.5F) / static_cast<float>(width) - 1) * tan_x;
    const float y = (1 - 2 * (row + 0.5F) / static_cast<float>(height)) * tan_y;
    return right_w * x + up_w * y + forward_w;
  }
};

/// How a camera sits on its vehicle, its angles worked out once.
struct Mount {
  Vec3 position_b_m;
  Quat quat_bc;  // from render::Camera's axes (x right, y up, looks along -z) into the body's
  float tan_x = 1, tan_y = 1;
  float fov_y_rad = 1;
  int width = 1, height = 1;
  float near_m = 0.02F, far_m = 100;

  Mount() = default;
  /// `width` and `height` in pixels replace those of the spec; its fov_y_rad stays.
  Mount(const CameraSpec& spec, int width, int height);

  [[nodiscard]] View view(Vec3 position_w_m, Quat quat_wb) const noexcept;
  [[nodiscard]] render::Camera camera(Vec3 position_w_m, Quat quat_wb) const noexcept;
};

}  // namespace volery::camera
