#include "scene/shapes.hpp"

#include <array>

#include "core/rotation.hpp"
#include "scene/hull.hpp"
#include "volery/error.hpp"

namespace volery::scene {

namespace {

Vec3 vec3_of(const std::vector<float>& v) {
  return {v[0], v[1], v[2]};
}

std::vector<Vec3> vertices_in_world(const Primitive& primitive, const Shape& shape) {
  std::vector<Vec3> out;
  const std::vector<float>& v = primitive.vertices_m;
  for (std::size_t i = 0; i + 2 < v.size(); i += 3) {
    out.push_back(shape.center_w_m + shape.to_world({v[i], v[i + 1], v[i + 2]}));
  }
  return out;
}

void add_triangle(Shape& shape, Vec3 a, Vec3 b, Vec3 c) {
  shape.triangles.push_back({a, b, c});
  shape.bounds.include(a);
  shape.bounds.include(b);
  shape.bounds.include(c);
}

void make_hull(Shape& shape, const Primitive& primitive, const std::string& path) {
  const std::vector<Vec3> points = vertices_in_world(primitive, shape);
  const auto faces = convex_hull(points);
  if (!faces) {
    throw Error(ErrorKind::kValue,
                path + ".vertices_m: the points of a hull must not lie in one plane");
  }
  for (const std::array<int, 3>& face : *faces) {
    const Vec3 a = points[static_cast<std::size_t>(face[0])];
    const Vec3 b = points[static_cast<std::size_t>(face[1])];
    const Vec3 c = points[static_cast<std::size_t>(face[2])];
    add_triangle(shape, a, b, c);
    const Vec3 normal = cross(b - a, c - a);
    const float size = length(normal);
    // a sliver without a float32 normal lies inside its neighbors' half spaces anyway
    if (!(size > 0)) continue;
    const Vec3 unit = normal * (1.0F / size);
    // the farthest vertex decides, so that rounding never cuts a corner off
    float offset = dot(unit, a);
    for (const Vec3 p : points) offset = max_of(offset, dot(unit, p));
    shape.half_spaces.push_back({unit, offset});
  }
}

void make_mesh(Shape& shape, const Primitive& primitive) {
  const std::vector<Vec3> points = vertices_in_world(primitive, shape);
  std::vector<Aabb> boxes;
  const std::vector<float>& t = primitive.triangles;
  for (std::size_t i = 0; i + 2 < t.size(); i += 3) {
    const auto corner = [&](std::size_t k) { return points[static_cast<std::size_t>(t[i + k])]; };
    add_triangle(shape, corner(0), corner(1), corner(2));
    Aabb box;
    for (std::size_t k = 0; k < 3; ++k) box.include(corner(k));
    boxes.push_back(box);
  }
  shape.triangle_index = Bvh(boxes);
}

}  // namespace

Shape make_shape(const Primitive& primitive, const std::string& path) {
  Shape shape;
  shape.kind = primitive.kind;
  shape.center_w_m = vec3_of(primitive.position_w_m);
  const Quat q = quat_from_rpy(vec3_of(primitive.rpy_rad));
  const auto axis = [&](Vec3 local) {
    const Vec3 turned = rotate(q, local);
    return turned * (1.0F / length(turned));
  };
  shape.axes_w[0] = axis({1, 0, 0});
  shape.axes_w[1] = axis({0, 1, 0});
  shape.axes_w[2] = axis({0, 0, 1});
  if (primitive.kind == PrimitiveKind::kPlane) {
    shape.half_spaces = {{shape.axes_w[2], dot(shape.axes_w[2], shape.center_w_m)}};
    return shape;
  }
  if (primitive.kind == PrimitiveKind::kHull) {
    make_hull(shape, primitive, path);
    return shape;
  }
  if (primitive.kind == PrimitiveKind::kMesh) {
    make_mesh(shape, primitive);
    return shape;
  }
  const std::vector<float>& size = primitive.size_m;
  const bool sphere = primitive.kind == PrimitiveKind::kSphere;
  shape.half_m = sphere ? Vec3{size[0], size[0], size[0]} * 0.5F : vec3_of(size) * 0.5F;
  // the box of the turned box; for a cylinder that of its bounding box, for a sphere its own
  const auto absolute = [](Vec3 v) { return max_of(v, Vec3{} - v); };
  const Vec3 reach = sphere ? shape.half_m
                            : absolute(shape.axes_w[0]) * shape.half_m.x +
                                  absolute(shape.axes_w[1]) * shape.half_m.y +
                                  absolute(shape.axes_w[2]) * shape.half_m.z;
  shape.bounds = {shape.center_w_m - reach, shape.center_w_m + reach};
  return shape;
}

}  // namespace volery::scene
