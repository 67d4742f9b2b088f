// Triangles from mesh files: Wavefront OBJ and STL (ASCII and binary). Runs while a scene is
// loaded; afterwards a mesh from a file and one written inline are the same thing.
//
// The readers are our own: they must give the same bits everywhere (numbers are rounded once, from
// their decimal text) and name file, line and value of whatever is wrong, which the packaged
// loaders skip over in silence.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scene/scene.hpp"

namespace volery::scene {

/// More triangles than a contact scene can use: index, hash and picture grow with them.
inline constexpr std::size_t kMaxFileTriangles = 200000;
/// Vertices beyond this (in meters) are refused, as in scene tables.
inline constexpr float kFarthestVertex_m = 10000;

/// What a file holds, in meters in the mesh's own frame.
struct MeshData {
  std::vector<float> vertices_m;  // x, y, z per vertex
  std::vector<float> triangles;   // three vertex indices per triangle, each with an area
};

/// Replaces every relative `file` under `statics` of a scene table by where it was found: in
/// `folder` (that of the scene file) or in assets/meshes. Leaves what is not a string for the
/// loader to refuse. Throws Error(kFile) naming both places where the file is in neither.
void locate_mesh_files(Value& scene, const std::filesystem::path& folder);

/// Reads the file of every hull and mesh that names one into vertices_m and triangles, and clears
/// `file`, so that the config stands on its own. Throws Error.
void read_mesh_files(SceneConfig& config);

/// Reads one file by its extension (.obj, .stl). `meters_per_unit` scales its coordinates.
/// Triangles without an area and vertices without a triangle are left out. Throws Error with path,
/// line (or triangle of a binary file), value and what is allowed.
[[nodiscard]] MeshData read_mesh(const std::filesystem::path& file, float meters_per_unit);

/// The parsers behind read_mesh: the bytes of a file, and its name for messages.
[[nodiscard]] MeshData parse_obj(std::string_view bytes, const std::string& name, float scale);
[[nodiscard]] MeshData parse_stl(std::string_view bytes, const std::string& name, float scale);

/// "name:line: reason" as an Error(kValue).
[[noreturn]] void refuse_line(const std::string& name, std::size_t line, const std::string& reason);

/// Walks a text line by line and word by word. Words are separated by spaces and tabs.
class LineReader {
 public:
  LineReader(std::string_view text, std::string name) : text_(text), name_(std::move(name)) {}

  /// Moves to the next line that has words in front of a '#'; false at the end.
  [[nodiscard]] bool next_line();
  /// The next word of the line, "" at its end.
  [[nodiscard]] std::string_view next_word();
  /// The next word as a coordinate in meters; refuses what is no finite number in range.
  [[nodiscard]] float coordinate(float scale);
  [[noreturn]] void refuse(const std::string& reason) const { refuse_line(name_, line_, reason); }
  [[nodiscard]] std::size_t line() const noexcept { return line_; }

 private:
  std::string_view text_;
  std::string name_;
  std::string_view rest_;  // of the line
  std::size_t line_ = 0;
};

/// `value` units as meters; "" is put into `problem` where it fits, else why it does not.
[[nodiscard]] float to_meters(double value, float scale, std::string& problem);

/// Appends a triangle unless it has no area.
void add_triangle(MeshData& mesh, std::size_t a, std::size_t b, std::size_t c);

}  // namespace volery::scene
