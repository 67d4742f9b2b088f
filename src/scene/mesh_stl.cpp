// STL, ASCII and binary. A triangle brings its own three corners; equal ones become one vertex.
// Stored normals are passed over: they follow from the corners, and meshes here have two sides.
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>

#include "scene/mesh_file.hpp"

namespace volery::scene {
namespace {

constexpr std::size_t kHeaderBytes = 80;
constexpr std::size_t kCountBytes = 4;
constexpr std::size_t kTriangleBytes = 50;  // normal, 3 corners, 2 bytes of attributes

static_assert(std::endian::native == std::endian::little, "STL numbers are read as they stand");

/// Collects corners into vertices.
class Welder {
 public:
  explicit Welder(MeshData& mesh) : mesh_(mesh) {}
  std::size_t index_of(const std::array<float, 3>& corner) {
    // adding 0 makes -0 and 0 the same corner
    const std::array<float, 3> key{corner[0] + 0.0F, corner[1] + 0.0F, corner[2] + 0.0F};
    const auto [place, added] = indices_.try_emplace(key, indices_.size());
    if (added) mesh_.vertices_m.insert(mesh_.vertices_m.end(), key.begin(), key.end());
    return place->second;
  }

 private:
  MeshData& mesh_;
  std::map<std::array<float, 3>, std::size_t> indices_;
};

std::string too_many(std::size_t count) {
  return std::to_string(count) + " triangles: must be at most " +
         std::to_string(kMaxFileTriangles) + "; simplify the mesh";
}

void expect(LineReader& reader, std::string_view found, const char* wanted) {
  if (found != wanted) {
    reader.refuse("expected '" + std::string(wanted) + "', not '" +
                  std::string(found.substr(0, 20)) + "'");
  }
}

/// The keyword of the next line; the end of the file is an error inside a facet.
std::string_view keyword_of_next_line(LineReader& reader) {
  if (!reader.next_line()) reader.refuse("the file ends inside a facet");
  return reader.next_word();
}

void read_facet(LineReader& reader, Welder& welder, MeshData& mesh, float scale) {
  expect(reader, keyword_of_next_line(reader), "outer");
  std::array<std::size_t, 3> corners{};
  for (std::size_t& corner : corners) {
    expect(reader, keyword_of_next_line(reader), "vertex");
    std::array<float, 3> at{};
    for (float& component : at) component = reader.coordinate(scale);
    corner = welder.index_of(at);
  }
  expect(reader, keyword_of_next_line(reader), "endloop");
  expect(reader, keyword_of_next_line(reader), "endfacet");
  add_triangle(mesh, corners[0], corners[1], corners[2]);
}

MeshData parse_ascii(std::string_view bytes, const std::string& name, float scale) {
  MeshData mesh;
  Welder welder(mesh);
  LineReader reader(bytes, name);
  std::size_t count = 0;
  while (reader.next_line()) {
    const std::string_view keyword = reader.next_word();
    if (keyword == "solid" || keyword == "endsolid") continue;
    expect(reader, keyword, "facet");
    read_facet(reader, welder, mesh, scale);
    if (++count > kMaxFileTriangles) reader.refuse(too_many(count));
  }
  return mesh;
}

MeshData parse_binary(std::string_view bytes, const std::string& name, float scale,
                      std::size_t count) {
  if (count > kMaxFileTriangles) {
    throw Error(ErrorKind::kValue, name + ": " + too_many(count));
  }
  MeshData mesh;
  Welder welder(mesh);
  for (std::size_t i = 0; i < count; ++i) {
    std::array<float, 12> numbers{};
    std::memcpy(numbers.data(), &bytes[kHeaderBytes + kCountBytes + i * kTriangleBytes],
                sizeof numbers);
    std::array<std::size_t, 3> corners{};
    for (std::size_t k = 0; k < 3; ++k) {
      std::array<float, 3> at{};
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const float value = numbers[3 + 3 * k + axis];
        std::string problem;
        at[axis] = to_meters(value, scale, problem);
        if (!problem.empty()) {
          throw Error(ErrorKind::kValue, name + ": triangle " + std::to_string(i) +
                                             ": coordinate " +
                                             Value(static_cast<double>(value)).to_text() + problem);
        }
      }
      corners[k] = welder.index_of(at);
    }
    add_triangle(mesh, corners[0], corners[1], corners[2]);
  }
  return mesh;
}

}  // namespace

MeshData parse_stl(std::string_view bytes, const std::string& name, float scale) {
  // binary files may begin with "solid" as well, so the length decides first
  std::uint32_t count = 0;
  const bool has_count = bytes.size() >= kHeaderBytes + kCountBytes;
  if (has_count) std::memcpy(&count, &bytes[kHeaderBytes], sizeof count);
  const std::size_t expected = kHeaderBytes + kCountBytes + std::size_t{count} * kTriangleBytes;
  if (has_count && bytes.size() == expected) return parse_binary(bytes, name, scale, count);

  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && bytes.substr(first).starts_with("solid")) {
    return parse_ascii(bytes, name, scale);
  }
  if (!has_count) {
    throw Error(ErrorKind::kValue, name +
                                       ": neither ASCII STL, which begins with 'solid', nor "
                                       "binary, which has at least 84 bytes, not " +
                                       std::to_string(bytes.size()));
  }
  throw Error(ErrorKind::kValue, name + ": a binary STL file of " + std::to_string(count) +
                                     " triangles has " + std::to_string(expected) + " bytes, not " +
                                     std::to_string(bytes.size()));
}

}  // namespace volery::scene
