#include "scene/hull.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace volery::scene {

namespace {

// In double: products of float32 coordinates are then exact, so coplanar input stays coplanar.
struct Point {
  double x, y, z;
};
Point operator-(Point a, Point b) {
  return {a.x - b.x, a.y - b.y, a.z - b.z};
}
Point cross(Point a, Point b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
double dot(Point a, Point b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
double length(Point a) {
  return std::sqrt(dot(a, a));
}

using Face = std::array<int, 3>;

class HullBuilder {
 public:
  explicit HullBuilder(const std::vector<Vec3>& points) {
    for (const Vec3 p : points) points_.push_back({p.x, p.y, p.z});
    double extent = 0;
    for (const Point& p : points_) extent = std::max(extent, length(p - points_[0]));
    // thinner than a millionth of its size: flat, for float32 coordinates
    tolerance_ = 1e-6 * extent;
  }

  bool build() {
    if (!start()) return false;
    for (int i = 0; i < static_cast<int>(points_.size()); ++i) insert(i);
    return true;
  }
  [[nodiscard]] const std::vector<Face>& faces() const { return faces_; }

 private:
  [[nodiscard]] const Point& at(int i) const { return points_[static_cast<std::size_t>(i)]; }

  /// Signed distance of a point from the plane of a face, positive outside.
  [[nodiscard]] double height(const Face& face, int point) const {
    const Point normal = cross(at(face[1]) - at(face[0]), at(face[2]) - at(face[0]));
    return dot(normal, at(point) - at(face[0])) / length(normal);
  }

  /// The index with the largest measure, the first one where several are equal.
  template <class Measure>
  int farthest(Measure&& measure) const {
    int best = 0;
    for (int i = 1; i < static_cast<int>(points_.size()); ++i) {
      if (measure(i) > measure(best)) best = i;
    }
    return best;
  }

  // a first tetrahedron from points far apart
  bool start() {
    const int a = 0;
    const int b = farthest([&](int i) { return length(at(i) - at(a)); });
    if (length(at(b) - at(a)) <= tolerance_) return false;
    const Point line = at(b) - at(a);
    const int c = farthest([&](int i) { return length(cross(line, at(i) - at(a))); });
    if (length(cross(line, at(c) - at(a))) <= tolerance_ * length(line)) return false;
    Face base{a, b, c};
    const int d = farthest([&](int i) { return std::abs(height(base, i)); });
    const double apex = height(base, d);
    if (std::abs(apex) <= tolerance_) return false;
    if (apex > 0) std::swap(base[1], base[2]);
    faces_ = {base, {base[1], base[0], d}, {base[2], base[1], d}, {base[0], base[2], d}};
    return true;
  }

  // replaces the faces that see the point by a fan from the point to their outline
  void insert(int point) {
    std::vector<Face> kept;
    std::vector<std::pair<int, int>> edges;
    for (const Face& face : faces_) {
      // written so that the NaN of a face without area keeps it
      if (!(height(face, point) > tolerance_)) {
        kept.push_back(face);
        continue;
      }
      for (std::size_t k = 0; k < 3; ++k) edges.emplace_back(face[k], face[(k + 1) % 3]);
    }
    if (edges.empty()) return;
    for (const auto& [from, to] : edges) {
      const bool shared = std::find(edges.begin(), edges.end(), std::pair(to, from)) != edges.end();
      if (!shared) kept.push_back({from, to, point});
    }
    faces_ = std::move(kept);
  }

  std::vector<Point> points_;
  std::vector<Face> faces_;
  double tolerance_ = 0;
};

}  // namespace

std::optional<std::vector<std::array<int, 3>>> convex_hull(const std::vector<Vec3>& points) {
  if (points.size() < 4) return std::nullopt;
  HullBuilder builder(points);
  if (!builder.build()) return std::nullopt;
  return builder.faces();
}

}  // namespace volery::scene
