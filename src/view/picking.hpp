// Picking: which agent is under the cursor. The nearest projected center within some pixels, so
// that a dot of three pixels can be picked as well as a drone that fills the view.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "render/frame.hpp"

namespace volery::view {

inline constexpr double kPickRadius_px = 12;  // at text scale 1

/// The part of the window that shows the scene, from the window's upper left, pixels.
struct ViewRect {
  double x = 0, y = 0, width = 1, height = 1;
  [[nodiscard]] double aspect() const noexcept { return height > 0 ? width / height : 1; }
  [[nodiscard]] bool holds(double px, double py) const noexcept {
    return px >= x && py >= y && px < x + width && py < y + height;
  }
};

/// Where a world point is seen, window pixels from the upper left, and how far along the view axis.
struct Projected {
  double x_px = 0, y_px = 0;
  double depth_m = 0;
};
/// Nothing for points behind the eye.
[[nodiscard]] std::optional<Projected> project(const render::Camera& camera, const ViewRect& rect,
                                               Vec3 point_w_m);

/// From the eye through a pixel: origin and unit direction.
struct Ray {
  std::array<double, 3> origin_w_m{}, direction_w{};
};
[[nodiscard]] Ray ray_through(const render::Camera& camera, const ViewRect& rect, double x_px,
                              double y_px);
/// Where it meets the plane z = height, if it does before `most_m`.
[[nodiscard]] std::optional<Vec3> meets_ground(const Ray& ray, double height_m,
                                               double most_m = 20000);

/// Index of the nearest projected body within the radius, or -1. Among those whose centers are
/// within 2 px of the best the one in front wins.
[[nodiscard]] int pick(const render::Camera& camera, const ViewRect& rect,
                       std::span<const render::Body> bodies, double x_px, double y_px,
                       double radius_px = kPickRadius_px);
/// Indices of those whose centers lie in a box between two corners.
[[nodiscard]] std::vector<int> pick_box(const render::Camera& camera, const ViewRect& rect,
                                        std::span<const render::Body> bodies, double x0_px,
                                        double y0_px, double x1_px, double y1_px);

}  // namespace volery::view
