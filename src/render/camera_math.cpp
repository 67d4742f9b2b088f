// Cameras from points.
#include <cmath>

#include "render/frame.hpp"

namespace volery::render {

namespace {

using Vector = std::array<double, 3>;

Vector unit(Vector v) {
  const double length = std::sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
  return {v[0] / length, v[1] / length, v[2] / length};
}

Vector cross_product(Vector a, Vector b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

// The rotation whose columns are x, y, z (Shepperd's method, largest component first).
Quat from_axes(Vector x, Vector y, Vector z) {
  const double m00 = x[0], m11 = y[1], m22 = z[2];
  const double squares[4] = {1 + m00 - m11 - m22, 1 - m00 + m11 - m22, 1 - m00 - m11 + m22,
                             1 + m00 + m11 + m22};
  int largest = 0;
  for (int i = 1; i < 4; ++i) {
    if (squares[i] > squares[largest]) largest = i;
  }
  const double twice = std::sqrt(squares[largest]);
  const double s = 0.5 / twice;
  double q[4];
  const double xy = x[1] + y[0], xz = x[2] + z[0], yz = y[2] + z[1];
  const double wx = y[2] - z[1], wy = z[0] - x[2], wz = x[1] - y[0];
  switch (largest) {
    case 0:
      q[0] = twice / 2, q[1] = xy * s, q[2] = xz * s, q[3] = wx * s;
      break;
    case 1:
      q[0] = xy * s, q[1] = twice / 2, q[2] = yz * s, q[3] = wy * s;
      break;
    case 2:
      q[0] = xz * s, q[1] = yz * s, q[2] = twice / 2, q[3] = wz * s;
      break;
    default:
      q[0] = wx * s, q[1] = wy * s, q[2] = wz * s, q[3] = twice / 2;
      break;
  }
  return {static_cast<float>(q[0]), static_cast<float>(q[1]), static_cast<float>(q[2]),
          static_cast<float>(q[3])};
}

}  // namespace

Camera look_at(std::array<double, 3> eye_w_m, std::array<double, 3> target_w_m, float fov_y_rad) {
  Camera camera;
  camera.eye_w_m = eye_w_m;
  camera.fov_y_rad = fov_y_rad;
  const Vector back{eye_w_m[0] - target_w_m[0], eye_w_m[1] - target_w_m[1],
                    eye_w_m[2] - target_w_m[2]};
  const double across = std::sqrt(back[0] * back[0] + back[1] * back[1]);
  const double distance = std::sqrt(across * across + back[2] * back[2]);
  if (!(distance > 0)) return camera;
  const Vector z = unit(back);
  // within a thousandth of the vertical the horizon is no guide: north is up
  const Vector up = across < 1e-3 * distance ? Vector{0, 1, 0} : Vector{0, 0, 1};
  const Vector x = unit(cross_product(up, z));
  camera.quat_wc = from_axes(x, cross_product(z, x), z);
  return camera;
}

Quat standing_along(Vec3 axis_w) noexcept {
  // the shortest turn from z: half way between the two, (cross, 1 + dot) normalized
  const float w = 1 + axis_w.z;
  if (w < 1e-6F) return {1, 0, 0, 0};
  const float scale = 1 / std::sqrt(axis_w.x * axis_w.x + axis_w.y * axis_w.y + w * w);
  return {-axis_w.y * scale, axis_w.x * scale, 0, w * scale};
}

}  // namespace volery::render
