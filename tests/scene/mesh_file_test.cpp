// Mesh files: the same solid in three formats is the same geometry, and whatever is wrong is named.
#include "scene/mesh_file.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <set>

#include "core/assets.hpp"
#include "core/toml.hpp"
#include "tests/scene/oracle.hpp"

namespace volery {
namespace {

namespace fs = std::filesystem;
using scene::MeshData;

// a tetrahedron with its right angle at the origin
constexpr const char* kTetrahedronObj =
    "# comment\n"
    "mtllib none.mtl\n"
    "v 0 0 0\n"
    "v  1.0\t0 0 1\r\n"
    "vn 0 0 1\n"
    "v 0 +2e0 0 0.5 0.5 0.5\n"
    "v 0 0 3\n"
    "s off\n"
    "f 1 3 2\n"
    "f 1/1 2/2 4/3   # with texture\n"
    "f 1//1 4//1 3//1\n"
    "f -3 -2 -1\n";

const std::vector<std::array<std::array<float, 3>, 3>> kTetrahedronFacets{
    {{{0, 0, 0}, {0, 2, 0}, {1, 0, 0}}},
    {{{0, 0, 0}, {1, 0, 0}, {0, 0, 3}}},
    {{{0, 0, 0}, {0, 0, 3}, {0, 2, 0}}},
    {{{1, 0, 0}, {0, 2, 0}, {0, 0, 3}}},
};

std::string ascii_stl() {
  std::string text = "solid tetrahedron\n";
  for (const auto& facet : kTetrahedronFacets) {
    text += "  facet normal 0 0 0\n    outer loop\n";
    for (const auto& v : facet) {
      text += "      vertex " + std::to_string(v[0]) + " " + std::to_string(v[1]) + " " +
              std::to_string(v[2]) + "\n";
    }
    text += "    endloop\n  endfacet\n";
  }
  return text + "endsolid tetrahedron\n";
}

/// `header` fills the first 80 bytes.
std::string binary_stl(const std::string& header = "binary") {
  std::string bytes = header;
  bytes.resize(80, ' ');
  const auto append = [&](const void* data, std::size_t size) {
    bytes.append(static_cast<const char*>(data), size);
  };
  const auto count = static_cast<std::uint32_t>(kTetrahedronFacets.size());
  append(&count, sizeof count);
  for (const auto& facet : kTetrahedronFacets) {
    const std::array<float, 3> normal{};
    append(normal.data(), sizeof normal);
    for (const auto& v : facet) append(v.data(), sizeof v);
    append("\0\0", 2);
  }
  return bytes;
}

/// A folder for the files of one test.
class MeshFiles : public ::testing::Test {
 protected:
  MeshFiles()
      : folder_(fs::temp_directory_path() /
                (std::string("volery_mesh_") +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~MeshFiles() override { fs::remove_all(folder_); }

  std::string put(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return (folder_ / name).string();
  }
  static std::string scene_toml(const std::string& file, const std::string& more = "") {
    return "[[statics]]\nname = 'solid'\nkind = 'mesh'\nfile = '" + file + "'\n" + more;
  }
  SceneConfig scene_of(const std::string& toml) { return load_scene(Value(put("s.toml", toml))); }

  fs::path folder_;
};

std::string message_of(ErrorKind kind, const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

void expect_parts(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(message.find(part), std::string::npos) << "'" << part << "' in: " << message;
  }
}

/// Corners of all triangles, each sorted, so that two meshes compare whatever their numbering is.
std::multiset<std::set<std::array<float, 3>>> solid_of(const MeshData& mesh) {
  std::multiset<std::set<std::array<float, 3>>> solid;
  for (std::size_t i = 0; i < mesh.triangles.size(); i += 3) {
    std::set<std::array<float, 3>> corners;
    for (std::size_t k = 0; k < 3; ++k) {
      const float* v = &mesh.vertices_m[3 * static_cast<std::size_t>(mesh.triangles[i + k])];
      corners.insert({v[0], v[1], v[2]});
    }
    solid.insert(corners);
  }
  return solid;
}

TEST_F(MeshFiles, AllFormatsGiveTheSameSolid) {
  const MeshData obj = scene::read_mesh(put("a.obj", kTetrahedronObj), 1);
  const MeshData ascii = scene::read_mesh(put("a.stl", ascii_stl()), 1);
  // the length tells a binary file, whatever its header begins with
  const MeshData binary = scene::read_mesh(put("b.STL", binary_stl("solid of some program")), 1);
  EXPECT_EQ(obj.vertices_m.size(), 12U);
  EXPECT_EQ(ascii.vertices_m.size(), 12U);  // corners were welded
  EXPECT_EQ(obj.triangles.size(), 12U);
  EXPECT_EQ(solid_of(obj), solid_of(ascii));
  EXPECT_EQ(solid_of(obj), solid_of(binary));
  EXPECT_EQ(solid_of(obj).count({{1, 0, 0}, {0, 2, 0}, {0, 0, 3}}), 1U);
}

TEST_F(MeshFiles, APolygonBecomesAFan) {
  const MeshData mesh = scene::read_mesh(
      put("a.obj", "v 0 0 0\nv 1 0 0\nv 2 1 0\nv 1 2 0\nv 0 1 0\nf 1 2 3 4 5\n"), 1);
  EXPECT_EQ(mesh.triangles, (std::vector<float>{0, 1, 2, 0, 2, 3, 0, 3, 4}));
}

TEST_F(MeshFiles, FlatTrianglesAndLooseVerticesAreLeftOut) {
  const MeshData mesh = scene::read_mesh(
      put("a.obj", "v 9 9 9\nv 0 0 0\nv 1 0 0\nv 2 0 0\nv 0 1 0\nf 2 3 4\nf 2 2 3\nf 2 3 5\n"), 1);
  EXPECT_EQ(mesh.vertices_m, (std::vector<float>{0, 0, 0, 1, 0, 0, 0, 1, 0}));
  EXPECT_EQ(mesh.triangles, (std::vector<float>{0, 1, 2}));
}

TEST_F(MeshFiles, AFileIsTheSameAsItsTrianglesInline) {
  put("a.obj", kTetrahedronObj);
  const SceneConfig from_file = scene_of(scene_toml("a.obj", "position_w_m = [1, 2, 3]\n"));
  const SceneConfig inline_scene = load_scene(parse_toml(
      "name = 's'\n[[statics]]\nname = 'solid'\nkind = 'mesh'\nposition_w_m = [1, 2, 3]\n"
      "vertices_m = [0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 3]\n"
      "triangles = [0, 1, 2, 0, 2, 3, 0, 3, 1, 2, 1, 3]\n",
      "test"));
  EXPECT_EQ(to_value(from_file).to_text(), to_value(inline_scene).to_text());
  const Scene scene(from_file);
  // the slanted face x + y/2 + z/3 = 1 through its middle, from outside
  const RayHit hit = scene.cast_ray({1 + 1.0F / 3, 2 + 2.0F / 3, 9}, {0, 0, -1}, 20);
  EXPECT_EQ(hit.primitive, 0);
  EXPECT_NEAR(hit.distance_m, 9 - 4, 1e-5);  // float32 at coordinates of some meters
}

TEST_F(MeshFiles, AHullTakesTheVerticesOfAFile) {
  put("a.stl", binary_stl());
  const SceneConfig config =
      scene_of("[[statics]]\nname = 'solid'\nkind = 'hull'\nfile = 'a.stl'\n");
  EXPECT_EQ(config.statics[0].vertices_m.size(), 12U);
  EXPECT_TRUE(config.statics[0].triangles.empty());
  const Scene scene(config);
  EXPECT_EQ(scene.distance_m(0, {0.1F, 0.1F, 0.1F}), 0);  // solid, unlike the mesh
}

TEST_F(MeshFiles, MillimetersAreScaled) {
  put("a.obj", kTetrahedronObj);
  const SceneConfig config = scene_of(scene_toml("a.obj", "file_unit_m = 0.001\n"));
  EXPECT_EQ(config.statics[0].vertices_m,
            (std::vector<float>{0, 0, 0, 0, 2e-3F, 0, 1e-3F, 0, 0, 0, 0, 3e-3F}));
  EXPECT_EQ(config.statics[0].file_unit_m, 1);  // nothing is scaled twice
}

TEST_F(MeshFiles, AreFoundBesideTheSceneAndInTheAssets) {
  fs::create_directories(folder_ / "meshes");
  put("meshes/gate.obj", kTetrahedronObj);
  const SceneConfig own = scene_of(scene_toml("meshes/gate.obj"));
  const SceneConfig shipped = scene_of(scene_toml("gate.obj"));
  const SceneConfig absolute = scene_of(scene_toml((folder_ / "meshes/gate.obj").string()));
  EXPECT_EQ(own.statics[0].vertices_m.size(), 12U);
  EXPECT_EQ(shipped.statics[0].vertices_m.size(), 48U);
  EXPECT_EQ(absolute.statics[0].vertices_m, own.statics[0].vertices_m);
  // a table has no folder of its own
  const SceneConfig table = load_scene(parse_toml(scene_toml("gate.obj"), "test"));
  EXPECT_EQ(table.statics[0].vertices_m, shipped.statics[0].vertices_m);
  expect_parts(message_of(ErrorKind::kFile, [&] { (void)scene_of(scene_toml("arch.obj")); }),
               {"scene.statics[0].file = 'arch.obj'", "no such file", folder_.string(), "meshes"});
  fs::create_directories(folder_ / "a.obj");
  expect_parts(message_of(ErrorKind::kFile, [&] { (void)scene_of(scene_toml("a.obj")); }),
               {"cannot read mesh", "a.obj"});
}

TEST_F(MeshFiles, EveryShippedMeshReads) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(assets_folder() / "meshes")) {
    EXPECT_FALSE(scene::read_mesh(entry.path(), 1).triangles.empty()) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 1);
}

TEST_F(MeshFiles, TheGateIsOpenInsideAndClosedAround) {
  const Scene gates(load_scene(Value("gates")));
  const auto ray = [&](float y, float z) {
    return gates.cast_ray({-4, y, z}, {1, 0, 0}, 2.5F).distance_m;
  };
  const auto& position = gates.config().statics[1].position_w_m;
  EXPECT_EQ(ray(0, position[2]), 2.5F);                  // through the opening
  EXPECT_NEAR(ray(0.45F, position[2]), 2 - 0.03, 1e-5);  // the frame's face
  EXPECT_NEAR(ray(0, position[2] + 0.45F), 2 - 0.03, 1e-5);
  EXPECT_EQ(ray(0.55F, position[2] + 0.55F), 2.5F);  // past it
}

class BadMesh : public MeshFiles {
 protected:
  std::string refusal(const std::string& name, const std::string& bytes) {
    const std::string file = put(name, bytes);
    return message_of(ErrorKind::kValue, [&] { (void)scene::read_mesh(file, 1); });
  }
};

TEST_F(BadMesh, ObjErrorsNameTheLineAndTheValue) {
  const std::string corners = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
  expect_parts(refusal("a.obj", corners + "f 1 2 4\n"), {"a.obj:4: ", "index 4", "[1, 3]"});
  expect_parts(refusal("a.obj", corners + "f 1 2 0\n"), {"a.obj:4: ", "index 0"});
  expect_parts(refusal("a.obj", corners + "f 1 2 -4\n"), {"a.obj:4: ", "index -4"});
  expect_parts(refusal("a.obj", corners + "f 1 2 x\n"), {"a.obj:4: ", "'x'", "vertex index"});
  expect_parts(refusal("a.obj", corners + "\n\nf 1 2\n"), {"a.obj:6: ", "at least 3", "not 2"});
  expect_parts(refusal("a.obj", "v 0 nan 0\n"), {"a.obj:1: ", "nan", "finite"});
  expect_parts(refusal("a.obj", "v 0 -inf 0\n"), {"a.obj:1: ", "-inf", "finite"});
  expect_parts(refusal("a.obj", "v 0 1e9 0\n"), {"a.obj:1: ", "1e9", "[-10000, 10000] m"});
  expect_parts(refusal("a.obj", "v 0 1\n"), {"a.obj:1: ", "three coordinates"});
  expect_parts(refusal("a.obj", "v 0 1 1,5\n"), {"a.obj:1: ", "'1,5'", "not a number"});
  expect_parts(refusal("a.obj", "curv 0 1 2\n"), {"a.obj:1: ", "'curv'", "only polygons"});
  expect_parts(refusal("a.obj", ""), {"a.obj", "no triangle"});
  expect_parts(refusal("a.obj", corners + "f 1 2 2\n"), {"a.obj", "no triangle that has an area"});
}

TEST_F(BadMesh, AsciiStlErrorsNameTheLine) {
  const std::string good = ascii_stl();
  const auto with = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    return text.replace(text.find(what), what.size(), by);
  };
  expect_parts(refusal("a.stl", with("outer loop", "uoter loop")),
               {"a.stl:3: ", "expected 'outer'", "'uoter'"});
  expect_parts(refusal("a.stl", with("vertex 0.000000 0", "vertex nan 0")),
               {"a.stl:4: ", "finite"});
  expect_parts(refusal("a.stl", with("vertex 0.000000 0", "vertex 0.0o 0")), {"a.stl:4: ", "0.0o"});
  expect_parts(refusal("a.stl", good.substr(0, good.find("endloop"))),
               {"a.stl:7: ", "ends inside a facet"});
  expect_parts(refusal("a.stl", "solid empty\nendsolid\n"), {"a.stl", "no triangle"});
}

TEST_F(BadMesh, BinaryStlErrorsNameTheTriangle) {
  std::string cut = binary_stl();
  cut.pop_back();
  expect_parts(refusal("a.stl", cut), {"a.stl", "4 triangles", "284 bytes, not 283"});
  expect_parts(refusal("a.stl", "not a mesh"), {"a.stl", "'solid'", "84 bytes, not 10"});
  std::string bad = binary_stl();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(&bad[84 + 2 * 50 + 12], &nan, sizeof nan);
  expect_parts(refusal("a.stl", bad), {"a.stl: triangle 2: ", "nan", "finite"});
  std::string none = binary_stl().substr(0, 84);
  std::memset(&none[80], 0, 4);
  expect_parts(refusal("a.stl", none), {"a.stl", "no triangle"});
}

TEST_F(BadMesh, TooManyTrianglesAreRefused) {
  const std::size_t many = scene::kMaxFileTriangles + 1;
  std::string obj = "v 0 0 0\nv 1 0 0\nv 0 1 0\n";
  for (std::size_t i = 0; i < many; ++i) obj += "f 1 2 3\n";
  expect_parts(refusal("a.obj", obj), {"a.obj:200004: ", "200000 triangles"});
  std::string stl(84 + 50 * many, '\0');
  const auto count = static_cast<std::uint32_t>(many);
  std::memcpy(&stl[80], &count, sizeof count);
  expect_parts(refusal("a.stl", stl), {"a.stl: 200001 triangles", "at most 200000"});
}

TEST_F(BadMesh, SceneErrorsNameTheStatic) {
  put("a.obj", kTetrahedronObj);
  const auto refused = [&](const std::string& toml) {
    return message_of(ErrorKind::kValue, [&] { (void)scene_of(toml); });
  };
  expect_parts(refused("[[statics]]\nkind = 'box'\nfile = 'a.obj'\n"),
               {"scene.statics[0].file", "a.obj", "mesh or hull"});
  expect_parts(refused(scene_toml("a.obj", "vertices_m = [0, 0, 0]\n")),
               {"scene.statics[0].file", "not both"});
  expect_parts(refused(scene_toml("a.obj", "file_unit_m = 0\n")),
               {"scene.statics[0].file_unit_m = 0", "[1e-06, 10000]"});
  expect_parts(refused(scene_toml("s.toml")), {"s.toml", ".obj or .stl"});
  expect_parts(message_of(ErrorKind::kType,
                          [&] { (void)scene_of("[[statics]]\nkind = 'mesh'\nfile = 3\n"); }),
               {"scene.statics[0].file = 3", "must be a string"});
  // built in code without reading the file
  SceneConfig config;
  config.statics.resize(1);
  config.statics[0].kind = PrimitiveKind::kMesh;
  config.statics[0].file = "a.obj";
  expect_parts(message_of(ErrorKind::kValue, [&] { const Scene scene(config); }),
               {"scene.statics[0].file = 'a.obj'", "load_scene()"});
}

}  // namespace
}  // namespace volery
