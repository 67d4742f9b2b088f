// Where in a picture solids may lie, by squares of a few pixels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/view.hpp"

namespace volery::render {

/// Pixels [x, x + width) x [y, y + height), from the lower left.
struct PixelBox {
  int x = 0, y = 0, width = 0, height = 0;
  friend constexpr bool operator==(const PixelBox&, const PixelBox&) = default;
};

class Cover {
 public:
  static constexpr int kSquare_px = 8;

  explicit Cover(const View& view);
  /// Every pixel that a ball can be seen in, and some more.
  void add_ball(Vec3 center_rel_m, float radius_m);
  /// The same of a box along the axes of the world.
  void add_box(Vec3 low_rel_m, Vec3 high_rel_m);
  /// The same of a flat convex shape.
  void add_polygon(std::span<const Vec3> corners_rel_m);
  void add_all();

  /// What was added as boxes that do not overlap; empty where nothing was.
  [[nodiscard]] std::vector<PixelBox> boxes() const;

 private:
  void add(float left_px, float bottom_px, float right_px, float top_px);
  [[nodiscard]] static int square_of(float px, int count);

  const View& view_;
  int columns_ = 0, rows_ = 0;
  std::vector<std::uint8_t> taken_;  // [rows][columns]
};

}  // namespace volery::render
