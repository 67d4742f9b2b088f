// Wavefront OBJ: vertices and faces; texture, normals, groups and materials are passed over.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "scene/mesh_file.hpp"

namespace volery::scene {
namespace {

// keywords that say nothing about the surface of a polygon mesh
constexpr std::array<std::string_view, 20> kPassedOver{
    "vt",    "vn",       "vp",       "o",          "g",         "s",      "mg",
    "p",     "l",        "usemtl",   "mtllib",     "usemap",    "maplib", "lod",
    "bevel", "c_interp", "d_interp", "shadow_obj", "trace_obj", "call"};

/// "7", "7/2", "7//3" or "-1/2/3" as an index from 0 of the vertices so far.
std::size_t vertex_index(const LineReader& reader, std::string_view word, std::size_t count) {
  const std::string_view digits = word.substr(0, word.find('/'));
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    reader.refuse("'" + std::string(word) + "' is not a vertex index");
  }
  const auto known = static_cast<std::int64_t>(count);
  if (index == 0 || index > known || index < -known) {
    reader.refuse("vertex index " + std::to_string(index) + ": must be in [1, " +
                  std::to_string(count) + "], the vertices so far, or negative to count back");
  }
  return static_cast<std::size_t>(index > 0 ? index - 1 : known + index);
}

void add_face(MeshData& mesh, LineReader& reader) {
  std::vector<std::size_t> corners;
  const std::size_t count = mesh.vertices_m.size() / 3;
  for (std::string_view word = reader.next_word(); !word.empty(); word = reader.next_word()) {
    corners.push_back(vertex_index(reader, word, count));
  }
  if (corners.size() < 3) {
    reader.refuse("a face has at least 3 vertices, not " + std::to_string(corners.size()));
  }
  // a fan: right for every convex polygon, and the format has no other rule
  for (std::size_t i = 2; i < corners.size(); ++i) {
    add_triangle(mesh, corners[0], corners[i - 1], corners[i]);
  }
  if (mesh.triangles.size() / 3 > kMaxFileTriangles) {
    reader.refuse("more than " + std::to_string(kMaxFileTriangles) +
                  " triangles; simplify the mesh");
  }
}

}  // namespace

MeshData parse_obj(std::string_view bytes, const std::string& name, float scale) {
  MeshData mesh;
  LineReader reader(bytes, name);
  while (reader.next_line()) {
    const std::string_view keyword = reader.next_word();
    if (keyword == "v") {
      // weight and colors may follow
      for (int axis = 0; axis < 3; ++axis) mesh.vertices_m.push_back(reader.coordinate(scale));
    } else if (keyword == "f") {
      add_face(mesh, reader);
    } else if (std::find(kPassedOver.begin(), kPassedOver.end(), keyword) == kPassedOver.end()) {
      reader.refuse("cannot read '" + std::string(keyword.substr(0, 20)) +
                    "': only polygons (v, f) are; is this an OBJ file?");
    }
  }
  return mesh;
}

}  // namespace volery::scene
