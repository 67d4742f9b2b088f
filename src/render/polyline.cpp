// Ramer, Douglas and Peucker.
#include "render/polyline.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace volery::render {
namespace {

// How far a point is from the stretch between two others, in tolerances.
float error_of(const PathPoint& p, const PathPoint& a, const PathPoint& b,
               const PathTolerance& tolerance) {
  const float x = b.x_px - a.x_px, y = b.y_px - a.y_px;
  const float to_x = p.x_px - a.x_px, to_y = p.y_px - a.y_px;
  const float length = x * x + y * y;
  // its nearest point of the stretch
  const float at = length > 0 ? std::clamp((to_x * x + to_y * y) / length, 0.0F, 1.0F) : 0;
  const float away_x = to_x - at * x, away_y = to_y - at * y;
  const auto off = [&](float own, float from, float to) {
    return std::abs(own - (from + at * (to - from)));
  };
  return std::max({std::sqrt(away_x * away_x + away_y * away_y) / tolerance.distance_px,
                   off(p.share, a.share, b.share) / tolerance.share,
                   off(p.depth, a.depth, b.depth) / tolerance.depth});
}

}  // namespace

void straighten(std::span<const PathPoint> path, const PathTolerance& tolerance,
                std::vector<int>& kept) {
  if (path.empty()) return;
  kept.push_back(0);
  if (path.size() == 1) return;
  // stretches to look at, the earliest on top
  std::vector<std::pair<int, int>> stretches{{0, static_cast<int>(path.size()) - 1}};
  while (!stretches.empty()) {
    const auto [first, last] = stretches.back();
    stretches.pop_back();
    int worst = -1;
    float most = 1;
    for (int i = first + 1; i < last; ++i) {
      const auto point = [&](int index) { return path[static_cast<std::size_t>(index)]; };
      const float error = error_of(point(i), point(first), point(last), tolerance);
      if (error > most) most = error, worst = i;
    }
    if (worst < 0) {
      kept.push_back(last);
    } else {
      stretches.emplace_back(worst, last);
      stretches.emplace_back(first, worst);
    }
  }
}

}  // namespace volery::render
