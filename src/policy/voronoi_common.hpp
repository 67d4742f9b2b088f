// The Voronoi cell of one agent in a rectangle, among the neighbors that it sees.
#pragma once

namespace volery::policy {

/// A convex polygon in the plane, counter-clockwise.
struct Polygon {
  static constexpr int kMost = 72;  // a rectangle cut by as many neighbors as a sensor can show
  int num = 0;
  float x[kMost];
  float y[kMost];
};

/// The rectangle [low, high].
[[nodiscard]] Polygon rectangle(float low_x, float low_y, float high_x, float high_y) noexcept;

/// Cuts away what lies nearer to the point (x, y) than to the origin. One of Sutherland and
/// Hodgman's half planes ("Reentrant polygon clipping", 1974). A cut that would exceed kMost
/// corners is left out.
void cut_nearer_to(Polygon& polygon, float x, float y) noexcept;

struct Centroid {
  float area = 0;
  float x = 0, y = 0;
};
/// Area and centroid (shoelace formula); of a polygon without area its first corner.
[[nodiscard]] Centroid centroid_of(const Polygon& polygon) noexcept;

}  // namespace volery::policy
