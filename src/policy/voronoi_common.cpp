#include "policy/voronoi_common.hpp"

namespace volery::policy {

Polygon rectangle(float low_x, float low_y, float high_x, float high_y) noexcept {
  Polygon p;
  p.num = 4;
  const float xs[4] = {low_x, high_x, high_x, low_x};
  const float ys[4] = {low_y, low_y, high_y, high_y};
  for (int i = 0; i < 4; ++i) {
    p.x[i] = xs[i];
    p.y[i] = ys[i];
  }
  return p;
}

void cut_nearer_to(Polygon& polygon, float x, float y) noexcept {
  if (polygon.num + 1 > Polygon::kMost) return;
  // nearer to the origin where q . n <= n . n / 2
  const float limit = 0.5F * (x * x + y * y);
  if (!(limit > 0)) return;
  Polygon kept;
  for (int i = 0; i < polygon.num; ++i) {
    const int j = i + 1 < polygon.num ? i + 1 : 0;
    const float here = polygon.x[i] * x + polygon.y[i] * y - limit;
    const float there = polygon.x[j] * x + polygon.y[j] * y - limit;
    if (here <= 0) {
      kept.x[kept.num] = polygon.x[i];
      kept.y[kept.num++] = polygon.y[i];
    }
    if ((here <= 0) != (there <= 0)) {
      const float share = here / (here - there);
      kept.x[kept.num] = polygon.x[i] + share * (polygon.x[j] - polygon.x[i]);
      kept.y[kept.num++] = polygon.y[i] + share * (polygon.y[j] - polygon.y[i]);
    }
  }
  polygon = kept;
}

Centroid centroid_of(const Polygon& polygon) noexcept {
  Centroid c;
  if (polygon.num == 0) return c;
  // about the first corner, so that far polygons lose nothing
  const float x0 = polygon.x[0], y0 = polygon.y[0];
  float twice = 0, sum_x = 0, sum_y = 0;
  for (int i = 1; i + 1 < polygon.num; ++i) {
    const float ax = polygon.x[i] - x0, ay = polygon.y[i] - y0;
    const float bx = polygon.x[i + 1] - x0, by = polygon.y[i + 1] - y0;
    const float cross = ax * by - ay * bx;
    twice += cross;
    sum_x += cross * (ax + bx);
    sum_y += cross * (ay + by);
  }
  c.area = 0.5F * twice;
  c.x = x0 + (twice > 0 ? sum_x / (3 * twice) : 0);
  c.y = y0 + (twice > 0 ? sum_y / (3 * twice) : 0);
  return c;
}

}  // namespace volery::policy
