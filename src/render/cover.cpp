// Bounds of solids in pixels.
#include "render/cover.hpp"

#include <algorithm>
#include <cmath>

namespace volery::render {
namespace {

constexpr float kSlack_px = 1;  // samples lie beside the middle of their pixel

}  // namespace

Cover::Cover(const View& view)
    : view_(view),
      columns_((view.width + kSquare_px - 1) / kSquare_px),
      rows_((view.height + kSquare_px - 1) / kSquare_px),
      taken_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), 0) {}

void Cover::add_all() {
  std::fill(taken_.begin(), taken_.end(), std::uint8_t{1});
}

int Cover::square_of(float px, int count) {
  const float at = std::floor(px / static_cast<float>(kSquare_px));
  return static_cast<int>(std::clamp(at, -1.0F, static_cast<float>(count)));
}

void Cover::add(float left_px, float bottom_px, float right_px, float top_px) {
  const int left = std::max(0, square_of(left_px - kSlack_px, columns_));
  const int right = std::min(columns_ - 1, square_of(right_px + kSlack_px, columns_));
  const int bottom = std::max(0, square_of(bottom_px - kSlack_px, rows_));
  const int top = std::min(rows_ - 1, square_of(top_px + kSlack_px, rows_));
  for (int row = bottom; row <= top; ++row) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(row) * columns_;
    if (left <= right) {
      std::fill(taken_.begin() + first + left, taken_.begin() + first + right + 1, std::uint8_t{1});
    }
  }
}

void Cover::add_ball(Vec3 center_rel_m, float radius_m) {
  const float distance = view_.distance_m(center_rel_m);
  const float right = dot(center_rel_m, view_.right), up = dot(center_rel_m, view_.up);
  float x = right, y = up, wide = radius_m, high = radius_m;
  if (!view_.orthographic) {
    if (distance - radius_m < view_.near_m) return add_all();
    // a slope a of a line through the eye touches the ball where |c - a d| = r sqrt(1 + a^2)
    const float square = distance * distance - radius_m * radius_m;
    const auto slopes = [&](float across, float& middle, float& reach) {
      middle = across * distance / square;
      reach = radius_m * std::sqrt(std::max(0.0F, square + across * across)) / square;
    };
    slopes(right, x, wide);
    slopes(up, y, high);
  }
  const float middle_x = static_cast<float>(view_.width) / 2 + x * view_.focal_px;
  const float middle_y = static_cast<float>(view_.height) / 2 + y * view_.focal_px;
  add(middle_x - wide * view_.focal_px, middle_y - high * view_.focal_px,
      middle_x + wide * view_.focal_px, middle_y + high * view_.focal_px);
}

void Cover::add_box(Vec3 low_rel_m, Vec3 high_rel_m) {
  float left = 1e9F, bottom = 1e9F, right = -1e9F, top = -1e9F;
  for (int corner = 0; corner < 8; ++corner) {
    float x = 0, y = 0;
    const Vec3 at{(corner & 1) != 0 ? high_rel_m.x : low_rel_m.x,
                  (corner & 2) != 0 ? high_rel_m.y : low_rel_m.y,
                  (corner & 4) != 0 ? high_rel_m.z : low_rel_m.z};
    if (!view_.project(at, x, y)) return add_all();
    left = std::min(left, x), right = std::max(right, x);
    bottom = std::min(bottom, y), top = std::max(top, y);
  }
  add(left, bottom, right, top);
}

void Cover::add_polygon(std::span<const Vec3> corners_rel_m) {
  // what is in front of the eye, in pixels
  struct Point {
    float x = 0, y = 0;
  };
  std::vector<Point> points;
  const auto put = [&](Vec3 at) {
    const float scale = view_.orthographic ? view_.focal_px : view_.focal_px / view_.distance_m(at);
    points.push_back({static_cast<float>(view_.width) / 2 + dot(at, view_.right) * scale,
                      static_cast<float>(view_.height) / 2 + dot(at, view_.up) * scale});
  };
  const std::size_t count = corners_rel_m.size();
  for (std::size_t i = 0; i < count; ++i) {
    const Vec3 a = corners_rel_m[i], b = corners_rel_m[(i + 1) % count];
    const float in_a = view_.distance_m(a) - view_.near_m,
                in_b = view_.distance_m(b) - view_.near_m;
    if (view_.orthographic || in_a >= 0) put(a);
    if (!view_.orthographic && (in_a < 0) != (in_b < 0)) put(a + (b - a) * (in_a / (in_a - in_b)));
  }
  // row by row of squares, from where to where it reaches there
  const auto size = static_cast<float>(kSquare_px);
  for (int row = 0; row < rows_; ++row) {
    const float low = static_cast<float>(row) * size - kSlack_px, high = low + size + 2 * kSlack_px;
    float left = 1e9F, right = -1e9F;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Point a = points[i], b = points[(i + 1) % points.size()];
      if (std::max(a.y, b.y) < low || std::min(a.y, b.y) > high) continue;
      const auto x_at = [&](float y) {
        return a.y == b.y ? a.x
                          : a.x + (b.x - a.x) * std::clamp((y - a.y) / (b.y - a.y), 0.0F, 1.0F);
      };
      for (const float x : {x_at(low), x_at(high)})
        left = std::min(left, x), right = std::max(right, x);
      if (a.y == b.y) left = std::min(left, b.x), right = std::max(right, b.x);
    }
    if (left <= right) add(left, low + 2 * kSlack_px, right, high - 2 * kSlack_px);
  }
}

std::vector<PixelBox> Cover::boxes() const {
  std::vector<PixelBox> boxes;
  std::vector<std::uint8_t> left = taken_;  // still to be put into a box
  const auto at = [&](int column, int row) -> std::uint8_t& {
    return left[static_cast<std::size_t>(row * columns_ + column)];
  };
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      if (at(column, row) == 0) continue;
      int columns = 1, rows = 1;
      while (column + columns < columns_ && at(column + columns, row) != 0) ++columns;
      const auto whole = [&](int next) {
        for (int c = column; c < column + columns; ++c) {
          if (at(c, next) == 0) return false;
        }
        return true;
      };
      while (row + rows < rows_ && whole(row + rows)) ++rows;
      for (int r = row; r < row + rows; ++r) {
        for (int c = column; c < column + columns; ++c) at(c, r) = 0;
      }
      const int x = column * kSquare_px, y = row * kSquare_px;
      boxes.push_back({x, y, std::min(columns * kSquare_px, view_.width - x),
                       std::min(rows * kSquare_px, view_.height - y)});
    }
  }
  return boxes;
}

}  // namespace volery::render
