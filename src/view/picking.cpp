// Projection and its inverse.
#include "view/picking.hpp"

#include <algorithm>
#include <cmath>

namespace volery::view {

namespace {

constexpr double kTie_px = 2;

// Of the picture's half height, per meter of depth (perspective) or in all (orthographic).
double half_height(const render::Camera& camera, double depth_m) {
  if (camera.height_m > 0) return static_cast<double>(camera.height_m) / 2;
  return depth_m * std::tan(static_cast<double>(camera.fov_y_rad) / 2);
}

}  // namespace

std::optional<Projected> project(const render::Camera& camera, const ViewRect& rect,
                                 Vec3 point_w_m) {
  const Vec3 from_eye{static_cast<float>(static_cast<double>(point_w_m.x) - camera.eye_w_m[0]),
                      static_cast<float>(static_cast<double>(point_w_m.y) - camera.eye_w_m[1]),
                      static_cast<float>(static_cast<double>(point_w_m.z) - camera.eye_w_m[2])};
  const Vec3 seen = rotate_inverse(camera.quat_wc, from_eye);
  const double depth = -static_cast<double>(seen.z);
  if (depth <= 0) return std::nullopt;
  const double half = half_height(camera, depth);
  const double x = static_cast<double>(seen.x) / (half * rect.aspect());
  const double y = static_cast<double>(seen.y) / half;
  return Projected{rect.x + (x + 1) / 2 * rect.width, rect.y + (1 - y) / 2 * rect.height, depth};
}

Ray ray_through(const render::Camera& camera, const ViewRect& rect, double x_px, double y_px) {
  const double x = (x_px - rect.x) / rect.width * 2 - 1;
  const double y = 1 - (y_px - rect.y) / rect.height * 2;
  const double half = half_height(camera, 1);
  const auto right = static_cast<float>(x * half * rect.aspect());
  const auto up = static_cast<float>(y * half);
  Ray ray{camera.eye_w_m, {}};
  Vec3 direction = rotate(camera.quat_wc, {right, up, -1});
  if (camera.height_m > 0) {
    const Vec3 shift = rotate(camera.quat_wc, {right, up, 0});
    ray.origin_w_m = {camera.eye_w_m[0] + static_cast<double>(shift.x),
                      camera.eye_w_m[1] + static_cast<double>(shift.y),
                      camera.eye_w_m[2] + static_cast<double>(shift.z)};
    direction = rotate(camera.quat_wc, {0, 0, -1});
  }
  const double length = std::sqrt(static_cast<double>(dot(direction, direction)));
  ray.direction_w = {static_cast<double>(direction.x) / length,
                     static_cast<double>(direction.y) / length,
                     static_cast<double>(direction.z) / length};
  return ray;
}

std::optional<Vec3> meets_ground(const Ray& ray, double height_m, double most_m) {
  if (std::fabs(ray.direction_w[2]) < 1e-9) return std::nullopt;
  const double t = (height_m - ray.origin_w_m[2]) / ray.direction_w[2];
  if (t <= 0 || t > most_m) return std::nullopt;
  return Vec3{static_cast<float>(ray.origin_w_m[0] + t * ray.direction_w[0]),
              static_cast<float>(ray.origin_w_m[1] + t * ray.direction_w[1]),
              static_cast<float>(height_m)};
}

int pick(const render::Camera& camera, const ViewRect& rect, std::span<const render::Body> bodies,
         double x_px, double y_px, double radius_px) {
  int best = -1;
  double best_px = radius_px, best_depth_m = 0;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto seen = project(camera, rect, bodies[i].position_w_m);
    if (!seen) continue;
    const double away_px = std::hypot(seen->x_px - x_px, seen->y_px - y_px);
    const bool nearer = away_px < best_px - (best >= 0 ? kTie_px : 0);
    const bool in_front = best >= 0 && away_px <= best_px + kTie_px && seen->depth_m < best_depth_m;
    if (away_px > radius_px || !(nearer || in_front)) continue;
    best = static_cast<int>(i);
    best_px = away_px;
    best_depth_m = seen->depth_m;
  }
  return best;
}

std::vector<int> pick_box(const render::Camera& camera, const ViewRect& rect,
                          std::span<const render::Body> bodies, double x0_px, double y0_px,
                          double x1_px, double y1_px) {
  if (x0_px > x1_px) std::swap(x0_px, x1_px);
  if (y0_px > y1_px) std::swap(y0_px, y1_px);
  std::vector<int> found;
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const auto seen = project(camera, rect, bodies[i].position_w_m);
    if (!seen) continue;
    if (seen->x_px < x0_px || seen->x_px > x1_px || seen->y_px < y0_px || seen->y_px > y1_px) {
      continue;
    }
    found.push_back(static_cast<int>(i));
  }
  return found;
}

}  // namespace volery::view
