// What describe() cannot check: numbers that must fit each other.
#include <cstddef>
#include <sstream>
#include <string>

#include "scene/cable.hpp"
#include "scene/shapes.hpp"
#include "volery/error.hpp"

namespace volery::scene {

namespace {

std::string text_of(const std::vector<float>& values) {
  std::ostringstream out;
  out << '[';
  for (std::size_t i = 0; i < values.size() && i < 6; ++i) out << (i > 0 ? ", " : "") << values[i];
  out << (values.size() > 6 ? ", ...]" : "]");
  return out.str();
}

[[noreturn]] void refuse(const std::string& path, const std::vector<float>& value,
                         const std::string& rule) {
  throw Error(ErrorKind::kValue, path + " = " + text_of(value) + ": " + rule);
}

void need_three(const std::string& path, const std::vector<float>& value) {
  if (value.size() != 3) refuse(path, value, "must have 3 numbers");
}

// configs can be built in C++ without describe(), so this range is checked here as well
void need_size(PrimitiveKind kind, const std::string& path, const std::vector<float>& size) {
  need_three(path, size);
  for (const float s : size) {
    if (!(s >= 1e-3F && s <= 1e4F)) refuse(path, size, "each must be in [0.001, 10000]");
  }
  if (kind != PrimitiveKind::kBox && size[0] != size[1]) {
    refuse(path, size, "the first two numbers are the diameter and must be equal");
  }
  if (kind == PrimitiveKind::kSphere && size[0] != size[2]) {
    refuse(path, size, "the three numbers are the diameter and must be equal");
  }
}

void need_vertices(const Primitive& primitive, const std::string& path) {
  // an incremental hull of more points is slow to build, and contacts with it slow to solve
  constexpr std::size_t kMaxHullVertices = 256;
  const std::vector<float>& vertices = primitive.vertices_m;
  const bool hull = primitive.kind == PrimitiveKind::kHull;
  const std::size_t least = hull ? 4 : 3;
  if (vertices.size() % 3 != 0 || vertices.size() / 3 < least) {
    refuse(path + ".vertices_m", vertices,
           "must have x, y, z of at least " + std::to_string(least) + " vertices, has " +
               std::to_string(vertices.size()) + " numbers");
  }
  if (hull && vertices.size() / 3 > kMaxHullVertices) {
    refuse(path + ".vertices_m", vertices,
           "a hull has at most 256 vertices, not " + std::to_string(vertices.size() / 3));
  }
}

void need_triangles(const Primitive& primitive, const std::string& path) {
  const std::vector<float>& triangles = primitive.triangles;
  if (triangles.empty() || triangles.size() % 3 != 0) {
    refuse(path + ".triangles", triangles,
           "must have three vertex indices per triangle, has " + std::to_string(triangles.size()) +
               " numbers");
  }
  const std::size_t count = primitive.vertices_m.size() / 3;
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    const float index = triangles[i];
    const bool valid = index >= 0 && index < static_cast<float>(count) &&
                       index == static_cast<float>(static_cast<int>(index));
    if (!valid) {
      refuse(path + ".triangles[" + std::to_string(i) + "]", {index},
             "must be a whole number in [0, " + std::to_string(count - 1) + "]");
    }
  }
  for (std::size_t i = 0; i < triangles.size(); i += 3) {
    const auto corner = [&](std::size_t k) {
      const float* v = &primitive.vertices_m[3 * static_cast<std::size_t>(triangles[i + k])];
      return Vec3{v[0], v[1], v[2]};
    };
    if (!(length(cross(corner(1) - corner(0), corner(2) - corner(0))) > 0)) {
      refuse(path + ".triangles[" + std::to_string(i) + "]",
             {triangles[i], triangles[i + 1], triangles[i + 2]}, "the triangle has no area");
    }
  }
}

void validate(const Primitive& primitive, const std::string& path) {
  need_three(path + ".position_w_m", primitive.position_w_m);
  need_three(path + ".rpy_rad", primitive.rpy_rad);
  if (!primitive.file.empty()) {
    throw Error(ErrorKind::kValue, path + ".file = '" + primitive.file +
                                       "': was not read; load the scene with load_scene()");
  }
  switch (primitive.kind) {
    case PrimitiveKind::kPlane:
      break;
    case PrimitiveKind::kBox:
    case PrimitiveKind::kCylinder:
    case PrimitiveKind::kSphere:
      need_size(primitive.kind, path + ".size_m", primitive.size_m);
      break;
    case PrimitiveKind::kHull:
      need_vertices(primitive, path);
      break;
    case PrimitiveKind::kMesh:
      need_vertices(primitive, path);
      need_triangles(primitive, path);
      break;
  }
}

void validate(const PropSpec& prop, const std::string& path) {
  const bool solid = prop.kind == PrimitiveKind::kBox || prop.kind == PrimitiveKind::kCylinder ||
                     prop.kind == PrimitiveKind::kSphere;
  if (!solid) {
    throw Error(ErrorKind::kValue, path + ".kind: a prop must be a box, a cylinder or a sphere");
  }
  need_three(path + ".position_w_m", prop.position_w_m);
  need_three(path + ".rpy_rad", prop.rpy_rad);
  need_size(prop.kind, path + ".size_m", prop.size_m);
}

// configs can be built in C++ without describe(), so the range is checked here as well
void validate(const CableSpec& cable, const std::string& path) {
  need_three(path + ".attach_a_b_m", cable.attach_a_b_m);
  need_three(path + ".attach_b_b_m", cable.attach_b_b_m);
  need_three(path + ".anchor_w_m", cable.anchor_w_m);
  if (!(cable.length_m >= static_cast<float>(kShortestCable_m) &&
        cable.length_m <= static_cast<float>(kLongestCable_m)))
    refuse(path + ".length_m", {cable.length_m}, "must be in [0.01, 1000]");
}

/// low < high (or low <= high) in each axis.
void need_box(const std::string& low_path, const std::vector<float>& low,
              const std::string& high_path, const std::vector<float>& high, bool may_be_flat) {
  need_three(low_path, low);
  need_three(high_path, high);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const bool ordered = may_be_flat ? low[axis] <= high[axis] : low[axis] < high[axis];
    if (!ordered) {
      refuse(low_path, low, "must be below " + high_path + " = " + text_of(high) + " in each axis");
    }
  }
}

}  // namespace

void validate(const SceneConfig& config) {
  need_box("scene.bounds_low_m", config.bounds_low_m, "scene.bounds_high_m", config.bounds_high_m,
           false);
  need_box("scene.spawn_low_m", config.spawn_low_m, "scene.spawn_high_m", config.spawn_high_m,
           true);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (config.spawn_low_m[axis] < config.bounds_low_m[axis]) {
      refuse("scene.spawn_low_m", config.spawn_low_m,
             "must lie within the bounds, from " + text_of(config.bounds_low_m));
    }
    if (config.spawn_high_m[axis] > config.bounds_high_m[axis]) {
      refuse("scene.spawn_high_m", config.spawn_high_m,
             "must lie within the bounds, up to " + text_of(config.bounds_high_m));
    }
  }
  for (std::size_t i = 0; i < config.statics.size(); ++i) {
    validate(config.statics[i], "scene.statics[" + std::to_string(i) + "]");
  }
  for (std::size_t i = 0; i < config.props.size(); ++i) {
    validate(config.props[i], "scene.props[" + std::to_string(i) + "]");
  }
  for (std::size_t i = 0; i < config.cables.size(); ++i) {
    validate(config.cables[i], "scene.cables[" + std::to_string(i) + "]");
  }
  // how many agents there will be is not known yet
  (void)cables_of(config, kAnyNumberOfAgents);
}

}  // namespace volery::scene
