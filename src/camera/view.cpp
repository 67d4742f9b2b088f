#include "camera/view.hpp"

#include <cmath>

#include "core/math.hpp"
#include "core/rotation.hpp"

namespace volery::camera {

namespace {

// A camera that looks along body x with body z up: x to the right is -y, y up is z, -z is x.
constexpr Quat kForward{0.5F, -0.5F, -0.5F, 0.5F};

Quat product(Quat a, Quat b) noexcept {
  return {
      a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y, a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w, a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
}

// unit to a few 1e-7, as the ray kernels want directions
Vec3 axis(Quat quat, Vec3 local) noexcept {
  const Vec3 turned = rotate(quat, local);
  return turned * (1.0F / std::sqrt(dot(turned, turned)));
}

}  // namespace

Mount::Mount(const CameraSpec& spec, int pixels_x, int pixels_y)
    : position_b_m{spec.position_b_m[0], spec.position_b_m[1], spec.position_b_m[2]},
      quat_bc(product(quat_from_rpy({spec.rpy_b_rad[0], spec.rpy_b_rad[1], spec.rpy_b_rad[2]}),
                      kForward)),
      fov_y_rad(spec.fov_y_rad),
      width(pixels_x),
      height(pixels_y),
      near_m(spec.near_m),
      far_m(spec.far_m) {
  tan_y = sin(fov_y_rad / 2) / cos(fov_y_rad / 2);
  tan_x = tan_y * static_cast<float>(width) / static_cast<float>(height);
}

View Mount::view(Vec3 position_w_m, Quat quat_wb) const noexcept {
  const Quat quat_wc = product(quat_wb, quat_bc);
  View view;
  view.eye_w_m = position_w_m + rotate(quat_wb, position_b_m);
  view.right_w = axis(quat_wc, {1, 0, 0});
  view.up_w = axis(quat_wc, {0, 1, 0});
  view.forward_w = axis(quat_wc, {0, 0, -1});
  view.tan_x = tan_x;
  view.tan_y = tan_y;
  view.width = width;
  view.height = height;
  view.near_m = near_m;
  view.far_m = far_m;
  return view;
}

render::Camera Mount::camera(Vec3 position_w_m, Quat quat_wb) const noexcept {
  render::Camera camera;
  const Vec3 eye = position_w_m + rotate(quat_wb, position_b_m);
  camera.eye_w_m = {double{eye.x}, double{eye.y}, double{eye.z}};
  camera.quat_wc = product(quat_wb, quat_bc);
  camera.fov_y_rad = fov_y_rad;
  camera.near_m = near_m;
  camera.far_m = far_m;
  return camera;
}

}  // namespace volery::camera
