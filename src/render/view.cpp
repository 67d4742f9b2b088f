// Matrices and planes of a camera.
#include "render/view.hpp"

#include <algorithm>
#include <cmath>

namespace volery::render {
namespace {

constexpr float kNearest_m = 0.02F;  // of a near plane that we choose

DepthRange depth_range(const Camera& camera, const Extent& extent) {
  double squared = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double d = extent.center_w_m[i] - camera.eye_w_m[i];
    squared += d * d;
  }
  // far enough for the ground to reach the horizon of fog behind everything
  const double whole = std::sqrt(squared) + extent.radius_m;
  DepthRange range;
  range.far_m = camera.far_m > 0 ? camera.far_m : static_cast<float>(std::max(2.5 * whole, 60.0));
  if (camera.near_m > 0) {
    range.near_m = camera.near_m;
  } else if (camera.height_m > 0) {
    range.near_m = -range.far_m;  // nothing is behind a drawing
  } else {
    const double least = std::max(static_cast<double>(kNearest_m), 2e-5 * range.far_m);
    range.near_m = static_cast<float>(std::clamp(0.3 * extent.nearest_m, least, 2.0));
  }
  range.far_m = std::max(range.far_m, range.near_m + 0.01F);
  return range;
}

Vec3 normalized(Vec3 v) {
  const float length = std::sqrt(dot(v, v));
  return length > 0 ? v * (1 / length) : Vec3{0, 0, 1};
}

}  // namespace

View::View(const Camera& camera, int width_px, int height_px, const Extent& extent)
    : eye_w_m(camera.eye_w_m),
      right(rotate(camera.quat_wc, {1, 0, 0})),
      up(rotate(camera.quat_wc, {0, 1, 0})),
      back(rotate(camera.quat_wc, {0, 0, 1})),
      orthographic(camera.height_m > 0),
      width(width_px),
      height(height_px) {
  const DepthRange range = depth_range(camera, extent);
  near_m = range.near_m;
  far_m = range.far_m;
  tan_y = orthographic ? camera.height_m / 2 : std::tan(camera.fov_y_rad / 2);
  tan_x = tan_y * static_cast<float>(width) / static_cast<float>(height);
  focal_px = static_cast<float>(height) / (2 * tan_y);

  // rows of the projection, applied to (right, up, back) of a point
  const float depth = far_m - near_m;
  const float z_scale = orthographic ? -2 / depth : -(far_m + near_m) / depth;
  const float z_shift = orthographic ? -(far_m + near_m) / depth : -2 * far_m * near_m / depth;
  const Vec3 rows[3] = {right * (1 / tan_x), up * (1 / tan_y), back * z_scale};
  const Vec3 last = orthographic ? Vec3{} : back * -1.0F;
  for (std::size_t row = 0; row < 3; ++row) {
    clip_from_rel[row] = rows[row].x;
    clip_from_rel[4 + row] = rows[row].y;
    clip_from_rel[8 + row] = rows[row].z;
  }
  clip_from_rel[14] = z_shift;
  clip_from_rel[3] = last.x;
  clip_from_rel[7] = last.y;
  clip_from_rel[11] = last.z;
  clip_from_rel[15] = orthographic ? 1.0F : 0.0F;

  if (orthographic) {
    planes_ = {{{right, tan_x},
                {right * -1.0F, tan_x},
                {up, tan_y},
                {up * -1.0F, tan_y},
                {back * -1.0F, -near_m},
                {back, far_m}}};
  } else {
    planes_ = {{{normalized(right - back * tan_x), 0},
                {normalized(right * -1.0F - back * tan_x), 0},
                {normalized(up - back * tan_y), 0},
                {normalized(up * -1.0F - back * tan_y), 0},
                {back * -1.0F, -near_m},
                {back, far_m}}};
  }
}

bool View::sees(Vec3 center_rel_m, float radius_m) const noexcept {
  return std::all_of(planes_.begin(), planes_.end(), [&](const Plane& plane) {
    return dot(plane.normal, center_rel_m) + plane.offset_m >= -radius_m;
  });
}

bool View::sees_box(Vec3 low_rel_m, Vec3 high_rel_m) const noexcept {
  return std::all_of(planes_.begin(), planes_.end(), [&](const Plane& plane) {
    // the corner that is farthest along the normal
    const Vec3 corner{plane.normal.x > 0 ? high_rel_m.x : low_rel_m.x,
                      plane.normal.y > 0 ? high_rel_m.y : low_rel_m.y,
                      plane.normal.z > 0 ? high_rel_m.z : low_rel_m.z};
    return dot(plane.normal, corner) + plane.offset_m >= 0;
  });
}

float View::pixels_per_m(Vec3 rel_m) const noexcept {
  return orthographic ? focal_px : focal_px / std::max(distance_m(rel_m), near_m);
}

bool View::project(Vec3 rel_m, float& x_px, float& y_px) const noexcept {
  const float distance = distance_m(rel_m);
  if (!orthographic && distance < near_m) return false;
  const float scale = orthographic ? focal_px : focal_px / distance;
  x_px = static_cast<float>(width) / 2 + dot(rel_m, right) * scale;
  y_px = static_cast<float>(height) / 2 + dot(rel_m, up) * scale;
  return true;
}

}  // namespace volery::render
