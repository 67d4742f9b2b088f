// Solids.
#include "render/mesh.hpp"

#include <algorithm>
#include <cmath>

#include "core/math.hpp"

namespace volery::render {
namespace {

Vec3 unit(Vec3 v) {
  const float length = std::sqrt(dot(v, v));
  return length > 0 ? v * (1 / length) : Vec3{0, 0, 1};
}

void pack_normal(Vec3 normal, std::int8_t* out) {
  const Vec3 n = unit(normal) * 127;
  out[0] = static_cast<std::int8_t>(std::lround(n.x));
  out[1] = static_cast<std::int8_t>(std::lround(n.y));
  out[2] = static_cast<std::int8_t>(std::lround(n.z));
  out[3] = 0;
}

float turn_of(int i, int n) {
  return 2 * kPi * static_cast<float>(i) / static_cast<float>(n);
}

}  // namespace

std::uint32_t Mesh::vertex(Vec3 position_m, Vec3 normal, const Material& material) {
  MeshVertex v{};
  v.position_m = position_m;
  pack_normal(normal, v.normal);
  v.color[0] = material.color.r;
  v.color[1] = material.color.g;
  v.color[2] = material.color.b;
  v.color[3] = static_cast<std::uint8_t>(std::lround(material.tint * 255));
  vertices.push_back(v);
  return static_cast<std::uint32_t>(vertices.size() - 1);
}

void Mesh::triangle(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  indices.insert(indices.end(), {a, b, c});
}

void Mesh::face(Vec3 a, Vec3 b, Vec3 c, const Material& material) {
  const Vec3 normal = cross(b - a, c - a);
  const std::uint32_t first = vertex(a, normal, material);
  vertex(b, normal, material);
  vertex(c, normal, material);
  triangle(first, first + 1, first + 2);
}

void Mesh::face(Vec3 a, Vec3 b, Vec3 c, Vec3 d, const Material& material) {
  const Vec3 normal = cross(c - a, d - b);
  const std::uint32_t first = vertex(a, normal, material);
  vertex(b, normal, material);
  vertex(c, normal, material);
  vertex(d, normal, material);
  triangle(first, first + 1, first + 2);
  triangle(first, first + 2, first + 3);
}

void Mesh::box(Vec3 center, Vec3 half, const Material& material) {
  beam({center.x - half.x, center.y, center.z}, {center.x + half.x, center.y, center.z}, half.y,
       half.z, half.y, half.z, material);
}

void Mesh::beam(Vec3 a, Vec3 b, float across_a, float high_a, float across_b, float high_b,
                const Material& material) {
  const Vec3 along = b - a;
  const Vec3 side = unit(dot(along, along) > along.z * along.z * 1.0001F ? cross({0, 0, 1}, along)
                                                                         : Vec3{0, 1, 0});
  const Vec3 rise = unit(cross(along, side));
  const auto corner = [&](Vec3 end, float s, float r) { return end + side * s + rise * r; };
  const Vec3 a0 = corner(a, -across_a, -high_a), a1 = corner(a, across_a, -high_a),
             a2 = corner(a, across_a, high_a), a3 = corner(a, -across_a, high_a);
  const Vec3 b0 = corner(b, -across_b, -high_b), b1 = corner(b, across_b, -high_b),
             b2 = corner(b, across_b, high_b), b3 = corner(b, -across_b, high_b);
  face(a0, a3, a2, a1, material);
  face(b0, b1, b2, b3, material);
  face(a0, b0, b3, a3, material);
  face(a1, a2, b2, b1, material);
  face(a3, b3, b2, a2, material);
  face(a0, a1, b1, b0, material);
}

void Mesh::cylinder(Vec3 base, float height, float radius_bottom, float radius_top, int segments,
                    const Material& material, bool caps) {
  const float lean = (radius_bottom - radius_top) / std::max(height, 1e-6F);
  const auto first = static_cast<std::uint32_t>(vertices.size());
  for (int i = 0; i <= segments; ++i) {
    const Vec3 out{cos(turn_of(i, segments)), sin(turn_of(i, segments)), 0};
    vertex(base + out * radius_bottom, {out.x, out.y, lean}, material);
    vertex(base + out * radius_top + Vec3{0, 0, height}, {out.x, out.y, lean}, material);
  }
  for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(segments); ++i) {
    const std::uint32_t v = first + 2 * i;
    triangle(v, v + 2, v + 1);
    triangle(v + 1, v + 2, v + 3);
  }
  if (!caps) return;
  for (const bool top : {false, true}) {
    const float radius = top ? radius_top : radius_bottom;
    if (radius <= 0) continue;
    const Vec3 normal{0, 0, top ? 1.0F : -1.0F};
    const Vec3 center = base + Vec3{0, 0, top ? height : 0};
    const auto ring = static_cast<std::uint32_t>(vertices.size());
    for (int i = 0; i < segments; ++i) {
      vertex(center + Vec3{cos(turn_of(i, segments)), sin(turn_of(i, segments)), 0} * radius,
             normal, material);
    }
    // a fan from the first vertex: no vertex in the middle is needed
    for (std::uint32_t i = 1; i + 1 < static_cast<std::uint32_t>(segments); ++i) {
      if (top) triangle(ring, ring + i, ring + i + 1);
      if (!top) triangle(ring, ring + i + 1, ring + i);
    }
  }
}

void Mesh::sphere(Vec3 center, Vec3 radii, int rings, int segments, const Material& material) {
  const auto first = static_cast<std::uint32_t>(vertices.size());
  const auto across = static_cast<std::uint32_t>(segments + 1);
  for (int ring = 0; ring <= rings; ++ring) {
    const float polar = kPi * static_cast<float>(ring) / static_cast<float>(rings);
    for (int i = 0; i <= segments; ++i) {
      const Vec3 n{sin(polar) * cos(turn_of(i, segments)), sin(polar) * sin(turn_of(i, segments)),
                   cos(polar)};
      vertex(center + Vec3{n.x * radii.x, n.y * radii.y, n.z * radii.z},
             {n.x / radii.x, n.y / radii.y, n.z / radii.z}, material);
    }
  }
  for (std::uint32_t ring = 0; ring < static_cast<std::uint32_t>(rings); ++ring) {
    for (std::uint32_t i = 0; i + 1 < across; ++i) {
      const std::uint32_t v = first + ring * across + i;
      if (ring > 0) triangle(v, v + across, v + 1);
      if (ring + 1 < static_cast<std::uint32_t>(rings)) triangle(v + 1, v + across, v + across + 1);
    }
  }
}

void Mesh::disc(Vec3 center, float radius, int segments, const Material& material) {
  const auto ring = static_cast<std::uint32_t>(vertices.size());
  for (int i = 0; i < segments; ++i) {
    vertex(center + Vec3{cos(turn_of(i, segments)), sin(turn_of(i, segments)), 0} * radius,
           {0, 0, 1}, material);
  }
  for (std::uint32_t i = 1; i + 1 < static_cast<std::uint32_t>(segments); ++i) {
    triangle(ring, ring + i, ring + i + 1);
  }
}

void Mesh::transform(std::size_t first, Quat turn, Vec3 move) {
  for (std::size_t i = first; i < vertices.size(); ++i) {
    MeshVertex& v = vertices[i];
    v.position_m = rotate(turn, v.position_m) + move;
    pack_normal(rotate(turn, {static_cast<float>(v.normal[0]), static_cast<float>(v.normal[1]),
                              static_cast<float>(v.normal[2])}),
                v.normal);
  }
}

}  // namespace volery::render
