#include "scene/mesh_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include "core/assets.hpp"
#include "scene/geometry.hpp"
#include "volery/error.hpp"

namespace volery::scene {
namespace {

namespace fs = std::filesystem;

std::string read_bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  // a directory opens but cannot be read
  if (!stream || (stream.peek(), stream.bad())) {
    throw Error(ErrorKind::kFile, "cannot read mesh '" + file.string() + "'");
  }
  bytes << stream.rdbuf();
  return std::move(bytes).str();
}

/// ".OBJ" -> ".obj"
std::string extension_of(const fs::path& file) {
  std::string extension = file.extension().string();
  for (char& c : extension) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return extension;
}

void read_file_of(Primitive& primitive, const std::string& path) {
  const auto refuse = [&](const char* rule) {
    throw Error(ErrorKind::kValue, path + ".file = '" + primitive.file + "': " + rule);
  };
  const bool hull = primitive.kind == PrimitiveKind::kHull;
  if (!hull && primitive.kind != PrimitiveKind::kMesh) {
    refuse("only statics of kind mesh or hull take a file");
  }
  if (!primitive.vertices_m.empty() || !primitive.triangles.empty()) {
    refuse("give either a file or vertices_m and triangles, not both");
  }
  MeshData mesh = read_mesh(primitive.file, primitive.file_unit_m);
  primitive.vertices_m = std::move(mesh.vertices_m);
  if (!hull) primitive.triangles = std::move(mesh.triangles);
  primitive.file.clear();
  primitive.file_unit_m = 1;
}

/// Drops the vertices that no triangle has: they would widen a hull.
void drop_unused_vertices(MeshData& mesh) {
  constexpr float kUnused = -1;
  std::vector<float> new_index(mesh.vertices_m.size() / 3, kUnused);
  std::vector<float> kept;
  for (float& index : mesh.triangles) {
    const auto old = static_cast<std::size_t>(index);
    if (new_index[old] == kUnused) {
      new_index[old] = static_cast<float>(kept.size() / 3);
      for (std::size_t k = 0; k < 3; ++k) kept.push_back(mesh.vertices_m[3 * old + k]);
    }
    index = new_index[old];
  }
  mesh.vertices_m = std::move(kept);
}

}  // namespace

void refuse_line(const std::string& name, std::size_t line, const std::string& reason) {
  throw Error(ErrorKind::kValue, name + ":" + std::to_string(line) + ": " + reason);
}

bool LineReader::next_line() {
  while (!text_.empty()) {
    const std::size_t end = text_.find('\n');
    rest_ = text_.substr(0, end);
    text_ = end == std::string_view::npos ? std::string_view() : text_.substr(end + 1);
    ++line_;
    rest_ = rest_.substr(0, rest_.find('#'));
    rest_ = rest_.substr(0, rest_.find_last_not_of(" \t\r") + 1);
    if (!rest_.empty()) return true;
  }
  return false;
}

std::string_view LineReader::next_word() {
  const std::size_t begin = rest_.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  rest_ = rest_.substr(begin);
  const std::size_t end = std::min(rest_.find_first_of(" \t"), rest_.size());
  const std::string_view word = rest_.substr(0, end);
  rest_ = rest_.substr(end);
  return word;
}

float LineReader::coordinate(float scale) {
  const std::string_view word = next_word();
  if (word.empty()) refuse("a vertex needs three coordinates");
  // from_chars takes no plus sign, files do
  const std::string_view digits = word.starts_with('+') ? word.substr(1) : word;
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    refuse("'" + std::string(word.substr(0, 20)) + "' is not a number");
  }
  std::string problem;
  const float meters = to_meters(value, scale, problem);
  if (!problem.empty()) refuse("coordinate " + std::string(word) + problem);
  return meters;
}

float to_meters(double value, float scale, std::string& problem) {
  const double meters = value * scale;
  if (!std::isfinite(value)) {
    problem = ": must be finite";
  } else if (!(std::abs(meters) <= kFarthestVertex_m)) {
    problem = ": must be in [-10000, 10000] m";
  }
  return static_cast<float>(meters);
}

void add_triangle(MeshData& mesh, std::size_t a, std::size_t b, std::size_t c) {
  const auto corner = [&](std::size_t i) {
    const float* v = &mesh.vertices_m[3 * i];
    return Vec3{v[0], v[1], v[2]};
  };
  if (!(length(cross(corner(b) - corner(a), corner(c) - corner(a))) > 0)) return;
  for (const std::size_t i : {a, b, c}) mesh.triangles.push_back(static_cast<float>(i));
}

MeshData read_mesh(const fs::path& file, float meters_per_unit) {
  const std::string extension = extension_of(file);
  const bool obj = extension == ".obj";
  if (!obj && extension != ".stl") {
    throw Error(ErrorKind::kValue, "mesh '" + file.string() + "': must end in .obj or .stl");
  }
  const std::string bytes = read_bytes(file);
  MeshData mesh = obj ? parse_obj(bytes, file.string(), meters_per_unit)
                      : parse_stl(bytes, file.string(), meters_per_unit);
  if (mesh.triangles.empty()) {
    throw Error(ErrorKind::kValue, file.string() + ": holds no triangle that has an area");
  }
  drop_unused_vertices(mesh);
  return mesh;
}

void locate_mesh_files(Value& scene, const fs::path& folder) {
  if (!scene.is_table()) return;
  const auto statics = scene.table().find("statics");
  if (statics == scene.table().end() || !statics->second.is<Value::Array>()) return;
  Value::Array& entries = statics->second.as<Value::Array>();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Value* file = entries[i].find("file");
    if (file == nullptr || !file->is<std::string>() || file->as<std::string>().empty()) continue;
    const std::string& name = file->as<std::string>();
    const fs::path beside = folder / name;  // an absolute name stays as it is
    const fs::path shipped = assets_folder() / "meshes" / name;
    std::error_code ignored;
    if (fs::exists(beside, ignored)) {
      entries[i].table()["file"] = beside.string();
    } else if (fs::exists(shipped, ignored)) {
      entries[i].table()["file"] = shipped.string();
    } else {
      throw Error(ErrorKind::kFile, "scene.statics[" + std::to_string(i) + "].file = '" + name +
                                        "': no such file as '" + beside.string() + "' or '" +
                                        shipped.string() + "'");
    }
  }
}

void read_mesh_files(SceneConfig& config) {
  for (std::size_t i = 0; i < config.statics.size(); ++i) {
    if (config.statics[i].file.empty()) continue;
    read_file_of(config.statics[i], "scene.statics[" + std::to_string(i) + "]");
  }
}

}  // namespace volery::scene
