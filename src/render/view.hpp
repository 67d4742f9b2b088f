// A camera prepared for drawing: matrices, what it can see, how large things look. Everything is
// relative to the eye, subtracted in double, so that a picture 10 km from the origin does not
// tremble.
#pragma once

#include <array>

#include "core/types.hpp"
#include "render/frame.hpp"

namespace volery::render {

/// Near and far plane where the camera leaves them to us.
struct DepthRange {
  float near_m = 0.1F;
  float far_m = 100;
};

/// A sphere around everything that matters, and how near the nearest of it is.
struct Extent {
  std::array<double, 3> center_w_m{};
  double radius_m = 1;
  double nearest_m = 1;  // from the eye to the nearest surface
};

struct View {
  View(const Camera& camera, int width, int height, const Extent& extent);

  [[nodiscard]] Vec3 relative(Vec3 position_w_m) const noexcept {
    return {static_cast<float>(static_cast<double>(position_w_m.x) - eye_w_m[0]),
            static_cast<float>(static_cast<double>(position_w_m.y) - eye_w_m[1]),
            static_cast<float>(static_cast<double>(position_w_m.z) - eye_w_m[2])};
  }
  /// Whether any of a ball is between the planes of the view.
  [[nodiscard]] bool sees(Vec3 center_rel_m, float radius_m) const noexcept;
  /// Whether any of a box is (an axis-aligned one; says yes to a few that are not).
  [[nodiscard]] bool sees_box(Vec3 low_rel_m, Vec3 high_rel_m) const noexcept;
  /// Along the axis of view.
  [[nodiscard]] float distance_m(Vec3 rel_m) const noexcept { return -dot(rel_m, back); }
  /// Pixels that a meter takes up at that place.
  [[nodiscard]] float pixels_per_m(Vec3 rel_m) const noexcept;
  /// Pixels from the lower left; false behind the eye.
  [[nodiscard]] bool project(Vec3 rel_m, float& x_px, float& y_px) const noexcept;

  std::array<double, 3> eye_w_m{};
  Vec3 right, up, back;
  std::array<float, 16> clip_from_rel{};  // column by column
  float near_m = 0, far_m = 0;
  float tan_x = 0, tan_y = 0;  // of half the angles; orthographic: half width, half height (m)
  float focal_px = 0;          // pixels per radian in the middle; orthographic: per meter
  bool orthographic = false;
  int width = 0, height = 0;

 private:
  struct Plane {
    Vec3 normal;  // inwards, unit
    float offset_m = 0;
  };
  std::array<Plane, 6> planes_;
};

}  // namespace volery::render
