// Primitives as triangles.
#include "render/statics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/rotation.hpp"
#include "render/palette.hpp"
#include "render/renderer.hpp"
#include "scene/hull.hpp"

namespace volery::render {
namespace {

constexpr Material material_of(PrimitiveKind kind) {
  return {static_color(kind), 0};
}
constexpr Material kBoxes = material_of(PrimitiveKind::kBox);
constexpr Material kRound = material_of(PrimitiveKind::kCylinder);
constexpr Material kHulls = material_of(PrimitiveKind::kHull);
constexpr Material kMeshes = material_of(PrimitiveKind::kMesh);

// darker at the foot, where less light reaches: what stands on the ground is seen to stand there
constexpr float kFootShade = 0.72F;
constexpr float kFoot_m = 0.05F;

constexpr float kBoundsSlack_m = 0.02F;

Vec3 vec3_of(const std::vector<float>& v) {
  return {v[0], v[1], v[2]};
}
Vec3 vertex_of(const std::vector<float>& v, std::size_t i) {
  return {v[3 * i], v[3 * i + 1], v[3 * i + 2]};
}

void add_hull(Mesh& mesh, const Primitive& primitive) {
  std::vector<Vec3> points;
  for (std::size_t i = 0; 3 * i + 2 < primitive.vertices_m.size(); ++i) {
    points.push_back(vertex_of(primitive.vertices_m, i));
  }
  const auto faces = scene::convex_hull(points);
  if (!faces) return;
  const auto point = [&](int i) { return points[static_cast<std::size_t>(i)]; };
  for (const std::array<int, 3>& f : *faces) {
    mesh.face(point(f[0]), point(f[1]), point(f[2]), kHulls);
  }
}

void add_triangles(Mesh& mesh, const Primitive& primitive) {
  const auto corner = [&](std::size_t i) {
    return vertex_of(primitive.vertices_m, static_cast<std::size_t>(primitive.triangles[i]));
  };
  for (std::size_t i = 0; i + 2 < primitive.triangles.size(); i += 3) {
    mesh.face(corner(i), corner(i + 1), corner(i + 2), kMeshes);
  }
}

Vec3 min_of(Vec3 a, Vec3 b) {
  return {std::min(a.x, b.x), std::min(a.y, b.y), std::min(a.z, b.z)};
}
Vec3 max_of(Vec3 a, Vec3 b) {
  return {std::max(a.x, b.x), std::max(a.y, b.y), std::max(a.z, b.z)};
}
Vec3 difference(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  return {static_cast<float>(a[0] - b[0]), static_cast<float>(a[1] - b[1]),
          static_cast<float>(a[2] - b[2])};
}

/// The part of a convex polygon where dot(normal, p) <= limit.
std::vector<Vec3> clipped(const std::vector<Vec3>& polygon, Vec3 normal, float limit) {
  std::vector<Vec3> out;
  for (std::size_t i = 0; i < polygon.size(); ++i) {
    const Vec3 a = polygon[i], b = polygon[(i + 1) % polygon.size()];
    const float da = dot(normal, a) - limit, db = dot(normal, b) - limit;
    if (da <= 0) out.push_back(a);
    if ((da < 0 && db > 0) || (da > 0 && db < 0)) out.push_back(a + (b - a) * (da / (da - db)));
  }
  return out;
}

}  // namespace

Statics::Statics(const SceneConfig& scene)
    : low_w_m_(vec3_of(scene.bounds_low_m)), high_w_m_(vec3_of(scene.bounds_high_m)) {
  const Vec3 middle = (low_w_m_ + high_w_m_) * 0.5F;
  origin_w_m_ = {std::round(static_cast<double>(middle.x)),
                 std::round(static_cast<double>(middle.y)), 0};
  for (std::size_t i = 0; i < scene.statics.size(); ++i) {
    const std::uint32_t id = kStaticId + static_cast<std::uint32_t>(i);
    if (scene.statics[i].kind == PrimitiveKind::kPlane) {
      add_plane(scene.statics[i], id);
    } else {
      add(scene.statics[i], id);
    }
  }
}

void Statics::add_plane(const Primitive& primitive, std::uint32_t id) {
  const Vec3 point = vec3_of(primitive.position_w_m);
  PlaneOf plane;
  plane.point_w_m = {point.x, point.y, point.z};
  plane.normal_w = rotate(quat_from_rpy(vec3_of(primitive.rpy_rad)), {0, 0, 1});
  plane.id = id;
  plane.ground = plane.normal_w.z > kLevel;
  planes_.push_back(plane);
}

void Statics::add(const Primitive& primitive, std::uint32_t id) {
  const std::size_t first_vertex = mesh_.vertices.size();
  Part part;
  part.first = mesh_.indices.size();
  const Vec3 half = vec3_of(primitive.size_m) * 0.5F;
  switch (primitive.kind) {
    case PrimitiveKind::kBox:
      mesh_.box({}, half, kBoxes);
      part.faces = true;
      break;
    case PrimitiveKind::kCylinder:
      mesh_.cylinder({0, 0, -half.z}, 2 * half.z, half.x, half.x, 32, kRound);
      break;
    case PrimitiveKind::kSphere:
      mesh_.sphere({}, {half.x, half.x, half.x}, 20, 32, kRound);
      break;
    case PrimitiveKind::kHull:
      add_hull(mesh_, primitive);
      break;
    default:
      add_triangles(mesh_, primitive);
      part.two_sided = true;
      break;
  }
  const Vec3 position = vec3_of(primitive.position_w_m);
  const Vec3 move = difference({position.x, position.y, position.z}, origin_w_m_);
  mesh_.transform(first_vertex, quat_from_rpy(vec3_of(primitive.rpy_rad)), move);
  part.count = mesh_.indices.size() - part.first;
  if (part.count == 0) return;
  part.low_m = part.high_m = mesh_.vertices[first_vertex].position_m;
  for (std::size_t i = first_vertex; i < mesh_.vertices.size(); ++i) {
    MeshVertex& v = mesh_.vertices[i];
    v.id = id;
    part.low_m = min_of(part.low_m, v.position_m);
    part.high_m = max_of(part.high_m, v.position_m);
  }
  for (std::size_t i = first_vertex; i < mesh_.vertices.size(); ++i) {
    MeshVertex& v = mesh_.vertices[i];
    if (part.low_m.z > kFoot_m || v.position_m.z > part.low_m.z + kFoot_m) continue;
    for (int c = 0; c < 3; ++c) {
      v.color[c] = static_cast<std::uint8_t>(kFootShade * static_cast<float>(v.color[c]));
    }
  }
  parts_.push_back(part);
}

StaticRange Statics::select(const View& view, std::vector<std::uint32_t>& indices) const {
  StaticRange range;
  range.first = indices.size();
  const Vec3 eye = difference(view.eye_w_m, origin_w_m_);
  // the nearest first: what they cover is then not shaded
  std::vector<std::pair<float, const Part*>> seen;
  for (const Part& part : parts_) {
    if (!view.sees_box(part.low_m - eye, part.high_m - eye)) continue;
    seen.emplace_back(view.distance_m((part.low_m + part.high_m) * 0.5F - eye), &part);
  }
  std::sort(seen.begin(), seen.end());
  for (const bool two_sided : {false, true}) {
    const std::size_t before = indices.size();
    for (const auto& [distance, part] : seen) {
      if (part->two_sided == two_sided) append(*part, view, eye, indices);
    }
    (two_sided ? range.two_sided : range.closed) = indices.size() - before;
  }
  return range;
}

void Statics::append(const Part& part, const View& view, Vec3 eye_m,
                     std::vector<std::uint32_t>& indices) const {
  const auto begin = mesh_.indices.begin() + static_cast<std::ptrdiff_t>(part.first);
  if (!part.faces) {
    indices.insert(indices.end(), begin, begin + static_cast<std::ptrdiff_t>(part.count));
    return;
  }
  for (std::ptrdiff_t face = 0; face < 6; ++face) {
    const auto corner = [&](std::ptrdiff_t i) {
      return mesh_.vertices[*(begin + 6 * face + i)].position_m;
    };
    const Vec3 normal = cross(corner(1) - corner(0), corner(2) - corner(0));
    const Vec3 to_eye = view.orthographic ? view.back : eye_m - corner(0);
    if (dot(normal, to_eye) < 0) continue;
    indices.insert(indices.end(), begin + 6 * face, begin + 6 * face + 6);
  }
}

bool Statics::faces(const PlaneOf& plane, const View& view) {
  if (view.orthographic) return dot(plane.normal_w, view.back) > 0;
  return -dot(plane.normal_w, difference(plane.point_w_m, view.eye_w_m)) > 0;
}

std::vector<Vec3> Statics::polygon_of(const PlaneOf& plane, const View& view, Planes reach) const {
  if (plane.ground && reach == Planes::kBounds) return {};
  if (!faces(plane, view)) return {};
  const float height = -dot(plane.normal_w, difference(plane.point_w_m, view.eye_w_m));
  // a large square around the foot of the eye, cut to the bounds
  const Vec3 side = std::abs(plane.normal_w.z) > 0.7F ? Vec3{1, 0, 0} : Vec3{0, 0, 1};
  Vec3 u = cross(plane.normal_w, side);
  u = u * (1 / std::sqrt(dot(u, u)));
  const Vec3 v = cross(plane.normal_w, u);
  const float size = 1.5F * view.far_m;
  const Vec3 foot = plane.normal_w * -height;
  std::vector<Vec3> polygon{foot - u * size - v * size, foot + u * size - v * size,
                            foot + u * size + v * size, foot - u * size + v * size};
  if (reach == Planes::kInfinite) return polygon;
  // a wall in the bounds itself must not be cut away by rounding
  const Vec3 slack{kBoundsSlack_m, kBoundsSlack_m, kBoundsSlack_m};
  const Vec3 low = view.relative(low_w_m_ - slack), high = view.relative(high_w_m_ + slack);
  polygon = clipped(polygon, {1, 0, 0}, high.x);
  polygon = clipped(polygon, {-1, 0, 0}, -low.x);
  polygon = clipped(polygon, {0, 1, 0}, high.y);
  polygon = clipped(polygon, {0, -1, 0}, -low.y);
  polygon = clipped(polygon, {0, 0, 1}, high.z);
  return clipped(polygon, {0, 0, -1}, -low.z);
}

void Statics::planes(const View& view, Planes reach, Color color, Mesh& out) const {
  if (reach == Planes::kNone) return;
  for (const PlaneOf& plane : planes_) {
    const std::vector<Vec3> polygon = polygon_of(plane, view, reach);
    const std::size_t first = out.vertices.size();
    for (std::size_t i = 2; i < polygon.size(); ++i) {
      out.face(polygon[0], polygon[i - 1], polygon[i], {color, 0});
    }
    for (std::size_t i = first; i < out.vertices.size(); ++i) out.vertices[i].id = plane.id;
  }
}

void Statics::cover(const View& view, Cover& out) const {
  const Vec3 eye = difference(view.eye_w_m, origin_w_m_);
  for (const Part& part : parts_) {
    const Vec3 low = part.low_m - eye, high = part.high_m - eye;
    if (view.sees_box(low, high)) out.add_box(low, high);
  }
  for (const PlaneOf& plane : planes_) {
    out.add_polygon(polygon_of(plane, view, Planes::kBounds));
  }
}

std::optional<float> Statics::ground_w_m(const View& view) const {
  std::optional<float> ground;
  for (const PlaneOf& plane : planes_) {
    const auto height = static_cast<float>(plane.point_w_m[2]);
    const bool above = view.orthographic ? view.back.z > 0 : view.eye_w_m[2] > plane.point_w_m[2];
    if (plane.ground && above && (!ground || height > *ground)) ground = height;
  }
  return ground;
}

double Statics::distance_m(const std::array<double, 3>& point_w_m) const {
  double least = 1e9;
  const Vec3 eye = difference(point_w_m, origin_w_m_);
  for (const Part& part : parts_) {
    const Vec3 away = max_of(max_of(part.low_m - eye, eye - part.high_m), {0, 0, 0});
    least = std::min(least, std::sqrt(static_cast<double>(dot(away, away))));
  }
  for (const PlaneOf& plane : planes_) {
    const float height = -dot(plane.normal_w, difference(plane.point_w_m, point_w_m));
    if (height > 0) least = std::min(least, static_cast<double>(height));
  }
  return least;
}

}  // namespace volery::render
